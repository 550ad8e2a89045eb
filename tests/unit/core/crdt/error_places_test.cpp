#include <QtTest>

#include <core/crdt/relative_position.h>
#include <core/crdt/snapshot.h>
#include <core/crdt/undo_manager.h>

#include "columns_v2.h"
#include "replicas.h"
#include "saved_undo.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

Bytes bytesOf(const QByteArray& hex)
{
    return fromHex(hex.toStdString()).value();
}

void addColumns()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("offset");
}

void row(const char* name, const QByteArray& hex, DecodeErrc code, int offset)
{
    QTest::newRow(name) << hex << int(code) << offset;
}

/// What a decoder said about the bytes of a row.
template <class T> void isRefusedAsTold(const Result<T, DecodeError>& result)
{
    QFETCH(int, code);
    QFETCH(int, offset);
    QVERIFY(!result);
    QCOMPARE(QString::fromStdString(describe(result.error())),
             QString::fromStdString(describe(DecodeError{DecodeErrc(code), std::size_t(offset)})));
}

/// Saved undo stacks around a body, with the checksum that fits it.
Bytes sealed(const Bytes& body)
{
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const std::uint8_t byte : body)
        sum = (sum ^ byte) * 0x100000001b3;
    ByteWriter writer;
    writer.writeBytes(asBytes("TSRU\x01"));
    writer.writeBigInt64(static_cast<std::int64_t>(sum));
    writer.writeBytes(body);
    return writer.take();
}

} // namespace

/// Which byte is wrong: every decoder names the same place each time, counted from the start of its
/// input.
class ErrorPlacesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void stateVectors_data()
    {
        addColumns();
        row("nothing", "", DecodeErrc::truncated, 0);
        row("no entry", "01", DecodeErrc::truncated, 1);
        row("no clock", "0101", DecodeErrc::truncated, 2);
        row("half a clock", "010180", DecodeErrc::truncated, 3);
        row("the second entry missing", "02010203", DecodeErrc::truncated, 4);
        row("a client past 2^53", "01ffffffffffffff1f00", DecodeErrc::varintTooLong, 9);
        row("a clock past 2^53", "0101ffffffffffffff1f", DecodeErrc::varintTooLong, 10);
        row("a number that does not end", "ffffffffffffffffffff", DecodeErrc::varintTooLong, 8);
        row("a client twice",
            "02"
            "0102"
            "0103",
            DecodeErrc::duplicateClient, 3);
        row("a client twice, the other between",
            "03"
            "0102"
            "0501"
            "0102",
            DecodeErrc::duplicateClient, 5);
        row("a byte behind",
            "010102"
            "00",
            DecodeErrc::trailingBytes, 3);
        row("a byte behind nothing",
            "00"
            "00",
            DecodeErrc::trailingBytes, 1);
    }
    void stateVectors()
    {
        QFETCH(QByteArray, hex);
        isRefusedAsTold(decodeStateVector(bytesOf(hex)));
    }

    void snapshots_data()
    {
        addColumns();
        row("nothing", "", DecodeErrc::truncated, 0);
        row("no client", "01", DecodeErrc::truncated, 1);
        row("no range count", "0101", DecodeErrc::truncated, 2);
        row("no range", "010101", DecodeErrc::truncated, 3);
        row("no length", "01010102", DecodeErrc::truncated, 4);
        row("no state vector", "0101010203", DecodeErrc::truncated, 5);
        row("a state vector without entry", "010101020301", DecodeErrc::truncated, 6);
        row("a range past the last clock",
            "010101"
            "ffffffffffffff0f"
            "01"
            "00",
            DecodeErrc::tooLarge, 3);
        row("the second range past it",
            "010102"
            "0101"
            "feffffffffffff0f"
            "02"
            "00",
            DecodeErrc::tooLarge, 5);
        row("a client twice in the vector",
            "00"
            "02"
            "0102"
            "0103",
            DecodeErrc::duplicateClient, 4);
        row("a client twice behind deletes",
            "0101010203"
            "02"
            "0102"
            "0103",
            DecodeErrc::duplicateClient, 8);
        row("a byte behind",
            "0101010203"
            "00"
            "00",
            DecodeErrc::trailingBytes, 6);
    }
    void snapshots()
    {
        QFETCH(QByteArray, hex);
        isRefusedAsTold(decodeSnapshot(bytesOf(hex)));
    }

    void relativePositions_data()
    {
        addColumns();
        row("nothing", "", DecodeErrc::truncated, 0);
        row("an item without client", "00", DecodeErrc::truncated, 1);
        row("an item without clock", "0001", DecodeErrc::truncated, 2);
        row("a name without length", "01", DecodeErrc::truncated, 1);
        row("a name that is cut", "010361", DecodeErrc::truncated, 2);
        row("a name that is not UTF-8",
            "0102c328"
            "00",
            DecodeErrc::invalidUtf8, 1);
        row("a type without clock", "0205", DecodeErrc::truncated, 2);
        row("an unknown kind", "03", DecodeErrc::unknownTag, 0);
        row("half an association",
            "000102"
            "80",
            DecodeErrc::truncated, 4);
        row("an association too long",
            "000102"
            "ffffffffffffffff0f",
            DecodeErrc::varintTooLong, 11);
        row("a byte behind",
            "000102"
            "00"
            "00",
            DecodeErrc::trailingBytes, 4);
    }
    void relativePositions()
    {
        QFETCH(QByteArray, hex);
        isRefusedAsTold(decodeRelativePosition(bytesOf(hex)));
    }

    void updates_data()
    {
        addColumns();
        row("half a client count", "80", DecodeErrc::truncated, 1);
        row("a root name that is cut",
            "01010100"
            "04"
            "01"
            "0561",
            DecodeErrc::truncated, 7);
        row("a root name that is not UTF-8",
            "01010100"
            "04"
            "01"
            "02c328"
            "0161"
            "00",
            DecodeErrc::invalidUtf8, 6);
        row("a text that is not UTF-8",
            "01010100"
            "04"
            "01"
            "0174"
            "02c328"
            "00",
            DecodeErrc::invalidUtf8, 8);
        row("a key that is not UTF-8",
            "01010100"
            "28"
            "01"
            "0174"
            "02c328"
            "01"
            "7e"
            "00",
            DecodeErrc::invalidUtf8, 8);
        row("an origin without clock",
            "01010100"
            "84"
            "05",
            DecodeErrc::truncated, 6);
        row("a right origin without clock",
            "01010100"
            "44"
            "05",
            DecodeErrc::truncated, 6);
        row("a parent without clock",
            "01010100"
            "04"
            "00"
            "05",
            DecodeErrc::truncated, 7);
        row("a collected block without length",
            "01010100"
            "00",
            DecodeErrc::truncated, 5);
        row("a hole without length",
            "01010100"
            "0a",
            DecodeErrc::truncated, 5);
        row("bytes that are cut",
            "01010100"
            "03"
            "01"
            "0174"
            "05"
            "01",
            DecodeErrc::truncated, 9);
        row("a value that is cut",
            "01010100"
            "08"
            "01"
            "0174"
            "01"
            "77"
            "0561",
            DecodeErrc::truncated, 11);
        row("a value count that lies",
            "01010100"
            "08"
            "01"
            "0174"
            "05"
            "7e",
            DecodeErrc::truncated, 10);
        row("a type without reference",
            "01010100"
            "07"
            "01"
            "0174",
            DecodeErrc::truncated, 8);
        row("an element without name",
            "01010100"
            "07"
            "01"
            "0174"
            "03",
            DecodeErrc::truncated, 9);
        row("a format without value",
            "01010100"
            "06"
            "01"
            "0174"
            "0162",
            DecodeErrc::truncated, 10);
        row("a sub-document without options",
            "01010100"
            "09"
            "01"
            "0174"
            "0167",
            DecodeErrc::truncated, 10);
        row("a second client without block",
            "02"
            "010100"
            "04"
            "01"
            "0174"
            "0161",
            DecodeErrc::truncated, 10);
        row("no range count in the deletes",
            "00"
            "01"
            "01",
            DecodeErrc::truncated, 3);
    }
    void updates()
    {
        QFETCH(QByteArray, hex);
        const Bytes update = bytesOf(hex);
        isRefusedAsTold(inspectUpdate(update));
        Doc doc({.clientId = ClientId{1}});
        isRefusedAsTold(doc.applyUpdate(update));
        isRefusedAsTold(diffUpdate(update, {}));
        isRefusedAsTold(stateVectorOf(update));
        isRefusedAsTold(convertUpdate(update, UpdateFormat::v1, UpdateFormat::v2));
        isRefusedAsTold(snapshotContainsUpdate({}, update));
        // Among several the first that is broken, and its own bytes alone are counted.
        isRefusedAsTold(mergeUpdates(std::vector<Bytes>{Bytes{0, 0}, update, Bytes{1}}));
        QVERIFY(doc.rootNames().empty() && doc.stateVector().empty());
    }

    /// The same update with one column cut short: the error lies at the end of that column.
    void columnsOfUpdates_data()
    {
        QTest::addColumn<int>("column");
        const char* const names[] = {"clients", "infos", "string lengths", "parents", "rest"};
        for (int column = 0; column < 5; ++column)
            QTest::newRow(names[column]) << column;
    }
    void columnsOfUpdates()
    {
        QFETCH(int, column);
        // One client, two texts in the root "t".
        ColumnsV2 columns{.clients = "41"
                                     "00",
                          .infos = "04",
                          .strings = "tatb",
                          .stringLengths = "41"
                                           "02",
                          .parentInfos = "01",
                          .rest = "01"
                                  "02"
                                  "00"
                                  "00"};
        QVERIFY(inspectUpdate(columns.bytes(), UpdateFormat::v2));
        std::string* const parts[] = {&columns.clients, &columns.infos, &columns.stringLengths,
                                      &columns.parentInfos, &columns.rest};
        parts[column]->resize(parts[column]->size() - 2);
        const Bytes update = columns.bytes();
        const auto broken = inspectUpdate(update, UpdateFormat::v2);
        QVERIFY(!broken);
        QVERIFY(broken.error().offset <= update.size());
        Doc doc({.clientId = ClientId{1}});
        QVERIFY(doc.applyUpdate(update, {}, UpdateFormat::v2).error() == broken.error());
        QVERIFY(convertUpdate(update, UpdateFormat::v2, UpdateFormat::v1).error() ==
                broken.error());
        QVERIFY(snapshotContainsUpdate({}, update, UpdateFormat::v2).error() == broken.error());
        QVERIFY(mergeUpdates(std::vector<Bytes>{update, update}, UpdateFormat::v2).error() ==
                broken.error());
    }

    void savedUndo_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("offset"); // from the start of the body
        const auto row = [](const char* name, const char* body, int offset) {
            QTest::newRow(name) << QByteArray(body) << offset;
        };
        row("nothing", "", 0);
        row("a state vector that is cut", "0501", 1);
        row("a state vector without entry", "0101", 2);
        row("a state vector with a client twice",
            "05"
            "02"
            "0101"
            "0102",
            4);
        row("no writer", "0100", 2);
        row("no stacks",
            "0100"
            "01",
            3);
        row("a step without deletions",
            "0100"
            "01"
            "01",
            4);
        row("a step without meta",
            "0100"
            "01"
            "01"
            "00"
            "00",
            6);
        row("a meta that is no object",
            "0100"
            "01"
            "01"
            "00"
            "00"
            "7e",
            7);
        row("no redo stack",
            "0100"
            "01"
            "00",
            4);
        row("no structs",
            "0100"
            "01"
            "00"
            "00",
            5);
        row("no links",
            "0100"
            "01"
            "00"
            "00"
            "00",
            6);
        row("half a link",
            "0100"
            "01"
            "00"
            "00"
            "00"
            "01"
            "0100",
            9);
        row("a byte behind",
            "0100"
            "01"
            "00"
            "00"
            "00"
            "00"
            "00",
            7);
    }
    void savedUndo()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, offset);
        constexpr std::size_t headBytes = 4 + 1 + 8;
        Person person(1);
        person.insert(0, "kept");
        const auto restored = person.undo.restore(sealed(bytesOf(body)));
        QVERIFY(!restored);
        QVERIFY(restored.error().code == UndoErrc::damaged);
        QCOMPARE(restored.error().offset, headBytes + std::size_t(offset));
        QCOMPARE(person.undo.depth(UndoStack::undo), std::size_t{1});
    }

    void headsOfSavedUndo_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("offset");
        QTest::newRow("nothing") << QByteArray() << int(UndoErrc::damaged) << 0;
        QTest::newRow("another mark") << QByteArray("TSRX\x01") << int(UndoErrc::damaged) << 0;
        QTest::newRow("no version") << QByteArray("TSRU") << int(UndoErrc::damaged) << 4;
        QTest::newRow("version zero") << QByteArray("TSRU\x00", 5) << int(UndoErrc::damaged) << 4;
        QTest::newRow("a later version")
            << QByteArray("TSRU\x02") << int(UndoErrc::newerVersion) << 4;
        QTest::newRow("the last version") << QByteArray("TSRU\xff\xff\xff\xff\xff\xff\xff\x0f")
                                          << int(UndoErrc::newerVersion) << 4;
        QTest::newRow("no checksum") << QByteArray("TSRU\x01") << int(UndoErrc::damaged) << 5;
    }
    void headsOfSavedUndo()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        QFETCH(int, offset);
        Person person(1);
        const auto restored = person.undo.restore(
            asBytes(std::string_view(bytes.constData(), std::size_t(bytes.size()))));
        QVERIFY(!restored);
        QCOMPARE(int(restored.error().code), code);
        QCOMPARE(int(restored.error().offset), offset);
    }
};

QTEST_APPLESS_MAIN(ErrorPlacesTest)
#include "error_places_test.moc"
