#include <QtTest>

#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

const Any::Object bold{{"b", true}};
const Any::Object notBold{{"b", nullptr}};
const Any::Object italic{{"i", true}};

std::string runsOf(Replica& replica) { return describeRuns(replica.text()); }

} // namespace

/// Formatting of texts: markers, what new text inherits, overlaps, clean-up, embeds.
class FormattingTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFormatAppliesToItsRange_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("expected");
        QTest::newRow("at the start") << 0 << 2 << R"(ab{"b":true}|cdef{}|)";
        QTest::newRow("in the middle") << 2 << 2 << R"(ab{}|cd{"b":true}|ef{}|)";
        QTest::newRow("at the end") << 4 << 2 << R"(abcd{}|ef{"b":true}|)";
        QTest::newRow("everything") << 0 << 6 << R"(abcdef{"b":true}|)";
        QTest::newRow("past the end") << 5 << 9 << R"(abcde{}|f{"b":true}|)";
        QTest::newRow("nothing") << 3 << 0 << "abcdef{}|";
    }
    void aFormatAppliesToItsRange()
    {
        QFETCH(int, from);
        QFETCH(int, count);
        QFETCH(QString, expected);
        Replica a(1), b(2);
        a.insert(0, "abcdef");
        a.format(std::size_t(from), std::size_t(count), bold);
        QVERIFY(b.receive(a));
        QCOMPARE(QString::fromStdString(runsOf(a)), expected);
        QCOMPARE(runsOf(b), runsOf(a));
        QCOMPARE(a.text().size(), std::size_t{6});
        QCOMPARE(a.string(), std::string("abcdef"));
    }

    void overlappingFormatsCombine()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        a.format(0, 4, bold);
        a.format(2, 4, italic);
        QCOMPARE(runsOf(a), std::string(R"(ab{"b":true}|cd{"b":true,"i":true}|ef{"i":true}|)"));
        a.format(3, 1, {{"b", nullptr}, {"i", nullptr}});
        QCOMPARE(runsOf(a), std::string(R"(ab{"b":true}|c{"b":true,"i":true}|d{}|ef{"i":true}|)"));
    }

    void aLaterValueReplacesAnEarlierOne()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        a.format(0, 6, {{"size", 10}});
        a.format(2, 2, {{"size", 20}});
        QCOMPARE(runsOf(a), std::string(R"(ab{"size":10}|cd{"size":20}|ef{"size":10}|)"));
        a.format(1, 4, {{"size", 10}});
        QCOMPARE(runsOf(a), std::string(R"(abcdef{"size":10}|)"));
        a.format(0, 6, {{"size", nullptr}});
        QCOMPARE(runsOf(a), std::string("abcdef{}|"));
    }

    void attributeValuesMayBeOfAnyKind_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char* json : {"false", "0", "1.5", "\"\"", "\"red\"", "[1,2]", R"({"color":"red","width":2})"})
            QTest::newRow(json) << QByteArray(json);
    }
    void attributeValuesMayBeOfAnyKind()
    {
        QFETCH(QByteArray, json);
        Replica a(1), b(2);
        a.insert(0, "abc");
        a.format(1, 1, {{"v", parseJson(json.toStdString()).value()}});
        QVERIFY(b.receive(a));
        QCOMPARE(runsOf(b), "a{}|b{\"v\":" + json.toStdString() + "}|c{}|");
    }

    void newTextInheritsFromTheLeftUnlessTold_data()
    {
        QTest::addColumn<int>("at");
        QTest::addColumn<QString>("inherited");
        QTest::addColumn<QString>("plain");
        QTest::newRow("before the format") << 1 << R"(aXb{}|cd{"b":true}|ef{}|)" << R"(aXb{}|cd{"b":true}|ef{}|)";
        QTest::newRow("at its start") << 2 << R"(abX{}|cd{"b":true}|ef{}|)" << R"(abX{}|cd{"b":true}|ef{}|)";
        QTest::newRow("inside it") << 3 << R"(ab{}|cXd{"b":true}|ef{}|)" << R"(ab{}|c{"b":true}|X{}|d{"b":true}|ef{}|)";
        QTest::newRow("at its end") << 4 << R"(ab{}|cdX{"b":true}|ef{}|)" << R"(ab{}|cd{"b":true}|Xef{}|)";
        QTest::newRow("behind it") << 5 << R"(ab{}|cd{"b":true}|eXf{}|)" << R"(ab{}|cd{"b":true}|eXf{}|)";
    }
    void newTextInheritsFromTheLeftUnlessTold()
    {
        QFETCH(int, at);
        QFETCH(QString, inherited);
        QFETCH(QString, plain);
        for (const bool told : {false, true}) {
            Replica a(1), b(2);
            a.insert(0, "abcdef");
            a.format(2, 2, bold);
            a.edit([&](Transaction& t) {
                if (told)
                    a.text().insert(t, std::size_t(at), "X", Any::Object{});
                else
                    a.text().insert(t, std::size_t(at), "X");
            });
            QVERIFY(b.receive(a));
            QCOMPARE(QString::fromStdString(runsOf(a)), told ? plain : inherited);
            QCOMPARE(runsOf(b), runsOf(a));
        }
    }

    void textWithAttributesLeavesWhatFollowsAsItWas()
    {
        Replica a(1);
        a.insert(0, "ad");
        a.edit([&](Transaction& t) { a.text().insert(t, 1, "b", bold); });
        a.edit([&](Transaction& t) { a.text().insert(t, 2, "c", italic); });
        QCOMPARE(runsOf(a), std::string(R"(a{}|b{"b":true}|c{"i":true}|d{}|)"));
    }

    void formattingAgainWritesNothing()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        a.format(1, 4, bold);
        const std::size_t before = a.made.size();
        a.format(1, 4, bold);
        a.format(2, 2, bold);
        a.format(0, 1, notBold);
        QCOMPARE(a.made.size(), before);
    }

    void markersThatDecideNothingAreCleanedUp()
    {
        Replica a(1);
        a.insert(0, "abcdef");
        for (int i = 0; i < 10; ++i) {
            a.format(1, 3, bold);
            a.format(1, 3, notBold);
        }
        QCOMPARE(runsOf(a), std::string("abcdef{}|"));
        a.format(0, 6, bold);
        a.remove(0, 6);
        a.insert(0, "new");
        QCOMPARE(a.string(), std::string("new"));
        Replica b(2);
        QVERIFY(b.receive(a));
        QCOMPARE(runsOf(b), runsOf(a));
    }

    void concurrentFormatsOfDifferentKeysCombine()
    {
        Replica base(50);
        base.insert(0, "abcdef");
        const Replicas replicas = copiesOf(base, {1, 2});
        replicas[0]->format(0, 4, bold);
        replicas[1]->format(2, 4, italic);
        exchangeAll(replicas);
        for (const auto& replica : replicas)
            QCOMPARE(runsOf(*replica), std::string(R"(ab{"b":true}|cd{"b":true,"i":true}|ef{"i":true}|)"));
    }

    void theSameFormatTwiceAtOnceIsOne()
    {
        Replica base(50);
        base.insert(0, "abcdef");
        const Replicas replicas = copiesOf(base, {1, 2, 3});
        for (const auto& replica : replicas)
            replica->format(1, 4, bold);
        exchangeAll(replicas);
        exchangeAll(replicas);
        for (const auto& replica : replicas)
            QCOMPARE(runsOf(*replica), std::string(R"(a{}|bcde{"b":true}|f{}|)"));
    }

    void textTypedIntoARangeThatIsBeingFormattedTakesPart()
    {
        Replica base(50);
        base.insert(0, "abcdef");
        const Replicas replicas = copiesOf(base, {1, 2});
        replicas[0]->format(1, 4, bold);
        replicas[1]->insert(3, "XY");
        exchangeAll(replicas);
        for (const auto& replica : replicas)
            QCOMPARE(runsOf(*replica), std::string(R"(a{}|bcXYde{"b":true}|f{}|)"));
    }

    void deletedTextTakesItsMarkersAlong()
    {
        Replica base(50);
        base.insert(0, "abcdef");
        base.format(2, 2, bold);
        const Replicas replicas = copiesOf(base, {1, 2});
        replicas[0]->remove(2, 2);
        replicas[1]->insert(4, "X");
        exchangeAll(replicas);
        QCOMPARE(replicas[0]->string(), std::string("abXef"));
        QCOMPARE(runsOf(*replicas[1]), runsOf(*replicas[0]));
    }

    void embedsCountOneAndCarryAttributes()
    {
        Replica a(1), b(2);
        a.insert(0, "ab");
        a.edit([&](Transaction& t) {
            a.text().insertEmbed(t, 1, Any::Object{{"img", "u"}}, {{"width", 3}});
            a.text().insertEmbed(t, 3, Any("tail"));
        });
        QVERIFY(b.receive(a));
        QCOMPARE(runsOf(b), std::string(R"(a{}|{"img":"u"}{"width":3}|b{}|"tail"{}|)"));
    }

    void embedsAreRemovedLikeText()
    {
        Replica a(1), b(2);
        a.insert(0, "ab");
        a.edit([&](Transaction& t) { a.text().insertEmbed(t, 1, Any::Object{{"x", 1}}); });
        QCOMPARE(a.text().size(), std::size_t{3});
        QCOMPARE(a.string(), std::string("ab"));
        QVERIFY(b.receive(a));
        b.format(0, 3, bold);
        b.remove(1, 1);
        QVERIFY(a.receive(b));
        QCOMPARE(runsOf(a), std::string(R"(ab{"b":true}|)"));
    }

    void anyFormatsByAnyoneEndInTheSameRuns_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 40; ++seed)
            QTest::addRow("seed %d", int(seed)) << seed;
    }
    void anyFormatsByAnyoneEndInTheSameRuns()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica base(50);
        base.insert(0, "the quick brown fox");
        const Replicas replicas = copiesOf(base, {1, 2, 3});
        for (int step = 0; step < 40; ++step) {
            Replica& replica = *replicas[random.below(3)];
            const std::size_t size = replica.text().size();
            const std::size_t at = random.below(size + 1);
            const std::string key(1, char('a' + random.below(2)));
            switch (random.below(5)) {
            case 0: replica.insert(at, "xy"); break;
            case 1: replica.remove(at, 2); break;
            case 2: replica.format(at, 1 + random.below(6), {{key, nullptr}}); break;
            case 3: QVERIFY(replica.receive(*replicas[random.below(3)])); break;
            default: replica.format(at, 1 + random.below(6), {{key, Any(int(random.below(2)))}});
            }
        }
        // Clean-up after an exchange deletes markers, which the others have to learn as well.
        for (int round = 0; round < 4; ++round)
            exchangeAll(replicas);
        for (const auto& replica : replicas) {
            QCOMPARE(replica->string(), replicas[0]->string());
            QCOMPARE(runsOf(*replica), runsOf(*replicas[0]));
        }
    }
};

QTEST_APPLESS_MAIN(FormattingTest)
#include "formatting_test.moc"
