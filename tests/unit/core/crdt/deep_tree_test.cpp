#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "replicas.h"
#include "seeds.h"
#include "store.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr int depth = 100'000;

/// Maps in maps, arrays in arrays, or both in turn.
void nest(Transaction& t, Map map, int levels, bool alsoArrays)
{
    for (int i = 0; i < levels; ++i) {
        if (alsoArrays && i % 2) {
            Array list = map.set(t, "n", NewType{.kind = TypeKind::array}).asArray();
            list.push(t, {NewType{}});
            map = std::get<SharedType>(*list.get(0)).asMap();
        } else {
            map = map.set(t, "n", NewType{}).asMap();
        }
    }
}

std::size_t structCount(const Replica& replica)
{
    std::size_t count = 0;
    const ClientTable& clients = replica.doc.store().clients;
    for (ClientRef client = 0; client < clients.count(); ++client)
        count += clients.structs(client).size();
    return count;
}

/// Every tombstone has lost its content, and what lay below deleted types its place.
bool isCollected(const Replica& replica)
{
    bool holds = true;
    const ClientTable& clients = replica.doc.store().clients;
    for (ClientRef client = 0; client < clients.count(); ++client) {
        clients.structs(client).forEachFrom({}, [&](const Item& item) {
            holds = holds && item.isDeleted == (item.isGc() || item.kind() == ContentKind::deleted) &&
                    (item.isGc() || !item.parent->isCollected);
        });
    }
    return holds;
}

} // namespace

/// Deleting and collecting trees: any depth, kept for undo or not, and the handles that stay behind.
class DeepTreeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aDeepTreeIsDeletedCollectedAndForgotten_data()
    {
        QTest::addColumn<bool>("alsoArrays");
        QTest::addColumn<bool>("gc");
        QTest::newRow("maps") << false << true;
        QTest::newRow("maps and arrays") << true << true;
        QTest::newRow("maps, not collected") << false << false;
    }
    void aDeepTreeIsDeletedCollectedAndForgotten()
    {
        QFETCH(bool, alsoArrays);
        QFETCH(bool, gc);
        Replica a(1, gc), reader(2, gc);
        a.edit([&](Transaction& t) { nest(t, a.map(), depth, alsoArrays); });
        const std::size_t structs = structCount(a);
        QVERIFY(structs >= std::size_t{depth});
        QVERIFY(reader.receive(a));
        QVERIFY(reader.map().toAny().object()); // what lies too deep for a value reads as null
        a.unset("n");
        QVERIFY(reader.receive(a));
        QCOMPARE(reader.map().size(), std::size_t{0});
        for (const Replica* replica : {&a, &reader}) {
            QCOMPARE(structCount(*replica), gc ? std::size_t{2} : structs);
            QCOMPARE(isCollected(*replica), gc);
        }
        QCOMPARE(reader.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
        QCOMPARE(a.doc.encodeStateAsUpdate().size() < 40, gc);
    }

    void aDocumentWithADeepTreeEnds()
    {
        auto a = std::make_unique<Replica>(1);
        a->edit([&](Transaction& t) { nest(t, a->map(), depth, true); });
        a.reset();
    }

    void aDeepTreeOverwrittenByAValueGoesToo()
    {
        Replica a(1);
        a.edit([&](Transaction& t) { nest(t, a.map(), depth, false); });
        a.set("n", Any(1));
        QVERIFY(isCollected(a));
        QCOMPARE(a.json(), std::string(R"({"n":1})"));
        QVERIFY(structCount(a) <= 3);
    }

    void aTreeMadeAndDeletedInOneTransactionLeavesTombstones()
    {
        Replica a(1);
        a.edit([&](Transaction& t) {
            nest(t, a.map(), 1000, true);
            a.map().remove(t, "n");
        });
        QVERIFY(isCollected(a));
        Replica reader(2);
        QVERIFY(reader.receive(a));
        QCOMPARE(reader.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
    }

    void manySiblingsAreCollectedAsOne()
    {
        Replica a(1);
        a.edit([&](Transaction& t) {
            Array list = a.map().set(t, "list", NewType{.kind = TypeKind::array}).asArray();
            for (int i = 0; i < 5000; ++i)
                list.insert(t, list.size() / 2, {NewType{.entries = {{"i", Any(i)}}}});
        });
        a.unset("list");
        QCOMPARE(structCount(a), std::size_t{2});
        QVERIFY(a.doc.encodeStateAsUpdate().size() < 40);
    }

    void handlesOfCollectedTypesReadEmptyAndWriteNothing()
    {
        Replica a(1);
        a.set("n", NewType{.entries = {{"map", NewType{.entries = {{"k", Any(1)}}}},
                                       {"list", NewType{.kind = TypeKind::array, .elements = {Any(1), Any(2)}}},
                                       {"text", NewType{.kind = TypeKind::text, .text = "abc"}}}});
        const Map outer = a.map().getType("n").asMap();
        Map map = outer.getType("map").asMap();
        Array list = outer.getType("list").asArray();
        Text text = outer.getType("text").asText();
        a.unset("n");
        QVERIFY(outer.isDeleted() && map.isDeleted() && list.isDeleted() && text.isDeleted());
        QCOMPARE(outer.size() + map.size() + list.size() + text.size(), std::size_t{0});
        QVERIFY(!outer.has("map") && !map.get("k") && !list.get(0) && text.toString().empty() && text.runs().empty());
        QCOMPARE(toJson(outer.toAny()) + toJson(list.toAny()), std::string("{}[]"));
        list.forEach([](std::size_t, const Value&) { QFAIL("a collected list has no elements"); });
        const std::size_t told = a.made.size();
        const Bytes before = a.doc.encodeStateAsUpdate();
        a.edit([&](Transaction& t) {
            QVERIFY(map.set(t, "k", NewType{}).isNull());
            map.remove(t, "k");
            list.insert(t, 0, {Any(1)});
            list.push(t, {Any(1)});
            list.remove(t, 0, 1);
            text.insert(t, 0, "x");
            text.insertEmbed(t, 0, Any(1));
            text.format(t, 0, 1, {{"b", true}});
            text.remove(t, 0, 1);
        });
        QCOMPARE(a.made.size(), told);
        QCOMPARE(a.doc.encodeStateAsUpdate(), before);
    }

    void whatUndoMayNeedIsKeptUntilItIsForgotten()
    {
        Replica a(1);
        a.edit([&](Transaction& t) { nest(t, a.map(), 200, true); });
        ManualClock clock;
        auto undo = std::make_unique<UndoManager>(a.doc, std::vector<SharedType>{a.map()},
                                                  UndoManager::Options{.trackedOrigins = {"me"}}, clock);
        const std::string before = a.json();
        a.edit([&](Transaction& t) { a.map().remove(t, "n"); }, "me");
        QVERIFY(!isCollected(a));
        QVERIFY(structCount(a) > 200);
        QVERIFY(undo->undo());
        QCOMPARE(a.json(), before);
        QVERIFY(undo->redo());
        QCOMPARE(a.json(), std::string("{}"));
        QVERIFY(undo->undo());
        QCOMPARE(a.json(), before);
        a.edit([&](Transaction& t) { a.map().remove(t, "n"); }, "other");
        undo->clear();
        QCOMPARE(a.json(), std::string("{}"));
        Replica reader(2);
        QVERIFY(reader.receive(a));
        QCOMPARE(reader.json(), a.json());
        QVERIFY(isCollected(reader));
    }

    void collectionOffKeepsAllAndSaysTheSame_data() { addSeedRows(20); }
    void collectionOffKeepsAllAndSaysTheSame()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica collects(1, true), keeps(2, false);
        for (int step = 0; step < 120; ++step) {
            Replica& writer = chance(random, 50) ? collects : keeps;
            writer.edit([&](Transaction& t) { editTree(writer.map(), t, random); });
            if (chance(random, 40)) {
                QVERIFY(collects.receive(keeps));
                QVERIFY(keeps.receive(collects));
                QVERIFY(collects.map().toAny() == keeps.map().toAny());
            }
        }
        QVERIFY(collects.receive(keeps));
        QVERIFY(keeps.receive(collects));
        QVERIFY(collects.map().toAny() == keeps.map().toAny());
        QCOMPARE(collects.doc.stateVector(), keeps.doc.stateVector());
        QVERIFY(isCollected(collects));
        // One that keeps hands on to one that collects, and the other way round.
        Replica late(3, true), lateKeeper(4, false);
        QVERIFY(late.receive(keeps));
        QVERIFY(lateKeeper.receive(collects));
        QVERIFY(late.map().toAny() == collects.map().toAny());
        QVERIFY(lateKeeper.map().toAny() == collects.map().toAny());
        QVERIFY(isCollected(late));
        QCOMPARE(late.doc.stateVector(), collects.doc.stateVector());
    }

private:
    /// Goes down at random and sets, removes or grows something there.
    static void editTree(Map map, Transaction& t, Random& random)
    {
        for (;;) {
            const std::string key = "k" + std::to_string(random.below(3));
            const SharedType below = map.getType(key);
            if (!below.asMap().isNull() && chance(random, 70)) {
                map = below.asMap();
                continue;
            }
            Array list = below.asArray();
            switch (random.below(5)) {
            case 0: map.set(t, key, NewType{.entries = {{"k0", Any(1)}, {"k1", NewType{}}}}); return;
            case 1: map.set(t, key, NewType{.kind = TypeKind::array, .elements = {Any(1), NewType{}, Any("x")}}); return;
            case 2: map.remove(t, key); return;
            case 3:
                if (!list.isNull())
                    list.insert(t, random.below(list.size() + 1), {NewType{.kind = TypeKind::text, .text = "abc"}});
                return;
            default:
                if (!list.isNull() && list.size() > 0)
                    list.remove(t, random.below(list.size()), 2);
                return;
            }
        }
    }
};

QTEST_APPLESS_MAIN(DeepTreeTest)
#include "deep_tree_test.moc"
