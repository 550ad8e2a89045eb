#include <QtTest>

#include <core/document/document.h>
#include <core/formats/import_file.h>
#include <core/formats/penpot_import.h>

#include "imported_tree.h"
#include "penpot_fixture.h"

using namespace tessera;
using namespace tessera::formats;
using namespace tessera::testing;

namespace {

/// Raw deflate data: what zlib makes, without Qt's length, zlib's header and its checksum.
std::string deflated(const QByteArray& data)
{
    const QByteArray packed = qCompress(data, 9);
    return packed.mid(6, packed.size() - 10).toStdString();
}

QString errorOf(const std::string& bytes, const PenpotLimits& limits = {})
{
    const auto result = importPenpot(asBytes(bytes), "Test", limits);
    return result ? QString() : QString::fromStdString(describe(result.error()));
}

} // namespace

/// Files that are broken, or made to harm: a clear refusal, or a bounded result that says what is missing.
class PenpotHostileTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void otherFilesAreRefusedWithAdvice_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        ZipWriter older;
        older.add("manifest.json", quoted("{'teamId':'1','files':{}}"));
        ZipWriter other;
        other.add("word/document.xml", "<a/>");
        ZipWriter newer;
        newer.add("manifest.json", quoted("{'type':'penpot/export-files','version':2,'files':[]}"));
        ZipWriter broken;
        broken.add("manifest.json", "{");
        QTest::newRow("version 1") << QByteArray::fromHex("010b1a86000000") << "export it again as a Penpot file";
        QTest::newRow("version 2") << QByteArray::fromStdString(older.take()) << "export it again from Penpot 2.4";
        QTest::newRow("not a zip") << QByteArray("hello") << "not a zip archive";
        QTest::newRow("a zip cut short") << QByteArray("PK\3\4") << "no zip archive";
        QTest::newRow("another zip") << QByteArray::fromStdString(other.take()) << "no manifest.json";
        QTest::newRow("a newer version") << QByteArray::fromStdString(newer.take()) << "version 2 is newer";
        QTest::newRow("broken manifest") << QByteArray::fromStdString(broken.take()) << "manifest.json: ";
    }
    void otherFilesAreRefusedWithAdvice()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const QString error = errorOf(bytes.toStdString());
        QVERIFY2(error.contains(says), qPrintable(error));
    }
    void aBombIsRefusedByWhatItUnpacksTo_data()
    {
        QTest::addColumn<bool>("lies");
        QTest::newRow("its size is told") << false;
        QTest::newRow("its size is a lie") << true;
    }
    void aBombIsRefusedByWhatItUnpacksTo()
    {
        QFETCH(bool, lies);
        const QByteArray zeros(8 << 20, ' ');
        ZipWriter zip;
        zip.addDeflated("manifest.json", deflated(zeros), lies ? 10 : static_cast<std::size_t>(zeros.size()), crc32Of({zeros.constData(), static_cast<std::size_t>(zeros.size())}));
        const std::string bytes = zip.take();
        QVERIFY(bytes.size() < 100'000);
        PenpotLimits limits;
        limits.maxEntryBytes = 1 << 20;
        const QString error = errorOf(bytes, limits);
        QVERIFY2(error.contains("manifest.json"), qPrintable(error));
    }
    void manyEntriesTogetherAreRefusedToo()
    {
        PenpotFixture fixture;
        const std::string long1(100'000, ' ');
        for (int i = 0; i < 20; ++i)
            fixture.entries["files/F/pages/P/x" + std::to_string(i) + ".json"] = long1 + "{}";
        PenpotLimits limits;
        limits.maxUnpackedBytes = 1'000'000;
        const QString error = errorOf(fixture.bytes(), limits);
        QVERIFY2(error.contains("too large"), qPrintable(error));
        limits = {};
        limits.maxEntries = 5;
        QVERIFY(errorOf(fixture.bytes(), limits).contains("entries"));
        limits = {};
        limits.maxShapes = 5;
        QVERIFY(errorOf(fixture.bytes(), limits).contains("more than 5"));
    }
    void deepJsonIsLeftOutAndNamed()
    {
        PenpotFixture fixture;
        fixture.shape("fine", "rect", 0, 0, 10, 10);
        fixture.entries["files/F/pages/P/deep.json"] = std::string(100'000, '[');
        const auto result = importPenpot(asBytes(fixture.bytes()), "Test");
        QVERIFY(result.hasValue());
        QCOMPARE(result->root.children.size(), std::size_t{1});
        QVERIFY(noticesOf(*result, "entry").find("deep.json") != std::string::npos);
    }
    void deepShapesAreRefused()
    {
        PenpotFixture fixture;
        for (int i = 0; i < 500; ++i)
            fixture.shape("g" + std::to_string(i), "group", 0, 0, 10, 10, {}, i == 0 ? penpotRoot : "g" + std::to_string(i - 1));
        const QString error = errorOf(fixture.bytes());
        QVERIFY2(error.contains("nested deeper than 64"), qPrintable(error));
    }
    void circlesOfParentsEnd()
    {
        PenpotFixture fixture;
        fixture.shape("a", "group", 0, 0, 10, 10).shape("b", "group", 0, 0, 10, 10, {}, "a").shape("a", "group", 0, 0, 10, 10, {}, "b");
        fixture.shape("lost", "rect", 0, 0, 1, 1, {}, "nobody");
        const auto result = importPenpot(asBytes(fixture.bytes()), "Test");
        QVERIFY(result.hasValue());
        QCOMPARE(countOf(result->root, document::NodeType::group), std::size_t{2});
        QVERIFY(noticesOf(*result, "\"a\"").find("within itself") != std::string::npos);
        QVERIFY(noticesOf(*result, "\"lost\"").find("left out") != std::string::npos);
    }
    void geometryThatIsNoNumberStaysOut_data()
    {
        QTest::addColumn<QString>("members");
        QTest::newRow("infinite box") << ",'selrect':{'x':1e999,'y':0,'width':1e308,'height':-5}";
        QTest::newRow("null box") << ",'selrect':{'x':null,'y':'NaN','width':[],'height':{}}";
        QTest::newRow("flat transform") << ",'transform':{'a':0,'b':0,'c':0,'d':0,'e':0,'f':0}";
        QTest::newRow("huge transform") << ",'transform':{'a':1e9,'b':1e9,'c':-1e9,'d':1e9,'e':1e9,'f':1e9}";
        QTest::newRow("infinite path") << ",'content':'M1e999 NaN L1e300 1e300'";
        QTest::newRow("infinite commands") << ",'content':[{'command':'move-to','params':{'x':1e999,'y':1e308}},{'command':'curve-to','params':{}},{'command':7},5,null]";
        QTest::newRow("infinite paint") << ",'opacity':1e999,'r1':1e308,'fills':[{'fillColor':'#f00','fillOpacity':-1e999}],'strokes':[{'strokeColor':'red','strokeWidth':1e300}]";
        QTest::newRow("infinite gradient") << ",'fills':[{'fillColorGradient':{'type':'radial','startX':1e300,'endX':-1e300,'width':1e300,'stops':[{'offset':1e999},{'offset':-5}]}}]";
        QTest::newRow("infinite shadow") << ",'shadow':[{'blur':1e999,'spread':1e300,'offsetX':'x'}],'blur':{'value':1e308}";
    }
    void geometryThatIsNoNumberStaysOut()
    {
        QFETCH(QString, members);
        PenpotFixture fixture;
        fixture.shape("s", "path", 0, 0, 10, 10, members.toStdString());
        const auto result = importPenpot(asBytes(fixture.bytes()), "Test");
        QVERIFY(result.hasValue());
        SeededRandom random(1);
        const auto doc = document::Document::createBlank(random, "Test");
        // The document refuses what is not finite or no length.
        QVERIFY(document::apply(*doc, toCommands(*result, {doc->tree().pages.front(), std::nullopt}, random), "test").hasValue());
    }
    void svgSourceCannotBreakOut()
    {
        PenpotFixture fixture;
        fixture.shape("raw", "svg-raw", 0, 0, 10, 10, ",\"content\":{\"tag\":\"g><script\",\"attrs\":{\"a\\\"b\":\"\\\"><script>\",\"onload\":\"x\"},"
                      "\"content\":[\"<script>\",{\"tag\":\"rect\",\"attrs\":{\"width\":\"1\",\"height\":\"1\"}}]}");
        QVERIFY(importPenpot(asBytes(fixture.bytes()), "Test").hasValue());
    }
    /// Ten copies of ten copies, and so on: each source stays below the bound of one drawing, all together pass it.
    void manySvgSourcesShareOneBound()
    {
        const std::string use = "{'tag':'use','attrs':{'href':'#";
        std::string content = "{'tag':'g','attrs':{},'content':[{'tag':'rect','attrs':{'id':'l0','width':'1','height':'1'}}";
        for (int level = 1; level <= 4; ++level) {
            content += ",{'tag':'g','attrs':{'id':'l" + std::to_string(level) + "'},'content':[";
            for (int i = 0; i < 10; ++i)
                content += (i ? "," : "") + use + "l" + std::to_string(level - 1) + "'}}";
            content += "]}";
        }
        PenpotFixture fixture;
        for (int i = 0; i < 80; ++i)
            fixture.shape("raw" + std::to_string(i), "svg-raw", 0, 0, 10, 10, ",'content':" + content + "]}");
        const auto result = importPenpot(asBytes(fixture.bytes()), "Test");
        QVERIFY(result.hasValue());
        const std::size_t kept = countOf(result->root, document::NodeType::svgRaw);
        QVERIFY2(kept > 0, "all of them were expanded");
        QVERIFY(countOf(result->root, document::NodeType::rect) < 1'000'000);
    }
    void aDamagedEntryIsNamed()
    {
        PenpotFixture fixture;
        fixture.shape("fine", "rect", 0, 0, 10, 10);
        std::string bytes = fixture.bytes();
        const std::size_t at = bytes.find("\"fine\",\"name\"");
        bytes[at + 1] = 'w'; // the CRC no longer fits
        const auto result = importPenpot(asBytes(bytes), "Test");
        QVERIFY(result.hasValue());
        QVERIFY(noticesOf(*result, "entry").find("fine.json") != std::string::npos);
    }
    void theFormatIsTakenFromTheName()
    {
        PenpotFixture fixture;
        QVERIFY(importFile(asBytes(fixture.bytes()), "/a/b.PENPOT", "b").hasValue());
        QCOMPARE(importFile({}, "/a/b.doc", "b").error().code, ImportErrc::notThisFormat);
        QVERIFY(!importFormatOf("penpot"));
    }
};

QTEST_APPLESS_MAIN(PenpotHostileTest)
#include "penpot_hostile_test.moc"
