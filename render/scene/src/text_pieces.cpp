#include "pieces.h"

#include <algorithm>
#include <set>

#include <render/scene/node_shape.h>
#include <render/scene/paints.h>
#include <render/scene/scene_builder.h>

namespace tessera::scene {

namespace {

using document::Node;
using document::TextDecoration;
using document::TextStyle;

/// What text is painted with: a run's own attributes, and below them the node's.
class TextPainter
{
public:
    TextPainter(NodePieces& pieces, const Node& node, const Rect& box, const PieceSources& sources)
        : m_pieces(pieces), m_node(node), m_box(box), m_sources(sources)
    {
    }

    /// Glyphs of neighbouring runs that are painted alike are one shape, so that overlaps do not show.
    void paint(const text::Layout& layout)
    {
        m_rulesOf.resize(m_node.text.size());
        for (const text::Rule& rule : layout.rules)
            m_rulesOf[rule.run].push_back(&rule);
        std::size_t glyph = 0;
        while (glyph < layout.glyphs.size()) {
            const std::uint32_t run = layout.glyphs[glyph].run;
            std::size_t end = glyph + 1;
            while (end < layout.glyphs.size() && paintedAlike(run, layout.glyphs[end].run))
                ++end;
            const auto [low, high] = std::minmax_element(layout.glyphs.begin() + static_cast<std::ptrdiff_t>(glyph), layout.glyphs.begin() + static_cast<std::ptrdiff_t>(end),
                                                         [](const auto& a, const auto& b) { return a.run < b.run; });
            const std::uint32_t first = low->run, last = high->run;
            addRules(first, last, run, false);
            addGlyphs(layout, glyph, end, styleOf(run));
            addRules(first, last, run, true);
            glyph = end;
        }
    }

private:
    [[nodiscard]] const TextStyle& styleOf(std::uint32_t run) const { return m_node.text[run].style; }

    [[nodiscard]] bool paintedAlike(std::uint32_t a, std::uint32_t b) const
    {
        if (a == b)
            return true;
        const TextStyle &x = styleOf(a), &y = styleOf(b);
        return x.fill == y.fill && x.paint == y.paint && x.stroke == y.stroke && x.strokeFirst == y.strokeFirst &&
               x.decorations == y.decorations;
    }

    [[nodiscard]] std::optional<Paint> paintOf(const document::Paint& paint)
    {
        addSources(m_pieces, paint);
        return toPaint(paint, m_box, m_sources.images, m_sources.patterns);
    }

    [[nodiscard]] std::optional<Paint> fillOf(const TextStyle& style)
    {
        return style.paint ? paintOf(*style.paint) : std::optional<Paint>(Paint{style.fill});
    }

    /// The run's stroke, else each of the node's.
    [[nodiscard]] std::vector<document::TextStroke> strokesOf(const TextStyle& style) const
    {
        if (style.stroke)
            return {*style.stroke};
        std::vector<document::TextStroke> strokes;
        for (const document::Paint& paint : m_node.strokes)
            strokes.push_back({paint, m_node.strokeStyle});
        return strokes;
    }

    void addGlyphs(const text::Layout& layout, std::size_t first, std::size_t end, const TextStyle& style)
    {
        GlyphRun run;
        for (std::size_t i = first; i < end; ++i) {
            const text::Glyph& glyph = layout.glyphs[i];
            if (auto outline = glyph.face->outline(glyph.id))
                run.glyphs.push_back({std::move(outline), glyph.at, glyph.size, glyph.slant, glyph.rotation, glyph.stretch});
        }
        if (run.glyphs.empty())
            return;
        const Rect bounds = inkBounds(run);
        const auto strokes = strokesOf(style);
        PathRef outline;
        if (!strokes.empty()) {
            Path all;
            for (const PlacedGlyph& glyph : run.glyphs)
                all.append(*glyph.outline, glyph.toLocal());
            outline = std::make_shared<const Path>(std::move(all));
        }
        if (style.strokeFirst)
            addStrokes(outline, strokes, bounds);
        if (auto fill = fillOf(style)) {
            run.paint = std::move(*fill);
            m_pieces.own.push_back({std::make_shared<const GlyphRun>(std::move(run)), bounds});
        }
        if (!style.strokeFirst)
            addStrokes(outline, strokes, bounds);
    }

    void addStrokes(const PathRef& path, const std::vector<document::TextStroke>& strokes, const Rect& bounds)
    {
        for (const document::TextStroke& stroke : strokes) {
            auto paint = stroke.style.width > 0 ? paintOf(stroke.paint) : std::nullopt;
            if (!paint)
                continue;
            const double miter = stroke.style.join == document::LineJoin::miter ? std::max(1.0, stroke.style.miterLimit) : 1;
            const Rect reached = bounds.inflated(stroke.style.width * std::max(miter, 1.4143));
            m_pieces.own.push_back({StrokePath{path, FillRule::nonzero, stroke.style, std::move(*paint)}, reached});
        }
    }

    /// Underlines and overlines lie below the text, strikes above. All pieces of one rule are one shape.
    void addRules(std::uint32_t firstRun, std::uint32_t lastRun, std::uint32_t styleRun, bool strikes)
    {
        const TextStyle& style = styleOf(styleRun);
        for (std::size_t i = 0; i < style.decorations.size(); ++i) {
            const TextDecoration& decoration = style.decorations[i];
            if ((decoration.line == document::DecorationLine::lineThrough) != strikes)
                continue;
            Path all;
            for (std::uint32_t run = firstRun; run <= lastRun; ++run) {
                // Visual order may come back to a run whose rules are drawn already.
                if (!paintedAlike(styleRun, run) || !m_drawnRules.emplace(run, i).second)
                    continue;
                for (const text::Rule* rule : m_rulesOf[run]) {
                    if (rule->index == i)
                        all.append(rectPath(rule->rect), rule->place);
                }
            }
            if (!all.isEmpty())
                addRule(std::make_shared<const Path>(std::move(all)), decoration, style);
        }
    }

    void addRule(const PathRef& path, const TextDecoration& decoration, const TextStyle& style)
    {
        const Rect bounds = path->controlBounds();
        auto fill = decoration.fill ? paintOf(*decoration.fill) : fillOf(style);
        if (fill)
            m_pieces.own.push_back({FillPath{path, FillRule::nonzero, std::move(*fill)}, bounds});
        if (decoration.stroke)
            addStrokes(path, {*decoration.stroke}, bounds);
        else if (!decoration.fill)
            addStrokes(path, strokesOf(style), bounds);
    }

    NodePieces& m_pieces;
    const Node& m_node;
    Rect m_box;
    const PieceSources& m_sources;
    std::vector<std::vector<const text::Rule*>> m_rulesOf;           ///< by run
    std::set<std::pair<std::uint32_t, std::size_t>> m_drawnRules;    ///< run and index
};

text::Run toTextRun(const document::StyledRun& run)
{
    const TextStyle& style = run.style;
    text::Run result{run.text, toTextStyle(style)};
    if (style.start)
        result.start = text::Start{style.start->x, style.start->y, style.start->dx, style.start->dy};
    if (style.anchor)
        result.anchor = static_cast<text::Anchor>(*style.anchor);
    result.rotation = style.rotate;
    if (style.fit)
        result.fit = text::Fit{style.fit->length, style.fit->glyphs, style.fit->n};
    if (style.onPath)
        result.onPath = text::OnPath{style.onPath->path, style.onPath->offset, style.onPath->isShare, style.onPath->n};
    return result;
}

static_assert(static_cast<int>(document::TextAnchor::end) == static_cast<int>(text::Anchor::end));
static_assert(static_cast<int>(document::TextCase::smallCaps) == static_cast<int>(text::Case::smallCaps));
static_assert(static_cast<int>(document::BaselineAlign::afterEdge) == static_cast<int>(text::BaselineAlign::afterEdge));
static_assert(static_cast<int>(document::DecorationLine::lineThrough) == static_cast<int>(text::RuleKind::lineThrough));
static_assert(static_cast<int>(document::TextAlign::justify) == static_cast<int>(text::Align::justify));
static_assert(static_cast<int>(document::VerticalAlign::bottom) == static_cast<int>(text::VerticalAlign::bottom));

} // namespace

text::Style toTextStyle(const TextStyle& style)
{
    text::Style result;
    result.family = style.family;
    result.size = style.size;
    result.weight = style.weight;
    result.italic = style.italic;
    result.letterSpacing = style.letterSpacing;
    result.lineHeight = style.lineHeight;
    result.wordSpacing = style.wordSpacing;
    result.widthPercent = style.stretch;
    result.letterCase = static_cast<text::Case>(style.letterCase);
    for (const document::FontSetting& feature : style.features)
        result.features.push_back({text::fontTag(feature.tag), static_cast<std::uint32_t>(std::max(0.0, feature.value))});
    for (const document::FontSetting& axis : style.axes)
        result.axes.push_back({text::fontTag(axis.tag), axis.value});
    result.language = style.lang;
    for (const TextDecoration& decoration : style.decorations)
        result.rules.push_back({static_cast<text::RuleKind>(decoration.line), decoration.thickness});
    result.baselineShift = {style.baseline.rise, style.baseline.superscripts, style.baseline.subscripts};
    result.baselineAlign = static_cast<text::BaselineAlign>(style.baselineAlign);
    return result;
}

/// Paints of flowing text lie over the node's box, as any node's do; those of positioned text over where it is.
void addText(NodePieces& pieces, const Node& node, Size size, const PieceSources& sources)
{
    Node sized = node;
    sized.size = size;
    pieces.layout = layoutNode(sized, sources.fonts);
    const Rect box = node.paragraph.positioned ? pieces.layout->bounds : Rect{0, 0, size.width, size.height};
    TextPainter(pieces, node, box, sources).paint(*pieces.layout);
}

text::Layout layoutNode(const Node& node, text::FontLibrary& fonts)
{
    std::vector<text::Run> runs;
    for (const document::StyledRun& run : node.text)
        runs.push_back(toTextRun(run));
    text::Options options;
    options.align = static_cast<text::Align>(node.paragraph.align);
    options.verticalAlign = static_cast<text::VerticalAlign>(node.paragraph.verticalAlign);
    options.maxLines = node.paragraph.maxLines;
    options.ellipsis = node.paragraph.ellipsis;
    options.positioned = node.paragraph.positioned;
    for (const document::VectorPath& path : node.textPaths)
        options.paths.push_back(toPath(path));
    options.box.width = node.size.width;
    if (node.paragraph.autoSize == document::AutoSize::none)
        options.box.height = node.size.height;
    if (node.paragraph.autoSize != document::AutoSize::widthAndHeight && node.size.width > 0)
        options.wrapWidth = node.size.width;
    return text::layoutText(runs, options, fonts);
}

Size fittedSize(const Node& node, const text::Layout& layout)
{
    if (layout.positioned && node.paragraph.autoSize != document::AutoSize::none)
        return {std::max(0.0, layout.bounds.right()), std::max(0.0, layout.bounds.bottom())};
    switch (node.paragraph.autoSize) {
    case document::AutoSize::widthAndHeight:
        return layout.size;
    case document::AutoSize::height:
        return {node.size.width, layout.size.height};
    case document::AutoSize::none:
        break;
    }
    return node.size;
}

} // namespace tessera::scene
