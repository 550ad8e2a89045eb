#include "drawing.h"

#include <cstdio>

#include <render/cpu/renderer.h>
#include <render/scene/cell_index.h>
#include <render/scene/hit_test.h>
#include <render/scene/scene_builder.h>
#include <render/text/font_files.h>

using namespace tessera;
using namespace tessera::document;
using namespace tessera::scene;

/// The list that follows edits against the list made anew, and the area to redraw against the pixels that changed.
class IncrementalTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(text::addBundledFonts(m_fonts).hasValue()); }
    void equalsAFreshListAfterAnyEdit_data();
    void equalsAFreshListAfterAnyEdit();
    void anEditOfManyMakesFewListsAgain();
    void insertionsAndRemovalsKeepChunksSmall();
    void listsHandedOutStayAsTheyWere();
    void movingAContainerSharesItsContent();
    void recoveredNodesKeepTheListRight();
    void aSmallRegionOfScatteredObjectsLooksAtFew();

private:
    text::FontLibrary m_fonts;
    NoImages m_noImages;
};

namespace {

constexpr int sidePx = 64;

/// Everything an item says, as text that shows where two lists differ.
class Dump
{
public:
    explicit Dump(const DisplayList& list, int depth = 0) : m_depth(depth)
    {
        const DisplayList flat = flattened(list);
        for (const Item& item : flat.items) {
            m_out += flat.nodes[item.node].text() + " ";
            std::visit(*this, item.content);
            number({item.toPage.a, item.toPage.b, item.toPage.c, item.toPage.d, item.toPage.e, item.toPage.f});
            box(item.boundsPage);
            m_out += "\n";
        }
    }
    [[nodiscard]] const std::string& text() const { return m_out; }

    void operator()(const FillPath& fill) { m_out += "fill "; path(*fill.path, fill.rule), paint(fill.paint); }
    void operator()(const StrokePath& stroke)
    {
        m_out += "stroke ";
        path(*stroke.path, stroke.rule), paint(stroke.paint), number({stroke.style.width});
    }
    void operator()(const std::shared_ptr<const GlyphRun>& run)
    {
        m_out += "glyphs ";
        for (const PlacedGlyph& glyph : run->glyphs)
            number({glyph.at.x, glyph.at.y, glyph.size, double(glyph.outline->points().size())});
        paint(run->paint);
    }
    void operator()(const PushClip& clip) { m_out += "clip ", path(*clip.path, clip.rule); }
    void operator()(const PopClip&) { m_out += "unclip "; }
    void operator()(const PushLayer& layer)
    {
        m_out += "layer ";
        number({layer.opacity, double(layer.blend), layer.effects ? double(layer.effects->size()) : 0});
    }
    void operator()(const PopLayer&) { m_out += "unlayer "; }
    void operator()(const PushMask& mask) { m_out += mask.luminance ? "luminance " : "alpha "; }
    void operator()(const PopMask&) { m_out += "unmask "; }
    void operator()(const SubList&) { m_out += "list "; }

private:
    void number(std::initializer_list<double> values)
    {
        for (const double value : values) {
            char text[40];
            std::snprintf(text, sizeof text, "%.4f ", value + 0.0);
            m_out += text;
        }
    }
    void box(const Rect& rect) { number({rect.x, rect.y, rect.width, rect.height}); }
    void path(const Path& path, FillRule rule)
    {
        number({double(rule), double(path.verbs().size())});
        for (const Point& point : path.points())
            number({point.x, point.y});
    }
    void paint(const scene::Paint& paint)
    {
        number({paint.opacity});
        if (const auto* color = std::get_if<Color>(&paint.source))
            number({color->r, color->g, color->b, color->a});
        const auto* pattern = std::get_if<std::shared_ptr<const PatternFill>>(&paint.source);
        if (pattern && m_depth < 4)
            m_out += "{" + Dump(*(*pattern)->content, m_depth + 1).text() + "}";
    }

    std::string m_out;
    int m_depth;
};

/// Random edits of a small drawing. Ids stay known after their nodes went to the trash, from where they may return.
class Editor
{
public:
    Editor(Drawing& drawing, std::uint64_t seed) : m_drawing(drawing), m_random(seed) {}

    void edit()
    {
        switch (m_random.below(12)) {
        case 0:
        case 1: create(); break;
        case 2: run(DeleteNode{any()}); break;
        case 3: run(MoveNode{any(), {container(), sibling()}}); break;
        case 4: run(SetTransform{any(), place()}); break;
        case 5: run(SetFrame{any(), place(), {size(), size()}}); break;
        case 6: run(SetProperties{any(), {fill()}}); break;
        case 7: run(SetProperties{any(), {{"op", m_random.below(2) == 0 ? 1.0 : 0.5}}}); break;
        case 8: run(SetProperties{any(), {{"vis", m_random.below(3) != 0}}}); break;
        case 9: run(SetProperties{any(), {oneOf("mask", {"none", "none", "alpha", "vector", "luminance"})}}); break;
        case 10: run(SetProperties{any(), {oneOf("blend", {"pass-through", "normal", "multiply"}), {"clip", m_random.below(2) == 0}}}); break;
        default: run(SetProperties{any(), {{"effects", toAny(effects())}}}); break;
        }
    }

    [[nodiscard]] std::map<NodeId, Preview> previews()
    {
        std::map<NodeId, Preview> shown;
        for (std::uint64_t count = m_random.below(3); count > 0; --count) {
            Preview preview;
            preview.transform = place();
            if (m_random.below(2) == 0)
                preview.size = Size{size(), size()};
            shown[any()] = preview;
        }
        return shown;
    }
    [[nodiscard]] NodeId any() { return m_ids.empty() ? m_drawing.page : m_ids[m_random.below(m_ids.size())]; }
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return m_random.below(bound); }

private:
    void run(const Command& command) { (void)apply(*m_drawing.document, command, "test"); }

    void create()
    {
        static constexpr NodeType types[] = {NodeType::rect, NodeType::ellipse, NodeType::frame, NodeType::group, NodeType::text, NodeType::rect};
        const NodeType type = types[m_random.below(std::size(types))];
        const NodeId id("n" + std::to_string(m_ids.size()));
        const Size box{size(), size()};
        run(CreateNode{id, type, {container(), sibling()}, {{"xf", toAny(place())}, {"size", toAny(box)}, fill()},
                       type == NodeType::text ? "Ag" : ""});
        m_ids.push_back(id);
    }
    NodeId container() { return m_random.below(3) == 0 ? m_drawing.page : any(); }
    std::optional<NodeId> sibling() { return m_random.below(2) == 0 ? std::nullopt : std::optional(any()); }
    double size() { return double(4 + m_random.below(30)); }
    Transform place()
    {
        const Transform at = Transform::translation(double(m_random.below(50)), double(m_random.below(50)));
        return m_random.below(3) == 0 ? at * Transform::rotation(0.3) : at;
    }
    std::pair<std::string, crdt::Any> fill()
    {
        document::Paint paint = solidPaint({float(m_random.below(5)) / 4, float(m_random.below(5)) / 4, 0.5f, 1});
        if (m_random.below(6) == 0) {
            paint.kind = PaintKind::pattern;
            paint.pattern = NodeId("cell");
            paint.cell = {0, 0, 16, 16};
        }
        return {"fills", toAny(std::vector{paint})};
    }
    std::pair<std::string, crdt::Any> oneOf(const char* key, std::initializer_list<const char*> values)
    {
        return {key, crdt::Any(*(values.begin() + m_random.below(values.size())))};
    }
    std::vector<Effect> effects()
    {
        Effect effect;
        static constexpr EffectKind kinds[] = {EffectKind::dropShadow, EffectKind::innerShadow, EffectKind::layerBlur, EffectKind::backgroundBlur};
        effect.kind = kinds[m_random.below(std::size(kinds))];
        effect.blur = double(m_random.below(6));
        effect.offset = {3, 2};
        return m_random.below(2) == 0 ? std::vector<Effect>{} : std::vector{effect};
    }

    Drawing& m_drawing;
    SeededRandom m_random;
    std::vector<NodeId> m_ids;
};

/// The first line that two lists do not share; empty when they are equal.
QByteArray difference(const DisplayList& list, const DisplayList& expected)
{
    const auto linesOf = [](const DisplayList& of) { return QByteArray::fromStdString(Dump(of).text()).split('\n'); };
    const auto lines = linesOf(list), wanted = linesOf(expected);
    for (qsizetype i = 0; i < std::max(lines.size(), wanted.size()); ++i) {
        if (lines.value(i) != wanted.value(i))
            return "item " + QByteArray::number(i) + " is\n" + lines.value(i) + "\nnot\n" + wanted.value(i);
    }
    return {};
}

Image pictureOf(const DisplayList& list)
{
    cpu::Renderer renderer;
    return renderer.render(list, {Transform{}, sidePx, sidePx});
}

/// Pixels that differ outside the area, as one of them; empty when there are none.
QByteArray differsOutside(const Image& before, const Image& after, const Rect& area)
{
    const Rect redrawn = area.isEmpty() ? area : area.inflated(1); // edges are smoothed over their geometry
    for (int y = 0; y < sidePx; ++y) {
        for (int x = 0; x < sidePx; ++x) {
            const bool same = std::equal(before.row(y) + 4 * x, before.row(y) + 4 * x + 4, after.row(y) + 4 * x);
            if (!same && !redrawn.intersects({double(x), double(y), 1, 1}))
                return QByteArray::number(x) + ", " + QByteArray::number(y);
        }
    }
    return {};
}

/// `count` boxes in rows on the page, made in one transaction.
std::vector<NodeId> addBoxes(Drawing& d, int count)
{
    std::vector<NodeId> ids;
    std::vector<Command> commands;
    for (int i = 0; i < count; ++i) {
        ids.emplace_back("b" + std::to_string(i));
        const Transform place = Transform::translation(i % 300 * 12, i / 300 * 12);
        commands.push_back(CreateNode{ids.back(), NodeType::rect, {d.page, {}},
                                      {{"xf", toAny(place)}, {"size", toAny(Size{10, 10})}, Drawing::filled(1, 0, 0)}, ""});
    }
    if (!apply(*d.document, commands, "test"))
        qFatal("no boxes");
    return ids;
}

std::size_t largestList(const DisplayList& list)
{
    std::size_t largest = list.items.size();
    for (const Item& item : list.items) {
        if (const auto* sub = std::get_if<SubList>(&item.content))
            largest = std::max(largest, largestList(**sub));
    }
    return largest;
}

} // namespace

void IncrementalTest::equalsAFreshListAfterAnyEdit_data()
{
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<int>("boxes");
    for (quint64 seed = 1; seed <= 24; ++seed)
        QTest::addRow("seed %d", int(seed)) << seed << (seed == 24 ? 2500 : seed % 4 == 0 ? 120 : 0);
}

void IncrementalTest::equalsAFreshListAfterAnyEdit()
{
    QFETCH(quint64, seed);
    QFETCH(int, boxes);
    Drawing d;
    d.add("cell", NodeType::group, {}, {{"vis", false}});
    d.add("dot", NodeType::ellipse, {2, 2, 9, 9}, {Drawing::filled(1, 0, 1)}, NodeId("cell"));
    addBoxes(d, boxes);
    Editor editor(d, seed);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    Rect area;
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { area = united(area, builder.apply(changes)); });
    Image before = pictureOf(*builder.list(d.page));
    std::map<NodeId, Preview> previews;
    NodeId hidden;
    for (int step = 0; step < (boxes > 1000 ? 40 : 120); ++step) {
        area = {};
        const std::uint64_t kind = editor.below(12);
        if (kind == 0) {
            previews = editor.previews();
            area = builder.setPreviews(previews);
        } else if (kind == 1) {
            hidden = editor.below(2) == 0 ? NodeId{} : editor.any();
            builder.setHidden(hidden);
            area = {-1e6, -1e6, 2e6, 2e6};
        } else if (kind == 2) { // what the cell shows
            d.run(SetTransform{NodeId("dot"), Transform::translation(double(editor.below(8)), 1)});
        } else {
            editor.edit();
        }
        SceneBuilder fresh(*d.document, m_fonts, m_noImages);
        fresh.setPreviews(previews);
        fresh.setHidden(hidden);
        const auto list = builder.list(d.page);
        QCOMPARE(difference(*list, *fresh.list(d.page)), QByteArray());
        const NodeId alone = editor.any();
        QCOMPARE(difference(*builder.list(alone), *fresh.list(alone)), QByteArray());
        const Point at{double(editor.below(sidePx)), double(editor.below(sidePx))};
        QCOMPARE(hitTestAll(*d.document, d.page, at, {2, LockedNodes::skip, &builder}), hitTestAll(*d.document, d.page, at, {2}));
        const Rect marquee{at.x, at.y, 9, 7};
        QCOMPARE(nodesInRect(*d.document, d.page, marquee, {0, LockedNodes::skip, &builder}), nodesInRect(*d.document, d.page, marquee));
        Image after = pictureOf(*list);
        QCOMPARE(differsOutside(before, after, area), QByteArray());
        before = std::move(after);
    }
}

void IncrementalTest::anEditOfManyMakesFewListsAgain()
{
    Drawing d;
    const auto ids = addBoxes(d, 100'000);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    QCOMPARE(flattened(*builder.list(d.page)).items.size(), ids.size());
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { builder.apply(changes); });
    auto made = [&, before = builder.statistics()]() mutable {
        const SceneStatistics now = builder.statistics(), last = std::exchange(before, now);
        return std::pair{now.piecesMade - last.piecesMade, now.listsMade - last.listsMade};
    };
    constexpr std::size_t levels = 4; // 24^4 > 100,000 > 24^3
    d.run(SetTransform{ids[54'321], Transform::translation(3, 3)});
    QCOMPARE(made(), std::pair(std::size_t{1}, levels));
    d.run(DeleteNode{ids[777]});
    QCOMPARE(made(), std::pair(std::size_t{0}, levels));
    d.run(CreateNode{NodeId("new"), NodeType::rect, {d.page, ids[500]}, {{"size", toAny(Size{10, 10})}, Drawing::filled(1, 0, 0)}, ""});
    QCOMPARE(made(), std::pair(std::size_t{1}, levels));
    d.run(MoveNode{ids[9], {d.page, ids[99'000]}});
    const auto [pieces, lists] = made();
    QCOMPARE(pieces, std::size_t{1});
    QVERIFY(lists <= 2 * levels);
    QVERIFY(builder.setPreviews({{ids[4], {Transform::translation(1, 1), {}}}}) != Rect{});
    QCOMPARE(made(), std::pair(std::size_t{0}, levels)); // its outline is kept
}

void IncrementalTest::insertionsAndRemovalsKeepChunksSmall()
{
    Drawing d;
    auto ids = addBoxes(d, 100);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    (void)builder.list(d.page);
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { builder.apply(changes); });
    SeededRandom random(7);
    for (int i = 0; i < 1500; ++i) { // all at one place, the worst for a balance
        ids.emplace_back("i" + std::to_string(i));
        d.run(CreateNode{ids.back(), NodeType::rect, {d.page, ids[50]}, {{"size", toAny(Size{4, 4})}, Drawing::filled(0, 1, 0)}, ""});
    }
    QVERIFY(largestList(*builder.list(d.page)) <= 32);
    while (ids.size() > 20) {
        const std::size_t at = random.below(ids.size());
        d.run(DeleteNode{ids[at]});
        ids.erase(ids.begin() + std::ptrdiff_t(at));
    }
    SceneBuilder fresh(*d.document, m_fonts, m_noImages);
    QCOMPARE(difference(*builder.list(d.page), *fresh.list(d.page)), QByteArray());
    QVERIFY(largestList(*builder.list(d.page)) <= 32);
}

void IncrementalTest::listsHandedOutStayAsTheyWere()
{
    Drawing d;
    const auto ids = addBoxes(d, 200);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { builder.apply(changes); });
    const auto held = builder.list(d.page);
    const std::string before = Dump(*held).text();
    for (std::size_t i = 0; i < ids.size(); i += 3)
        d.run(DeleteNode{ids[i]});
    d.run(SetProperties{ids[1], {Drawing::filled(0, 0, 1)}});
    QVERIFY(Dump(*builder.list(d.page)).text() != before);
    QCOMPARE(Dump(*held).text(), before);
}

void IncrementalTest::movingAContainerSharesItsContent()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {0, 0, 100, 100}, {Drawing::filled(1, 1, 1)});
    for (int i = 0; i < 50; ++i)
        d.add(("c" + std::to_string(i)).c_str(), NodeType::rect, {double(i), 0, 5, 5}, {Drawing::filled(1, 0, 0)}, frame);
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto contentOf = [](const DisplayList& list) {
        for (const Item& item : list.items) {
            if (const auto* sub = std::get_if<SubList>(&item.content))
                return *sub;
        }
        return SubList{};
    };
    const SubList before = contentOf(*builder.list(d.page));
    QVERIFY(before);
    builder.setPreviews({{frame, {Transform::translation(30, 30), {}}}});
    QCOMPARE(contentOf(*builder.list(d.page)), before);
}

void IncrementalTest::recoveredNodesKeepTheListRight()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {0, 0, 50, 50}, {Drawing::filled(1, 1, 1)});
    d.add("inside", NodeType::rect, {3, 3, 5, 5}, {Drawing::filled(1, 0, 0)}, frame);
    d.add("beside", NodeType::rect, {40, 40, 5, 5}, {Drawing::filled(0, 1, 0)});
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    (void)builder.list(d.page);
    Rect area;
    const auto watch = d.document->onChange([&](const ChangeSet& changes) { area = builder.apply(changes); });
    const auto compare = [&] {
        SceneBuilder fresh(*d.document, m_fonts, m_noImages);
        QCOMPARE(difference(*builder.list(d.page), *fresh.list(d.page)), QByteArray());
    };
    d.document->crdt().transact("other", [&](crdt::Transaction& t) { d.document->crdt().map("nodes").remove(t, "f"); });
    compare(); // what was inside is cut loose, though nothing names it
    QVERIFY(area.contains(Rect{0, 0, 50, 50}));
    d.run(MoveNode{NodeId("inside"), {d.page, {}}});
    compare();
    d.run(DeleteNode{NodeId("beside")});
    compare();
}

/// Their paint order says nothing about where they are, so boxes of neighbours in it cover the page.
void IncrementalTest::aSmallRegionOfScatteredObjectsLooksAtFew()
{
    constexpr int count = 20'000;
    Drawing d;
    SeededRandom random(3);
    std::vector<Command> commands;
    for (int i = 0; i < count; ++i)
        commands.push_back(CreateNode{NodeId("s" + std::to_string(i)), NodeType::rect, {d.page, {}},
                                      {{"xf", toAny(Transform::translation(double(random.below(4000)), double(random.below(3000))))},
                                       {"size", toAny(Size{8, 8})}, Drawing::filled(1, 0, 0)}, ""});
    QVERIFY(apply(*d.document, commands, "test"));
    SceneBuilder builder(*d.document, m_fonts, m_noImages);
    const auto list = builder.list(d.page);
    const Rect region{1000, 1000, 20, 20};
    int looked = 0;
    const auto look = [&](const auto& self, const DisplayList& in) -> void {
        for (std::size_t i = 0; i < in.items.size(); ++i) {
            ++looked;
            const auto* sub = std::get_if<SubList>(&in.items[i].content);
            if (sub && (!in.cells || in.cells->itemsNear(region) >> i & 1))
                self(self, **sub);
        }
    };
    look(look, *list);
    QVERIFY2(looked < count / 10, QByteArray::number(looked));
    const View view{Transform::translation(-region.x, -region.y), 20, 20};
    cpu::Renderer renderer;
    QCOMPARE(renderer.render(*list, view).pixels, renderer.render(flattened(*list), view).pixels);
}

QTEST_APPLESS_MAIN(IncrementalTest)
#include "incremental_test.moc"
