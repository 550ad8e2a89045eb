#include <QBuffer>
#include <QImage>
#include <QtTest>

#include <core/base/random.h>
#include <render/export/render_document.h>

using namespace tessera;
using namespace tessera::exports;
using scene::Image;

/// Codecs against Qt's own, and hostile bytes; documents to pixels.
class ExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pngRoundTripsExactly();
    void readsWhatOthersWrite_data();
    void readsWhatOthersWrite();
    void everyPngPixelFormatIsRead_data();
    void everyPngPixelFormatIsRead();
    void damagedBytesFailWithWords_data();
    void damagedBytesFailWithWords();
    void sizeLimitsHoldBeforeDecoding();
    void everyTruncationOfAPngFails();
    void bitFlipsNeverCrash();
    void emptyImagesAreRefused();
    void rendersAPage();
    void rendersOneNodeWithinBounds();
    void badOptionsNameWhatIsWrong();
};

namespace {

Bytes encodedByQt(const QImage& image, const char* format)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, format, 95);
    return {bytes.begin(), bytes.end()};
}

QImage pattern(QImage::Format format = QImage::Format_ARGB32)
{
    QImage image(37, 23, QImage::Format_ARGB32);
    for (int y = 0; y < 23; ++y) {
        for (int x = 0; x < 37; ++x)
            image.setPixelColor(x, y, QColor(x * 6, y * 10, 128, format == QImage::Format_ARGB32 ? 80 + y * 7 : 255));
    }
    return image.convertToFormat(format);
}

int worstDifference(const Image& ours, const QImage& theirs)
{
    const QImage wanted = theirs.convertToFormat(QImage::Format_RGBA8888_Premultiplied);
    int worst = 0;
    for (int y = 0; y < ours.heightPx; ++y) {
        for (int i = 0; i < ours.widthPx * 4; ++i)
            worst = std::max(worst, std::abs(ours.row(y)[i] - wanted.constScanLine(y)[i]));
    }
    return worst;
}

struct Poster {
    SeededRandom random{1};
    std::unique_ptr<document::Document> document = document::Document::createBlank(random, "poster");
    text::FontLibrary fonts;
    scene::NoImages images;

    Poster()
    {
        const auto rect = [&](const char* id, double x, const Color& color) {
            const auto done = document::apply(
                *document,
                document::CreateNode{NodeId(id), document::NodeType::rect, {document->tree().pages.front(), {}},
                                     {{"xf", document::toAny(Transform::translation(x, 20))},
                                      {"size", document::toAny(Size{30, 20})},
                                      {"fills", document::toAny(std::vector{document::solidPaint(color)})}}, {}},
                "test");
            QVERIFY(done.hasValue());
        };
        rect("red", 10, {1, 0, 0, 1});
        rect("blue", 60, {0, 0, 1, 1});
    }
};

} // namespace

void ExportTest::pngRoundTripsExactly()
{
    Image image = Image::blank(19, 7);
    SeededRandom random(3);
    for (int i = 0; i < 19 * 7; ++i) {
        // Opaque and transparent pixels survive exactly; half transparent ones within the rounding of premultiplication.
        const bool opaque = random.below(2) == 0;
        for (int c = 0; c < 3; ++c)
            image.pixels[static_cast<std::size_t>(4 * i + c)] = opaque ? static_cast<std::uint8_t>(random.below(256)) : 0;
        image.pixels[static_cast<std::size_t>(4 * i + 3)] = opaque ? 255 : 0;
    }
    const auto png = encodePng(image);
    QVERIFY(png.hasValue());
    QCOMPARE(decodePng(png.value()).value().pixels, image.pixels);
    QCOMPARE(encodePng(image).value(), png.value());
    const QImage seen = QImage::fromData(png.value().data(), static_cast<int>(png.value().size()));
    QCOMPARE(worstDifference(image, seen), 0);
}

void ExportTest::readsWhatOthersWrite_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<int>("allowed");
    QTest::newRow("png") << QByteArray("png") << 1;
    QTest::newRow("jpeg") << QByteArray("jpeg") << 3;
    QTest::newRow("webp") << QByteArray("webp") << 4;
}

void ExportTest::readsWhatOthersWrite()
{
    QFETCH(QByteArray, format);
    QFETCH(int, allowed);
    const QImage source = pattern(format == "jpeg" ? QImage::Format_RGB32 : QImage::Format_ARGB32);
    const Bytes bytes = encodedByQt(source, format.constData());
    if (bytes.empty())
        QSKIP("this Qt does not write the format");
    const QImage theirs = QImage::fromData(bytes.data(), static_cast<int>(bytes.size()));
    const auto ours = decodeImage(bytes);
    QVERIFY2(ours.hasValue(), ours ? "" : describe(ours.error()).c_str());
    QCOMPARE(ours.value().widthPx, 37);
    QVERIFY2(worstDifference(ours.value(), theirs) <= allowed, qPrintable(QString::number(worstDifference(ours.value(), theirs))));
    const auto info = readImageInfo(bytes);
    QCOMPARE(info.value().widthPx, 37);
    QCOMPARE(info.value().heightPx, 23);
    QCOMPARE(mimeOf(info.value().format), "image/" + format.toStdString());
}

void ExportTest::everyPngPixelFormatIsRead_data()
{
    QTest::addColumn<int>("format");
    QTest::newRow("gray 8") << int(QImage::Format_Grayscale8);
    QTest::newRow("gray 16") << int(QImage::Format_Grayscale16);
    QTest::newRow("palette") << int(QImage::Format_Indexed8);
    QTest::newRow("one bit") << int(QImage::Format_Mono);
    QTest::newRow("rgb") << int(QImage::Format_RGB888);
    QTest::newRow("rgba 16") << int(QImage::Format_RGBA64);
}

void ExportTest::everyPngPixelFormatIsRead()
{
    QFETCH(int, format);
    const Bytes bytes = encodedByQt(pattern().convertToFormat(static_cast<QImage::Format>(format)), "png");
    const auto ours = decodePng(bytes);
    QVERIFY(ours.hasValue());
    const int worst = worstDifference(ours.value(), QImage::fromData(bytes.data(), static_cast<int>(bytes.size())));
    QVERIFY2(worst <= 1, qPrintable(QString::number(worst)));
}

void ExportTest::damagedBytesFailWithWords_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    const QByteArray signature("\x89PNG\r\n\x1a\n", 8);
    QTest::newRow("nothing") << QByteArray() << int(ImageErrc::unknownFormat);
    QTest::newRow("text") << QByteArray("hello, world") << int(ImageErrc::unknownFormat);
    QTest::newRow("signature alone") << signature << int(ImageErrc::damaged);
    QTest::newRow("garbage after the signature") << signature + QByteArray(64, 'x') << int(ImageErrc::damaged);
    QTest::newRow("jpeg start alone") << QByteArray("\xff\xd8\xff\xe0", 4) << int(ImageErrc::damaged);
    QTest::newRow("webp header alone") << QByteArray("RIFF\x10\0\0\0WEBPVP8 ", 16) << int(ImageErrc::damaged);
}

void ExportTest::damagedBytesFailWithWords()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    const ByteView view(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::size_t>(bytes.size()));
    const auto result = decodeImage(view);
    QVERIFY(!result.hasValue());
    QCOMPARE(int(result.error().code), code);
    QVERIFY(!result.error().detail.empty() && !result.error().where.empty());
    QVERIFY(!readImageInfo(view).hasValue());
}

void ExportTest::sizeLimitsHoldBeforeDecoding()
{
    for (const char* format : {"png", "jpeg", "webp"}) {
        const Bytes bytes = encodedByQt(pattern(QImage::Format_RGB32), format);
        if (bytes.empty())
            continue;
        for (const ImageLimits& limits : {ImageLimits{36, 1000}, ImageLimits{100, 850}}) {
            const auto result = decodeImage(bytes, limits);
            QVERIFY(!result.hasValue());
            QCOMPARE(int(result.error().code), int(ImageErrc::tooLarge));
        }
    }
    // A header that promises 2^31 pixels allocates nothing.
    Bytes huge = encodedByQt(pattern(), "png");
    huge[16] = 0x7f;
    QVERIFY(!decodePng(huge).hasValue());
}

void ExportTest::everyTruncationOfAPngFails()
{
    const Bytes bytes = encodedByQt(pattern(), "png");
    for (std::size_t size = 0; size < bytes.size(); ++size)
        QVERIFY2(!decodePng(ByteView(bytes).first(size)).hasValue(), qPrintable(QString::number(size)));
}

void ExportTest::bitFlipsNeverCrash()
{
    SeededRandom random(5);
    for (const char* format : {"png", "jpeg", "webp"}) {
        const Bytes bytes = encodedByQt(pattern(QImage::Format_RGB32), format);
        for (int round = 0; round < 300 && !bytes.empty(); ++round) {
            Bytes damaged = bytes;
            for (int i = 0; i < 3; ++i)
                damaged[random.below(damaged.size())] ^= static_cast<std::uint8_t>(1u << random.below(8));
            const auto result = decodeImage(damaged, {4096, 1'000'000});
            QVERIFY(!result || result.value().pixels.size() == static_cast<std::size_t>(result.value().heightPx) * result.value().strideBytes);
        }
    }
}

void ExportTest::emptyImagesAreRefused()
{
    QCOMPARE(int(encodePng(Image{}).error().code), int(ImageErrc::emptyImage));
}

void ExportTest::rendersAPage()
{
    Poster poster;
    const auto image = renderImage(*poster.document, poster.fonts, poster.images);
    QVERIFY2(image.hasValue(), image ? "" : describe(image.error()).c_str());
    QCOMPARE(image.value().widthPx, 80);
    QCOMPARE(image.value().heightPx, 20);
    QCOMPARE(int(image.value().row(5)[4 * 5]), 255);
    QCOMPARE(int(image.value().row(5)[4 * 40 + 3]), 0); // between the two
    QCOMPARE(int(image.value().row(5)[4 * 70 + 2]), 255);
    const auto png = renderPng(*poster.document, poster.fonts, poster.images, {.scale = 2});
    QCOMPARE(readImageInfo(png.value()).value().widthPx, 160);
}

void ExportTest::rendersOneNodeWithinBounds()
{
    Poster poster;
    const auto node = renderImage(*poster.document, poster.fonts, poster.images, {.node = NodeId("blue"), .scale = 3});
    QCOMPARE(node.value().widthPx, 90);
    const auto bounds = renderImage(*poster.document, poster.fonts, poster.images,
                                    {.boundsPage = Rect{0, 0, 100, 60}, .background = {1, 1, 1, 1}});
    QCOMPARE(bounds.value().heightPx, 60);
    QCOMPARE(int(bounds.value().row(0)[0]), 255);
    QCOMPARE(int(bounds.value().row(30)[4 * 20 + 1]), 0);
}

void ExportTest::badOptionsNameWhatIsWrong()
{
    Poster poster;
    const auto codeOf = [&](const RenderOptions& options) {
        const auto result = renderImage(*poster.document, poster.fonts, poster.images, options);
        return result ? 0 : int(result.error().code);
    };
    QCOMPARE(codeOf({.node = NodeId("nobody")}), int(RenderErrc::unknownNode));
    QCOMPARE(codeOf({.scale = 0}), int(RenderErrc::badNumber));
    QCOMPARE(codeOf({.scale = std::nan("")}), int(RenderErrc::badNumber));
    QCOMPARE(codeOf({.scale = 1e6}), int(RenderErrc::tooLarge));
    QCOMPARE(codeOf({.boundsPage = Rect{0, 0, 0, 10}}), int(RenderErrc::nothingToDraw));
    QCOMPARE(codeOf({.boundsPage = Rect{0, 0, INFINITY, 10}}), int(RenderErrc::badNumber));
    SeededRandom random(2);
    const auto blank = document::Document::createBlank(random, "blank");
    const auto nothing = renderImage(*blank, poster.fonts, poster.images);
    QCOMPARE(int(nothing.error().code), int(RenderErrc::nothingToDraw));
    QVERIFY(!describe(nothing.error()).empty());
}

QTEST_GUILESS_MAIN(ExportTest)
#include "export_test.moc"
