#include <QtTest>

#include <core/base/random.h>
#include <core/base/utf.h>
#include <core/crdt/doc.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

struct TypesDoc {
    Doc doc{DocOptions{.clientId = ClientId{1}}};
    Text text = doc.text("t");
    Array array = doc.array("a");
    Map map = doc.map("m");
    void edit(const std::function<void(Transaction&)>& body) { doc.transact({}, body); }
};

std::string describeRuns(const Text& text)
{
    std::string out;
    for (const TextRun& run : text.runs()) {
        const auto* plain = std::get_if<std::string>(&run.content);
        out += plain ? *plain : toJson(std::get<Any>(run.content));
        out += toJson(Any(run.attributes)) + "|";
    }
    return out;
}

std::string attributesOfUnit(const Text& text, std::size_t unit)
{
    for (const TextRun& run : text.runs()) {
        const auto* plain = std::get_if<std::string>(&run.content);
        const std::size_t size = plain ? utf16Length(*plain) : 1;
        if (unit < size)
            return toJson(Any(run.attributes));
        unit -= size;
    }
    return "past the end";
}

} // namespace

class TypesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aMapHoldsValuesAndTypes()
    {
        TypesDoc d;
        d.edit([&](Transaction& t) {
            QVERIFY(d.map.set(t, "k", Any(1)).isNull());
            QVERIFY(d.map.set(t, "u", Any()).isNull());
            QVERIFY(!d.map.set(t, "n", NewType{.kind = TypeKind::array, .elements = {Any(1), NewType{}}}).isNull());
        });
        QCOMPARE(d.map.size(), std::size_t{3});
        QVERIFY(d.map.getAny("k") == Any(1));
        QVERIFY(d.map.has("u") && d.map.getAny("u").isUndefined());
        QVERIFY(d.map.getAny("n").isUndefined() && d.map.getType("k").isNull());
        QCOMPARE(d.map.getType("n").asArray().size(), std::size_t{2});
        QVERIFY(!d.map.get("absent") && !d.map.has("absent"));
        d.edit([&](Transaction& t) { d.map.remove(t, "k"); });
        QVERIFY(!d.map.has("k"));
        QVERIFY(d.map.toAny() == Any(Any::Object{{"u", Any()}, {"n", Any::Array{1, Any::Object{}}}}));
    }

    void newTypesTakeTheLastOfRepeatedKeysInFirstOrder()
    {
        TypesDoc d;
        d.edit([&](Transaction& t) {
            d.map.set(t, "n", NewType{.kind = TypeKind::map, .entries = {{"a", Any(1)}, {"b", Any(2)}, {"a", Any(3)}}});
        });
        QCOMPARE(toJson(d.map.toAny()), std::string(R"({"n":{"a":3,"b":2}})"));
    }

    /// An array behaves as a plain list under any edits; the search markers must never be wrong.
    void anArrayIsAList_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 20; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void anArrayIsAList()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        TypesDoc d;
        std::vector<int> model;
        for (int step = 0; step < 600; ++step) {
            d.edit([&](Transaction& t) {
                for (std::uint64_t i = random.below(3); i < 3; ++i) {
                    const std::size_t at = random.below(model.size() + 1);
                    if (random.below(3) == 0 && at < model.size()) {
                        const std::size_t count = std::min<std::size_t>(1 + random.below(5), model.size() - at);
                        d.array.remove(t, at, count);
                        model.erase(model.begin() + std::ptrdiff_t(at), model.begin() + std::ptrdiff_t(at + count));
                    } else if (random.below(4) == 0) {
                        d.array.push(t, {Any(step)});
                        model.push_back(step);
                    } else {
                        d.array.insert(t, at, {Any(step), Any(-step)});
                        model.insert(model.begin() + std::ptrdiff_t(at), {step, -step});
                    }
                }
            });
            QCOMPARE(d.array.size(), model.size());
            for (int probe = 0; probe < 5 && !model.empty(); ++probe) {
                const std::size_t at = random.below(model.size());
                QVERIFY(std::get<Any>(*d.array.get(at)) == Any(model[at]));
            }
            QVERIFY(!d.array.get(model.size()));
        }
        std::size_t visited = 0;
        d.array.forEach([&](std::size_t index, const Value& value) {
            QCOMPARE(index, visited++);
            QVERIFY(std::get<Any>(value) == Any(model[index]));
        });
        QCOMPARE(visited, model.size());
    }

    /// A text behaves as a UTF-16 string with one attribute per unit, also across formats.
    void aTextIsAStringWithAttributes_data() { anArrayIsAList_data(); }
    void aTextIsAStringWithAttributes()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        TypesDoc d;
        std::vector<std::pair<char, std::string>> model;
        for (int step = 0; step < 250; ++step) {
            const std::size_t at = random.below(model.size() + 1);
            const std::size_t count = std::min<std::size_t>(1 + random.below(6), model.size() - at);
            const auto begin = model.begin() + std::ptrdiff_t(at);
            const char letter = static_cast<char>('a' + random.below(26));
            const bool bold = random.below(2) == 0;
            const std::string attributes = bold ? R"({"b":true})" : "{}";
            const Any::Object object = bold ? Any::Object{{"b", true}} : Any::Object{};
            d.edit([&](Transaction& t) {
                switch (random.below(4)) {
                case 0:
                    d.text.insert(t, at, std::string(2, letter), object);
                    model.insert(begin, 2, {letter, attributes});
                    break;
                case 1:
                    d.text.insert(t, at, std::string(1, letter));
                    model.insert(begin, {letter, at > 0 ? model[at - 1].second : std::string("{}")});
                    break;
                case 2:
                    d.text.remove(t, at, count);
                    model.erase(begin, begin + std::ptrdiff_t(count));
                    break;
                default:
                    d.text.format(t, at, count, {{"b", bold ? Any(true) : Any(nullptr)}});
                    for (std::size_t i = at; i < at + count; ++i)
                        model[i].second = attributes;
                }
            });
            std::string expected;
            for (const auto& [unit, of] : model)
                expected += unit;
            QCOMPARE(d.text.toString(), expected);
            QCOMPARE(d.text.size(), model.size());
            for (int probe = 0; probe < 5 && !model.empty(); ++probe) {
                const std::size_t unit = random.below(model.size());
                // What new text inherits at the start of the text is not modelled.
                QCOMPARE(attributesOfUnit(d.text, unit), model[unit].second);
            }
        }
    }

    void aTextCountsInUtf16Units()
    {
        TypesDoc d;
        d.edit([&](Transaction& t) { d.text.insert(t, 0, "a\U0001F600€b"); });
        QCOMPARE(d.text.size(), std::size_t{5});
        d.edit([&](Transaction& t) { d.text.remove(t, 1, 2); });
        QCOMPARE(d.text.toString(), std::string("a€b"));
        d.edit([&](Transaction& t) { d.text.insert(t, 2, "\xc3\x28"); });
        QCOMPARE(d.text.toString(), std::string("a€\xef\xbf\xbd(b"));
    }

    void cuttingASurrogatePairReplacesBothHalves()
    {
        TypesDoc d;
        d.edit([&](Transaction& t) { d.text.insert(t, 0, "a\U0001F600b"); });
        d.edit([&](Transaction& t) { d.text.remove(t, 2, 1); });
        QCOMPARE(d.text.toString(), std::string("a\xef\xbf\xbd" "b"));
        QCOMPARE(d.text.size(), std::size_t{3});
    }

    void runsTellEmbedsAndAttributes()
    {
        TypesDoc d;
        d.edit([&](Transaction& t) {
            d.text.insert(t, 0, "one two");
            d.text.format(t, 0, 3, {{"b", true}});
            d.text.insertEmbed(t, 3, Any::Object{{"img", "u"}}, {{"i", 1}});
        });
        QCOMPARE(describeRuns(d.text), std::string(R"(one{"b":true}|{"img":"u"}{"i":1}| two{}|)"));
        d.edit([&](Transaction& t) { d.text.format(t, 0, 8, {{"b", nullptr}, {"i", nullptr}}); });
        QCOMPARE(describeRuns(d.text), std::string(R"(one{}|{"img":"u"}{}| two{}|)"));
    }

    void rangesPastTheEndAreCut()
    {
        TypesDoc d;
        d.edit([&](Transaction& t) {
            d.text.insert(t, 0, "abc");
            d.text.insert(t, 99, "d");
            d.text.format(t, 2, 99, {{"b", true}});
            d.text.remove(t, 3, 99);
            d.text.remove(t, 3, 1);
            d.array.push(t, {Any(1), Any(2)});
            d.array.remove(t, 1, 99);
            d.array.remove(t, 5, 1);
        });
        QCOMPARE(d.text.toString(), std::string("abc"));
        QCOMPARE(d.array.size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TypesTest)
#include "types_test.moc"
