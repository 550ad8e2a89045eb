#include <QtTest>

#include <core/crdt/any.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

Result<Any, DecodeError> readHex(const std::string& hex)
{
    const Bytes bytes = fromHex(hex).value();
    ByteReader reader(bytes);
    return readAny(reader);
}

std::string hexOf(const Any& value)
{
    ByteWriter writer;
    writeAny(writer, value);
    return toHex(writer.bytes());
}

Any nestedArrays(int depth)
{
    Any value = 1;
    for (int i = 0; i < depth; ++i)
        value = Any::Array{value};
    return value;
}

} // namespace

class AnyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void brokenBytesAreAnErrorThatNamesThePlace_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("offset");
        const auto row = [](const char* name, const char* hex, DecodeErrc code, int offset) {
            QTest::newRow(name) << QByteArray(hex) << int(code) << offset;
        };
        row("nothing", "", DecodeErrc::truncated, 0);
        row("a tag that no version has", "50", DecodeErrc::unknownTag, 0);
        row("an unknown tag inside an array", "75027e10", DecodeErrc::unknownTag, 3);
        row("an array shorter than its count", "75037e7e", DecodeErrc::truncated, 4);
        row("a count that no input could fill", "75ffffffffffffff0f7e", DecodeErrc::truncated, 10);
        row("an object that ends after a key", "76010161", DecodeErrc::truncated, 4);
        row("a string that is not UTF-8", "7702c328", DecodeErrc::invalidUtf8, 1);
        row("a float cut short", "7c3f00", DecodeErrc::truncated, 1);
        row("bytes longer than the input", "740501", DecodeErrc::truncated, 2);
    }
    void brokenBytesAreAnErrorThatNamesThePlace()
    {
        QFETCH(QByteArray, hex);
        QFETCH(int, code);
        QFETCH(int, offset);
        const auto value = readHex(hex.toStdString());
        QVERIFY(!value);
        QCOMPARE(int(value.error().code), code);
        QCOMPARE(int(value.error().offset), offset);
    }

    void nestingHasALimitBothWays()
    {
        std::string atLimit, pastLimit;
        for (int i = 0; i < 64; ++i)
            atLimit += "7501";
        pastLimit = atLimit + "7501";
        QVERIFY(readHex(atLimit + "7d01").hasValue());
        QCOMPARE(readHex(pastLimit + "7d01").error().code, DecodeErrc::nestedTooDeep);
        QCOMPARE(hexOf(nestedArrays(64)), atLimit + "7d01");
        // What lies deeper is written as null, so that the result can be read.
        QCOMPARE(hexOf(nestedArrays(65)), atLimit + "7e");
        QVERIFY(readHex(hexOf(nestedArrays(500))).hasValue());
        QVERIFY(parseJson(toJson(nestedArrays(64))).hasValue());
        QVERIFY(parseJson(toJson(nestedArrays(500))).hasValue());
        QCOMPARE(parseJson(std::string(100000, '[')).error().code, DecodeErrc::nestedTooDeep);
    }

    void objectsKeepTheOrderOfJavaScript()
    {
        const Any value = Any::Object{{"b", 1}, {"2", 2}, {"a", 3}, {"10", 4}, {"b", 5}, {"-1", 6}, {"4294967295", 7}};
        QCOMPARE(toJson(value), std::string(R"({"2":2,"10":4,"b":5,"a":3,"-1":6,"4294967295":7})"));
        QCOMPARE(toJson(parseJson(R"({"b":1,"2":2,"b":3})").value()), std::string(R"({"2":2,"b":3})"));
    }

    void equalityIgnoresTheOrderOfMembersButNotTheSignOfZero()
    {
        QVERIFY(Any(Any::Object{{"a", 1}, {"b", 2}}) == Any(Any::Object{{"b", 2}, {"a", 1}}));
        QVERIFY(!(Any(Any::Object{{"a", 1}}) == Any(Any::Object{{"a", 1}, {"b", Any()}})));
        QVERIFY(!(Any(0.0) == Any(-0.0)));
        QVERIFY(Any(std::nan("")) == Any(std::nan("1")));
        QVERIFY(Any(1) == Any(1.0));
        QVERIFY(!(Any() == Any(nullptr)));
        QVERIFY(!(Any(1) == Any(Any::BigInt{1})));
    }

    void jsonThatIsNotJsonIsAnError_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "'a'",
                                 "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "1 2", "[1", "\"a", "undefined ", "NaN"})
            QTest::newRow(text) << QByteArray(text);
    }
    void jsonThatIsNotJsonIsAnError()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!parseJson(text.toStdString()));
    }

    void jsonReadsEscapesAndNumbersAtTheirLimits()
    {
        QCOMPARE(*parseJson(R"("\u20ac\ud83d\ude00\/\b")").value().string(), std::string("€\U0001F600/\b"));
        // UTF-8 has no lone surrogates; JavaScript keeps them.
        QCOMPARE(*parseJson(R"("\ud83dx")").value().string(), std::string("\xef\xbf\xbdx"));
        QCOMPARE(*parseJson("1e400").value().number(), std::numeric_limits<double>::infinity());
        QCOMPARE(*parseJson("-1e400").value().number(), -std::numeric_limits<double>::infinity());
        QCOMPARE(*parseJson("1e-400").value().number(), 0.0);
        QVERIFY(std::signbit(*parseJson("-0").value().number()));
        QVERIFY(parseJson("undefined").value().isUndefined());
        QCOMPARE(toJson(std::numeric_limits<double>::infinity()), std::string("null"));
        QCOMPARE(toJson(Bytes{9, 8}), std::string(R"({"0":9,"1":8})"));
        QCOMPARE(toJson(Any::Array{Any(), Any::Object{{"a", Any()}, {"b", 1}}}), std::string(R"([null,{"b":1}])"));
    }
};

QTEST_APPLESS_MAIN(AnyTest)
#include "any_test.moc"
