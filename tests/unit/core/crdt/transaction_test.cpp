#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "observers.h"
#include "replicas.h"
#include "seeds.h"
#include "store.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

using Names = std::vector<std::string>;

/// Writes down what a document tells.
struct Listener {
    explicit Listener(Doc& doc)
    {
        tokens.push_back(doc.onTransaction([this](const TransactionEvent& event) { events.push_back(event); }));
        const auto keep = [this](UpdateFormat format) {
            return [this, format](ByteView update, const Origin& origin, bool local) {
                updates[format == UpdateFormat::v2].emplace_back(update.begin(), update.end());
                origins.push_back(origin + (local ? " here" : " there"));
            };
        };
        tokens.push_back(doc.onUpdate(keep(UpdateFormat::v1), UpdateFormat::v1));
        tokens.push_back(doc.onUpdate(keep(UpdateFormat::v2), UpdateFormat::v2));
    }
    std::vector<TransactionEvent> events;
    std::vector<Bytes> updates[2];
    Names origins;
    std::vector<Doc::Subscription> tokens;
};

/// "path: keys" or "path: list" of each change.
Names described(const TransactionEvent& event)
{
    Names lines;
    for (const TypeChange& change : event.changes) {
        std::string line;
        for (const std::string& step : change.path)
            line += "/" + step;
        for (const std::string& key : change.keysChanged)
            line += " " + key;
        lines.push_back(line + (change.childListChanged ? " []" : ""));
    }
    return lines;
}

/// A conversion forgets what v1 says twice.
Bytes thereAndBack(const Bytes& v1)
{
    return convertUpdate(convertUpdate(v1, UpdateFormat::v1, UpdateFormat::v2).value(), UpdateFormat::v2, UpdateFormat::v1).value();
}

/// Something of everything, at random.
void editAnything(Replica& replica, Transaction& t, Random& random, bool formats)
{
    const auto number = [&] { return Any(int(random.below(1000))); };
    const std::string key = "k" + std::to_string(random.below(5));
    // A format that cuts a pair but changes nothing is not told to others, here as in Yjs.
    const char* word = formats ? "word\xc3\xa9" : "word\xf0\x9f\x98\x80";
    Text text = replica.text();
    Array array = replica.array();
    const std::size_t at = text.size() ? random.below(text.size()) : 0;
    switch (random.below(9)) {
    case 0: text.insert(t, at, word); break;
    case 1: text.remove(t, at, 1 + random.below(4)); break;
    case 2:
        if (formats)
            text.format(t, at, 3, {{"b", random.below(2) ? Any(true) : Any(nullptr)}});
        break;
    case 3: text.insertEmbed(t, at, Any(Any::Object{{"e", number()}})); break;
    case 4: replica.map().set(t, key, number()); break;
    case 5: replica.map().set(t, key, NewType{.kind = TypeKind::array, .elements = {number(), Any("x")}}); break;
    case 6: replica.map().remove(t, key); break;
    case 7: array.insert(t, random.below(array.size() + 1), {number(), NewType{.entries = {{"in", number()}}}, Any(Bytes{1, 2})}); break;
    default: array.remove(t, array.size() ? random.below(array.size()) : 0, 1 + random.below(3));
    }
}

} // namespace

/// Transactions: what is told of them, to whom, and what callbacks may do.
class TransactionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachKindOfChangeIsTold_data()
    {
        QTest::addColumn<int>("edit");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("a key set") << 0 << QStringList{"/m new"};
        QTest::newRow("a key set again") << 1 << QStringList{"/m known"};
        QTest::newRow("a key removed") << 2 << QStringList{"/m known"};
        QTest::newRow("several keys") << 3 << QStringList{"/m a b known"};
        QTest::newRow("text inserted") << 4 << QStringList{"/t []"};
        QTest::newRow("text removed") << 5 << QStringList{"/t []"};
        QTest::newRow("text formatted") << 6 << QStringList{"/t []"};
        QTest::newRow("an embed") << 7 << QStringList{"/t []"};
        QTest::newRow("elements") << 8 << QStringList{"/a []"};
        QTest::newRow("an element removed") << 9 << QStringList{"/a []"};
        QTest::newRow("a key two levels down") << 10 << QStringList{"/a/1/deep x"};
        QTest::newRow("three types at once") << 11 << QStringList{"/t []", "/m known", "/a/1/deep x"};
        QTest::newRow("a type removed with an edit in it") << 12 << QStringList{"/a []"};
    }
    void eachKindOfChangeIsTold()
    {
        QFETCH(int, edit);
        QFETCH(QStringList, expected);
        Replica a(1), b(2);
        a.edit([&](Transaction& t) {
            a.text().insert(t, 0, "some text");
            a.map().set(t, "known", Any(1));
            a.array().push(t, {Any(0), NewType{.entries = {{"deep", NewType{}}}}});
        });
        QVERIFY(b.receive(a));
        Listener here(a.doc), there(b.doc);
        a.edit([&](Transaction& t) {
            Map deep = std::get<SharedType>(*a.array().get(1)).asMap().getType("deep").asMap();
            switch (edit) {
            case 0: a.map().set(t, "new", Any(1)); break;
            case 1: a.map().set(t, "known", Any(1)); break;
            case 2: a.map().remove(t, "known"); break;
            case 3:
                for (const char* key : {"b", "a", "b", "known"})
                    a.map().set(t, key, Any(1));
                break;
            case 4: a.text().insert(t, 2, "x"); break;
            case 5: a.text().remove(t, 2, 3); break;
            case 6: a.text().format(t, 2, 3, {{"b", true}}); break;
            case 7: a.text().insertEmbed(t, 2, Any(1)); break;
            case 8: a.array().insert(t, 1, {Any(1), Any(2)}); break;
            case 9: a.array().remove(t, 0, 1); break;
            case 10: deep.set(t, "x", Any(1)); break;
            case 11:
                deep.set(t, "x", Any(1));
                a.text().insert(t, 2, "x");
                a.map().set(t, "known", Any(2));
                break;
            case 12:
                deep.set(t, "x", Any(1));
                a.array().remove(t, 1, 1);
                break;
            }
        }, "me");
        QVERIFY(b.receive(a));
        // Types of one depth come in the order of their change, which differs with who tells.
        for (const Listener* listener : {&here, &there}) {
            QCOMPARE(listener->events.size(), std::size_t{1});
            Names lines = described(listener->events[0]);
            QStringList told;
            for (const std::string& line : lines)
                told.push_back(QString::fromStdString(line));
            told.sort();
            expected.sort();
            QCOMPARE(told, expected);
            QCOMPARE(listener->events[0].local, listener == &here);
        }
        QCOMPARE(here.events[0].origin, Origin("me"));
        QCOMPARE(there.events[0].origin, Origin());
    }

    void nothingDoneIsNothingTold_data()
    {
        QTest::addColumn<int>("nothing");
        const char* names[] = {"no call", "no elements", "no text", "a key that is not there", "past the end", "no units",
                               "a deleted type", "what was there already", "a known update", "an empty update"};
        for (int i = 0; i < int(std::size(names)); ++i)
            QTest::newRow(names[i]) << i;
    }
    void nothingDoneIsNothingTold()
    {
        QFETCH(int, nothing);
        Replica a(1);
        a.set("n", NewType{});
        a.insert(0, "bold");
        a.format(0, 4, {{"b", true}});
        Map gone = a.map().getType("n").asMap();
        a.unset("n");
        const Bytes state = a.doc.encodeStateAsUpdate();
        Listener listener(a.doc);
        if (nothing == 8)
            QVERIFY(a.doc.applyUpdate(state));
        if (nothing == 9)
            QVERIFY(a.doc.applyUpdate(Bytes{0, 0}));
        a.edit([&](Transaction& t) {
            switch (nothing) {
            case 1: a.array().insert(t, 0, {}); break;
            case 2: a.text().insert(t, 0, ""); break;
            case 3: a.map().remove(t, "n"); break;
            case 4: a.text().remove(t, 4, 1); break;
            case 5: a.text().remove(t, 1, 0); break;
            case 6: gone.set(t, "k", Any(1)); break;
            case 7: a.text().format(t, 1, 2, {{"b", true}}); break;
            }
        });
        QVERIFY(listener.events.empty() && listener.origins.empty());
        QCOMPARE(a.doc.encodeStateAsUpdate(), state);
    }

    void nestedTransactionsTakeTheOriginOfTheOuter()
    {
        Replica a(1), other(2);
        other.insert(0, "theirs");
        Listener listener(a.doc);
        a.edit([&](Transaction& outer) {
            a.insert(0, "one");
            a.doc.transact("inner", [&](Transaction& inner) {
                QCOMPARE(&inner, &outer);
                QCOMPARE(inner.origin(), Origin("outer"));
                a.map().set(inner, "k", Any(1));
            });
            QVERIFY(listener.events.empty());
        }, "outer");
        QCOMPARE(listener.events.size(), std::size_t{1});
        QCOMPARE(listener.origins, (Names{"outer here", "outer here"}));
        // An update inside makes all of it somebody else's, as in Yjs.
        a.edit([&](Transaction&) { QVERIFY(a.receive(other)); }, "mixed");
        QCOMPARE(listener.events.size(), std::size_t{2});
        QVERIFY(!listener.events[1].local);
        QCOMPARE(listener.origins.back(), std::string("mixed there"));
    }

    void beforeAndAfterNameTheClientsThatGrew()
    {
        Replica a(1), b(2), reader(3);
        a.insert(0, "abc");
        QVERIFY(b.receive(a));
        b.insert(3, "de");
        b.remove(0, 1);
        QVERIFY(reader.receive(a));
        Listener listener(reader.doc);
        QVERIFY(reader.receive(b));
        QCOMPARE(listener.events[0].before, (StateVector{{ClientId{2}, 0}}));
        QCOMPARE(listener.events[0].after, (StateVector{{ClientId{2}, 2}}));
        reader.remove(0, 2);
        QVERIFY(listener.events[1].before.empty() && listener.events[1].after.empty());
        reader.insert(0, "x");
        QCOMPARE(listener.events[2].after, (StateVector{{ClientId{3}, 1}}));
    }

    void whatACallbackWritesIsNoPartOfTheTransactionThatWoke()
    {
        Replica a(1);
        (void)a.text();
        const auto writer = a.doc.onTransaction([&](const TransactionEvent& event) {
            if (event.origin == "me")
                a.edit([&](Transaction& t) { a.map().set(t, "count", Any(int(a.text().size()))); }, "counter");
        });
        Listener listener(a.doc);
        a.edit([&](Transaction& t) { a.text().insert(t, 0, "abc"); }, "me");
        QCOMPARE(listener.events.size(), std::size_t{2});
        QCOMPARE(listener.events[0].after, (StateVector{{ClientId{1}, 3}}));
        QCOMPARE(listener.events[1].before, (StateVector{{ClientId{1}, 3}}));
        QCOMPARE(listener.events[1].after, (StateVector{{ClientId{1}, 4}}));
        QCOMPARE(described(listener.events[1]), (Names{"/m count"}));
    }

    void undoLeavesWhatACallbackWroteMeanwhile()
    {
        Replica a(1);
        ManualClock clock;
        UndoManager undo(a.doc, {a.text(), a.map()}, {.trackedOrigins = {"me"}}, clock);
        const auto writer = a.doc.onTransaction([&](const TransactionEvent& event) {
            if (event.origin == "me")
                a.edit([&](Transaction& t) { a.map().set(t, "count", Any(int(a.text().size()))); }, "counter");
        });
        a.edit([&](Transaction& t) { a.text().insert(t, 0, "abc"); }, "me");
        QVERIFY(undo.undo());
        QCOMPARE(a.string(), std::string());
        QCOMPARE(a.json(), std::string(R"({"count":3})"));
    }

    void callbacksThatWakeEachOtherRunInTurn()
    {
        Replica a(1);
        Names order;
        const auto first = a.doc.onTransaction([&](const TransactionEvent& event) {
            order.push_back("first " + event.origin);
            if (event.origin.size() < 3)
                a.edit([&](Transaction& t) { a.array().push(t, {Any(event.origin)}); }, event.origin + "1");
        });
        const auto second = a.doc.onTransaction([&](const TransactionEvent& event) { order.push_back("second " + event.origin); });
        Listener listener(a.doc);
        a.edit([&](Transaction& t) { a.array().push(t, {Any("start")}); }, "0");
        QCOMPARE(order, (Names{"first 0", "second 0", "first 01", "second 01", "first 011", "second 011"}));
        QCOMPARE(toJson(a.array().toAny()), std::string(R"(["start","0","01"])"));
        for (const int format : {0, 1}) {
            Replica reader(2);
            for (const Bytes& update : listener.updates[format])
                QVERIFY(reader.doc.applyUpdate(update, {}, format ? UpdateFormat::v2 : UpdateFormat::v1));
            QCOMPARE(reader.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
        }
    }

    void aCallbackMayDeleteWhatWasChanged()
    {
        Replica a(1);
        a.set("n", NewType{.entries = {{"t", NewType{.kind = TypeKind::text, .text = "abc"}}}});
        Text text = a.map().getType("n").asMap().getType("t").asText();
        int told = 0;
        const auto first = a.doc.onTransaction([&](const TransactionEvent&) {
            if (++told == 1)
                a.unset("n");
        });
        const auto second = a.doc.onTransaction([&](const TransactionEvent& event) {
            for (const TypeChange& change : event.changes)
                (void)change.target.toAny();
        });
        a.edit([&](Transaction& t) { text.insert(t, 3, "def"); text.remove(t, 0, 1); });
        QCOMPARE(told, 2);
        QVERIFY(text.isDeleted() && text.size() == 0 && text.toString().empty());
        QCOMPARE(a.json(), std::string("{}"));
        Replica reader(2);
        QVERIFY(reader.receive(a));
        QCOMPARE(reader.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
    }

    void updatesOfBothFormatsReplayTheDocument_data() { addSeedRows(30); }
    void updatesOfBothFormatsReplayTheDocument()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        const bool formats = seed % 2 == 0; // who gets formats may delete needless ones, so bytes may differ then
        Replica a(1), b(2), followers[] = {Replica(3), Replica(4), Replica(5)};
        Listener listener(a.doc);
        std::size_t replayed = 0;
        for (int round = 0; round < 60; ++round) {
            Replica& writer = chance(random, 70) ? a : b;
            writer.edit([&](Transaction& t) {
                for (std::size_t i = random.below(6); i > 0; --i)
                    editAnything(writer, t, random, formats);
            });
            if (chance(random, 30))
                QVERIFY(a.receive(b));
            if (chance(random, 30))
                QVERIFY(b.receive(a));
            QCOMPARE(listener.updates[0].size(), listener.updates[1].size());
            for (; replayed < listener.updates[0].size(); ++replayed) {
                const Bytes& v1 = listener.updates[0][replayed];
                const Bytes& v2 = listener.updates[1][replayed];
                QVERIFY(followers[0].doc.applyUpdate(v1));
                QVERIFY(followers[1].doc.applyUpdate(v2, {}, UpdateFormat::v2));
                QVERIFY(followers[2].doc.applyUpdate(replayed % 2 ? v1 : v2, {}, replayed % 2 ? UpdateFormat::v1 : UpdateFormat::v2));
                QCOMPARE(convertUpdate(v2, UpdateFormat::v2, UpdateFormat::v1).value(), thereAndBack(v1));
            }
            for (Replica& follower : followers) {
                QVERIFY(!follower.doc.hasPending());
                if (!formats)
                    QCOMPARE(follower.doc.encodeStateAsUpdate(), a.doc.encodeStateAsUpdate());
                QCOMPARE(follower.doc.stateVector(), a.doc.stateVector());
                QCOMPARE(QByteArray::fromStdString(describeRuns(follower.text())), QByteArray::fromStdString(describeRuns(a.text())));
                QCOMPARE(follower.json(), a.json());
                QCOMPARE(toJson(follower.array().toAny()), toJson(a.array().toAny()));
            }
        }
    }

    void aTransactionTouchesOnlyTheClientsItChanges()
    {
        // Among thousands of clients the book-keeping of an edit names one.
        Replica a(1);
        for (std::uint64_t client = 10; client < 3010; ++client) {
            Replica other(client);
            other.set("k" + std::to_string(client % 7), Any(1));
            QVERIFY(a.receive(other));
        }
        Store& store = a.doc.store();
        std::vector<std::size_t> touched;
        const auto token = store.hooks.add([&](TransactionState& state) {
            touched.push_back(state.grown().size() + state.deletes.entries().size() + state.splits.size());
        });
        a.insert(0, "abc");
        a.set("k1", Any(2));
        a.remove(0, 3);
        QCOMPARE(touched, (std::vector<std::size_t>{1, 2, 1}));
        Listener listener(a.doc);
        a.insert(0, "x");
        QVERIFY(listener.updates[0][0].size() < 30);
        QCOMPARE(listener.events[0].after.size(), std::size_t{1});
    }
};

/// The list of callbacks itself.
class ObserversTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void callbacksRunInTheOrderInWhichTheyCame()
    {
        Observers<void(Names&)> observers;
        QVERIFY(observers.isEmpty());
        const auto a = observers.add([](Names& names) { names.emplace_back("a"); });
        auto b = observers.add([](Names& names) { names.emplace_back("b"); });
        const auto c = observers.add([](Names& names) { names.emplace_back("c"); });
        QCOMPARE(notified(observers), (Names{"a", "b", "c"}));
        b.reset();
        QCOMPARE(notified(observers), (Names{"a", "c"}));
        b = observers.add([](Names& names) { names.emplace_back("b"); });
        QCOMPARE(notified(observers), (Names{"a", "c", "b"}));
    }

    void aCallbackMayEndItselfAndOthers()
    {
        Observers<void(Names&)> observers;
        std::shared_ptr<void> a, b, c;
        a = observers.add([&](Names& names) {
            names.emplace_back("a");
            a.reset();
            b.reset();
        });
        b = observers.add([](Names& names) { names.emplace_back("b"); });
        c = observers.add([&](Names& names) {
            names.emplace_back("c");
            c.reset();
        });
        QCOMPARE(notified(observers), (Names{"a", "c"}));
        QVERIFY(observers.isEmpty());
        QCOMPARE(notified(observers), Names{});
    }

    void oneAddedByACallbackIsCalledFromTheNextTimeOn()
    {
        Observers<void(Names&)> observers;
        std::vector<std::shared_ptr<void>> tokens;
        tokens.push_back(observers.add([&](Names& names) {
            names.emplace_back("old");
            for (int i = 0; i < 100 && tokens.size() < 101; ++i) // enough to move the row of callbacks
                tokens.push_back(observers.add([](Names& more) { more.emplace_back("new"); }));
        }));
        QCOMPARE(notified(observers), (Names{"old"}));
        QCOMPARE(notified(observers).size(), std::size_t{101});
        tokens.clear();
        QVERIFY(observers.isEmpty());
    }

    void aCallbackMayNotifyAgain()
    {
        Observers<void(Names&)> observers;
        std::shared_ptr<void> b;
        const auto a = observers.add([&](Names& names) {
            names.emplace_back("a");
            if (names.size() < 3)
                observers.notify(names);
            b.reset();
        });
        b = observers.add([](Names& names) { names.emplace_back("b"); });
        QCOMPARE(notified(observers), (Names{"a", "a", "a"}));
    }

    void aTokenMayOutliveTheList()
    {
        auto observers = std::make_unique<Observers<void(Names&)>>();
        auto held = std::make_shared<int>(1);
        auto token = observers->add([held](Names&) {});
        QCOMPARE(held.use_count(), 2L);
        observers.reset();
        token.reset();
        QCOMPARE(held.use_count(), 1L);
    }

private:
    static Names notified(Observers<void(Names&)>& observers)
    {
        Names names;
        observers.notify(names);
        return names;
    }
};

int main(int argc, char** argv)
{
    TransactionTest transactions;
    ObserversTest observers;
    return QTest::qExec(&transactions, argc, argv) | QTest::qExec(&observers, argc, argv);
}
#include "transaction_test.moc"
