#include <QtTest>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

/// Broken updates: the reason, the place, and a document that did not notice.
class MalformedTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aBrokenUpdateNamesReasonAndPlace_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("offset");
        const auto row = [](const char* name, const char* hex, DecodeErrc code, int offset) {
            QTest::newRow(name) << QByteArray(hex) << int(code) << offset;
        };
        row("nothing", "", DecodeErrc::truncated, 0);
        row("no delete set", "00", DecodeErrc::truncated, 1);
        row("a client without structs", "01", DecodeErrc::truncated, 1);
        row("a client without clock", "010101", DecodeErrc::truncated, 3);
        row("a struct that is missing", "01010100", DecodeErrc::truncated, 4);
        row("a parent that is missing", "0101010004", DecodeErrc::truncated, 5);
        row("a client count past 2^53", "ffffffffffffffffff01", DecodeErrc::varintTooLong, -1);
        row("a root name that is not UTF-8", "01010100040102c32801" "6100", DecodeErrc::invalidUtf8, -1);
        row("a text that is not UTF-8", "010101000401017402c32800", DecodeErrc::invalidUtf8, -1);
        row("a key that is not UTF-8", "010101002801017402c32801" "7e00", DecodeErrc::invalidUtf8, -1);
        row("content reference 11", "010101000b01017400", DecodeErrc::unknownTag, 4);
        row("content reference 31", "010101001f01017400", DecodeErrc::unknownTag, 4);
        row("type reference 7", "01010100070101740700", DecodeErrc::unknownTag, 8);
        row("an unknown value tag", "0101010008010174010100", DecodeErrc::unknownTag, 9);
        row("its own future as origin", "01010100840105016100", DecodeErrc::malformed, 5);
        row("itself as right origin", "01010100440100016100", DecodeErrc::malformed, 5);
        row("itself as parent", "010101000400010001" "6100", DecodeErrc::malformed, 5);
        row("an embed that is not JSON", "0101010005010174017b00", DecodeErrc::malformed, 8);
        row("a format that is not JSON", "0101010006010174016201" "2d00", DecodeErrc::malformed, 10);
        row("an old JSON value that is none", "010101000201017401017b00", DecodeErrc::malformed, 9);
        row("a range past the last clock", "00010101" "01ffffffffffffff0f", DecodeErrc::varintTooLong, -1);
        row("a collected range past the last clock", "0101010100ffffffffffffff0f00", DecodeErrc::varintTooLong, 4);
        row("one client in two blocks", "0201010004010174016101010184010001" "6200", DecodeErrc::duplicateClient, 10);
        row("a byte behind the end", "000000", DecodeErrc::trailingBytes, 2);
        row("another update behind the end", "00000000", DecodeErrc::trailingBytes, 2);
        row("a delete set that ends in a range", "0001010101", DecodeErrc::truncated, 5);
    }
    void aBrokenUpdateNamesReasonAndPlace()
    {
        QFETCH(QByteArray, hex);
        QFETCH(int, code);
        QFETCH(int, offset);
        const Bytes broken = fromHex(hex.toStdString()).value();
        Replica reader(9);
        reader.insert(0, "mine");
        reader.set("k", Any(1));
        const Bytes before = reader.doc.encodeStateAsUpdate();
        int events = 0;
        const auto token = reader.doc.onTransaction([&](const TransactionEvent&) { ++events; });

        const auto applied = reader.doc.applyUpdate(broken);
        QVERIFY(!applied);
        QCOMPARE(describe(applied.error().code), describe(DecodeErrc(code)));
        if (offset >= 0)
            QCOMPARE(int(applied.error().offset), offset);
        QVERIFY(applied.error().offset <= broken.size());
        // Everybody who reads updates says the same.
        QVERIFY(inspectUpdate(broken).error() == applied.error());
        const std::vector<Bytes> parts{before, broken};
        QVERIFY(!mergeUpdates(parts));

        QCOMPARE(reader.doc.encodeStateAsUpdate(), before);
        QVERIFY(!reader.doc.hasPending());
        QCOMPARE(events, 0);
        QCOMPARE(reader.doc.rootNames(), (std::vector<std::string>{"m", "t"}));
        reader.insert(4, "!");
        QCOMPARE(reader.string(), std::string("mine!"));
    }

    void anyChangedByteIsRefusedOrHarmless_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 20; ++seed)
            QTest::addRow("seed %d", int(seed)) << seed;
    }
    void anyChangedByteIsRefusedOrHarmless()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica writer(1);
        writer.insert(0, "hello w\U0001F600rld");
        writer.format(2, 3, {{"b", true}});
        writer.set("n", NewType{.kind = TypeKind::array, .elements = {Any(1), Any(0.5), Any("x"), Any(Bytes{1, 2})}});
        writer.remove(1, 2);
        const Bytes whole = writer.doc.encodeStateAsUpdate();
        for (int round = 0; round < 200; ++round) {
            Bytes changed = whole;
            for (std::uint64_t i = 0; i <= random.below(3); ++i)
                changed[random.below(changed.size())] = std::uint8_t(random.below(256));
            Replica reader(9);
            reader.insert(0, "mine");
            const Bytes before = reader.doc.encodeStateAsUpdate();
            const bool isWellFormed = inspectUpdate(changed).hasValue();
            QCOMPARE(reader.doc.applyUpdate(changed).hasValue(), isWellFormed);
            if (!isWellFormed)
                QCOMPARE(reader.doc.encodeStateAsUpdate(), before);
            // Whatever was taken in, what we write can be read again.
            QVERIFY(inspectUpdate(reader.doc.encodeStateAsUpdate()).hasValue());
        }
    }

    void everyPrefixIsTruncated()
    {
        Replica writer(1);
        writer.insert(0, "hello");
        writer.set("k", Any(Any::Object{{"a", 1}, {"b", Any::Array{true, nullptr}}}));
        writer.remove(1, 2);
        const Bytes whole = writer.doc.encodeStateAsUpdate();
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto summary = inspectUpdate(ByteView(whole).first(size));
            QVERIFY2(!summary, qPrintable(QString::number(size)));
            QCOMPARE(describe(summary.error().code), describe(DecodeErrc::truncated));
            QVERIFY(summary.error().offset <= size);
        }
    }
};

QTEST_APPLESS_MAIN(MalformedTest)
#include "malformed_test.moc"
