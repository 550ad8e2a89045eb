#include <QtTest>

#include <map>

#include <render/cpu/renderer.h>
#include <render/export/render_document.h>
#include <render/strips/frame.h>
#include <render/text/font_files.h>
#include <render/vulkan/renderer.h>

#include "conformance_files.h"
#include "picture_score.h"

using namespace tessera;
using conformance::bytesOf;
using conformance::Case;
using conformance::Score;

namespace {

/// Files of each category that must pass: what is reached, so that nothing is lost again.
const std::map<QString, int> mustPass{{"filters", 101}, {"masking", 27}, {"paint-servers", 41}, {"painting", 74},
                                      {"shapes", 36},   {"structure", 60}, {"text", 76}};

/// The file as a frame of strips, `widthPx` wide; nothing when it is refused.
std::optional<strips::Frame> frameOf(const QString& folder, const QString& svg, int widthPx, text::FontLibrary& fonts)
{
    const auto opened = conformance::open(folder, svg);
    if (!opened)
        return std::nullopt;
    exports::RenderOptions options;
    options.node = opened->root;
    options.widthPx = widthPx;
    const auto picture = exports::preparePicture(*opened->document, fonts, *opened->images, options);
    if (!picture)
        return std::nullopt;
    strips::FrameBuilder frames;
    return frames.build(*picture->list, picture->view);
}

} // namespace

/// SVG files with the pictures that resvg makes of them, on both back ends. Runs where the files are: SVG_CONFORMANCE, or
/// shared/data/svg-conformance beside the repository.
class SvgConformanceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = conformance::dataFolder();
        m_cases = conformance::casesOf(m_folder);
        if (m_cases.empty())
            QSKIP(qPrintable("no conformance files in " + m_folder + "; set SVG_CONFORMANCE"));
        QVERIFY(text::addFontFolder(m_fonts, (m_folder + "/fonts").toStdString()).hasValue());
    }
    void filesLookLikeTheirReferences_data()
    {
        QTest::addColumn<bool>("onDevice");
        QTest::newRow("cpu") << false;
        QTest::newRow("vulkan") << true;
    }
    void filesLookLikeTheirReferences()
    {
        QFETCH(bool, onDevice);
        std::unique_ptr<vulkan::Renderer> device;
        if (onDevice) {
            auto made = vulkan::Renderer::create();
            if (!made)
                QSKIP(("no Vulkan here: " + vulkan::describe(made.error())).c_str());
            device = std::move(made).value();
        }
        conformance::Tallies tallies;
        QStringList missed;
        for (const Case& file : m_cases) {
            const auto reference = exports::decodeImage(bytesOf(m_folder + "/" + file.png));
            QVERIFY2(reference.hasValue(), qPrintable(file.png));
            Score score;
            if (const auto frame = frameOf(m_folder, file.svg, reference->widthPx, m_fonts)) {
                if (!device) {
                    score = conformance::compare(*reference, cpu::compose(*frame));
                } else if (const auto drawn = device->compose(*frame)) {
                    score = conformance::compare(*reference, *drawn);
                }
            }
            auto& tally = tallies[file.category];
            ++tally.files;
            tally.passed += score.passes();
            if (!score.passes())
                missed << QString("%1 (beyond %2 %, flat %3 %, mean %4)").arg(file.svg).arg(100 * score.beyond, 0, 'f', 2).arg(100 * score.flat, 0, 'f', 2).arg(score.mean, 0, 'f', 2);
        }
        conformance::print(tallies);
        if (qEnvironmentVariableIsSet("SVG_CONFORMANCE_LIST")) {
            for (const QString& line : missed)
                qInfo("missed %s", qPrintable(line));
        }
        const QString missing = conformance::shortOf(mustPass, tallies);
        QVERIFY2(missing.isEmpty(), qPrintable(missing));
    }

private:
    QString m_folder;
    std::vector<Case> m_cases;
    text::FontLibrary m_fonts;
};

QTEST_GUILESS_MAIN(SvgConformanceTest)
#include "svg_conformance_test.moc"
