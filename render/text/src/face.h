#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include <hb.h>

#include <render/text/font_library.h>

namespace tessera::text {

/// A face read by HarfBuzz alone (hb-ot): shaping, metrics and outlines from one parser.
class HarfBuzzFace final : public Face
{
public:
    static Result<std::shared_ptr<const HarfBuzzFace>, FontError> create(Bytes bytes, std::string_view name);
    /// The same font with other values of its axes; `base` is what lives on in it.
    static std::shared_ptr<const HarfBuzzFace> variant(std::shared_ptr<const HarfBuzzFace> base, const std::vector<AxisValue>& axes);
    ~HarfBuzzFace() override;

    [[nodiscard]] const std::string& family() const override { return m_family; }
    [[nodiscard]] int weight() const override { return m_weight; }
    [[nodiscard]] bool isItalic() const override { return m_italic; }
    [[nodiscard]] const FaceMetrics& metrics() const override { return m_metrics; }
    [[nodiscard]] bool covers(char32_t codePoint) const override;
    [[nodiscard]] std::shared_ptr<const Path> outline(std::uint32_t glyph) const override;

    [[nodiscard]] hb_font_t* font() const { return m_font; }
    [[nodiscard]] double widthPercent() const { return m_widthPercent; }
    [[nodiscard]] bool hasAxis(FontTag axis) const;
    [[nodiscard]] double unitsPerEm() const { return m_unitsPerEm; }

private:
    HarfBuzzFace() = default;
    void readNames();
    void readMetrics();

    Bytes m_bytes;
    std::shared_ptr<const HarfBuzzFace> m_base; ///< of a variant: owns the bytes
    hb_font_t* m_font = nullptr;
    std::string m_family;
    int m_weight = 400;
    bool m_italic = false;
    double m_widthPercent = 100;
    double m_unitsPerEm = 1000;
    FaceMetrics m_metrics;
    mutable std::unordered_map<std::uint32_t, std::shared_ptr<const Path>> m_outlines;
};

} // namespace tessera::text
