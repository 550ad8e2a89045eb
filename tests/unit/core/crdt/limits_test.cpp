#include <QtTest>

#include <cmath>
#include <limits>

#include <core/base/utf.h>
#include <core/crdt/events.h>
#include <core/crdt/relative_position.h>
#include <core/crdt/snapshot.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr std::uint64_t last53 = (1ull << 53) - 1;

/// The document again, by way of each format.
std::vector<std::unique_ptr<Replica>> throughBothFormats(Replica& replica)
{
    std::vector<std::unique_ptr<Replica>> copies;
    for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
        copies.push_back(std::make_unique<Replica>(format == UpdateFormat::v1 ? 900 : 901, false));
        if (!copies.back()->doc.applyUpdate(replica.doc.encodeStateAsUpdate({}, format), {},
                                            format))
            copies.back() = nullptr;
    }
    return copies;
}

void comesThrough(Replica& replica)
{
    for (const auto& copy : throughBothFormats(replica)) {
        QVERIFY(copy != nullptr);
        QCOMPARE(Portrait::of(copy->doc), Portrait::of(replica.doc));
        QCOMPARE(copy->doc.encodeStateAsUpdate(), replica.doc.encodeStateAsUpdate());
        QCOMPARE(copy->doc.encodeStateAsUpdate({}, UpdateFormat::v2),
                 replica.doc.encodeStateAsUpdate({}, UpdateFormat::v2));
    }
}

Any nested(int depth, bool asObject)
{
    Any value(1);
    for (; depth > 0; --depth)
        value = asObject ? Any(Any::Object{{"k", value}}) : Any(Any::Array{value});
    return value;
}

/// An update v1 with one block of collected clocks.
Bytes collectedBlock(std::uint64_t client, std::uint64_t clock, std::uint64_t length)
{
    ByteWriter writer;
    for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{1}, client, clock})
        writer.writeVarUint(number);
    writer.writeByte(0);
    writer.writeVarUint(length);
    writer.writeVarUint(0);
    return writer.take();
}

} // namespace

/// The largest, the smallest and the strangest that a document may hold.
class LimitsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void clientIdsMayUse53Bits_data()
    {
        QTest::addColumn<quint64>("client");
        for (const quint64 client :
             {quint64{1}, quint64{127}, quint64{128}, quint64{16383}, quint64{16384},
              quint64{0xffffffff}, quint64{0x100000000}, quint64{last53 - 1}, quint64{last53}})
            QTest::addRow("%llu", static_cast<unsigned long long>(client)) << client;
    }
    void clientIdsMayUse53Bits()
    {
        QFETCH(quint64, client);
        Replica a(client, false), b(client == 5 ? 6 : 5);
        a.insert(0, "hello");
        QVERIFY(b.receive(a));
        b.insert(2, "--");
        QVERIFY(a.receive(b));
        a.set("k", NewType{.entries = {{"in", Any(1)}}});
        a.remove(0, 3);
        comesThrough(a);
        QCOMPARE(a.doc.clientId(), ClientId{client});
        const Snapshot snapshot = takeSnapshot(a.doc);
        QVERIFY(decodeSnapshot(encodeSnapshot(snapshot)).value() == snapshot);
        QVERIFY(
            decodeSnapshot(encodeSnapshot(snapshot, UpdateFormat::v2), UpdateFormat::v2).value() ==
            snapshot);
        QVERIFY(decodeStateVector(encodeStateVector(a.doc.stateVector())).value() ==
                a.doc.stateVector());
        const RelativePosition place = relativePosition(a.text(), 1);
        QVERIFY(decodeRelativePosition(encodeRelativePosition(place)).value() ==
                RelativePosition({.item = place.item, .type = {}, .rootName = {}}));
    }

    void clocksGoUpTo53Bits()
    {
        Replica a(1);
        QVERIFY(a.doc.applyUpdate(collectedBlock(7, 0, last53)));
        QVERIFY((a.doc.stateVector() == StateVector{{ClientId{7}, last53}}));
        comesThrough(a);
        const Bytes state = a.doc.encodeStateAsUpdate();
        QCOMPARE(inspectUpdate(state)->to.at(ClientId{7}), last53);
        // A diff from the middle, and what overlaps with what is known.
        Replica b(2);
        QVERIFY(b.doc.applyUpdate(collectedBlock(7, 0, 1000)));
        QVERIFY(b.doc.applyUpdate(diffUpdate(state, b.doc.stateVector()).value()));
        QVERIFY(b.doc.stateVector() == a.doc.stateVector());
        QVERIFY(b.doc.applyUpdate(collectedBlock(7, last53 - 1, 1)));
        QVERIFY(!b.doc.hasPending());
    }

    void oneClockMoreIsRefused_data()
    {
        QTest::addColumn<quint64>("clock");
        QTest::addColumn<quint64>("length");
        QTest::newRow("behind the last clock") << quint64{last53} << quint64{1};
        QTest::newRow("across the last clock") << quint64{last53 - 5} << quint64{6};
        QTest::newRow("the longest from the second clock on") << quint64{1} << quint64{last53};
    }
    void oneClockMoreIsRefused()
    {
        QFETCH(quint64, clock);
        QFETCH(quint64, length);
        Replica a(1);
        const auto applied = a.doc.applyUpdate(collectedBlock(7, clock, length));
        QVERIFY(!applied);
        QVERIFY(applied.error().offset <= collectedBlock(7, clock, length).size());
        QVERIFY(a.doc.stateVector().empty() && !a.doc.hasPending());
        QVERIFY(
            a.doc.applyUpdate(collectedBlock(7, clock, last53 - clock == 0 ? 0 : last53 - clock))
                .hasValue());
    }

    void keysAndNamesMayBeEmptyOrLong_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("a zero byte") << QByteArray(1, '\0');
        QTest::newRow("a quote, a slash and a line end") << QByteArray("\"\\\n");
        QTest::newRow("__proto__") << QByteArray("__proto__");
        QTest::newRow("127 bytes") << QByteArray(127, 'k');
        QTest::newRow("128 bytes") << QByteArray(128, 'k');
        QTest::newRow("64 KiB") << QByteArray(65536, 'k');
        QTest::newRow("64 KiB of pairs") << QByteArray("\U0001f600").repeated(16384);
        QTest::newRow("the last character") << QByteArray("\U0010ffff");
    }
    void keysAndNamesMayBeEmptyOrLong()
    {
        QFETCH(QByteArray, name);
        const std::string text = name.toStdString();
        Replica a(1, false);
        a.edit([&](Transaction& t) {
            a.doc.map(text).set(t, text, Any(Any::Object{{text, text}}));
            a.doc.map("m").set(t, text, NewType{.entries = {{text, Any(text)}}});
            a.doc.xmlFragment("x").push(t, {NewType{.kind = TypeKind::xmlElement,
                                                    .nodeName = text,
                                                    .entries = {{text, Any(text)}}}});
            a.doc.text("t").insert(t, 0, "abc", Any::Object{{text, text}});
            a.doc.text("t").setAttribute(t, text, Any(1));
            a.doc.array("a").push(t,
                                  {NewSubdocument{.guid = text, .options = {.meta = Any(text)}}});
        });
        comesThrough(a);
        for (const auto& copy : throughBothFormats(a)) {
            QVERIFY(copy->doc.map(text).getAny(text) == Any(Any::Object{{text, text}}));
            QVERIFY(copy->doc.map("m").getType(text).asMap().getAny(text) == Any(text));
            QCOMPARE(copy->doc.xmlFragment("x").get(0).asXmlElement().nodeName(), text);
            QCOMPARE(copy->doc.text("t").runs().at(0).attributes.at(0).first, text);
            QCOMPARE(std::get<Subdocument>(*copy->doc.array("a").get(0)).guid, text);
            const auto names = copy->doc.rootNames();
            QVERIFY(std::find(names.begin(), names.end(), text) != names.end());
        }
        a.edit([&](Transaction& t) { a.doc.map(text).remove(t, text); });
        QVERIFY(!a.doc.map(text).has(text));
    }

    void valuesOfAnyKindComeThrough_data()
    {
        QTest::addColumn<QString>("what");
        for (const auto& [name, value] : values())
            QTest::newRow(name) << QString(name);
    }
    void valuesOfAnyKindComeThrough()
    {
        QFETCH(QString, what);
        const auto all = values();
        const Any value = std::find_if(all.begin(), all.end(), [&](const auto& entry) {
                              return what == entry.first;
                          })->second;
        Replica a(1, false);
        a.set("k", value);
        a.edit([&](Transaction& t) {
            a.array().push(t, {value, Any(1), value});
            a.map().set(t, "n", NewType{.kind = TypeKind::array, .elements = {value}});
            a.doc.xmlElement("e").setAttribute(t, "k", value);
        });
        for (const auto& copy : throughBothFormats(a)) {
            QVERIFY(copy->map().getAny("k") == value);
            QVERIFY(std::get<Any>(*copy->array().get(0)) == value);
            QVERIFY(std::get<Any>(*copy->array().get(2)) == value);
            QVERIFY(std::get<Any>(*copy->doc.xmlElement("e").attribute("k")) == value);
            QVERIFY(std::get<Any>(*copy->map().getType("n").asArray().get(0)) == value);
        }
        comesThrough(a);
        ByteWriter writer;
        writeAny(writer, value);
        ByteReader reader(writer.bytes());
        QVERIFY(readAny(reader).value() == value);
        QVERIFY(reader.atEnd());
    }

    void valuesNestAsDeepAsTheyCanBeRead_data()
    {
        QTest::addColumn<bool>("asObject");
        QTest::newRow("objects") << true;
        QTest::newRow("arrays") << false;
    }
    void valuesNestAsDeepAsTheyCanBeRead()
    {
        QFETCH(bool, asObject);
        for (const int depth : {1, 63, 64}) {
            Replica a(1, false);
            a.set("k", nested(depth, asObject));
            for (const auto& copy : throughBothFormats(a))
                QVERIFY(copy->map().getAny("k") == nested(depth, asObject));
        }
        // What lies deeper is written as null, so that everybody can read the rest.
        for (const int depth : {65, 66, 1000}) {
            Replica a(1, false);
            a.set("k", nested(depth, asObject));
            a.set("l", Any("whole"));
            for (const auto& copy : throughBothFormats(a)) {
                QVERIFY(copy != nullptr);
                QVERIFY(copy->map().has("k") && copy->map().getAny("l") == Any("whole"));
            }
        }
    }

    void typesNestAsDeepAsAnybodyLikes()
    {
        Replica a(1, false);
        a.edit([&](Transaction& t) {
            Map at = a.map();
            for (int depth = 0; depth < 5000; ++depth)
                at = at.set(t, "n", NewType{}).asMap();
            at.set(t, "leaf", Any(1));
        });
        for (const auto& copy : throughBothFormats(a)) {
            Map at = copy->map();
            int depth = 0;
            for (SharedType next = at.getType("n"); !next.isNull(); next = at.getType("n"), ++depth)
                at = next.asMap();
            QCOMPARE(depth, 5000);
            QVERIFY(at.getAny("leaf") == Any(1));
            QVERIFY(toJson(copy->map().toAny()).size() < 1000); // deeper than 64 it reads as null
        }
    }

    void aTextMayBeOfHalfAMillionUnits()
    {
        Replica a(1, false);
        std::string pasted;
        for (int i = 0; i < 250'000; ++i)
            pasted += i % 2 == 0 ? "\U0001f600" : "ab";
        a.insert(0, pasted);
        QCOMPARE(a.text().size(), std::size_t{500'000});
        a.insert(250'000, "|");
        a.remove(1'000, 200'000);
        QCOMPARE(a.text().size(), std::size_t{300'001});
        comesThrough(a);
        QCOMPARE(utf16Length(a.string()), a.text().size());
    }

    void aListMayHoldManyValuesInOneItem()
    {
        Replica a(1, false);
        a.edit([&](Transaction& t) { a.array().push(t, std::vector<NewValue>(100'000, Any(7))); });
        QCOMPARE(a.array().size(), std::size_t{100'000});
        QCOMPARE(inspectUpdate(a.made[0])->to.at(ClientId{1}), std::uint64_t{100'000});
        a.edit([&](Transaction& t) {
            a.array().remove(t, 50'000, 1);
            a.array().insert(t, 50'000, {NewType{}});
        });
        QVERIFY(std::holds_alternative<SharedType>(*a.array().get(50'000)));
        for (const auto& copy : throughBothFormats(a))
            QCOMPARE(copy->array().size(), std::size_t{100'000});
    }

    void manyClientsWriteIntoOneText()
    {
        Replica all(100'000, false);
        for (std::uint64_t client = 1; client <= 1500; ++client) {
            Doc doc({.clientId = ClientId{client * 7}});
            doc.transact({}, [&](Transaction& t) { doc.text("t").insert(t, 0, "ab"); });
            QVERIFY(all.doc.applyUpdate(doc.encodeStateAsUpdate()));
        }
        QCOMPARE(all.text().size(), std::size_t{3000});
        QCOMPARE(all.doc.stateVector().size(), std::size_t{1500});
        comesThrough(all);
        QVERIFY(decodeStateVector(encodeStateVector(all.doc.stateVector())).value() ==
                all.doc.stateVector());
    }

    /// Two people cut the same pair at the same time, each in a way of their own.
    void aPairCutByTwoIsReplacedOnceEverywhere_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        for (int first = 0; first < 4; ++first) {
            for (int second = 0; second < 4; ++second)
                QTest::addRow("way %d and way %d", first, second) << first << second;
        }
    }
    void aPairCutByTwoIsReplacedOnceEverywhere()
    {
        QFETCH(int, first);
        QFETCH(int, second);
        Replica base(50);
        base.insert(0, "a\U0001f600b");
        const Replicas replicas = copiesOf(base, {1, 2});
        const auto cut = [](Replica& replica, int way) {
            switch (way) {
            case 0:
                return replica.insert(2, "-");
            case 1:
                return replica.remove(1, 1);
            case 2:
                return replica.remove(2, 1);
            default:
                return replica.remove(2, 2);
            }
        };
        cut(*replicas[0], first);
        cut(*replicas[1], second);
        exchangeAll(replicas);
        QCOMPARE(replicas[0]->string(), replicas[1]->string());
        QVERIFY(isUtf8(replicas[0]->string()));
        QVERIFY(replicas[0]->string().find("\U0001f600") == std::string::npos);
        QCOMPARE(replicas[0]->text().size(), utf16Length(replicas[0]->string()));
        QCOMPARE(replicas[0]->doc.encodeStateAsUpdate(), replicas[1]->doc.encodeStateAsUpdate());
    }

private:
    static std::vector<std::pair<const char*, Any>> values()
    {
        const double infinity = std::numeric_limits<double>::infinity();
        return {{"undefined", Any()},
                {"null", Any(nullptr)},
                {"true", Any(true)},
                {"zero", Any(0)},
                {"minus zero", Any(-0.0)},
                {"NaN", Any(std::nan(""))},
                {"infinity", Any(infinity)},
                {"minus infinity", Any(-infinity)},
                {"the smallest number", Any(std::numeric_limits<double>::denorm_min())},
                {"the largest number", Any(std::numeric_limits<double>::max())},
                {"2^31 - 1", Any(2147483647.0)},
                {"2^31", Any(2147483648.0)},
                {"-2^31", Any(-2147483648.0)},
                {"2^53", Any(9007199254740992.0)},
                {"a number that fits 32 bits", Any(0.5)},
                {"one that does not", Any(0.1)},
                {"the smallest bigint", Any(Any::BigInt{std::numeric_limits<std::int64_t>::min()})},
                {"the largest bigint", Any(Any::BigInt{std::numeric_limits<std::int64_t>::max()})},
                {"an empty string", Any("")},
                {"a string with a zero byte", Any(std::string("a\0b", 3))},
                {"a long string", Any(std::string(100'000, 'x'))},
                {"a pair", Any("\U0001f600")},
                {"no bytes", Any(Bytes{})},
                {"many bytes", Any(Bytes(100'000, 0xff))},
                {"an empty array", Any(Any::Array{})},
                {"an empty object", Any(Any::Object{})},
                {"an array of the strange",
                 Any(Any::Array{Any(), Any(nullptr), Any(std::nan("")), Any(-0.0),
                                Any(Any::BigInt{-1}), Any(Bytes{0})})},
                {"an object of the strange",
                 Any(Any::Object{{"", Any()}, {"1", Any(-0.0)}, {"__proto__", Any(Bytes{})}})}};
    }
};

QTEST_APPLESS_MAIN(LimitsTest)
#include "limits_test.moc"
