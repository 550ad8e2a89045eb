#include "svg_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "css_colors.h"

namespace tessera::formats {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

double channel(std::string_view text, double percentOf)
{
    NumberScanner scanner(trimmed(text));
    const double value = scanner.number().value_or(0);
    return !scanner.atEnd() && scanner.peek() == '%' ? value / 100 * percentOf : value;
}

Color fromHsl(double hueDegrees, double saturation, double lightness)
{
    const auto component = [&](double n) {
        const double k = std::fmod(std::fmod(n + hueDegrees / 30, 12) + 12, 12);
        const double a = saturation * std::min(lightness, 1 - lightness);
        return static_cast<float>(lightness - a * std::max(-1.0, std::min({k - 3, 9 - k, 1.0})));
    };
    return {component(0), component(8), component(4), 1};
}

std::vector<std::string_view> functionArguments(std::string_view body)
{
    std::vector<std::string_view> arguments;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= body.size(); ++i) {
        if (i < body.size() && body[i] != ',' && body[i] != '/' && !isSpace(body[i]))
            continue;
        if (i > start)
            arguments.push_back(body.substr(start, i - start));
        start = i + 1;
    }
    return arguments;
}

} // namespace

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

void NumberScanner::skipSeparators()
{
    while (!atEnd() && (isSpace(m_text[m_at]) || m_text[m_at] == ','))
        ++m_at;
}

std::optional<double> NumberScanner::number()
{
    skipSeparators();
    std::size_t start = m_at;
    if (start < m_text.size() && m_text[start] == '+')
        ++start;
    double value = 0;
    const auto [end, error] = std::from_chars(m_text.data() + start, m_text.data() + m_text.size(), value);
    if (error != std::errc{} || !std::isfinite(value) || std::abs(value) > 1e9)
        return std::nullopt;
    m_at = static_cast<std::size_t>(end - m_text.data());
    return value;
}

std::optional<bool> NumberScanner::flag()
{
    skipSeparators();
    if (atEnd() || (peek() != '0' && peek() != '1'))
        return std::nullopt;
    return m_text[m_at++] == '1';
}

std::vector<double> parseNumbers(std::string_view text)
{
    std::vector<double> numbers;
    NumberScanner scanner(text);
    while (const auto value = scanner.number())
        numbers.push_back(*value);
    return numbers;
}

std::optional<NumberWithUnit> parseNumberWithUnit(std::string_view text)
{
    NumberScanner scanner(trimmed(text));
    const auto value = scanner.number();
    if (!value)
        return std::nullopt;
    std::string unit;
    for (; !scanner.atEnd(); scanner.advance())
        unit += scanner.peek();
    return NumberWithUnit{*value, lowerCase(trimmed(unit))};
}

std::optional<double> parseAngle(std::string_view text)
{
    const auto number = parseNumberWithUnit(text);
    if (!number)
        return std::nullopt;
    const std::pair<std::string_view, double> units[] = {{"", 1}, {"deg", 1}, {"grad", 0.9}, {"rad", 180 / std::numbers::pi}, {"turn", 360}};
    for (const auto& [unit, degrees] : units) {
        if (unit == number->unit)
            return number->value * degrees;
    }
    return std::nullopt;
}

std::optional<double> parseLength(std::string_view text, double percentBase, double emPx)
{
    const auto number = parseNumberWithUnit(text);
    if (!number || number->unit.empty() || number->unit == "px")
        return number ? std::optional(number->value) : std::nullopt;
    struct Unit {
        std::string_view name;
        double px;
    };
    const Unit units[] = {{"%", percentBase / 100}, {"em", emPx}, {"rem", 16}, {"ex", emPx / 2}, {"mm", 96 / 25.4},
                          {"cm", 96 / 2.54},        {"in", 96},   {"pt", 96.0 / 72}, {"pc", 16}, {"q", 96 / 101.6}};
    for (const Unit& known : units)
        if (known.name == number->unit)
            return number->value * known.px;
    return std::nullopt;
}

std::optional<Color> parseCssColor(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with('#'))
        return parseHexColor(text);
    const std::string lower = lowerCase(text);
    if (lower == "transparent")
        return Color{0, 0, 0, 0};
    const std::size_t open = lower.find('(');
    if (open == std::string::npos)
        return namedCssColor(lower);
    const std::size_t close = lower.find(')', open);
    if (close == std::string::npos)
        return std::nullopt;
    const std::string_view function = trimmed(std::string_view(lower).substr(0, open));
    const auto arguments = functionArguments(std::string_view(lower).substr(open + 1, close - open - 1));
    if (arguments.size() < 3)
        return std::nullopt;
    Color color;
    if (function == "rgb" || function == "rgba") {
        const auto unit = [&](std::size_t i) { return static_cast<float>(std::clamp(channel(arguments[i], 255) / 255, 0.0, 1.0)); };
        color = {unit(0), unit(1), unit(2), 1};
    } else if (function == "hsl" || function == "hsla") {
        color = fromHsl(channel(arguments[0], 360), std::clamp(channel(arguments[1], 1), 0.0, 1.0), std::clamp(channel(arguments[2], 1), 0.0, 1.0));
    } else {
        return std::nullopt;
    }
    if (arguments.size() > 3)
        color.a = static_cast<float>(std::clamp(channel(arguments[3], 1), 0.0, 1.0));
    return color;
}

Transform parseTransformList(std::string_view text)
{
    Transform result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = text.find('(', at);
        const std::size_t close = open == std::string_view::npos ? open : text.find(')', open);
        if (close == std::string_view::npos)
            break;
        std::string_view name = text.substr(at, open - at);
        while (!name.empty() && (isSpace(name.front()) || name.front() == ','))
            name.remove_prefix(1);
        name = trimmed(name);
        const auto v = parseNumbers(text.substr(open + 1, close - open - 1));
        const double radians = v.empty() ? 0 : v[0] * std::numbers::pi / 180;
        if (name == "matrix" && v.size() == 6)
            result = result * Transform{v[0], v[1], v[2], v[3], v[4], v[5]};
        else if (name == "translate" && !v.empty())
            result = result * Transform::translation(v[0], v.size() > 1 ? v[1] : 0);
        else if (name == "scale" && !v.empty())
            result = result * Transform::scaling(v[0], v.size() > 1 ? v[1] : v[0]);
        else if (name == "rotate" && v.size() >= 3)
            result = result * Transform::translation(v[1], v[2]) * Transform::rotation(radians) * Transform::translation(-v[1], -v[2]);
        else if (name == "rotate" && !v.empty())
            result = result * Transform::rotation(radians);
        else if (name == "skewX" && !v.empty())
            result = result * Transform{1, 0, std::tan(radians), 1, 0, 0};
        else if (name == "skewY" && !v.empty())
            result = result * Transform{1, std::tan(radians), 0, 1, 0, 0};
        at = close + 1;
    }
    return result;
}

} // namespace tessera::formats
