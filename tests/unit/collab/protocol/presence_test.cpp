#include <QtTest>

#include <limits>
#include <set>

#include <collab/protocol/presence.h>
#include <core/base/utf.h>

using namespace tessera;
using namespace tessera::collab;

namespace {

Presence full()
{
    Presence presence;
    presence.name = "Ann";
    presence.color = *parseHexColor("#CC6677");
    presence.cursor = PresenceCursor{NodeId{"page"}, {1.5, -2}};
    presence.selection = {NodeId{"a"}, NodeId{"b"}};
    presence.drag = PresenceDrag{{NodeId{"a"}}, {10, 0.25}};
    return presence;
}

} // namespace

class PresenceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void isWrittenAsTheWireContractSays();
    void survivesARoundTrip();
    void foreignStatesFallBackToDefaults_data();
    void foreignStatesFallBackToDefaults();
    void badMembersDoNotSpoilGoodOnes();
    void namesAreCutAtACharacter();
    void nodeListsAreBounded();
    void numbersThatJsonLacksBecomeZero();
    void transparencyIsNotPublished();
    void coloursAreStableAndTwelve();
};

void PresenceTest::isWrittenAsTheWireContractSays()
{
    QCOMPARE(toJson(full()), std::string(R"({"user":{"name":"Ann","color":"#CC6677"},"cursor":{"page":"page","x":1.5,"y":-2},)"
                                         R"("selection":["a","b"],"drag":{"nodes":["a"],"dx":10,"dy":0.25}})"));
    Presence bare;
    bare.color = *parseHexColor("#000000");
    QCOMPARE(toJson(bare), std::string(R"({"user":{"name":"","color":"#000000"},"cursor":null,"selection":[],"drag":null})"));
}

void PresenceTest::survivesARoundTrip()
{
    const auto parsed = parsePresence(toJson(full()));
    QVERIFY(parsed);
    QCOMPARE(*parsed, full());
}

void PresenceTest::foreignStatesFallBackToDefaults_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("not an object") << "[1,2]";
    QTest::newRow("a string") << "\"hello\"";
    QTest::newRow("empty") << "{}";
    QTest::newRow("other members") << R"({"pointer":{"x":1},"presence":true})";
    QTest::newRow("members of other kinds") << R"({"user":"Ann","cursor":[1],"selection":{"a":1},"drag":7})";
    QTest::newRow("inner members of other kinds")
        << R"({"user":{"name":5,"color":"red"},"cursor":{"page":1,"x":"1","y":2},"selection":[1,null,""],"drag":{"dx":1}})";
    QTest::newRow("ids too long") << R"({"selection":[")" + QString(65, u'a') + R"("]})";
}

void PresenceTest::foreignStatesFallBackToDefaults()
{
    QFETCH(QString, json);
    const auto parsed = parsePresence(json.toStdString());
    QVERIFY(parsed);
    QCOMPARE(*parsed, Presence{});
}

void PresenceTest::badMembersDoNotSpoilGoodOnes()
{
    const auto parsed =
        parsePresence(R"({"user":{"name":"Bén 🎨","color":7},"cursor":{"page":"p","x":1},"selection":["a",5,"b"]})");
    QVERIFY(parsed);
    QCOMPARE(parsed->name, std::string("Bén 🎨"));
    QVERIFY(!parsed->cursor);
    QCOMPARE(parsed->selection, (std::vector<NodeId>{NodeId{"a"}, NodeId{"b"}}));
    QVERIFY(!parsePresence("{"));
}

void PresenceTest::namesAreCutAtACharacter()
{
    Presence presence;
    for (int i = 0; i < 79; ++i)
        presence.name += "a";
    presence.name += "🎨";
    const auto parsed = parsePresence(toJson(presence));
    QVERIFY(parsed);
    QVERIFY(isUtf8(parsed->name));
    QVERIFY(utf16Length(parsed->name) <= maxPresenceNameUnits);
    QVERIFY(parsed->name.starts_with(std::string(79, 'a')));
}

void PresenceTest::nodeListsAreBounded()
{
    Presence presence;
    for (std::size_t i = 0; i < maxPresenceNodes + 5; ++i)
        presence.selection.emplace_back("n" + std::to_string(i));
    QCOMPARE(parsePresence(toJson(presence))->selection.size(), maxPresenceNodes);
}

void PresenceTest::numbersThatJsonLacksBecomeZero()
{
    Presence presence = full();
    presence.cursor->position = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()};
    QCOMPARE(parsePresence(toJson(presence))->cursor->position, (Point{0, 0}));
}

void PresenceTest::transparencyIsNotPublished()
{
    Presence presence;
    presence.color = {1, 0, 0, 0.5F};
    QCOMPARE(parsePresence(toJson(presence))->color, (Color{1, 0, 0, 1}));
}

void PresenceTest::coloursAreStableAndTwelve()
{
    std::set<std::string> hues;
    for (std::uint64_t client = 0; client < 500; ++client) {
        QCOMPARE(presenceColor(client), presenceColor(client));
        hues.insert(toHexColor(presenceColor(client)));
    }
    QCOMPARE(hues.size(), std::size_t{12});
    const Color white{1, 1, 1, 1};
    for (const std::string& hue : hues)
        QVERIFY2(contrastRatio(*parseHexColor(hue), white) >= 2.2, hue.c_str());
}

QTEST_APPLESS_MAIN(PresenceTest)
#include "presence_test.moc"
