#include "svg_primitives.h"

#include <algorithm>
#include <cmath>

namespace tessera::exports {
namespace {

using namespace document;

std::string pairText(double x, double y)
{
    const std::string first = numberText(x), second = numberText(y);
    return first == second ? first : first + " " + second;
}

void setUnless(SvgElement& element, std::string_view name, double value, std::string_view otherwise, int decimals = 4)
{
    if (std::string text = numberText(value, decimals); text != otherwise)
        element.set(name, std::move(text));
}

/// Every `in`, `in2` and `in` of merges.
template <class Visit> void visitInputs(SvgElement& primitive, Visit visit)
{
    for (auto& [name, value] : primitive.attributes) {
        if (name == "in" || name == "in2")
            visit(value);
    }
    for (SvgElement& child : primitive.children) {
        if (child.tag == "feMergeNode")
            visitInputs(child, visit);
    }
}

class PrimitiveWriter
{
public:
    PrimitiveWriter(SvgExport& file, const Node& node, const Filter& filter) : m_file(file), m_node(node), m_filter(filter) {}

    std::vector<SvgElement> write()
    {
        for (m_index = 0; m_index < m_filter.primitives.size(); ++m_index) {
            const FilterPrimitive& primitive = m_filter.primitives[m_index];
            m_inputs.clear();
            for (const FilterInput& input : primitive.inputs)
                m_inputs.push_back(nameOf(input));
            std::visit([&](const auto& operation) { add(operation); }, primitive.operation);
        }
        nameLess(m_elements);
        return std::move(m_elements);
    }

private:
    /// The last element of a primitive bears its name and area.
    void push(SvgElement element, bool isLast = true)
    {
        const FilterPrimitive& primitive = m_filter.primitives[m_index];
        if (isLast) {
            element.set("result", resultName(m_index));
            if (primitive.area) {
                const Rect& r = *primitive.area;
                element.set("x", numberText(r.x)).set("y", numberText(r.y)).set("width", numberText(r.width)).set("height", numberText(r.height));
            }
        }
        if (!primitive.linear && std::any_of(m_filter.primitives.begin(), m_filter.primitives.end(), [](const auto& p) { return p.linear; }))
            element.set("color-interpolation-filters", "sRGB");
        m_elements.push_back(std::move(element));
    }
    void push(std::string_view tag) { push(named(tag)); }
    [[nodiscard]] SvgElement named(std::string_view tag) const
    {
        SvgElement element{std::string(tag), {}, {}, {}, {}};
        if (!m_inputs.empty())
            element.set("in", m_inputs[0]);
        if (m_inputs.size() > 1)
            element.set("in2", m_inputs[1]);
        return element;
    }
    std::string nameOf(const FilterInput& input)
    {
        switch (input.from) {
        case FilterInput::From::sourceGraphic: return "SourceGraphic";
        case FilterInput::From::sourceAlpha: return "SourceAlpha";
        case FilterInput::From::primitive:
            if (input.primitive < m_index)
                return resultName(input.primitive);
            break;
        case FilterInput::From::nothing: break;
        }
        const std::string name = helperName();
        m_elements.push_back({"feFlood", {{"flood-opacity", "0"}, {"result", name}}, {}, {}, {}});
        return name;
    }
    std::string helperName() { return resultName(m_filter.primitives.size() + m_helpers++); }

    void add(const FloodFilter& f)
    {
        SvgElement element = named("feFlood");
        setFlood(element, f.color);
        push(std::move(element));
    }
    void add(const BlurFilter& f) { push(named("feGaussianBlur").set("stdDeviation", pairText(f.sigmaX, f.sigmaY))); }
    void add(const OffsetFilter& f)
    {
        SvgElement element = named("feOffset");
        setOffset(element, f.by);
        push(std::move(element));
    }
    void add(const BlendFilter& f)
    {
        SvgElement element = named("feBlend");
        if (f.mode != BlendMode::normal && f.mode != BlendMode::passThrough)
            element.set("mode", std::string(blendName(f.mode)));
        push(std::move(element));
    }
    void add(const CompositeFilter& f)
    {
        constexpr std::string_view names[] = {"", "in", "out", "atop", "xor", "lighter", "arithmetic"};
        SvgElement element = named("feComposite").set("operator", std::string(names[static_cast<std::size_t>(f.with)]));
        constexpr std::string_view factors[] = {"k1", "k2", "k3", "k4"};
        for (std::size_t i = 0; i < f.k.size() && f.with == CompositeFilter::Operator::arithmetic; ++i)
            setUnless(element, factors[i], f.k[i], "0", 7);
        push(std::move(element));
    }
    void add(const ColorMatrixFilter& f)
    {
        SvgElement element = named("feColorMatrix");
        if (f != ColorMatrixFilter{})
            element.set("values", numbersText({f.rows.begin(), f.rows.end()}, 7));
        push(std::move(element));
    }
    void add(const ComponentTransferFilter& f)
    {
        constexpr std::string_view channels[] = {"feFuncR", "feFuncG", "feFuncB", "feFuncA"};
        SvgElement element = named("feComponentTransfer");
        for (std::size_t i = 0; i < f.channels.size(); ++i) {
            if (f.channels[i].kind != TransferFunction::Kind::identity)
                element.children.push_back(transferElement(channels[i], f.channels[i]));
        }
        push(std::move(element));
    }
    static SvgElement transferElement(std::string_view tag, const TransferFunction& f)
    {
        using Kind = TransferFunction::Kind;
        SvgElement element{std::string(tag), {}, {}, {}, {}};
        const auto set = [&](std::initializer_list<std::string_view> names) {
            std::size_t i = 0;
            for (const std::string_view name : names)
                element.set(name, i < f.values.size() ? numberText(f.values[i], 7) : std::string()), ++i;
        };
        if (f.kind == Kind::linear) {
            element.set("type", "linear");
            set({"slope", "intercept"});
        } else if (f.kind == Kind::gamma) {
            element.set("type", "gamma");
            set({"amplitude", "exponent", "offset"});
        } else {
            element.set("type", f.kind == Kind::table ? "table" : "discrete").set("tableValues", numbersText(f.values, 7));
        }
        return element;
    }
    void add(const ConvolveFilter& f)
    {
        SvgElement element = named("feConvolveMatrix");
        if (f.columns != 3 || f.rows != 3)
            element.set("order", pairText(f.columns, f.rows));
        element.set("kernelMatrix", numbersText(f.kernel, 7));
        double sum = 0;
        for (const double v : f.kernel)
            sum += v;
        setUnless(element, "divisor", f.divisor, numberText(std::abs(sum) < 1e-6 ? 1 : sum, 7), 7);
        setUnless(element, "bias", f.bias, "0", 7);
        setUnless(element, "targetX", f.targetX, std::to_string(f.columns / 2));
        setUnless(element, "targetY", f.targetY, std::to_string(f.rows / 2));
        if (f.edge != ConvolveFilter::Edge::duplicate)
            element.set("edgeMode", f.edge == ConvolveFilter::Edge::wrap ? "wrap" : "none");
        if (f.preserveAlpha)
            element.set("preserveAlpha", "true");
        push(std::move(element));
    }
    void add(const MorphologyFilter& f)
    {
        SvgElement element = named("feMorphology");
        if (f.with == MorphologyFilter::Operator::dilate)
            element.set("operator", "dilate");
        if (!(f.radiusX > 0) && !(f.radiusY > 0))
            element.tag = "feOffset"; // a radius of 0 is read in three ways
        else
            element.set("radius", pairText(f.radiusX, f.radiusY));
        if (element.tag == "feOffset")
            element.remove("operator");
        push(std::move(element));
    }
    void add(const TurbulenceFilter& f)
    {
        SvgElement element = named("feTurbulence");
        if (f.fractalNoise)
            element.set("type", "fractalNoise");
        const std::string x = numberText(f.frequencyX, 7), y = numberText(f.frequencyY, 7);
        element.set("baseFrequency", x == y ? x : x + " " + y);
        setUnless(element, "numOctaves", f.octaves, "1");
        if (f.seed != 0)
            element.set("seed", std::to_string(f.seed));
        if (f.stitch)
            element.set("stitchTiles", "stitch");
        push(std::move(element));
    }
    void add(const LightingFilter& f)
    {
        SvgElement element = named(f.specular ? "feSpecularLighting" : "feDiffuseLighting");
        setUnless(element, "surfaceScale", f.surfaceScale, "1");
        setUnless(element, f.specular ? "specularConstant" : "diffuseConstant", f.constant, "1", 7);
        if (f.specular)
            setUnless(element, "specularExponent", f.exponent, "1", 7);
        if (const std::string color = colorText(f.color); color != "#fff")
            element.set("lighting-color", color);
        element.children.push_back(lightElement(f.light));
        push(std::move(element));
    }
    static SvgElement lightElement(const LightSource& light)
    {
        SvgElement element;
        const auto set = [&](std::string_view name, double value) { setUnless(element, name, value, "0"); };
        if (const auto* distant = std::get_if<DistantLight>(&light)) {
            element.tag = "feDistantLight";
            set("azimuth", distant->azimuth);
            set("elevation", distant->elevation);
        } else if (const auto* point = std::get_if<PointLight>(&light)) {
            element.tag = "fePointLight";
            set("x", point->at.x);
            set("y", point->at.y);
            set("z", point->z);
        } else if (const auto* spot = std::get_if<SpotLight>(&light)) {
            element.tag = "feSpotLight";
            set("x", spot->at.x);
            set("y", spot->at.y);
            set("z", spot->z);
            set("pointsAtX", spot->pointsAt.x);
            set("pointsAtY", spot->pointsAt.y);
            set("pointsAtZ", spot->pointsAtZ);
            setUnless(element, "specularExponent", spot->exponent, "1", 7);
            if (spot->coneAngle)
                element.set("limitingConeAngle", numberText(*spot->coneAngle));
        }
        return element;
    }
    void add(const DisplacementFilter& f)
    {
        constexpr std::string_view channels[] = {"R", "G", "B", ""};
        SvgElement element = named("feDisplacementMap");
        setUnless(element, "scale", f.scale, "0");
        element.set("xChannelSelector", std::string(channels[std::clamp(f.channelX, 0, 3)]));
        element.set("yChannelSelector", std::string(channels[std::clamp(f.channelY, 0, 3)]));
        push(std::move(element));
    }
    void add(const ImageFilter& f)
    {
        SvgElement element = named("feImage");
        std::string url;
        if (!f.node.isEmpty())
            url = pictureUrl(f.node);
        else if (f.asset)
            url = imageUrl(m_file, m_node, *f.asset);
        if (url.empty()) {
            element.tag = "feFlood";
            element.set("flood-opacity", "0");
        } else {
            element.set("href", std::move(url));
            if (f.node.isEmpty() && f.fit != ImageFit::fit)
                element.set("preserveAspectRatio", f.fit == ImageFit::stretch ? "none" : "xMidYMid slice");
        }
        push(std::move(element));
    }
    /// A node's content as a picture of the primitive's area. Readers differ in what a reference to an element shows.
    std::string pictureUrl(const NodeId& id)
    {
        if (std::find(m_file.openPatterns.begin(), m_file.openPatterns.end(), id) != m_file.openPatterns.end())
            return {};
        const Rect area = m_filter.primitives[m_index].area.value_or(m_filter.region);
        SvgElement svg{"svg", {{"xmlns", "http://www.w3.org/2000/svg"}}, {}, {}, {}};
        svg.set("width", numberText(area.width)).set("height", numberText(area.height));
        std::vector<SvgElement> content;
        SvgDefs outer = std::exchange(m_file.defs, {}); // the picture sees nothing of the file around it
        m_file.openPatterns.push_back(id);
        addChildren(m_file, id, content, static_cast<int>(m_file.openPatterns.size()));
        m_file.openPatterns.pop_back();
        if (auto defs = m_file.defs.take())
            svg.children.push_back(std::move(*defs));
        m_file.defs = std::move(outer);
        if (content.empty() || area.isEmpty())
            return {};
        std::move(content.begin(), content.end(), std::back_inserter(svg.children));
        std::string markup;
        exports::write(markup, svg);
        return "data:image/svg+xml;base64," + base64Text({reinterpret_cast<const std::uint8_t*>(markup.data()), markup.size()});
    }
    void add(const MergeFilter&)
    {
        SvgElement element{"feMerge", {}, {}, {}, {}};
        for (const std::string& input : m_inputs)
            element.children.push_back({"feMergeNode", {{"in", input}}, {}, {}, {}});
        push(std::move(element));
    }
    void add(const TileFilter&) { push("feTile"); }
    void add(const DropShadowFilter& f)
    {
        const std::string source = m_inputs.empty() ? "SourceGraphic" : m_inputs[0];
        const std::string blurred = helperName(), colored = helperName();
        push(SvgElement{"feGaussianBlur", {{"in", source}, {"stdDeviation", pairText(f.sigmaX, f.sigmaY)}}, {}, {}, {}}, false);
        SvgElement moved{"feOffset", {}, {}, {}, {}};
        setOffset(moved, f.by);
        push(moved.set("result", blurred), false);
        SvgElement flood{"feFlood", {}, {}, {}, {}};
        setFlood(flood, f.color);
        push(std::move(flood), false);
        push(SvgElement{"feComposite", {{"in2", blurred}, {"operator", "in"}, {"result", colored}}, {}, {}, {}}, false);
        push(SvgElement{"feComposite", {{"in", source}, {"in2", colored}}, {}, {}, {}});
    }

    SvgExport& m_file;
    const Node& m_node;
    const Filter& m_filter;
    std::size_t m_index = 0;
    std::size_t m_helpers = 0;
    std::vector<std::string> m_inputs; ///< of the primitive at hand
    std::vector<SvgElement> m_elements;
};

} // namespace

std::string resultName(std::size_t index)
{
    std::string name(1, static_cast<char>('a' + index % 26));
    return index < 26 ? name : name + std::to_string(index / 26);
}

void nameLess(std::vector<SvgElement>& primitives)
{
    std::string before = "SourceGraphic";
    for (SvgElement& primitive : primitives) {
        if (const std::string* in = primitive.get("in"); in && *in == before)
            primitive.remove("in");
        const std::string* result = primitive.get("result");
        before = result ? *result : std::string();
    }
    std::set<std::string> used;
    for (SvgElement& primitive : primitives)
        visitInputs(primitive, [&](const std::string& name) { used.insert(name); });
    for (SvgElement& primitive : primitives) {
        if (const std::string* result = primitive.get("result"); result && !used.contains(*result))
            primitive.remove("result");
    }
}

void setOffset(SvgElement& element, Point by)
{
    setUnless(element, "dx", by.x, "0");
    setUnless(element, "dy", by.y, "0");
}

void setFlood(SvgElement& element, const Color& color)
{
    if (const std::string text = colorText(color); text != "#000")
        element.set("flood-color", text);
    if (color.a < 1)
        element.set("flood-opacity", numberText(color.a));
}

std::vector<SvgElement> filterPrimitives(SvgExport& file, const Node& node, const Filter& filter)
{
    return PrimitiveWriter(file, node, filter).write();
}

} // namespace tessera::exports
