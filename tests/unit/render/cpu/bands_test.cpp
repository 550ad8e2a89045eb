#include <QtTest>

#include <algorithm>
#include <cmath>

#include <core/base/random.h>

#include "bands.h"
#include "layers.h"
#include "surface.h"

using namespace tessera;
using document::Effect;
using document::EffectKind;
using document::FillRule;
using scene::BlendMode;
using scene::Image;

namespace {

/// Pictures of all that a composer knows, larger and smaller than the view, in front of and beside each other.
class RandomPicture
{
public:
    RandomPicture(std::uint64_t seed, Size size) : m_random{seed}, m_size(size) {}

    scene::DisplayList list(int items)
    {
        for (int i = 0; i < items; ++i)
            add(3);
        m_list.boundsPage = {0, 0, m_size.width, m_size.height};
        return m_list;
    }

private:
    double unit() { return static_cast<double>(m_random.below(1u << 20)) / (1u << 20); }
    bool chance(unsigned percent) { return m_random.below(100) < percent; }
    Color color() { return {static_cast<float>(unit()), static_cast<float>(unit()), static_cast<float>(unit()), chance(50) ? 1.0f : static_cast<float>(unit())}; }
    Rect box()
    {
        const double size = chance(20) ? 3 : chance(50) ? 0.4 : 0.05;
        const double width = unit() * size * m_size.width, height = unit() * size * m_size.height;
        return {unit() * m_size.width * 1.2 - 0.1 * m_size.width - width / 2, unit() * m_size.height * 1.2 - height / 2, width, height};
    }
    scene::PathRef shape(const Rect& r)
    {
        return std::make_shared<const Path>(chance(50) ? ellipsePath(r) : rectPath(r));
    }
    scene::Paint paint(const Rect& r)
    {
        if (chance(60))
            return {color(), 1};
        scene::Gradient gradient;
        gradient.kind = static_cast<scene::GradientKind>(m_random.below(4));
        gradient.stops = {{0, color()}, {0.3, color()}, {1, color()}};
        gradient.toLocal = Transform{r.width, r.height * 0.2, -r.width * 0.1, r.height, r.x, r.y};
        return {std::make_shared<const scene::Gradient>(gradient), unit()};
    }
    Transform transform() { return chance(70) ? Transform{} : Transform::rotation(unit()) * Transform::translation(unit() * 20, unit() * 20); }
    void push(scene::ItemContent content, const Transform& toPage, const Rect& local) { m_list.items.push_back({std::move(content), toPage, toPage.mapBounds(local), 0}); }

    void add(int depth)
    {
        const Rect r = box();
        const Transform t = transform();
        const Rect all{-4 * m_size.width, -4 * m_size.height, 9 * m_size.width, 9 * m_size.height};
        const auto within = [&] {
            for (int i = 0; i < 3; ++i)
                add(depth - 1);
        };
        switch (m_random.below(depth > 0 ? 8 : 4)) {
        case 4:
            push(scene::PushClip{shape(r)}, t, r);
            within();
            push(scene::PopClip{}, t, r);
            break;
        case 5: {
            const auto blend = chance(50) ? BlendMode::normal : static_cast<BlendMode>(1 + m_random.below(15));
            push(scene::PushLayer{unit(), blend, nullptr, nullptr}, {}, all);
            within();
            push(scene::PopLayer{}, {}, all);
            break;
        }
        case 6: {
            Effect effect;
            effect.kind = chance(50) ? EffectKind::dropShadow : EffectKind::layerBlur;
            effect.color = color();
            effect.offset = {unit() * 20 - 10, unit() * 20 - 10};
            effect.blur = unit() * 12;
            const std::vector<Effect> effects{effect};
            const Rect bounds = scene::effectBoundsPage(effects, r, {});
            push(scene::PushLayer{1, BlendMode::normal, std::make_shared<const std::vector<Effect>>(effects), nullptr}, {}, bounds);
            push(scene::FillPath{shape(r), FillRule::nonzero, paint(r)}, {}, r);
            push(scene::PopLayer{}, {}, bounds);
            break;
        }
        case 7:
            push(scene::PushLayer{}, {}, all);
            within();
            push(scene::PushMask{chance(50)}, {}, all);
            within();
            push(scene::PopMask{}, {}, all);
            push(scene::PopLayer{}, {}, all);
            break;
        case 3: {
            scene::StrokeStyle style;
            style.width = 0.5 + unit() * 10;
            push(scene::StrokePath{shape(r), FillRule::nonzero, style, paint(r)}, t, r.inflated(12));
            break;
        }
        default:
            push(scene::FillPath{shape(r), chance(50) ? FillRule::nonzero : FillRule::evenodd, paint(r)}, t, r);
        }
    }

    SeededRandom m_random;
    Size m_size;
    scene::DisplayList m_list;
};

} // namespace

/// However the rows of a picture are split, its pixels are the same.
class BandsTest : public QObject
{
    Q_OBJECT
private slots:
    void threadsDrawTheSamePixels_data() { seeds(); }
    void threadsDrawTheSamePixels()
    {
        QFETCH(int, seed);
        QFETCH(QSize, size);
        const scene::View view{{}, size.width(), size.height()};
        const auto list = RandomPicture(static_cast<std::uint64_t>(seed), {1.0 * size.width(), 1.0 * size.height()}).list(30);
        const Color background{0.9f, 1, 1, 0.5f};
        cpu::Renderer alone;
        const Image expected = alone.render(list, view, background);
        for (const int threads : {2, 3, 5, 16}) {
            cpu::Renderer many(threads);
            QVERIFY2(many.render(list, view, background).pixels == expected.pixels, qPrintable(QString("threads: %1").arg(threads)));
        }
    }
    void rowsAreComposedAsInTheWhole_data() { seeds(); }
    void rowsAreComposedAsInTheWhole()
    {
        QFETCH(int, seed);
        QFETCH(QSize, size);
        const scene::View view{{}, size.width(), size.height()};
        const auto list = RandomPicture(static_cast<std::uint64_t>(seed), {1.0 * size.width(), 1.0 * size.height()}).list(20);
        strips::FrameBuilder frames;
        const strips::Frame frame = frames.build(list, view);
        const Image whole = cpu::compose(frame);
        Image parts = Image::blank(size.width(), size.height());
        SeededRandom random{static_cast<std::uint64_t>(seed)};
        for (int row = 0; row < size.height();) {
            const int end = std::min(size.height(), row + 1 + static_cast<int>(random.below(50)));
            cpu::composeRows(frame, {0, 0, 0, 0}, row, end, parts);
            row = end;
        }
        QVERIFY(parts.pixels == whole.pixels);
    }
    void memoryOfAnotherImageIsTakenWhole()
    {
        const auto list = RandomPicture(3, {90, 70}).list(20);
        cpu::Renderer renderer;
        const Image expected = renderer.render(list, {{}, 90, 70});
        Image old = Image::blank(200, 10);
        std::fill(old.pixels.begin(), old.pixels.end(), std::uint8_t{77});
        const Image drawn = renderer.render(list, {{}, 90, 70}, {0, 0, 0, 0}, std::move(old));
        QCOMPARE(drawn.widthPx, 90);
        QCOMPARE(drawn.heightPx, 70);
        QCOMPARE(drawn.strideBytes, 360);
        QVERIFY(drawn.pixels == expected.pixels);
        QVERIFY(renderer.render(list, {{}, 0, 70}, {0, 0, 0, 0}, Image::blank(4, 4)).pixels.empty());
    }
    void geometryThatIsForgottenIsMadeAgain()
    {
        const auto list = RandomPicture(5, {90, 70}).list(20);
        cpu::Renderer renderer;
        const Image first = renderer.render(list, {{}, 90, 70});
        for (int i = 0; i < 3; ++i) {
            if (i == 2)
                renderer.forgetGeometry();
            QVERIFY(renderer.render(list, {{}, 90, 70}).pixels == first.pixels);
        }
    }

    void bandsCoverAllRowsInOrder()
    {
        const auto list = RandomPicture(1, {500, 333}).list(50);
        for (const int count : {1, 2, 3, 7, 200}) {
            const std::vector<int> borders = cpu::bandBorders(list, {{}, 500, 333}, count);
            QCOMPARE(borders.size(), static_cast<std::size_t>(count) + 1);
            QCOMPARE(borders.front(), 0);
            QCOMPARE(borders.back(), 333);
            QVERIFY(std::is_sorted(borders.begin(), borders.end()));
            for (std::size_t i = 0; i + 1 < borders.size(); ++i)
                QVERIFY(borders[i] % 4 == 0 || borders[i] == 333);
        }
    }
    void bandsShareTheWork()
    {
        scene::DisplayList list;
        for (int i = 0; i < 1000; ++i)
            list.items.push_back(layers::box({10.0 + i % 40, 900.0 + i % 60, 20, 20}, {1, 0, 0, 1}));
        const std::vector<int> borders = cpu::bandBorders(list, {{}, 1000, 1000}, 2);
        QVERIFY2(borders[1] > 880 && borders[1] < 980, qPrintable(QString::number(borders[1])));
    }

    void surfacesKeepWhatAnImageHas_data()
    {
        QTest::addColumn<QRect>("bounds");
        QTest::newRow("whole strips") << QRect(0, 0, 16, 8);
        QTest::newRow("odd rows and columns") << QRect(3, 5, 13, 9);
        QTest::newRow("above and left of the picture") << QRect(-7, -6, 9, 11);
        QTest::newRow("within one strip") << QRect(2, 5, 1, 2);
    }
    void surfacesKeepWhatAnImageHas()
    {
        QFETCH(QRect, bounds);
        const strips::PixelRect b{bounds.x(), bounds.y(), bounds.x() + bounds.width(), bounds.y() + bounds.height()};
        Image image = Image::blank(bounds.width(), bounds.height());
        SeededRandom random{7};
        for (auto& byte : image.pixels)
            byte = static_cast<std::uint8_t>(random.below(256));
        const cpu::Surface surface(image, b);
        QCOMPARE(surface.firstRow(), static_cast<int>(std::floor(b.y0 / 4.0)) * 4);
        QVERIFY(surface.toImage(b).pixels == image.pixels);
        for (int y = b.y0; y < b.y1; ++y) {
            for (int x = b.x0; x < b.x1; ++x) {
                cpu::Pixel expected = 0;
                std::memcpy(&expected, image.row(y - b.y0) + (x - b.x0) * 4, 4);
                QCOMPARE(surface.column(x, cpu::stripOf(y))[y - cpu::stripOf(y)], expected);
            }
        }
        // A part lands where it lies, and nothing else is written.
        Image larger = Image::blank(40, 40);
        const strips::PixelRect part{b.x0 + 1, b.y0, b.x1 + 5, b.y1 - 1};
        surface.copyTo(larger, part, -10, -8);
        for (int y = 0; y < 40; ++y) {
            for (int x = 0; x < 40; ++x) {
                const int u = x - 10, v = y - 8;
                const bool inPart = u >= part.x0 && u < b.x1 && v >= part.y0 && v < part.y1;
                QCOMPARE(layers::pixel(larger, x, y), inPart ? layers::pixel(image, u - b.x0, v - b.y0) : layers::Rgba({0, 0, 0, 0}));
            }
        }
    }
    void emptySurfacesHoldNothing()
    {
        const cpu::Surface surface(strips::PixelRect{5, 9, 2, 3});
        QVERIFY(surface.bounds().isEmpty());
        QCOMPARE(surface.endRow(), surface.firstRow());
        QVERIFY(surface.toImage(surface.bounds()).pixels.empty());
    }

private:
    void seeds()
    {
        QTest::addColumn<int>("seed");
        QTest::addColumn<QSize>("size");
        const QSize sizes[] = {{700, 501}, {61, 97}, {1200, 230}};
        for (int seed = 1; seed <= 6; ++seed)
            QTest::addRow("%d", seed) << seed << sizes[seed % 3];
    }
};

QTEST_GUILESS_MAIN(BandsTest)
#include "bands_test.moc"
