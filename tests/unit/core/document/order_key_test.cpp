#include <QtTest>

#include <set>

#include <core/base/random.h>
#include <core/document/tree.h>

#include "golden.h"
#include "order_key.h"

using namespace tessera;
using namespace tessera::document;

class OrderKeyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void goldenKeysAreToldFromOtherText()
    {
        for (const QJsonValue& value : golden::readFile(golden::folder() + "order_keys.json")["keys"].toArray()) {
            const std::string key = golden::text(value["key"]);
            QVERIFY2(isOrderKey(key) == value["valid"].toBool(), key.c_str());
        }
    }
    void goldenStemsAreFoundBetweenTheirNeighbours()
    {
        SeededRandom random(1);
        for (const QJsonValue& value : golden::readFile(golden::folder() + "order_keys.json")["stems"].toArray()) {
            const std::string after = golden::text(value["after"]), before = golden::text(value["before"]);
            const std::string stem = golden::text(value["stem"]);
            QCOMPARE(orderKeyStem(after, before), stem);
            const std::string key = orderKeyBetween(after, before, random);
            QVERIFY(key.starts_with(stem));
            QCOMPARE(key.size(), stem.size() + jitterDigits);
            QVERIFY2(isOrderKey(key), key.c_str());
        }
    }
    void keysLieStrictlyBetweenTheirNeighbours()
    {
        SeededRandom random(7);
        std::vector<std::string> keys;
        for (int i = 0; i < 20'000; ++i) {
            const std::size_t at = random.below(keys.size() + 1);
            const std::string after = at == 0 ? "" : keys[at - 1];
            const std::string before = at == keys.size() ? "" : keys[at];
            const std::string key = orderKeyBetween(after, before, random);
            QVERIFY2(isOrderKey(key) && after < key && (before.empty() || key < before),
                     qPrintable(QString("%1 %2 %3").arg(after.c_str(), key.c_str(), before.c_str())));
            keys.insert(keys.begin() + static_cast<std::ptrdiff_t>(at), key);
        }
    }
    // The worst case: always at the same spot. The key grows by one digit per six inserts and never runs out.
    void oneSpotTakesHundredsOfInsertsBeforeKeysAreLong()
    {
        SeededRandom random(3);
        const std::string low = orderKeyBetween("", "", random);
        std::string high = orderKeyBetween(low, "", random);
        int inserts = 0;
        while (high.size() <= maxOrderKeyChars && inserts < 10'000) {
            const std::string key = orderKeyBetween(low, high, random);
            QVERIFY(low < key && key < high);
            high = key;
            ++inserts;
        }
        QVERIFY2(inserts > 200, qPrintable(QString::number(inserts)));
    }
    void appendingStaysShort()
    {
        SeededRandom random(5);
        std::string last, first;
        for (int i = 0; i < 100'000; ++i) {
            const std::string next = orderKeyBetween(last, "", random);
            QVERIFY(last < next);
            last = next;
            first = orderKeyBetween("", first.empty() ? next : first, random);
        }
        QVERIFY(last.size() <= 9 && first.size() <= 9);
    }
    void twoPeopleAtOneSpotRarelyCollide()
    {
        SeededRandom random(11);
        std::set<std::string> keys;
        for (int i = 0; i < 2'000; ++i)
            keys.insert(orderKeyBetween("a0", "a1", random));
        QCOMPARE(keys.size(), std::size_t{2'000});
    }
    void manyKeysBetweenTwoAscendAndStayShort_data()
    {
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("before");
        QTest::newRow("open") << "" << "";
        QTest::newRow("open above") << "a0V" << "";
        QTest::newRow("open below") << "" << "a0V";
        QTest::newRow("between") << "a0V" << "a0W";
        QTest::newRow("between integers") << "a0" << "a1";
    }
    void manyKeysBetweenTwoAscendAndStayShort()
    {
        QFETCH(QString, after);
        QFETCH(QString, before);
        SeededRandom random(2);
        const auto keys = orderKeysBetween(after.toStdString(), before.toStdString(), 5'000, random);
        QCOMPARE(keys.size(), std::size_t{5'000});
        std::string last = after.toStdString();
        for (const std::string& key : keys) {
            QVERIFY(last < key && (before.isEmpty() || key < before.toStdString()));
            QVERIFY(key.size() <= 20);
            last = key;
        }
    }
};

QTEST_APPLESS_MAIN(OrderKeyTest)
#include "order_key_test.moc"
