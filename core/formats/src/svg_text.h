#pragma once

#include <optional>
#include <string>
#include <vector>

#include "svg_reader.h"

namespace tessera::formats {

/// An element of a text: itself, or a tspan, a or textPath within.
struct TextElement {
    pugi::xml_node node;
    Style style;
    std::size_t parent = 0;             ///< index; the text is its own
    std::size_t depth = 0;
    bool preservesSpace = false;
    bool isDrawn = true;                ///< else its characters only count in the lists of positions
    std::optional<std::size_t> path;    ///< of a textPath or what is in one: index of the path
    std::size_t pathElement = 0;        ///< with `path`: the textPath
    std::size_t firstChar = 0, endChar = 0; ///< code points, white space processed
};

/// Characters that are one text node of the source.
struct TextPiece {
    std::size_t element = 0;
    std::u32string text;
};

/// The elements and characters of a text in document order, white space processed as browsers do.
struct TextContent {
    std::vector<TextElement> elements;
    std::vector<TextPiece> pieces;
    std::vector<document::VectorPath> paths; ///< in the text's user space
};

/// Attribute lists spread over the characters (SVG 2, 11.4.3).
struct TextPosition {
    std::optional<double> x, y;
    double dx = 0, dy = 0;
    double rotate = 0;
};
[[nodiscard]] std::vector<TextPosition> positionsOf(const TextContent& content, const Rect& viewBox);

/// Collapses white space within and between the pieces, then counts the characters of the elements.
void processSpace(TextContent& content);

/// Where the text is, to what an importer without fonts can tell; the node's size.
struct TextEstimate {
    std::optional<Rect> box;
    void add(const Rect& part) { box = box ? united(*box, part) : part; }
};

/// Reads one text element.
class SvgTextReader
{
public:
    SvgTextReader(SvgReader& reader, pugi::xml_node element, const Style& style, const SvgReader::Context& context)
        : m_reader(reader), m_text(element), m_style(style), m_context(context)
    {
    }
    /// Nothing when no character is left.
    [[nodiscard]] std::optional<ImportedNode> read();

private:
    struct Run {
        std::string text;
        std::size_t element = 0;
        std::optional<TextPosition> start;
        double rotate = 0;
        bool beginsChunk = false;
    };

    // svg_text.cpp
    void collect();
    [[nodiscard]] bool isRemoved(pugi::xml_node element, const Style& parent) const;
    [[nodiscard]] std::optional<std::size_t> readPath(pugi::xml_node textPath);
    void buildRuns();
    void addCharacter(char32_t character, std::size_t element, const TextPosition& position, bool firstOfPiece, bool firstOfAll);
    void estimate();
    [[nodiscard]] document::Properties formatOf(const Run& run, std::size_t index);

    // svg_text_style.cpp
    [[nodiscard]] document::Properties fontOf(const TextElement& element) const;
    void addPaints(document::Properties& attributes, const TextElement& element);
    void addDecorations(document::Properties& attributes, std::size_t element);
    [[nodiscard]] crdt::Any baselineOf(std::size_t element) const;
    [[nodiscard]] document::Paint fillOf(const Style& style);
    [[nodiscard]] std::optional<document::TextStroke> strokeOf(const Style& style);
    [[nodiscard]] std::optional<document::Paint> paintOf(std::string_view value, double opacity, const Style& style);
    [[nodiscard]] std::string_view anchorOf(const Style& style) const;

    SvgReader& m_reader;
    pugi::xml_node m_text;
    const Style& m_style;
    const SvgReader::Context& m_context;
    TextContent m_content;
    std::vector<Run> m_runs;
    std::vector<document::Properties> m_formats; ///< by element, what does not depend on the character
    Rect m_box{0, 0, 1, 1};
};

} // namespace tessera::formats
