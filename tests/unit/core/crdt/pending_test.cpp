#include <QtTest>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

/// Updates that arrive early, late, twice or in part.
class PendingTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void structsAndDeletesOfTwoClientsMayComeInEveryOrder()
    {
        Replica a(1), b(2);
        a.insert(0, "hello");
        QVERIFY(b.receive(a));
        b.insert(5, " world");
        b.remove(0, 1);
        QVERIFY(a.receive(b));
        a.insert(0, "J");
        a.remove(5, 3);
        QVERIFY(b.receive(a));
        std::vector<Bytes> updates = a.made;
        updates.insert(updates.end(), b.made.begin(), b.made.end());
        const Bytes expected = a.doc.encodeStateAsUpdate();
        QCOMPARE(b.doc.encodeStateAsUpdate(), expected);
        inEveryOrder(updates, [&](Replica& reader) {
            QVERIFY(!reader.doc.hasPending());
            QCOMPARE(reader.doc.encodeStateAsUpdate(), expected);
        });
    }

    void nestedTypesMayComeBeforeTheirParents()
    {
        Replica a(1);
        a.set("n", NewType{});
        a.edit([&](Transaction& t) {
            a.map().getType("n").asMap().set(t, "list", NewType{.kind = TypeKind::array});
        });
        a.edit([&](Transaction& t) {
            a.map().getType("n").asMap().getType("list").asArray().push(t, {Any(1), NewType{.kind = TypeKind::text, .text = "x"}});
        });
        a.edit([&](Transaction& t) { a.map().getType("n").asMap().getType("list").asArray().remove(t, 0, 1); });
        a.set("k", Any(2));
        inEveryOrder(a.made, [&](Replica& reader) {
            QCOMPARE(reader.json(), std::string(R"({"n":{"list":["x"]},"k":2})"));
            QCOMPARE(reader.doc.stateVector(), a.doc.stateVector());
        });
    }

    void formatsMayComeInEveryOrder()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        a.format(1, 3, {{"b", true}});
        a.format(2, 3, {{"i", true}});
        a.remove(2, 1);
        a.format(0, 5, {{"b", nullptr}});
        const std::string expected = describeRuns(a.text());
        inEveryOrder(a.made, [&](Replica& reader) { QCOMPARE(describeRuns(reader.text()), expected); });
        QCOMPARE(expected, std::string(R"(ab{}|de{"i":true}|f{}|)"));
    }

    void whatWaitsIsNeitherSeenNorCounted()
    {
        Replica a(1);
        for (const char* word : {"one", "two", "three"})
            a.insert(a.text().size(), word);
        Replica reader(2);
        QVERIFY(reader.doc.applyUpdate(a.made[0]));
        QVERIFY(reader.doc.applyUpdate(a.made[2]));
        QVERIFY(reader.doc.hasPending());
        QCOMPARE(reader.string(), std::string("one"));
        QCOMPARE(reader.doc.stateVector(), (StateVector{{ClientId{1}, 3}}));
        QVERIFY(reader.doc.applyUpdate(a.made[1]));
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(reader.string(), std::string("onetwothree"));
    }

    void whatWaitsMakesNoEventUntilItIsPlaced()
    {
        Replica a(1);
        a.insert(0, "a");
        a.set("k", Any(1));
        a.insert(1, "b");
        Replica reader(2);
        std::vector<std::size_t> changes;
        const auto token = reader.doc.onTransaction([&](const TransactionEvent& event) { changes.push_back(event.changes.size()); });
        QVERIFY(reader.doc.applyUpdate(a.made[2]));
        QVERIFY(reader.doc.applyUpdate(a.made[1]));
        QVERIFY(changes.empty() && reader.received.empty());
        QVERIFY(reader.doc.applyUpdate(a.made[0]));
        QCOMPARE(changes, std::vector<std::size_t>{2});
        QCOMPARE(reader.received.size(), std::size_t{1});
        // What is emitted carries all that was placed.
        Replica third(3);
        QVERIFY(third.doc.applyUpdate(reader.received[0]));
        QCOMPARE(third.string(), std::string("ab"));
        QVERIFY(third.map().has("k"));
    }

    void aClientWaitsForAnotherButNotTheRest()
    {
        Replica a(1), b(2), c(3);
        a.insert(0, "a");
        QVERIFY(b.receive(a));
        b.insert(1, "b");
        c.set("k", Any(1));
        Replica reader(9);
        const std::vector<Bytes> early{b.made[0], c.made[0]};
        QVERIFY(reader.doc.applyUpdate(mergeUpdates(early).value()));
        QVERIFY(reader.doc.hasPending());
        QVERIFY(reader.map().has("k"));
        QCOMPARE(reader.doc.stateVector(), (StateVector{{ClientId{3}, 1}}));
        QVERIFY(reader.doc.applyUpdate(a.made[0]));
        QCOMPARE(reader.string(), std::string("ab"));
    }

    void aDeleteWaitsForItsUnits_data()
    {
        QTest::addColumn<int>("known");
        QTest::addColumn<QString>("before");
        QTest::newRow("none is known") << 0 << "";
        QTest::newRow("some are known") << 1 << "a";
        QTest::newRow("all are known") << 2 << "af";
    }
    void aDeleteWaitsForItsUnits()
    {
        QFETCH(int, known);
        QFETCH(QString, before);
        Replica a(1);
        a.insert(0, "abc");
        a.insert(3, "def");
        a.remove(1, 4);
        Replica reader(2);
        for (int i = 0; i < known; ++i)
            QVERIFY(reader.doc.applyUpdate(a.made[std::size_t(i)]));
        QVERIFY(reader.doc.applyUpdate(a.made[2]));
        QCOMPARE(QString::fromStdString(reader.string()), before);
        QCOMPARE(reader.doc.hasPending(), known < 2);
        for (int i = known; i < 2; ++i)
            QVERIFY(reader.doc.applyUpdate(a.made[std::size_t(i)]));
        QCOMPARE(reader.string(), std::string("af"));
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(reader.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
    }

    void aWaitingDeleteTravelsOn()
    {
        Replica a(1);
        a.insert(0, "abc");
        a.remove(0, 1);
        Replica middle(2), last(3);
        QVERIFY(middle.doc.applyUpdate(a.made[1]));
        QVERIFY(middle.doc.hasPending());
        QVERIFY(last.doc.applyUpdate(middle.doc.encodeStateAsUpdate()));
        QVERIFY(last.doc.applyUpdate(a.made[0]));
        QCOMPARE(last.string(), std::string("bc"));
        QVERIFY(!last.doc.hasPending());
    }

    void waitingForAnIdThatIsOursMakesUsTakeAnother()
    {
        Replica a(7), reader(7);
        a.insert(0, "ab");
        a.remove(0, 1);
        QVERIFY(reader.doc.applyUpdate(a.made[1]));
        QVERIFY(reader.doc.clientId() != ClientId{7});
        reader.insert(0, "mine");
        QVERIFY(reader.doc.applyUpdate(a.made[0]));
        QVERIFY(reader.string().find("mine") != std::string::npos && reader.string().find('a') == std::string::npos);
    }

    void aKnownHeadIsPassedOver_data()
    {
        QTest::addColumn<int>("known");
        QTest::addColumn<bool>("separately");
        for (int known = 0; known <= 6; ++known) {
            QTest::addRow("%d units known, one item", known) << known << false;
            QTest::addRow("%d units known, typed one by one", known) << known << true;
        }
    }
    void aKnownHeadIsPassedOver()
    {
        QFETCH(int, known);
        QFETCH(bool, separately);
        const std::string word = "abcdef";
        Replica a(1), reader(2);
        if (known > 0)
            a.insert(0, word.substr(0, std::size_t(known)));
        QVERIFY(reader.receive(a));
        for (std::size_t i = std::size_t(known); i < word.size(); i = separately ? i + 1 : word.size())
            a.insert(i, separately ? word.substr(i, 1) : word.substr(i));
        // The whole state: one joined item of which the reader has the head.
        QVERIFY(reader.doc.applyUpdate(a.doc.encodeStateAsUpdate()));
        QCOMPARE(reader.string(), word);
        QCOMPARE(reader.text().size(), word.size());
        QCOMPARE(reader.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
    }

    void aKnownHeadThatWasDeletedStaysDeleted()
    {
        Replica a(1), b(2);
        a.insert(0, "abc");
        QVERIFY(b.receive(a));
        b.remove(1, 2);
        a.insert(3, "def");
        QVERIFY(b.doc.applyUpdate(a.doc.encodeStateAsUpdate()));
        QCOMPARE(b.string(), std::string("adef"));
        QVERIFY(a.receive(b));
        QCOMPARE(a.string(), b.string());
    }

    void theRestOfAKnownItemFollowsItsHeadPastOthers()
    {
        Replica a(1), b(2);
        a.insert(0, "abc");
        QVERIFY(b.receive(a));
        b.insert(3, "!");
        b.insert(1, "?");
        a.insert(3, "def");
        QVERIFY(b.doc.applyUpdate(a.doc.encodeStateAsUpdate()));
        QVERIFY(a.doc.applyUpdate(b.doc.encodeStateAsUpdate()));
        QCOMPARE(b.string(), std::string("a?bcdef!"));
        QCOMPARE(a.string(), b.string());
    }

    void whatIsKnownMakesNoEvent()
    {
        Replica a(1), reader(2);
        a.insert(0, "abc");
        a.remove(1, 1);
        a.set("k", Any(1));
        QVERIFY(reader.receive(a));
        const std::size_t before = reader.received.size();
        int events = 0;
        const auto token = reader.doc.onTransaction([&](const TransactionEvent&) { ++events; });
        for (const Bytes& update : a.made)
            QVERIFY(reader.doc.applyUpdate(update));
        QVERIFY(reader.doc.applyUpdate(a.doc.encodeStateAsUpdate()));
        QVERIFY(reader.doc.applyUpdate(Bytes{0, 0}));
        QCOMPARE(events, 0);
        QCOMPARE(reader.received.size(), before);
    }

    void aHoleInAMergedUpdateWaitsForItsFilling()
    {
        Replica a(1);
        for (const char* word : {"a", "b", "c", "d", "e"})
            a.insert(a.text().size(), word);
        const std::vector<Bytes> odd{a.made[4], a.made[0], a.made[2]};
        const std::vector<Bytes> even{a.made[3], a.made[1]};
        Replica reader(2);
        QVERIFY(reader.doc.applyUpdate(mergeUpdates(odd).value()));
        QCOMPARE(reader.string(), std::string("a"));
        QVERIFY(reader.doc.hasPending());
        QVERIFY(reader.doc.applyUpdate(mergeUpdates(even).value()));
        QCOMPARE(reader.string(), std::string("abcde"));
        QVERIFY(!reader.doc.hasPending());
    }

    void updatesOfAnyHistoryMayComeInAnyOrder_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 50; ++seed)
            QTest::addRow("seed %d", int(seed)) << seed;
    }
    void updatesOfAnyHistoryMayComeInAnyOrder()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        const Replicas replicas = copiesOf(Replica(50), {1, 2, 3});
        for (int step = 0; step < 40; ++step) {
            Replica& replica = *replicas[random.below(3)];
            const std::size_t size = replica.text().size();
            switch (random.below(5)) {
            case 0: replica.remove(random.below(size + 1), 1 + random.below(3)); break;
            case 1: replica.set(std::to_string(random.below(3)), NewType{.kind = TypeKind::array, .elements = {Any(step)}}); break;
            case 2: replica.unset(std::to_string(random.below(3))); break;
            case 3: QVERIFY(replica.receive(*replicas[random.below(3)])); break;
            default: replica.insert(random.below(size + 1), std::string(2, char('a' + step % 26)));
            }
        }
        std::vector<Bytes> updates;
        for (const auto& replica : replicas)
            updates.insert(updates.end(), replica->made.begin(), replica->made.end());
        exchangeAll(replicas);
        exchangeAll(replicas);
        for (int round = 0; round < 5; ++round) {
            shuffle(random, updates);
            Replica reader(9);
            for (const Bytes& update : updates) {
                QVERIFY(reader.doc.applyUpdate(update));
                if (random.below(4) == 0)
                    QVERIFY(reader.doc.applyUpdate(updates[random.below(updates.size())]));
            }
            QVERIFY(!reader.doc.hasPending());
            QCOMPARE(reader.doc.encodeStateAsUpdate(), replicas[0]->doc.encodeStateAsUpdate());
        }
    }

    /// What waits is kept as columns, in which few bytes stand for any number of structs; the bound on how many a peer
    /// may send that way must not meet our own.
    void moreStructsMayWaitThanAPeerMaySendAsColumns()
    {
        constexpr std::uint64_t count = 4'300'000;
        const auto collected = [](std::uint64_t structs, std::uint64_t clock, std::uint64_t client) {
            ByteWriter writer;
            for (const std::uint64_t number : {std::uint64_t{1}, structs, client, clock})
                writer.writeVarUint(number);
            for (std::uint64_t i = 0; i < structs; ++i)
                writer.writeBytes(Bytes{0, 1});
            writer.writeVarUint(0);
            return writer.take();
        };
        Doc reader({.clientId = ClientId{9}});
        QVERIFY(reader.applyUpdate(collected(count, 1, 1)));
        QVERIFY(reader.applyUpdate(collected(1, 7, 2)));
        QVERIFY(reader.hasPending());
        QVERIFY(reader.encodeStateAsUpdate().size() > count);
        QVERIFY(reader.applyUpdate(collected(1, 0, 1)));
        QCOMPARE(reader.stateVector(), (StateVector{{ClientId{1}, count + 1}}));
        QVERIFY(reader.applyUpdate(collected(7, 0, 2)));
        QVERIFY(!reader.hasPending());
    }
};

QTEST_APPLESS_MAIN(PendingTest)
#include "pending_test.moc"
