#include <QtTest>

#include <core/base/random.h>
#include <core/document/document.h>
#include <core/formats/import_file.h>
#include <render/export/render_document.h>
#include <render/text/font_files.h>

#include "imported_tree.h"

using namespace tessera;
using namespace tessera::testing;
using document::NodeType;

namespace {

/// DESIGN_FILES, or shared/data/design-files beside the repository.
QString dataFolder()
{
    const QString set = qEnvironmentVariable("DESIGN_FILES");
    return set.isEmpty() ? qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/../shared/data/design-files" : set;
}

class NoImages final : public scene::ImageSource
{
public:
    scene::ImageRef image(const ContentHash&) override { return nullptr; }
};

} // namespace

/// Files that people made with other tools come in whole, and there is something to see.
class DesignFilesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (!QFileInfo::exists(dataFolder()))
            QSKIP("NOT run: there are no design files; DESIGN_FILES names their folder");
    }
    void aFileComesInWhole_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QList<int>>("counts"); // frames, groups, rects, ellipses, vectors, texts
        QTest::addColumn<int>("colors");
        // Counted in the files' own JSON: shapes by type, less the operands of bools, plus nodes for further strokes, arrow ends,
        // hachures and their groups.
        QTest::newRow("variants") << "[Beta Test] Variants sample.penpot" << QList<int>{91, 14, 42, 26, 38, 41} << 100;
        QTest::newRow("1,000 rectangles") << "generated-1000-rects.penpot" << QList<int>{11, 0, 990, 0, 0, 0} << 2;
        QTest::newRow("user flow") << "user-flow-elements.penpot" << QList<int>{72, 49, 139, 38, 56, 15} << 100;
        QTest::newRow("library") << "simple-characters.excalidrawlib" << QList<int>{1, 336, 69, 111, 1385, 33} << 100;
    }
    void aFileComesInWhole()
    {
        QFETCH(QString, file);
        QFETCH(QList<int>, counts);
        QFETCH(int, colors);
        QFile source(dataFolder() + "/" + file);
        QVERIFY2(source.open(QIODevice::ReadOnly), qPrintable(file));
        const QByteArray bytes = source.readAll();
        QElapsedTimer timer;
        timer.start();
        const auto imported = formats::importFile({reinterpret_cast<const std::uint8_t*>(bytes.constData()), static_cast<std::size_t>(bytes.size())},
                                                  file.toStdString(), "file");
        QVERIFY2(imported.hasValue(), imported ? "" : formats::describe(imported.error()).c_str());
        qInfo("%s: %lld ms, %zu notices", qPrintable(file), timer.elapsed(), imported->notices.size());
        QList<int> found;
        for (const NodeType type : {NodeType::frame, NodeType::group, NodeType::rect, NodeType::ellipse, NodeType::vector, NodeType::text})
            found.push_back(static_cast<int>(countOf(imported->root, type)));
        QCOMPARE(found, counts);

        SeededRandom random(1);
        const auto doc = document::Document::createBlank(random, "Test");
        const auto commands = formats::toCommands(*imported, {doc->tree().pages.front(), std::nullopt}, random);
        QVERIFY(document::apply(*doc, commands, "test").hasValue());
        text::FontLibrary fonts;
        QVERIFY(text::addBundledFonts(fonts).hasValue());
        NoImages images;
        exports::RenderOptions options;
        options.node = std::get<document::CreateNode>(commands.front()).id;
        options.scale = 0.3;
        const auto picture = exports::renderImage(*doc, fonts, images, options);
        QVERIFY(picture.hasValue());
        QSet<quint32> seen;
        for (std::size_t i = 0; i + 3 < picture->pixels.size(); i += 4)
            seen.insert(qFromLittleEndian<quint32>(picture->pixels.data() + i));
        QVERIFY2(seen.size() >= colors, qPrintable(QString::number(seen.size())));
    }
};

QTEST_APPLESS_MAIN(DesignFilesTest)
#include "design_files_test.moc"
