#include "svg_filter.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "svg_filter_functions.h"
#include "svg_filter_primitives.h"
#include "svg_values.h"

namespace tessera::formats {
namespace {

using namespace document;

/// Filters take attributes and primitives from the filter they refer to; the chain may loop in hostile files.
constexpr int longestChain = 16;

std::vector<pugi::xml_node> chainOf(pugi::xml_node filter, const FilterSources& sources)
{
    std::vector<pugi::xml_node> chain;
    for (int i = 0; i < longestChain && filter && std::string_view(filter.name()) == "filter"; ++i) {
        chain.push_back(filter);
        const auto plain = filter.attribute("href");
        filter = sources.byReference(plain ? plain.value() : filter.attribute("xlink:href").value());
    }
    return chain;
}

/// The element's own style, with all that its ancestors say.
Style styleOf(pugi::xml_node element, const StyleSheet& sheet)
{
    std::vector<pugi::xml_node> path;
    for (; element && element.type() == pugi::node_element; element = element.parent())
        path.push_back(element);
    Style style;
    for (auto node = path.rbegin(); node != path.rend(); ++node)
        style = Style::of(*node, style, sheet);
    return style;
}

/// Builds one filter's graph.
class FilterReader
{
public:
    FilterReader(pugi::xml_node filter, const Rect& bounds, const FilterSources& sources)
        : m_chain(chainOf(filter, sources)), m_bounds(bounds), m_sources(sources)
    {
    }

    /// Null when the filter cannot be applied to such an element.
    std::shared_ptr<const Filter> read();

private:
    [[nodiscard]] std::string_view inherited(const char* attribute) const;
    [[nodiscard]] bool readRegion();
    [[nodiscard]] std::optional<Rect> areaOf(pugi::xml_node primitive) const;
    void addPrimitive(pugi::xml_node element, bool boxUnits);
    [[nodiscard]] FilterInput input(pugi::xml_node element, const char* attribute) const;
    [[nodiscard]] bool boxUnits() const { return inherited("primitiveUnits") == "objectBoundingBox"; }

    std::vector<pugi::xml_node> m_chain;
    Rect m_bounds;
    const FilterSources& m_sources;
    Filter m_filter;
    std::map<std::string, std::size_t, std::less<>> m_results;
};

std::string_view FilterReader::inherited(const char* name) const
{
    for (const pugi::xml_node& filter : m_chain) {
        if (const auto attribute = filter.attribute(name))
            return attribute.value();
    }
    return {};
}

bool FilterReader::readRegion()
{
    const bool user = inherited("filterUnits") == "userSpaceOnUse";
    const Rect& viewBox = m_sources.viewBox;
    const auto length = [&](const char* name, const char* fallback, double whole) {
        const double base = user ? whole : 1;
        return parseLength(inherited(name), base).value_or(parseLength(fallback, base).value_or(0));
    };
    const Rect r{length("x", "-10%", viewBox.width), length("y", "-10%", viewBox.height), length("width", "120%", viewBox.width),
                 length("height", "120%", viewBox.height)};
    if (r.isEmpty() || (!user && m_bounds.isEmpty()))
        return false;
    m_filter.region = user ? r
                           : Rect{m_bounds.x + r.x * m_bounds.width, m_bounds.y + r.y * m_bounds.height, r.width * m_bounds.width,
                                  r.height * m_bounds.height};
    return true;
}

/// Nothing when the primitive covers the whole region.
std::optional<Rect> FilterReader::areaOf(pugi::xml_node primitive) const
{
    const bool box = boxUnits();
    Rect area = m_filter.region;
    bool any = false;
    const auto read = [&](const char* name, double whole, double boxOrigin, double boxSize, double& value) {
        const auto length = parseLength(primitive.attribute(name).value(), box ? 1 : whole);
        if (!length)
            return;
        any = true;
        value = box ? boxOrigin + *length * boxSize : *length;
    };
    read("x", m_sources.viewBox.width, m_bounds.x, m_bounds.width, area.x);
    read("y", m_sources.viewBox.height, m_bounds.y, m_bounds.height, area.y);
    read("width", m_sources.viewBox.width, 0, m_bounds.width, area.width);
    read("height", m_sources.viewBox.height, 0, m_bounds.height, area.height);
    // A picture or a flood in fractions of the box is of the box where nothing is said.
    const std::string_view name = primitive.name();
    if (box && (name == "feFlood" || name == "feImage")) {
        any = true;
        if (!primitive.attribute("x"))
            area.x = m_bounds.x;
        if (!primitive.attribute("y"))
            area.y = m_bounds.y;
        if (!primitive.attribute("width"))
            area.width = m_bounds.width;
        if (!primitive.attribute("height"))
            area.height = m_bounds.height;
    }
    return any ? std::optional{area} : std::nullopt;
}

FilterInput FilterReader::input(pugi::xml_node element, const char* attribute) const
{
    using From = FilterInput::From;
    const std::string_view name = trimmed(element.attribute(attribute).value());
    if (name == "SourceGraphic")
        return {From::sourceGraphic, 0};
    if (name == "SourceAlpha")
        return {From::sourceAlpha, 0};
    if (name == "BackgroundImage" || name == "BackgroundAlpha" || name == "FillPaint" || name == "StrokePaint")
        return {From::nothing, 0};
    if (const auto found = m_results.find(name); found != m_results.end())
        return {From::primitive, found->second};
    // Unset, or a name nobody gave: the primitive before.
    return m_filter.primitives.empty() ? FilterInput{} : FilterInput{From::primitive, m_filter.primitives.size() - 1};
}

void FilterReader::addPrimitive(pugi::xml_node element, bool inBox)
{
    const Style style = styleOf(element, m_sources.sheet);
    FilterPrimitive primitive;
    primitive.area = areaOf(element);
    auto operation =
        readOperation(element, {m_sources, style, inBox ? m_bounds : Rect{0, 0, 1, 1}, primitive.area.value_or(m_filter.region)});
    if (!operation)
        return;
    primitive.operation = std::move(*operation);
    if (std::holds_alternative<MergeFilter>(primitive.operation)) {
        for (const pugi::xml_node& child : element.children()) {
            if (std::string_view(child.name()) == "feMergeNode" && primitive.inputs.size() < maxFilterInputs)
                primitive.inputs.push_back(input(child, "in"));
        }
    } else {
        const std::size_t count = filterInputCount(primitive.operation).value_or(0);
        if (count > 0)
            primitive.inputs.push_back(input(element, "in"));
        if (count > 1)
            primitive.inputs.push_back(input(element, "in2"));
    }
    primitive.linear = style.get("color-interpolation-filters") != "sRGB";
    m_filter.primitives.push_back(std::move(primitive));
    if (const std::string_view result = trimmed(element.attribute("result").value()); !result.empty())
        m_results.insert_or_assign(std::string(result), m_filter.primitives.size() - 1);
}

std::shared_ptr<const Filter> FilterReader::read()
{
    if (m_chain.empty() || !readRegion())
        return nullptr;
    const bool inBox = boxUnits();
    if (inBox && m_bounds.isEmpty())
        return nullptr;
    for (const pugi::xml_node& filter : m_chain) { // the primitives of the first that has any
        for (const pugi::xml_node& child : filter.children()) {
            if (child.type() == pugi::node_element && m_filter.primitives.size() < maxFilterPrimitives)
                addPrimitive(child, inBox);
        }
        if (!m_filter.primitives.empty())
            return std::make_shared<const Filter>(std::move(m_filter));
    }
    return nullptr;
}

} // namespace

std::optional<std::vector<double>> strictNumbers(std::string_view text)
{
    NumberScanner scanner(text);
    std::vector<double> numbers;
    for (scanner.skipSeparators(); !scanner.atEnd(); scanner.skipSeparators()) {
        const auto number = scanner.number();
        if (!number)
            return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

ReadFilters readFilters(std::string_view value, const Style& style, const Rect& boundsUser, const FilterSources& sources)
{
    ReadFilters result;
    const auto functions = parseFilterFunctions(value);
    if (!functions) // one mistake and the whole list is left out
        return result;
    bool failed = false;
    for (const FilterFunction& function : *functions) {
        std::shared_ptr<const Filter> filter;
        if (function.isReference()) {
            filter = FilterReader(sources.byReference(function.text), boundsUser, sources).read();
            failed = failed || !filter;
        } else if (!boundsUser.isEmpty()) {
            filter = filterOf(function, style, boundsUser);
        }
        if (!filter)
            continue;
        Effect effect;
        effect.id = "e" + std::to_string(result.effects.size() + 1);
        effect.kind = EffectKind::filter;
        effect.filter = std::move(filter);
        result.effects.push_back(std::move(effect));
    }
    result.hidden = result.effects.empty() && failed;
    return result;
}

} // namespace tessera::formats
