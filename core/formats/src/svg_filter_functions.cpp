#include "svg_filter_functions.h"

#include <algorithm>
#include <cmath>

#include "svg_values.h"

namespace tessera::formats {
namespace {

using namespace document;

/// Arguments between spaces and commas outside of parentheses.
std::vector<std::string_view> arguments(std::string_view body)
{
    std::vector<std::string_view> list;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= body.size(); ++i) {
        const char c = i < body.size() ? body[i] : ' ';
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (i < body.size() && (depth > 0 || (c != ' ' && c != '\t' && c != '\n' && c != '\r')))
            continue;
        if (i > start)
            list.push_back(body.substr(start, i - start));
        start = i + 1;
    }
    return list;
}

std::optional<double> length(std::string_view text)
{
    const auto found = parseNumberWithUnit(text);
    return !found || found->unit == "%" ? std::nullopt : parseLength(text, 1);
}

std::optional<double> factor(std::string_view text)
{
    const auto found = parseNumberWithUnit(text);
    if (!found || found->value < 0 || (found->unit != "%" && !found->unit.empty()))
        return std::nullopt;
    return found->unit == "%" ? found->value / 100 : found->value;
}

/// Only zero needs no unit, in CSS.
std::optional<double> degrees(std::string_view text)
{
    const auto found = parseNumberWithUnit(text);
    return found && found->unit.empty() && found->value != 0 ? std::nullopt : parseAngle(text);
}

/// Two or three lengths and perhaps a colour, before or after them.
bool readShadow(FilterFunction& function, std::vector<std::string_view> list)
{
    if (list.empty())
        return false;
    const bool first = !length(list.front());
    if (first || !length(list.back())) {
        const std::string_view color = first ? list.front() : list.back();
        if (lowerCase(color) != "currentcolor" && !parseCssColor(color))
            return false;
        function.color = std::string(color);
        list.erase(first ? list.begin() : list.end() - 1);
    }
    std::vector<double> lengths;
    for (const std::string_view argument : list) {
        const auto value = length(argument);
        if (!value)
            return false;
        lengths.push_back(*value);
    }
    if (lengths.size() != 2 && lengths.size() != 3)
        return false;
    function.offset = {lengths[0], lengths[1]};
    function.amount = lengths.size() == 3 ? lengths[2] : 0;
    return *function.amount >= 0;
}

bool readArguments(FilterFunction& function, std::string_view body)
{
    const auto list = arguments(body);
    if (function.name == "drop-shadow")
        return readShadow(function, list);
    constexpr std::string_view factors[] = {"brightness", "contrast", "grayscale", "invert", "opacity", "saturate", "sepia"};
    const bool isFactor = std::find(std::begin(factors), std::end(factors), function.name) != std::end(factors);
    if ((!isFactor && function.name != "blur" && function.name != "hue-rotate") || list.size() > 1)
        return false;
    if (list.empty())
        return true;
    function.amount = isFactor ? factor(list[0]) : function.name == "blur" ? length(list[0]) : degrees(list[0]);
    return function.amount && (function.name == "hue-rotate" || *function.amount >= 0);
}

ComponentTransferFilter sameForColors(TransferFunction function)
{
    ComponentTransferFilter f;
    std::fill_n(f.channels.begin(), 3, function);
    return f;
}

FilterOperation operationOf(const FilterFunction& function, const Style& style)
{
    using Kind = TransferFunction::Kind;
    const std::string& name = function.name;
    const double amount = function.amount.value_or(1), unit = std::min(amount, 1.0);
    if (name == "blur")
        return BlurFilter{function.amount.value_or(0), function.amount.value_or(0)};
    if (name == "drop-shadow") {
        const bool own = function.color && lowerCase(*function.color) != "currentcolor";
        const Color color = own ? parseCssColor(*function.color).value_or(Color{}) : style.currentColor();
        return DropShadowFilter{function.offset, function.amount.value_or(0), function.amount.value_or(0), color};
    }
    if (name == "hue-rotate")
        return hueRotateMatrix(function.amount.value_or(0));
    if (name == "saturate")
        return saturateMatrix(amount);
    if (name == "grayscale")
        return grayscaleMatrix(unit);
    if (name == "sepia")
        return sepiaMatrix(unit);
    if (name == "invert")
        return sameForColors({Kind::table, {unit, 1 - unit}});
    if (name == "brightness")
        return sameForColors({Kind::linear, {amount, 0}});
    if (name == "contrast")
        return sameForColors({Kind::linear, {amount, 0.5 - 0.5 * amount}});
    ComponentTransferFilter opacity;
    opacity.channels[3] = {Kind::table, {0, unit}};
    return opacity;
}

} // namespace

std::optional<std::vector<FilterFunction>> parseFilterFunctions(std::string_view value)
{
    std::vector<FilterFunction> functions;
    value = trimmed(value);
    if (value.empty() || value == "none")
        return functions;
    while (!value.empty()) {
        const std::size_t open = value.find('(');
        if (open == std::string_view::npos)
            return std::nullopt;
        std::size_t close = open + 1;
        for (int depth = 1; close < value.size(); ++close) {
            depth += value[close] == '(' ? 1 : value[close] == ')' ? -1 : 0;
            if (depth == 0)
                break;
        }
        if (close >= value.size() || functions.size() >= 64)
            return std::nullopt;
        FilterFunction function;
        function.name = lowerCase(trimmed(value.substr(0, open)));
        if (function.name == "url") {
            function.name.clear();
            function.text = std::string(value.substr(0, close + 1));
        } else if (!readArguments(function, value.substr(open + 1, close - open - 1))) {
            return std::nullopt;
        }
        functions.push_back(std::move(function));
        value = trimmed(value.substr(close + 1));
    }
    return functions;
}

std::shared_ptr<const document::Filter> filterOf(const FilterFunction& function, const Style& style, const Rect& boundsUser)
{
    auto filter = std::make_shared<Filter>();
    const bool spreads = function.name == "blur" || function.name == "drop-shadow";
    // CSS has no region for functions: half the box for strokes, and all that the blur reaches.
    const double reach = spreads ? 3 * function.amount.value_or(0) + tessera::length(function.offset) : 0;
    filter->region = {boundsUser.x - boundsUser.width / 2 - reach, boundsUser.y - boundsUser.height / 2 - reach,
                      boundsUser.width * 2 + 2 * reach, boundsUser.height * 2 + 2 * reach};
    FilterPrimitive primitive;
    primitive.operation = operationOf(function, style);
    primitive.inputs = {FilterInput{}};
    primitive.linear = false;
    filter->primitives.push_back(std::move(primitive));
    return filter;
}

} // namespace tessera::formats
