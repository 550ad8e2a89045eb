#include <QtTest>

#include <render/cpu/renderer.h>
#include <scenes/scenes.h>
#include <support/compare.h>

using namespace tessera;

/// Every scene on the CPU back end against its reference. The references were made by this back end and looked at;
/// one step of a channel is left for compilers that contract floating point.
class CpuScenesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawsLikeItsReference_data();
    void drawsLikeItsReference();
    void pansByWholePixelsWithoutChange();
};

void CpuScenesTest::drawsLikeItsReference_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const testing::SceneCase& scene : testing::sceneCases())
        QTest::newRow(scene.name.c_str()) << index++;
}

void CpuScenesTest::drawsLikeItsReference()
{
    QFETCH(int, index);
    const testing::SceneCase& scene = testing::sceneCases()[static_cast<std::size_t>(index)];
    cpu::Renderer renderer;
    const scene::Image picture = renderer.render(scene.make(), scene.view());
    const std::string problem = testing::checkAgainstReference(scene.name, picture, {.channel = 1});
    QVERIFY2(problem.empty(), problem.c_str());
}

/// A picture made of tiles must equal the whole: here the right lower part, drawn by itself.
void CpuScenesTest::pansByWholePixelsWithoutChange()
{
    for (const testing::SceneCase& scene : testing::sceneCases()) {
        const scene::DisplayList list = scene.make();
        cpu::Renderer renderer;
        const scene::Image whole = renderer.render(list, scene.view());
        const int dx = 61, dy = 38; // no multiples of the strip height
        scene::View moved = scene.view();
        moved.pageToDevice = Transform::translation(-dx, -dy) * moved.pageToDevice;
        const scene::Image part = renderer.render(list, moved);
        long differing = 0;
        for (int y = dy; y < whole.heightPx; ++y) {
            for (int i = dx * 4; i < whole.widthPx * 4; ++i)
                differing += std::abs(whole.row(y)[i] - part.row(y - dy)[i - dx * 4]) > 2;
        }
        QVERIFY2(differing <= 8, qPrintable(QString::fromStdString(scene.name) + ": " + QString::number(differing)));
    }
}

QTEST_APPLESS_MAIN(CpuScenesTest)
#include "cpu_scenes_test.moc"
