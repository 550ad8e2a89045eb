#include <QtTest>

#include <algorithm>

#include <core/base/random.h>
#include <render/export/codecs.h>
#include <render/export/preset.h>

using namespace tessera;
using namespace tessera::exports;
using scene::Image;

namespace {

std::uint8_t* at(Image& image, int x, int y) { return image.row(y) + 4 * x; }

/// Soft colours and an edge, premultiplied, half of it see-through.
Image picture(int width, int height)
{
    Image image = Image::blank(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int alpha = y < height / 2 ? 255 : 128;
            const int rgb[] = {255 * x / width, 255 * y / height, x > width / 2 ? 200 : 40};
            for (int c = 0; c < 3; ++c)
                at(image, x, y)[c] = static_cast<std::uint8_t>(rgb[c] * alpha / 255);
            at(image, x, y)[3] = static_cast<std::uint8_t>(alpha);
        }
    }
    return image;
}

double meanDifference(const Image& a, const Image& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        sum += std::abs(a.pixels[i] - b.pixels[i]);
    return sum / static_cast<double>(a.pixels.size());
}

} // namespace

class PresetTest : public QObject
{
    Q_OBJECT
private slots:
    void presetsAreReadAndWritten_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("again"); ///< empty: refused
        const auto row = [](const char* text, const char* again) { QTest::newRow(text) << QByteArray(text) << QByteArray(again); };
        row("png", "png");
        row("png@1x", "png");
        row("png@2x", "png@2x");
        row("jpg@0.5x", "jpg@0.5x");
        row("webp@w800", "webp@w800");
        row("svg", "svg");
        for (const char* text : {"", "gif", "PNG", "png@", "png@x", "png@2", "png@2x ", "png@-1x", "png@0x", "png@nanx", "png@infx", "png@1e9x",
                                 "png@w0", "png@w", "png@w16385", "png@w8x", "svg@2x", "png@2x@2x", "png@w99999999999999999999"})
            row(text, "");
    }
    void presetsAreReadAndWritten()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, again);
        const auto preset = parsePreset(text.toStdString());
        QCOMPARE(preset.has_value(), !again.isEmpty());
        if (!preset)
            return;
        QCOMPARE(toText(*preset), again.toStdString());
        QVERIFY(parsePreset(toText(*preset)) == preset);
    }
    void fileNamesAreSafe_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("preset");
        QTest::addColumn<QString>("file");
        QTest::newRow("plain") << "Card" << QByteArray("png") << "Card.png";
        QTest::newRow("twice as large") << "Card" << QByteArray("jpg@2x") << "Card@2x.jpg";
        QTest::newRow("by width") << "Card" << QByteArray("webp@w800") << "Card-w800.webp";
        QTest::newRow("a path") << "../a/b" << QByteArray("png") << "-a-b.png";
        QTest::newRow("refused characters") << "a:b*c?\"<>|\\\n" << QByteArray("svg") << "a-b-c-------.svg";
        QTest::newRow("hidden, spaces") << " .. .x . " << QByteArray("png") << "x.png";
        QTest::newRow("nothing left") << "..." << QByteArray("png") << "unnamed.png";
        QTest::newRow("empty") << "" << QByteArray("png") << "unnamed.png";
        QTest::newRow("other scripts stay") << QString::fromUtf8("Büro 日本") << QByteArray("png") << QString::fromUtf8("Büro 日本.png");
        QTest::newRow("long") << QString(500, 'a') << QByteArray("png") << QString(160, 'a') + ".png";
        QTest::newRow("long, no half character") << QString(200, QChar(0x65e5)) << QByteArray("png") << QString(53, QChar(0x65e5)) + ".png";
    }
    void fileNamesAreSafe()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, preset);
        QFETCH(QString, file);
        QCOMPARE(QString::fromStdString(fileNameOf(name.toStdString(), *parsePreset(preset.toStdString()))), file);
    }

    void jpegIsTheColoursOnWhite()
    {
        const Image image = picture(64, 48);
        const auto bytes = encodeJpeg(image, 95);
        QVERIFY(bytes.hasValue());
        QCOMPARE(int(sniffFormat(bytes.value())), int(ImageFormat::jpeg));
        QVERIFY(encodeJpeg(image, 95).value() == bytes.value());
        const Image read = decodeJpeg(bytes.value()).value();
        Image white = image;
        for (int i = 0; i < 64 * 48; ++i) {
            std::uint8_t* p = white.pixels.data() + 4 * i;
            for (int c = 0; c < 3; ++c)
                p[c] = static_cast<std::uint8_t>(p[c] + 255 - p[3]);
            p[3] = 255;
        }
        QVERIFY2(meanDifference(read, white) < 2, qPrintable(QString::number(meanDifference(read, white))));
    }
    void qualityIsPaidInBytes()
    {
        const Image image = picture(200, 150);
        for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::webp}) {
            const auto size = [&](int quality) { return encodeImage(image, format, quality).value().size(); };
            QVERIFY(size(20) < size(80));
            QVERIFY(size(80) < size(99));
        }
    }
    void webpKeepsTransparency()
    {
        Image image = picture(64, 48);
        std::fill_n(image.row(40), 64 * 4, std::uint8_t{0});
        const Image lossy = decodeWebp(encodeWebp(image, 90).value()).value();
        QVERIFY2(meanDifference(lossy, image) < 3, qPrintable(QString::number(meanDifference(lossy, image))));
        QCOMPARE(int(at(const_cast<Image&>(lossy), 5, 40)[3]), 0);
        const Image exact = decodeWebp(encodeWebp(image, 100).value()).value();
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            QVERIFY(std::abs(exact.pixels[i] - image.pixels[i]) <= 1); // of premultiplying again
    }
    void nothingAndTooMuchAreRefused()
    {
        QCOMPARE(int(encodeJpeg(Image{}).error().code), int(ImageErrc::emptyImage));
        QCOMPARE(int(encodeWebp(Image{}).error().code), int(ImageErrc::emptyImage));
        QCOMPARE(int(encodeWebp(Image::blank(16384, 1)).error().code), int(ImageErrc::tooLarge));
        QCOMPARE(int(encodeImage(Image::blank(1, 1), ImageFormat::unknown).error().code), int(ImageErrc::unknownFormat));
        QVERIFY(encodeImage(Image::blank(1, 1), ImageFormat::png).hasValue());
    }
};

QTEST_GUILESS_MAIN(PresetTest)
#include "preset_test.moc"
