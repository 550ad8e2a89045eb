#include <QtTest>

#include <core/crdt/snapshot.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

Bytes bytesOf(const QString& hex)
{
    return fromHex(hex.toStdString()).value();
}

std::string textOf(const std::vector<TextRun>& runs)
{
    std::string text;
    for (const TextRun& run : runs)
        text += std::get<std::string>(run.content);
    return text;
}

} // namespace

/// Documents as of earlier times. What yjs says is in snapshots.json and v2.json
/// (twin_golden_test.cpp).
class SnapshotTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_doc = std::make_unique<Doc>(DocOptions{.clientId = ClientId{1}, .gc = false}); }

    void knownBytesReadAndWrite_data()
    {
        QTest::addColumn<QString>("v1");
        QTest::addColumn<QString>("v2");
        QTest::newRow("empty") << "0000"
                               << "0000";
        QTest::newRow("abc without b") << "010101010101"
                                          "0103"
                                       << "010101010001"
                                          "0103";
        QTest::newRow("two clients, several ranges") << "0202010501"
                                                        "01020102"
                                                        "0502"
                                                        "0202060107"
                                                     << "0202010500"
                                                        "01020101"
                                                        "0201"
                                                        "0202060107";
    }
    void knownBytesReadAndWrite()
    {
        QFETCH(QString, v1);
        QFETCH(QString, v2);
        const auto snapshot = decodeSnapshot(bytesOf(v1));
        QVERIFY(snapshot);
        QCOMPARE(encodeSnapshot(snapshot.value()), bytesOf(v1));
        QCOMPARE(encodeSnapshot(snapshot.value(), UpdateFormat::v2), bytesOf(v2));
        QVERIFY(decodeSnapshot(bytesOf(v2), UpdateFormat::v2).value() == snapshot.value());
    }

    void unorderedRangesBecomeOrdered()
    {
        const auto snapshot = decodeSnapshot(bytesOf("010104"
                                                     "0502"
                                                     "0001"
                                                     "0102"
                                                     "0300"
                                                     "00"))
                                  .value();
        QVERIFY((snapshot.deletes.at(ClientId{1}) == std::vector<ClockRange>{{0, 3}, {5, 2}}));
    }

    void brokenBytesAreErrors_data()
    {
        QTest::addColumn<QString>("hex");
        QTest::addColumn<bool>("isV2");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* hex, bool isV2, DecodeErrc code) {
            QTest::newRow(name) << hex << isV2 << static_cast<int>(code);
        };
        row("nothing", "", false, DecodeErrc::truncated);
        row("no state vector", "00", false, DecodeErrc::truncated);
        row("a count without entries", "ffffffffffff0f", false, DecodeErrc::truncated);
        row("a range count without ranges", "0101ffffffffffff0f", true, DecodeErrc::truncated);
        row("a range past the last clock", "010101ffffffffffffff0f0100", false,
            DecodeErrc::tooLarge);
        row("ranges that add up past it", "010102ffffffffffffff070000ffffffffffffff0b00", true,
            DecodeErrc::tooLarge);
        row("a client twice in the vector", "000201010102", false, DecodeErrc::duplicateClient);
        row("bytes behind", "000000", false, DecodeErrc::trailingBytes);
    }
    void brokenBytesAreErrors()
    {
        QFETCH(QString, hex);
        QFETCH(bool, isV2);
        QFETCH(int, code);
        const auto snapshot =
            decodeSnapshot(bytesOf(hex), isV2 ? UpdateFormat::v2 : UpdateFormat::v1);
        QVERIFY(!snapshot);
        QCOMPARE(static_cast<int>(snapshot.error().code), code);
    }

    void theTextAsOfThenComesBack()
    {
        insert(0, "hello world");
        const Snapshot then = takeSnapshot(*m_doc);
        remove(0, 6);
        insert(5, "!");
        QCOMPARE(textOf(runsAt(m_doc->text("t"), then).value()), std::string("hello world"));
        const auto copy = createDocFromSnapshot(*m_doc, then);
        QCOMPARE(copy.value()->text("t").toString(), std::string("hello world"));
        QCOMPARE(m_doc->text("t").toString(), std::string("world!"));
        QVERIFY(takeSnapshot(*copy.value()) == then);
    }

    void changesBetweenTwoTimesAreMarked()
    {
        insert(0, "abc");
        const Snapshot then = takeSnapshot(*m_doc);
        remove(1, 1);
        insert(2, "X");
        const auto runs = runsAt(m_doc->text("t"), takeSnapshot(*m_doc), &then).value();
        QCOMPARE(textOf(runs), std::string("abcX"));
        QVERIFY(runs[0].attributes.empty());
        QCOMPARE(*runs[1].attributes[0].second.find("type")->string(), std::string("removed"));
        QCOMPARE(*runs[3].attributes[0].second.find("type")->string(), std::string("added"));
    }

    void listsAndMapsAsOfThen()
    {
        m_doc->transact({}, [&](Transaction& t) {
            m_doc->array("a").push(t, {Any(1), Any(2), Any(3)});
            m_doc->map("m").set(t, "k", Any("old"));
            m_doc->map("m").set(t, "gone", Any(1));
        });
        const Snapshot then = takeSnapshot(*m_doc);
        m_doc->transact({}, [&](Transaction& t) {
            m_doc->array("a").remove(t, 0, 2);
            m_doc->array("a").push(t, {Any(4)});
            m_doc->map("m").set(t, "k", Any("new"));
            m_doc->map("m").remove(t, "gone");
            m_doc->map("m").set(t, "later", Any(1));
        });
        const auto elements = elementsAt(m_doc->array("a"), then).value();
        QCOMPARE(elements.size(), std::size_t{3});
        QCOMPARE(*std::get<Any>(elements[1]).number(), 2.0);
        const auto entries = entriesAt(m_doc->map("m"), then).value();
        QCOMPARE(entries.size(), std::size_t{2});
        QCOMPARE(*std::get<Any>(entries[0].second).string(), std::string("old"));
        QCOMPARE(entries[1].first, std::string("gone"));
    }

    void aDocumentThatCollectsCannotBeRead()
    {
        Doc collecting;
        const Snapshot now = takeSnapshot(collecting);
        QVERIFY(createDocFromSnapshot(collecting, now).error() == SnapshotErrc::collects);
        QVERIFY(runsAt(collecting.text("t"), now).error() == SnapshotErrc::collects);
        QVERIFY(elementsAt(collecting.array("a"), now).error() == SnapshotErrc::collects);
        QVERIFY(entriesAt(collecting.map("m"), now).error() == SnapshotErrc::collects);
    }

    void aSnapshotOfTheFutureCannotBeRead()
    {
        insert(0, "abc");
        Snapshot snapshot = takeSnapshot(*m_doc);
        snapshot.stateVector[ClientId{1}] = 4;
        QVERIFY(createDocFromSnapshot(*m_doc, snapshot).error() == SnapshotErrc::unknownState);
        QVERIFY(runsAt(m_doc->text("t"), snapshot).error() == SnapshotErrc::unknownState);
        Snapshot stranger = takeSnapshot(*m_doc);
        stranger.stateVector[ClientId{9}] = 1;
        QVERIFY(createDocFromSnapshot(*m_doc, stranger).error() == SnapshotErrc::unknownState);
    }

    void deletesThatTheDocumentLacksAreIgnored()
    {
        insert(0, "abc");
        Snapshot snapshot = takeSnapshot(*m_doc);
        snapshot.deletes[ClientId{7}] = {{0, 5}};
        snapshot.deletes[ClientId{1}] = {{1, 100}};
        QCOMPARE(textOf(runsAt(m_doc->text("t"), snapshot).value()), std::string("a"));
        QCOMPARE(createDocFromSnapshot(*m_doc, snapshot).value()->text("t").toString(),
                 std::string("a"));
    }

    void anUpdateIsContainedWhenAllOfItIs()
    {
        std::vector<Bytes> updates;
        const auto token = m_doc->onUpdate([&](ByteView update, const Origin&, bool) {
            updates.emplace_back(update.begin(), update.end());
        });
        insert(0, "abc");
        const Snapshot then = takeSnapshot(*m_doc);
        remove(0, 2);
        QVERIFY(snapshotContainsUpdate(then, updates[0]).value());
        QVERIFY(!snapshotContainsUpdate(then, updates[1]).value());
        const Snapshot now = takeSnapshot(*m_doc);
        QVERIFY(snapshotContainsUpdate(now, updates[1]).value());
        QVERIFY(!snapshotContainsUpdate({}, updates[0]).value());
        QVERIFY(!snapshotContainsUpdate(now, Bytes{1}));
    }

    void whatWaitsIsNoPartOfIt()
    {
        std::vector<Bytes> updates;
        const auto token = m_doc->onUpdate([&](ByteView update, const Origin&, bool) {
            updates.emplace_back(update.begin(), update.end());
        });
        insert(0, "a");
        insert(1, "b");
        Doc late({.clientId = ClientId{2}, .gc = false});
        QVERIFY(late.applyUpdate(updates[1]));
        QVERIFY(late.hasPending());
        QVERIFY(takeSnapshot(late) == Snapshot{});
        QVERIFY(
            createDocFromSnapshot(late, takeSnapshot(late)).value()->text("t").toString().empty());
    }

private:
    void insert(std::size_t at, std::string_view text)
    {
        m_doc->transact({}, [&](Transaction& t) { m_doc->text("t").insert(t, at, text); });
    }
    void remove(std::size_t at, std::size_t count)
    {
        m_doc->transact({}, [&](Transaction& t) { m_doc->text("t").remove(t, at, count); });
    }

    std::unique_ptr<Doc> m_doc;
};

QTEST_APPLESS_MAIN(SnapshotTest)
#include "snapshot_test.moc"
