#include <filesystem>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>

#include <core/document/document.h>
#include <render/export/preset.h>
#include <render/export/render_document.h>
#include <render/export/svg_export.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

struct Arguments {
    std::string file;
    std::string folder;
    std::vector<std::string> presets{"png"};
    int quality = 90;
    std::string fonts;
};

/// Writes nodes of one drawing into a folder. Says what fails and goes on.
class BatchExport
{
public:
    BatchExport(const Arguments& arguments, Drawing& drawing, text::FontLibrary& fonts)
        : m_arguments(arguments), m_drawing(drawing), m_fonts(fonts)
    {
    }

    bool write(const NodeId& node, const std::vector<exports::Preset>& presets)
    {
        bool done = true;
        for (const exports::Preset& preset : presets) {
            const auto bytes = preset.isSvg() ? svg(node) : picture(node, preset);
            done = bytes && writeFile(m_arguments.folder + "/" + freeName(node, preset), *bytes) && done;
        }
        return done;
    }
    [[nodiscard]] std::size_t written() const { return m_taken.size(); }

private:
    const std::string& nameOf(const NodeId& node) const { return m_drawing.document().node(node)->name; }

    /// Two nodes of one name get files of their own; some file systems do not tell capitals apart.
    std::string freeName(const NodeId& node, const exports::Preset& preset)
    {
        const auto folded = [](std::string name) {
            for (char& c : name)
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
            return name;
        };
        std::string name = exports::fileNameOf(nameOf(node), preset);
        for (int i = 2; !m_taken.insert(folded(name)).second; ++i)
            name = exports::fileNameOf(nameOf(node) + "-" + std::to_string(i), preset);
        return name;
    }

    std::optional<Bytes> svg(const NodeId& node)
    {
        exports::SvgOptions options;
        options.node = node;
        const auto made = exports::exportSvg(m_drawing.document(), m_fonts, m_drawing, options);
        if (!made) {
            complain(nameOf(node) + ": " + exports::describe(made.error()));
            return std::nullopt;
        }
        for (const auto& notice : made->notices)
            complain(notice.name + " (" + notice.node.text() + "): " + notice.what);
        return Bytes(made->text.begin(), made->text.end());
    }

    std::optional<Bytes> picture(const NodeId& node, const exports::Preset& preset)
    {
        exports::RenderOptions options;
        options.node = node;
        options.scale = preset.scale;
        options.widthPx = preset.widthPx;
        const auto image = exports::renderImage(m_drawing.document(), m_fonts, m_drawing, options);
        if (!image) {
            complain(nameOf(node) + ": " + exports::describe(image.error()));
            return std::nullopt;
        }
        auto bytes = exports::encodeImage(*image, *preset.picture, m_arguments.quality);
        if (!bytes) {
            complain(nameOf(node) + ": " + exports::describe(bytes.error()));
            return std::nullopt;
        }
        return std::move(bytes).value();
    }

    const Arguments& m_arguments;
    Drawing& m_drawing;
    text::FontLibrary& m_fonts;
    std::set<std::string> m_taken;
};

/// What stands directly on the pages and is shown; of an imported file its one frame.
std::vector<NodeId> nodesOf(const Drawing& drawing)
{
    if (drawing.root())
        return {*drawing.root()};
    std::vector<NodeId> nodes;
    const auto& tree = drawing.document().tree();
    for (const NodeId& page : tree.pages) {
        for (const NodeId& child : tree.childrenOf(page)) {
            const document::Node* node = drawing.document().node(child);
            if (node && node->visible)
                nodes.push_back(child);
        }
    }
    return nodes;
}

int exportAll(const Arguments& arguments)
{
    std::vector<exports::Preset> presets;
    for (const std::string& text : arguments.presets) {
        const auto preset = exports::parsePreset(text);
        if (!preset)
            return complain("--presets: '" + text + "' is none; write png, jpg, webp or svg, and a size as png@2x or png@w800");
        presets.push_back(*preset);
    }
    const auto drawing = Drawing::open(arguments.file);
    text::FontLibrary fonts;
    if (!drawing || !addFonts(fonts, arguments.fonts))
        return 1;
    std::error_code error;
    std::filesystem::create_directories(arguments.folder, error);
    if (error)
        return complain(arguments.folder + ": " + error.message());
    BatchExport batch(arguments, *drawing, fonts);
    bool done = true;
    for (const NodeId& node : nodesOf(*drawing))
        done = batch.write(node, presets) && done;
    std::printf("%zu files\n", batch.written());
    return done ? 0 : 1;
}

} // namespace

void addExportAll(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("export-all", "Write everything that stands on the pages as files of its own, named as it is");
    command->add_option("FILE", arguments->file, "A .tessera, .svg, .penpot, .excalidraw or .excalidrawlib file")->required();
    command->add_option("-o,--output", arguments->folder, "A folder, made when it is not there")->required();
    command->add_option("--presets", arguments->presets, "Files of each: png, jpg, webp, svg; sizes as png@2x, jpg@w800")->delimiter(',')->capture_default_str();
    command->add_option("--quality", arguments->quality, "Of jpg and webp; 100: webp without loss")->check(CLI::Range(1, 100))->capture_default_str();
    command->add_option("--fonts", arguments->fonts, "A folder of .otf and .ttf files to use, in place of the bundled fonts");
    command->callback([arguments, &exitCode] { exitCode.value = exportAll(*arguments); });
}

} // namespace tessera::sdk
