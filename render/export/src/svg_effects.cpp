#include "svg_parts.h"

#include <algorithm>

#include "svg_primitives.h"

namespace tessera::exports {
namespace {

using document::Effect;
using document::EffectKind;
using document::Node;

/// Shadows and blurs of one node, as one filter: each step looks at what the one before made.
class EffectChain
{
public:
    void add(const Effect& effect)
    {
        if (effect.kind == EffectKind::layerBlur) {
            if (effect.blur > 0)
                m_current = step(blurOf(effect, m_current));
            return;
        }
        const bool inner = effect.kind == EffectKind::innerShadow;
        std::string shape = m_current;
        if (const double radius = effect.spread * (inner ? -1 : 1); numberText(radius) != "0") {
            SvgElement grown{"feMorphology", {}, {}, {}, {}};
            grown.set("in", shape).set("operator", radius > 0 ? "dilate" : "").set("radius", numberText(std::abs(radius)));
            shape = step(std::move(grown));
        }
        if (numberText(effect.offset.x) != "0" || numberText(effect.offset.y) != "0") {
            SvgElement moved{"feOffset", {}, {}, {}, {}};
            moved.set("in", shape);
            setOffset(moved, effect.offset);
            shape = step(std::move(moved));
        }
        if (effect.blur > 0)
            shape = step(blurOf(effect, shape));
        SvgElement flood{"feFlood", {}, {}, {}, {}};
        setFlood(flood, effect.color);
        m_steps.push_back(std::move(flood));
        SvgElement shadow{"feComposite", {{"in2", shape}, {"operator", inner ? "out" : "in"}}, {}, {}, {}};
        const std::string colored = step(std::move(shadow));
        SvgElement joined{"feComposite", {}, {}, {}, {}};
        if (inner)
            joined.set("in", colored).set("in2", m_current).set("operator", "atop");
        else
            joined.set("in", m_current).set("in2", colored);
        m_current = step(std::move(joined));
    }

    /// Steps without the names that nobody reads.
    [[nodiscard]] std::vector<SvgElement> take()
    {
        nameLess(m_steps);
        return std::move(m_steps);
    }
    [[nodiscard]] bool isEmpty() const { return m_steps.empty(); }

private:
    static SvgElement blurOf(const Effect& effect, const std::string& input)
    {
        SvgElement blur{"feGaussianBlur", {}, {}, {}, {}};
        return blur.set("in", input).set("stdDeviation", numberText(effect.blur / 2));
    }
    std::string step(SvgElement primitive)
    {
        std::string result = resultName(m_count++);
        primitive.set("result", result);
        m_steps.push_back(std::move(primitive));
        return result;
    }

    std::vector<SvgElement> m_steps;
    std::string m_current = "SourceGraphic";
    std::size_t m_count = 0;
};

bool isModelled(const Effect& effect)
{
    const bool finite = isWritable(effect.blur) && isWritable(effect.spread) && isWritable(effect.offset.x) && isWritable(effect.offset.y);
    return finite && (effect.kind == EffectKind::dropShadow || effect.kind == EffectKind::innerShadow || effect.kind == EffectKind::layerBlur);
}

/// Where the node's effects paint, in its own coordinates.
Rect reachOf(SvgExport& file, const Node& node)
{
    const auto inverse = file.document.pageTransform(node.id).inverted();
    const Rect bounds = inverse ? inverse->mapBounds(file.scene.list(node.id)->boundsPage).inflated(1) : Rect{};
    return isWritable(bounds) ? bounds : Rect{};
}

std::string filterOf(SvgExport& file, const Rect& region, std::vector<SvgElement> primitives, bool allEncoded)
{
    SvgElement filter{"filter", {{"filterUnits", "userSpaceOnUse"}}, {}, {}, std::move(primitives)};
    filter.set("x", numberText(region.x)).set("y", numberText(region.y)).set("width", numberText(region.width)).set("height", numberText(region.height));
    if (allEncoded)
        filter.set("color-interpolation-filters", "sRGB");
    return file.defs.reference(std::move(filter));
}

} // namespace

std::vector<std::string> filterReferences(SvgExport& file, const Node& node)
{
    std::vector<std::string> references;
    EffectChain chain;
    const auto endChain = [&] {
        if (chain.isEmpty())
            return;
        if (const Rect region = reachOf(file, node); !region.isEmpty())
            references.push_back(filterOf(file, region, chain.take(), true));
        chain = {};
    };
    for (const Effect& effect : node.effects) {
        if (!effect.visible)
            continue;
        if (isModelled(effect)) {
            chain.add(effect);
        } else if (effect.kind == EffectKind::filter && isWritable(effect.filter->region)) {
            endChain();
            const auto& primitives = effect.filter->primitives;
            const bool allEncoded = std::none_of(primitives.begin(), primitives.end(), [](const auto& p) { return p.linear; });
            references.push_back(filterOf(file, effect.filter->region, filterPrimitives(file, node, *effect.filter), allEncoded));
        } else {
            file.notice(node, effect.kind == EffectKind::backgroundBlur ? "a background blur is left out: SVG has none" : "an effect is left out");
        }
    }
    endChain();
    return references;
}

} // namespace tessera::exports
