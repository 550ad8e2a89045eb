#include <QtTest>

#include <QDir>

#include <filesystem>
#include <map>

#include <core/document/document.h>
#include <core/formats/svg_import.h>
#include <render/cpu/renderer.h>
#include <render/export/render_document.h>
#include <render/strips/frame.h>
#include <render/text/font_files.h>
#include <render/vulkan/renderer.h>

#include "picture_score.h"

using namespace tessera;
using conformance::Score;

namespace {

/// Files of each category that must pass: what is reached, so that nothing is lost again.
const std::map<QString, int> mustPass{{"filters", 101}, {"masking", 27}, {"paint-servers", 41}, {"painting", 74},
                                      {"shapes", 36},   {"structure", 60}, {"text", 76}};

QString dataFolder()
{
    const QString set = qEnvironmentVariable("SVG_CONFORMANCE");
    return set.isEmpty() ? qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/../shared/data/svg-conformance" : set;
}

Bytes bytesOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray all = file.readAll();
    return {all.begin(), all.end()};
}

struct Case {
    QString category, svg, png;
};

std::vector<Case> casesOf(const QString& folder)
{
    std::vector<Case> cases;
    const Bytes list = bytesOf(folder + "/files.tsv");
    const auto lines = QString::fromUtf8(reinterpret_cast<const char*>(list.data()), static_cast<int>(list.size())).split('\n', Qt::SkipEmptyParts);
    for (int i = 1; i < lines.size(); ++i) {
        const auto fields = lines[i].split('\t');
        if (fields.size() >= 4)
            cases.push_back({fields[0], fields[2], fields[3]});
    }
    return cases;
}

/// Images that an import brought.
class Images final : public scene::ImageSource
{
public:
    explicit Images(const std::vector<formats::ImportedAsset>& assets)
    {
        for (const auto& asset : assets) {
            if (auto image = exports::decodeImage(asset.bytes))
                m_images.emplace(asset.hash, std::make_shared<const scene::Image>(std::move(image).value()));
        }
    }
    scene::ImageRef image(const ContentHash& asset) override
    {
        const auto found = m_images.find(asset);
        return found == m_images.end() ? nullptr : found->second;
    }

private:
    std::map<ContentHash, scene::ImageRef> m_images;
};

/// The file as a frame of strips, `widthPx` wide; nothing when it is refused.
std::optional<strips::Frame> frameOf(const QString& folder, const QString& svg, int widthPx, text::FontLibrary& fonts)
{
    const auto path = std::filesystem::path((folder + "/" + svg).toStdString());
    formats::SvgLimits limits;
    limits.linkedImage = [&](std::string_view href) {
        Bytes bytes = bytesOf(QString::fromStdString((path.parent_path() / href).string()));
        return bytes.empty() ? std::nullopt : std::optional(std::move(bytes));
    };
    const auto imported = formats::importSvg(bytesOf(QString::fromStdString(path.string())), "file", limits);
    if (!imported)
        return std::nullopt;
    SeededRandom random(1);
    const auto document = document::Document::createBlank(random, "file");
    const auto commands = formats::toCommands(*imported, {document->tree().pages.front(), std::nullopt}, random);
    if (!document::apply(*document, commands, "import"))
        return std::nullopt;
    Images images(imported->assets);
    exports::RenderOptions options;
    options.node = std::get<document::CreateNode>(commands.front()).id;
    options.widthPx = widthPx;
    const auto picture = exports::preparePicture(*document, fonts, images, options);
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
        m_folder = dataFolder();
        m_cases = casesOf(m_folder);
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
        std::map<QString, int> count, passed;
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
            ++count[file.category];
            passed[file.category] += score.passes();
            if (!score.passes())
                missed << QString("%1 (beyond %2 %, flat %3 %, mean %4)").arg(file.svg).arg(100 * score.beyond, 0, 'f', 2).arg(100 * score.flat, 0, 'f', 2).arg(score.mean, 0, 'f', 2);
        }
        int all = 0, good = 0;
        for (const auto& [category, files] : count) {
            qInfo("%-14s %3d of %3d", qPrintable(category), passed[category], files);
            all += files;
            good += passed[category];
        }
        qInfo("%-14s %3d of %3d, %.1f %%", "all", good, all, 100.0 * good / all);
        if (qEnvironmentVariableIsSet("SVG_CONFORMANCE_LIST")) {
            for (const QString& line : missed)
                qInfo("missed %s", qPrintable(line));
        }
        for (const auto& [category, most] : mustPass)
            QVERIFY2(passed[category] >= most, qPrintable(category + ": " + QString::number(passed[category]) + " pass, fewer than " + QString::number(most)));
    }

private:
    QString m_folder;
    std::vector<Case> m_cases;
    text::FontLibrary m_fonts;
};

QTEST_GUILESS_MAIN(SvgConformanceTest)
#include "svg_conformance_test.moc"
