#include <QtTest>

#include <core/crdt/xml.h>

#include "saved_undo.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

/// Undo over a document that was closed and opened again.
class UndoPersistenceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void deletedTextComesBack()
    {
        Person before(1);
        before.insert(0, "hello");
        before.remove(1, 3);
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QVERIFY(after->undo.undo());
        QCOMPARE(after->text().toString(), std::string("hello"));
        QVERIFY(after->undo.undo());
        QCOMPARE(after->text().toString(), std::string());
        QVERIFY(!after->undo.undo());
    }

    void redoGoesOnWhereItWas()
    {
        Person before(1);
        before.insert(0, "a");
        before.insert(1, "b");
        before.undo.undo();
        before.undo.undo();
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QVERIFY(!after->undo.canUndo());
        QVERIFY(after->undo.redo());
        QVERIFY(after->undo.redo());
        QCOMPARE(after->text().toString(), std::string("ab"));
        QVERIFY(after->undo.undo());
        QCOMPARE(after->text().toString(), std::string("a"));
    }

    void aDeletedTreeComesBackFromADocumentThatCollectedIt()
    {
        Person before(1);
        before.set(
            "n",
            NewType{.entries = {{"k", Any(1)},
                                {"l", NewType{.kind = TypeKind::array, .elements = {Any("x")}}}}});
        before.edit([&](Transaction& t) { before.map().getType("n").asMap().set(t, "k", Any(2)); });
        before.unset("n");
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QVERIFY(after->undo.undo());
        const Any expected = Any::Object{{"n", Any::Object{{"k", 2}, {"l", Any::Array{"x"}}}}};
        QVERIFY2(after->map().toAny() == expected, after->json().c_str());
        QVERIFY(after->undo.undo());
        QVERIFY(after->map().getType("n").asMap().getAny("k") == Any(1));
        Doc peer({.clientId = ClientId{3}});
        QVERIFY(peer.applyUpdate(collected(before.doc)));
        QVERIFY(peer.applyUpdate(after->doc.encodeStateAsUpdate(peer.stateVector())));
        QVERIFY(peer.map("m").toAny() == after->map().toAny());
    }

    /// The whole way back and forth is the same with and without a reload in between.
    void everyStepIsAsWithoutAReload()
    {
        Person before(1);
        work(before);
        const auto after = reopened(before, 2);
        QVERIFY(after);
        const std::vector<std::string> expected = statesOnTheWayBack(before);
        QVERIFY(expected.size() > 12);
        QCOMPARE(statesOnTheWayBack(*after), expected);
    }

    void everyReloadMayFollowAnother()
    {
        Person first(1);
        work(first);
        auto now = reopened(first, 2);
        for (std::uint64_t client = 3; client < 20; ++client) {
            QVERIFY(now);
            client % 3 == 0 ? first.undo.redo() : first.undo.undo();
            client % 3 == 0 ? now->undo.redo() : now->undo.undo();
            QCOMPARE(now->json(), first.json());
            now = reopened(*now, client);
        }
        QVERIFY(now);
        QCOMPARE(statesOnTheWayBack(*now), statesOnTheWayBack(first));
    }

    void everyKindOfContentComesBack()
    {
        Person before(1);
        before.insert(0, "a\U0001F600\u00e9z");
        before.edit([&](Transaction& t) {
            before.text().insertEmbed(t, 2, Any::Object{{"image", "url"}}, {{"width", Any(7)}});
            before.text().format(t, 0, 1, {{"font", Any::Object{{"size", 3}}}});
        });
        before.set("values", Any::Array{Any(), nullptr, true, 1, 0.5, "s", Any::BigInt{5},
                                        Bytes{0, 255}, Any::Object{{"k", 1}}});
        before.set("bytes", Any(Bytes{1, 2}));
        const std::vector<TextRun> runs = before.text().runs();
        const Any map = before.map().toAny();
        before.remove(0, before.text().size());
        before.edit([&](Transaction& t) {
            before.map().remove(t, "values");
            before.map().remove(t, "bytes");
        });
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QVERIFY(after->undo.undo() && after->undo.undo());
        QVERIFY(after->text().runs() == runs);
        QVERIFY(after->map().toAny() == map);
    }

    void xmlAndSubdocumentsComeBack()
    {
        ManualClock clock;
        Doc before({.clientId = ClientId{1}}), after({.clientId = ClientId{2}});
        UndoManager undo(before, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        before.transact("me", [&](Transaction& t) {
            before.xmlFragment("x").push(t, {NewType{.kind = TypeKind::xmlElement, .nodeName = "p"}});
            XmlElement p = before.xmlFragment("x").get(0).asXmlElement();
            p.setAttribute(t, "class", Any("big"));
            p.push(t, {NewType{.kind = TypeKind::xmlText, .text = "words"}});
            before.map("m").set(t, "sub",
                                NewSubdocument{.guid = "guid 1", .options = {.meta = Any(3)}});
        });
        const std::string markup = before.xmlFragment("x").toString();
        QCOMPARE(markup, std::string("<p class=\"big\">words</p>"));
        before.transact("me", [&](Transaction& t) {
            before.xmlFragment("x").remove(t, 0);
            before.map("m").remove(t, "sub");
        });
        QVERIFY(after.applyUpdate(collected(before)));
        UndoManager restored(after, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        QVERIFY(restored.restore(undo.save()));
        QVERIFY(restored.undo());
        QCOMPARE(after.xmlFragment("x").toString(), markup);
        const auto sub = after.map("m").get("sub");
        QVERIFY(sub && std::get<Subdocument>(*sub).guid == "guid 1" &&
                std::get<Subdocument>(*sub).options.meta == Any(3));
    }

    void metaComesBackWithItsStep()
    {
        Person before(1);
        before.insert(0, "a");
        const UndoMeta meta{
            {"selection", Any::Array{"node 1", 7}}, {"7", nullptr}, {"page", Any(Bytes{1})}};
        *before.undo.topMeta(UndoStack::undo) = meta;
        before.insert(0, "b");
        before.undo.undo();
        (*before.undo.topMeta(UndoStack::redo))["redo"] = true;
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QCOMPARE(after->undo.depth(UndoStack::undo), std::size_t{1});
        QVERIFY(*after->undo.topMeta(UndoStack::undo) == meta);
        QVERIFY(after->undo.topMeta(UndoStack::redo)->at("redo") == Any(true));
        UndoMeta popped;
        const auto token = after->undo.onEvent([&](const UndoEvent& event) {
            if (event.kind == UndoEvent::Kind::stepPopped)
                popped = *event.meta;
        });
        QVERIFY(after->undo.undo());
        QVERIFY(popped == meta);
    }

    void newEditsStandOnTopOfTheOldSteps()
    {
        Person before(1, std::chrono::seconds(5));
        before.insert(0, "a");
        Person after(2, std::chrono::seconds(5));
        QVERIFY(after.doc.applyUpdate(collected(before.doc)));
        QVERIFY(after.undo.restore(before.undo.save()));
        after.insert(1, "b");
        QCOMPARE(after.undo.depth(UndoStack::undo), std::size_t{2});
        QVERIFY(after.undo.undo());
        QCOMPARE(after.text().toString(), std::string("a"));
        QVERIFY(after.undo.undo());
        QCOMPARE(after.text().toString(), std::string());
    }

    void aNewEditForgetsTheRestoredRedo()
    {
        Person before(1);
        before.insert(0, "a");
        before.undo.undo();
        const auto after = reopened(before, 2);
        QVERIFY(after && after->undo.canRedo());
        after->insert(0, "b");
        QVERIFY(!after->undo.canRedo());
    }

    void whatOthersDidMeanwhileStays()
    {
        Person before(1), other(5);
        before.insert(0, "mine");
        before.set("k", Any("mine"));
        before.set("k", Any("mine too"));
        before.set("n", NewType{.entries = {{"k", Any(1)}}});
        before.unset("n");
        const Bytes saved = before.undo.save();
        other.receive(before.doc);
        other.insert(2, "THEIRS");
        other.set("k", Any("theirs"));
        other.unset("n");
        const auto after = loaded(other.doc, 2);
        QVERIFY(after->undo.restore(saved));
        QVERIFY(after->undo.undo());
        QVERIFY(after->map().getType("n").asMap().getAny("k") == Any(1));
        while (after->undo.undo()) {
        }
        QCOMPARE(after->text().toString(), std::string("THEIRS"));
        QVERIFY(after->map().getAny("k") == Any("theirs"));
    }

    void everyManagerHasItsOwnBytes()
    {
        Person before(1);
        UndoManager plugin(before.doc, {}, {{"plugin"}, std::chrono::milliseconds(0)},
                           before.clock);
        before.insert(0, "mine");
        before.edit([&](Transaction& t) { before.text().insert(t, 0, "plugin "); }, "plugin");
        before.edit([&](Transaction& t) { before.text().remove(t, 0, 3); }, "plugin");
        before.remove(4, 2);
        const auto after = loaded(before.doc, 2);
        UndoManager restored(after->doc, {}, {{"plugin"}, std::chrono::milliseconds(0)},
                             after->clock);
        QVERIFY(restored.restore(plugin.save()));
        QVERIFY(after->undo.restore(before.undo.save()));
        QVERIFY(restored.undo());
        QCOMPARE(after->text().toString(), std::string("plugin ne"));
        QVERIFY(after->undo.undo());
        QCOMPARE(after->text().toString(), std::string("plugin mine"));
    }

    void nobodyElseNoticesARestore()
    {
        Person before(1);
        work(before);
        const auto after = loaded(before.doc, 2);
        int told = 0;
        const auto updates = after->doc.onUpdate([&](ByteView, const Origin&, bool) { ++told; });
        const auto transactions =
            after->doc.onTransaction([&](const TransactionEvent&) { ++told; });
        const std::string json = after->json();
        const StateVector vector = after->doc.stateVector();
        QVERIFY(after->undo.restore(before.undo.save()));
        QCOMPARE(told, 0);
        QCOMPARE(after->json(), json);
        QVERIFY(after->doc.stateVector() == vector);
        Doc peer({.clientId = ClientId{3}});
        QVERIFY(peer.applyUpdate(after->doc.encodeStateAsUpdate()));
        QCOMPARE(toJson(peer.map("m").toAny()) + toJson(peer.array("a").toAny()) +
                     toJson(Any(peer.text("t").toString())),
                 json);
    }

    void savingChangesNothing()
    {
        Person person(1);
        work(person);
        const Bytes state = person.doc.encodeStateAsUpdate();
        const Bytes saved = person.undo.save();
        QVERIFY(person.undo.save() == saved);
        QVERIFY(person.doc.encodeStateAsUpdate() == state);
    }

    void emptyStacksAreSmallAndRestore()
    {
        Person before(1);
        QVERIFY(before.undo.save().size() < 24);
        const auto after = loaded(before.doc, 2);
        after->insert(0, "x");
        QVERIFY(after->undo.restore(before.undo.save()));
        QVERIFY(!after->undo.canUndo() && !after->undo.canRedo());
    }

    void restoringReplacesTheStacks()
    {
        Person before(1);
        before.insert(0, "a");
        const auto after = loaded(before.doc, 2);
        after->insert(0, "b");
        after->undo.undo();
        std::vector<UndoEvent::Kind> told;
        const auto token =
            after->undo.onEvent([&](const UndoEvent& event) { told.push_back(event.kind); });
        QVERIFY(after->undo.restore(before.undo.save()));
        QVERIFY(told == std::vector<UndoEvent::Kind>{UndoEvent::Kind::cleared});
        QCOMPARE(after->undo.depth(UndoStack::undo), std::size_t{1});
        QCOMPARE(after->undo.depth(UndoStack::redo), std::size_t{0});
    }

    /// Saved by the first version of the format: these bytes have to be readable for good. Written:
    /// abc and a map in a map; two letters and the map removed; the last letter removed, and
    /// brought back.
    void bytesOfVersionOneStayReadable()
    {
        const Bytes document =
            fromHex("0104010001010174032101016d016e01000144010001610101010005").value();
        const Bytes saved = fromHex("5453525501d7003987c29d879b030101060102000101010005760001010101"
                                    "04007601016b7d010100010101050176000401"
                                    "010401017402626301032701016d016e010100010101740101042800010301"
                                    "6b017d07010100010105")
                                .value();
        Person after(2);
        QVERIFY(after.doc.applyUpdate(document));
        QCOMPARE(after.text().toString(), std::string("a"));
        QVERIFY(after.undo.restore(saved));
        QCOMPARE(after.undo.depth(UndoStack::redo), std::size_t{1});
        QVERIFY(after.undo.topMeta(UndoStack::undo)->at("k") == Any(1));
        QVERIFY(after.undo.undo());
        QCOMPARE(after.text().toString(), std::string("abc"));
        QVERIFY(after.map().toAny() == Any(Any::Object{{"n", Any::Object{{"k", 7}}}}));
        QVERIFY(after.undo.undo());
        QCOMPARE(after.text().toString(), std::string());
        QCOMPARE(after.map().size(), std::size_t{0});
        QVERIFY(after.undo.redo() && after.undo.redo() && after.undo.redo());
        QCOMPARE(after.text().toString(), std::string());
    }

    /// Undone and redone often: the way from the first item to its newest copy is long.
    void longChainsOfCopiesAreFollowed()
    {
        Person before(1);
        before.insert(0, "word");
        before.edit([&](Transaction& t) { before.text().remove(t, 0, 4); });
        for (int i = 0; i < 2000; ++i) {
            before.undo.undo();
            before.undo.redo();
        }
        before.undo.undo();
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QCOMPARE(after->text().toString(), std::string("word"));
        QVERIFY(after->undo.redo());
        QCOMPARE(after->text().toString(), std::string());
        QVERIFY(after->undo.undo());
        QVERIFY(after->undo.undo());
        QCOMPARE(after->text().toString(), std::string());
        QVERIFY(!after->undo.undo());
    }

    void aTreeOfAnyDepthSurvives()
    {
        Person before(1);
        before.edit([&](Transaction& t) {
            Map map = before.map();
            for (int i = 0; i < 3000; ++i)
                map = map.set(t, "n", NewType{}).asMap();
            map.set(t, "leaf", Any(true));
        });
        before.unset("n");
        const auto after = reopened(before, 2);
        QVERIFY(after);
        QVERIFY(after->undo.undo());
        Map map = after->map();
        int depth = 0;
        for (; map.has("n"); ++depth)
            map = map.getType("n").asMap();
        QCOMPARE(depth, 3000);
        QVERIFY(map.getAny("leaf") == Any(true));
    }

    void whatIsLivingIsNotSavedAgain()
    {
        Person person(1);
        person.insert(0, std::string(100000, 'x'));
        QVERIFY(person.undo.save().size() < 100);
        person.remove(0, 50000);
        QVERIFY(person.undo.save().size() > 50000);
        person.undo.undo();
        QVERIFY(person.undo.save().size() < 200);
    }
};

QTEST_APPLESS_MAIN(UndoPersistenceTest)
#include "undo_persistence_test.moc"
