#include <QtTest>

#include <core/base/clock.h>
#include <core/base/utf.h>
#include <core/crdt/undo_manager.h>

#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr char16_t replacement = 0xfffd;

bool isHigh(char16_t unit) { return unit >= 0xd800 && unit < 0xdc00; }

/// What Y.Text does to a string: a cut through a surrogate pair leaves a replacement character on either side.
struct StringModel {
    std::u16string units;

    void cutAt(std::size_t at)
    {
        if (at > 0 && at < units.size() && isHigh(units[at - 1]))
            units[at - 1] = units[at] = replacement;
    }
    void insert(std::size_t at, const std::u16string& word)
    {
        cutAt(at);
        units.insert(at, word);
    }
    void remove(std::size_t at, std::size_t count)
    {
        count = std::min(count, units.size() - at);
        cutAt(at);
        cutAt(at + count);
        units.erase(at, count);
    }
};

/// One to `most` characters of one to four bytes.
std::u16string randomWord(Random& random, std::size_t most)
{
    static const std::u16string letters[] = {u"a", u"b", u"x", u"\n", u"\u00e9", u"\u4e2d", u"\u20ac", u"\U0001f600", u"\U00010348"};
    std::u16string word;
    for (std::size_t i = 1 + random.below(most); i > 0; --i)
        word += letters[random.below(std::size(letters))];
    return word;
}

/// Somebody who types, jumps, pastes and deletes.
class Writer
{
public:
    Writer(quint64 seed, std::uint64_t client) : replica(client), m_random(seed * 1000 + client) {}

    void step(Transaction& t)
    {
        Text text = replica.text();
        const std::size_t size = model.units.size();
        if (chance(m_random, jumpPercent))
            m_cursor = m_random.below(size + 1);
        m_cursor = std::min(m_cursor, size);
        if (m_cursor < size && chance(m_random, removePercent)) {
            const std::size_t count = 1 + m_random.below(chance(m_random, 4) ? 300 : 4);
            text.remove(t, m_cursor, count);
            model.remove(m_cursor, count);
            return;
        }
        const std::u16string word = randomWord(m_random, chance(m_random, 4) ? 200 : 3);
        text.insert(t, m_cursor, toUtf8(word));
        model.insert(m_cursor, word);
        m_cursor += word.size();
    }
    void edit(std::size_t steps)
    {
        replica.edit([&](Transaction& t) {
            for (std::size_t i = 0; i < steps; ++i)
                step(t);
        }, "me");
    }
    [[nodiscard]] bool agrees() const
    {
        const Text text = const_cast<Writer*>(this)->replica.text();
        return text.size() == model.units.size() && text.toString() == toUtf8(model.units);
    }
    Random& random() { return m_random; }

    Replica replica;
    StringModel model;
    std::uint64_t jumpPercent = 30;
    std::uint64_t removePercent = 30;

private:
    SeededRandom m_random;
    std::size_t m_cursor = 0;
};

std::u16string unitsOf(Replica& replica) { return toUtf16(replica.string()); }

} // namespace

/// Y.Text against a UTF-16 string: typing, pasting and cutting in a text of ten thousand items and more.
class TextModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLongHistoryIsThatOfAString_data() { addSeedRows(2); }
    void aLongHistoryIsThatOfAString()
    {
        QFETCH(quint64, seed);
        Writer writer(seed, 1);
        for (int step = 0; step < 24000; ++step) {
            writer.removePercent = step < 14000 ? 12 : step < 20000 ? 70 : 30;
            writer.jumpPercent = step % 2000 < 1500 ? 70 : 2; // scattered edits make many items, typing joins
            writer.edit(1);
            QCOMPARE(writer.replica.text().size(), writer.model.units.size());
            if (step % 400 == 399)
                QVERIFY2(writer.agrees(), qPrintable(QString("step %1").arg(step)));
        }
        Replica reader(2);
        QVERIFY(reader.receive(writer.replica));
        QCOMPARE(reader.string(), writer.replica.string());
        QCOMPARE(reader.doc.encodeStateAsUpdate(), writer.replica.doc.encodeStateAsUpdate());
    }

    void transactionsOfManyEditsAreThoseOfAString_data() { addSeedRows(4); }
    void transactionsOfManyEditsAreThoseOfAString()
    {
        QFETCH(quint64, seed);
        Writer writer(seed, 1);
        Replica follower(2);
        for (int round = 0; round < 100; ++round) {
            writer.removePercent = round % 20 < 12 ? 15 : 60;
            writer.edit(writer.random().below(120));
            QVERIFY(writer.agrees());
            // Somebody who gets each transaction as it comes has the same, and the same bytes.
            for (; !writer.replica.made.empty(); writer.replica.made.pop_back())
                QVERIFY(follower.doc.applyUpdate(writer.replica.made.back()));
            QCOMPARE(follower.string(), writer.replica.string());
        }
        QCOMPARE(follower.doc.encodeStateAsUpdate(), writer.replica.doc.encodeStateAsUpdate());
    }

    void aPastedTextIsCutAnywhere_data() { addSeedRows(12); }
    void aPastedTextIsCutAnywhere()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica replica(1);
        StringModel model{randomWord(random, 5000)};
        replica.insert(0, toUtf8(model.units));
        for (int step = 0; step < 400; ++step) {
            const std::size_t at = random.below(model.units.size() + 1);
            if (at < model.units.size() && chance(random, 50)) {
                replica.remove(at, 1);
                model.remove(at, 1);
            } else {
                replica.insert(at, "|");
                model.insert(at, u"|");
            }
            QCOMPARE(replica.text().size(), model.units.size());
            if (step % 20 == 0)
                QCOMPARE(unitsOf(replica), model.units);
        }
        QCOMPARE(unitsOf(replica), model.units);
    }

    void twoWritersEndInTheSameText_data() { addSeedRows(4); }
    void twoWritersEndInTheSameText()
    {
        QFETCH(quint64, seed);
        Writer a(seed, 1), b(seed, 2);
        for (int round = 0; round < 120; ++round) {
            for (Writer* writer : {&a, &b}) {
                writer->removePercent = round % 30 < 20 ? 15 : 60;
                for (std::size_t i = writer->random().below(10); i > 0; --i)
                    writer->edit(1 + writer->random().below(5));
                QVERIFY(writer->agrees());
            }
            QVERIFY(a.replica.receive(b.replica));
            QVERIFY(b.replica.receive(a.replica));
            QCOMPARE(a.replica.string(), b.replica.string());
            a.model.units = b.model.units = unitsOf(a.replica);
            QVERIFY(a.agrees() && b.agrees());
        }
        QCOMPARE(a.replica.doc.encodeStateAsUpdate(), b.replica.doc.encodeStateAsUpdate());
    }

    void undoGoesBackThroughTheStringsHistory_data() { addSeedRows(6); }
    void undoGoesBackThroughTheStringsHistory()
    {
        QFETCH(quint64, seed);
        Writer writer(seed, 1);
        writer.removePercent = 0;
        writer.edit(500);
        ManualClock clock;
        UndoManager undo(writer.replica.doc, {writer.replica.text()}, {.trackedOrigins = {"me"}}, clock);
        // Whole characters only: what a cut did to a pair, undo does not mend (nor does it in Yjs).
        std::vector<std::u16string> past{unitsOf(writer.replica)};
        Random& random = writer.random();
        for (int step = 0; step < 400; ++step) {
            const std::size_t size = past.back().size();
            std::size_t at = random.below(size + 1);
            at += at > 0 && at < size && isHigh(past.back()[at - 1]) ? 1 : 0;
            std::size_t end = std::min(size, at + 1 + random.below(6));
            end += end < size && isHigh(past.back()[end - 1]) ? 1 : 0;
            writer.replica.edit([&](Transaction& t) {
                if (chance(random, 40))
                    writer.replica.text().remove(t, at, end - at);
                else
                    writer.replica.text().insert(t, at, toUtf8(randomWord(random, 8)));
            }, "me");
            undo.stopCapturing();
            if (std::u16string now = unitsOf(writer.replica); now != past.back())
                past.push_back(std::move(now));
            if (chance(random, 20)) {
                std::size_t back = random.below(std::min<std::size_t>(past.size(), 12));
                std::size_t now = past.size() - 1;
                for (; back > 0; --back) {
                    QVERIFY(undo.undo());
                    QCOMPARE(unitsOf(writer.replica), past[--now]);
                }
                for (std::size_t forth = random.below(past.size() - now); forth > 0; --forth) {
                    QVERIFY(undo.redo());
                    QCOMPARE(unitsOf(writer.replica), past[++now]);
                }
                past.resize(now + 1);
            }
        }
    }

    void typingBackwardsAndDeletingForwardsKeepsTheText()
    {
        // Items that never join, then tombstones that all do, in front of a text that stays.
        Replica replica(1);
        replica.insert(0, "end");
        for (int i = 0; i < 3000; ++i)
            replica.insert(0, "x");
        QCOMPARE(replica.text().size(), std::size_t{3003});
        for (int i = 0; i < 3000; ++i) {
            replica.remove(0, 1);
            if (i % 500 == 0)
                QCOMPARE(replica.string(), std::string(std::size_t(2999 - i), 'x') + "end");
        }
        replica.insert(0, "start ");
        replica.insert(9, " more");
        QCOMPARE(replica.string(), std::string("start end more"));
    }
};

QTEST_APPLESS_MAIN(TextModelTest)
#include "text_model_test.moc"
