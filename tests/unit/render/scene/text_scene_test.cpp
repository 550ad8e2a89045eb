#include "drawing.h"

#include <cmath>

#include <render/scene/scene_builder.h>
#include <render/text/font_files.h>

using namespace tessera;
using namespace tessera::document;
using namespace tessera::scene;
using crdt::Any;

/// What text nodes draw: paints, strokes, rules and turned glyphs.
class TextSceneTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(text::addBundledFonts(m_fonts).hasValue()); }

    void gradientsOfFlowingTextLieOverTheNodesBox()
    {
        Drawing d;
        d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
        d.run(FormatText{NodeId{"t"}, 0, 5, {{"fill", toAny(gradient())}}});
        QCOMPARE(gradientOf(d).toLocal.apply({1, 1}), (Point{200, 40}));
    }
    void gradientsOfPositionedTextLieOverTheText()
    {
        Drawing d;
        positioned(d, "Hello", {{"fill", toAny(gradient())}, {"start", Any::Object{{"x", 30}, {"y", 60}}}});
        SceneBuilder builder(*d.document, m_fonts, m_noImages);
        const Rect bounds = builder.textLayout(NodeId{"t"})->bounds;
        const Transform place = gradientOf(d).toLocal;
        QCOMPARE(place.apply({0, 0}), (Point{bounds.x, bounds.y}));
        QCOMPARE(place.apply({1, 1}), (Point{bounds.right(), bounds.bottom()}));
        QVERIFY(bounds.x == 30 && bounds.y < 60);
    }
    void gradientsInNodeSpaceStayWhereTheyAre()
    {
        Drawing d;
        document::Paint paint = gradient();
        paint.inNodeSpace = true;
        paint.gradientMatrix = Transform::scaling(7, 9);
        positioned(d, "Hello", {{"fill", toAny(paint)}});
        QCOMPARE(gradientOf(d).toLocal, Transform::scaling(7, 9));
    }
    void strokesLieAboveTheFillUnlessTheyAreFirst()
    {
        TextStroke stroke;
        stroke.paint = solidPaint({1, 0, 0, 1});
        stroke.style.width = 3;
        for (const bool first : {false, true}) {
            Drawing d;
            d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
            d.run(FormatText{NodeId{"t"}, 0, 5, {{"stroke", toAny(stroke)}, {"strokeFirst", first}}});
            const auto list = drawn(d);
            QCOMPARE(list->items.size(), std::size_t{2});
            const StrokePath* path = std::get_if<StrokePath>(&list->items[first ? 0 : 1].content);
            QVERIFY(path && path->style.width == 3 && !path->path->isEmpty());
            QVERIFY(list->items[first ? 1 : 0].boundsPage.width < list->items[first ? 0 : 1].boundsPage.width);
        }
    }
    void textTakesTheNodesStrokesWhereTheRunHasNone()
    {
        Drawing d;
        d.add("t", NodeType::text, {0, 0, 200, 40}, {Drawing::stroked(), {"sw", 2}}, {}, "Hello");
        const auto list = drawn(d);
        QCOMPARE(list->items.size(), std::size_t{2});
        QCOMPARE(std::get<StrokePath>(list->items[1].content).style.width, 2.0);
    }
    void invisibleFillsDrawNothing()
    {
        Drawing d;
        document::Paint none = solidPaint({0, 0, 0, 1});
        none.visible = false;
        d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
        d.run(FormatText{NodeId{"t"}, 0, 5, {{"fill", toAny(none)}}});
        QVERIFY(drawn(d)->items.empty());
    }
    void underlinesLieBelowTheTextAndStrikesAbove()
    {
        Drawing d;
        d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
        d.run(FormatText{NodeId{"t"}, 0, 5, {{"decoration", "underline line-through"}, {"fill", toAny(Color{0, 1, 0, 1})}}});
        const auto list = drawn(d);
        QCOMPARE(list->items.size(), std::size_t{3});
        const auto& under = std::get<FillPath>(list->items[0].content);
        QVERIFY(std::holds_alternative<std::shared_ptr<const GlyphRun>>(list->items[1].content));
        const auto& through = std::get<FillPath>(list->items[2].content);
        QVERIFY(under.path->controlBounds().y > through.path->controlBounds().y);
        QCOMPARE(std::get<Color>(under.paint.source), (Color{0, 1, 0, 1})); // the run's
    }
    void decorationsMayHaveTheirOwnPaint()
    {
        Drawing d;
        d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
        const std::vector<TextDecoration> decorations{{DecorationLine::underline, solidPaint({1, 0, 0, 1}), std::nullopt, 5.0}};
        d.run(FormatText{NodeId{"t"}, 0, 5, {{"decoration", toAny(decorations)}}});
        const auto list = drawn(d);
        const auto& under = std::get<FillPath>(list->items.at(0).content);
        QCOMPARE(std::get<Color>(under.paint.source), (Color{1, 0, 0, 1}));
        QVERIFY(std::abs(under.path->controlBounds().height - 5) < 1e-9);
    }
    void runsThatLookAlikeAreOneShape()
    {
        Drawing d;
        d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
        d.run(FormatText{NodeId{"t"}, 2, 2, {{"weight", 700}}});
        const auto list = drawn(d);
        QCOMPARE(list->items.size(), std::size_t{1});
        QCOMPARE(std::get<std::shared_ptr<const GlyphRun>>(list->items[0].content)->glyphs.size(), std::size_t{5});
    }
    void turnedGlyphsAreDrawnTurned()
    {
        Drawing d;
        positioned(d, "I", {{"rotate", 90}, {"start", Any::Object{{"x", 50}, {"y", 50}}}, {"size", 40}});
        const auto list = drawn(d);
        const auto& glyph = std::get<std::shared_ptr<const GlyphRun>>(list->items.at(0).content)->glyphs.at(0);
        const Point up = glyph.toLocal().applyVector({0, -1});
        QVERIFY(std::abs(up.x - 40) < 1e-9 && std::abs(up.y) < 1e-9); // what was up points right
        QVERIFY(list->items[0].boundsPage.width > list->items[0].boundsPage.height);
    }
    void textOnAPathFollowsTheNodesPath()
    {
        Drawing d;
        const VectorPath path{FillRule::nonzero, {{false, {{{0, 0}, {0, 0}, {0, 0}}, {{0, 200}, {0, 200}, {0, 200}}}}}};
        positioned(d, "down", {{"onPath", Any::Object{{"path", 0}, {"offset", "10%"}}}}, {{"paths", Any::Array{toAny(path)}}});
        const Rect bounds = drawn(d)->items.at(0).boundsPage;
        QVERIFY(bounds.height > bounds.width && bounds.y >= 20);
    }
    void longTextEndsInAnEllipsis()
    {
        Drawing d;
        d.add("t", NodeType::text, {0, 0, 100, 40}, {{"para", Any::Object{{"maxLines", 1}, {"truncate", "ellipsis"}}}}, {},
              "a long text that does not fit here");
        SceneBuilder builder(*d.document, m_fonts, m_noImages);
        const text::Layout* layout = builder.textLayout(NodeId{"t"});
        QCOMPARE(layout->lines.size(), std::size_t{1});
        QVERIFY(layout->truncated && layout->lines[0].width <= 100);
    }
    void patternsInRunsAreWaitedFor()
    {
        Drawing d;
        const NodeId cell = d.add("cell", NodeType::group, {0, 0, 10, 10});
        d.add("dot", NodeType::rect, {0, 0, 5, 5}, {Drawing::filled(1, 0, 0)}, cell);
        document::Paint pattern;
        pattern.kind = PaintKind::pattern;
        pattern.pattern = cell;
        pattern.cell = {0, 0, 10, 10};
        d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "Hello");
        d.run(FormatText{NodeId{"t"}, 0, 5, {{"fill", toAny(pattern)}}});
        const auto list = drawn(d);
        const auto& run = *std::get<std::shared_ptr<const GlyphRun>>(list->items.back().content);
        QVERIFY(std::holds_alternative<std::shared_ptr<const PatternFill>>(run.paint.source));
    }
    void fittedSizeReachesToTheTextsEnd()
    {
        Drawing d;
        positioned(d, "Hello", {{"start", Any::Object{{"x", 30}, {"y", 60}}}});
        const document::Node& node = *d.document->node(NodeId{"t"});
        const text::Layout layout = layoutNode(node, m_fonts);
        QCOMPARE(fittedSize(node, layout), (Size{layout.bounds.right(), layout.bounds.bottom()}));
    }

private:
    static document::Paint gradient()
    {
        document::Paint paint;
        paint.kind = PaintKind::linearGradient;
        paint.stops = {{0, {0, 0, 0, 1}}, {1, {1, 1, 1, 1}}};
        return paint;
    }
    static void positioned(Drawing& d, const char* content, const Properties& attributes, Properties more = {})
    {
        more.emplace_back("para", Any::Object{{"layout", "positioned"}, {"autoSize", "widthAndHeight"}});
        d.add("t", NodeType::text, {0, 0, 10, 10}, std::move(more), {}, content);
        d.run(FormatText{NodeId{"t"}, 0, static_cast<std::uint32_t>(std::strlen(content)), attributes});
    }
    std::shared_ptr<const DisplayList> drawn(const Drawing& d)
    {
        SceneBuilder builder(*d.document, m_fonts, m_noImages);
        return std::make_shared<const DisplayList>(flattened(*builder.list(d.page)));
    }
    Gradient gradientOf(const Drawing& d)
    {
        const auto list = drawn(d);
        const auto& run = *std::get<std::shared_ptr<const GlyphRun>>(list->items.at(0).content);
        return *std::get<std::shared_ptr<const Gradient>>(run.paint.source);
    }
    text::FontLibrary m_fonts;
    NoImages m_noImages;
};

QTEST_APPLESS_MAIN(TextSceneTest)
#include "text_scene_test.moc"
