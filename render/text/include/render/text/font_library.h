#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/path.h>
#include <core/base/result.h>

/// Fonts by family, weight and slant, from bytes that the caller brings: nothing here opens a file. One thread per
/// library (faces cache outlines); the outlines it returns never change and may go anywhere.
namespace tessera::text {

enum class FontErrc : std::uint8_t {
    notAFont = 1,      ///< no usable OpenType tables
    noGlyphs = 2,
    notFound = 3,      ///< no such file or folder (font_files.h)
    tooLarge = 4,
};
using FontError = ErrorOf<FontErrc>;

/// In em; all are positive in ordinary fonts.
struct FaceMetrics {
    double ascent{};  ///< above the baseline
    double descent{}; ///< below the baseline
    double lineGap{};
    double xHeight = 0.5;
    double underlineOffset = 0.1;      ///< of the line's middle, below the baseline
    double lineThickness = 1.0 / 12;   ///< of underlines, overlines and strikes
    double strikeOffset = 0.25;        ///< of the line's middle, above the baseline
    double superscriptRise = 0.4;      ///< above the baseline
    double subscriptDrop = 0.2;        ///< below the baseline
    [[nodiscard]] double lineHeight() const { return ascent + descent + lineGap; }
};

/// A four-letter OpenType name: "wght", "smcp", "ss01". Anything shorter is padded with spaces, longer is cut.
using FontTag = std::array<char, 4>;
[[nodiscard]] FontTag fontTag(std::string_view name);

/// One axis of a variable font at a value of the design space. Faces without the axis ignore it.
struct AxisValue {
    FontTag axis{};
    double value{};
    friend bool operator==(const AxisValue&, const AxisValue&) = default;
};

class Face
{
public:
    virtual ~Face() = default;
    [[nodiscard]] virtual const std::string& family() const = 0;
    [[nodiscard]] virtual int weight() const = 0;      ///< 100..900
    [[nodiscard]] virtual bool isItalic() const = 0;
    [[nodiscard]] virtual const FaceMetrics& metrics() const = 0;
    [[nodiscard]] virtual bool covers(char32_t codePoint) const = 0;
    /// 1 unit is 1 em, y down, origin on the baseline. Null for glyphs that draw nothing.
    [[nodiscard]] virtual std::shared_ptr<const Path> outline(std::uint32_t glyph) const = 0;
};

struct FaceQuery {
    std::string_view family; ///< one name or a CSS list with fallbacks and generic names: "Noto Sans, 'Arial', sans-serif"
    int weight = 400;
    bool italic = false;
    double widthPercent = 100;        ///< 50 (ultra condensed) .. 200
    std::vector<AxisValue> axes = {}; ///< of variable fonts; what is not named follows from weight, width and size
    double sizePx = 0;                ///< for the optical size of variable fonts; 0: unknown
};

/// The families that stand for no particular font, as CSS names them.
enum class GenericFamily : std::uint8_t { sansSerif, serif, monospace, cursive, fantasy };

class FontLibrary
{
public:
    FontLibrary();
    ~FontLibrary();
    FontLibrary(const FontLibrary&) = delete;
    FontLibrary& operator=(const FontLibrary&) = delete;

    /// Keeps the bytes. `name` is for error texts only.
    Result<void, FontError> add(Bytes bytes, std::string_view name);

    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] std::vector<std::string> families() const; ///< ascending
    /// The families that serve a generic one, most wanted first; the first that is here does. None here: any font.
    void setGenericFamilies(GenericFamily generic, std::vector<std::string> families);
    /// The first listed family that is here (case-insensitive; of none, serif), then width, slant and nearest weight
    /// (CSS Fonts 4, 5.2). Null only when the library is empty.
    [[nodiscard]] std::shared_ptr<const Face> find(const FaceQuery& query) const;
    /// The first listed family's match that covers the code point, else the best other face that does, else find().
    [[nodiscard]] std::shared_ptr<const Face> findFor(char32_t codePoint, const FaceQuery& query) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::text
