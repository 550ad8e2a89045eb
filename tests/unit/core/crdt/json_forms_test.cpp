#include <QtTest>

#include <cmath>
#include <limits>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

Any randomAny(Random& random, int depth)
{
    switch (random.below(depth > 0 ? 9 : 7)) {
    case 0: return Any();
    case 1: return Any(nullptr);
    case 2: return Any(random.below(2) == 0);
    case 3: return Any(double(random.below(1ULL << 40)) - 1e11);
    case 4: return Any(std::ldexp(random.unit() - 0.5, int(random.below(600)) - 300));
    case 5: return Any(std::string(random.below(4), char(random.below(96) + 32)) + "\u20ac\n\"");
    case 6: return Any(Any::BigInt{std::int64_t(random.next())});
    case 7: {
        Any::Array array;
        for (std::uint64_t i = random.below(4); i > 0; --i)
            array.push_back(randomAny(random, depth - 1));
        return Any(std::move(array));
    }
    default: {
        Any::Object object;
        for (std::uint64_t i = random.below(4); i > 0; --i)
            object.emplace_back("k" + std::to_string(i), randomAny(random, depth - 1));
        return Any(std::move(object));
    }
    }
}

} // namespace

/// Values as bytes and as JSON: the forms of JavaScript, and round trips.
class JsonFormsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void numbersAreWrittenAsInJavaScript_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QByteArray>("json");
        const auto row = [](double value, const char* json) { QTest::newRow(json) << value << QByteArray(json); };
        row(0.0, "0");
        row(1.0, "1");
        row(-1.5, "-1.5");
        row(0.1 + 0.2, "0.30000000000000004");
        row(1e21, "1e+21");
        row(1e20, "100000000000000000000");
        row(123456789012345680000.0, "123456789012345680000");
        row(1.5e300, "1.5e+300");
        row(1e-6, "0.000001");
        row(1e-7, "1e-7");
        row(1.25e-9, "1.25e-9");
        row(0.000001234, "0.000001234");
        row(5e-324, "5e-324");
        row(std::numeric_limits<double>::max(), "1.7976931348623157e+308");
        row(9007199254740991.0, "9007199254740991");
        row(-2147483648.0, "-2147483648");
        row(100.0, "100");
        row(1234.5678, "1234.5678");
    }
    void numbersAreWrittenAsInJavaScript()
    {
        QFETCH(double, value);
        QFETCH(QByteArray, json);
        QCOMPARE(toJson(Any(value)), json.toStdString());
        const auto read = parseJson(json.toStdString());
        QVERIFY(read.hasValue());
        QCOMPARE(*read->number(), value);
    }

    void anyValueReadsBackFromItsBytes_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 30; ++seed)
            QTest::addRow("seed %d", int(seed)) << seed;
    }
    void anyValueReadsBackFromItsBytes()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int round = 0; round < 100; ++round) {
            const Any value = randomAny(random, 4);
            ByteWriter writer;
            writeAny(writer, value);
            ByteReader reader(writer.bytes());
            const auto read = readAny(reader);
            QVERIFY(read.hasValue());
            QVERIFY(reader.atEnd());
            QVERIFY(read.value() == value);
            // JSON has no bigints and drops what is undefined, but what it says once it says again.
            const std::string json = toJson(value);
            const auto parsed = parseJson(json);
            QVERIFY(parsed.hasValue());
            if (json.find("undefined") == std::string::npos)
                QCOMPARE(toJson(parseJson(toJson(parsed.value())).value()), toJson(parsed.value()));
        }
    }

    void aBigintIsWrittenAsTheNearestNumber()
    {
        QCOMPARE(toJson(Any(Any::BigInt{-12})), std::string("-12"));
        const std::string json = toJson(Any(Any::BigInt{7313003003080868727}));
        QCOMPARE(json, std::string("7313003003080869000"));
        QCOMPARE(toJson(parseJson(json).value()), json);
    }

    void stringsAreEscapedAsInJavaScript_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("quote and backslash") << QByteArray("\"\\") << QByteArray("\"\\\"\\\\\"");
        QTest::newRow("short escapes") << QByteArray("\b\f\n\r\t") << QByteArray("\"\\b\\f\\n\\r\\t\"");
        QTest::newRow("other controls") << QByteArray("\x01\x1f\x0b", 3) << QByteArray("\"\\u0001\\u001f\\u000b\"");
        QTest::newRow("a zero") << QByteArray("a\0b", 3) << QByteArray("\"a\\u0000b\"");
        QTest::newRow("a slash and DEL stay") << QByteArray("/\x7f") << QByteArray("\"/\x7f\"");
        QTest::newRow("beyond ASCII stays") << QByteArray("\xe2\x82\xac\xf0\x9f\x98\x80") << QByteArray("\"\xe2\x82\xac\xf0\x9f\x98\x80\"");
    }
    void stringsAreEscapedAsInJavaScript()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, json);
        QCOMPARE(toJson(Any(text.toStdString())), json.toStdString());
        QCOMPARE(*parseJson(json.toStdString()).value().string(), text.toStdString());
    }
};

QTEST_APPLESS_MAIN(JsonFormsTest)
#include "json_forms_test.moc"
