#include <QtTest>

#include <core/crdt/undo_manager.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

using Kind = UndoEvent::Kind;

/// A document, a manager of it and what the manager told.
struct Desk {
    explicit Desk(UndoManager::Options options = {{"me"}, std::chrono::milliseconds(0)},
                  std::vector<SharedType> scope = {})
        : undo(doc, scope, std::move(options), clock)
    {
        token = undo.onEvent([this](const UndoEvent& event) {
            events.push_back(event);
            events.back().meta = nullptr;
        });
    }
    void edit(const std::function<void(Transaction&)>& body, const Origin& origin = "me")
    {
        doc.transact(origin, body);
    }
    void set(std::string_view key, const NewValue& value, const Origin& origin = "me")
    {
        edit([&](Transaction& t) { doc.map("m").set(t, key, value); }, origin);
    }
    [[nodiscard]] Any at(std::string_view key) { return doc.map("m").getAny(key); }

    ManualClock clock;
    Doc doc{{.clientId = ClientId{1}}};
    UndoManager undo;
    std::vector<UndoEvent> events;
    Doc::Subscription token;
};

} // namespace

/// Steps of the stacks: what listeners hear, what goes with a step, what is left out of one.
class UndoStepsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyStepIsToldWithStackOriginAndTypes()
    {
        Desk desk;
        desk.set("k", Any(1));
        QCOMPARE(desk.events.size(), std::size_t{1});
        QVERIFY(desk.events[0].kind == Kind::stepAdded && desk.events[0].stack == UndoStack::undo);
        QCOMPARE(desk.events[0].origin, Origin("me"));
        QCOMPARE(desk.events[0].changedTypes.size(), std::size_t{1});
        QVERIFY(desk.events[0].changedTypes[0] == desk.doc.map("m"));
        QVERIFY(desk.undo.undo());
        QCOMPARE(desk.events.size(), std::size_t{3});
        QVERIFY(desk.events[1].kind == Kind::stepAdded && desk.events[1].stack == UndoStack::redo);
        QVERIFY(desk.events[2].kind == Kind::stepPopped && desk.events[2].stack == UndoStack::undo);
        QCOMPARE(desk.events[2].origin, Origin(undoOrigin));
        QVERIFY(desk.events[2].changedTypes == std::vector<SharedType>{desk.doc.map("m")});
    }

    void changedTypesAreTheLivingOnesAndThoseAround()
    {
        Desk desk;
        desk.set("outer", NewType{.entries = {{"inner", NewType{}}, {"gone", NewType{}}}});
        Map outer = desk.doc.map("m").getType("outer").asMap();
        Map inner = outer.getType("inner").asMap();
        Map gone = outer.getType("gone").asMap();
        desk.events.clear();
        desk.edit([&](Transaction& t) {
            inner.set(t, "k", Any(1));
            gone.set(t, "k", Any(1));
            outer.remove(t, "gone");
        });
        const std::vector<SharedType>& types = desk.events.at(0).changedTypes;
        QCOMPARE(types.size(), std::size_t{3});
        for (const SharedType& type :
             {SharedType(inner), SharedType(outer), SharedType(desk.doc.map("m"))})
            QVERIFY(std::find(types.begin(), types.end(), type) != types.end());
    }

    void aTransactionThatJoinsIsAnUpdate()
    {
        Desk desk({{"me"}, std::chrono::milliseconds(500)});
        desk.set("k", Any(1));
        desk.set("k", Any(2));
        QCOMPARE(desk.undo.depth(UndoStack::undo), std::size_t{1});
        QVERIFY(desk.events.at(1).kind == Kind::stepUpdated &&
                desk.events.at(1).stack == UndoStack::undo);
    }

    void clearingTellsOfEachStackThatHadSteps()
    {
        Desk desk;
        desk.undo.clear();
        QVERIFY(desk.events.empty());
        desk.set("k", Any(1));
        desk.set("k", Any(2));
        desk.undo.undo();
        desk.events.clear();
        desk.undo.clear(UndoStack::redo);
        QCOMPARE(desk.events.size(), std::size_t{1});
        QVERIFY(desk.events[0].kind == Kind::cleared && desk.events[0].stack == UndoStack::redo &&
                !desk.events[0].meta);
        QCOMPARE(desk.undo.depth(UndoStack::undo), std::size_t{1});
        desk.undo.clear();
        QVERIFY(desk.events.at(1).kind == Kind::cleared &&
                desk.events.at(1).stack == UndoStack::undo);
        QCOMPARE(desk.events.size(), std::size_t{2});
    }

    void anEditThatForgetsRedoTellsSoFirst()
    {
        Desk desk;
        desk.set("k", Any(1));
        desk.undo.undo();
        desk.events.clear();
        desk.set("k", Any(2));
        QCOMPARE(desk.events.size(), std::size_t{2});
        QVERIFY(desk.events[0].kind == Kind::cleared && desk.events[0].stack == UndoStack::redo);
        QVERIFY(desk.events[1].kind == Kind::stepAdded && desk.events[1].stack == UndoStack::undo);
    }

    void anUndoThatChangesNothingPopsSilently()
    {
        Desk desk;
        desk.set("k", Any(1));
        desk.edit([&](Transaction& t) { desk.doc.map("m").remove(t, "k"); }, "other");
        desk.events.clear();
        QVERIFY(!desk.undo.undo());
        QVERIFY(!desk.undo.canUndo() && !desk.undo.canRedo());
        QVERIFY(desk.events.empty());
    }

    void listenersMayLeave()
    {
        Desk desk;
        desk.token.reset();
        desk.set("k", Any(1));
        QVERIFY(desk.events.empty());
    }

    /// The selection before an edit is kept with its step and comes back with it.
    void metaOfAStepIsHandedBackWhenItIsPopped()
    {
        Desk desk;
        Any selection = "node 1";
        Any restored;
        const auto token = desk.undo.onEvent([&](const UndoEvent& event) {
            if (event.kind == Kind::stepAdded)
                (*event.meta)["selection"] = selection;
            if (event.kind == Kind::stepPopped)
                restored = event.meta->at("selection");
        });
        desk.set("k", Any(1));
        selection = "node 2";
        desk.set("k", Any(2));
        selection = "node 3";
        QVERIFY(desk.undo.undo());
        QVERIFY(restored == Any("node 2"));
        selection = "node 4";
        QVERIFY(desk.undo.undo());
        QVERIFY(restored == Any("node 1"));
        QVERIFY(desk.undo.redo());
        QVERIFY(restored == Any("node 4"));
    }

    void metaCanGrowWithAStep()
    {
        Desk desk({{"me"}, std::chrono::milliseconds(500)});
        const auto token = desk.undo.onEvent([&](const UndoEvent& event) {
            UndoMeta& meta = *event.meta;
            meta["transactions"] =
                Any(meta.contains("transactions") ? *meta["transactions"].number() + 1 : 1.0);
        });
        for (int i = 0; i < 3; ++i)
            desk.set("k", Any(i));
        QVERIFY(desk.undo.topMeta(UndoStack::undo)->at("transactions") == Any(3));
        desk.undo.stopCapturing();
        desk.set("k", Any(9));
        QVERIFY(desk.undo.topMeta(UndoStack::undo)->at("transactions") == Any(1));
    }

    /// Yjs forgets it (issue 611), so that an undo after a redo has nothing to restore.
    void metaTravelsWithAStepBetweenTheStacks()
    {
        Desk desk;
        desk.set("k", Any(1));
        (*desk.undo.topMeta(UndoStack::undo))["page"] = "cover";
        QVERIFY(!desk.undo.topMeta(UndoStack::redo));
        QVERIFY(desk.undo.undo());
        QVERIFY(!desk.undo.topMeta(UndoStack::undo));
        QVERIFY(desk.undo.topMeta(UndoStack::redo)->at("page") == Any("cover"));
        QVERIFY(desk.undo.redo());
        QVERIFY(desk.undo.topMeta(UndoStack::undo)->at("page") == Any("cover"));
        desk.set("k", Any(2));
        QVERIFY(desk.undo.topMeta(UndoStack::undo)->empty());
    }

    void refusedTransactionsStayOutAndLeaveRedo()
    {
        std::vector<Origin> asked;
        UndoManager::Options options{{"me", "quiet"}, std::chrono::milliseconds(0)};
        options.captureTransaction = [&](const Origin& origin,
                                         const std::vector<SharedType>& types) {
            asked.push_back(origin);
            return origin != "quiet" && !types.empty();
        };
        Desk desk(options);
        desk.set("k", Any(1));
        QVERIFY(desk.undo.undo());
        desk.set("q", Any(1), "quiet");
        desk.set("u", Any(1), "untracked");
        QVERIFY(desk.undo.canRedo());
        QVERIFY(!desk.undo.canUndo());
        QVERIFY(desk.undo.redo());
        QVERIFY(desk.undo.undo());
        QVERIFY(desk.at("q") == Any(1));
        QCOMPARE(asked, (std::vector<Origin>{"me", undoOrigin, "quiet", undoOrigin, undoOrigin}));
    }

    void theDeleteFilterSeesWhatGoesAndSparesIt()
    {
        UndoManager::Options options{{"me"}, std::chrono::milliseconds(0)};
        std::vector<std::string> seen;
        options.deleteFilter = [&](const UndoDeletion& deletion) {
            seen.push_back(deletion.key.value_or("-") + (deletion.type.isNull() ? "" : " type"));
            return deletion.key != "spared" && deletion.parent.kind() != TypeKind::array;
        };
        Desk desk(options);
        desk.edit([&](Transaction& t) {
            desk.doc.map("m").set(t, "spared", Any(1));
            desk.doc.map("m").set(t, "gone", NewType{});
            desk.doc.array("a").push(t, {Any(1)});
        });
        QVERIFY(desk.undo.undo());
        QCOMPARE(seen, (std::vector<std::string>{"-", "gone type", "spared"}));
        QVERIFY(desk.at("spared") == Any(1));
        QVERIFY(!desk.doc.map("m").has("gone"));
        QCOMPARE(desk.doc.array("a").size(), std::size_t{1});
    }

    void aFilterThatSparesAllMakesAStepWithoutEffect()
    {
        UndoManager::Options options{{"me"}, std::chrono::milliseconds(0)};
        options.deleteFilter = [](const UndoDeletion&) { return false; };
        Desk desk(options);
        desk.set("k", Any(1));
        QVERIFY(!desk.undo.undo());
        QVERIFY(!desk.undo.canUndo() && !desk.undo.canRedo());
        QVERIFY(desk.at("k") == Any(1));
    }

    void originsCanBeTrackedAndLeftLater()
    {
        Desk desk;
        desk.set("a", Any(1), "plugin");
        desk.undo.track("plugin");
        desk.set("b", Any(1), "plugin");
        desk.undo.untrack("plugin");
        desk.set("c", Any(1), "plugin");
        QCOMPARE(desk.undo.depth(UndoStack::undo), std::size_t{1});
        QVERIFY(desk.undo.undo());
        QVERIFY(desk.doc.map("m").has("a") && !desk.doc.map("m").has("b") &&
                desk.doc.map("m").has("c"));
        QVERIFY(desk.undo.redo());
        QVERIFY(desk.doc.map("m").has("b"));
    }

    void theScopeCanGrow()
    {
        ManualClock clock;
        Doc doc({.clientId = ClientId{1}});
        UndoManager undo(doc, {doc.map("m")}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        doc.transact("me", [&](Transaction& t) { doc.text("t").insert(t, 0, "a"); });
        QVERIFY(!undo.canUndo());
        undo.addToScope(doc.text("t"));
        undo.addToScope(Text());
        doc.transact("me", [&](Transaction& t) { doc.text("t").insert(t, 1, "b"); });
        QVERIFY(undo.undo());
        QCOMPARE(doc.text("t").toString(), std::string("a"));
        QVERIFY(!undo.undo());
    }

    /// A root that is known as another kind gives a null handle; the scope must not become the
    /// whole document then.
    void aScopeOfNullHandlesIsEmpty()
    {
        ManualClock clock;
        Doc doc({.clientId = ClientId{1}});
        UndoManager undo(doc, {Map()}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        doc.transact("me", [&](Transaction& t) { doc.map("m").set(t, "k", Any(1)); });
        QVERIFY(!undo.canUndo());
    }

    void aManagerOfTheDocumentStaysOneWhenItsScopeGrows()
    {
        Desk desk;
        desk.undo.addToScope(desk.doc.text("t"));
        desk.set("k", Any(1));
        QVERIFY(desk.undo.canUndo());
    }

    void aTransactionWithoutChangeIsNoStep()
    {
        Desk desk;
        desk.set("k", Any(1));
        desk.undo.undo();
        desk.edit([](Transaction&) {});
        QVERIFY(!desk.undo.canUndo());
        QVERIFY(desk.undo.canRedo());
    }

    void undoInsideATransactionOrItsCallbacksIsRefused()
    {
        Desk desk;
        desk.set("k", Any(1));
        bool inside = true;
        desk.edit([&](Transaction&) { inside = desk.undo.undo(); });
        QVERIFY(!inside);
        const auto token = desk.doc.onTransaction(
            [&](const TransactionEvent&) { inside = desk.undo.undo() || inside; });
        desk.set("k", Any(2));
        QVERIFY(!inside);
        QVERIFY(desk.at("k") == Any(2));
        QVERIFY(desk.undo.undo());
        QVERIFY(desk.at("k") == Any(1));
    }

    void aListenerToPoppedStepsMayWrite()
    {
        Desk desk;
        const auto token = desk.undo.onEvent([&](const UndoEvent& event) {
            if (event.kind == Kind::stepPopped)
                desk.set("note", Any("undone"), "other");
        });
        desk.set("k", Any(1));
        QVERIFY(desk.undo.undo());
        QVERIFY(desk.at("note") == Any("undone"));
        QVERIFY(desk.undo.canRedo());
    }

    void managersOfOneDocumentUndoTheirOwn()
    {
        ManualClock clock;
        Doc doc({.clientId = ClientId{1}});
        UndoManager mine(doc, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        UndoManager plugin(doc, {}, {{"plugin"}, std::chrono::milliseconds(0)}, clock);
        const auto write = [&](const Origin& origin, std::string_view word) {
            doc.transact(origin, [&](Transaction& t) {
                doc.text("t").insert(t, doc.text("t").size(), word);
            });
        };
        write("me", "a");
        write("plugin", "B");
        write("me", "c");
        QVERIFY(plugin.undo());
        QCOMPARE(doc.text("t").toString(), std::string("ac"));
        QCOMPARE(mine.depth(UndoStack::undo), std::size_t{2});
        QVERIFY(mine.undo());
        QVERIFY(mine.undo());
        QCOMPARE(doc.text("t").toString(), std::string());
        QVERIFY(plugin.redo());
        QVERIFY(mine.redo());
        QCOMPARE(doc.text("t").toString(), std::string("aB"));
    }

    /// What one manager forgets, another may still bring back.
    void aManagerThatForgetsLeavesTheOthersWhatTheyNeed()
    {
        ManualClock clock;
        Doc doc({.clientId = ClientId{1}});
        UndoManager first(doc, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        UndoManager second(doc, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        Map map = doc.map("m");
        doc.transact("me", [&](Transaction& t) {
            map.set(t, "n", NewType{.entries = {{"k", Any("kept")}}});
        });
        doc.transact("me", [&](Transaction& t) { map.getType("n").asMap().remove(t, "k"); });
        doc.transact("me", [&](Transaction& t) { map.remove(t, "n"); });
        first.clear();
        doc.transact("other", [&](Transaction& t) { map.set(t, "l", Any(1)); });
        QVERIFY(second.undo());
        QVERIFY(second.undo());
        QVERIFY(map.getType("n").asMap().getAny("k") == Any("kept"));
    }

    void aManagerThatIsGoneHearsNothing()
    {
        ManualClock clock;
        Doc doc({.clientId = ClientId{1}});
        auto undo = std::make_unique<UndoManager>(doc, std::vector<SharedType>{},
                                                  UndoManager::Options{{"me"}}, clock);
        undo.reset();
        doc.transact("me", [&](Transaction& t) { doc.map("m").set(t, "k", Any(1)); });
        QVERIFY(doc.map("m").has("k"));
    }
};

QTEST_APPLESS_MAIN(UndoStepsTest)
#include "undo_steps_test.moc"
