#include <QtTest>

#include <core/crdt/undo_manager.h>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

std::string hexOfState(const Replica& replica) { return toHex(replica.doc.encodeStateAsUpdate()); }

NewType treeWith(const char* word)
{
    return NewType{.kind = TypeKind::map,
                   .entries = {{"text", NewType{.kind = TypeKind::text, .text = word}},
                               {"list", NewType{.kind = TypeKind::array, .elements = {Any(word), NewType{}}}}}};
}

} // namespace

/// What stays of deleted content: tombstones, collected ranges, delete sets, halves of surrogate pairs.
class CollectionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void deletedContentIsForgottenUnlessCollectionIsOff_data()
    {
        QTest::addColumn<bool>("gc");
        QTest::newRow("collection on") << true;
        QTest::newRow("collection off") << false;
    }
    void deletedContentIsForgottenUnlessCollectionIsOff()
    {
        QFETCH(bool, gc);
        Replica a(1, gc);
        a.insert(0, "secret text");
        a.set("n", treeWith("secret node"));
        a.set("k", Any("secret value"));
        a.remove(0, 11);
        a.unset("n");
        a.set("k", Any("public"));
        const Bytes state = a.doc.encodeStateAsUpdate();
        QCOMPARE(holdsText(state, "secret text"), !gc);
        QCOMPARE(holdsText(state, "secret node"), !gc);
        QCOMPARE(holdsText(state, "secret value"), !gc);
        QVERIFY(holdsText(state, "public"));
        Replica reader(2);
        QVERIFY(reader.receive(a));
        QCOMPARE(reader.json(), std::string(R"({"k":"public"})"));
        QCOMPARE(reader.string(), std::string());
        QVERIFY(!holdsText(reader.doc.encodeStateAsUpdate(), "secret"));
    }

    void collectingAndKeepingReplicasAgree()
    {
        Replica collects(1, true), keeps(2, false);
        collects.set("n", treeWith("word"));
        collects.insert(0, "abc");
        QVERIFY(keeps.receive(collects));
        collects.unset("n");
        collects.remove(1, 1);
        QVERIFY(keeps.receive(collects));
        keeps.insert(1, "X");
        keeps.set("n", Any(1));
        QVERIFY(collects.receive(keeps));
        QCOMPARE(collects.string(), std::string("aXc"));
        QCOMPARE(keeps.string(), collects.string());
        QCOMPARE(keeps.json(), collects.json());
        QCOMPARE(keeps.doc.stateVector(), collects.doc.stateVector());
    }

    void everythingBelowADeletedTypeBecomesOneRange()
    {
        Replica a(1);
        a.set("n", treeWith("word"));
        const crdt::Clock clocks = a.doc.stateVector().at(ClientId{1});
        a.unset("n");
        // The item itself stays as a tombstone of the map, its children are one collected range.
        const auto summary = inspectUpdate(a.doc.encodeStateAsUpdate());
        QCOMPARE(summary->to, (StateVector{{ClientId{1}, clocks}}));
        QCOMPARE(summary->deletedUnits, clocks);
        QVERIFY(a.doc.encodeStateAsUpdate().size() < 24);
    }

    void lateEditsBelowACollectedTypeAreCollectedToo_data()
    {
        QTest::addColumn<bool>("nested");
        QTest::newRow("a new key beside collected ones") << false;
        QTest::newRow("text behind collected text") << true;
    }
    void lateEditsBelowACollectedTypeAreCollectedToo()
    {
        QFETCH(bool, nested);
        Replica a(1), late(2);
        a.set("n", treeWith("word"));
        QVERIFY(late.receive(a));
        late.edit([&](Transaction& t) {
            const Map node = late.map().getType("n").asMap();
            if (nested)
                node.getType("text").asText().insert(t, 2, "unwanted");
            else
                Map(node).set(t, "new", Any("unwanted"));
        });
        a.unset("n");
        QVERIFY(a.receive(late) && late.receive(a));
        QCOMPARE(a.json(), std::string("{}"));
        QCOMPARE(late.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
        QVERIFY(!holdsText(a.doc.encodeStateAsUpdate(), "unwanted"));
        // The clocks stay taken.
        QCOMPARE(a.doc.stateVector().at(ClientId{2}), crdt::Clock(nested ? 8 : 1));
    }

    void tombstonesOfALiveListKeepThePlacesOfLateInserts()
    {
        Replica a(1), late(2);
        a.insert(0, "abcdef");
        QVERIFY(late.receive(a));
        late.insert(2, "X");
        late.insert(5, "Y");
        a.remove(0, 6);
        a.insert(0, "<");
        a.insert(1, ">");
        QVERIFY(a.receive(late) && late.receive(a));
        QCOMPARE(a.string(), late.string());
        QVERIFY(a.string().find('X') < a.string().find('Y'));
        QCOMPARE(a.text().size(), std::size_t{4});
    }

    void deletedContentOfAnUndoStepIsKept()
    {
        Replica a(1);
        ManualClock clock;
        a.set("n", treeWith("precious"));
        a.insert(0, "precious");
        UndoManager undo(a.doc, {a.map(), a.text()}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        a.edit([&](Transaction& t) {
            a.map().remove(t, "n");
            a.text().remove(t, 0, 8);
        }, "me");
        QVERIFY(holdsText(a.doc.encodeStateAsUpdate(), "precious"));
        QCOMPARE(a.json(), std::string("{}"));
        QVERIFY(undo.undo());
        QCOMPARE(a.string(), std::string("precious"));
        QCOMPARE(a.json(), std::string(R"({"n":{"text":"precious","list":["precious",{}]}})"));
    }

    void deletedContentOutsideTheScopeIsNotKept()
    {
        Replica a(1);
        ManualClock clock;
        a.set("k", Any("precious"));
        a.insert(0, "worthless");
        UndoManager undo(a.doc, {a.map()}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        a.edit([&](Transaction& t) {
            a.map().remove(t, "k");
            a.text().remove(t, 0, 9);
        }, "me");
        QVERIFY(holdsText(a.doc.encodeStateAsUpdate(), "precious"));
        QVERIFY(!holdsText(a.doc.encodeStateAsUpdate(), "worthless"));
    }

    void deleteSetsAreSortedAndJoined()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        a.remove(4, 1);
        a.remove(0, 1);
        a.remove(0, 1);
        QCOMPARE(a.string(), std::string("cdf"));
        QCOMPARE(hexOfState(a), std::string("01040100" "0101017402" "840101026364" "81010301" "8401040166"
                                            "01010200020401"));
        // One transaction tells only its own deletes.
        QCOMPARE(toHex(a.made[1]), std::string("0001010104" "01"));
        QCOMPARE(toHex(a.made[2]), std::string("0001010100" "01"));
    }

    void deleteSetsListClientsDescending()
    {
        Replica a(3), b(200), c(70);
        a.insert(0, "a");
        b.insert(0, "b");
        c.insert(0, "c");
        QVERIFY(a.receive(b) && a.receive(c));
        a.remove(0, 3);
        QCOMPARE(toHex(a.made.back()), std::string("0003" "c801010001" "46010001" "03010001"));
    }

    void overlappingDeletesCountOnce()
    {
        Replica base(50);
        base.insert(0, "abcdefgh");
        const Replicas replicas = copiesOf(base, {1, 2, 3});
        replicas[0]->remove(0, 4);
        replicas[1]->remove(2, 4);
        replicas[2]->remove(3, 4);
        exchangeAll(replicas);
        for (const auto& replica : replicas) {
            QCOMPARE(replica->string(), std::string("h"));
            QCOMPARE(inspectUpdate(replica->doc.encodeStateAsUpdate())->deletedUnits, std::uint64_t{7});
        }
    }

    void aHalfOfAPairBecomesTheReplacementEverywhere_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("expected");
        const QString lone(QChar(0xfffd));
        QTest::newRow("the first half") << 1 << 1 << "a" + lone + "b";
        QTest::newRow("the second half") << 2 << 1 << "a" + lone + "b";
        QTest::newRow("up to the middle") << 0 << 2 << lone + "b";
        QTest::newRow("from the middle") << 2 << 2 << "a" + lone;
        QTest::newRow("both halves") << 1 << 2 << "ab";
    }
    void aHalfOfAPairBecomesTheReplacementEverywhere()
    {
        QFETCH(int, from);
        QFETCH(int, count);
        QFETCH(QString, expected);
        Replica a(1), b(2);
        a.insert(0, "a\U0001F600b");
        QVERIFY(b.receive(a));
        a.remove(std::size_t(from), std::size_t(count));
        QVERIFY(b.receive(a));
        QCOMPARE(QString::fromStdString(a.string()), expected);
        QCOMPARE(b.string(), a.string());
        QCOMPARE(a.text().size(), std::size_t(4 - count));
        Replica fresh(3);
        QVERIFY(fresh.receive(a));
        QCOMPARE(fresh.string(), a.string());
    }

    void anInsertOrFormatInsideAPairParts_data()
    {
        QTest::addColumn<bool>("formats");
        QTest::newRow("insert") << false;
        QTest::newRow("format") << true;
    }
    void anInsertOrFormatInsideAPairParts()
    {
        QFETCH(bool, formats);
        Replica a(1), b(2);
        a.insert(0, "\U0001F600");
        QVERIFY(b.receive(a));
        if (formats)
            a.format(1, 1, {{"b", true}});
        else
            a.insert(1, "-");
        QVERIFY(b.receive(a));
        const std::string lone = "\xef\xbf\xbd";
        QCOMPARE(describeRuns(a.text()), formats ? lone + "{}|" + lone + R"({"b":true}|)" : lone + "-" + lone + "{}|");
        QCOMPARE(describeRuns(b.text()), describeRuns(a.text()));
    }
};

QTEST_APPLESS_MAIN(CollectionTest)
#include "collection_test.moc"
