#include <QtTest>

#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// An update in the format in which it comes.
struct Sent {
    Bytes bytes;
    UpdateFormat format = UpdateFormat::v1;
};

Sent asV2(const Bytes& update)
{
    return {convertUpdate(update, UpdateFormat::v1, UpdateFormat::v2).value(), UpdateFormat::v2};
}

bool deliver(Doc& doc, const Sent& sent) { return doc.applyUpdate(sent.bytes, {}, sent.format).hasValue(); }

/// Two authors, six updates: text, a delete across authors, a tree, an overwritten key.
struct SmallHistory {
    SmallHistory() : a(1), b(2)
    {
        a.insert(0, "hello");
        b.receive(a);
        b.insert(5, " world");
        a.receive(b);
        a.edit([&](Transaction& t) {
            a.text().remove(t, 3, 4);
            a.map().set(t, "n", NewType{.kind = TypeKind::array, .elements = {Any(1), NewType{}}});
        });
        b.receive(a);
        b.edit([&](Transaction& t) {
            Array list = b.map().getType("n").asArray();
            std::get<SharedType>(*list.get(1)).asMap().set(t, "k", Any("deep"));
            list.remove(t, 0, 1);
        });
        a.set("n", Any("late"));
        b.insert(0, "\xf0\x9f\x98\x80");
        a.receive(b);
        b.receive(a);
        updates = a.made;
        updates.insert(updates.end(), b.made.begin(), b.made.end());
    }
    Replica a, b;
    std::vector<Bytes> updates;
};

/// Keys in any order: that is the one in which they came.
bool saysTheSame(Replica& a, Replica& b)
{
    return a.string() == b.string() && a.map().toAny() == b.map().toAny() && a.array().toAny() == b.array().toAny();
}

/// What two replicas made in turn without formats, so that everybody's bytes are comparable.
std::vector<Bytes> randomUpdates(Random& random, Replica& a, Replica& b, int count)
{
    for (int i = 0; i < count; ++i) {
        Replica& writer = chance(random, 50) ? a : b;
        const std::size_t size = writer.text().size();
        switch (random.below(5)) {
        case 0: writer.insert(random.below(size + 1), std::string(1 + random.below(6), char('a' + i % 26))); break;
        case 1: writer.insert(random.below(size + 1), "\xe4\xb8\xad\xf0\x9f\x98\x80"); break;
        case 2:
            if (size > 0)
                writer.remove(random.below(size), 1 + random.below(5));
            break;
        case 3: writer.set("k" + std::to_string(random.below(3)), NewType{.entries = {{"v", Any(i)}}}); break;
        default:
            writer.edit([&](Transaction& t) {
                writer.array().insert(t, random.below(writer.array().size() + 1), {Any(i), Any("x"), Any(i + 1)});
            });
        }
        if (chance(random, 30))
            (chance(random, 50) ? a.receive(b) : b.receive(a));
    }
    std::vector<Bytes> updates = a.made;
    updates.insert(updates.end(), b.made.begin(), b.made.end());
    a.receive(b);
    b.receive(a);
    return updates;
}

} // namespace

/// Updates early, late, twice, in part and in both formats: what waits, what it hands on, and where it ends.
class WaitingTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sixUpdatesMayComeInEveryOrder_data()
    {
        QTest::addColumn<int>("formats");
        QTest::newRow("all v1") << 0;
        QTest::newRow("all v2") << 0x3f;
        QTest::newRow("in turn") << 0x15;
        QTest::newRow("one author each") << 0x07;
    }
    void sixUpdatesMayComeInEveryOrder()
    {
        QFETCH(int, formats);
        SmallHistory history;
        QCOMPARE(history.updates.size(), std::size_t{6});
        std::vector<Sent> sent;
        for (std::size_t i = 0; i < 6; ++i)
            sent.push_back(formats >> i & 1 ? asV2(history.updates[i]) : Sent{history.updates[i]});
        const Bytes expected = history.a.doc.encodeStateAsUpdate();
        std::vector<int> order{0, 1, 2, 3, 4, 5};
        do {
            Replica reader(9);
            for (const int i : order)
                QVERIFY(deliver(reader.doc, sent[std::size_t(i)]));
            QVERIFY(!reader.doc.hasPending());
            QVERIFY(saysTheSame(reader, history.a));
            QCOMPARE(reader.doc.encodeStateAsUpdate(), expected);
        } while (std::next_permutation(order.begin(), order.end()));
    }

    void whatWaitsIsHandedOnInFull_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<bool>("v2");
        for (int first = 0; first < 6; ++first) {
            QTest::addRow("all but update %d, v1", first) << first << false;
            QTest::addRow("all but update %d, v2", first) << first << true;
        }
    }
    void whatWaitsIsHandedOnInFull()
    {
        QFETCH(int, first);
        QFETCH(bool, v2);
        const UpdateFormat format = v2 ? UpdateFormat::v2 : UpdateFormat::v1;
        SmallHistory history;
        Replica lacking(9), next(10), third(11);
        for (int i = 5; i >= 0; --i) {
            if (i != first)
                QVERIFY(lacking.doc.applyUpdate(history.updates[std::size_t(i)]));
        }
        QVERIFY(next.doc.applyUpdate(lacking.doc.encodeStateAsUpdate({}, format), {}, format));
        QCOMPARE(next.doc.hasPending(), lacking.doc.hasPending());
        QCOMPARE(next.doc.stateVector(), lacking.doc.stateVector());
        QVERIFY(saysTheSame(next, lacking));
        // From one that waits to one that waits, and then the missing one.
        QVERIFY(third.doc.applyUpdate(next.doc.encodeStateAsUpdate({}, format), {}, format));
        QVERIFY(third.doc.applyUpdate(history.updates[std::size_t(first)]));
        QVERIFY(!third.doc.hasPending());
        QCOMPARE(third.doc.encodeStateAsUpdate(), history.a.doc.encodeStateAsUpdate());
    }

    void aDiffOfAWaitingDocumentHasWhatWaitsAndNoMore()
    {
        Replica a(1);
        for (const char* word : {"one", "two", "three"})
            a.insert(a.text().size(), word);
        Replica lacking(9);
        QVERIFY(lacking.doc.applyUpdate(a.made[0]));
        QVERIFY(lacking.doc.applyUpdate(a.made[2]));
        const StateVector known{{ClientId{1}, 3}};
        for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
            const Bytes diff = lacking.doc.encodeStateAsUpdate(known, format);
            QVERIFY(!holdsText(diff, "one") && holdsText(diff, "three"));
            Replica reader(10);
            QVERIFY(reader.doc.applyUpdate(a.made[0]));
            QVERIFY(reader.doc.applyUpdate(diff, {}, format));
            QVERIFY(reader.doc.hasPending());
            QVERIFY(reader.doc.applyUpdate(a.made[1]));
            QVERIFY(!reader.doc.hasPending());
            QCOMPARE(reader.string(), std::string("onetwothree"));
            // Who knows what waits gets nothing of it.
            const Bytes none = lacking.doc.encodeStateAsUpdate({{ClientId{1}, 11}}, format);
            QVERIFY(!holdsText(none, "three"));
        }
    }

    void theSameThingWaitsOnce()
    {
        Replica a(1);
        for (int i = 0; i < 20; ++i)
            a.insert(a.text().size(), "word" + std::to_string(i));
        Replica reader(9);
        std::size_t size = 0;
        for (int round = 0; round < 5; ++round) {
            for (std::size_t i = a.made.size(); --i > 0;)
                QVERIFY(reader.doc.applyUpdate(a.made[i]));
            if (round == 0)
                size = reader.doc.encodeStateAsUpdate().size();
            QCOMPARE(reader.doc.encodeStateAsUpdate().size(), size);
        }
        QVERIFY(reader.string().empty());
        QVERIFY(reader.doc.applyUpdate(a.made[0]));
        QCOMPARE(reader.string(), a.string());
        QVERIFY(!reader.doc.hasPending());
    }

    void aChainOfClientsWaitsForItsFirstLink()
    {
        // Each stands on the one before; the last arrive first.
        std::vector<std::unique_ptr<Replica>> chain;
        for (std::uint64_t client = 1; client <= 40; ++client) {
            chain.push_back(std::make_unique<Replica>(client));
            if (client > 1)
                QVERIFY(chain.back()->receive(*chain[client - 2]));
            chain.back()->insert(chain.back()->text().size(), std::string(1, char('A' + client - 1)));
        }
        Replica reader(100);
        for (std::size_t i = chain.size(); --i > 0;) {
            QVERIFY(reader.doc.applyUpdate(chain[i]->made[0]));
            QVERIFY(reader.string().empty() && reader.doc.hasPending());
        }
        QVERIFY(reader.doc.applyUpdate(chain[0]->made[0]));
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(reader.string(), chain.back()->string());
        QCOMPARE(reader.doc.encodeStateAsUpdate(), chain.back()->doc.encodeStateAsUpdate());
    }

    /// As in Yjs, which notes of a stack of waiting structs only what its top misses.
    void whatArrivedBehindAGapWaitsUntilTheGapCloses()
    {
        Replica a(1), b(2), reader(9), other(10);
        a.insert(0, "a");
        QVERIFY(b.receive(a));
        a.insert(1, "b");
        a.insert(2, "c");
        b.insert(1, "B"); // needs nothing but the "a"
        const Bytes parcel = mergeUpdates(std::vector<Bytes>{b.made[0], a.made[2]}).value();
        QVERIFY(reader.doc.applyUpdate(parcel));
        QVERIFY(reader.doc.applyUpdate(a.made[0]));
        QCOMPARE(reader.string(), std::string("a"));
        // Who gets all of it at once places what can be placed.
        QVERIFY(other.doc.applyUpdate(reader.doc.encodeStateAsUpdate()));
        QVERIFY(other.doc.hasPending());
        QCOMPARE(other.string(), std::string("aB"));
        for (Replica* one : {&reader, &other}) {
            QVERIFY(one->doc.applyUpdate(a.made[1]));
            QVERIFY(!one->doc.hasPending());
            QCOMPARE(one->string(), std::string("abcB"));
        }
    }

    void deletesWaitForEachOfTheirRanges()
    {
        Replica a(1), b(2);
        for (int i = 0; i < 6; ++i)
            a.insert(a.text().size(), std::string(3, char('a' + i)));
        QVERIFY(b.receive(a));
        b.edit([&](Transaction& t) {
            for (int i = 5; i >= 0; --i)
                b.text().remove(t, std::size_t(3 * i + 1), 1);
        });
        Replica reader(9);
        QVERIFY(reader.doc.applyUpdate(b.made[0]));
        std::string expected;
        for (std::size_t i = 0; i < 6; ++i) {
            QVERIFY(reader.doc.hasPending());
            QVERIFY(reader.doc.applyUpdate(a.made[i]));
            expected += std::string(2, char('a' + i));
            QCOMPARE(reader.string(), expected);
        }
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(reader.doc.encodeStateAsUpdate(), b.doc.encodeStateAsUpdate());
    }

    void someoneWhoWaitsMayWriteMeanwhile()
    {
        SmallHistory history;
        Replica reader(9);
        for (std::size_t i = history.updates.size(); --i > 0;) {
            QVERIFY(reader.doc.applyUpdate(history.updates[i]));
            reader.insert(reader.text().size(), "!");
            reader.set("mine", Any(int(i)));
        }
        QVERIFY(reader.doc.hasPending());
        QVERIFY(reader.doc.applyUpdate(history.updates[0]));
        QVERIFY(!reader.doc.hasPending());
        QVERIFY(history.a.receive(reader));
        QVERIFY(saysTheSame(history.a, reader));
        QCOMPARE(history.a.doc.encodeStateAsUpdate(), reader.doc.encodeStateAsUpdate());
    }

    void aBrokenUpdateLeavesWhatWaits()
    {
        SmallHistory history;
        Replica reader(9);
        QVERIFY(reader.doc.applyUpdate(history.updates[2]));
        QVERIFY(reader.doc.hasPending());
        const Bytes before = reader.doc.encodeStateAsUpdate();
        for (std::size_t size = 0; size < history.updates[0].size(); ++size)
            QVERIFY(!reader.doc.applyUpdate(ByteView(history.updates[0]).first(size)));
        QCOMPARE(reader.doc.encodeStateAsUpdate(), before);
        for (const Bytes& update : history.updates)
            QVERIFY(reader.doc.applyUpdate(update));
        QCOMPARE(reader.doc.encodeStateAsUpdate(), history.a.doc.encodeStateAsUpdate());
    }

    void anyHistoryArrivesSomehow_data() { addSeedRows(60); }
    void anyHistoryArrivesSomehow()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1), b(2);
        std::vector<Bytes> updates = randomUpdates(random, a, b, int(10 + random.below(60)));
        const Bytes expected = a.doc.encodeStateAsUpdate();
        QCOMPARE(b.doc.encodeStateAsUpdate(), expected);
        Replica reader(9), relay(10);
        std::vector<Bytes> queue = updates;
        queue.insert(queue.end(), updates.begin(), updates.end()); // each twice
        shuffle(random, queue);
        while (!queue.empty()) {
            const std::size_t count = std::min<std::size_t>(queue.size(), 1 + random.below(5));
            const std::vector<Bytes> parcel(queue.end() - std::ptrdiff_t(count), queue.end());
            queue.resize(queue.size() - count);
            Bytes merged = mergeUpdates(parcel).value();
            if (chance(random, 20)) // only what some state lacks: a part of what the parcel holds
                merged = diffUpdate(merged, reader.doc.stateVector()).value();
            QVERIFY(deliver(reader.doc, chance(random, 50) ? asV2(merged) : Sent{merged}));
            if (chance(random, 20)) {
                const UpdateFormat format = chance(random, 50) ? UpdateFormat::v1 : UpdateFormat::v2;
                QVERIFY(relay.doc.applyUpdate(reader.doc.encodeStateAsUpdate(relay.doc.stateVector(), format), {}, format));
                QVERIFY(saysTheSame(relay, reader));
            }
        }
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(reader.doc.encodeStateAsUpdate(), expected);
        QCOMPARE(reader.doc.encodeStateAsUpdate({}, UpdateFormat::v2), a.doc.encodeStateAsUpdate({}, UpdateFormat::v2));
        QVERIFY(saysTheSame(reader, a));
        QVERIFY(relay.receive(reader));
        QCOMPARE(relay.doc.encodeStateAsUpdate(), expected);
    }

    void aStateInPartOverlapsWithWhatIsKnown_data() { addSeedRows(30); }
    void aStateInPartOverlapsWithWhatIsKnown()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1), b(2);
        std::vector<Bytes> updates = randomUpdates(random, a, b, 40);
        const StateVector whole = a.doc.stateVector();
        Replica reader(9);
        for (int i = 0; i < 30; ++i) {
            StateVector known;
            for (const auto& [client, clock] : whole)
                known[client] = random.below(clock + 1); // in the middle of items, too
            const UpdateFormat format = chance(random, 50) ? UpdateFormat::v1 : UpdateFormat::v2;
            QVERIFY(reader.doc.applyUpdate(a.doc.encodeStateAsUpdate(known, format), {}, format));
            const Bytes state = a.doc.encodeStateAsUpdate({}, format);
            QVERIFY(reader.doc.applyUpdate(diffUpdate(state, known, format).value(), {}, format));
        }
        QVERIFY(reader.receive(a));
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(reader.doc.stateVector(), whole);
        QVERIFY(reader.array().toAny() == a.array().toAny() && reader.map().toAny() == a.map().toAny());
        QCOMPARE(reader.text().size(), a.text().size()); // a cut through a pair may have replaced it here
    }
};

/// A client id that somebody else has, too.
class ClientIdTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anIdIsChosenWhenNoneIsGiven()
    {
        std::set<std::uint64_t> ids;
        for (int i = 0; i < 200; ++i) {
            Doc doc;
            QVERIFY(number(doc.clientId()) > 0 && number(doc.clientId()) <= 0xffffffff);
            ids.insert(number(doc.clientId()));
        }
        QVERIFY(ids.size() > 195);
        QCOMPARE(number(Doc({.clientId = ClientId{(1ull << 53) - 1}}).clientId()), (1ull << 53) - 1);
    }

    void anotherIdIsTakenWhenARemoteWritesUnderOurs_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("structs") << 0;
        QTest::newRow("structs in v2") << 1;
        QTest::newRow("structs that wait") << 2;
        QTest::newRow("deletes that wait") << 3;
        QTest::newRow("more than we wrote") << 4;
    }
    void anotherIdIsTakenWhenARemoteWritesUnderOurs()
    {
        QFETCH(int, how);
        Replica other(5), mine(5);
        other.insert(0, "theirs");
        other.insert(6, "more");
        other.remove(0, 2);
        std::vector<ClientId> toldAs;
        const auto token = mine.doc.onUpdate([&](ByteView, const Origin&, bool) { toldAs.push_back(mine.doc.clientId()); });
        switch (how) {
        case 0: QVERIFY(mine.doc.applyUpdate(other.made[0])); break;
        case 1: QVERIFY(deliver(mine.doc, asV2(other.made[0]))); break;
        case 2: QVERIFY(mine.doc.applyUpdate(other.made[1])); break;
        case 3: QVERIFY(mine.doc.applyUpdate(other.made[2])); break;
        case 4:
            mine.insert(0, "abc");
            QVERIFY(mine.doc.applyUpdate(other.doc.encodeStateAsUpdate()));
            break;
        }
        const ClientId taken = mine.doc.clientId();
        QVERIFY(taken != ClientId{5} && number(taken) != 0);
        if (how < 2)
            QCOMPARE(toldAs, std::vector<ClientId>{taken}); // the new id holds when the update is told
        mine.set("k", Any(1));
        QCOMPARE(mine.doc.stateVector().at(taken), Clock{1});
        QCOMPARE(mine.doc.clientId(), taken);
        for (const Bytes& update : other.made)
            QVERIFY(mine.doc.applyUpdate(update));
        QVERIFY(!mine.doc.hasPending());
        QCOMPARE(mine.doc.clientId(), taken);
    }

    void ourOwnUpdatesComingBackChangeNothing()
    {
        Replica mine(5), other(6);
        mine.insert(0, "abc");
        QVERIFY(other.receive(mine));
        other.remove(0, 1); // a delete under our id is no writing under it
        QVERIFY(mine.receive(other));
        for (const Bytes& update : mine.made)
            QVERIFY(mine.doc.applyUpdate(update));
        QVERIFY(mine.doc.applyUpdate(mine.doc.encodeStateAsUpdate()));
        QCOMPARE(mine.doc.clientId(), ClientId{5});
        QCOMPARE(mine.string(), std::string("bc"));
    }

    void aDocumentThatIsLoadedAgainNeedsAnIdOfItsOwn()
    {
        // The same person's document in a second window: it must not write under an id that goes on elsewhere.
        Replica first(5);
        first.insert(0, "abc");
        Replica second(5);
        QVERIFY(second.receive(first));
        QVERIFY(second.doc.clientId() != ClientId{5});
        first.insert(3, "d");
        second.insert(3, "e");
        QVERIFY(first.receive(second));
        QVERIFY(second.receive(first));
        QCOMPARE(first.string(), second.string());
        QCOMPARE(first.doc.clientId(), ClientId{5});
    }
};

int main(int argc, char** argv)
{
    WaitingTest waiting;
    ClientIdTest ids;
    return QTest::qExec(&waiting, argc, argv) | QTest::qExec(&ids, argc, argv);
}
#include "waiting_test.moc"
