#include <QtTest>

#include <core/crdt/doc.h>
#include <core/crdt/relative_position.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

Bytes bytesOf(const char* hex)
{
    return fromHex(hex).value();
}

} // namespace

/// Places that move with their surroundings. Bytes and resolutions of yjs are in positions.json
/// (twin_golden_test.cpp).
class RelativePositionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void knownBytesMeanKnownPlaces_data()
    {
        QTest::addColumn<QString>("hex");
        QTest::addColumn<QString>("json");
        QTest::newRow("before a unit") << "00010200"
                                       << R"({"item":{"client":1,"clock":2},"assoc":0})";
        QTest::newRow("after a unit") << "00010141"
                                      << R"({"item":{"client":1,"clock":1},"assoc":-1})";
        QTest::newRow("end of a root") << "01017400"
                                       << R"({"tname":"t","assoc":0})";
        QTest::newRow("start of a root") << "01017441"
                                         << R"({"tname":"t","assoc":-1})";
        QTest::newRow("end of a nested type") << "02010400"
                                              << R"({"type":{"client":1,"clock":4},"assoc":0})";
        QTest::newRow("53-bit client")
            << "00ffffffffffffff0f0000"
            << R"({"item":{"client":9007199254740991,"clock":0},"assoc":0})";
    }
    void knownBytesMeanKnownPlaces()
    {
        QFETCH(QString, hex);
        QFETCH(QString, json);
        const Bytes bytes = bytesOf(qPrintable(hex));
        const auto position = decodeRelativePosition(bytes);
        QVERIFY(position);
        QCOMPARE(encodeRelativePosition(position.value()), bytes);
        QCOMPARE(toJson(toJsonForm(position.value())), json.toStdString());
        QVERIFY(relativePositionOfJson(parseJson(json.toStdString()).value()) == position.value());
    }

    void aMissingAssociationIsZero()
    {
        QCOMPARE(decodeRelativePosition(bytesOf("000102")).value().association, 0);
    }

    void brokenBytesAreErrors_data()
    {
        QTest::addColumn<QString>("hex");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* hex, DecodeErrc code) {
            QTest::newRow(name) << hex << static_cast<int>(code);
        };
        row("nothing", "", DecodeErrc::truncated);
        row("kind alone", "00", DecodeErrc::truncated);
        row("half an id", "0001", DecodeErrc::truncated);
        row("name cut off", "010574", DecodeErrc::truncated);
        row("name not UTF-8", "0101ff00", DecodeErrc::invalidUtf8);
        row("unknown kind", "03010000", DecodeErrc::unknownTag);
        row("clock too long", "0001ffffffffffffffffff0100", DecodeErrc::varintTooLong);
        row("bytes behind", "0001020000", DecodeErrc::trailingBytes);
    }
    void brokenBytesAreErrors()
    {
        QFETCH(QString, hex);
        QFETCH(int, code);
        const auto position = decodeRelativePosition(bytesOf(qPrintable(hex)));
        QVERIFY(!position);
        QCOMPARE(static_cast<int>(position.error().code), code);
    }

    void brokenJsonIsNoPosition_data()
    {
        QTest::addColumn<QString>("json");
        for (const char* json :
             {"null", "1", "{}", R"({"assoc":0})", R"({"item":1})", R"({"item":{"client":1}})",
              R"({"tname":1})", R"({"item":{"client":-1,"clock":0}})",
              R"({"item":{"client":1.5,"clock":0}})", R"({"tname":"t","assoc":"0"})",
              R"({"type":{"client":1,"clock":1e300}})", R"({"item":null,"type":null})"})
            QTest::newRow(json) << json;
    }
    void brokenJsonIsNoPosition()
    {
        QFETCH(QString, json);
        QVERIFY(!relativePositionOfJson(parseJson(json.toStdString()).value()));
    }
    void nullMembersOfJsonAreAbsent()
    {
        const auto json =
            parseJson(R"({"type":null,"tname":"t","item":null,"assoc":null})").value();
        QVERIFY((relativePositionOfJson(json) ==
                 RelativePosition{.item = {}, .type = {}, .rootName = "t"}));
    }

    void theUnknownIsNowhere()
    {
        Doc doc({.clientId = ClientId{1}});
        QVERIFY(!resolve(doc, {.item = Id{ClientId{9}, 0}}));
        QVERIFY(!resolve(doc, {.type = Id{ClientId{9}, 0}}));
        QVERIFY(!resolve(doc, {}));
    }

    void aTypeIdThatHoldsNoTypeIsNowhere()
    {
        Doc doc({.clientId = ClientId{1}});
        doc.transact({}, [&](Transaction& t) { doc.text("t").insert(t, 0, "x"); });
        QVERIFY(!resolve(doc, {.type = Id{ClientId{1}, 0}}));
    }

    void placesMakeNoRoots()
    {
        Doc doc({.clientId = ClientId{1}});
        QVERIFY(!resolve(doc, {.rootName = "new"}));
        QVERIFY(doc.rootNames().empty());
        const Text text = doc.text("new");
        QVERIFY(resolve(doc, {.rootName = "new"})->type == text);
    }

    void everyPlaceOfALongListIsFoundAgain()
    {
        Doc doc({.clientId = ClientId{1}});
        Array list = doc.array("a");
        for (std::size_t i = 0; i < 600; ++i) {
            doc.transact({}, [&](Transaction& t) { list.insert(t, i * 7919 % (list.size() + 1), {Any(i % 2 == 0)}); });
            if (i % 5 == 4)
                doc.transact({}, [&](Transaction& t) { list.remove(t, i * 104729 % list.size(), 1); });
        }
        for (std::size_t index = 0; index <= list.size(); ++index) {
            for (const Association association : {Association::left, Association::right})
                QCOMPARE(resolve(doc, relativePosition(list, index, association))->index, index);
        }
    }

    void placesSurviveEditsAround()
    {
        Doc doc({.clientId = ClientId{1}});
        Text text = doc.text("t");
        doc.transact({}, [&](Transaction& t) { text.insert(t, 0, "hello"); });
        const RelativePosition before = relativePosition(text, 2);
        const RelativePosition after = relativePosition(text, 2, Association::left);
        doc.transact({}, [&](Transaction& t) { text.insert(t, 2, "---"); });
        QCOMPARE(resolve(doc, before)->index, std::size_t{5});
        QCOMPARE(resolve(doc, after)->index, std::size_t{2});
        doc.transact({}, [&](Transaction& t) { text.remove(t, 0, 8); });
        QCOMPARE(resolve(doc, before)->index, std::size_t{0});
        QCOMPARE(resolve(doc, after)->index, std::size_t{0});
    }
};

QTEST_APPLESS_MAIN(RelativePositionTest)
#include "relative_position_test.moc"
