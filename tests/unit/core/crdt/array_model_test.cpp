#include <QtTest>

#include <set>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

using Model = std::vector<int>;

/// The number that an element stands for: itself, or what a map or a byte string holds. -1 for nothing.
int numberOf(const std::optional<Value>& value)
{
    if (!value)
        return -1;
    if (const SharedType* type = std::get_if<SharedType>(&*value)) {
        const Any held = type->asMap().getAny("n");
        return held.number() ? int(*held.number()) : -1;
    }
    const Any& any = std::get<Any>(*value);
    if (const Bytes* bytes = any.bytes())
        return int((*bytes)[0]) << 16 | int((*bytes)[1]) << 8 | int((*bytes)[2]);
    return any.number() ? int(*any.number()) : -1;
}

/// Values that join their neighbours, and types and bytes, which never do.
NewValue elementOf(int number)
{
    switch (number % 3) {
    case 0: return NewType{.kind = TypeKind::map, .entries = {{"n", Any(number)}}};
    case 1: return Any(Bytes{std::uint8_t(number >> 16), std::uint8_t(number >> 8), std::uint8_t(number)});
    default: return Any(number);
    }
}

/// By the chain of items, not by position.
Model walked(const Array& array)
{
    Model values;
    array.forEach([&](std::size_t, const Value& value) { values.push_back(numberOf(value)); });
    return values;
}

/// Each element by its position: every other one from the front, the rest from the back.
Model looked(const Array& array)
{
    Model values(array.size());
    for (std::size_t i = 0; i < values.size(); i += 2)
        values[i] = numberOf(array.get(i));
    for (std::size_t i = values.size() / 2 * 2; i-- > 0;) {
        if (i % 2 == 1)
            values[i] = numberOf(array.get(i));
    }
    return values;
}

/// An author who works at one place for a while and then goes elsewhere.
class Author
{
public:
    Author(quint64 seed, std::uint64_t client) : replica(client), m_random(seed * 1000 + client), m_next(int(client) << 16) {}

    void step(Transaction& t)
    {
        Array array = replica.array();
        if (chance(m_random, 20))
            m_cursor = m_random.below(model.size() + 1);
        m_cursor = std::min(m_cursor, model.size());
        if (chance(m_random, m_removePercent) && m_cursor < model.size())
            remove(t, array, 1 + m_random.below(chance(m_random, 5) ? 60 : 3));
        else
            insert(t, array, 1 + m_random.below(chance(m_random, 5) ? 40 : 3));
    }
    void edit(std::size_t steps)
    {
        replica.edit([&](Transaction& t) {
            for (std::size_t i = 0; i < steps; ++i)
                step(t);
        }, "me");
    }
    void removeWith(std::uint64_t percent) { m_removePercent = percent; }
    Random& random() { return m_random; }

    /// The size, and some elements near the cursor and elsewhere, are those of the model.
    bool agreesInSpots()
    {
        const Array array = replica.array();
        if (array.size() != model.size() || array.get(model.size()))
            return false;
        for (int i = 0; i < 4 && !model.empty(); ++i) {
            const std::size_t at = i < 2 ? std::min<std::size_t>(m_cursor + m_random.below(20), model.size() - 1)
                                         : m_random.below(model.size());
            if (numberOf(array.get(at)) != model[at])
                return false;
        }
        return true;
    }

    Replica replica;
    Model model;
    std::set<int> inserted;
    std::set<int> removed;

private:
    void insert(Transaction& t, Array& array, std::size_t count)
    {
        std::vector<NewValue> values;
        Model numbers;
        for (std::size_t i = 0; i < count; ++i) {
            numbers.push_back(++m_next);
            values.push_back(elementOf(m_next));
        }
        inserted.insert(numbers.begin(), numbers.end());
        if (m_cursor == model.size() && chance(m_random, 50))
            array.push(t, values);
        else
            array.insert(t, m_cursor, values);
        model.insert(model.begin() + std::ptrdiff_t(m_cursor), numbers.begin(), numbers.end());
        m_cursor += chance(m_random, 80) ? count : 0;
    }
    void remove(Transaction& t, Array& array, std::size_t count)
    {
        array.remove(t, m_cursor, count);
        const auto first = model.begin() + std::ptrdiff_t(m_cursor);
        const auto last = first + std::ptrdiff_t(std::min(count, model.size() - m_cursor));
        removed.insert(first, last);
        model.erase(first, last);
        m_cursor -= m_cursor > 0 && chance(m_random, 30) ? 1 : 0;
    }

    SeededRandom m_random;
    int m_next;
    std::size_t m_cursor = 0;
    std::uint64_t m_removePercent = 30;
};

} // namespace

/// Y.Array against a std::vector: long lists, found by position through block splits, joins and tombstones.
class ArrayModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLongHistoryIsThatOfAVector_data() { addSeedRows(2); }
    void aLongHistoryIsThatOfAVector()
    {
        QFETCH(quint64, seed);
        Author author(seed, 1);
        for (int step = 0; step < 24000; ++step) {
            // Grows to more than ten thousand, shrinks, and grows again.
            author.removeWith(step < 12000 ? 10 : step < 18000 ? 75 : 25);
            author.edit(1);
            QVERIFY2(author.agreesInSpots(), qPrintable(QString("step %1").arg(step)));
            if (step % 3000 == 2999) {
                QCOMPARE(walked(author.replica.array()), author.model);
                QCOMPARE(looked(author.replica.array()), author.model);
            }
            if (step == 12000)
                QVERIFY(author.model.size() > 10000);
        }
    }

    void transactionsOfManyEditsAreThoseOfAVector_data() { addSeedRows(4); }
    void transactionsOfManyEditsAreThoseOfAVector()
    {
        QFETCH(quint64, seed);
        Author author(seed, 1);
        for (int round = 0; round < 120; ++round) {
            author.removeWith(round % 20 < 12 ? 15 : 70);
            author.replica.edit([&](Transaction& t) {
                for (std::size_t i = author.random().below(200); i > 0; --i) {
                    author.step(t);
                    QVERIFY(author.agreesInSpots());
                }
            });
            QVERIFY(author.agreesInSpots());
            if (round % 10 == 9)
                QCOMPARE(looked(author.replica.array()), author.model);
        }
        Replica reader(9);
        QVERIFY(reader.receive(author.replica));
        QCOMPARE(walked(reader.array()), author.model);
        QCOMPARE(looked(reader.array()), author.model);
    }

    void twoAuthorsKeepAllThatNobodyRemoved_data() { addSeedRows(4); }
    void twoAuthorsKeepAllThatNobodyRemoved()
    {
        QFETCH(quint64, seed);
        Author a(seed, 1), b(seed, 2);
        for (int round = 0; round < 150; ++round) {
            for (Author* author : {&a, &b}) {
                author->removeWith(round % 40 < 25 ? 15 : 60);
                for (std::size_t i = author->random().below(12); i > 0; --i) {
                    author->edit(1 + author->random().below(6));
                    QVERIFY(author->agreesInSpots());
                }
            }
            QVERIFY(a.replica.receive(b.replica));
            QVERIFY(b.replica.receive(a.replica));
            a.model = walked(a.replica.array());
            b.model = walked(b.replica.array());
            QCOMPARE(a.model, b.model);
            QCOMPARE(std::set<int>(a.model.begin(), a.model.end()), livingOf(a, b));
            if (round % 15 == 14) {
                QCOMPARE(looked(a.replica.array()), a.model);
                QCOMPARE(looked(b.replica.array()), b.model);
            }
        }
        QCOMPARE(a.replica.doc.encodeStateAsUpdate(), b.replica.doc.encodeStateAsUpdate());
    }

    void undoGoesBackThroughTheVectorsHistory_data() { addSeedRows(6); }
    void undoGoesBackThroughTheVectorsHistory()
    {
        QFETCH(quint64, seed);
        Author author(seed, 1);
        author.edit(1500); // not on the stack yet
        ManualClock clock;
        UndoManager undo(author.replica.doc, {author.replica.array()}, {.trackedOrigins = {"me"}}, clock);
        std::vector<Model> past{author.model};
        for (int round = 0; round < 12; ++round) {
            for (int step = 0; step < 15; ++step) {
                author.edit(1 + author.random().below(8));
                undo.stopCapturing();
                past.push_back(author.model);
            }
            std::size_t at = past.size() - 1;
            const std::size_t back = author.random().below(at) + 1;
            for (std::size_t i = 0; i < back; ++i) {
                QVERIFY(undo.undo());
                QCOMPARE(walked(author.replica.array()), past[--at]);
            }
            QCOMPARE(looked(author.replica.array()), past[at]);
            const std::size_t forth = author.random().below(back + 1);
            for (std::size_t i = 0; i < forth; ++i) {
                QVERIFY(undo.redo());
                QCOMPARE(walked(author.replica.array()), past[++at]);
            }
            QCOMPARE(looked(author.replica.array()), past[at]);
            past.resize(at + 1);
            author.model = past.back();
        }
    }

    void aListThatEmptiesStartsAnew()
    {
        Author author(1, 1);
        for (int round = 0; round < 5; ++round) {
            author.removeWith(0);
            author.edit(1000);
            QVERIFY(author.agreesInSpots());
            // From the front, from the back, then all at once.
            for (const bool fromFront : {true, false}) {
                author.replica.edit([&](Transaction& t) {
                    for (int i = 0; i < 300; ++i)
                        author.replica.array().remove(t, fromFront ? 0 : author.replica.array().size() - 1, 1);
                });
            }
            const Model rest(author.model.begin() + 300, author.model.end() - 300);
            QCOMPARE(looked(author.replica.array()), rest);
            author.replica.edit([&](Transaction& t) { author.replica.array().remove(t, 0, rest.size()); });
            author.model.clear();
            QVERIFY(author.agreesInSpots());
            QVERIFY(!author.replica.array().get(0));
        }
    }

private:
    static std::set<int> livingOf(const Author& a, const Author& b)
    {
        std::set<int> living = a.inserted;
        living.insert(b.inserted.begin(), b.inserted.end());
        for (const std::set<int>* removed : {&a.removed, &b.removed}) {
            for (const int number : *removed)
                living.erase(number);
        }
        return living;
    }
};

QTEST_APPLESS_MAIN(ArrayModelTest)
#include "array_model_test.moc"
