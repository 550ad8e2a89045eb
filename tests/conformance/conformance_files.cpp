#include "conformance_files.h"

#include <QFile>
#include <QStringList>

#include <filesystem>

#include <render/export/codecs.h>

namespace tessera::conformance {

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

void print(const Tallies& tallies)
{
    Tally all;
    for (const auto& [category, tally] : tallies) {
        qInfo("%-14s %3d of %3d", qPrintable(category), tally.passed, tally.files);
        all.files += tally.files;
        all.passed += tally.passed;
    }
    qInfo("%-14s %3d of %3d, %.1f %%", "all", all.passed, all.files, 100.0 * all.passed / all.files);
}

QString shortOf(const std::map<QString, int>& mustPass, const Tallies& tallies)
{
    for (const auto& [category, most] : mustPass) {
        const auto found = tallies.find(category);
        const int passed = found == tallies.end() ? 0 : found->second.passed;
        if (passed < most)
            return category + ": " + QString::number(passed) + " pass, fewer than " + QString::number(most);
    }
    return {};
}

Images::Images(const std::vector<formats::ImportedAsset>& assets)
{
    for (const auto& asset : assets) {
        m_bytes.emplace(asset.hash, asset.bytes);
        if (auto image = exports::decodeImage(asset.bytes))
            m_images.emplace(asset.hash, std::make_shared<const scene::Image>(std::move(image).value()));
    }
}

scene::ImageRef Images::image(const ContentHash& asset)
{
    const auto found = m_images.find(asset);
    return found == m_images.end() ? nullptr : found->second;
}

std::optional<Bytes> Images::bytes(const ContentHash& asset)
{
    const auto found = m_bytes.find(asset);
    return found == m_bytes.end() ? std::nullopt : std::optional(found->second);
}

std::unique_ptr<Opened> open(const QString& folder, const QString& svg)
{
    const auto path = std::filesystem::path((folder + "/" + svg).toStdString());
    formats::SvgLimits limits;
    limits.linkedImage = [&](std::string_view href) {
        Bytes bytes = bytesOf(QString::fromStdString((path.parent_path() / href).string()));
        return bytes.empty() ? std::nullopt : std::optional(std::move(bytes));
    };
    const auto imported = formats::importSvg(bytesOf(QString::fromStdString(path.string())), "file", limits);
    if (!imported)
        return nullptr;
    auto opened = std::make_unique<Opened>();
    opened->document = document::Document::createBlank(opened->random, "file");
    const auto commands = formats::toCommands(*imported, {opened->document->tree().pages.front(), std::nullopt}, opened->random);
    if (!document::apply(*opened->document, commands, "import"))
        return nullptr;
    opened->images.emplace(imported->assets);
    opened->root = std::get<document::CreateNode>(commands.front()).id;
    return opened;
}

} // namespace tessera::conformance
