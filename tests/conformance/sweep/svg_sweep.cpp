// svg-sweep < PATHS: imports every SVG file that is named on a line of its input, and draws it. Prints a JSON line for each that
// is refused, keeps markup as it is (svgRaw) or takes long, and one with the sums at the end. A file that hangs ends the
// program; so does one that crashes it: the last line of standard error names it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include <unistd.h>

#include <core/document/document.h>
#include <core/formats/svg_import.h>
#include <render/export/codecs.h>
#include <render/export/render_document.h>
#include <render/text/font_files.h>

#include "measure.h"

using namespace tessera;

namespace {

constexpr unsigned hangSeconds = 20;
constexpr double slowMs = 200;

std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        if (static_cast<unsigned char>(c) >= 0x20)
            out += c;
    }
    return out + '"';
}

struct Counts {
    std::size_t nodes = 0, raw = 0;
};
void count(const formats::ImportedNode& node, Counts& counts)
{
    ++counts.nodes;
    counts.raw += node.type == document::NodeType::svgRaw;
    for (const auto& child : node.children)
        count(child, counts);
}

class Images final : public scene::ImageSource
{
public:
    explicit Images(const std::vector<formats::ImportedAsset>& assets) : m_assets(assets) {}
    scene::ImageRef image(const ContentHash& hash) override
    {
        for (const auto& asset : m_assets) {
            if (asset.hash != hash)
                continue;
            auto decoded = exports::decodeImage(asset.bytes);
            return decoded ? std::make_shared<const scene::Image>(std::move(decoded).value()) : nullptr;
        }
        return nullptr;
    }

private:
    const std::vector<formats::ImportedAsset>& m_assets;
};

struct Sums {
    std::size_t files = 0, refused = 0, withRaw = 0, nodes = 0, empty = 0, slow = 0;
    double importMs = 0, drawMs = 0, slowestMs = 0;
};

void tell(const std::string& path, const char* what, const std::string& detail)
{
    std::cout << "{\"file\":" << quoted(path) << ",\"" << what << "\":" << quoted(detail) << "}\n";
}

void sweep(const std::string& path, text::FontLibrary& fonts, Sums& sums)
{
    std::ifstream in(path, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
    ++sums.files;
    const double start = bench::cpuMs();
    const auto imported = formats::importSvg(bytes, path);
    if (!imported) {
        ++sums.refused;
        return tell(path, "refused", formats::describe(imported.error()));
    }
    Counts counts;
    count(imported->root, counts);
    sums.nodes += counts.nodes;
    if (counts.raw > 0) {
        ++sums.withRaw;
        tell(path, "svgRaw", imported->notices.empty() ? "no notice" : imported->notices.front().element + ": " + imported->notices.front().what);
    }
    SeededRandom random{1};
    const auto document = document::Document::createBlank(random, "sweep");
    const auto commands = formats::toCommands(*imported, {document->tree().pages.front(), std::nullopt}, random);
    if (const auto applied = document::apply(*document, commands, "import"); !applied) {
        ++sums.refused;
        return tell(path, "refused", document::describe(applied.error()));
    }
    const double middle = bench::cpuMs();
    Images images(imported->assets);
    exports::RenderOptions options;
    options.node = std::get<document::CreateNode>(commands.front()).id;
    options.widthPx = 64;
    const auto drawn = exports::renderImage(*document, fonts, images, options);
    if (!drawn) {
        ++sums.empty;
        tell(path, "notDrawn", exports::describe(drawn.error()));
    }
    const double end = bench::cpuMs();
    sums.importMs += middle - start, sums.drawMs += end - middle;
    sums.slowestMs = std::max(sums.slowestMs, end - start);
    if (end - start > slowMs) {
        ++sums.slow;
        tell(path, "ms", std::to_string(end - start));
    }
}

} // namespace

int main()
{
    text::FontLibrary fonts;
    if (const auto added = text::addBundledFonts(fonts); !added) {
        std::cerr << added.error().where << ": " << added.error().detail << '\n';
        return 1;
    }
    Sums sums;
    for (std::string path; std::getline(std::cin, path);) {
        std::cerr << path << '\n';
        alarm(hangSeconds);
        sweep(path, fonts, sums);
    }
    std::cout << "{\"files\":" << sums.files << ",\"nodes\":" << sums.nodes << ",\"refused\":" << sums.refused << ",\"withSvgRaw\":" << sums.withRaw
              << ",\"notDrawn\":" << sums.empty << ",\"slow\":" << sums.slow << ",\"importMs\":" << sums.importMs << ",\"drawMs\":" << sums.drawMs
              << ",\"slowestMs\":" << sums.slowestMs << "}\n";
    return std::cout.good() ? 0 : 1;
}
