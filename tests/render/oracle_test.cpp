#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <render/cpu/renderer.h>
#include <render/export/codecs.h>
#include <scenes/scenes.h>
#include <support/compare.h>
#include <support/svg_writer.h>

using namespace tessera;

/// The scenes against an independent renderer (librsvg): the same geometry, other code. Edges may differ by the coarser
/// anti-aliasing of either, so the measure is the mean over the picture and the share of pixels that are far off.
class OracleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawsWhatLibrsvgDraws_data();
    void drawsWhatLibrsvgDraws();
};

void OracleTest::drawsWhatLibrsvgDraws_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const testing::SceneCase& scene : testing::sceneCases()) {
        // No SVG form; see svg_writer.h.
        if (scene.name != "images" && scene.name != "aligned-strokes" && scene.name != "effects")
            QTest::newRow(scene.name.c_str()) << index;
        ++index;
    }
}

void OracleTest::drawsWhatLibrsvgDraws()
{
    const QString program = QStandardPaths::findExecutable("rsvg-convert");
    if (program.isEmpty())
        QSKIP("rsvg-convert is not installed");
    QFETCH(int, index);
    const testing::SceneCase& scene = testing::sceneCases()[static_cast<std::size_t>(index)];
    const scene::DisplayList list = scene.make();
    QProcess process;
    process.start(program, {"--format=png"});
    process.write(QByteArray::fromStdString(testing::toSvg(list, scene.view())));
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    const QByteArray png = process.readAllStandardOutput();
    const auto theirs = exports::decodePng({reinterpret_cast<const std::uint8_t*>(png.data()), static_cast<std::size_t>(png.size())});
    QVERIFY2(theirs.hasValue(), process.readAllStandardError().constData());
    cpu::Renderer renderer;
    const scene::Image ours = renderer.render(list, scene.view());
    const testing::Difference d = testing::compare(ours, theirs.value(), 40);
    qInfo("%s: mean %.3f, largest %d, beyond 40: %ld px", scene.name.c_str(), d.mean, d.largest, d.pixelsOver);
    QVERIFY2(d.mean < 0.8, "mean difference");
    // Cairo draws no square dot for a line without length, and a dot for a dash that begins where its line ends.
    QVERIFY2(d.pixelsOver < ours.widthPx * ours.heightPx / 300, "pixels that are far off");
}

QTEST_APPLESS_MAIN(OracleTest)
#include "oracle_test.moc"
