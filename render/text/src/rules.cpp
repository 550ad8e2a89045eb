#include "rules.h"

#include <cmath>

#include "shape.h"

namespace tessera::text {

namespace {

double alignOffsetEm(BaselineAlign align, const FaceMetrics& m)
{
    switch (align) {
    case BaselineAlign::alphabetic: return 0;
    case BaselineAlign::middle: return m.xHeight / 2;
    case BaselineAlign::central: return m.ascent - (m.ascent + m.descent) / 2;
    case BaselineAlign::hanging: return m.ascent * 0.8;
    case BaselineAlign::mathematical: return m.ascent / 2;
    case BaselineAlign::beforeEdge: return m.ascent;
    case BaselineAlign::ideographic:
    case BaselineAlign::afterEdge: return -m.descent;
    }
    return 0;
}

} // namespace

double ruleOffset(RuleKind kind, const FaceMetrics& metrics)
{
    switch (kind) {
    case RuleKind::underline: return metrics.underlineOffset;
    case RuleKind::overline: return -metrics.ascent;
    case RuleKind::lineThrough: return -metrics.strikeOffset;
    }
    return 0;
}

void addRules(std::vector<Rule>& out, const std::vector<Run>& runs, std::uint32_t run, const FaceMetrics& metrics, double width,
              const Transform& place)
{
    const Style& style = runs[run].style;
    const double size = honouredSize(style);
    for (std::size_t i = 0; i < style.rules.size(); ++i) {
        const RuleStyle& rule = style.rules[i];
        double thickness = metrics.lineThickness * size;
        if (rule.thickness && *rule.thickness > 0 && std::isfinite(*rule.thickness))
            thickness = *rule.thickness;
        const double middle = ruleOffset(rule.kind, metrics) * size;
        out.push_back({rule.kind, run, i, {0, middle - thickness / 2, width, thickness}, place});
    }
}

double baselineOffset(const Style& style, const FaceMetrics& metrics)
{
    const double size = honouredSize(style);
    const BaselineShift& shift = style.baselineShift;
    const double rise = (std::isfinite(shift.rise) ? shift.rise : 0) +
                        (shift.superscripts * metrics.superscriptRise - shift.subscripts * metrics.subscriptDrop) * size;
    return alignOffsetEm(style.baselineAlign, metrics) * size - rise;
}

} // namespace tessera::text
