#include <core/formats/penpot_import.h>

#include <algorithm>
#include <array>

#include "embedded_image.h"
#include "penpot_reader.h"

namespace tessera::formats {
namespace {

using crdt::Any;

constexpr std::size_t maxNotices = 20'000;

Result<Any, ImportError> readJson(ZipArchive& archive, const std::string& name)
{
    TESSERA_TRY(bytes, archive.read(name));
    auto json = crdt::parseJson(asText(bytes));
    if (!json)
        return fail(ImportError{ImportErrc::malformed, 0, name + ": " + describe(json.error())});
    return std::move(json).value();
}

/// The one name below `folder` that an entry is for: "ID" of folder/ID.json; empty for what lies deeper or elsewhere.
std::string_view idBelow(std::string_view entry, std::string_view folder)
{
    if (!entry.starts_with(folder) || !entry.ends_with(".json"))
        return {};
    entry.remove_prefix(folder.size());
    entry.remove_suffix(5);
    return entry.find('/') == std::string_view::npos ? entry : std::string_view();
}

/// All rows of a folder. One that cannot be read is left out with a notice; running out of bytes ends the import.
Result<PenpotRows, ImportError> readRows(PenpotImport& import, const std::string& folder)
{
    PenpotRows rows;
    for (const std::string& entry : import.archive.filesBelow(folder)) {
        const std::string_view id = idBelow(entry, folder);
        if (id.empty())
            continue;
        if (rows.size() >= import.limits.maxShapes)
            return fail(ImportError{ImportErrc::tooComplex, 0, folder + ": more than " + std::to_string(rows.size()) + " entries"});
        auto json = readJson(import.archive, entry);
        if (json)
            rows.emplace(id, std::move(json).value());
        else if (json.error().code == ImportErrc::tooLarge)
            return fail(std::move(json).error());
        else
            import.notice("entry", "left out: " + json.error().detail);
    }
    return rows;
}

/// Colours, typographies, components and tokens of the file: named in notices, as there is no place for them.
Result<void, ImportError> noteLibraries(PenpotImport& import, const std::string& folder)
{
    constexpr std::array<std::array<const char*, 3>, 3> libraries = {{
        {"colors/", "color", "library colours are not modelled; shapes keep the colour itself"},
        {"typographies/", "typography", "library typographies are not modelled; texts keep the style itself"},
        {"components/", "component", "components are not modelled; its main and its copies are plain layers"},
    }};
    for (const auto& [below, element, what] : libraries) {
        TESSERA_TRY(rows, readRows(import, folder + below));
        for (const auto& [id, row] : rows)
            import.notice(std::string(element) + " \"" + std::string(textOf(row, "name")) + '"', what);
    }
    if (import.archive.has(folder + "tokens.json"))
        import.notice("tokens", "design tokens are not modelled; shapes keep the values they were given");
    return {};
}

Result<std::vector<ImportedNode>, ImportError> readPages(PenpotImport& import, const std::string& folder)
{
    TESSERA_TRY(rows, readRows(import, folder + "pages/"));
    std::vector<std::pair<std::string, const Any*>> pages;
    for (const auto& [id, page] : rows)
        pages.emplace_back(id, &page);
    std::stable_sort(pages.begin(), pages.end(),
                     [](const auto& a, const auto& b) { return numberOr(*a.second, "index", 0) < numberOr(*b.second, "index", 0); });
    std::vector<ImportedNode> frames;
    for (const auto& [id, page] : pages) {
        TESSERA_TRY(shapes, readRows(import, folder + "pages/" + id + "/"));
        PenpotPage reader(import, shapes);
        TESSERA_TRY(frame, reader.read(*page));
        frames.push_back(std::move(frame));
    }
    return frames;
}

Result<void, ImportError> refuseOthers(ByteView source)
{
    const auto refuse = [](const char* what) { return fail(ImportError{ImportErrc::notThisFormat, 0, what}); };
    constexpr std::string_view oldMagic{"\x01\x0b\x1a\x86", 4};
    if (asText(source).starts_with(oldMagic))
        return refuse("a .penpot file of version 1, which only Penpot reads: open it in Penpot (2.4 or newer) and export it again as a "
                      "Penpot file");
    if (!asText(source).starts_with("PK"))
        return refuse("no .penpot file: it is not a zip archive");
    return {};
}

/// Side by side, each at its place in one group; a single one alone.
ImportedNode arranged(std::vector<ImportedNode> frames, const std::string& name)
{
    if (frames.size() == 1)
        return std::move(frames.front());
    constexpr double gap = 100;
    ImportedNode group;
    group.name = name;
    double x = 0;
    for (ImportedNode& frame : frames) {
        setTransform(frame, Transform::translation(x, 0));
        x += sizeOf(frame).width + gap;
        group.children.push_back(std::move(frame));
    }
    return group;
}

} // namespace

void PenpotImport::notice(std::string element, std::string what)
{
    if (result.notices.size() < maxNotices)
        result.notices.push_back({std::move(element), 0, std::move(what)});
    else if (result.notices.size() == maxNotices)
        result.notices.push_back({"file", 0, "further notices are left out"});
}

std::optional<ContentHash> PenpotImport::image(const Any& reference)
{
    const auto [known, isNew] = images.try_emplace(std::string(textOf(reference, "id")));
    if (isNew)
        known->second = readImage(reference);
    return known->second;
}

std::optional<ContentHash> PenpotImport::readImage(const Any& reference)
{
    const auto row = media.find(textOf(reference, "id"));
    const Any& described = row == media.end() ? reference : row->second;
    const std::string_view stored = textOf(described, "mediaId");
    const std::string prefix = "objects/" + std::string(stored.empty() ? textOf(reference, "id") : stored) + ".";
    for (const char* ending : {"png", "jpg", "jpeg", "webp"}) {
        if (!archive.has(prefix + ending))
            continue;
        auto bytes = archive.read(prefix + ending);
        if (!bytes)
            return std::nullopt;
        Size pixels = imageSize(*bytes);
        if (!(pixels.width > 0)) {
            constexpr double widest = 65'535;
            pixels = {std::clamp(numberOr(described, "width", 0), 0.0, widest), std::clamp(numberOr(described, "height", 0), 0.0, widest)};
        }
        const std::string kind = std::string_view(ending) == "jpg" ? "jpeg" : ending;
        ImportedAsset asset = imageAsset({"image/" + kind, std::move(bytes).value()}, pixels, std::string(textOf(described, "name")));
        const ContentHash hash = asset.hash;
        addAsset(result, std::move(asset));
        return hash;
    }
    return std::nullopt;
}

Result<Imported, ImportError> importPenpot(ByteView source, const std::string& name, const PenpotLimits& limits)
{
    if (source.size() > limits.maxBytes)
        return fail(ImportError{ImportErrc::tooLarge, 0, std::to_string(source.size()) + " bytes"});
    TESSERA_CHECK(refuseOthers(source));
    TESSERA_TRY(archive, ZipArchive::open(source, {limits.maxEntries, limits.maxEntryBytes, limits.maxUnpackedBytes}));
    if (!archive.has("manifest.json"))
        return fail(ImportError{ImportErrc::notThisFormat, 0, "the archive has no manifest.json"});
    TESSERA_TRY(manifest, readJson(archive, "manifest.json"));
    if (textOf(manifest, "type") != "penpot/export-files") {
        return fail(ImportError{ImportErrc::notThisFormat, 0,
                                "an older export of Penpot, or of another program: export it again from Penpot 2.4 or newer as a Penpot file"});
    }
    if (const double version = numberOr(manifest, "version", 1); version != 1) {
        return fail(ImportError{ImportErrc::notThisFormat, 0,
                                "manifest.json: version " + std::to_string(static_cast<long long>(version)) + " is newer than what is read here (1)"});
    }
    PenpotImport import(archive, limits);
    std::vector<ImportedNode> frames;
    std::set<std::string, std::less<>> files;
    for (const Any& file : listOf(manifest, "files")) {
        const std::string id(textOf(file, "id"));
        if (id.empty() || !files.insert(id).second)
            continue;
        const std::string folder = "files/" + id + "/";
        TESSERA_TRY(media, readRows(import, folder + "media/"));
        import.media = std::move(media);
        import.images.clear();
        TESSERA_TRY(pages, readPages(import, folder));
        std::move(pages.begin(), pages.end(), std::back_inserter(frames));
        TESSERA_CHECK(noteLibraries(import, folder));
    }
    if (frames.empty())
        return fail(ImportError{ImportErrc::malformed, 0, "manifest.json: names no file with a page"});
    if (frames.size() > 1)
        import.notice("file", std::to_string(frames.size()) + " pages stand side by side as frames");
    import.result.root = arranged(std::move(frames), name);
    return std::move(import.result);
}

} // namespace tessera::formats
