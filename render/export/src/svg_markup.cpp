#include "svg_markup.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include <core/base/utf.h>

namespace tessera::exports {
namespace {

enum class Quoting : std::uint8_t { attribute, content };

/// XML 1.0 section 2.2: of the controls only tab, line feed and carriage return exist, and U+FFFE and U+FFFF do not.
bool isCharacter(char32_t c) { return c >= 0x20 ? c != 0xfffe && c != 0xffff && c != 0x7f : c == '\t' || c == '\n' || c == '\r'; }

void escape(std::string& out, std::string_view raw, Quoting quoting)
{
    const std::string text = toValidUtf8(raw);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (byte == 0xef && text.compare(i, 2, "\xef\xbf") == 0 && i + 2 < text.size() && static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
            i += 2;
            continue;
        }
        if (byte < 0x80 && !isCharacter(byte))
            continue;
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>' && quoting == Quoting::content)
            out += "&gt;";
        else if (c == '"' && quoting == Quoting::attribute)
            out += "&quot;";
        else if (byte < 0x20 && (quoting == Quoting::attribute || c == '\r'))
            out += c == '\t' ? "&#9;" : c == '\n' ? "&#10;" : "&#13;";
        else
            out += c;
    }
}

/// Writes path data with as few separators as the grammar needs.
class PathText
{
public:
    void command(char letter)
    {
        if (letter == m_command && letter != 'M' && letter != 'm' && letter != 'Z' && letter != 'z')
            return;
        m_text += m_command = letter;
        m_afterLetter = true;
    }
    void number(double value)
    {
        const std::string digits = numberText(value);
        const bool isApart = m_afterLetter || digits.front() == '-' || (digits.front() == '.' && m_hasPoint);
        if (!isApart)
            m_text += ' ';
        m_text += digits;
        m_afterLetter = false;
        m_hasPoint = digits.find('.') != std::string::npos;
    }
    void point(Point p) { number(p.x), number(p.y); }
    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    std::string m_text;
    char m_command = 0;
    bool m_afterLetter = false;
    bool m_hasPoint = false;
};

double onGrid(double v) { return std::round(v * 1e4) / 1e4; }
Point onGrid(Point p) { return {onGrid(p.x), onGrid(p.y)}; }

/// Differences are taken between rounded points, so that errors do not add up along the path.
std::string pathText(const Path& path, bool relative)
{
    PathText text;
    Point at, start;
    const auto base = [&] { return relative ? at : Point{}; };
    std::size_t next = 0;
    for (const PathVerb verb : path.verbs()) {
        if (verb == PathVerb::close) {
            text.command(relative ? 'z' : 'Z');
            at = start;
            continue;
        }
        const Point to = onGrid(path.points()[next]);
        if (verb == PathVerb::move) {
            text.command(relative ? 'm' : 'M');
            text.point(to - base());
            at = start = to;
        } else if (verb == PathVerb::line) {
            if (to.y == at.y && to.x != at.x) {
                text.command(relative ? 'h' : 'H');
                text.number(to.x - base().x);
            } else if (to.x == at.x && to.y != at.y) {
                text.command(relative ? 'v' : 'V');
                text.number(to.y - base().y);
            } else {
                text.command(relative ? 'l' : 'L');
                text.point(to - base());
            }
            at = to;
        } else {
            const Point out = to, in = onGrid(path.points()[next + 1]), end = onGrid(path.points()[next + 2]);
            text.command(relative ? 'c' : 'C');
            text.point(out - base()), text.point(in - base()), text.point(end - base());
            at = end;
        }
        next += verb == PathVerb::cubic ? 3 : 1;
    }
    return text.take();
}

} // namespace

SvgElement& SvgElement::set(std::string_view name, std::string value)
{
    remove(name);
    if (!value.empty())
        attributes.emplace_back(name, std::move(value));
    return *this;
}

const std::string* SvgElement::get(std::string_view name) const
{
    const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& a) { return a.first == name; });
    return found == attributes.end() ? nullptr : &found->second;
}

void SvgElement::remove(std::string_view name)
{
    std::erase_if(attributes, [&](const auto& a) { return a.first == name; });
}

void write(std::string& out, const SvgElement& element)
{
    if (element.tag.empty()) {
        escape(out, element.text, Quoting::content);
        return;
    }
    out += '<';
    out += element.tag;
    const auto attribute = [&](std::string_view name, std::string_view value) {
        out += ' ';
        out += name;
        out += "=\"";
        escape(out, value, Quoting::attribute);
        out += '"';
    };
    if (const std::string transform = transformText(element.transform); !transform.empty())
        attribute("transform", transform);
    for (const auto& [name, value] : element.attributes)
        attribute(name, value);
    if (element.text.empty() && element.children.empty()) {
        out += "/>";
        return;
    }
    out += '>';
    escape(out, element.text, Quoting::content);
    for (const SvgElement& child : element.children)
        write(out, child);
    out += "</";
    out += element.tag;
    out += '>';
}

bool isWritable(double value) { return std::abs(value) <= largestNumber; }
bool isWritable(const Transform& t)
{
    return isWritable(t.a) && isWritable(t.b) && isWritable(t.c) && isWritable(t.d) && isWritable(t.e) && isWritable(t.f);
}
bool isWritable(const Rect& r) { return isWritable(r.x) && isWritable(r.y) && isWritable(r.width) && isWritable(r.height); }

std::string numberText(double value, int decimals)
{
    if (!isWritable(value))
        return "0";
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
    std::string text = buffer;
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    if (text == "-0" || text == "0")
        return "0";
    if (text.starts_with("0."))
        text.erase(0, 1);
    else if (text.starts_with("-0."))
        text.erase(1, 1);
    return text;
}

std::string numbersText(const std::vector<double>& values, int decimals)
{
    std::string text;
    for (const double value : values) {
        if (!text.empty())
            text += ' ';
        text += numberText(value, decimals);
    }
    return text;
}

std::string colorText(const Color& color)
{
    std::string hex = toHexColor({color.r, color.g, color.b, 1});
    std::transform(hex.begin(), hex.end(), hex.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    if (hex.size() == 7 && hex[1] == hex[2] && hex[3] == hex[4] && hex[5] == hex[6])
        hex = {'#', hex[1], hex[3], hex[5]};
    return hex;
}

std::string transformText(const Transform& t)
{
    constexpr double exact = 1e-9;
    const auto linear = [](double v) { return numberText(v, 9); };
    const bool moves = numberText(t.e) != "0" || numberText(t.f) != "0";
    const std::string move = !moves ? std::string() : "translate(" + numberText(t.e) + (numberText(t.f) == "0" ? ")" : " " + numberText(t.f) + ")");
    const auto near = [](double a, double b) { return std::abs(a - b) <= exact; };
    if (near(t.b, 0) && near(t.c, 0)) {
        if (near(t.a, 1) && near(t.d, 1))
            return move;
        return move + "scale(" + linear(t.a) + (near(t.a, t.d) ? ")" : " " + linear(t.d) + ")");
    }
    std::string matrix = "matrix(" + linear(t.a) + " " + linear(t.b) + " " + linear(t.c) + " " + linear(t.d) + " " + numberText(t.e) + " " +
                         numberText(t.f) + ")";
    if (near(t.a, t.d) && near(t.b, -t.c) && near(std::hypot(t.a, t.b), 1)) {
        const double degrees = std::round(std::atan2(t.b, t.a) * 180e6 / std::numbers::pi) / 1e6;
        const Transform rotated = Transform::rotation(degrees * std::numbers::pi / 180);
        std::string turned = move + "rotate(" + numberText(degrees, 6) + ")";
        if (std::abs(rotated.a - t.a) < 1e-8 && std::abs(rotated.b - t.b) < 1e-8 && turned.size() < matrix.size())
            return turned;
    }
    return matrix;
}

std::string pathText(const Path& path)
{
    const bool hasSegment = std::any_of(path.verbs().begin(), path.verbs().end(), [](PathVerb v) { return v != PathVerb::move; });
    if (!hasSegment || !std::all_of(path.points().begin(), path.points().end(), [](Point p) { return isWritable(p.x) && isWritable(p.y); }))
        return {};
    std::string absolute = pathText(path, false), relative = pathText(path, true);
    return relative.size() < absolute.size() ? relative : absolute;
}

std::string base64Text(ByteView bytes)
{
    std::string text = toBase64Url(bytes);
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

} // namespace tessera::exports
