#include <QtTest>

#include <core/base/clock.h>
#include <core/base/utf.h>
#include <core/crdt/snapshot.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// A visible unit: one character or an embed, and the attributes that hold for it.
struct Unit {
    std::string content;
    std::map<std::string, std::string> attributes;
    friend bool operator==(const Unit&, const Unit&) = default;
};
using Units = std::vector<Unit>;

Units unitsOf(const std::vector<TextRun>& runs)
{
    Units units;
    for (const TextRun& run : runs) {
        std::map<std::string, std::string> attributes;
        for (const auto& [key, value] : run.attributes)
            attributes.emplace(key, Portrait::of(value));
        if (const auto* text = std::get_if<std::string>(&run.content)) {
            for (const char16_t unit : toUtf16(*text))
                units.push_back({toUtf8(std::u16string(1, unit)), attributes});
        } else {
            units.push_back({Portrait::of(std::get<Any>(run.content)), attributes});
        }
    }
    return units;
}

std::string describe(const Units& units)
{
    std::string out;
    for (const Unit& unit : units) {
        out += unit.content;
        for (const auto& [key, value] : unit.attributes)
            out += "<" + key + value + ">";
    }
    return out;
}

/// What Y.Text is for one person: a row of units, each with attributes of its own.
struct FormattedModel {
    Units units;

    void insert(std::size_t at, const std::vector<std::string>& contents,
                const std::optional<Any::Object>& attributes)
    {
        std::map<std::string, std::string> holding;
        if (!attributes && at > 0)
            holding = units[at - 1].attributes;
        else if (attributes)
            change(holding, *attributes);
        for (std::size_t i = 0; i < contents.size(); ++i)
            units.insert(units.begin() + std::ptrdiff_t(at + i), Unit{contents[i], holding});
    }
    void remove(std::size_t at, std::size_t count)
    {
        const auto first = units.begin() + std::ptrdiff_t(std::min(at, units.size()));
        units.erase(first, first + std::ptrdiff_t(std::min<std::size_t>(
                                       count, std::size_t(units.end() - first))));
    }
    void format(std::size_t at, std::size_t count, const Any::Object& attributes)
    {
        for (std::size_t i = at; i < std::min(at + count, units.size()); ++i)
            change(units[i].attributes, attributes);
    }

private:
    static void change(std::map<std::string, std::string>& holding, const Any::Object& by)
    {
        for (const auto& [key, value] : by) {
            if (value.isUndefined())
                continue;
            if (value.isNull())
                holding.erase(key);
            else
                holding[key] = Portrait::of(value);
        }
    }
};

/// Types, pastes, formats and deletes in a text and in its model.
class FormattedWriter
{
public:
    FormattedWriter(quint64 seed, bool gc = true) : random(seed), replica(1, gc) {}

    void step(Transaction& t)
    {
        Text text = replica.text();
        const std::size_t at = random.below(model.units.size() + 1);
        const std::size_t count = 1 + random.below(6);
        switch (random.below(8)) {
        case 0:
        case 1:
            text.remove(t, at, count);
            return model.remove(at, count);
        case 2:
        case 3: {
            const Any::Object wanted = attributes();
            text.format(t, at, count, wanted);
            return model.format(at, count, wanted);
        }
        case 4: {
            const Any::Object wanted = attributes();
            const Any embed(Any::Object{{"img", Any(int(random.below(5)))}});
            text.insertEmbed(t, at, embed, wanted);
            return model.insert(at, {Portrait::of(embed)}, wanted);
        }
        default: {
            std::vector<std::string> letters;
            std::string word;
            for (std::size_t i = 0; i < count; ++i)
                word += letters.emplace_back(
                    std::vector<std::string>{"a", "b", "\u00e9", "\u4e2d"}[random.below(4)]);
            const auto wanted = chance(random, 40) ? std::optional(attributes()) : std::nullopt;
            text.insert(t, at, word, wanted);
            model.insert(at, letters, wanted);
        }
        }
    }
    void edit(std::uint64_t steps = 1)
    {
        replica.edit(
            [&](Transaction& t) {
                for (; steps > 0; --steps)
                    step(t);
            },
            "me");
    }
    [[nodiscard]] Units units() { return unitsOf(replica.text().runs()); }

    SeededRandom random;
    Replica replica;
    FormattedModel model;

private:
    [[nodiscard]] Any::Object attributes()
    {
        static const char* const names[] = {"b", "i", "font", ""};
        const Any values[] = {Any(true),  Any(nullptr),
                              Any("red"), Any(Any::Object{{"s", 1}}),
                              Any(),      Any(Any::Array{Any(1)}),
                              Any(0)};
        Any::Object made;
        for (std::uint64_t i = random.below(4); i > 0; --i) {
            const char* name = names[random.below(4)];
            const bool isKnown = std::any_of(
                made.begin(), made.end(), [&](const auto& entry) { return entry.first == name; });
            if (!isKnown)
                made.emplace_back(name, values[random.below(std::size(values))]);
        }
        return made;
    }
};

} // namespace

/// A formatted Y.Text against a row of units with attributes.
class FormattedTextModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyEditsOfOnePersonAreThoseOfARowOfUnits_data() { addSeedRows(60); }
    void anyEditsOfOnePersonAreThoseOfARowOfUnits()
    {
        QFETCH(quint64, seed);
        FormattedWriter writer(seed);
        Replica reader(2), late(3);
        for (int step = 0; step < 80; ++step) {
            writer.edit(chance(writer.random, 20) ? writer.random.below(6) : 1);
            QCOMPARE(describe(writer.units()), describe(writer.model.units));
            QCOMPARE(writer.replica.text().size(), writer.model.units.size());
            for (; !writer.replica.made.empty(); writer.replica.made.clear())
                QVERIFY(reader.doc.applyUpdate(writer.replica.made.back()));
            QCOMPARE(describe(unitsOf(reader.text().runs())), describe(writer.model.units));
        }
        const Bytes state = writer.replica.doc.encodeStateAsUpdate({}, UpdateFormat::v2);
        QVERIFY(late.doc.applyUpdate(state, {}, UpdateFormat::v2));
        QCOMPARE(describe(unitsOf(late.text().runs())), describe(writer.model.units));
    }

    /// Equal neighbours are one run, no run is empty, and what ended is told as absent, never as
    /// null.
    void runsAreAsLongAsTheyCanBe_data() { addSeedRows(30); }
    void runsAreAsLongAsTheyCanBe()
    {
        QFETCH(quint64, seed);
        FormattedWriter writer(seed);
        for (int step = 0; step < 60; ++step) {
            writer.edit();
            const TextRun* before = nullptr;
            const std::vector<TextRun> runs = writer.replica.text().runs();
            for (const TextRun& run : runs) {
                const auto* text = std::get_if<std::string>(&run.content);
                QVERIFY(!text || !text->empty());
                for (const auto& [key, value] : run.attributes)
                    QVERIFY(!value.isNull() && !value.isUndefined());
                if (before && text && std::holds_alternative<std::string>(before->content))
                    QVERIFY(Portrait::ofObject(before->attributes) !=
                            Portrait::ofObject(run.attributes));
                before = &run;
            }
        }
    }

    void undoGoesBackThroughAllFormats_data() { addSeedRows(40); }
    void undoGoesBackThroughAllFormats()
    {
        QFETCH(quint64, seed);
        FormattedWriter writer(seed);
        writer.edit(10);
        ManualClock clock;
        UndoManager undo(writer.replica.doc, {writer.replica.text()},
                         {{"me"}, std::chrono::milliseconds(0)}, clock);
        // What each step of a stack leads back to. A step that changes nothing is passed over.
        std::vector<Units> past, future;
        const auto goBack = [&](UndoStack stack) {
            const Units before = writer.units();
            std::vector<Units>& from = stack == UndoStack::undo ? past : future;
            std::vector<Units>& to = stack == UndoStack::undo ? future : past;
            const bool changed = stack == UndoStack::undo ? undo.undo() : undo.redo();
            const Units expected = changed ? from.at(undo.depth(stack)) : before;
            from.resize(undo.depth(stack));
            if (changed)
                to.push_back(before);
            return expected;
        };
        for (int session = 0; session < 8; ++session) {
            for (std::uint64_t i = writer.random.below(20); i > 0; --i) {
                const Units before = writer.units();
                const std::size_t depth = undo.depth(UndoStack::undo);
                writer.edit();
                if (undo.depth(UndoStack::undo) > depth)
                    past.push_back(before);
                else
                    QCOMPARE(describe(writer.units()), describe(before));
            }
            for (std::uint64_t i = writer.random.below(40); i > 0; --i) {
                const Units expected =
                    goBack(chance(writer.random, 65) ? UndoStack::undo : UndoStack::redo);
                QCOMPARE(describe(writer.units()), describe(expected));
                QCOMPARE(undo.depth(UndoStack::undo), past.size());
                QCOMPARE(undo.depth(UndoStack::redo), future.size());
            }
            // Edits of what was undone and redone start anew: see
            // aCopyThatWasCutIsUndoneInItsFirstPartOnly.
            undo.clear();
            past.clear();
            future.clear();
            writer.model.units = writer.units();
        }
    }

    void everySnapshotShowsTheUnitsOfItsTime_data() { addSeedRows(30); }
    void everySnapshotShowsTheUnitsOfItsTime()
    {
        QFETCH(quint64, seed);
        FormattedWriter writer(seed, false);
        std::vector<std::pair<Snapshot, Units>> past;
        for (int step = 0; step < 40; ++step) {
            past.emplace_back(takeSnapshot(writer.replica.doc), writer.model.units);
            writer.edit();
        }
        for (const auto& [snapshot, units] : past) {
            const auto runs = runsAt(writer.replica.text(), snapshot);
            QVERIFY(runs);
            QCOMPARE(describe(unitsOf(*runs)), describe(units));
            const auto copy = createDocFromSnapshot(writer.replica.doc, snapshot);
            QVERIFY(copy);
            QCOMPARE(describe(unitsOf((*copy)->text("t").runs())), describe(units));
        }
    }

    /// Formats are laid over ranges by several people: each ends where its author put its end, or
    /// further right where somebody typed into it, and nothing that nobody formatted is formatted.
    void attributesComeFromSomebodysFormat_data() { addSeedRows(30); }
    void attributesComeFromSomebodysFormat()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica base(50);
        base.insert(0, "abcdefghijklmnopqrstuvwxyz");
        const Replicas replicas = copiesOf(base, {1, 2, 3, 4});
        // Each formats ranges of one key of its own, so that nobody overrules another.
        std::vector<std::set<char>> wanted(4);
        for (std::size_t who = 0; who < 4; ++who) {
            for (int i = 0; i < 5; ++i) {
                const std::size_t at = random.below(26), count = 1 + random.below(8);
                const bool starts = chance(random, 70);
                replicas[who]->format(
                    at, count,
                    {{std::string(1, char('0' + who)), starts ? Any(true) : Any(nullptr)}});
                for (std::size_t unit = at; unit < std::min<std::size_t>(26, at + count); ++unit) {
                    if (starts)
                        wanted[who].insert(char('a' + unit));
                    else
                        wanted[who].erase(char('a' + unit));
                }
            }
        }
        exchangeAll(replicas);
        exchangeAll(replicas);
        for (const auto& replica : replicas) {
            for (const Unit& unit : unitsOf(replica->text().runs())) {
                for (std::size_t who = 0; who < 4; ++who)
                    QCOMPARE(unit.attributes.contains(std::string(1, char('0' + who))),
                             wanted[who].contains(unit.content[0]));
            }
            QCOMPARE(describeRuns(replica->text()), describeRuns(replicas[0]->text()));
        }
    }
};

QTEST_APPLESS_MAIN(FormattedTextModelTest)
#include "formatted_text_model_test.moc"
