#include <QtTest>

#include <core/base/random.h>
#include <core/crdt/undo_manager.h>
#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

/// Two people in one document, each with an undo manager of their own.
struct Person {
    explicit Person(std::uint64_t client, std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
        : doc({.clientId = ClientId{client}}), undo(doc, {}, {{"me"}, timeout}, clock)
    {
    }
    void edit(const std::function<void(Transaction&)>& body, const Origin& origin = "me") { doc.transact(origin, body); }
    void insert(std::size_t at, std::string_view text)
    {
        edit([&](Transaction& t) { doc.text("t").insert(t, at, text); });
    }
    void set(std::string_view key, const NewValue& value)
    {
        edit([&](Transaction& t) { doc.map("m").set(t, key, value); });
    }
    void receive(const Person& other) { QVERIFY(doc.applyUpdate(other.doc.encodeStateAsUpdate(doc.stateVector()))); }
    [[nodiscard]] std::string text() { return doc.text("t").toString(); }

    ManualClock clock;
    Doc doc;
    UndoManager undo;
};

void exchange(Person& a, Person& b)
{
    a.receive(b);
    b.receive(a);
}

} // namespace

class UndoTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void onlyTrackedLocalOriginsAreUndone()
    {
        Person a(1), b(2);
        a.insert(0, "mine");
        a.edit([&](Transaction& t) { a.doc.text("t").insert(t, 0, "import "); }, "import");
        b.receive(a);
        b.insert(0, "theirs ");
        a.receive(b);
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string("theirs import "));
        QVERIFY(!a.undo.undo());
        QVERIFY(!a.undo.canUndo());
        QVERIFY(a.undo.redo());
        QCOMPARE(a.text(), std::string("theirs import mine"));
    }

    void anUpdateIsNeverMineWhateverItsOrigin()
    {
        Person a(1), b(2);
        b.insert(0, "x");
        QVERIFY(a.doc.applyUpdate(b.doc.encodeStateAsUpdate(), "me"));
        QVERIFY(!a.undo.canUndo());
    }

    void cleanUpAfterARemoteFormatIsNotMyEdit()
    {
        Person a(1), b(2);
        UndoManager untagged(a.doc, {}, {{""}, std::chrono::milliseconds(0)}, a.clock);
        a.insert(0, "abc");
        b.receive(a);
        a.edit([&](Transaction& t) { a.doc.text("t").format(t, 0, 3, {{"b", true}}); });
        b.edit([&](Transaction& t) { b.doc.text("t").format(t, 0, 3, {{"b", true}}); });
        exchange(a, b);
        QVERIFY(!untagged.canUndo());
    }

    void editsWithinTheTimeoutAreOneStep()
    {
        Person a(1, std::chrono::milliseconds(500));
        a.insert(0, "a");
        a.clock.advance(std::chrono::milliseconds(400));
        a.insert(1, "b");
        a.clock.advance(std::chrono::milliseconds(400));
        a.insert(2, "c");
        a.clock.advance(std::chrono::milliseconds(500));
        a.insert(3, "d");
        a.undo.stopCapturing();
        a.insert(4, "e");
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string("abcd"));
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string("abc"));
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string(""));
        QVERIFY(!a.undo.undo());
    }

    void aNewEditClearsRedo()
    {
        Person a(1);
        a.insert(0, "a");
        QVERIFY(a.undo.undo());
        QVERIFY(a.undo.canRedo());
        a.insert(0, "b");
        QVERIFY(!a.undo.canRedo());
        QVERIFY(!a.undo.redo());
    }

    void aKeyThatSomebodySetSinceStaysTheirs()
    {
        Person a(1), b(2);
        a.set("k", Any("mine"));
        a.set("k", Any("mine too"));
        b.receive(a);
        b.set("k", Any("theirs"));
        a.receive(b);
        QVERIFY(!a.undo.undo());
        QVERIFY(a.doc.map("m").getAny("k") == Any("theirs"));
    }

    void aStepThatChangesNothingIsPassedOver()
    {
        Person a(1), b(2);
        a.insert(0, "first");
        a.set("k", Any(1));
        b.receive(a);
        b.edit([&](Transaction& t) { b.doc.map("m").remove(t, "k"); });
        a.receive(b);
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string(""));
    }

    /// As in Yjs: the step that set and removed the key is passed over, and then nobody knows that its value was ours.
    void whatCameAndWentInAStepHidesTheValueBefore()
    {
        Person a(1);
        a.set("k", Any(1));
        a.edit([&](Transaction& t) { a.doc.map("m").remove(t, "k"); });
        a.edit([&](Transaction& t) {
            a.doc.map("m").set(t, "k", Any(2));
            a.doc.map("m").remove(t, "k");
        });
        QVERIFY(!a.undo.undo());
        QVERIFY(!a.doc.map("m").has("k"));
        QVERIFY(!a.undo.canUndo() && !a.undo.canRedo());
    }

    /// As in Yjs, which follows a unit to its copy and takes the item that starts there.
    void aCopyThatWasCutIsUndoneInItsFirstPartOnly()
    {
        Person a(1);
        a.insert(0, "abcdef");
        a.edit([&](Transaction& t) { a.doc.text("t").remove(t, 2, 4); });
        QVERIFY(a.undo.undo() && a.undo.redo() && a.undo.undo());
        QCOMPARE(a.text(), std::string("abcdef"));
        a.edit([&](Transaction& t) { a.doc.text("t").remove(t, 1, 2); });
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string("abcdef"));
        QVERIFY(a.undo.undo());
        QCOMPARE(a.text(), std::string("def"));
        QVERIFY(!a.undo.undo());
    }

    /// As in Yjs: two copies that stand side by side become one item, which goes as a whole.
    void aCopyTakesTheCopyThatJoinedItAlong()
    {
        Person a(1);
        Array list = a.doc.array("a");
        a.edit([&](Transaction& t) { list.push(t, {NewType{.kind = TypeKind::text, .text = "b"}}); }, "import");
        const auto text = [&] { return std::get<SharedType>(*list.get(0)).asText(); };
        a.edit([&](Transaction& t) { text().insert(t, 0, "a"); });
        a.edit([&](Transaction& t) { text().remove(t, 1, 1); });
        a.edit([&](Transaction& t) { list.remove(t, 0, 1); });
        QVERIFY(a.undo.undo());
        QCOMPARE(text().toString(), std::string("a"));
        QVERIFY(a.undo.undo());
        QCOMPARE(text().toString(), std::string("ab"));
        QVERIFY(a.undo.undo());
        QCOMPARE(text().toString(), std::string());
    }

    void aDeletedTypeComesBackWithWhatOthersPutIntoIt()
    {
        Person a(1), b(2);
        a.set("n", NewType{.kind = TypeKind::map, .entries = {{"mine", Any(1)}}});
        b.receive(a);
        b.edit([&](Transaction& t) { b.doc.map("m").getType("n").asMap().set(t, "theirs", Any(2)); });
        a.receive(b);
        a.edit([&](Transaction& t) { a.doc.map("m").remove(t, "n"); });
        QVERIFY(a.undo.undo());
        exchange(a, b);
        const Any expected = Any::Object{{"n", Any::Object{{"mine", 1}, {"theirs", 2}}}};
        QVERIFY2(b.doc.map("m").toAny() == expected, toJson(b.doc.map("m").toAny()).c_str());
        QVERIFY(a.doc.map("m").toAny() == expected);
    }

    void clearReleasesAndForgets()
    {
        Person a(1);
        a.insert(0, "abc");
        a.edit([&](Transaction& t) { a.doc.text("t").remove(t, 0, 3); });
        a.undo.clear();
        QVERIFY(!a.undo.canUndo() && !a.undo.canRedo() && !a.undo.undo());
        QCOMPARE(a.text(), std::string(""));
    }

    void aTreeOfAnyDepthComesBack()
    {
        Person a(1);
        a.edit([&](Transaction& t) {
            Map map = a.doc.map("m");
            for (int i = 0; i < 3000; ++i)
                map = map.set(t, "n", NewType{}).asMap();
            map.set(t, "leaf", Any(true));
        });
        a.edit([&](Transaction& t) { a.doc.map("m").remove(t, "n"); });
        QVERIFY(a.undo.undo());
        Map map = a.doc.map("m");
        int depth = 0;
        for (; map.has("n"); ++depth)
            map = map.getType("n").asMap();
        QCOMPARE(depth, 3000);
        QVERIFY(map.getAny("leaf") == Any(true));
    }

    /// Whatever two people do to different keys and words, undoing all of mine leaves exactly theirs; redoing all
    /// brings mine back.
    void undoingAllOfMineLeavesAllOfTheirs_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 60; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void undoingAllOfMineLeavesAllOfTheirs()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Person a(1), b(2);
        std::map<std::string, int> theirs, mine;
        std::string theirWords;
        for (int step = 0; step < 40; ++step) {
            const bool isMine = random.below(2) == 0;
            Person& person = isMine ? a : b;
            const std::string key = (isMine ? "mine" : "theirs") + std::to_string(random.below(4));
            const int value = static_cast<int>(random.below(100));
            switch (random.below(4)) {
            case 0:
                person.set(key, Any(value));
                (isMine ? mine : theirs)[key] = value;
                break;
            case 1:
                person.edit([&](Transaction& t) { person.doc.map("m").remove(t, key); });
                (isMine ? mine : theirs).erase(key);
                break;
            case 2: {
                const std::string word(1 + random.below(4), isMine ? 'a' : 'B');
                person.insert(random.below(person.doc.text("t").size() + 1), word);
                theirWords += isMine ? "" : word;
                break;
            }
            default: exchange(a, b); break;
            }
        }
        exchange(a, b);
        const std::string full = a.text();
        while (a.undo.undo()) {
        }
        exchange(a, b);
        QCOMPARE(a.text(), theirWords);
        QCOMPARE(b.text(), theirWords);
        QCOMPARE(a.doc.map("m").size(), theirs.size());
        for (const auto& [key, value] : theirs)
            QVERIFY(b.doc.map("m").getAny(key) == Any(value));
        while (a.undo.redo()) {
        }
        exchange(a, b);
        QCOMPARE(b.text().size(), full.size());
        QCOMPARE(b.doc.map("m").size(), theirs.size() + mine.size());
        for (const auto& [key, value] : mine)
            QVERIFY(b.doc.map("m").getAny(key) == Any(value));
        QCOMPARE(a.doc.stateVector(), b.doc.stateVector());
    }
};

QTEST_APPLESS_MAIN(UndoTest)
#include "undo_test.moc"
