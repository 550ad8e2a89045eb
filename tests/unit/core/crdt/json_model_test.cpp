#include <QtTest>

#include <cmath>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <core/crdt/any.h>

#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

double anyNumber(Random& random)
{
    switch (random.below(5)) {
    case 0:
        return double(random.below(100)) - 50;
    case 1:
        return std::ldexp(double(random.below(1ull << 53)), int(random.below(1900)) - 1000);
    case 2:
        return double(random.below(1'000'000)) / 1000;
    case 3:
        return std::pow(10.0, double(random.below(40)) - 20);
    default:
        return random.unit();
    }
}

std::string anyText(Random& random)
{
    static const char* const parts[] = {"a",      "\"",     "\\",         "/",    "\b",   "\f",
                                        "\n",     "\r",     "\t",         "\x01", "\x1f", "\x7f",
                                        "\u00e9", "\u2028", "\U0001f600", "{",    "null", "1"};
    std::string text;
    for (std::uint64_t i = random.below(6); i > 0; --i)
        text += parts[random.below(std::size(parts))];
    return text;
}

/// What JSON can hold.
Any anyJson(Random& random, int depth = 0)
{
    switch (random.below(depth > 3 ? 4 : 6)) {
    case 0:
        return Any(nullptr);
    case 1:
        return Any(chance(random, 50));
    case 2:
        return Any(anyNumber(random));
    case 3:
        return Any(anyText(random));
    case 4: {
        Any::Array elements;
        for (std::uint64_t i = random.below(4); i > 0; --i)
            elements.push_back(anyJson(random, depth + 1));
        return elements;
    }
    default: {
        Any::Object members;
        for (std::uint64_t i = random.below(4); i > 0; --i)
            members.emplace_back(chance(random, 30) ? std::to_string(random.below(20))
                                                    : anyText(random),
                                 anyJson(random, depth + 1));
        return members;
    }
    }
}

/// Numbers past the largest and the smallest are infinite or 0, as in JavaScript; other readers may
/// refuse them.
bool holdsNoDouble(const Any& value)
{
    if (const double* number = value.number())
        return std::isinf(*number) || *number == 0;
    if (const Any::Array* elements = value.array())
        return std::any_of(elements->begin(), elements->end(), holdsNoDouble);
    const Any::Object* members = value.object();
    return members && std::any_of(members->begin(), members->end(),
                                  [](const auto& member) { return holdsNoDouble(member.second); });
}

/// The same value as another library reads it.
bool isSame(const Any& ours, const QJsonValue& theirs)
{
    if (const bool* flag = ours.boolean())
        return theirs.isBool() && theirs.toBool() == *flag;
    if (const double* number = ours.number())
        return theirs.isDouble() && theirs.toDouble() == *number;
    if (const std::string* text = ours.string())
        return theirs.isString() && theirs.toString().toStdString() == *text;
    if (const Any::Array* elements = ours.array()) {
        const QJsonArray array = theirs.toArray();
        bool same = theirs.isArray() && std::size_t(array.size()) == elements->size();
        for (std::size_t i = 0; same && i < elements->size(); ++i)
            same = isSame((*elements)[i], array[qsizetype(i)]);
        return same;
    }
    if (const Any::Object* members = ours.object()) {
        const QJsonObject object = theirs.toObject();
        bool same = theirs.isObject() && std::size_t(object.size()) == members->size();
        for (const auto& [key, value] : *members)
            same = same && isSame(value, object.value(QString::fromStdString(key)));
        return same;
    }
    return ours.isNull() && theirs.isNull();
}

std::optional<QJsonValue> readByQt(const std::string& text)
{
    QJsonParseError error;
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromStdString("[" + text + "]"), &error);
    if (error.error != QJsonParseError::NoError || document.array().size() != 1)
        return std::nullopt;
    return document.array().first();
}

} // namespace

/// JSON text against a second reader, and against itself.
class JsonModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsWrittenReadsBack_data() { addSeedRows(30); }
    void whatIsWrittenReadsBack()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int i = 0; i < 100; ++i) {
            const Any value = anyJson(random);
            const std::string text = toJson(value);
            const auto read = parseJson(text);
            QVERIFY2(read && (*read == value || text.find("-0") != std::string::npos),
                     text.c_str());
            QCOMPARE(toJson(*read), text);
            const auto other = readByQt(text);
            QVERIFY2(other && isSame(value, *other), text.c_str());
        }
    }

    /// Spaces between tokens mean nothing; anything else anywhere is an error for everybody.
    void whatOneReaderTakesTheOtherTakesToo_data() { addSeedRows(30); }
    void whatOneReaderTakesTheOtherTakesToo()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        static const std::string pieces = "{}[],:\"\\u0123456789eE+-.tfn \t\n";
        int taken = 0;
        for (int i = 0; i < 400; ++i) {
            std::string text = toJson(anyJson(random));
            for (std::uint64_t changes = 1 + random.below(2); changes > 0; --changes) {
                const std::size_t at = random.below(text.size() + 1);
                const char piece = pieces[random.below(pieces.size())];
                if (chance(random, 50) || at == text.size())
                    text.insert(at, 1, piece);
                else if (static_cast<unsigned char>(text[at]) < 0x80)
                    text[at] = piece;
            }
            const auto ours = parseJson(text);
            if (!ours) {
                QVERIFY(ours.error().offset <= text.size());
                continue;
            }
            ++taken;
            QVERIFY2(holdsNoDouble(*ours) || readByQt(text).has_value(), text.c_str());
            QVERIFY(parseJson(" \t\r\n" + text + "\n ").value() == *ours);
        }
        QVERIFY(taken > 5);
    }

    void everyPrefixIsNoJson_data() { addSeedRows(20); }
    void everyPrefixIsNoJson()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int i = 0; i < 40; ++i) {
            const std::string text = toJson(Any(Any::Array{anyJson(random)}));
            for (std::size_t size = 0; size < text.size(); ++size) {
                const auto read = parseJson(std::string_view(text).substr(0, size));
                QVERIFY2(!read && read.error().offset <= size, text.c_str());
            }
        }
    }

    void equalityIsThatOfTheText_data() { addSeedRows(20); }
    void equalityIsThatOfTheText()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        std::vector<Any> values;
        for (int i = 0; i < 60; ++i)
            values.push_back(anyJson(random, 2));
        for (const Any& a : values) {
            QVERIFY(a == a);
            for (const Any& b : values) {
                QCOMPARE(a == b, b == a);
                if (toJson(a) == toJson(b))
                    QVERIFY(a == b);
            }
        }
    }

    void numbersThatNoDoubleHoldsAreInfiniteOrZero_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("expected");
        const auto row = [](const QByteArray& text, double expected) {
            QTest::newRow(text.left(40)) << text << expected;
        };
        row("1e309", HUGE_VAL);
        row("-1e309", -HUGE_VAL);
        row("0.5e400", HUGE_VAL);
        row("-0.5E+400", -HUGE_VAL);
        row("0.00001e312", 1e307);
        row("0.00001e315", HUGE_VAL);
        row("0.043e40915449986584", HUGE_VAL);
        row("1e99999999999999999999999", HUGE_VAL);
        row("0.0e99999999999999999999999", 0);
        row("1e-400", 0);
        row("1e-99999999999999999999999", 0);
        row("12345e-400", 0);
        row("9" + QByteArray(400, '0') + "e-50", HUGE_VAL);
        row("9" + QByteArray(400, '0') + "e-400", 9);
        row("9" + QByteArray(400, '0') + "e-800", 0);
        row("0." + QByteArray(400, '0') + "9e+800", HUGE_VAL);
        row("0." + QByteArray(400, '0') + "9e+50", 0);
    }
    void numbersThatNoDoubleHoldsAreInfiniteOrZero()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, expected);
        QVERIFY(*parseJson(text.toStdString())->number() == expected);
        // The sign of a zero stays.
        QVERIFY(std::signbit(*parseJson("-0.1e-400")->number()));
    }

    void whatJsonLacksIsWrittenAsInJavaScript()
    {
        QCOMPARE(toJson(Any(std::nan(""))), std::string("null"));
        QCOMPARE(toJson(Any(HUGE_VAL)), std::string("null"));
        QCOMPARE(toJson(Any(-0.0)), std::string("0"));
        QCOMPARE(toJson(Any()), std::string("undefined"));
        QCOMPARE(toJson(Any(Any::Array{Any(std::nan("")), Any(-HUGE_VAL), Any(-0.0)})),
                 std::string("[null,null,0]"));
        QCOMPARE(
            toJson(Any(Any::Object{{"b", Any(1)}, {"2", Any(2)}, {"a", Any(3)}, {"1", Any(4)}})),
            std::string(R"({"1":4,"2":2,"b":1,"a":3})"));
        QVERIFY(parseJson("undefined").value().isUndefined());
    }
};

QTEST_APPLESS_MAIN(JsonModelTest)
#include "json_model_test.moc"
