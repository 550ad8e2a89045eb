#include <QtTest>

#include <core/base/random.h>

#include "saved_undo.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr std::size_t headBytes = 4 + 1 + 8; ///< "TSRU", version, checksum

std::uint64_t fnv(ByteView bytes)
{
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const std::uint8_t byte : bytes)
        sum = (sum ^ byte) * 0x100000001b3;
    return sum;
}

/// With the checksum of what is in there now.
Bytes resealed(Bytes bytes)
{
    const std::uint64_t sum = fnv(ByteView(bytes).subspan(headBytes));
    for (int i = 0; i < 8; ++i)
        bytes[5 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(sum >> (56 - 8 * i));
    return bytes;
}

} // namespace

/// Saved undo stacks that are damaged or do not fit: an error value, and nothing else happens.
class UndoRefusalTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// What they would bring back may be back already.
    void bytesFromBeforeAnEditOfTheSameClientAreStale()
    {
        Person before(1);
        before.insert(0, "hello");
        before.remove(0, 5);
        const Bytes saved = before.undo.save();
        QVERIFY(before.undo.undo());
        const auto after = loaded(before.doc, 2);
        const auto restored = after->undo.restore(saved);
        QVERIFY(!restored);
        QVERIFY(restored.error().code == UndoErrc::stale);
        QVERIFY(!after->undo.canUndo());
        QCOMPARE(after->text().toString(), std::string("hello"));
    }

    void bytesOfAnotherDocumentAreRefused()
    {
        Person before(1), other(1), later(1);
        work(before);
        const Bytes saved = before.undo.save();
        const auto codeFor = [&](const Doc& doc) {
            const auto after = loaded(doc, 2);
            const auto restored = after->undo.restore(saved);
            return restored || after->undo.canUndo() ? std::optional<UndoErrc>()
                                                     : restored.error().code;
        };
        QVERIFY(codeFor(other.doc) == UndoErrc::otherDocument);
        // As many clocks of the same client, but none of them deleted.
        while (other.doc.stateVector()[ClientId{1}] < before.doc.stateVector()[ClientId{1}])
            other.insert(0, "x");
        QVERIFY(codeFor(other.doc) == UndoErrc::otherDocument);
        // The same clocks are deleted, but they were somewhere else.
        later.edit([&](Transaction& t) { later.array().push(t, {Any("x")}); });
        while (later.doc.stateVector()[ClientId{1}] < before.doc.stateVector()[ClientId{1}])
            later.insert(0, "x");
        later.remove(0, later.text().size());
        later.edit([&](Transaction& t) { later.array().remove(t, 0, 1); });
        QVERIFY(codeFor(later.doc) == UndoErrc::otherDocument);
        QVERIFY(!codeFor(before.doc));
    }

    void insideATransactionNothingIsRestored()
    {
        Person person(1);
        person.insert(0, "a");
        const Bytes saved = person.undo.save();
        std::optional<UndoError> error;
        person.edit([&](Transaction&) {
            if (const auto restored = person.undo.restore(saved); !restored)
                error = restored.error();
        });
        QVERIFY(error && error->code == UndoErrc::busy);
        QCOMPARE(person.undo.depth(UndoStack::undo), std::size_t{1});
    }

    void newerBytesAreNamedAsSuch()
    {
        Person person(1);
        Bytes bytes = person.undo.save();
        QCOMPARE(bytes[4], std::uint8_t{1});
        bytes[4] = 2;
        const auto restored = person.undo.restore(bytes);
        QVERIFY(!restored && restored.error().code == UndoErrc::newerVersion);
    }

    void cutAndFlippedBytesAreDamaged()
    {
        Person before(1);
        work(before);
        const Bytes good = before.undo.save();
        const auto after = loaded(before.doc, 2);
        after->insert(0, "kept");
        const std::string json = after->json();
        const auto isRefused = [&](const Bytes& bytes) {
            const auto restored = after->undo.restore(bytes);
            return !restored && (restored.error().code == UndoErrc::damaged ||
                                 restored.error().code == UndoErrc::newerVersion);
        };
        for (std::size_t size = 0; size < good.size(); ++size)
            QVERIFY2(
                isRefused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))),
                std::to_string(size).c_str());
        for (std::size_t at = 0; at < good.size(); ++at) {
            Bytes bytes = good;
            bytes[at] ^= static_cast<std::uint8_t>(1u << (at % 8));
            QVERIFY2(isRefused(bytes), std::to_string(at).c_str());
        }
        Bytes longer = good;
        longer.push_back(0);
        QVERIFY(isRefused(longer));
        QVERIFY(isRefused(resealed(longer)));
        QCOMPARE(after->json(), json);
        QCOMPARE(after->undo.depth(UndoStack::undo), std::size_t{1});
    }

    /// Changes that the checksum covers: refused or not, the document stays whole and undo ends.
    void forgedBytesHarmNothing_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 40; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void forgedBytesHarmNothing()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Person before(1);
        work(before);
        const Bytes good = before.undo.save();
        const Bytes document = collected(before.doc);
        for (int round = 0; round < 100; ++round) {
            Bytes bytes = good;
            for (std::uint64_t i = 0; i <= random.below(3); ++i) {
                const std::size_t at = headBytes + random.below(bytes.size() - headBytes);
                bytes[at] = static_cast<std::uint8_t>(random.below(2) == 0 ? random.below(256)
                                                                           : bytes[at] + 1);
            }
            Person after(2);
            QVERIFY(after.doc.applyUpdate(document));
            const std::string json = after.json();
            if (!after.undo.restore(resealed(bytes))) {
                QCOMPARE(after.json(), json);
                QVERIFY(!after.undo.canUndo() && !after.undo.canRedo());
                continue;
            }
            statesOnTheWayBack(after);
            Doc peer({.clientId = ClientId{3}});
            QVERIFY(peer.applyUpdate(after.doc.encodeStateAsUpdate()));
            QVERIFY(peer.stateVector() == after.doc.stateVector());
        }
    }

    void linksInACircleAreRefused()
    {
        // Two units of a text, deleted and each said to be the copy of the other.
        Doc source({.clientId = ClientId{1}});
        source.transact("me", [&](Transaction& t) {
            source.text("t").insert(t, 0, "ab");
            source.text("t").remove(t, 0, 2);
        });
        const std::string kept = "02"
                                 "0100"
                                 "01"
                                 "01"
                                 "0174"
                                 "01"
                                 "0101"
                                 "01"
                                 "01"
                                 "0174"
                                 "01";
        const auto restoreWith = [&](const std::string& links) {
            Person after(2);
            QVERIFY(after.doc.applyUpdate(source.encodeStateAsUpdate()));
            const Bytes body = fromHex("03010102"
                                       "01"
                                       "00"
                                       "00" +
                                       kept + links)
                                   .value();
            Bytes bytes(headBytes);
            std::copy_n("TSRU\x01", 5, bytes.begin());
            bytes.insert(bytes.end(), body.begin(), body.end());
            const auto restored = after.undo.restore(resealed(bytes));
            QVERIFY(restored || restored.error().code == UndoErrc::damaged);
            m_wasRestored = restored.hasValue();
        };
        restoreWith("00");
        QVERIFY(m_wasRestored);
        restoreWith("01"
                    "0100010101");
        QVERIFY(m_wasRestored);
        restoreWith("02"
                    "0100010101"
                    "0101010100");
        QVERIFY(!m_wasRestored);
        restoreWith("01"
                    "0100010100");
        QVERIFY(!m_wasRestored);
        restoreWith("02"
                    "0100010101"
                    "0100010101");
        QVERIFY(!m_wasRestored);
        restoreWith("01"
                    "0100010109");
        QVERIFY(!m_wasRestored);
    }

    /// Found by fuzzing. Links may pass for links and still lead round in a circle with the order
    /// of a key's values: here the second value says that the first is its copy.
    void linksRoundAKeysValuesEnd()
    {
        Doc source({.clientId = ClientId{1}});
        source.transact("me", [&](Transaction& t) {
            for (int i = 0; i < 3; ++i)
                source.map("m").set(t, "k", Any(i));
        });
        Person after(2);
        QVERIFY(after.doc.applyUpdate(source.encodeStateAsUpdate()));
        const std::string step = "0101010001"
                                 "00"
                                 "7600";
        const std::string kept = "02"
                                 "0100"
                                 "2801016d016b017d00"
                                 "0101"
                                 "2101016d016b01";
        const Bytes body = fromHex("03010103"
                                   "01"
                                   "01" +
                                   step + "00" + kept +
                                   "01"
                                   "0101010100")
                               .value();
        Bytes bytes(headBytes);
        std::copy_n("TSRU\x01", 5, bytes.begin());
        bytes.insert(bytes.end(), body.begin(), body.end());
        QVERIFY(after.undo.restore(resealed(bytes)));
        QVERIFY(!after.undo.undo());
        QVERIFY(after.map().getAny("k") == Any(2));
    }

private:
    bool m_wasRestored = false;
};

QTEST_APPLESS_MAIN(UndoRefusalTest)
#include "undo_refusal_test.moc"
