#include <algorithm>

#include <core/base/utf.h>

#include "penpot_reader.h"

namespace tessera::formats {

using crdt::Any;

namespace {

/// One text shape being read: paragraphs become lines, leaves become runs.
class TextReader
{
public:
    TextReader(ImportedNode& node, Size size, PenpotImport& import, Losses& losses) : m_node(node), m_size(size), m_import(import), m_losses(losses) {}

    void read(const Any& element, const Any& paragraph)
    {
        if (const Any* text = element.find("text"); text && text->string()) {
            addRun(element, paragraph, *text->string());
            return;
        }
        const bool isParagraph = textOf(element, "type") == "paragraph";
        if (isParagraph) {
            if (m_paragraphCount++ > 0)
                m_node.text += '\n';
            noteParagraph(element);
        }
        for (const Any& child : listOf(element, "children"))
            read(child, isParagraph ? element : paragraph); // as deep as JSON may be nested
    }
    [[nodiscard]] std::size_t paragraphCount() const { return m_paragraphCount; }
    [[nodiscard]] std::string_view align() const { return m_align; }
    void addStroke(const document::TextStroke& stroke)
    {
        for (ImportedFormat& format : m_node.formats)
            format.attributes.emplace_back("stroke", document::toAny(stroke));
    }

private:
    void lose(const std::string& what)
    {
        if (std::find(m_losses.begin(), m_losses.end(), what) == m_losses.end())
            m_losses.push_back(what);
    }
    void noteParagraph(const Any& paragraph)
    {
        const std::string_view align = textOf(paragraph, "textAlign");
        if (m_paragraphCount == 1)
            m_align = align;
        else if (align != m_align)
            lose("all its paragraphs are aligned as the first one");
        if (textOf(paragraph, "textDirection") == "rtl")
            lose("the direction of its paragraphs comes from their letters");
    }
    void addFill(const Any& fills, ImportedFormat& format)
    {
        const auto paints = penpotFills(fills, m_size, m_import, m_losses);
        if (paints.empty())
            return;
        if (paints.size() > 1)
            lose("of several fills of its text the top one is kept");
        const document::Paint& top = paints.back();
        if (top.kind == document::PaintKind::solid) {
            Color color = top.color;
            color.a *= static_cast<float>(top.opacity);
            format.attributes.emplace_back("fill", document::toAny(color));
        } else {
            format.attributes.emplace_back("fill", document::toAny(top));
        }
    }
    void addRun(const Any& leaf, const Any& paragraph, const std::string& text)
    {
        const auto from = [&](std::string_view key) -> const Any& {
            const Any& own = memberOf(leaf, key);
            return own.isUndefined() || own.isNull() ? paragraph : leaf;
        };
        ImportedFormat format;
        format.at = static_cast<std::uint32_t>(utf16Length(m_node.text));
        format.count = static_cast<std::uint32_t>(utf16Length(text));
        if (format.count == 0)
            return;
        auto& attributes = format.attributes;
        const std::string_view family = textOf(from("fontFamily"), "fontFamily");
        attributes.emplace_back("family", family.empty() || family == "sourcesanspro" ? "Source Sans Pro" : family);
        attributes.emplace_back("size", document::rounded(std::clamp(numberOr(from("fontSize"), "fontSize", 14), 0.01, 10'000.0)));
        attributes.emplace_back("weight", std::clamp(numberOr(from("fontWeight"), "fontWeight", 400), 1.0, 1000.0));
        if (textOf(from("fontStyle"), "fontStyle") == "italic")
            attributes.emplace_back("italic", true);
        attributes.emplace_back("lineHeight", document::rounded(std::clamp(numberOr(from("lineHeight"), "lineHeight", 1.2), 0.01, 100.0)));
        if (const double spacing = numberOr(from("letterSpacing"), "letterSpacing", 0); spacing != 0)
            attributes.emplace_back("letterSpacing", document::rounded(spacing));
        const std::string_view letters = textOf(from("textTransform"), "textTransform");
        if (letters == "uppercase" || letters == "lowercase")
            attributes.emplace_back("case", letters == "uppercase" ? "upper" : "lower");
        else if (letters == "capitalize")
            attributes.emplace_back("case", "title");
        const std::string_view decoration = textOf(from("textDecoration"), "textDecoration");
        if (decoration == "underline" || decoration == "line-through")
            attributes.emplace_back("decoration", decoration);
        if (!textOf(from("typographyRefId"), "typographyRefId").empty())
            lose("its typography is no longer that of a library");
        if (memberOf(leaf, "fills").array() || memberOf(paragraph, "fills").array())
            addFill(from("fills"), format);
        else // as it was before version 14: one fill, beside the other attributes
            addFill(Any(Any::Object{{"fills", Any::Array{from("fillColor")}}}), format);
        m_node.text += text;
        m_node.formats.push_back(std::move(format));
    }

    ImportedNode& m_node;
    Size m_size;
    PenpotImport& m_import;
    Losses& m_losses;
    std::size_t m_paragraphCount = 0;
    std::string_view m_align;
};

/// Whether each paragraph stands in one line that nearly fills the box: in another font it may need more room than it has.
bool isTight(const Any& shape, Size size, std::size_t paragraphCount)
{
    constexpr double nearlyFull = 0.75;
    double widest = 0;
    std::set<double> lines;
    for (const Any& piece : listOf(shape, "positionData")) {
        lines.insert(numberOr(piece, "y", 0));
        widest = std::max(widest, numberOr(piece, "width", 0));
    }
    return !lines.empty() && lines.size() <= paragraphCount && widest > nearlyFull * size.width;
}

/// More room beside the text, on the sides to which its alignment lets it grow.
void widen(ImportedNode& node, Size size, std::string_view align)
{
    constexpr double share = 0.3;
    const double room = size.width * share;
    const double before = align == "right" ? room : align == "center" ? room / 2 : 0;
    const Transform own = storedTransform(node);
    std::erase_if(node.properties, [](const auto& property) { return property.first == "xf" || property.first == "size"; });
    setTransform(node, own * Transform::translation(-before, 0));
    setSize(node, {size.width + room, size.height});
}

} // namespace

void addPenpotText(ImportedNode& node, const Any& shape, Size size, PenpotImport& import, Losses& losses)
{
    const Any& content = memberOf(shape, "content");
    TextReader reader(node, size, import, losses);
    reader.read(content, content);
    const auto strokes = penpotStrokes(shape, size, import, losses);
    if (!strokes.empty())
        reader.addStroke({strokes.back().paint, strokes.back().style});
    if (strokes.size() > 1)
        losses.emplace_back("of several strokes of its text the top one is kept");

    const std::string_view vertical = textOf(content, "verticalAlign"), grow = textOf(shape, "growType"), align = reader.align();
    if (grow != "auto-width" && isTight(shape, size, reader.paragraphCount())) {
        widen(node, size, align);
        losses.emplace_back("its box is wider, so that its lines break alike in another font");
    }
    Any::Object paragraph;
    if (align == "center" || align == "right" || align == "justify")
        paragraph.emplace_back("align", align);
    if (vertical == "center" || vertical == "bottom")
        paragraph.emplace_back("verticalAlign", vertical == "center" ? "middle" : "bottom");
    if (grow == "auto-width" || grow == "auto-height")
        paragraph.emplace_back("autoSize", grow == "auto-width" ? "widthAndHeight" : "height");
    if (!paragraph.empty())
        node.properties.emplace_back("para", std::move(paragraph));
}

} // namespace tessera::formats
