#include <app/tools/text_editing.h>

#include <algorithm>

#include <core/base/utf.h>

namespace tessera::app {
namespace {

bool isWordUnit(char16_t unit)
{
    return unit >= 0x80 || (unit >= '0' && unit <= '9') || ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'z') || unit == '_';
}

std::uint32_t wordStart(const std::u16string& text, std::uint32_t at)
{
    while (at > 0 && !isWordUnit(text[at - 1]))
        --at;
    while (at > 0 && isWordUnit(text[at - 1]))
        --at;
    return at;
}

std::uint32_t wordEnd(const std::u16string& text, std::uint32_t at)
{
    const auto size = static_cast<std::uint32_t>(text.size());
    while (at < size && !isWordUnit(text[at]))
        ++at;
    while (at < size && isWordUnit(text[at]))
        ++at;
    return at;
}

} // namespace

void TextEditing::moveCaret(const text::Layout& layout, const std::u16string& text, CaretMove move, CaretMode mode)
{
    const std::uint32_t at = std::min(m_caret, layout.unitCount);
    const bool vertical = move == CaretMove::up || move == CaretMove::down;
    if (!vertical)
        m_columnX.reset();
    const text::Caret here = text::caretAt(layout, at);
    const text::Line& line = layout.lines[here.line];
    const bool collapses = mode == CaretMode::move && hasSelection();
    switch (move) {
    case CaretMove::left: m_caret = collapses ? selectionStart() : text::previousStop(layout, at); break;
    case CaretMove::right: m_caret = collapses ? selectionEnd() : text::nextStop(layout, at); break;
    case CaretMove::wordLeft: m_caret = wordStart(text, std::min<std::uint32_t>(at, text.size())); break;
    case CaretMove::wordRight: m_caret = wordEnd(text, at); break;
    case CaretMove::lineStart: m_caret = line.firstUnit; break;
    case CaretMove::lineEnd: m_caret = line.endUnit; break;
    case CaretMove::textStart: m_caret = 0; break;
    case CaretMove::textEnd: m_caret = layout.unitCount; break;
    case CaretMove::up:
    case CaretMove::down: {
        if (!m_columnX)
            m_columnX = here.top.x;
        const bool up = move == CaretMove::up;
        if (up && here.line == 0)
            m_caret = 0;
        else if (!up && here.line + 1 == layout.lines.size())
            m_caret = layout.unitCount;
        else {
            const text::Line& next = layout.lines[up ? here.line - 1 : here.line + 1];
            m_caret = text::unitAt(layout, {*m_columnX, (next.top + next.bottom) / 2});
        }
        break;
    }
    }
    if (mode == CaretMode::move)
        m_anchor = m_caret;
}

void TextEditing::placeCaret(const text::Layout& layout, Point local, CaretMode mode)
{
    m_columnX.reset();
    m_caret = text::unitAt(layout, local);
    if (mode == CaretMode::move)
        m_anchor = m_caret;
}

void TextEditing::selectWordAt(const std::u16string& text, std::uint32_t unit)
{
    const auto size = static_cast<std::uint32_t>(text.size());
    std::uint32_t from = std::min(unit, size), to = from;
    while (from > 0 && isWordUnit(text[from - 1]))
        --from;
    while (to < size && isWordUnit(text[to]))
        ++to;
    m_anchor = from;
    m_caret = to;
}

void TextEditing::selectAll(const text::Layout& layout)
{
    m_anchor = 0;
    m_caret = layout.unitCount;
}

Commands TextEditing::replace(std::uint32_t from, std::uint32_t to, const std::string& utf8)
{
    m_columnX.reset();
    if (from == to && utf8.empty())
        return {};
    m_caret = m_anchor = from + static_cast<std::uint32_t>(utf16Length(utf8));
    return {document::EditText{m_node, from, to - from, utf8}};
}

Commands TextEditing::insert(const std::string& utf8)
{
    return replace(selectionStart(), selectionEnd(), utf8);
}

Commands TextEditing::removeBackward(const text::Layout& layout)
{
    const std::uint32_t to = selectionEnd();
    return replace(hasSelection() ? selectionStart() : text::previousStop(layout, to), to, {});
}

Commands TextEditing::removeForward(const text::Layout& layout)
{
    const std::uint32_t from = selectionStart();
    return replace(from, hasSelection() ? selectionEnd() : text::nextStop(layout, from), {});
}

void TextEditing::followRemoteEdit(const std::u16string& before, const std::u16string& after)
{
    const std::size_t shorter = std::min(before.size(), after.size());
    std::size_t prefix = 0;
    while (prefix < shorter && before[prefix] == after[prefix])
        ++prefix;
    std::size_t suffix = 0;
    while (suffix < shorter - prefix && before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix])
        ++suffix;
    const std::size_t oldEnd = before.size() - suffix, newEnd = after.size() - suffix;
    const auto follow = [&](std::uint32_t& at) {
        if (at >= oldEnd && at > prefix)
            at = static_cast<std::uint32_t>(at + newEnd - oldEnd);
        else if (at > prefix)
            at = static_cast<std::uint32_t>(std::min<std::size_t>(at, newEnd));
        at = std::min(at, static_cast<std::uint32_t>(after.size()));
    };
    follow(m_anchor);
    follow(m_caret);
}

} // namespace tessera::app
