#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

using std::chrono::milliseconds;
using Kind = UndoEvent::Kind;

/// Keys of one person and what they hold. Nobody else writes these keys.
using Keys = std::map<std::string, int>;

/// What undo has to be for one person: a stack of earlier states and one of later ones.
struct UndoModel {
    struct Step {
        Keys before;
        std::string meta; ///< what the application put into the step
    };

    /// `joins`: the change came soon after the last one.
    void change(const std::string& key, std::optional<int> value, bool joins,
                const std::string& meta)
    {
        if (!value && !now.contains(key))
            return;
        redo.clear();
        if (undo.empty() || !joins || !isCapturing)
            undo.push_back({now, meta});
        isCapturing = true;
        if (value)
            now[key] = *value;
        else
            now.erase(key);
    }
    bool goBack()
    {
        const bool changed = move(undo, redo);
        isCapturing = isCapturing && !changed;
        return changed;
    }
    bool goForth() { return move(redo, undo); }
    /// What came and went within one step is nothing to go back to.
    bool move(std::vector<Step>& from, std::vector<Step>& to)
    {
        while (!from.empty()) {
            const Step step = from.back();
            from.pop_back();
            if (step.before == now)
                continue;
            to.push_back({std::exchange(now, step.before), step.meta});
            return true;
        }
        return false;
    }

    Keys now;
    std::vector<Step> undo, redo;
    bool isCapturing = false; ///< false: the next change starts a step
};

/// Two people in one document, told apart by origin, and a third who edits elsewhere.
class TwoOrigins
{
public:
    explicit TwoOrigins(quint64 seed) : random(seed)
    {
        for (std::size_t who = 0; who < 2; ++who) {
            tokens.push_back(
                managers[who]->onEvent([this, who](const UndoEvent& event) { hear(who, event); }));
        }
    }
    void step()
    {
        const std::size_t who = random.below(2);
        UndoModel& model = models[who];
        UndoManager& undo = *managers[who];
        switch (random.below(10)) {
        case 0:
        case 1:
        case 2:
        case 3:
            change(who);
            break;
        case 4:
        case 5:
            answers = answers && undo.undo() == model.goBack();
            break;
        case 6:
            answers = answers && undo.redo() == model.goForth();
            break;
        case 7:
            clock.advance(milliseconds(random.below(700)));
            break;
        case 8:
            undo.stopCapturing();
            model.isCapturing = false;
            break;
        default:
            elsewhere();
        }
    }
    void change(std::size_t who)
    {
        // A key is set once: what undo does where a key was set again since is told by
        // undo_test.cpp.
        const Keys& keys = models[who].now;
        const bool removes = !keys.empty() && chance(random, 30);
        const std::string key =
            removes ? std::next(keys.begin(), std::ptrdiff_t(random.below(keys.size())))->first
                    : (who == 0 ? "a" : "b") + std::to_string(++count);
        const std::optional<int> value = removes ? std::nullopt : std::optional(count);
        const bool joins = lastChange[who] && clock.now() - *lastChange[who] < milliseconds(500);
        meta = "step " + std::to_string(++count);
        models[who].change(key, value, joins, meta);
        document.edit(
            [&](Transaction& t) {
                if (value)
                    document.map().set(t, key, Any(*value));
                else
                    document.map().remove(t, key);
            },
            who == 0 ? "ann" : "bob");
        lastChange[who] = clock.now();
    }
    void elsewhere()
    {
        other.receive(document);
        other.edit([&](Transaction& t) {
            other.map().set(t, "c" + std::to_string(random.below(3)), Any(int(random.below(1000))));
        });
        document.receive(other);
    }
    [[nodiscard]] Keys keysOf(std::size_t who)
    {
        Keys keys;
        document.map().forEach([&](std::string_view key, const Value& value) {
            if (key.front() == (who == 0 ? 'a' : 'b'))
                keys.emplace(key, int(*std::get<Any>(value).number()));
        });
        return keys;
    }
    [[nodiscard]] static std::string topMeta(UndoManager& undo, UndoStack stack)
    {
        const UndoMeta* meta = undo.topMeta(stack);
        return meta && meta->contains("name") ? *meta->at("name").string() : std::string();
    }

    SeededRandom random;
    ManualClock clock;
    Replica document{1}, other{2};
    std::unique_ptr<UndoManager> managers[2] = {
        std::make_unique<UndoManager>(document.doc, std::vector<SharedType>{document.map()},
                                      UndoManager::Options{.trackedOrigins = {"ann"}}, clock),
        std::make_unique<UndoManager>(document.doc, std::vector<SharedType>{},
                                      UndoManager::Options{.trackedOrigins = {"bob"}}, clock)};
    UndoModel models[2];
    std::optional<std::chrono::steady_clock::time_point> lastChange[2];
    std::string meta;
    int count = 0;
    bool answers = true; ///< undo() and redo() said what the model says
    std::vector<Doc::Subscription> tokens;

private:
    void hear(std::size_t, const UndoEvent& event)
    {
        const bool isOwnEdit = event.origin == "ann" || event.origin == "bob";
        if (event.kind == Kind::stepAdded && isOwnEdit)
            (*event.meta)["name"] = Any(meta);
    }
};

} // namespace

/// Stacks of several people against models of them.
class UndoModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyoneHasStacksOfTheirOwn_data() { addSeedRows(80); }
    void everyoneHasStacksOfTheirOwn()
    {
        QFETCH(quint64, seed);
        TwoOrigins people(seed);
        for (int step = 0; step < 150; ++step) {
            people.step();
            QVERIFY2(people.answers, qPrintable(QString("step %1").arg(step)));
            for (std::size_t who = 0; who < 2; ++who) {
                UndoManager& undo = *people.managers[who];
                const UndoModel& model = people.models[who];
                QCOMPARE(people.keysOf(who), model.now);
                QCOMPARE(undo.depth(UndoStack::undo), model.undo.size());
                QCOMPARE(undo.depth(UndoStack::redo), model.redo.size());
                QCOMPARE(undo.canUndo(), !model.undo.empty());
                QCOMPARE(undo.canRedo(), !model.redo.empty());
                QCOMPARE(TwoOrigins::topMeta(undo, UndoStack::undo),
                         model.undo.empty() ? std::string() : model.undo.back().meta);
                QCOMPARE(TwoOrigins::topMeta(undo, UndoStack::redo),
                         model.redo.empty() ? std::string() : model.redo.back().meta);
            }
        }
    }

    /// Undoing all that was done anywhere in a document brings back what was there, and redoing all
    /// of it what came of it. Nothing here is cut or joined: what undo does with copies that are,
    /// undo_test.cpp tells.
    void allTheWayBackAndForth_data() { addSeedRows(60); }
    void allTheWayBackAndForth()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1);
        TreeEditor editor(a.doc, random);
        editor.runs = false;
        for (int i = 0; i < 40; ++i)
            a.edit([&](Transaction& t) { editor.edit(t); }, "me");
        ManualClock clock;
        UndoManager undo(a.doc, {}, {{"me"}, milliseconds(0)}, clock);
        const std::string before = Portrait::of(a.doc);
        for (int i = 0; i < 50; ++i)
            a.edit([&](Transaction& t) { editor.edit(t); }, "me");
        const std::string after = Portrait::of(a.doc);
        for (int round = 0; round < 3; ++round) {
            while (undo.undo()) {
            }
            QCOMPARE(Portrait::of(a.doc), before);
            QVERIFY(!undo.canUndo());
            while (undo.redo()) {
            }
            QCOMPARE(Portrait::of(a.doc), after);
            QVERIFY(!undo.canRedo());
        }
        // Who only gets the updates has the same.
        Replica reader(2);
        QVERIFY(reader.receive(a));
        QCOMPARE(Portrait::of(reader.doc), after);
    }

    /// One step at a time, in any order of undo and redo, with the stacks saved and restored in
    /// between.
    void stepByStepThroughAnyEdits_data() { addSeedRows(60); }
    void stepByStepThroughAnyEdits()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1);
        TreeEditor editor(a.doc, random);
        editor.runs = false;
        ManualClock clock;
        UndoManager undo(a.doc, {}, {{"me"}, milliseconds(0)}, clock);
        std::vector<std::string> past, future;
        std::string now = Portrait::of(a.doc);
        for (int i = 0; i < 20; ++i) {
            const std::size_t depth = undo.depth(UndoStack::undo);
            a.edit([&](Transaction& t) { editor.edit(t); }, "me");
            if (undo.depth(UndoStack::undo) > depth)
                past.push_back(std::exchange(now, Portrait::of(a.doc)));
        }
        for (int i = 0; i < 60; ++i) {
            const UndoStack stack = chance(random, 55) ? UndoStack::undo : UndoStack::redo;
            std::vector<std::string>& from = stack == UndoStack::undo ? past : future;
            std::vector<std::string>& to = stack == UndoStack::undo ? future : past;
            const bool changed = stack == UndoStack::undo ? undo.undo() : undo.redo();
            if (changed) {
                to.push_back(std::exchange(now, from.at(undo.depth(stack))));
                from.resize(undo.depth(stack));
            } else {
                from.clear();
            }
            QCOMPARE(Portrait::of(a.doc), now);
            QCOMPARE(undo.depth(UndoStack::undo), past.size());
            QCOMPARE(undo.depth(UndoStack::redo), future.size());
            if (chance(random, 15))
                QVERIFY(undo.restore(undo.save()));
        }
    }

    /// What somebody else wrote stays, whoever undoes whatever.
    void nobodyUndoesAnother_data() { addSeedRows(40); }
    void nobodyUndoesAnother()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1), b(2);
        a.edit([&](Transaction& t) {
            a.map().set(t, "mine", NewType{});
            a.map().set(t, "theirs", NewType{});
        });
        QVERIFY(b.receive(a));
        ManualClock clock;
        UndoManager undo(a.doc, {}, {{"me"}, milliseconds(0)}, clock);
        std::map<std::string, int> expected;
        int next = 0;
        for (int step = 0; step < 100; ++step) {
            const std::string key = "k" + std::to_string(random.below(5));
            switch (random.below(6)) {
            case 0:
            case 1:
                a.edit(
                    [&](Transaction& t) {
                        a.map().getType("mine").asMap().set(t, key, Any(++next));
                    },
                    "me");
                break;
            case 2:
            case 3:
                b.edit(
                    [&](Transaction& t) {
                        b.map().getType("theirs").asMap().set(t, key, Any(++next));
                    },
                    "me");
                expected[key] = next;
                break;
            case 4:
                undo.undo();
                break;
            default:
                undo.redo();
            }
            if (chance(random, 40))
                QVERIFY(a.receive(b) && b.receive(a));
        }
        QVERIFY(a.receive(b) && b.receive(a));
        while (undo.undo()) {
        }
        Map theirs = a.map().getType("theirs").asMap();
        QCOMPARE(theirs.size(), expected.size());
        for (const auto& [key, value] : expected)
            QVERIFY(theirs.getAny(key) == Any(value));
        QCOMPARE(a.map().getType("mine").asMap().size(), std::size_t{0});
    }
};

QTEST_APPLESS_MAIN(UndoModelTest)
#include "undo_model_test.moc"
