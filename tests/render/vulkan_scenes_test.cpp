#include <QtTest>

#include <render/cpu/renderer.h>
#include <render/vulkan/renderer.h>
#include <scenes/scenes.h>
#include <support/compare.h>

using namespace tessera;

/// The same scenes and the same references on the Vulkan back end, validation on. Coverage is the same bytes, so what may
/// differ is the rounding of blends: up to 2 of 255 each (render/strips/frame.h), 4 where six translucent discs lie on top
/// of each other.
class VulkanScenesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void drawsLikeItsReference_data();
    void drawsLikeItsReference();
    void validationHasNothingToSay();

private:
    std::unique_ptr<vulkan::Renderer> m_renderer;
    QStringList m_messages;
};

void VulkanScenesTest::initTestCase()
{
    auto renderer = vulkan::Renderer::create({true, [this](std::string_view message) {
                                                  m_messages << QString::fromUtf8(message.data(), static_cast<int>(message.size()));
                                              }});
    if (!renderer)
        QSKIP(vulkan::describe(renderer.error()).c_str());
    m_renderer = std::move(renderer).value();
    qInfo("%s", m_renderer->deviceName().c_str());
}

void VulkanScenesTest::drawsLikeItsReference_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const testing::SceneCase& scene : testing::sceneCases())
        QTest::newRow(scene.name.c_str()) << index++;
}

void VulkanScenesTest::drawsLikeItsReference()
{
    if (qEnvironmentVariable("TESSERA_UPDATE_REFERENCES") == "1")
        QSKIP("references are made by the CPU back end");
    QFETCH(int, index);
    const testing::SceneCase& scene = testing::sceneCases()[static_cast<std::size_t>(index)];
    strips::FrameBuilder frames;
    const auto picture = m_renderer->compose(frames.build(scene.make(), scene.view()));
    QVERIFY2(picture.hasValue(), picture ? "" : vulkan::describe(picture.error()).c_str());
    const std::string problem = testing::checkAgainstReference(scene.name, picture.value(), {.channel = 4});
    QVERIFY2(problem.empty(), problem.c_str());
}

void VulkanScenesTest::validationHasNothingToSay()
{
    const QStringList faults = m_messages.filter("VUID-");
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
    if (!m_renderer->isValidating())
        QSKIP("the validation layer is not installed");
}

QTEST_GUILESS_MAIN(VulkanScenesTest)
#include "vulkan_scenes_test.moc"
