#include <QtTest>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

std::vector<std::uint64_t> firstClients(int count)
{
    std::vector<std::uint64_t> clients(static_cast<std::size_t>(count));
    std::iota(clients.begin(), clients.end(), std::uint64_t{1});
    return clients;
}

std::string repeated(std::uint64_t client, std::size_t count)
{
    return std::string(count, static_cast<char>('0' + client));
}

} // namespace

/// Where concurrently inserted items stand: the integration rules of YATA.
class IntegrationTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void concurrentInsertsStandByClientId_data()
    {
        QTest::addColumn<QString>("base");
        QTest::addColumn<int>("at");
        QTest::addColumn<int>("clients");
        for (const int clients : {2, 3, 4}) {
            for (const auto& [base, at] : {std::pair{"", 0}, {"ab", 0}, {"ab", 1}, {"ab", 2}, {"a\u20acb", 2}})
                QTest::newRow(qPrintable(QString("%1 clients in '%2' at %3").arg(clients).arg(base).arg(at)))
                    << QString(base) << at << clients;
        }
    }
    void concurrentInsertsStandByClientId()
    {
        QFETCH(QString, base);
        QFETCH(int, at);
        QFETCH(int, clients);
        Replica first(50);
        first.insert(0, base.toStdString());
        const Replicas replicas = copiesOf(first, firstClients(clients));
        std::vector<Bytes> updates{first.doc.encodeStateAsUpdate()};
        QString expected = base.left(at);
        for (const auto& replica : replicas) {
            const std::uint64_t client = number(replica->doc.clientId());
            replica->insert(std::size_t(at), repeated(client, 3));
            updates.push_back(replica->made.back());
            expected += QString::fromStdString(repeated(client, 3));
        }
        expected += base.mid(at);
        int orders = 0;
        inEveryOrder(updates, [&](Replica& reader) {
            ++orders;
            QVERIFY(!reader.doc.hasPending());
            QCOMPARE(QString::fromStdString(reader.string()), expected);
        });
        QVERIFY(orders > clients);
    }

    void runsTypedAtOnePlaceDoNotMix_data()
    {
        QTest::addColumn<int>("clients");
        QTest::addColumn<bool>("backwards");
        for (const int clients : {2, 3, 4}) {
            QTest::addRow("%d clients type forwards", clients) << clients << false;
            QTest::addRow("%d clients type backwards", clients) << clients << true;
        }
    }
    void runsTypedAtOnePlaceDoNotMix()
    {
        QFETCH(int, clients);
        QFETCH(bool, backwards);
        Replica base(50);
        base.insert(0, "<>");
        const Replicas replicas = copiesOf(base, firstClients(clients));
        std::string expected = "<";
        for (const auto& replica : replicas) {
            const std::uint64_t client = number(replica->doc.clientId());
            for (std::size_t i = 0; i < 4; ++i)
                replica->insert(backwards ? 1 : 1 + i, repeated(client, 1));
            expected += repeated(client, 4);
        }
        exchangeAll(replicas);
        for (const auto& replica : replicas)
            QCOMPARE(replica->string(), expected + ">");
    }

    /// What came first by clock does not matter: only the ids decide.
    void anAppendAndAnInsertAfterTheSameUnitStandByClientId_data()
    {
        QTest::addColumn<quint64>("writer");
        QTest::addColumn<quint64>("other");
        QTest::addColumn<QString>("expected");
        QTest::newRow("the writer is lower") << quint64{5} << quint64{6} << "abX";
        QTest::newRow("the writer is higher") << quint64{5} << quint64{4} << "aXb";
        QTest::newRow("ids of more than 32 bits") << quint64{5} << quint64{2000000000000} << "abX";
    }
    void anAppendAndAnInsertAfterTheSameUnitStandByClientId()
    {
        QFETCH(quint64, writer);
        QFETCH(quint64, other);
        QFETCH(QString, expected);
        Replica a{writer}, b{other};
        a.insert(0, "a");
        b.receive(a);
        a.insert(1, "b");
        b.insert(1, "X");
        QVERIFY(a.receive(b) && b.receive(a));
        QCOMPARE(QString::fromStdString(a.string()), expected);
        QCOMPARE(b.string(), a.string());
    }

    void originsInsideAnItemCutIt_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        for (int first = 0; first <= 6; ++first) {
            for (int second = first; second <= 6; ++second)
                QTest::addRow("at %d and %d", first, second) << first << second;
        }
    }
    void originsInsideAnItemCutIt()
    {
        QFETCH(int, first);
        QFETCH(int, second);
        Replica base(50);
        base.insert(0, "abcdef");
        const Replicas replicas = copiesOf(base, {1, 2});
        replicas[0]->insert(std::size_t(first), "1");
        replicas[1]->insert(std::size_t(second), "2");
        exchangeAll(replicas);
        std::string expected = "abcdef";
        expected.insert(std::size_t(second), "2");
        expected.insert(std::size_t(first), "1");
        QCOMPARE(replicas[0]->string(), expected);
        QCOMPARE(replicas[1]->string(), expected);
        QCOMPARE(replicas[0]->doc.encodeStateAsUpdate(), replicas[1]->doc.encodeStateAsUpdate());
    }

    void insertsInADeletedRangeStay_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("expected");
        QTest::newRow("all of it") << 0 << 6 << "12";
        QTest::newRow("around both") << 1 << 4 << "a12f";
        QTest::newRow("between them") << 2 << 2 << "ab12ef";
        QTest::newRow("before the first") << 0 << 2 << "1cd2ef";
        QTest::newRow("behind the second") << 4 << 2 << "ab1cd2";
        QTest::newRow("across the first") << 1 << 2 << "a1d2ef";
    }
    void insertsInADeletedRangeStay()
    {
        QFETCH(int, from);
        QFETCH(int, count);
        QFETCH(QString, expected);
        Replica base(50);
        base.insert(0, "abcdef");
        const Replicas replicas = copiesOf(base, {1, 2, 3});
        replicas[0]->insert(2, "1");
        replicas[1]->insert(4, "2");
        replicas[2]->remove(std::size_t(from), std::size_t(count));
        std::vector<Bytes> updates{base.made.back()};
        for (const auto& replica : replicas)
            updates.push_back(replica->made.back());
        inEveryOrder(updates, [&](Replica& reader) { QCOMPARE(QString::fromStdString(reader.string()), expected); });
    }

    /// New text passes the tombstones at its place, so it follows what others put before them.
    void newTextStandsBehindTheTombstonesAtItsPlace_data()
    {
        QTest::addColumn<int>("keeps");
        QTest::addColumn<int>("removes");
        QTest::addColumn<QString>("expected");
        QTest::newRow("who keeps is lower") << 1 << 2 << "aXY";
        QTest::newRow("who keeps is higher") << 2 << 1 << "aXY";
    }
    void newTextStandsBehindTheTombstonesAtItsPlace()
    {
        QFETCH(int, keeps);
        QFETCH(int, removes);
        QFETCH(QString, expected);
        Replica base(50);
        base.insert(0, "ab");
        const Replicas replicas = copiesOf(base, {std::uint64_t(keeps), std::uint64_t(removes)});
        replicas[0]->insert(1, "X");
        replicas[1]->remove(1, 1);
        replicas[1]->insert(1, "Y");
        exchangeAll(replicas);
        QCOMPARE(QString::fromStdString(replicas[0]->string()), expected);
        QCOMPARE(replicas[1]->string(), replicas[0]->string());
    }

    void anInsertBetweenTwoConcurrentOnesStaysBetween()
    {
        const Replicas replicas = copiesOf(Replica(50), {1, 2, 3});
        replicas[0]->insert(0, "A");
        replicas[1]->insert(0, "B");
        QVERIFY(replicas[2]->receive(*replicas[0]) && replicas[2]->receive(*replicas[1]));
        replicas[2]->insert(1, "-");
        replicas[0]->insert(1, "a");
        replicas[1]->insert(0, "b");
        exchangeAll(replicas);
        const std::string text = replicas[0]->string();
        QCOMPARE(replicas[1]->string(), text);
        QCOMPARE(replicas[2]->string(), text);
        QVERIFY(text.find('A') < text.find('-') && text.find('-') < text.find('B'));
        QVERIFY(text.find('A') < text.find('a') && text.find('b') < text.find('B'));
    }

    void listsOfValuesAndTypesFollowTheSameRule()
    {
        Replica base(50);
        base.edit([&](Transaction& t) { base.array().push(t, {Any("first"), Any("last")}); });
        const Replicas replicas = copiesOf(base, {3, 1, 2});
        for (const auto& replica : replicas) {
            const int client = int(number(replica->doc.clientId()));
            replica->edit([&](Transaction& t) {
                replica->array().insert(t, 1, {Any(client), NewType{.kind = TypeKind::map, .entries = {{"of", Any(client)}}},
                                               Any(Bytes{std::uint8_t(client)})});
            });
        }
        exchangeAll(replicas);
        for (const auto& replica : replicas)
            QCOMPARE(toJson(replica->array().toAny()),
                     std::string(R"(["first",1,{"of":1},{"0":1},2,{"of":2},{"0":2},3,{"of":3},{"0":3},"last"])"));
    }

    void anyEditsByAnyoneEndInOneText_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 60; ++seed)
            QTest::addRow("seed %d", int(seed)) << seed;
    }
    void anyEditsByAnyoneEndInOneText()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        const Replicas replicas = copiesOf(Replica(50), firstClients(int(2 + random.below(3))));
        for (int step = 0; step < 80; ++step) {
            Replica& replica = *replicas[random.below(replicas.size())];
            const std::size_t size = replica.text().size();
            if (random.below(4) == 0 && size > 0)
                replica.remove(random.below(size), 1 + random.below(4));
            else
                replica.insert(random.below(size + 1), std::string(1 + random.below(3), char('a' + step % 26)));
            if (random.below(3) == 0)
                QVERIFY(replica.receive(*replicas[random.below(replicas.size())]));
        }
        // Twice round: the first round may leave some with less than the others learned since.
        exchangeAll(replicas);
        exchangeAll(replicas);
        for (const auto& replica : replicas) {
            QVERIFY(!replica->doc.hasPending());
            QCOMPARE(replica->string(), replicas[0]->string());
            QCOMPARE(replica->text().size(), replica->string().size());
            QCOMPARE(replica->doc.encodeStateAsUpdate(), replicas[0]->doc.encodeStateAsUpdate());
        }
    }
};

QTEST_APPLESS_MAIN(IntegrationTest)
#include "integration_test.moc"
