#include <QtTest>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

NewType mapOf(std::string_view key, const Any& value)
{
    return NewType{.kind = TypeKind::map, .entries = {{std::string(key), value}}};
}

} // namespace

/// Map entries: the chain of values of one key, and who wins.
class MapChainTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ofConcurrentSetsTheHighestClientWins_data()
    {
        QTest::addColumn<int>("clients");
        QTest::addColumn<bool>("existed");
        for (const int clients : {2, 3, 4}) {
            QTest::addRow("%d clients, a new key", clients) << clients << false;
            QTest::addRow("%d clients, a known key", clients) << clients << true;
        }
    }
    void ofConcurrentSetsTheHighestClientWins()
    {
        QFETCH(int, clients);
        QFETCH(bool, existed);
        Replica base(50);
        if (existed)
            base.set("k", Any(0));
        std::vector<Bytes> updates = base.made;
        std::vector<std::uint64_t> ids(static_cast<std::size_t>(clients));
        std::iota(ids.begin(), ids.end(), std::uint64_t{1});
        for (const auto& replica : copiesOf(base, ids)) {
            replica->set("k", Any(number(replica->doc.clientId())));
            updates.push_back(replica->made.back());
        }
        const std::string expected = R"({"k":)" + std::to_string(clients) + "}";
        inEveryOrder(updates, [&](Replica& reader) {
            QCOMPARE(reader.json(), expected);
            QCOMPARE(reader.map().size(), std::size_t{1});
        });
    }

    void moreOverwritesDoNotWinOverAHigherClient()
    {
        const Replicas replicas = copiesOf(Replica(50), {1, 2});
        for (int i = 0; i < 5; ++i)
            replicas[0]->set("k", Any(i));
        replicas[1]->set("k", Any("two"));
        replicas[1]->set("other", Any(1));
        for (int i = 0; i < 5; ++i)
            replicas[1]->set("j", Any(i));
        replicas[0]->set("j", Any("one"));
        exchangeAll(replicas);
        for (const auto& replica : replicas) {
            QCOMPARE(*replica->map().getAny("k").string(), std::string("two"));
            QCOMPARE(*replica->map().getAny("j").number(), 4.0);
        }
    }

    void whoHasSeenTheValueOverwritesItWhateverTheIds()
    {
        Replica high(9), low(1);
        high.set("k", Any("high"));
        low.receive(high);
        low.set("k", Any("low"));
        high.receive(low);
        QCOMPARE(high.json(), std::string(R"({"k":"low"})"));
        QCOMPARE(low.json(), high.json());
    }

    void aSetWinsOverAConcurrentDelete_data()
    {
        QTest::addColumn<int>("deletes");
        QTest::addColumn<int>("sets");
        QTest::newRow("the deleting client is lower") << 1 << 2;
        QTest::newRow("the deleting client is higher") << 2 << 1;
    }
    void aSetWinsOverAConcurrentDelete()
    {
        QFETCH(int, deletes);
        QFETCH(int, sets);
        Replica base(50);
        base.set("k", Any("old"));
        const Replicas replicas = copiesOf(base, {std::uint64_t(deletes), std::uint64_t(sets)});
        replicas[0]->unset("k");
        replicas[1]->set("k", Any("new"));
        inEveryOrder({base.made[0], replicas[0]->made.back(), replicas[1]->made.back()},
                     [](Replica& reader) { QCOMPARE(reader.json(), std::string(R"({"k":"new"})")); });
    }

    /// A delete names the value it saw; it takes the key away only when that value is the last of the chain.
    void aDeleteTakesAwayOnlyWhatItSaw_data()
    {
        QTest::addColumn<int>("seen");
        QTest::addColumn<QString>("expected");
        QTest::newRow("of the winning value") << 1 << "{}";
        QTest::newRow("of the losing value") << 0 << R"({"k":2})";
    }
    void aDeleteTakesAwayOnlyWhatItSaw()
    {
        QFETCH(int, seen);
        QFETCH(QString, expected);
        const Replicas replicas = copiesOf(Replica(50), {1, 2, 3});
        replicas[0]->set("k", Any(1));
        replicas[1]->set("k", Any(2));
        QVERIFY(replicas[2]->receive(*replicas[std::size_t(seen)]));
        replicas[2]->unset("k");
        inEveryOrder({replicas[0]->made[0], replicas[1]->made[0], replicas[2]->made[0]}, [&](Replica& reader) {
            QCOMPARE(QString::fromStdString(reader.json()), expected);
            QVERIFY(!reader.doc.hasPending());
        });
    }

    void deletesOfTheSameKeyAreOne()
    {
        Replica base(50);
        base.set("k", Any(1));
        const Replicas replicas = copiesOf(base, {1, 2, 3});
        for (const auto& replica : replicas)
            replica->unset("k");
        exchangeAll(replicas);
        for (const auto& replica : replicas) {
            QVERIFY(!replica->map().has("k"));
            QCOMPARE(replica->map().size(), std::size_t{0});
            QCOMPARE(replica->doc.encodeStateAsUpdate(), replicas[0]->doc.encodeStateAsUpdate());
        }
    }

    void aKeyComesBackAfterItsDelete()
    {
        Replica a(1), b(2);
        for (int i = 0; i < 3; ++i) {
            a.set("k", Any(i));
            b.receive(a);
            QCOMPARE(*b.map().getAny("k").number(), double(i));
            b.unset("k");
            a.receive(b);
            QVERIFY(!a.map().has("k"));
        }
    }

    void ofConcurrentlyMadeTypesOneStaysAndTheOtherIsDeleted()
    {
        const Replicas replicas = copiesOf(Replica(50), {1, 2});
        for (const auto& replica : replicas)
            replica->set("n", mapOf("of", Any(number(replica->doc.clientId()))));
        const Map loser = replicas[0]->map().getType("n").asMap();
        const Map winner = replicas[1]->map().getType("n").asMap();
        exchangeAll(replicas);
        QVERIFY(loser.isDeleted());
        QVERIFY(!winner.isDeleted());
        QCOMPARE(replicas[0]->json(), std::string(R"({"n":{"of":2}})"));
        QCOMPARE(replicas[1]->json(), replicas[0]->json());
    }

    void editsInATypeThatLostItsPlaceVanishEverywhere()
    {
        Replica base(50);
        base.set("n", mapOf("x", Any(0)));
        const Replicas replicas = copiesOf(base, {1, 2});
        replicas[0]->edit([&](Transaction& t) {
            replicas[0]->map().getType("n").asMap().set(t, "x", Any("kept nowhere"));
        });
        replicas[1]->set("n", mapOf("y", Any(2)));
        std::vector<Bytes> updates = base.made;
        for (const auto& replica : replicas)
            updates.push_back(replica->made.back());
        inEveryOrder(updates, [](Replica& reader) {
            QCOMPARE(reader.json(), std::string(R"({"n":{"y":2}})"));
            QVERIFY(!holdsText(reader.doc.encodeStateAsUpdate(), "kept nowhere"));
        });
    }

    void typesReplacedByValuesAndBack()
    {
        Replica a(1), b(2);
        a.set("n", mapOf("deep", Any(1)));
        a.set("n", Any("plain"));
        b.receive(a);
        QCOMPARE(b.json(), std::string(R"({"n":"plain"})"));
        QVERIFY(b.map().getType("n").isNull());
        b.set("n", NewType{.kind = TypeKind::array, .elements = {Any(1), mapOf("k", Any(2))}});
        a.receive(b);
        QCOMPARE(a.json(), std::string(R"({"n":[1,{"k":2}]})"));
        QVERIFY(a.map().getAny("n").isUndefined());
        a.set("n", NewType{.kind = TypeKind::text, .text = "hello"});
        b.receive(a);
        QCOMPARE(b.map().getType("n").asText().toString(), std::string("hello"));
        QVERIFY(b.map().getType("n").asMap().isNull());
    }

    void anyValueSurvivesTheWay_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char* json : {"null", "undefined", "true", "false", "0", "-1", "0.1", "1e+300", "\"\"", "\"\u20ac\"", "[]",
                                 "{}", "[[],{}]", R"({"a":{"b":[1,null,"x"]}})", "4294967296", "-2147483648"})
            QTest::newRow(json) << QByteArray(json);
    }
    void anyValueSurvivesTheWay()
    {
        QFETCH(QByteArray, json);
        const Any value = parseJson(json.toStdString()).value();
        Replica a(1), b(2);
        a.set("k", value);
        QVERIFY(b.receive(a));
        QVERIFY(b.map().has("k"));
        QVERIFY(b.map().getAny("k") == value);
        QCOMPARE(toJson(b.map().getAny("k")), json.toStdString());
    }

    void anyKeyIsAKey_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("an array index") << QByteArray("12");
        QTest::newRow("a prototype name") << QByteArray("__proto__");
        QTest::newRow("not ASCII") << QByteArray("caf\xc3\xa9 \xf0\x9f\x98\x80");
        QTest::newRow("a slash and a quote") << QByteArray("a/\"b\"");
        QTest::newRow("very long") << QByteArray(5000, 'k');
    }
    void anyKeyIsAKey()
    {
        QFETCH(QByteArray, key);
        Replica a(1), b(2);
        a.set(key.toStdString(), Any(1));
        a.set("neighbour", Any(2));
        QVERIFY(b.receive(a));
        QCOMPARE(*b.map().getAny(key.toStdString()).number(), 1.0);
        b.unset(key.toStdString());
        QVERIFY(a.receive(b));
        QVERIFY(!a.map().has(key.toStdString()));
        QCOMPARE(a.json(), std::string(R"({"neighbour":2})"));
    }

    void removingWhatIsAbsentWritesNothing()
    {
        Replica a(1);
        a.unset("never");
        a.set("k", Any(1));
        a.unset("k");
        const std::size_t before = a.made.size();
        a.unset("k");
        QCOMPARE(a.made.size(), before);
        QCOMPARE(before, std::size_t{2});
    }

    void settingTheSameValueAgainIsAnEdit()
    {
        const Replicas replicas = copiesOf(Replica(50), {1, 2});
        replicas[1]->set("k", Any("x"));
        exchangeAll(replicas);
        replicas[0]->set("k", Any("x"));
        replicas[1]->unset("k");
        exchangeAll(replicas);
        QCOMPARE(replicas[0]->json(), std::string(R"({"k":"x"})"));
        QCOMPARE(replicas[1]->json(), replicas[0]->json());
    }

    void keysAreVisitedInTheOrderOfTheirFirstSet()
    {
        Replica a(1);
        for (const char* key : {"c", "a", "b"})
            a.set(key, Any(key));
        a.set("c", Any("again"));
        std::vector<std::string> keys;
        a.map().forEach([&](std::string_view key, const Value&) { keys.emplace_back(key); });
        QCOMPARE(keys, (std::vector<std::string>{"c", "a", "b"}));
        a.unset("a");
        keys.clear();
        a.map().forEach([&](std::string_view key, const Value&) { keys.emplace_back(key); });
        QCOMPARE(keys, (std::vector<std::string>{"c", "b"}));
    }
};

QTEST_APPLESS_MAIN(MapChainTest)
#include "map_chain_test.moc"
