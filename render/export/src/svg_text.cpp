#include "svg_text_style.h"

#include <algorithm>
#include <array>

#include <core/base/utf.h>
#include <render/scene/node_shape.h>

namespace tessera::exports {
namespace {

using document::Node;
using document::TextAlign;
using document::TextStyle;

/// Where a character of a span stands, in the element's coordinates.
struct Place {
    std::size_t unit = 0;
    std::optional<double> x, y;
    double dx = 0, dy = 0, rotate = 0;
};
/// Text of one style.
struct Span {
    const TextStyle* style{};
    std::u16string text;
    std::vector<Place> places; ///< ascending; the first is of the first character
};

bool hasSurrogates(const std::u16string& text)
{
    return std::any_of(text.begin(), text.end(), [](char16_t c) { return c >= 0xd800 && c <= 0xdfff; });
}

/// Attribute lists name one character after the other: what is placed must have no gap before it. Readers count
/// characters beyond the basic plane in different ways.
bool canJoin(const Span& span, const Span& next)
{
    if (hasSurrogates(span.text) || next.style->anchor)
        return false;
    const auto isFull = [&](std::optional<double> Place::* coordinate) {
        return span.places.size() == span.text.size() && std::all_of(span.places.begin(), span.places.end(), [&](const Place& p) { return p.*coordinate; });
    };
    const Place& place = next.places.front();
    if ((place.x && !isFull(&Place::x)) || (place.y && !isFull(&Place::y)))
        return false;
    const auto withoutPlace = [](TextStyle style) {
        style.start.reset();
        style.anchor.reset();
        style.rotate = 0;
        return style;
    };
    return withoutPlace(*span.style) == withoutPlace(*next.style);
}

/// One span for neighbours that differ in their places only: letters in one span are shaped together everywhere.
std::vector<Span> joined(std::vector<Span> spans)
{
    std::vector<Span> out;
    for (Span& span : spans) {
        if (out.empty() || !canJoin(out.back(), span)) {
            out.push_back(std::move(span));
            continue;
        }
        span.places.front().unit = out.back().text.size();
        out.back().places.push_back(span.places.front());
        out.back().text += span.text;
    }
    return out;
}

/// One value for each character up to the last that needs one.
std::string listText(const Span& span, double Place::* member, bool lasts)
{
    std::vector<double> values;
    double last = 0;
    for (const Place& place : span.places) {
        if (place.*member == (lasts ? last : 0.0))
            continue;
        values.resize(place.unit, lasts ? last : 0.0);
        values.push_back(place.*member);
        last = place.*member;
    }
    return numbersText(values);
}

std::string listText(const Span& span, std::optional<double> Place::* member)
{
    std::vector<double> values;
    for (const Place& place : span.places) {
        if (place.*member)
            values.push_back(*(place.*member));
    }
    return numbersText(values);
}

/// SVG's readers collapse white space that is not plain single spaces between words.
bool needsSpaces(const std::vector<Span>& spans)
{
    std::u16string all;
    for (const Span& span : spans)
        all += span.text;
    return all.front() == u' ' || all.back() == u' ' || all.find(u"  ") != std::u16string::npos || all.find(u'\t') != std::u16string::npos;
}

/// How lines of flowing text are anchored, so that they keep their alignment in another font. Readers differ about the
/// spacing after the last letter, so that spaced lines begin where the layout has them.
TextAlign anchorOf(const Node& node)
{
    const bool isSpaced = std::any_of(node.text.begin(), node.text.end(), [](const auto& run) { return run.style.letterSpacing != 0; });
    const bool isAnchored = node.paragraph.align == TextAlign::center || node.paragraph.align == TextAlign::right;
    return isAnchored && (node.paragraph.positioned || !isSpaced) ? node.paragraph.align : TextAlign::left;
}

/// Each run with the place that it says itself.
std::vector<Span> positionedSpans(SvgExport& file, const Node& node, Point shift)
{
    std::vector<Span> spans;
    bool brokeLine = false;
    for (const document::StyledRun& run : node.text) {
        Span span{&run.style, toUtf16(run.text), {}};
        const bool hasPlace = run.style.start && (run.style.start->x || run.style.start->y || run.style.onPath);
        if (brokeLine && !hasPlace)
            file.notice(node, "a line break inside positioned text is left out");
        brokeLine = !span.text.empty() && span.text.back() == u'\n';
        std::erase_if(span.text, [](char16_t c) { return c == u'\n' || c == u'\r' || c == u'\u2028' || c == u'\u2029'; });
        Place place;
        place.rotate = run.style.rotate;
        if (const auto& start = run.style.start) {
            const Point by = run.style.onPath ? Point{} : shift; // along a path, offsets are no places
            if (start->x)
                place.x = *start->x + by.x;
            if (start->y)
                place.y = *start->y + by.y;
            place.dx = start->dx, place.dy = start->dy;
        }
        span.places.push_back(place);
        if (!span.text.empty())
            spans.push_back(std::move(span));
    }
    return joined(std::move(spans));
}

/// Where words begin on a justified line, as no attribute stretches spaces alike everywhere.
std::vector<std::uint32_t> wordStarts(const std::u16string& all, const text::Line& line)
{
    std::vector<std::uint32_t> starts;
    for (std::uint32_t unit = line.firstUnit + 1; unit < line.endUnit; ++unit) {
        if (all[unit] != u' ' && all[unit - 1] == u' ')
            starts.push_back(unit);
    }
    return starts;
}

/// Each line of the layout, its runs one after the other.
std::vector<Span> flowingSpans(SvgExport& file, const Node& node, Point shift)
{
    const text::Layout* layout = file.scene.textLayout(node.id);
    const TextAlign anchor = anchorOf(node);
    std::u16string all;
    std::vector<std::pair<std::uint32_t, const TextStyle*>> runs; ///< by end
    for (const document::StyledRun& run : node.text) {
        all += toUtf16(run.text);
        runs.emplace_back(static_cast<std::uint32_t>(all.size()), &run.style);
    }
    std::vector<Span> spans;
    for (std::size_t i = 0; layout && i < layout->lines.size(); ++i) {
        const text::Line& line = layout->lines[i];
        const auto end = std::min(line.endUnit, static_cast<std::uint32_t>(all.size()));
        const bool endsParagraph = line.endUnit >= all.size() || i + 1 == layout->lines.size() || all[line.endUnit] == u'\n';
        std::vector<std::uint32_t> cuts;
        if (node.paragraph.align == TextAlign::justify && !endsParagraph)
            cuts = wordStarts(all, line);
        std::size_t run = 0;
        for (std::uint32_t at = line.firstUnit; at < end;) {
            while (runs[run].first <= at)
                ++run;
            const auto cut = std::upper_bound(cuts.begin(), cuts.end(), at);
            const std::uint32_t to = std::min({runs[run].first, end, cut == cuts.end() ? end : *cut});
            Span span{runs[run].second, all.substr(at, to - at), {Place{}}};
            Place& place = span.places.front();
            const bool beginsWord = std::find(cuts.begin(), cuts.end(), at) != cuts.end();
            if (at == line.firstUnit) {
                const double share = anchor == TextAlign::center ? 0.5 : anchor == TextAlign::right ? 1 : 0;
                place.x = line.left + line.width * share + shift.x;
                place.y = line.baseline + shift.y;
            } else if (beginsWord) {
                const auto stop = std::find_if(line.carets.begin(), line.carets.end(), [&](const text::CaretStop& c) { return c.unit == at; });
                if (stop != line.carets.end())
                    place.x = stop->x + shift.x;
            }
            // The space at a soft break takes no room: it would move centred and right-aligned lines.
            while (to == end && !endsParagraph && !span.text.empty() && span.text.back() == u' ')
                span.text.pop_back();
            if (to == end && i + 1 == layout->lines.size() && layout->truncated && node.paragraph.ellipsis)
                span.text += u'\u2026';
            if (!span.text.empty())
                spans.push_back(std::move(span));
            at = to;
        }
    }
    return spans;
}

/// Groups neighbours: text on one path, then text of one length.
class TextTree
{
public:
    TextTree(SvgExport& file, const Node& node, const SvgArea& area) : m_file(file), m_node(node), m_area(area) {}

    [[nodiscard]] std::vector<SvgElement> onPaths(const std::vector<Span>& spans)
    {
        std::vector<SvgElement> out;
        for (std::size_t i = 0; i < spans.size();) {
            const auto& path = spans[i].style->onPath;
            const std::size_t end = endOf(spans, i, spans.size(), [](const TextStyle& s) { return s.onPath; });
            auto pieces = fitted(spans, i, end);
            i = end;
            if (!path) {
                std::move(pieces.begin(), pieces.end(), std::back_inserter(out));
                continue;
            }
            SvgElement element{"textPath", {}, {}, {}, std::move(pieces)};
            if (path->path >= m_node.textPaths.size())
                continue;
            std::string data = pathText(scene::toPath(m_node.textPaths[path->path]).transformed(Transform::translation(m_area.shift.x, m_area.shift.y)));
            if (data.empty())
                continue;
            element.set("href", "#" + m_file.defs.add({"path", {{"d", std::move(data)}}, {}, {}, {}}));
            if (path->offset != 0)
                element.set("startOffset", path->isShare ? numberText(path->offset * 100) + "%" : numberText(path->offset));
            out.push_back(std::move(element));
        }
        return out;
    }

private:
    template <class Key> static std::size_t endOf(const std::vector<Span>& spans, std::size_t first, std::size_t last, Key key)
    {
        std::size_t end = first + 1;
        while (end < last && key(*spans[end].style) == key(*spans[first].style))
            ++end;
        return end;
    }

    [[nodiscard]] std::vector<SvgElement> fitted(const std::vector<Span>& spans, std::size_t first, std::size_t last)
    {
        std::vector<SvgElement> out;
        while (first < last) {
            const auto& fit = spans[first].style->fit;
            const std::size_t end = endOf(spans, first, last, [](const TextStyle& s) { return s.fit; });
            std::vector<SvgElement> pieces;
            for (; first < end; ++first)
                pieces.push_back(leaf(spans[first]));
            if (!fit) {
                std::move(pieces.begin(), pieces.end(), std::back_inserter(out));
                continue;
            }
            SvgElement group{"tspan", {{"textLength", numberText(fit->length)}}, {}, {}, std::move(pieces)};
            if (fit->glyphs)
                group.set("lengthAdjust", "spacingAndGlyphs");
            out.push_back(std::move(group));
        }
        return out;
    }

    [[nodiscard]] SvgElement leaf(const Span& span)
    {
        const TextStyle& style = *span.style;
        SvgElement element{"tspan", {}, {}, toUtf8(span.text), {}};
        element.set("x", listText(span, &Place::x)).set("y", listText(span, &Place::y));
        element.set("dx", listText(span, &Place::dx, false)).set("dy", listText(span, &Place::dy, false));
        element.set("rotate", listText(span, &Place::rotate, true));
        constexpr std::array<std::string_view, 3> anchors = {"start", "middle", "end"};
        if (style.anchor)
            element.set("text-anchor", std::string(anchors[static_cast<std::size_t>(*style.anchor)]));
        return styledSpan(m_file, m_node, std::move(element), style, m_area);
    }

    SvgExport& m_file;
    const Node& m_node;
    const SvgArea& m_area;
};

} // namespace

std::vector<SvgElement> textElements(SvgExport& file, const Node& node, Point shift)
{
    const text::Layout* layout = file.scene.textLayout(node.id);
    const bool positioned = node.paragraph.positioned;
    const auto spans = positioned ? positionedSpans(file, node, shift) : flowingSpans(file, node, shift);
    if (spans.empty())
        return {};
    const Rect box = positioned && layout ? layout->bounds : node.localBounds();
    const SvgArea area{node, box, false, shift, 0};
    SvgElement text{"text", {}, {}, {}, TextTree(file, node, area).onPaths(spans)};
    if (text.children.empty())
        return {};
    if (SvgElement& only = text.children.front(); text.children.size() == 1 && only.get("textLength")) { // of all: the text's own
        SvgElement whole{"text", only.attributes, {}, {}, std::move(only.children)};
        text = std::move(whole);
    }
    hoistStyle(text);
    if (const TextAlign anchor = anchorOf(node); anchor != TextAlign::left && !text.get("text-anchor"))
        text.set("text-anchor", anchor == TextAlign::center ? "middle" : "end");
    if (needsSpaces(spans))
        text.set("xml:space", "preserve");
    std::vector<SvgElement> elements;
    elements.push_back(std::move(text));
    return elements;
}

} // namespace tessera::exports
