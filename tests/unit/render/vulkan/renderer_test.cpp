#include <QtTest>

#include <cmath>
#include <cstdlib>
#include <memory>

#include <core/base/random.h>
#include <render/cpu/renderer.h>
#include <render/strips/frame.h>
#include <render/vulkan/renderer.h>

using namespace tessera;

namespace {

scene::PathRef rectPath(double x, double y, double w, double h)
{
    auto path = std::make_shared<Path>();
    path->moveTo({x, y});
    path->lineTo({x + w, y});
    path->lineTo({x + w, y + h});
    path->lineTo({x, y + h});
    path->close();
    return path;
}

scene::PathRef blob(Random& random)
{
    auto path = std::make_shared<Path>();
    const Point center{random.unit() * 200, random.unit() * 200};
    const int corners = 3 + static_cast<int>(random.below(8));
    for (int i = 0; i < corners; ++i) {
        const double angle = 6.28318530718 * i / corners, radius = 8 + random.unit() * 60;
        const Point p{center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)};
        if (i == 0)
            path->moveTo(p);
        else if (random.below(2))
            path->lineTo(p);
        else
            path->cubicTo({p.x + random.unit() * 20, p.y}, {p.x, p.y - random.unit() * 20}, p);
    }
    path->close();
    return path;
}

Color color(Random& random)
{
    const auto unit = [&] { return static_cast<float>(random.unit()); };
    return {unit(), unit(), unit(), random.below(2) ? 1.0f : unit()};
}

scene::ImageRef checkers()
{
    auto image = std::make_shared<scene::Image>(scene::Image::blank(16, 16));
    for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 16; ++x) {
            const std::uint8_t alpha = y < 8 ? 255 : 128;
            std::uint8_t* p = image->row(y) + x * 4;
            p[0] = (x / 4 + y / 4) % 2 ? alpha : 0;
            p[1] = static_cast<std::uint8_t>(x * 16 * alpha / 255);
            p[2] = static_cast<std::uint8_t>(y * 16 * alpha / 255);
            p[3] = alpha;
        }
    return image;
}

scene::Paint paint(Random& random, const scene::ImageRef& image)
{
    scene::Paint result;
    result.opacity = random.below(3) ? 1 : random.unit();
    switch (random.below(4)) {
    case 0: result.source = color(random); break;
    case 1:
    case 2: {
        auto gradient = std::make_shared<scene::Gradient>();
        gradient->kind = static_cast<scene::GradientKind>(random.below(4));
        gradient->spread = static_cast<scene::GradientSpread>(random.below(3));
        if (random.below(3) == 0) {
            gradient->focus = {random.unit(), random.unit()};
            gradient->focusRadius = random.unit() * 0.3;
        }
        gradient->stops = {{0, color(random)}, {0.3, color(random)}, {0.3, color(random)}, {1, color(random)}};
        gradient->toLocal = Transform::translation(random.unit() * 100, random.unit() * 100) * Transform::rotation(random.unit() * 6) * Transform::scaling(120, 90);
        result.source = std::shared_ptr<const scene::Gradient>(gradient);
        break;
    }
    case 3: {
        auto fill = std::make_shared<scene::ImageFill>();
        fill->image = image;
        fill->toLocal = Transform::translation(random.unit() * 100, random.unit() * 100) * Transform::scaling(5, 5);
        fill->tile = random.below(2) ? scene::TileMode::repeat : scene::TileMode::clamp;
        fill->area = {-1000, -1000, 3000, 3000};
        result.source = std::shared_ptr<const scene::ImageFill>(fill);
        break;
    }
    }
    return result;
}

/// Fills, strokes, clips and layers in a random, balanced order.
scene::DisplayList randomList(Random& random, int itemCount)
{
    scene::DisplayList list;
    list.nodes.push_back(NodeId{std::string("n")});
    const scene::ImageRef image = checkers();
    const Rect everything{-100, -100, 500, 500};
    std::vector<bool> openIsClip;
    const auto add = [&](scene::ItemContent content) { list.items.push_back({std::move(content), Transform{}, everything, 0}); };
    for (int i = 0; i < itemCount; ++i) {
        switch (random.below(8)) {
        case 0:
            if (openIsClip.size() < 6) {
                add(scene::PushClip{random.below(2) ? rectPath(random.unit() * 90, random.unit() * 90, 110, 110) : blob(random), scene::FillRule::nonzero});
                openIsClip.push_back(true);
            }
            break;
        case 1:
            if (openIsClip.size() < 6) {
                add(scene::PushLayer{random.unit(), static_cast<scene::BlendMode>(random.below(2) ? 1 + random.below(16) : 1), nullptr});
                openIsClip.push_back(false);
            }
            break;
        case 2:
            if (!openIsClip.empty()) {
                if (openIsClip.back()) {
                    add(scene::PopClip{});
                } else {
                    if (random.below(3) == 0) { // a mask comes last in its layer
                        add(scene::PushMask{random.below(2) == 1});
                        add(scene::FillPath{blob(random), scene::FillRule::nonzero, paint(random, image)});
                        add(scene::PopMask{});
                    }
                    add(scene::PopLayer{});
                }
                openIsClip.pop_back();
            }
            break;
        case 3: {
            scene::StrokeStyle style;
            style.width = 1 + random.unit() * 9;
            add(scene::StrokePath{blob(random), scene::FillRule::nonzero, style, paint(random, image)});
            break;
        }
        default: add(scene::FillPath{blob(random), random.below(2) ? scene::FillRule::evenodd : scene::FillRule::nonzero, paint(random, image)});
        }
    }
    for (; !openIsClip.empty(); openIsClip.pop_back()) {
        if (openIsClip.back())
            add(scene::PopClip{});
        else
            add(scene::PopLayer{});
    }
    list.boundsPage = everything;
    return list;
}

/// Channels that differ by more than the tolerance.
int channelsBeyond(const scene::Image& a, const scene::Image& b, int tolerance)
{
    int count = 0;
    for (int y = 0; y < a.heightPx; ++y)
        for (int x = 0; x < a.widthPx * 4; ++x)
            count += std::abs(int{a.row(y)[x]} - int{b.row(y)[x]}) > tolerance;
    return count;
}

} // namespace

/// The Vulkan back end draws what the CPU back end draws, and the validation layer has nothing to say.
class VulkanRendererTest : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<vulkan::Renderer> m_renderer;
    std::vector<std::string> m_messages;

    /// Gradients jump where they repeat or have two stops at one place, and blend modes where a colour is grey: there one
    /// rounding decides, and `jumps` channels may be anything.
    void compareWithCpu(const strips::Frame& frame, const Color& background, int tolerance, int jumps = 0)
    {
        const scene::Image expected = cpu::compose(frame, background);
        const auto drawn = m_renderer->compose(frame, background);
        QVERIFY2(drawn.hasValue(), drawn ? "" : vulkan::describe(drawn.error()).c_str());
        QCOMPARE(drawn->widthPx, expected.widthPx);
        QCOMPARE(drawn->heightPx, expected.heightPx);
        const int beyond = channelsBeyond(*drawn, expected, tolerance);
        QVERIFY2(beyond <= jumps, (std::to_string(beyond) + " channels differ by more than " + std::to_string(tolerance)).c_str());
    }

private Q_SLOTS:
    void initTestCase()
    {
        vulkan::Options options;
        options.validation = true;
        options.onMessage = [this](std::string_view message) { m_messages.emplace_back(message); };
        auto made = vulkan::Renderer::create(options);
        if (!made)
            QSKIP(("no Vulkan here: " + vulkan::describe(made.error())).c_str());
        m_renderer = std::move(made).value();
        qInfo("device %s, validation %s", m_renderer->deviceName().c_str(), m_renderer->isValidating() ? "on" : "not installed");
    }
    void emptyFrameGivesTheBackground()
    {
        strips::FrameBuilder builder;
        compareWithCpu(builder.build({}, {Transform{}, 33, 17}), {1, 0.5f, 0.25f, 0.5f}, 1);
        QCOMPARE(m_renderer->compose({}).value().widthPx, 0);
    }
    void randomScenesAgreeWithTheCpu_data()
    {
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<int>("items");
        for (quint64 seed = 1; seed <= 40; ++seed)
            QTest::addRow("seed %d", static_cast<int>(seed)) << seed << static_cast<int>(2 + seed);
    }
    void randomScenesAgreeWithTheCpu()
    {
        QFETCH(quint64, seed);
        QFETCH(int, items);
        SeededRandom random(seed);
        strips::FrameBuilder builder;
        const scene::View view{Transform::scaling(0.5 + random.unit(), 1) * Transform::rotation(random.unit() * 0.3), 200 + static_cast<int>(random.below(57)), 180};
        // Each blend may round differently by 1/255, and layers stack them; frame.h states 3 for one.
        compareWithCpu(builder.build(randomList(random, items), view), random.below(2) ? Color{1, 1, 1, 1} : Color{0, 0, 0, 0}, 4, 200);
    }
    void framesOfOtherSizesFollowEachOther()
    {
        SeededRandom random(99);
        const scene::DisplayList list = randomList(random, 20);
        strips::FrameBuilder builder;
        for (const auto& [width, height] : {std::pair{64, 64}, {300, 20}, {1, 1}, {257, 255}})
            compareWithCpu(builder.build(list, {Transform{}, width, height}), {1, 1, 1, 1}, 4);
    }
    void uploadsAreCountedAndImagesGoUpOnce()
    {
        SeededRandom random(5);
        strips::FrameBuilder builder;
        const strips::Frame frame = builder.build(randomList(random, 40), {Transform{}, 200, 180});
        const auto bytesOf = [](const auto& list) { return list.size() * sizeof(list[0]); };
        const std::size_t lists = bytesOf(frame.spans) + bytesOf(frame.alphas) + bytesOf(frame.paints) + bytesOf(frame.stops);
        QVERIFY(!frame.images.empty() && m_renderer->compose(frame));
        QVERIFY(m_renderer->lastUploadBytes() > lists);
        QVERIFY(m_renderer->compose(frame));
        QCOMPARE(m_renderer->lastUploadBytes(), lists);
    }
    void deepLayersAreRefusedAndDrawingGoesOn()
    {
        strips::Frame frame;
        frame.widthPx = frame.heightPx = 8;
        for (int i = 0; i < 40; ++i)
            frame.commands.push_back({.kind = strips::CommandKind::pushLayer, .bounds = {0, 0, 4, 4}});
        for (int i = 0; i < 40; ++i)
            frame.commands.push_back({.kind = strips::CommandKind::popLayer, .bounds = {0, 0, 4, 4}});
        QCOMPARE(m_renderer->compose(frame).error().code, vulkan::VulkanErrc::tooLarge);
        strips::FrameBuilder builder;
        compareWithCpu(builder.build({}, {Transform{}, 8, 8}), {1, 1, 1, 1}, 0);
    }
    void framesPastTheDevicesLimitAreRefused()
    {
        strips::Frame frame;
        frame.widthPx = 1 << 20;
        frame.heightPx = 1;
        QCOMPARE(m_renderer->compose(frame).error().code, vulkan::VulkanErrc::tooLarge);
    }
    void aWrongDriverIsAnErrorNotACrash()
    {
        const QByteArray before = qgetenv("VK_ICD_FILENAMES");
        qputenv("VK_ICD_FILENAMES", "/nonexistent/driver.json");
        const auto made = vulkan::Renderer::create();
        qputenv("VK_ICD_FILENAMES", before);
        QVERIFY(!made);
        QCOMPARE(made.error().code, vulkan::VulkanErrc::noDevice);
    }
    void cleanupTestCase()
    {
        m_renderer.reset();
        for (const std::string& message : m_messages)
            if (message.find("VUID") != std::string::npos || message.find("SYNC-") != std::string::npos)
                QFAIL(message.c_str());
    }
};

QTEST_APPLESS_MAIN(VulkanRendererTest)
#include "renderer_test.moc"
