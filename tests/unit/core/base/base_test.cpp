#include <QtTest>

#include <set>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/base/hash.h>
#include <core/base/ids.h>
#include <core/base/random.h>
#include <core/base/utf.h>

using namespace tessera;

class BaseTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void utf16LengthCountsPairsTwice()
    {
        QCOMPARE(utf16Length("a\xf0\x9f\x98\x80" "b"), std::size_t{4});
        QCOMPARE(utf16Length("\xe2\x82\xac"), std::size_t{1});
    }
    void utf8AndUtf16RoundTrip()
    {
        const std::string text = "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80z";
        QCOMPARE(toUtf8(toUtf16(text)), text);
        QCOMPARE(toUtf8(std::u16string{char16_t{0xd800}, u'x'}), std::string("\xef\xbf\xbdx"));
    }
    void overlongAndSurrogateFormsAreNotUtf8_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("overlong slash") << QByteArray("\xc0\xaf");
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80");
        QTest::newRow("past U+10FFFF") << QByteArray("\xf4\x90\x80\x80");
        QTest::newRow("cut short") << QByteArray("\xe2\x82");
        QTest::newRow("lone continuation") << QByteArray("\x80");
    }
    void overlongAndSurrogateFormsAreNotUtf8()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!isUtf8(bytes.toStdString()));
        QVERIFY(isUtf8(toValidUtf8(bytes.toStdString())));
    }
    void unitInsideAPairIsReported()
    {
        const std::string text = "a\xf0\x9f\x98\x80" "b";
        QVERIFY(findUtf16Unit(text, 2).insidePair);
        QCOMPARE(findUtf16Unit(text, 2).byteOffset, std::size_t{1});
        QCOMPARE(findUtf16Unit(text, 3).byteOffset, std::size_t{5});
        QVERIFY(!findUtf16Unit(text, 3).insidePair);
        QCOMPARE(findUtf16Unit(text, 99).byteOffset, text.size());
    }
    void transformInverseUndoesIt()
    {
        const Transform t = Transform::translation(10, -4) * Transform::rotation(0.7) * Transform::scaling(2, 3);
        const Point p = (*t.inverted()).apply(t.apply({5, 6}));
        QVERIFY(std::abs(p.x - 5) < 1e-9 && std::abs(p.y - 6) < 1e-9);
        QVERIFY(!Transform::scaling(0, 1).inverted());
    }
    void rectanglesMeetOnlyWhenTheyOverlap()
    {
        QVERIFY(!(Rect{0, 0, 10, 10}.intersects(Rect{10, 0, 5, 5})));
        QVERIFY((Rect{0, 0, 10, 10}.intersects(Rect{9, 9, 5, 5})));
        QCOMPARE(united(Rect{0, 0, 1, 1}, Rect{4, 5, 1, 1}), (Rect{0, 0, 5, 6}));
        QVERIFY(intersected(Rect{0, 0, 1, 1}, Rect{4, 5, 1, 1}).isEmpty());
    }
    void hexColoursRoundTrip()
    {
        QCOMPARE(toHexColor(*parseHexColor("#2457e6")), std::string("#2457E6"));
        QCOMPARE(toHexColor(*parseHexColor("f00")), std::string("#FF0000"));
        QCOMPARE(toHexColor(*parseHexColor("#00ff0080")), std::string("#00FF0080"));
        QVERIFY(!parseHexColor("#12"));
        QVERIFY(!parseHexColor("#12345g"));
    }
    void contrastMatchesWcag()
    {
        QVERIFY(std::abs(contrastRatio({0, 0, 0}, {1, 1, 1}) - 21) < 1e-6);
        QVERIFY(std::abs(contrastRatio(*parseHexColor("#2457E6"), {1, 1, 1}) - 5.9) < 0.1);
    }
    void idsAre22DigitsAndDiffer()
    {
        SeededRandom random(1);
        std::set<std::string> seen;
        for (int i = 0; i < 1000; ++i) {
            const std::string id = makeIdText(random);
            QCOMPARE(id.size(), std::size_t{22});
            QVERIFY(seen.insert(id).second);
        }
    }
    void contentHashIsBlake2b256()
    {
        // From the b2sum tool: printf abc | b2sum -l 256
        QCOMPARE(contentHash(asBytes("abc")).hex,
                 std::string("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"));
        QVERIFY(!parseContentHash("ABC"));
        QVERIFY(parseContentHash(contentHash({}).hex));
    }
    void seededRandomIsTheSameEverywhere()
    {
        SeededRandom random(42);
        QCOMPARE(random.next(), std::uint64_t{13679457532755275413u});
    }
};

QTEST_APPLESS_MAIN(BaseTest)
#include "base_test.moc"
