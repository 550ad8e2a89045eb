#include <QtTest>

#include <cmath>
#include <limits>

#include <core/base/bytes.h>
#include <core/base/random.h>

using namespace tessera;

/// lib0 0.2 encodings; the vectors were produced by lib0 itself.
class BytesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void varUintRoundTripsKnownVectors_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<quint64>("value");
        QTest::newRow("zero is one byte") << QByteArray("00") << quint64{0};
        QTest::newRow("127 is the last single byte") << QByteArray("7f") << quint64{127};
        QTest::newRow("128 takes two bytes") << QByteArray("8001") << quint64{128};
        QTest::newRow("300 takes two bytes") << QByteArray("ac02") << quint64{300};
        QTest::newRow("2^32-1") << QByteArray("ffffffff0f") << quint64{0xffffffff};
        QTest::newRow("2^53-1 is the largest") << QByteArray("ffffffffffffff0f") << ((quint64{1} << 53) - 1);
    }
    void varUintRoundTripsKnownVectors()
    {
        QFETCH(QByteArray, hex);
        QFETCH(quint64, value);
        ByteWriter writer;
        writer.writeVarUint(value);
        QCOMPARE(toHex(writer.bytes()), hex.toStdString());
        ByteReader reader(writer.bytes());
        QCOMPARE(reader.readVarUint().value(), value);
        QVERIFY(reader.atEnd());
    }
    void varUintPast53BitsIsAnError_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("2^53") << QByteArray("8080808080808010");
        QTest::newRow("nine groups") << QByteArray("ffffffffffffffff01");
        QTest::newRow("never ends") << QByteArray("ffffffffffffffffffffffff");
    }
    void varUintPast53BitsIsAnError()
    {
        QFETCH(QByteArray, hex);
        const Bytes bytes = fromHex(hex.toStdString()).value();
        QCOMPARE(ByteReader(bytes).readVarUint().error().code, DecodeErrc::varintTooLong);
    }
    void truncatedInputNamesItsEnd()
    {
        const Bytes bytes = fromHex("ff80").value();
        const auto error = ByteReader(bytes).readVarUint().error();
        QCOMPARE(error.code, DecodeErrc::truncated);
        QCOMPARE(error.offset, std::size_t{2});
    }
    void varIntRoundTripsKnownVectors_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<qint64>("value");
        QTest::addColumn<bool>("negativeZero");
        QTest::newRow("1") << QByteArray("01") << qint64{1} << false;
        QTest::newRow("-1") << QByteArray("41") << qint64{-1} << false;
        QTest::newRow("-0 is kept apart") << QByteArray("40") << qint64{0} << true;
        QTest::newRow("63") << QByteArray("3f") << qint64{63} << false;
        QTest::newRow("64") << QByteArray("8001") << qint64{64} << false;
        QTest::newRow("-64") << QByteArray("c001") << qint64{-64} << false;
        QTest::newRow("-8192") << QByteArray("c08001") << qint64{-8192} << false;
        QTest::newRow("2^31-1") << QByteArray("bfffffff0f") << qint64{2147483647} << false;
        QTest::newRow("-2^31") << QByteArray("c080808010") << qint64{-2147483648} << false;
    }
    void varIntRoundTripsKnownVectors()
    {
        QFETCH(QByteArray, hex);
        QFETCH(qint64, value);
        QFETCH(bool, negativeZero);
        ByteWriter writer;
        writer.writeVarInt(value, negativeZero);
        QCOMPARE(toHex(writer.bytes()), hex.toStdString());
        const VarInt read = ByteReader(writer.bytes()).readVarInt().value();
        QCOMPARE(read.value, value);
        QCOMPARE(read.negativeZero, negativeZero);
    }
    void loneSurrogateIsWrittenAsReplacementCharacter()
    {
        ByteWriter writer;
        writer.writeVarString("\xed\xa0\x80"); // U+D800 in the three bytes that UTF-8 forbids
        QVERIFY(writer.bytes().size() % 3 == 1);
        QCOMPARE(ByteReader(writer.bytes()).readVarString().value().substr(0, 3), std::string_view("\xef\xbf\xbd"));
    }
    void invalidUtf8IsAnErrorAtItsStart()
    {
        const Bytes bytes = fromHex("02c328").value();
        const auto error = ByteReader(bytes).readVarString().error();
        QCOMPARE(error.code, DecodeErrc::invalidUtf8);
        QCOMPARE(error.offset, std::size_t{0});
    }
    void bufferLengthIsCheckedBeforeAnythingIsAllocated()
    {
        const Bytes bytes = fromHex("ffffffffffffff0f01").value();
        QCOMPARE(ByteReader(bytes).readVarBuffer().error().code, DecodeErrc::truncated);
    }
    void floatsAreBigEndian()
    {
        ByteWriter writer;
        writer.writeFloat32(0.5f);
        writer.writeFloat64(0.1);
        writer.writeBigInt64(-1);
        QCOMPARE(toHex(writer.bytes()), std::string("3f0000003fb999999999999affffffffffffffff"));
        ByteReader reader(writer.bytes());
        QCOMPARE(reader.readFloat32().value(), 0.5f);
        QCOMPARE(reader.readFloat64().value(), 0.1);
        QCOMPARE(reader.readBigInt64().value(), std::int64_t{-1});
    }
    void base64UrlRoundTripsEveryLength()
    {
        SeededRandom random(7);
        for (std::size_t size = 0; size < 40; ++size) {
            Bytes bytes(size);
            random.fill(bytes);
            QCOMPARE(fromBase64Url(toBase64Url(bytes)).value(), bytes);
        }
        QVERIFY(!fromBase64Url("A"));
        QVERIFY(!fromBase64Url("AB==")); // padding is not part of the form
        QVERIFY(!fromBase64Url("AB"));   // bits left over must be zero
    }
};

QTEST_APPLESS_MAIN(BytesTest)
#include "bytes_test.moc"
