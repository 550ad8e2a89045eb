#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/snapshot.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// What a document showed when a snapshot of it was taken.
struct Moment {
    Snapshot snapshot;
    std::string whole;
    std::string text, map, array;
    std::size_t updateCount = 0; ///< emitted until then
};

/// Handles show what they are now, so only what is no type can be compared with then.
std::string plain(const Value& value)
{
    return std::holds_alternative<SharedType>(value) ? "type" : Portrait::of(value);
}

std::string plain(const std::vector<Value>& values)
{
    std::string out;
    for (const Value& value : values)
        out += plain(value) + ",";
    return out;
}

std::string plain(const std::vector<std::pair<std::string, Value>>& entries)
{
    std::map<std::string, std::string> sorted;
    for (const auto& [key, value] : entries)
        sorted.emplace(key, plain(value));
    std::string out;
    for (const auto& [key, value] : sorted)
        out += key + ":" + value + ",";
    return out;
}

std::vector<Value> elementsOf(const Array& array)
{
    std::vector<Value> values;
    array.forEach([&](std::size_t, const Value& value) { values.push_back(value); });
    return values;
}

std::vector<std::pair<std::string, Value>> entriesOf(const Map& map)
{
    std::vector<std::pair<std::string, Value>> entries;
    map.forEach(
        [&](std::string_view key, const Value& value) { entries.emplace_back(key, value); });
    return entries;
}

/// What Portrait::of said then, read by handles now: of types that are deleted since, too.
class PastPortrait
{
public:
    PastPortrait(Doc& doc, const Snapshot& snapshot) : m_doc(doc), m_snapshot(snapshot) {}

    std::string whole()
    {
        return of(m_doc.map("m")) + "\n" + of(m_doc.array("a")) + "\n" + of(m_doc.text("t")) +
               "\n" + of(m_doc.xmlFragment("x"));
    }
    std::string of(const SharedType& type)
    {
        switch (type.kind()) {
        case TypeKind::map:
            return entries(type);
        case TypeKind::xmlHook:
            return "hook " + type.asXmlHook().hookName() + entries(type);
        case TypeKind::array:
            return "[" + elements(type) + "]";
        case TypeKind::xmlFragment:
            return "(" + elements(type) + ")";
        case TypeKind::xmlElement:
            return type.asXmlElement().nodeName() + entries(type) + "(" + elements(type) + ")";
        case TypeKind::text:
        case TypeKind::xmlText:
            return Portrait::of(runsAt(type.asText(), m_snapshot).value()) + entries(type);
        }
        return "?";
    }

private:
    std::string of(const Value& value)
    {
        const auto* type = std::get_if<SharedType>(&value);
        return type ? of(*type) : Portrait::of(value);
    }
    std::string elements(const SharedType& type)
    {
        std::string out;
        const auto values = elementsAt(type, m_snapshot);
        for (const Value& value : *values)
            out += of(value) + ",";
        return out;
    }
    std::string entries(const SharedType& type)
    {
        std::map<std::string, std::string> sorted;
        const auto all = entriesAt(type, m_snapshot);
        for (const auto& [key, value] : *all)
            sorted.emplace(key, of(value));
        std::string out = "{";
        for (const auto& [key, value] : sorted)
            out += key + ":" + value + ",";
        return out + "}";
    }

    Doc& m_doc;
    const Snapshot& m_snapshot;
};

/// Two people in documents that keep all; the first one's past is remembered.
class Chronicle
{
public:
    explicit Chronicle(quint64 seed) : random(seed)
    {
        // Reading cuts through a pair, which is no fault of the snapshot: see
        // cutsThroughAPairShowReplacements.
        editors[0].pairs = editors[1].pairs = false;
        remember();
        for (int step = 0; step < 50; ++step) {
            if (const std::uint64_t roll = random.below(100); roll < 70)
                edit(chance(random, 60) ? 0 : 1);
            else if (roll < 80)
                undo.undo();
            else if (roll < 85)
                undo.redo();
            else
                (chance(random, 60) ? mine : theirs).receive(chance(random, 60) ? theirs : mine);
            if (chance(random, 40))
                remember();
        }
        remember();
    }
    void edit(std::size_t who)
    {
        Replica& replica = who == 0 ? mine : theirs;
        replica.edit(
            [&](Transaction& t) {
                for (std::uint64_t i = 1 + random.below(4); i > 0; --i)
                    editors[who].edit(t);
            },
            "me");
    }
    void remember()
    {
        past.push_back({takeSnapshot(mine.doc), Portrait::of(mine.doc),
                        Portrait::of(mine.text().runs()), plain(entriesOf(mine.map())),
                        plain(elementsOf(mine.array())), mine.made.size() + mine.received.size()});
    }

    SeededRandom random;
    ManualClock clock;
    Replica mine{1, false}, theirs{2, false};
    TreeEditor editors[2] = {{mine.doc, random}, {theirs.doc, random}};
    UndoManager undo{mine.doc,
                     {},
                     {.trackedOrigins = {"me"}, .captureTimeout = std::chrono::milliseconds(0)},
                     clock};
    std::vector<Moment> past;
};

} // namespace

/// Any past of a document that keeps all, from now.
class SnapshotModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyMomentCanBeRead_data() { addSeedRows(40); }
    void everyMomentCanBeRead()
    {
        QFETCH(quint64, seed);
        Chronicle chronicle(seed);
        Replica& mine = chronicle.mine;
        const Bytes now = mine.doc.encodeStateAsUpdate();
        for (const Moment& moment : chronicle.past) {
            QCOMPARE(Portrait::of(runsAt(mine.text(), moment.snapshot).value()), moment.text);
            QCOMPARE(plain(elementsAt(mine.array(), moment.snapshot).value()), moment.array);
            QCOMPARE(plain(entriesAt(mine.map(), moment.snapshot).value()), moment.map);
        }
        QCOMPARE(mine.doc.encodeStateAsUpdate(), now); // reading changes nothing
    }

    void everyMomentCanBeReadDownToItsLeaves_data() { addSeedRows(40); }
    void everyMomentCanBeReadDownToItsLeaves()
    {
        QFETCH(quint64, seed);
        Chronicle chronicle(seed);
        for (const Moment& moment : chronicle.past)
            QCOMPARE(PastPortrait(chronicle.mine.doc, moment.snapshot).whole(), moment.whole);
    }

    void everyMomentBecomesADocument_data() { addSeedRows(40); }
    void everyMomentBecomesADocument()
    {
        QFETCH(quint64, seed);
        Chronicle chronicle(seed);
        const Bytes now = chronicle.mine.doc.encodeStateAsUpdate();
        for (const Moment& moment : chronicle.past) {
            for (const bool gc : {false, true}) {
                auto made = createDocFromSnapshot(chronicle.mine.doc, moment.snapshot,
                                                  {.clientId = ClientId{77}, .gc = gc});
                QVERIFY(made);
                Doc& copy = **made;
                QCOMPARE(Portrait::of(copy), moment.whole);
                QCOMPARE(copy.clientId(), ClientId{77});
                QVERIFY(copy.stateVector() == moment.snapshot.stateVector);
                QVERIFY(takeSnapshot(copy) == moment.snapshot);
                // The copy of then goes on to now like any peer that was away.
                QVERIFY(
                    copy.applyUpdate(chronicle.mine.doc.encodeStateAsUpdate(copy.stateVector())));
                QVERIFY(copy.stateVector() == chronicle.mine.doc.stateVector());
                QCOMPARE(Portrait::of(copy), Portrait::of(chronicle.mine.doc));
            }
        }
        QCOMPARE(chronicle.mine.doc.encodeStateAsUpdate(), now);
    }

    void momentsTravelInBothFormats_data() { addSeedRows(40); }
    void momentsTravelInBothFormats()
    {
        QFETCH(quint64, seed);
        Chronicle chronicle(seed);
        for (const Moment& moment : chronicle.past) {
            for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
                const Bytes bytes = encodeSnapshot(moment.snapshot, format);
                QVERIFY(decodeSnapshot(bytes, format).value() == moment.snapshot);
                for (std::size_t size = 0; size < bytes.size(); ++size) {
                    const auto broken = decodeSnapshot(ByteView(bytes).first(size), format);
                    QVERIFY(!broken && broken.error().code == DecodeErrc::truncated &&
                            broken.error().offset <= size);
                }
            }
        }
    }

    /// A snapshot has every update that came before it and none that came after and did anything.
    void aMomentContainsWhatCameBefore_data() { addSeedRows(40); }
    void aMomentContainsWhatCameBefore()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica writer(1, false);
        TreeEditor editor(writer.doc, random);
        std::vector<Snapshot> after{takeSnapshot(writer.doc)};
        for (int step = 0; step < 30; ++step) {
            const std::size_t count = writer.made.size();
            writer.edit([&](Transaction& t) { editor.edit(t); });
            if (writer.made.size() > count)
                after.push_back(takeSnapshot(writer.doc));
        }
        QCOMPARE(after.size(), writer.made.size() + 1);
        for (std::size_t moment = 0; moment < after.size(); ++moment) {
            for (std::size_t i = 0; i < writer.made.size(); ++i) {
                const Bytes v2 =
                    convertUpdate(writer.made[i], UpdateFormat::v1, UpdateFormat::v2).value();
                const bool isContained =
                    snapshotContainsUpdate(after[moment], writer.made[i]).value();
                QCOMPARE(isContained, i < moment);
                QCOMPARE(snapshotContainsUpdate(after[moment], v2, UpdateFormat::v2).value(),
                         isContained);
            }
        }
    }

    /// What two moments share is unmarked, what came is "added", what went is "removed", and that
    /// is all there is.
    void changesBetweenAnyTwoMomentsAreMarked_data() { addSeedRows(40); }
    void changesBetweenAnyTwoMomentsAreMarked()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica writer(1, false);
        std::vector<std::pair<Snapshot, std::string>> past;
        for (int step = 0; step < 25; ++step) {
            past.emplace_back(takeSnapshot(writer.doc), writer.string());
            const std::size_t size = writer.text().size();
            if (size > 0 && chance(random, 45))
                writer.remove(random.below(size), 1 + random.below(4));
            else
                writer.insert(random.below(size + 1),
                              std::string(1 + random.below(4), char('a' + step)));
        }
        for (std::size_t now = 0; now < past.size(); ++now) {
            for (std::size_t before = 0; before <= now; ++before) {
                std::string shown, wasShown;
                const auto runs = runsAt(writer.text(), past[now].first, &past[before].first);
                QVERIFY(runs);
                for (const TextRun& run : *runs) {
                    const std::string& text = std::get<std::string>(run.content);
                    const bool isMarked = !run.attributes.empty();
                    const std::string mark =
                        isMarked ? *run.attributes.at(0).second.find("type")->string()
                                 : std::string();
                    QVERIFY(!isMarked ||
                            (run.attributes.size() == 1 && run.attributes[0].first == "ychange"));
                    QVERIFY(mark.empty() || mark == "added" || mark == "removed");
                    if (mark != "removed")
                        shown += text;
                    if (mark != "added")
                        wasShown += text;
                }
                QCOMPARE(shown, past[now].second);
                QCOMPARE(wasShown, past[before].second);
            }
        }
    }

    void cutsThroughAPairShowReplacements()
    {
        Replica writer(1, false);
        writer.insert(0, "a\U0001f600b");
        Snapshot snapshot = takeSnapshot(writer.doc);
        snapshot.deletes[ClientId{1}] = {{2, 1}}; // the second half of the pair
        QCOMPARE(Portrait::of(runsAt(writer.text(), snapshot).value()),
                 std::string("'a\ufffdb{}|'"));
        QCOMPARE(createDocFromSnapshot(writer.doc, snapshot).value()->text("t").toString(),
                 std::string("a\ufffdb"));
        snapshot.deletes.clear();
        snapshot.stateVector[ClientId{1}] = 2; // the first half only
        QCOMPARE(Portrait::of(runsAt(writer.text(), snapshot).value()),
                 std::string("'a\ufffd{}|'"));
        QCOMPARE(createDocFromSnapshot(writer.doc, snapshot).value()->text("t").toString(),
                 std::string("a\ufffd"));
        QCOMPARE(writer.string(), std::string("a\U0001f600b"));
    }

    void aMomentInTheMiddleOfAnItemHasItsHead()
    {
        Replica writer(1, false);
        writer.edit([&](Transaction& t) {
            writer.array().push(t, {Any(1), Any(2), Any(3), Any(4)});
            writer.text().insert(t, 0, "abcd");
        });
        for (crdt::Clock clock = 0; clock <= 8; ++clock) {
            Snapshot snapshot;
            if (clock > 0)
                snapshot.stateVector[ClientId{1}] = clock;
            QCOMPARE(elementsAt(writer.array(), snapshot)->size(), std::min<std::size_t>(4, clock));
            const std::string text = std::string("abcd").substr(0, clock > 4 ? clock - 4 : 0);
            const auto copy = createDocFromSnapshot(writer.doc, snapshot);
            QVERIFY(copy);
            QCOMPARE((*copy)->text("t").toString(), text);
            QCOMPARE((*copy)->array("a").size(), std::min<std::size_t>(4, clock));
            QCOMPARE((*copy)->stateVector().size(), std::size_t(clock > 0 ? 1 : 0));
        }
    }

    void theEntryOfAKeyIsTheOneThatWasLast()
    {
        Replica writer(1, false), other(2, false);
        std::vector<std::pair<Snapshot, std::optional<int>>> past;
        const auto note = [&](std::optional<int> value) {
            past.emplace_back(takeSnapshot(writer.doc), value);
        };
        note(std::nullopt);
        for (int i = 0; i < 5; ++i) {
            writer.set("k", Any(i));
            note(i);
        }
        writer.unset("k");
        note(std::nullopt);
        writer.set("k", Any(7));
        note(7);
        QVERIFY(other.receive(writer));
        other.set("k", Any(8));
        QVERIFY(writer.receive(other));
        note(8);
        for (const auto& [snapshot, value] : past) {
            const auto entries = entriesAt(writer.map(), snapshot).value();
            QCOMPARE(entries.size(), std::size_t(value ? 1 : 0));
            if (value)
                QVERIFY(std::get<Any>(entries[0].second) == Any(*value));
        }
    }
};

QTEST_APPLESS_MAIN(SnapshotModelTest)
#include "snapshot_model_test.moc"
