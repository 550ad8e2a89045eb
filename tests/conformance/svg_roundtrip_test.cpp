#include <QtTest>

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>

#include <map>

#include <render/export/codecs.h>
#include <render/export/svg_export.h>
#include <render/text/font_files.h>

#include "conformance_files.h"
#include "picture_score.h"

using namespace tessera;
using conformance::bytesOf;
using conformance::Case;
using conformance::Score;

namespace {

/// Files of each category that must pass, and the share of all: what is reached, less a little.
const std::map<QString, int> mustPass{{"filters", 101}, {"masking", 27}, {"paint-servers", 41}, {"painting", 73},
                                      {"shapes", 36},   {"structure", 60}, {"text", 69}};
constexpr double mustPassOfAll = 0.95;

/// The folder whose node_modules has @resvg/resvg-js: RESVG_MODULES, or the repository. Empty when there is none.
QString resvgModules()
{
    for (const QString& folder : {qEnvironmentVariable("RESVG_MODULES"), qEnvironmentVariable("TESSERA_SOURCE_DIR")}) {
        if (!folder.isEmpty() && QFile::exists(folder + "/node_modules/@resvg/resvg-js/package.json"))
            return folder;
    }
    return {};
}

} // namespace

/// SVG to nodes and back to SVG, drawn by resvg and compared with the picture that resvg makes of the original. Runs where
/// the files and resvg are: SVG_CONFORMANCE (or shared/data/svg-conformance beside the repository) and RESVG_MODULES.
class SvgRoundtripTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = conformance::dataFolder();
        m_cases = conformance::casesOf(m_folder);
        if (m_cases.empty())
            QSKIP(qPrintable("no conformance files in " + m_folder + "; set SVG_CONFORMANCE"));
        m_modules = resvgModules();
        if (m_modules.isEmpty())
            QSKIP("no @resvg/resvg-js; install it anywhere with npm and set RESVG_MODULES to that folder");
        QVERIFY(text::addFontFolder(m_fonts, (m_folder + "/fonts").toStdString()).hasValue());
    }

    void exportedFilesLookLikeTheOriginals()
    {
        QTemporaryDir temporary;
        const QString kept = qEnvironmentVariable("SVG_ROUNDTRIP_KEEP"); // a folder to look at the files in
        const QString out = kept.isEmpty() ? temporary.path() : kept;
        QDir().mkpath(out);
        const auto place = [&](std::size_t i, const char* suffix) { return QString("%1/%2.%3").arg(out).arg(i, 3, 10, QChar('0')).arg(suffix); };
        QByteArray list;
        for (std::size_t i = 0; i < m_cases.size(); ++i) {
            list += row(QDir(m_folder).absoluteFilePath(m_cases[i].svg), place(i, "original.png"), i);
            const auto opened = conformance::open(m_folder, m_cases[i].svg);
            exports::SvgOptions options;
            if (opened)
                options.node = opened->root;
            const auto made = opened ? exports::exportSvg(*opened->document, m_fonts, *opened->images, options)
                                     : Result<exports::SvgFile, exports::RenderError>(fail(exports::RenderError{}));
            if (!made)
                continue;
            QFile file(place(i, "svg"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(made->text.data(), static_cast<qint64>(made->text.size()));
            list += row(place(i, "svg"), place(i, "png"), i);
        }
        QProcess resvg;
        resvg.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        resvg.start("node", {qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/tests/conformance/resvg.mjs", m_modules, m_folder + "/fonts"});
        QVERIFY2(resvg.waitForStarted(), "node is missing");
        resvg.write(list);
        resvg.closeWriteChannel();
        QVERIFY(resvg.waitForFinished(240'000));
        QCOMPARE(resvg.exitCode(), 0);
        const Scores ours = score([&](std::size_t i) { return place(i, "png"); });
        report(ours, score([&](std::size_t i) { return place(i, "original.png"); }));
    }

private:
    using Scores = std::vector<Score>; ///< by case

    [[nodiscard]] QByteArray row(const QString& svg, const QString& png, std::size_t i) const
    {
        const auto reference = exports::readImageInfo(bytesOf(m_folder + "/" + m_cases[i].png));
        return (svg + "\t" + png + "\t" + QString::number(reference ? reference->widthPx : 1) + "\n").toUtf8();
    }

    [[nodiscard]] Scores score(const std::function<QString(std::size_t)>& pictureOf) const
    {
        Scores scores;
        for (std::size_t i = 0; i < m_cases.size(); ++i) {
            const auto reference = exports::decodeImage(bytesOf(m_folder + "/" + m_cases[i].png));
            const auto drawn = exports::decodeImage(bytesOf(pictureOf(i)));
            scores.push_back(reference && drawn ? conformance::compare(*reference, *drawn) : Score{});
        }
        return scores;
    }

    /// `originals`: of the same resvg's pictures of the originals; it may be another version than the references' maker.
    void report(const Scores& ours, const Scores& originals)
    {
        conformance::Tallies tallies;
        int good = 0, originalGood = 0, both = 0;
        for (std::size_t i = 0; i < m_cases.size(); ++i) {
            const Case& file = m_cases[i];
            const Score& score = ours[i];
            originalGood += originals[i].passes();
            both += originals[i].passes() && score.passes();
            auto& tally = tallies[file.category];
            ++tally.files;
            tally.passed += score.passes();
            good += score.passes();
            if (!score.passes() && qEnvironmentVariableIsSet("SVG_CONFORMANCE_LIST"))
                qInfo("missed %03zu %s (beyond %.2f %%, flat %.2f %%, mean %.2f; the original %s)", i, qPrintable(file.svg), 100 * score.beyond,
                      100 * score.flat, score.mean, originals[i].passes() ? "passes" : "misses too");
        }
        conformance::print(tallies);
        const double share = static_cast<double>(good) / static_cast<double>(m_cases.size());
        qInfo("of the %d whose original passes with this resvg: %d, %.1f %%", originalGood, both, 100.0 * both / std::max(1, originalGood));
        const QString missing = conformance::shortOf(mustPass, tallies);
        QVERIFY2(missing.isEmpty(), qPrintable(missing));
        QVERIFY2(share >= mustPassOfAll, qPrintable(QString::number(100 * share) + " % pass"));
    }

    QString m_folder, m_modules;
    std::vector<Case> m_cases;
    text::FontLibrary m_fonts;
};

QTEST_GUILESS_MAIN(SvgRoundtripTest)
#include "svg_roundtrip_test.moc"
