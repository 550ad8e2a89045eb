#include "drawing.h"

#include <render/scene/scene_builder.h>
#include <render/text/font_files.h>

using namespace tessera;
using namespace tessera::document;
using namespace tessera::scene;

class SceneTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(text::addBundledFonts(m_fonts).hasValue()); }
    void drawsInPaintOrder();
    void fillsGoBelowStrokes();
    void hiddenNodesAndTheTrashAreNotDrawn();
    void transformsAccumulateThroughParents();
    void paintedBoundsAreExactWhereContainersAreRotated();
    void framesClipTheirChildrenUnlessToldNotTo();
    void opacityMakesALayerAroundTheChildren();
    void unknownTypesDrawAPlaceholderInTheirBox();
    void recoveredNodesAreDrawn();
    void textBecomesGlyphRunsByStyle();
    void missingImagesDrawGreyUntilTheyArrive();
    void listStaysTheSameObjectUntilSomethingChanges();
    void onlyChangedNodesAreMadeAgain();
    void damageCoversOldAndNewPlace();
    void previewsMoveWithoutEditing();
    void aNodeAloneIsDrawnInPageCoordinates();
    void deepNestingIsCutNotOverflowed();
    void unknownRootGivesAnEmptyList();
    void blendModesAndIsolationMakeLayers();
    void vectorMasksClipTheirUpperSiblings();
    void otherMasksAreComposedBeside();
    void hiddenMasksShowEverything();
    void effectsGrowTheLayer();
    void patternsShowWhatIsBelowTheirNode();
    void changesBelowAPatternRedrawItsUsers();
    void patternsInsideThemselvesAreEmpty();

private:
    text::FontLibrary m_fonts;
    NoImages m_noImages;
};

namespace {

std::shared_ptr<const DisplayList> flatListOf(SceneBuilder& builder, const NodeId& root)
{
    return std::make_shared<const DisplayList>(flattened(*builder.list(root)));
}

std::vector<std::string> drawnNodes(const DisplayList& list)
{
    std::vector<std::string> names;
    for (const Item& item : list.items)
        names.push_back(list.nodes[item.node].text());
    return names;
}

template <class Content> int countOf(const DisplayList& list)
{
    int count = 0;
    for (const Item& item : list.items)
        count += std::holds_alternative<Content>(item.content);
    return count;
}

/// A fill of cells of 4 x 4 px.
std::pair<std::string, crdt::Any> patternFill(const NodeId& pattern)
{
    document::Paint paint;
    paint.kind = PaintKind::pattern;
    paint.pattern = pattern;
    paint.cell = {0, 0, 4, 4};
    return {"fills", toAny(std::vector{paint})};
}

/// One image that can be given late.
struct LateImage final : ImageSource {
    ImageRef held;
    ImageRef image(const ContentHash&) override { return held; }
};

} // namespace

void SceneTest::drawsInPaintOrder()
{
    Drawing d;
    d.add("bottom", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)});
    d.add("top", NodeType::ellipse, {5, 5, 10, 10}, {Drawing::filled(0, 1, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(drawnNodes(*list), (std::vector<std::string>{"bottom", "top"}));
    QCOMPARE(list->boundsPage, (Rect{0, 0, 15, 15}));
}

void SceneTest::fillsGoBelowStrokes()
{
    Drawing d;
    d.add("r", NodeType::rect, {0, 0, 10, 10}, {Drawing::stroked(), Drawing::filled(1, 0, 0), {"sw", 4}, {"sJoin", "round"}});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(list->items.size(), std::size_t{2});
    QVERIFY(std::holds_alternative<FillPath>(list->items[0].content));
    QCOMPARE(std::get<StrokePath>(list->items[1].content).style.width, 4.0);
    QVERIFY(list->boundsPage.contains(Rect{-2, -2, 14, 14}));
}

void SceneTest::hiddenNodesAndTheTrashAreNotDrawn()
{
    Drawing d;
    d.add("hidden", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0), {"vis", false}});
    const NodeId gone = d.add("gone", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)});
    d.run(DeleteNode{gone});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QVERIFY(flatListOf(builder, d.page)->items.empty());
    QVERIFY(builder.list(d.page)->boundsPage.isEmpty());
}

void SceneTest::transformsAccumulateThroughParents()
{
    Drawing d;
    const NodeId group = d.add("g", NodeType::group, {}, {{"xf", toAny(Transform::translation(100, 0) * Transform::rotation(1.5707963267948966))}});
    d.add("r", NodeType::rect, {10, 0, 20, 5}, {Drawing::filled(1, 0, 0)}, group);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const Rect box = builder.list(d.page)->boundsPage;
    QVERIFY(std::abs(box.x - 95) < 1e-3 && std::abs(box.y - 10) < 1e-3);
    QVERIFY(std::abs(box.width - 5) < 1e-3 && std::abs(box.height - 20) < 1e-3);
}

void SceneTest::paintedBoundsAreExactWhereContainersAreRotated()
{
    Drawing d;
    const auto turned = [](double radians) { return std::pair{std::string("xf"), toAny(Transform::rotation(radians))}; };
    const NodeId group = d.add("g", NodeType::group, {}, {turned(0.7853981633974483)});
    d.add("r", NodeType::rect, {0, 0, 20, 20}, {turned(-0.7853981633974483), Drawing::filled(1, 0, 0)}, group);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = builder.list(d.page);
    const Rect painted = paintedBounds(*list);
    QVERIFY(std::abs(painted.x) < 1e-3 && std::abs(painted.width - 20) < 1e-3 && std::abs(painted.height - 20) < 1e-3);
    QVERIFY(list->boundsPage.inflated(1e-3).contains(painted));
}

void SceneTest::framesClipTheirChildrenUnlessToldNotTo()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {0, 0, 10, 10});
    d.add("r", NodeType::rect, {5, 5, 50, 50}, {Drawing::filled(1, 0, 0)}, frame);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QCOMPARE(countOf<PushClip>(*flatListOf(builder, d.page)), 1);
    QCOMPARE(countOf<PopClip>(*flatListOf(builder, d.page)), 1);
    QCOMPARE(builder.list(d.page)->boundsPage, (Rect{5, 5, 5, 5}));
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { builder.apply(changes); });
    d.run(SetProperties{frame, {{"clip", false}}});
    QCOMPARE(countOf<PushClip>(*flatListOf(builder, d.page)), 0);
    QCOMPARE(builder.list(d.page)->boundsPage, (Rect{5, 5, 50, 50}));
}

void SceneTest::opacityMakesALayerAroundTheChildren()
{
    Drawing d;
    const NodeId group = d.add("g", NodeType::group, {}, {{"op", 0.5}});
    d.add("a", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)}, group);
    d.add("b", NodeType::rect, {20, 0, 10, 10}, {Drawing::filled(1, 0, 0)}, group);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(list->items.size(), std::size_t{4});
    QCOMPARE(std::get<PushLayer>(list->items.front().content).opacity, 0.5);
    QCOMPARE(list->items.front().boundsPage, (Rect{0, 0, 30, 10}));
    QVERIFY(std::holds_alternative<PopLayer>(list->items.back().content));
}

void SceneTest::unknownTypesDrawAPlaceholderInTheirBox()
{
    Drawing d;
    d.document->crdt().transact("other", [&](crdt::Transaction& t) {
        crdt::NewType map;
        map.entries = {{"t", crdt::Any("hologram")},
                       {"pi", crdt::Any(crdt::Any::Array{d.page.text(), "a0"})},
                       {"size", crdt::Any(crdt::Any::Array{40, 30})}};
        d.document->crdt().map("nodes").set(t, "future", map);
    });
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QVERIFY(!list->items.empty());
    QVERIFY(list->boundsPage.contains(Rect{0, 0, 40, 30}));
}

void SceneTest::recoveredNodesAreDrawn()
{
    Drawing d;
    d.document->crdt().transact("other", [&](crdt::Transaction& t) {
        crdt::NewType map;
        map.entries = {{"t", crdt::Any("rect")},
                       {"pi", crdt::Any(crdt::Any::Array{"nobody", "a0"})},
                       {"size", crdt::Any(crdt::Any::Array{40, 30})},
                       {"fills", toAny(std::vector{solidPaint({1, 0, 0, 1})})}};
        d.document->crdt().map("nodes").set(t, "orphan", map);
    });
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QCOMPARE(drawnNodes(*flatListOf(builder, d.page)), std::vector<std::string>{"orphan"});
}

void SceneTest::textBecomesGlyphRunsByStyle()
{
    Drawing d;
    const NodeId id = d.add("t", NodeType::text, {0, 0, 200, 40}, {}, {}, "plain bold");
    d.run(FormatText{id, 6, 4, {{"weight", 700}, {"fill", toAny(Color{1, 0, 0, 1})}}});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(list->items.size(), std::size_t{2});
    const auto& bold = *std::get<std::shared_ptr<const GlyphRun>>(list->items[1].content);
    QCOMPARE(bold.glyphs.size(), std::size_t{4});
    QCOMPARE(std::get<Color>(bold.paint.source), (Color{1, 0, 0, 1}));
    QVERIFY(builder.textLayout(id) != nullptr);
    QCOMPARE(builder.textLayout(id)->unitCount, 10u);
    QVERIFY(builder.textLayout(d.page) == nullptr);
}

void SceneTest::missingImagesDrawGreyUntilTheyArrive()
{
    Drawing d;
    const std::string hash(64, 'a');
    d.add("i", NodeType::image, {0, 0, 20, 20}, {{"asset", hash}});
    LateImage source;
    SceneBuilder builder(*d.document, m_fonts, source);
    QVERIFY(std::holds_alternative<Color>(std::get<FillPath>(flatListOf(builder, d.page)->items.front().content).paint.source));
    source.held = std::make_shared<const Image>(Image::blank(4, 4));
    QCOMPARE(builder.assetArrived(ContentHash{std::string(64, 'b')}), Rect{});
    QCOMPARE(builder.assetArrived(ContentHash{hash}), (Rect{0, 0, 20, 20}));
    const auto list = flatListOf(builder, d.page);
    QVERIFY(std::holds_alternative<std::shared_ptr<const ImageFill>>(std::get<FillPath>(list->items.front().content).paint.source));
}

void SceneTest::listStaysTheSameObjectUntilSomethingChanges()
{
    Drawing d;
    const NodeId id = d.add("r", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { builder.apply(changes); });
    const auto before = builder.list(d.page);
    QCOMPARE(builder.list(d.page), before);
    d.run(SetMeta{"name", "other"});
    QCOMPARE(builder.list(d.page), before);
    d.run(SetTransform{id, Transform::translation(5, 5)});
    QVERIFY(builder.list(d.page) != before);
    QCOMPARE(before->boundsPage, (Rect{0, 0, 10, 10})); // handed-out lists never change
}

void SceneTest::onlyChangedNodesAreMadeAgain()
{
    Drawing d;
    const NodeId a = d.add("a", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)});
    d.add("b", NodeType::rect, {20, 0, 10, 10}, {Drawing::filled(1, 0, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { builder.apply(changes); });
    const auto pathOf = [&](std::size_t i) { return std::get<FillPath>(flatListOf(builder, d.page)->items[i].content).path; };
    const PathRef pathA = pathOf(0), pathB = pathOf(1);
    d.run(SetFrame{a, {}, {30, 30}});
    QVERIFY(pathOf(0) != pathA);
    QCOMPARE(pathOf(1), pathB);
}

void SceneTest::damageCoversOldAndNewPlace()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {0, 0, 10, 10}, {Drawing::filled(1, 1, 1)});
    d.add("r", NodeType::rect, {2, 2, 4, 4}, {Drawing::filled(1, 0, 0)}, frame);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    Rect damage;
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { damage = builder.apply(changes); });
    (void)builder.list(d.page);
    d.run(SetTransform{frame, Transform::translation(100, 50)});
    QCOMPARE(damage, (Rect{0, 0, 110, 60}));
    d.run(DeleteNode{frame});
    QCOMPARE(damage, (Rect{100, 50, 10, 10}));
    QVERIFY(flatListOf(builder, d.page)->items.empty());
}

void SceneTest::previewsMoveWithoutEditing()
{
    Drawing d;
    const NodeId id = d.add("r", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    (void)builder.list(d.page);
    QCOMPARE(builder.setPreviews({{id, {Transform::translation(20, 0), Size{30, 5}}}}), (Rect{0, 0, 50, 10}));
    QCOMPARE(builder.list(d.page)->boundsPage, (Rect{20, 0, 30, 5}));
    QCOMPARE(builder.setPreviews({{id, {Transform::translation(20, 0), Size{30, 5}}}}), Rect{});
    builder.setPreviews({});
    QCOMPARE(builder.list(d.page)->boundsPage, (Rect{0, 0, 10, 10}));
    builder.setHidden(id);
    QVERIFY(flatListOf(builder, d.page)->items.empty());
}

void SceneTest::aNodeAloneIsDrawnInPageCoordinates()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {100, 100, 50, 50}, {Drawing::filled(1, 1, 1)});
    const NodeId inner = d.add("r", NodeType::rect, {10, 10, 4, 4}, {Drawing::filled(1, 0, 0)}, frame);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, inner);
    QCOMPARE(list->items.size(), std::size_t{1});
    QCOMPARE(list->boundsPage, (Rect{110, 110, 4, 4}));
}

void SceneTest::deepNestingIsCutNotOverflowed()
{
    Drawing d;
    d.document->crdt().transact("other", [&](crdt::Transaction& t) {
        std::string parent = d.page.text();
        for (int i = 0; i < 3000; ++i) {
            crdt::NewType map;
            map.entries = {{"t", crdt::Any("group")}, {"pi", crdt::Any(crdt::Any::Array{parent, "a0"})}};
            parent = "n" + std::to_string(i);
            d.document->crdt().map("nodes").set(t, parent, map);
        }
    });
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QVERIFY(flatListOf(builder, d.page)->items.empty());
}

void SceneTest::unknownRootGivesAnEmptyList()
{
    Drawing d;
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QVERIFY(builder.list(NodeId("nobody"))->items.empty());
}

void SceneTest::blendModesAndIsolationMakeLayers()
{
    Drawing d;
    d.add("plain", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0), {"blend", "normal"}});
    d.add("blended", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0), {"blend", "color-burn"}});
    const NodeId group = d.add("isolated", NodeType::group, {}, {{"blend", "normal"}});
    d.add("inner", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)}, group);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(countOf<PushLayer>(*list), 2);
    QCOMPARE(std::get<PushLayer>(list->items.at(1).content).blend, BlendMode::colorBurn);
    QCOMPARE(std::get<PushLayer>(list->items.at(4).content).blend, BlendMode::normal);
}

void SceneTest::vectorMasksClipTheirUpperSiblings()
{
    Drawing d;
    d.add("below", NodeType::rect, {0, 0, 50, 50}, {Drawing::filled(0, 0, 1)});
    d.add("mask", NodeType::ellipse, {10, 10, 20, 20}, {{"mask", "vector"}}); // its paints do not matter
    d.add("above", NodeType::rect, {0, 0, 50, 50}, {Drawing::filled(1, 0, 0)});
    d.add("next mask", NodeType::rect, {0, 0, 5, 5}, {{"mask", "vector"}});
    d.add("last", NodeType::rect, {0, 0, 50, 50}, {Drawing::filled(0, 1, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(drawnNodes(*list), (std::vector<std::string>{"below", "mask", "above", "mask", "next mask", "last", "next mask"}));
    QCOMPARE(countOf<PushClip>(*list), 2);
    QCOMPARE(list->items.at(1).boundsPage, (Rect{10, 10, 20, 20}));
}

void SceneTest::otherMasksAreComposedBeside()
{
    Drawing d;
    const NodeId mask = d.add("mask", NodeType::group, {}, {{"mask", "luminance"}});
    d.add("light", NodeType::rect, {10, 10, 20, 20}, {Drawing::filled(1, 1, 1)}, mask);
    d.add("shown", NodeType::rect, {0, 0, 25, 50}, {Drawing::filled(1, 0, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(drawnNodes(*list), (std::vector<std::string>{"mask", "shown", "mask", "light", "mask", "mask"}));
    QVERIFY(std::get<PushMask>(list->items.at(2).content).luminance);
    QCOMPARE(list->boundsPage, (Rect{10, 10, 15, 20})); // content where the mask is
}

void SceneTest::hiddenMasksShowEverything()
{
    Drawing d;
    d.add("mask", NodeType::rect, {10, 10, 20, 20}, {{"mask", "alpha"}, {"vis", false}});
    d.add("shown", NodeType::rect, {0, 0, 50, 50}, {Drawing::filled(1, 0, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QCOMPARE(drawnNodes(*flatListOf(builder, d.page)), (std::vector<std::string>{"shown"}));
}

void SceneTest::effectsGrowTheLayer()
{
    Drawing d;
    Effect shadow;
    shadow.kind = EffectKind::dropShadow;
    shadow.blur = 4;
    shadow.offset = {3, 4};
    d.add("card", NodeType::rect, {100, 100, 10, 10}, {Drawing::filled(1, 0, 0), {"effects", toAny(std::vector{shadow})}});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(std::get<PushLayer>(list->items.front().content).effects->size(), std::size_t{1});
    QVERIFY(list->boundsPage.contains(Rect{100 + 3 - 6, 100 + 4 - 6, 10 + 12, 10 + 12})); // three deviations of 2 px
}

void SceneTest::patternsShowWhatIsBelowTheirNode()
{
    Drawing d;
    const NodeId pattern = d.add("pattern", NodeType::group, {}, {{"vis", false}});
    d.add("dot", NodeType::ellipse, {1, 1, 2, 2}, {Drawing::filled(1, 0, 0)}, pattern);
    d.add("user", NodeType::rect, {50, 50, 20, 20}, {patternFill(pattern)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = flatListOf(builder, d.page);
    QCOMPARE(drawnNodes(*list), (std::vector<std::string>{"user"}));
    const auto& fill = std::get<FillPath>(list->items.front().content);
    const auto& content = *std::get<std::shared_ptr<const PatternFill>>(fill.paint.source);
    QCOMPARE(content.cell, (Rect{0, 0, 4, 4}));
    QCOMPARE(content.content->items.size(), std::size_t{1});
}

void SceneTest::changesBelowAPatternRedrawItsUsers()
{
    Drawing d;
    const NodeId pattern = d.add("pattern", NodeType::group, {}, {{"vis", false}});
    const NodeId dot = d.add("dot", NodeType::ellipse, {1, 1, 2, 2}, {Drawing::filled(1, 0, 0)}, pattern);
    d.add("user", NodeType::rect, {50, 50, 20, 20}, {patternFill(pattern)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto before = flatListOf(builder, d.page);
    Rect damage;
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { damage = builder.apply(changes); });
    d.run(SetProperties{dot, {Drawing::filled(0, 1, 0)}});
    QVERIFY(damage.contains(Rect{50, 50, 20, 20}));
    const auto content = [](const DisplayList& list) {
        return std::get<std::shared_ptr<const PatternFill>>(std::get<FillPath>(list.items.front().content).paint.source)->content;
    };
    QVERIFY(content(*before) != content(*flatListOf(builder, d.page)));
}

void SceneTest::patternsInsideThemselvesAreEmpty()
{
    Drawing d;
    const NodeId pattern = d.add("pattern", NodeType::group, {}, {});
    d.add("inside", NodeType::rect, {0, 0, 20, 20}, {patternFill(pattern)}, pattern);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QVERIFY(flatListOf(builder, d.page)->items.size() <= 1);
}

QTEST_APPLESS_MAIN(SceneTest)
#include "scene_test.moc"
