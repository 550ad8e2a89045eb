#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

using std::chrono::milliseconds;
using Kind = UndoEvent::Kind;

struct Desk {
    explicit Desk(UndoManager::Options options = {.trackedOrigins = {"me"},
                                                  .captureTimeout = milliseconds(0)})
        : undo(replica.doc, {}, std::move(options), clock)
    {
    }
    void set(std::string_view key, const NewValue& value, const Origin& origin = "me")
    {
        replica.edit([&](Transaction& t) { replica.map().set(t, key, value); }, origin);
    }
    [[nodiscard]] Any at(std::string_view key) { return replica.map().getAny(key); }
    [[nodiscard]] std::pair<std::size_t, std::size_t> depths() const
    {
        return {undo.depth(UndoStack::undo), undo.depth(UndoStack::redo)};
    }

    ManualClock clock;
    Replica replica{1};
    UndoManager undo;
};

using Depths = std::pair<std::size_t, std::size_t>;

} // namespace

/// Calls to an undo manager at awkward times: from its own listeners, filters, inside transactions.
class UndoCallsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aListenerMayClearTheStacks_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("when a step is added") << int(Kind::stepAdded);
        QTest::newRow("when a step is updated") << int(Kind::stepUpdated);
        QTest::newRow("when a step is popped") << int(Kind::stepPopped);
    }
    void aListenerMayClearTheStacks()
    {
        QFETCH(int, kind);
        Desk desk({.trackedOrigins = {"me"},
                   .captureTimeout = milliseconds(kind == int(Kind::stepUpdated) ? 500 : 0)});
        const auto first = desk.undo.onEvent([&](const UndoEvent& event) {
            if (int(event.kind) != kind)
                return;
            (*event.meta)["selection"] = Any(std::string(100, 's'));
            desk.undo.clear();
        });
        // Whoever hears of the event after that still may write into the step that it tells of.
        int told = 0;
        const auto second = desk.undo.onEvent([&](const UndoEvent& event) {
            if (int(event.kind) != kind)
                return;
            ++told;
            QVERIFY(event.meta && event.meta->at("selection") == Any(std::string(100, 's')));
            (*event.meta)["seen"] = Any(std::string(100, 'x'));
            QCOMPARE(event.meta->at("seen").string()->size(), std::size_t{100});
        });
        desk.set("k", Any(1));
        desk.set("k", Any(2));
        if (kind == int(Kind::stepPopped))
            QVERIFY(desk.undo.undo());
        QVERIFY(told > 0);
        QVERIFY((desk.depths() == Depths{0, 0}));
        QVERIFY(desk.at("k") == Any(kind == int(Kind::stepPopped) ? 1 : 2));
        QVERIFY(!desk.undo.undo() && !desk.undo.redo());
    }

    void listenersThatClearHearOfItOnce()
    {
        Desk desk;
        int cleared = 0;
        const auto token = desk.undo.onEvent([&](const UndoEvent& event) {
            if (event.kind == Kind::cleared) {
                ++cleared;
                QVERIFY(event.meta == nullptr && event.changedTypes.empty());
                desk.undo.clear();
            }
        });
        desk.set("k", Any(1));
        desk.undo.clear();
        desk.undo.clear();
        QCOMPARE(cleared, 1);
    }

    void aListenerMayUndoWhatWasPopped()
    {
        Desk desk;
        for (int i = 1; i <= 5; ++i)
            desk.set("k", Any(i));
        std::vector<Depths> seen;
        const auto token = desk.undo.onEvent([&](const UndoEvent& event) {
            if (event.kind != Kind::stepPopped)
                return;
            seen.push_back(desk.depths());
            if (event.stack == UndoStack::undo && desk.undo.depth(UndoStack::undo) > 2)
                QVERIFY(desk.undo.undo()); // the transaction of the first is over
        });
        QVERIFY(desk.undo.undo());
        QVERIFY((seen == std::vector<Depths>{{4, 1}, {3, 2}, {2, 3}}));
        QVERIFY(desk.at("k") == Any(2));
    }

    void addedAndUpdatedAreToldWhileNothingCanBeUndone()
    {
        Desk desk;
        bool answer = true;
        const auto token = desk.undo.onEvent([&](const UndoEvent& event) {
            if (event.kind == Kind::stepAdded)
                answer = desk.undo.undo() || desk.undo.redo();
        });
        desk.set("k", Any(1));
        QVERIFY(!answer);
        QVERIFY((desk.depths() == Depths{1, 0}));
        QVERIFY(desk.undo.undo());
        QVERIFY(!answer);
        QVERIFY(!desk.replica.map().has("k"));
    }

    void clearingInsideATransactionLeavesItsOwnStep()
    {
        Desk desk;
        desk.set("k", Any(1));
        desk.replica.edit(
            [&](Transaction& t) {
                desk.replica.map().set(t, "k", Any(2));
                desk.undo.clear();
                desk.replica.map().set(t, "l", Any(3));
            },
            "me");
        QVERIFY((desk.depths() == Depths{1, 0}));
        QVERIFY(desk.undo.undo());
        QVERIFY(desk.at("k") == Any(1) && !desk.replica.map().has("l"));
        QVERIFY(!desk.undo.undo());
    }

    void theFilterOfTransactionsSeesEachOnce()
    {
        std::vector<Origin> asked;
        Desk desk(
            {.trackedOrigins = {"me", "undo"},
             .captureTimeout = milliseconds(0),
             .captureTransaction = [&](const Origin& origin, const std::vector<SharedType>& types) {
                 asked.push_back(origin);
                 return !types.empty();
             }});
        desk.set("k", Any(1));
        desk.set("l", Any(2), "import");
        QVERIFY(desk.undo.undo());
        // An undo is asked about like an edit; refused, it would leave no redo.
        QVERIFY((asked == std::vector<Origin>{"me", undoOrigin}));
        QVERIFY((desk.depths() == Depths{0, 1}));
    }

    void aRefusedUndoLeavesNoRedo()
    {
        bool accepts = true;
        Desk desk({.trackedOrigins = {"me"},
                   .captureTimeout = milliseconds(0),
                   .captureTransaction = [&](const Origin&, const std::vector<SharedType>&) {
                       return accepts;
                   }});
        desk.set("k", Any(1));
        accepts = false;
        QVERIFY(desk.undo.undo());
        QVERIFY((desk.depths() == Depths{0, 0}));
        QVERIFY(!desk.replica.map().has("k"));
    }

    void theDeleteFilterMaySpareOneOfMany()
    {
        Desk desk(
            {.trackedOrigins = {"me"},
             .captureTimeout = milliseconds(0),
             .deleteFilter = [](const UndoDeletion& deletion) { return deletion.key != "keep"; }});
        desk.replica.edit(
            [&](Transaction& t) {
                for (const char* key : {"one", "keep", "two"})
                    desk.replica.map().set(t, key, Any(1));
            },
            "me");
        QVERIFY(desk.undo.undo());
        QCOMPARE(desk.replica.json(), std::string(R"({"keep":1})"));
        QVERIFY(desk.undo.redo());
        QCOMPARE(desk.replica.map().size(), std::size_t{3});
    }

    void tokensOfListenersMayOutliveTheManager()
    {
        Replica replica(1);
        ManualClock clock;
        auto undo =
            std::make_unique<UndoManager>(replica.doc, std::vector<SharedType>{},
                                          UndoManager::Options{.trackedOrigins = {"me"}}, clock);
        auto token = undo->onEvent([](const UndoEvent&) {});
        undo.reset();
        replica.edit([&](Transaction& t) { replica.map().set(t, "k", Any(1)); }, "me");
        token.reset();
        QVERIFY(replica.map().has("k"));
    }

    void aManagerThatEndsGivesNothingUp()
    {
        // What it kept stays as it is: another manager may come, and the document says the same.
        Replica replica(1);
        ManualClock clock;
        auto undo = std::make_unique<UndoManager>(
            replica.doc, std::vector<SharedType>{},
            UndoManager::Options{.trackedOrigins = {"me"}, .captureTimeout = milliseconds(0)},
            clock);
        replica.edit([&](Transaction& t) { replica.text().insert(t, 0, "hello"); }, "me");
        replica.edit([&](Transaction& t) { replica.text().remove(t, 1, 3); }, "me");
        const Bytes state = replica.doc.encodeStateAsUpdate();
        undo.reset();
        QCOMPARE(replica.doc.encodeStateAsUpdate(), state);
        replica.insert(1, "EY");
        QCOMPARE(replica.string(), std::string("hEYo"));
    }

    void anOriginIsTrackedFromTheNextTransactionOn()
    {
        Desk desk;
        desk.replica.edit(
            [&](Transaction& t) {
                desk.undo.track("import");
                desk.replica.map().set(t, "a", Any(1));
            },
            "import");
        QVERIFY((desk.depths() == Depths{1, 0})); // decided when the transaction ends
        desk.set("b", Any(2), "import");
        desk.undo.untrack("import");
        desk.set("c", Any(3), "import");
        QVERIFY((desk.depths() == Depths{2, 0}));
        while (desk.undo.undo()) {
        }
        QCOMPARE(desk.replica.json(), std::string(R"({"c":3})"));
    }

    void theEmptyOriginIsAnOriginToo()
    {
        Desk desk({.trackedOrigins = {""}, .captureTimeout = milliseconds(0)});
        desk.set("k", Any(1), {});
        desk.set("k", Any(2), "me");
        QVERIFY((desk.depths() == Depths{1, 0}));
    }

    void timeThatDoesNotPassJoinsAll_data()
    {
        QTest::addColumn<int>("waitMs");
        QTest::addColumn<int>("steps");
        QTest::newRow("at once") << 0 << 1;
        QTest::newRow("just before the timeout") << 499 << 1;
        QTest::newRow("at the timeout") << 500 << 10;
        QTest::newRow("after it") << 501 << 10;
    }
    void timeThatDoesNotPassJoinsAll()
    {
        QFETCH(int, waitMs);
        QFETCH(int, steps);
        Desk desk({.trackedOrigins = {"me"}, .captureTimeout = milliseconds(500)});
        for (int i = 0; i < 10; ++i) {
            desk.set("k" + std::to_string(i), Any(i));
            desk.clock.advance(
                milliseconds(waitMs)); // counted from the last edit, not from the first
        }
        QCOMPARE(int(desk.undo.depth(UndoStack::undo)), steps);
        QVERIFY(desk.undo.undo());
        QCOMPARE(int(desk.replica.map().size()), 10 - 10 / steps);
    }

    void aRedoIsNoEditThatOthersJoin()
    {
        Desk desk({.trackedOrigins = {"me"}, .captureTimeout = milliseconds(500)});
        desk.set("a", Any(1));
        QVERIFY(desk.undo.undo() && desk.undo.redo());
        desk.set("b", Any(2));
        QVERIFY((desk.depths() == Depths{2, 0}));
        QVERIFY(desk.undo.undo());
        QCOMPARE(desk.replica.json(), std::string(R"({"a":1})"));
    }

    void remoteEditsNeitherJoinNorSplitASteps()
    {
        Desk desk({.trackedOrigins = {"me"}, .captureTimeout = milliseconds(500)});
        Replica other(2);
        desk.set("a", Any(1));
        other.set("theirs", Any(1));
        QVERIFY(desk.replica.receive(other));
        desk.set("b", Any(2));
        QVERIFY((desk.depths() == Depths{1, 0}));
        QVERIFY(desk.undo.undo());
        QCOMPARE(desk.replica.json(), std::string(R"({"theirs":1})"));
    }

    void topMetaIsThatOfTheNextStep()
    {
        Desk desk;
        QVERIFY(!desk.undo.topMeta(UndoStack::undo) && !desk.undo.topMeta(UndoStack::redo));
        for (int i = 1; i <= 3; ++i) {
            desk.set("k", Any(i));
            (*desk.undo.topMeta(UndoStack::undo))["n"] = Any(i);
        }
        for (int i = 3; i >= 1; --i) {
            QVERIFY(desk.undo.topMeta(UndoStack::undo)->at("n") == Any(i));
            QVERIFY(desk.undo.undo());
            QVERIFY(desk.undo.topMeta(UndoStack::redo)->at("n") == Any(i));
        }
        QVERIFY(!desk.undo.topMeta(UndoStack::undo));
        QVERIFY(desk.undo.redo());
        QVERIFY(desk.undo.topMeta(UndoStack::undo)->at("n") == Any(1));
    }
};

QTEST_APPLESS_MAIN(UndoCallsTest)
#include "undo_calls_test.moc"
