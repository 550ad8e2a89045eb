#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <app/models/geometry_edits.h>
#include <core/document/document.h>
#include <render/text/layout.h>

/// Typing in a text node: caret and selection in UTF-16 units, moved by graphemes and lines of the layout. Edits are
/// Command values; the text itself lives in the document, where teammates may change it meanwhile.
namespace tessera::app {

enum class CaretMove : std::uint8_t { left, right, up, down, wordLeft, wordRight, lineStart, lineEnd, textStart, textEnd };
enum class CaretMode : std::uint8_t { move, select };

class TextEditing
{
public:
    explicit TextEditing(NodeId node) : m_node(std::move(node)) {}

    [[nodiscard]] const NodeId& node() const { return m_node; }
    [[nodiscard]] std::uint32_t caret() const { return m_caret; }
    [[nodiscard]] std::uint32_t selectionStart() const { return std::min(m_anchor, m_caret); }
    [[nodiscard]] std::uint32_t selectionEnd() const { return std::max(m_anchor, m_caret); }
    [[nodiscard]] bool hasSelection() const { return m_anchor != m_caret; }

    void moveCaret(const text::Layout& layout, const std::u16string& text, CaretMove move, CaretMode mode);
    /// To the position nearest to a point of the node.
    void placeCaret(const text::Layout& layout, Point local, CaretMode mode);
    void selectWordAt(const std::u16string& text, std::uint32_t unit);
    void selectAll(const text::Layout& layout);

    /// Replaces the selection; the caret goes behind what was typed.
    [[nodiscard]] Commands insert(const std::string& utf8);
    /// Backspace and Delete: the selection, or one grapheme. Empty at the ends.
    [[nodiscard]] Commands removeBackward(const text::Layout& layout);
    [[nodiscard]] Commands removeForward(const text::Layout& layout);

    /// Keeps the caret at its character when somebody else edited; `before` and `after` are the texts.
    void followRemoteEdit(const std::u16string& before, const std::u16string& after);

private:
    [[nodiscard]] Commands replace(std::uint32_t from, std::uint32_t to, const std::string& utf8);

    NodeId m_node;
    std::uint32_t m_anchor = 0;
    std::uint32_t m_caret = 0;
    std::optional<double> m_columnX; ///< up and down keep the column
};

} // namespace tessera::app
