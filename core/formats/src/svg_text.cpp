#include "svg_text.h"

#include <algorithm>
#include <cmath>

#include <core/base/utf.h>

namespace tessera::formats {
namespace {

/// Ascent, descent and advance of common fonts in em: the importer has no fonts, the layout knows better later.
constexpr double ascentEm = 0.97;
constexpr double descentEm = 0.24;
constexpr double averageAdvanceEm = 0.56;
/// A baseline that much of an em lower is another line.
constexpr double newLineEm = 0.6;

std::u32string toUtf32(std::string_view utf8)
{
    const std::u16string units = toUtf16(toValidUtf8(utf8));
    std::u32string out;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const char16_t u = units[i];
        if (u >= 0xd800 && u <= 0xdbff && i + 1 < units.size())
            out += static_cast<char32_t>(0x10000 + ((u - 0xd800) << 10) + (units[++i] - 0xdc00));
        else
            out += u;
    }
    return out;
}

std::string toUtf8(char32_t c)
{
    std::string out;
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    }
    return out;
}

bool preservesSpace(pugi::xml_node node, bool inherited)
{
    const auto attribute = node.attribute("xml:space");
    return attribute ? std::string_view(attribute.value()) == "preserve" : inherited;
}

document::VectorPath outlineOf(const SvgShape& shape)
{
    if (!shape.path.subPaths.empty())
        return shape.path;
    const Rect& r = shape.bounds;
    document::SubPath sub{true, {}};
    const auto corner = [&](Point p) { sub.points.push_back({p, p, p}); };
    if (shape.type == document::NodeType::ellipse) {
        const Point right{r.right(), r.y + r.height / 2};
        corner(right);
        appendArc(sub, r.width / 2, r.height / 2, 0, false, true, {r.x, right.y});
        appendArc(sub, r.width / 2, r.height / 2, 0, false, true, right);
        sub.closed = false;
    } else {
        corner({r.x, r.y});
        corner({r.right(), r.y});
        corner({r.right(), r.bottom()});
        corner({r.x, r.bottom()});
    }
    return {document::FillRule::nonzero, {sub}};
}

} // namespace

void SvgReader::readText(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out)
{
    auto node = SvgTextReader(*this, element, style, context).read();
    if (!node)
        return;
    if (compose == Compose::onNode)
        setComposing(*node, style);
    setVisibility(*node, style, false); // visibility is each run's
    out.push_back(std::move(*node));
}

std::optional<ImportedNode> SvgTextReader::read()
{
    collect();
    processSpace(m_content);
    buildRuns();
    if (m_runs.empty())
        return std::nullopt;
    estimate();

    ImportedNode node;
    node.type = document::NodeType::text;
    std::uint32_t at = 0;
    m_formats.resize(m_content.elements.size());
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        const auto count = static_cast<std::uint32_t>(utf16Length(m_runs[i].text));
        node.text += m_runs[i].text;
        node.formats.push_back({at, count, formatOf(m_runs[i], i)});
        at += count;
    }
    const bool hasOwnName = m_text.attribute("id") || m_text.attribute("inkscape:label") || m_text.attribute("data-name");
    node.name = hasOwnName ? m_reader.nameOf(m_text) : toValidUtf8(node.text.substr(0, std::min<std::size_t>(node.text.find('\n'), 60)));
    setTransform(node, m_context.transform * Transform::translation(m_box.x, m_box.y));
    setSize(node, {document::rounded(m_box.width), document::rounded(m_box.height)});
    const std::string_view anchor = anchorOf(m_style);
    node.properties.emplace_back("para", crdt::Any::Object{{"align", anchor == "middle" ? "center" : anchor == "end" ? "right" : "left"},
                                                           {"autoSize", "widthAndHeight"},
                                                           {"layout", "positioned"}});
    if (!m_content.paths.empty()) {
        crdt::Any::Array paths;
        for (const document::VectorPath& path : m_content.paths)
            paths.push_back(document::toAny(transformed(path, Transform::translation(-m_box.x, -m_box.y))));
        node.properties.emplace_back("paths", std::move(paths));
    }
    return node;
}

/// Depth first, iterative: nesting comes from outside.
void SvgTextReader::collect()
{
    bool inherited = false;
    for (pugi::xml_node up = m_text.parent(); up; up = up.parent()) {
        if (up.attribute("xml:space")) {
            inherited = preservesSpace(up, false);
            break;
        }
    }
    TextElement root;
    root.node = m_text;
    root.style = m_style;
    root.preservesSpace = preservesSpace(m_text, inherited);
    m_content.elements.push_back(root);
    std::size_t current = 0;
    for (pugi::xml_node node = m_text.first_child(); node && !m_reader.overLimit();) {
        while (m_content.elements[current].node != node.parent())
            current = m_content.elements[current].parent;
        const TextElement& parent = m_content.elements[current];
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
            m_content.pieces.push_back({current, toUtf32(node.value())});
        } else if (node.type() == pugi::node_element && parent.depth < m_reader.m_limits.maxDepth) {
            const std::string_view tag = tagOf(node);
            const bool isPath = tag == "textPath" && current == 0;
            if ((tag == "tspan" || tag == "a" || isPath) && node.first_child() && !isRemoved(node, parent.style)) {
                TextElement element = parent;
                element.node = node;
                element.style = Style::of(node, parent.style, m_reader.m_sheet);
                if (m_reader.m_inClip)
                    element.style.becomeClip();
                element.parent = current;
                element.depth = parent.depth + 1;
                element.preservesSpace = preservesSpace(node, parent.preservesSpace);
                if (isPath) {
                    element.path = readPath(node);
                    element.pathElement = m_content.elements.size();
                    element.isDrawn = element.isDrawn && element.path;
                }
                current = m_content.elements.size();
                m_content.elements.push_back(std::move(element));
                node = node.first_child();
                continue;
            }
        }
        while (node && node != m_text && !node.next_sibling())
            node = node.parent();
        node = !node || node == m_text ? pugi::xml_node{} : node.next_sibling();
    }
}

/// Without display, as if it were not there: lists of positions do not count its characters.
bool SvgTextReader::isRemoved(pugi::xml_node element, const Style& parent) const
{
    return Style::of(element, parent, m_reader.m_sheet).get("display") == "none";
}

std::optional<std::size_t> SvgTextReader::readPath(pugi::xml_node textPath)
{
    const pugi::xml_node target = m_reader.byReference(hrefOf(textPath));
    if (!target)
        return std::nullopt;
    const Style style = m_reader.styleOf(target);
    constexpr std::string_view shapes[] = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"};
    if (std::find(std::begin(shapes), std::end(shapes), tagOf(target)) == std::end(shapes))
        return std::nullopt;
    const auto shape = m_reader.shapeOf(target, style, m_context);
    const auto own = ownTransform(target, style, m_context.viewBox);
    if (!shape || !own)
        return std::nullopt;
    m_content.paths.push_back(transformed(outlineOf(*shape), *own));
    return m_content.paths.size() - 1;
}

void SvgTextReader::buildRuns()
{
    const auto positions = positionsOf(m_content, m_context.viewBox);
    std::size_t at = 0;
    std::size_t pathBefore = 0; // the textPath of the last character
    bool firstOfAll = true;
    for (const TextPiece& piece : m_content.pieces) {
        const TextElement& element = m_content.elements[piece.element];
        bool firstOfPiece = true;
        for (const char32_t c : piece.text) {
            TextPosition position = positions[at++];
            if (!element.isDrawn)
                continue;
            addCharacter(c, piece.element, position, firstOfPiece, firstOfAll || pathBefore != element.pathElement);
            pathBefore = element.pathElement;
            firstOfPiece = firstOfAll = false;
        }
    }
}

void SvgTextReader::addCharacter(char32_t character, std::size_t element, const TextPosition& position, bool firstOfPiece, bool beginsChunk)
{
    const bool moves = position.x || position.y || position.dx != 0 || position.dy != 0;
    if (firstOfPiece || moves || beginsChunk || m_runs.back().rotate != position.rotate) {
        Run run;
        run.element = element;
        run.rotate = position.rotate;
        run.beginsChunk = beginsChunk || position.x || position.y;
        if (moves || (beginsChunk && m_runs.empty()))
            run.start = position;
        if (m_runs.empty() && !m_content.elements[element].path) {
            run.start->x = position.x.value_or(0);
            run.start->y = position.y.value_or(0);
        }
        m_runs.push_back(std::move(run));
    }
    m_runs.back().text += toUtf8(character);
}

/// The node's box, and line breaks where a chunk clearly begins a new line, so that the text reads well as plain text.
void SvgTextReader::estimate()
{
    TextEstimate all;
    for (const document::VectorPath& path : m_content.paths)
        all.add(pathBounds(path).inflated(m_style.fontSize()));
    Point pen;
    double lineY = 0;
    for (std::size_t i = 0; i < m_runs.size();) {
        Run& first = m_runs[i];
        const TextElement& element = m_content.elements[first.element];
        const double size = element.style.fontSize();
        double width = 0;
        std::size_t end = i;
        double dx = 0, dy = 0;
        for (; end < m_runs.size() && (end == i || !m_runs[end].beginsChunk); ++end) {
            const Style& style = m_content.elements[m_runs[end].element].style;
            const double spacing = style.length("letter-spacing", 0, diagonalOf(m_context.viewBox));
            const auto count = static_cast<double>(utf16Length(m_runs[end].text));
            width += std::max(0.0, count * (averageAdvanceEm * style.fontSize() + spacing));
            if (m_runs[end].start)
                dx += m_runs[end].start->dx, dy += m_runs[end].start->dy;
        }
        if (!element.path) {
            if (first.start && (first.start->x || first.start->y)) {
                const Point to{first.start->x.value_or(pen.x), first.start->y.value_or(pen.y)};
                const bool isLower = to.y + first.start->dy > lineY + newLineEm * size;
                const bool breaks = i > 0 && first.start->x && isLower && !m_content.elements[m_runs[i - 1].element].path;
                if (breaks) {
                    m_runs[i - 1].text += '\n';
                    first.start->y = to.y;
                }
                if (i == 0 || breaks)
                    lineY = to.y + first.start->dy;
                pen = to;
            }
            const std::string_view anchor = anchorOf(element.style);
            const double left = pen.x + dx - (anchor == "middle" ? width / 2 : anchor == "end" ? width : 0);
            all.add({left, pen.y + std::min(0.0, dy) - ascentEm * size, width, std::abs(dy) + (ascentEm + descentEm) * size});
            pen = {left + width, pen.y + dy};
        }
        i = end;
    }
    m_box = all.box.value_or(Rect{0, 0, 1, 1});
    m_box.width = std::max(1.0, m_box.width);
    m_box.height = std::max(1.0, m_box.height);
}

document::Properties SvgTextReader::formatOf(const Run& run, std::size_t index)
{
    const TextElement& element = m_content.elements[run.element];
    document::Properties& shared = m_formats[run.element];
    if (shared.empty()) {
        shared = fontOf(element);
        addPaints(shared, element);
        addDecorations(shared, run.element);
        if (crdt::Any baseline = baselineOf(run.element); !baseline.isUndefined())
            shared.emplace_back("baseline", std::move(baseline));
        for (std::size_t e = run.element;; e = m_content.elements[e].parent) { // the innermost length counts
            const pugi::xml_node node = m_content.elements[e].node;
            const auto length = parseLength(node.attribute("textLength").value(), m_context.viewBox.width, element.style.fontSize());
            if (length && *length >= 0 && tagOf(node) != "a") {
                crdt::Any::Object fit{{"length", document::rounded(*length)}, {"n", static_cast<double>(e)}};
                if (std::string_view(node.attribute("lengthAdjust").value()) == "spacingAndGlyphs")
                    fit.emplace_back("glyphs", true);
                shared.emplace_back("fit", std::move(fit));
                break;
            }
            if (e == 0)
                break;
        }
        if (element.path) {
            const std::string_view offset = trimmed(m_content.elements[element.pathElement].node.attribute("startOffset").value());
            crdt::Any::Object onPath{{"path", static_cast<double>(*element.path)}, {"n", static_cast<double>(element.pathElement)}};
            if (offset.ends_with('%') && NumberScanner(offset).number())
                onPath.emplace_back("offset", offset);
            else if (const double px = parseLength(offset, 0, element.style.fontSize()).value_or(0); px != 0)
                onPath.emplace_back("offset", document::rounded(px));
            shared.emplace_back("onPath", std::move(onPath));
        }
    }
    document::Properties attributes = shared;
    if (run.start) {
        const Point origin = element.path ? Point{} : Point{m_box.x, m_box.y};
        crdt::Any::Object start;
        if (run.start->x)
            start.emplace_back("x", document::rounded(*run.start->x - origin.x));
        if (run.start->y)
            start.emplace_back("y", document::rounded(*run.start->y - origin.y));
        if (run.start->dx != 0)
            start.emplace_back("dx", document::rounded(run.start->dx));
        if (run.start->dy != 0)
            start.emplace_back("dy", document::rounded(run.start->dy));
        start.emplace_back("n", static_cast<double>(index % 2)); // equal neighbours stay two
        attributes.emplace_back("start", std::move(start));
    }
    if (const auto anchor = anchorOf(element.style); run.beginsChunk && anchor != anchorOf(m_style))
        attributes.emplace_back("anchor", anchor);
    if (run.rotate != 0)
        attributes.emplace_back("rotate", document::rounded(run.rotate));
    return attributes;
}

} // namespace tessera::formats
