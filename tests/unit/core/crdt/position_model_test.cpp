#include <QtTest>

#include <core/base/clock.h>
#include <core/base/utf.h>
#include <core/crdt/relative_position.h>
#include <core/crdt/undo_manager.h>

#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// Every letter of these texts is another, so that a place can be told by its neighbours.
class Letters
{
public:
    std::string some(std::size_t count)
    {
        std::u16string made;
        for (; count > 0; --count)
            made += static_cast<char16_t>(0x4e00 + m_next++);
        return toUtf8(made);
    }

private:
    int m_next = 0;
};

std::u16string unitsOf(Replica& replica)
{
    return toUtf16(replica.string());
}

/// A place between two letters, and the letter it sticks to.
struct Mark {
    RelativePosition position;
    char16_t letter = 0; ///< 0: an end of the text
    Association side{};
};

Mark markAt(Replica& replica, std::size_t index, Association side)
{
    const std::u16string units = unitsOf(replica);
    Mark mark{relativePosition(replica.text(), index, side), 0, side};
    if (side == Association::right && index < units.size())
        mark.letter = units[index];
    if (side == Association::left && index > 0 && !units.empty())
        mark.letter = units[std::min(index, units.size()) - 1];
    return mark;
}

/// Where a mark has to be while its letter is there; nothing is said about the places of letters
/// that are gone.
std::optional<std::size_t> expectedIndex(const Mark& mark, const std::u16string& units)
{
    if (mark.letter == 0)
        return mark.side == Association::left ? 0 : units.size();
    const std::size_t at = units.find(mark.letter);
    if (at == std::u16string::npos)
        return std::nullopt;
    return mark.side == Association::left ? at + 1 : at;
}

void editSomewhere(Random& random, Letters& letters, Replica& replica, const Origin& origin = {})
{
    const std::size_t size = replica.text().size();
    replica.edit(
        [&](Transaction& t) {
            if (size > 0 && chance(random, 40))
                replica.text().remove(t, random.below(size), 1 + random.below(6));
            else
                replica.text().insert(t, random.below(size + 1), letters.some(1 + random.below(5)));
        },
        origin);
}

} // namespace

/// Places that go with the letters around them.
class PositionModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPlaceStaysAtItsLetter_data() { addSeedRows(40); }
    void aPlaceStaysAtItsLetter()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Letters letters;
        Replica a(1), b(2);
        std::vector<Mark> marks;
        for (int step = 0; step < 120; ++step) {
            Replica& writer = chance(random, 60) ? a : b;
            editSomewhere(random, letters, writer);
            const bool sticksLeft = chance(random, 50);
            if (chance(random, 40)) {
                const std::size_t index =
                    random.below(a.text().size() + (sticksLeft ? 1 : 3)); // past the end is the end
                marks.push_back(
                    markAt(a, index, sticksLeft ? Association::left : Association::right));
            }
            if (chance(random, 30))
                QVERIFY(chance(random, 50) ? a.receive(b) : b.receive(a));
            const std::u16string units = unitsOf(a);
            for (const Mark& mark : marks) {
                const auto place = resolve(a.doc, mark.position);
                QVERIFY(place && place->type == a.text());
                QVERIFY(place->index <= units.size());
                QCOMPARE(place->association, static_cast<std::int64_t>(mark.side));
                if (const auto expected = expectedIndex(mark, units))
                    QCOMPARE(place->index, *expected);
            }
        }
        QVERIFY(a.receive(b) && b.receive(a));
        for (const Mark& mark : marks)
            QCOMPARE(resolve(b.doc, mark.position)->index, resolve(a.doc, mark.position)->index);
    }

    /// Places keep their order: what was left of another is never right of it.
    void placesNeverPassEachOther_data() { addSeedRows(40); }
    void placesNeverPassEachOther()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Letters letters;
        Replica a(1), b(2);
        a.insert(0, letters.some(40));
        QVERIFY(b.receive(a));
        std::vector<RelativePosition> places;
        for (std::size_t index = 0; index <= 40; ++index) {
            for (const Association side : {Association::left, Association::right})
                places.push_back(relativePosition(a.text(), index, side));
        }
        for (int step = 0; step < 100; ++step) {
            editSomewhere(random, letters, chance(random, 50) ? a : b);
            if (chance(random, 20))
                QVERIFY(a.receive(b) && b.receive(a));
            for (Replica* reader : {&a, &b}) {
                std::size_t last = 0;
                for (const RelativePosition& place : places) {
                    const std::size_t index = resolve(reader->doc, place)->index;
                    QVERIFY(last <= index);
                    last = index;
                }
            }
        }
    }

    /// Bytes, JSON and back: the same place.
    void placesTravel_data() { addSeedRows(20); }
    void placesTravel()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Letters letters;
        Replica a(9007199254740991), b(2);
        for (int step = 0; step < 60; ++step) {
            editSomewhere(random, letters, a);
            QVERIFY(b.receive(a));
            const auto place =
                relativePosition(a.text(), random.below(a.text().size() + 2),
                                 chance(random, 50) ? Association::left : Association::right);
            const auto bytes = decodeRelativePosition(encodeRelativePosition(place));
            const auto json = relativePositionOfJson(parseJson(toJson(toJsonForm(place))).value());
            QVERIFY(bytes && json);
            QVERIFY(*json == place);
            // On the wire stands only the first of item, root name and type.
            QVERIFY(bytes->item == place.item);
            QCOMPARE(resolve(b.doc, *bytes)->index, resolve(a.doc, place)->index);
            QCOMPARE(resolve(b.doc, *json)->index, resolve(a.doc, place)->index);
        }
    }

    /// A letter that was deleted and brought back has its places back.
    void undoBringsPlacesBack_data() { addSeedRows(40); }
    void undoBringsPlacesBack()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Letters letters;
        Replica a(1);
        a.insert(0, letters.some(30));
        ManualClock clock;
        UndoManager undo(a.doc, {a.text()}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        for (int round = 0; round < 10; ++round) {
            std::vector<Mark> marks;
            for (std::size_t index = 0; index <= a.text().size(); ++index)
                marks.push_back(
                    markAt(a, index, chance(random, 50) ? Association::left : Association::right));
            const std::u16string before = unitsOf(a);
            for (std::uint64_t i = 1 + random.below(6); i > 0; --i)
                editSomewhere(random, letters, a, "me");
            while (undo.undo()) {
            }
            QCOMPARE(unitsOf(a), before);
            for (const Mark& mark : marks) {
                QCOMPARE(resolve(a.doc, mark.position)->index, *expectedIndex(mark, before));
                // Who does not follow finds the tombstone, or the letter where it never went.
                QVERIFY(resolve(a.doc, mark.position, FollowRedone::no)->index <= before.size());
            }
            while (undo.redo()) {
            }
            undo.clear();
        }
    }

    void placesInListsCountElements_data() { addSeedRows(20); }
    void placesInListsCountElements()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1);
        int next = 0;
        std::vector<std::pair<RelativePosition, double>> marks;
        for (int step = 0; step < 150; ++step) {
            Array list = a.array();
            a.edit([&](Transaction& t) {
                if (list.size() > 0 && chance(random, 40))
                    list.remove(t, random.below(list.size()), 1 + random.below(3));
                else if (chance(random, 30))
                    list.insert(t, random.below(list.size() + 1),
                                {NewType{}, Any(++next), Any(Bytes{1})});
                else
                    list.insert(t, random.below(list.size() + 1), {Any(++next), Any(++next)});
            });
            const std::size_t at = random.below(list.size() + 1);
            const auto here = list.get(at);
            if (const auto* value = here ? std::get_if<Any>(&*here) : nullptr;
                value && value->number())
                marks.emplace_back(relativePosition(list, at), *value->number());
            std::map<double, std::size_t> places;
            list.forEach([&](std::size_t index, const Value& value) {
                if (const auto* any = std::get_if<Any>(&value); any && any->number())
                    places[*any->number()] = index;
            });
            for (const auto& [position, number] : marks) {
                const auto place = resolve(a.doc, position);
                QVERIFY(place.has_value());
                if (places.contains(number))
                    QCOMPARE(place->index, places[number]);
            }
        }
    }

    void aPlaceInADeletedTypeIsItsStart()
    {
        for (const bool gc : {false, true}) {
            Replica a(1, gc);
            a.set("n", NewType{.kind = TypeKind::text, .text = "hello"});
            const Text text = a.map().getType("n").asText();
            const RelativePosition inside = relativePosition(text, 3);
            const RelativePosition end = relativePosition(text, 5);
            const RelativePosition start = relativePosition(text, 0, Association::left);
            QVERIFY(!inside.rootName && inside.type && inside.item);
            QVERIFY(!end.item && end.type);
            QCOMPARE(resolve(a.doc, end)->index, std::size_t{5});
            a.unset("n");
            for (const RelativePosition& place : {inside, end, start}) {
                const auto found = resolve(a.doc, place);
                QVERIFY(!found || (found->index == 0 && found->type.isDeleted()));
                QVERIFY(gc || found);
            }
        }
    }

    void aPlaceMadeInACollectedTypeIsNowhere()
    {
        Replica a(1);
        a.edit([&](Transaction& t) { a.doc.text("").insert(t, 0, "a root without a name"); });
        a.set("n", NewType{.kind = TypeKind::text, .text = "hello"});
        const Text text = a.map().getType("n").asText();
        a.unset("n");
        for (const Association side : {Association::left, Association::right})
            QVERIFY(!resolve(a.doc, relativePosition(text, 0, side)));
    }

    void endsGrowWithTheirType()
    {
        Replica a(1);
        const RelativePosition end = relativePosition(a.text(), 0);
        const RelativePosition start = relativePosition(a.text(), 0, Association::left);
        a.insert(0, "hello");
        QCOMPARE(resolve(a.doc, end)->index, std::size_t{5});
        QCOMPARE(resolve(a.doc, start)->index, std::size_t{0});
        a.insert(0, "oh ");
        QCOMPARE(resolve(a.doc, end)->index, std::size_t{8});
        QCOMPARE(resolve(a.doc, start)->index, std::size_t{0});
        a.remove(0, 8);
        QCOMPARE(resolve(a.doc, end)->index, std::size_t{0});
        // Left of the end sticks to the last letter, also when it is gone.
        a.insert(0, "ab");
        const RelativePosition last = relativePosition(a.text(), 99, Association::left);
        a.insert(2, "c");
        QCOMPARE(resolve(a.doc, last)->index, std::size_t{2});
        a.remove(1, 1);
        QCOMPARE(resolve(a.doc, last)->index, std::size_t{1});
    }

    void formatsAndEmbedsMoveNoPlace()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        const RelativePosition place = relativePosition(a.text(), 3);
        const RelativePosition left = relativePosition(a.text(), 3, Association::left);
        a.format(0, 6, {{"b", true}});
        a.format(2, 2, {{"b", nullptr}, {"i", 1}});
        QCOMPARE(resolve(a.doc, place)->index, std::size_t{3});
        QCOMPARE(resolve(a.doc, left)->index, std::size_t{3});
        a.edit([&](Transaction& t) { a.text().insertEmbed(t, 3, Any(1)); });
        QCOMPARE(resolve(a.doc, place)->index, std::size_t{4});
        QCOMPARE(resolve(a.doc, left)->index, std::size_t{3});
        const RelativePosition embed = relativePosition(a.text(), 3);
        a.remove(3, 1);
        QCOMPARE(resolve(a.doc, embed)->index, std::size_t{3});
    }

    /// A cut in the middle of a pair is a place, too: it may be set and found.
    void placesInsideAPairAreKept()
    {
        Replica a(1);
        a.insert(0, "a\U0001f600b");
        const RelativePosition inside = relativePosition(a.text(), 2);
        QCOMPARE(resolve(a.doc, inside)->index, std::size_t{2});
        QCOMPARE(a.string(), std::string("a\U0001f600b")); // nothing was cut for it
        a.insert(2, "-");
        QCOMPARE(resolve(a.doc, inside)->index, std::size_t{3});
    }

    void findingAndResolvingWriteNothing()
    {
        Replica a(1), b(2);
        a.insert(0, "abcdef");
        QVERIFY(b.receive(a));
        b.insert(3, "xyz");
        QVERIFY(a.receive(b));
        const std::size_t count = a.made.size() + a.received.size();
        const Bytes state = a.doc.encodeStateAsUpdate();
        for (std::size_t index = 0; index < 12; ++index) {
            for (const Association side : {Association::left, Association::right})
                QVERIFY(resolve(a.doc, relativePosition(a.text(), index, side)));
        }
        QCOMPARE(a.doc.encodeStateAsUpdate(), state);
        QCOMPARE(a.made.size() + a.received.size(), count);
    }
};

QTEST_APPLESS_MAIN(PositionModelTest)
#include "position_model_test.moc"
