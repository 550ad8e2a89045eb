#include <cassert>
#include <cstring>

#include <core/base/bytes.h>
#include <render/strips/rasterize.h>

using namespace tessera;
using namespace tessera::strips;

namespace {

/// Numbers from bytes: mostly ordinary ones, some raw doubles with all their infinities and NaNs.
class Source
{
public:
    Source(const std::uint8_t* data, std::size_t size) : m_data(data), m_size(size) {}
    [[nodiscard]] bool atEnd() const { return m_at >= m_size; }
    std::uint8_t byte() { return atEnd() ? 0 : m_data[m_at++]; }
    double number()
    {
        const std::uint8_t kind = byte();
        if (kind < 224)
            return (static_cast<double>(kind) - 80) + byte() / 256.0;
        std::uint64_t bits = 0;
        for (int i = 0; i < 8; ++i)
            bits = bits << 8 | byte();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }
    Point point()
    {
        const double x = number();
        return {x, number()};
    }

private:
    const std::uint8_t* m_data;
    std::size_t m_size;
    std::size_t m_at = 0;
};

void checkFormat(const Coverage& c, const PixelRect& area)
{
    std::int32_t y = area.y0, end = area.x0;
    for (const Span& s : c.spans) {
        assert(s.y % stripHeightPx == 0 && s.y >= y && s.y < area.y1);
        assert(s.y > y || s.x >= end);
        assert(s.width > 0 && s.x >= area.x0 && s.x + static_cast<std::int64_t>(s.width) <= area.x1);
        assert(s.alphaColumn == solidSpan || s.alphaColumn + static_cast<std::uint64_t>(s.width) <= c.alphas.size());
        y = s.y, end = s.x + static_cast<std::int32_t>(s.width);
    }
}

} // namespace

/// Any path, transform and pen: coverage keeps the promises of its format, and clipping it by itself too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Source in(data, std::min<std::size_t>(size, 512));
    const PixelRect area{0, 0, 96, 70};
    document::StrokeStyle style;
    style.width = in.number();
    style.cap = static_cast<document::LineCap>(in.byte() % 3);
    style.join = static_cast<document::LineJoin>(in.byte() % 3);
    style.align = static_cast<document::StrokeAlign>(in.byte() % 3);
    style.miterLimit = in.number();
    for (int i = in.byte() % 4; i > 0; --i)
        style.dash.push_back(in.number());
    Transform transform;
    if (in.byte() % 4 == 0)
        transform = {in.number(), in.number(), in.number(), in.number(), in.number(), in.number()};
    const auto rule = in.byte() % 2 == 0 ? document::FillRule::nonzero : document::FillRule::evenodd;
    Path path;
    while (!in.atEnd()) {
        switch (in.byte() % 5) {
        case 0:
            path.moveTo(in.point());
            break;
        case 1:
        case 2:
            path.lineTo(in.point());
            break;
        case 3: {
            const Point a = in.point(), b = in.point();
            path.cubicTo(a, b, in.point());
            break;
        }
        default:
            path.close();
        }
    }
    Rasterizer rasterizer;
    const Coverage fill = fillCoverage(rasterizer, path, transform, rule, area);
    const Coverage stroke = strokeCoverage(rasterizer, path, transform, style, rule, area);
    checkFormat(fill, area);
    checkFormat(stroke, area);
    checkFormat(intersected(fill, stroke), area);
    checkFormat(subtracted(fill, stroke), area);
    checkFormat(cropped(stroke, {5, 9, 60, 31}), area);
    return 0;
}
