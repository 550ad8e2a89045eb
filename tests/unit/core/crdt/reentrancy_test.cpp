#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/events.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// Somebody whose observers keep the document in order: "m" always has the length of "a" and what
/// "t" says.
struct Keeper {
    explicit Keeper(std::uint64_t client) : replica(client)
    {
        for (const SharedType& type :
             {SharedType(replica.map()), SharedType(replica.array()), SharedType(replica.text())}) {
            tokens.push_back(observe(type, [this](const TypeEvent&, const TransactionInfo&) {
                put("length", Any(int(replica.array().size())));
                put("text", Any(replica.string()));
            }));
        }
    }
    void put(std::string_view key, const Any& value)
    {
        if (!(replica.map().getAny(key) == value))
            replica.doc.transact("keeper",
                                 [&](Transaction& t) { replica.map().set(t, key, value); });
    }
    [[nodiscard]] bool isInOrder()
    {
        const Any length = replica.map().getAny("length");
        const Any text = replica.map().getAny("text");
        return (length.isUndefined() ? 0 : int(*length.number())) == int(replica.array().size()) &&
               (text.isUndefined() ? std::string() : *text.string()) == replica.string();
    }
    Replica replica;
    std::vector<Doc::Subscription> tokens;
};

void editListOrText(Random& random, Replica& replica, Transaction& t)
{
    Array array = replica.array();
    Text text = replica.text();
    switch (random.below(4)) {
    case 0:
        array.insert(t, random.below(array.size() + 1), {Any(1), NewType{}});
        break;
    case 1:
        array.remove(t, random.below(array.size() + 1), 1);
        break;
    case 2:
        text.insert(t, random.below(text.size() + 1), "ab");
        break;
    default:
        text.remove(t, random.below(text.size() + 1), 1);
    }
}

} // namespace

/// Callbacks that write, subscribe, leave and ask while transactions end.
class ReentrancyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void observersMayKeepADocumentInOrder_data() { addSeedRows(40); }
    void observersMayKeepADocumentInOrder()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Keeper a(1), b(2);
        Replica mirror(3);
        // Written from within callbacks, and still everything goes out in an order that can be
        // applied.
        const auto token = a.replica.doc.onUpdate([&](ByteView update, const Origin&, bool) {
            QVERIFY(mirror.doc.applyUpdate(update));
            QVERIFY(!mirror.doc.hasPending());
        });
        ManualClock clock;
        UndoManager undo(a.replica.doc, {a.replica.array(), a.replica.text()},
                         {.trackedOrigins = {"me"}, .captureTimeout = std::chrono::milliseconds(0)},
                         clock);
        for (int step = 0; step < 120; ++step) {
            Keeper& keeper = chance(random, 60) ? a : b;
            if (chance(random, 70)) {
                keeper.replica.edit(
                    [&](Transaction& t) {
                        for (std::uint64_t i = 1 + random.below(3); i > 0; --i)
                            editListOrText(random, keeper.replica, t);
                    },
                    "me");
            } else if (chance(random, 30)) {
                chance(random, 60) ? undo.undo() : undo.redo();
            } else {
                QVERIFY(keeper.replica.receive(&keeper == &a ? b.replica : a.replica));
            }
            QVERIFY2(a.isInOrder() && b.isInOrder(), qPrintable(QString("step %1").arg(step)));
            QCOMPARE(Portrait::of(mirror.doc), Portrait::of(a.replica.doc));
        }
    }

    /// Each transaction is told whole before the next begins, whoever started it where.
    void transactionsAreToldOneAfterTheOther()
    {
        Replica a(1);
        std::vector<std::string> heard;
        const auto chain = [&](const Origin& from, const Origin& to) {
            if (a.map().has(to))
                return;
            heard.push_back("write " + to + " after " + from);
            a.edit([&](Transaction& t) { a.map().set(t, to, Any(1)); }, to);
            heard.push_back("written " + to);
        };
        const auto first = observe(a.map(), [&](const TypeEvent&, const TransactionInfo& info) {
            heard.push_back("type " + info.origin);
            if (info.origin == "1")
                chain("1", "2");
        });
        const auto second = a.doc.onTransaction([&](const TransactionEvent& event) {
            heard.push_back("transaction " + event.origin);
            if (event.origin == "1")
                chain("1", "3");
        });
        const auto third = a.doc.onUpdate(
            [&](ByteView, const Origin& origin, bool) { heard.push_back("update " + origin); });
        a.edit([&](Transaction& t) { a.map().set(t, "1", Any(1)); }, "1");
        QVERIFY((heard == std::vector<std::string>{
                              "type 1", "write 2 after 1", "written 2", "transaction 1",
                              "write 3 after 1", "written 3", "update 1", "type 2", "transaction 2",
                              "update 2", "type 3", "transaction 3", "update 3"}));
    }

    /// Observers come and go from within callbacks, of this type and of others.
    void observersComeAndGoWhileTheyAreCalled_data() { addSeedRows(40); }
    void observersComeAndGoWhileTheyAreCalled()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1);
        std::vector<Map> maps;
        a.edit([&](Transaction& t) {
            for (int i = 0; i < 5; ++i)
                maps.push_back(a.map().set(t, "m" + std::to_string(i), NewType{}).asMap());
        });
        struct Watcher {
            Doc::Subscription token;
            std::size_t which = 0;
            bool isLive = true;
            int calls = 0;
        };
        std::vector<std::unique_ptr<Watcher>> watchers;
        bool wasCalledDead = false;
        int depth = 0;
        std::function<void()> stir;
        const auto subscribe = [&] {
            Watcher* watcher = watchers.emplace_back(std::make_unique<Watcher>()).get();
            watcher->which = random.below(maps.size());
            const auto heard = [&, watcher] {
                wasCalledDead = wasCalledDead || !watcher->isLive;
                ++watcher->calls;
                stir();
            };
            if (chance(random, 50))
                watcher->token =
                    observe(maps[watcher->which],
                            [heard](const TypeEvent&, const TransactionInfo&) { heard(); });
            else
                watcher->token =
                    observeDeep(maps[watcher->which], [heard](std::span<const TypeEvent>,
                                                              const TransactionInfo&) { heard(); });
        };
        stir = [&] {
            if (++depth > 200)
                return;
            if (chance(random, 30))
                subscribe();
            if (chance(random, 30)) {
                Watcher& gone = *watchers[random.below(watchers.size())];
                gone.isLive = false;
                gone.token.reset();
            }
            if (chance(random, 10))
                a.edit([&](Transaction& t) {
                    maps[random.below(maps.size())].set(t, "k", Any(int(random.below(100))));
                });
        };
        for (int i = 0; i < 10; ++i)
            subscribe();
        for (int step = 0; step < 60; ++step) {
            depth = 0;
            std::vector<std::pair<Watcher*, int>> before;
            const std::size_t which = random.below(maps.size());
            for (const auto& watcher : watchers) {
                if (watcher->which == which && watcher->isLive)
                    before.emplace_back(watcher.get(), watcher->calls);
            }
            a.edit([&](Transaction& t) { maps[which].set(t, "k", Any(step)); });
            QVERIFY(!wasCalledDead);
            for (const auto& [watcher, calls] : before)
                QVERIFY(!watcher->isLive || watcher->calls > calls); // who stayed was called
        }
        for (const auto& watcher : watchers)
            watcher->token.reset();
        const auto totalOf = [&] {
            int total = 0;
            for (const auto& watcher : watchers)
                total += watcher->calls;
            return total;
        };
        const int total = totalOf();
        a.edit([&](Transaction& t) { maps[0].set(t, "k", Any("last")); });
        QCOMPARE(totalOf(), total);
    }

    void callbacksMayReadEverything()
    {
        Replica a(1), b(2);
        a.insert(0, "hello");
        a.set("k", NewType{});
        QVERIFY(b.receive(a));
        int reads = 0;
        const auto read = [&] {
            ++reads;
            Doc copy({.clientId = ClientId{9}});
            QVERIFY(copy.applyUpdate(b.doc.encodeStateAsUpdate()));
            QVERIFY(copy.applyUpdate(b.doc.encodeStateAsUpdate({}, UpdateFormat::v2), {},
                                     UpdateFormat::v2));
            QCOMPARE(copy.text("t").toString(), b.string());
            QVERIFY(copy.stateVector() == b.doc.stateVector());
            QVERIFY(!b.doc.hasPending());
        };
        const auto one =
            observe(b.text(), [&](const TypeEvent&, const TransactionInfo&) { read(); });
        const auto two = observeDeep(
            b.map(), [&](std::span<const TypeEvent>, const TransactionInfo&) { read(); });
        const auto three = b.doc.onTransaction([&](const TransactionEvent&) { read(); });
        const auto four = b.doc.onUpdate([&](ByteView, const Origin&, bool) { read(); });
        const auto five = onSubdocuments(
            b.doc, [&](const SubdocumentsEvent&, const TransactionInfo&) { read(); });
        a.edit([&](Transaction& t) {
            a.text().remove(t, 1, 3);
            a.map().remove(t, "k");
            a.map().set(t, "d", NewSubdocument{.guid = "g", .options = {}});
        });
        QVERIFY(b.receive(a));
        b.edit([&](Transaction& t) { b.text().insert(t, 1, "ipp"); });
        QCOMPARE(reads, 8);
    }

    void anUpdateMayBeAppliedFromACallback()
    {
        // Two documents in one process, wired to each other without any guard against echoes.
        Replica a(1), b(2);
        int passed = 0;
        const auto there = a.doc.onUpdate([&](ByteView update, const Origin&, bool) {
            ++passed;
            QVERIFY(b.doc.applyUpdate(update, "a"));
        });
        const auto back = b.doc.onUpdate([&](ByteView update, const Origin&, bool) {
            ++passed;
            QVERIFY(a.doc.applyUpdate(update, "b"));
        });
        a.insert(0, "one");
        b.insert(3, " two");
        a.format(0, 3, {{"b", true}});
        b.remove(1, 4);
        QCOMPARE(a.string(), b.string());
        QCOMPARE(describeRuns(a.text()), describeRuns(b.text()));
        QVERIFY(passed >= 8 && passed < 30); // what is known is not told again
    }

    void anEditThatWakesItselfEndsWhenItChangesNothing()
    {
        Replica a(1);
        int rounds = 0;
        const auto token = observe(a.map(), [&](const TypeEvent&, const TransactionInfo&) {
            const int now = int(*a.map().getAny("n").number());
            ++rounds;
            if (now < 500)
                a.set("n", Any(now + 1));
        });
        a.set("n", Any(0));
        QCOMPARE(rounds, 501);
        QVERIFY(a.map().getAny("n") == Any(500));
        QCOMPARE(a.made.size(), std::size_t{501});
    }
};

QTEST_APPLESS_MAIN(ReentrancyTest)
#include "reentrancy_test.moc"
