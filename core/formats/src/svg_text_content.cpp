#include "svg_text.h"

#include <algorithm>

namespace tessera::formats {
namespace {

constexpr char32_t space = U' ';

bool endsWithSpace(const std::u32string& text) { return !text.empty() && text.back() == space; }

/// Line breaks and tabs are spaces; by default, neighbouring ones are one.
void collapse(std::u32string& text, bool preserves)
{
    std::u32string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t c = text[i];
        if (c == U'\r' && i + 1 < text.size() && text[i + 1] == U'\n')
            continue;
        if (c == U'\n' || c == U'\r' || c == U'\t')
            c = space;
        if (!preserves && c == space && endsWithSpace(out))
            continue;
        out += c;
    }
    text = std::move(out);
}

std::vector<double> lengths(std::string_view list, double whole, double emPx)
{
    std::vector<double> values;
    for (std::string_view rest = trimmed(list); !rest.empty();) {
        const std::size_t end = std::min(rest.find_first_of(" \t\r\n,"), rest.size());
        const auto value = parseLength(rest.substr(0, end), whole, emPx);
        if (!value)
            break;
        values.push_back(*value);
        rest.remove_prefix(end);
        while (!rest.empty() && (rest.front() == ',' || trimmed(rest.substr(0, 1)).empty()))
            rest.remove_prefix(1);
    }
    return values;
}

/// Plain numbers; a list with anything else in it counts as none.
std::vector<double> angles(std::string_view list)
{
    std::vector<double> values;
    NumberScanner scanner(list);
    for (scanner.skipSeparators(); !scanner.atEnd(); scanner.skipSeparators()) {
        const auto value = scanner.number();
        if (!value)
            return {};
        values.push_back(*value);
    }
    return values;
}

} // namespace

void processSpace(TextContent& content)
{
    const auto preserves = [&](const TextPiece& piece) { return content.elements[piece.element].preservesSpace; };
    const auto depth = [&](const TextPiece& piece) { return content.elements[piece.element].depth; };
    TextPiece* before = nullptr; // the last that has characters
    for (TextPiece& piece : content.pieces) {
        collapse(piece.text, preserves(piece));
        const bool leads = !piece.text.empty() && piece.text.front() == space && !preserves(piece);
        if (leads && !before) {
            piece.text.erase(0, 1);
        } else if (leads && endsWithSpace(before->text)) {
            // One of the two stays: the outer element's, or of equals the later.
            if (preserves(*before) || depth(*before) < depth(piece) || before->text.size() == 1)
                piece.text.erase(0, 1);
            else
                before->text.pop_back();
        }
        if (!piece.text.empty())
            before = &piece;
    }
    for (auto piece = content.pieces.rbegin(); piece != content.pieces.rend() && !preserves(*piece); ++piece) {
        if (endsWithSpace(piece->text))
            piece->text.pop_back();
        if (!piece->text.empty())
            break;
    }
    std::size_t at = 0;
    std::vector<bool> begun(content.elements.size(), false);
    for (const TextPiece& piece : content.pieces) {
        for (std::size_t e = piece.element;; e = content.elements[e].parent) {
            TextElement& element = content.elements[e];
            if (!begun[e])
                element.firstChar = at;
            begun[e] = true;
            element.endChar = at + piece.text.size();
            if (e == 0)
                break;
        }
        at += piece.text.size();
    }
}

std::vector<TextPosition> positionsOf(const TextContent& content, const Rect& viewBox)
{
    std::vector<TextPosition> positions(content.elements.empty() ? 0 : content.elements.front().endChar);
    for (const TextElement& element : content.elements) { // inner elements come later and win
        const std::size_t count = element.endChar - element.firstChar;
        const double em = element.style.fontSize();
        const auto each = [&](const char* name, double whole, auto set) {
            const auto values = lengths(element.node.attribute(name).value(), whole, em);
            for (std::size_t i = 0; i < std::min(values.size(), count); ++i)
                set(positions[element.firstChar + i], values[i]);
        };
        if (tagOf(element.node) != "textPath") { // which has no coordinates of its own
            each("x", viewBox.width, [](TextPosition& p, double v) { p.x = v; });
            each("y", viewBox.height, [](TextPosition& p, double v) { p.y = v; });
            each("dx", viewBox.width, [](TextPosition& p, double v) { p.dx = v; });
            each("dy", viewBox.height, [](TextPosition& p, double v) { p.dy = v; });
        }
        const auto rotations = angles(element.node.attribute("rotate").value());
        for (std::size_t i = 0; i < count && !rotations.empty(); ++i)
            positions[element.firstChar + i].rotate = rotations[std::min(i, rotations.size() - 1)];
    }
    return positions;
}

} // namespace tessera::formats
