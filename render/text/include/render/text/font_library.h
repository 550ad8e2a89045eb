#pragma once

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
    [[nodiscard]] double lineHeight() const { return ascent + descent + lineGap; }
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
    std::string_view family;
    int weight = 400;
    bool italic = false;
};

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
    /// Best match: family first (case-insensitive; any family when unknown), then slant, then nearest weight.
    /// Null only when the library is empty.
    [[nodiscard]] std::shared_ptr<const Face> find(const FaceQuery& query) const;
    /// The query's match if it covers the code point, else the best other face that does, else the match.
    [[nodiscard]] std::shared_ptr<const Face> findFor(char32_t codePoint, const FaceQuery& query) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::text
