#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include <CLI/CLI.hpp>

#include <core/document/document.h>
#include <render/export/svg_export.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

struct ExportArguments {
    std::string file;
    std::string format;
    std::string output;
    std::string node;
    std::size_t page = 0;
    std::string text = "text";
    std::string fonts;
    std::string linkedImages;
    bool names = false;
};

int put(const std::string& output, ByteView bytes)
{
    if (!output.empty())
        return writeFile(output, bytes) ? 0 : 1;
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() ? 0 : complain("standard output: cannot be written");
}

int put(const std::string& output, std::string_view text)
{
    return put(output, ByteView{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// What is exported: a node, a page by its number, or what a picture shows. Empty, and said, when there is no such page.
std::optional<NodeId> rootOf(const ExportArguments& arguments, const Drawing& drawing)
{
    if (!arguments.node.empty())
        return NodeId{arguments.node};
    const auto& pages = drawing.document().tree().pages;
    if (arguments.page > pages.size() || pages.empty()) {
        complain(arguments.file + ": has " + std::to_string(pages.size()) + (pages.size() == 1 ? " page" : " pages"));
        return std::nullopt;
    }
    if (arguments.page > 0)
        return pages[arguments.page - 1];
    return drawing.root().value_or(pages.front());
}

int exportSvgFile(const ExportArguments& arguments)
{
    const auto drawing = Drawing::open(arguments.file, arguments.linkedImages);
    if (!drawing)
        return 1;
    text::FontLibrary fonts;
    if (!addFonts(fonts, arguments.fonts))
        return 1;
    exports::SvgOptions options;
    options.node = rootOf(arguments, *drawing);
    if (!options.node)
        return 1;
    options.text = arguments.text == "outlines" ? exports::SvgText::outlines : exports::SvgText::text;
    options.names = arguments.names;
    const auto svg = exports::exportSvg(drawing->document(), fonts, *drawing, options);
    if (!svg)
        return complain(arguments.file + ": " + exports::describe(svg.error()));
    for (const auto& notice : svg->notices)
        std::fprintf(stderr, "%s: %s (%s): %s\n", arguments.file.c_str(), notice.name.c_str(), notice.node.text().c_str(), notice.what.c_str());
    return put(arguments.output, svg->text);
}

int exportFile(const ExportArguments& arguments)
{
    const bool toSvg = arguments.format.empty() ? std::filesystem::path(arguments.output).extension() == ".svg" : arguments.format == "svg";
    if (toSvg)
        return exportSvgFile(arguments);
    const auto opened = openForReading(arguments.file);
    if (!opened)
        return 1;
    if (arguments.format == "yjs")
        return put(arguments.output, opened->document->crdt().encodeStateAsUpdate());
    return put(arguments.output, opened->document->canonicalJson() + "\n");
}

} // namespace

void addExport(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<ExportArguments>();
    CLI::App* command = app.add_subcommand("export", "Write a page or a node as SVG, or a file's content as JSON or as a Yjs update");
    command->add_option("FILE", arguments->file, "A .tessera file; for SVG also a file that can be imported")->required();
    command->add_option("--format", arguments->format, "svg; json: every node as text; yjs: one update v1 (default: svg when OUTPUT ends in .svg, else json)")
        ->check(CLI::IsMember({"svg", "json", "yjs"}));
    command->add_option("-o,--output", arguments->output, "Where to (default: standard output)");
    auto* node = command->add_option("--node", arguments->node, "SVG: id of a node (default: the first page, or all of an imported file)");
    command->add_option("--page", arguments->page, "SVG: number of a page, from 1")->check(CLI::Range(1, 100000))->excludes(node);
    command->add_option("--text", arguments->text, "SVG: text stays text, or becomes outlines")->check(CLI::IsMember({"text", "outlines"}))->capture_default_str();
    command->add_option("--fonts", arguments->fonts, "SVG: a folder of .otf and .ttf files to use, in place of the bundled fonts");
    command->add_option("--linked-images", arguments->linkedImages, "SVG: read images that an SVG links to when they lie below this folder (default: none)");
    command->add_flag("--names", arguments->names, "SVG: keep layer names, as data-name");
    command->callback([arguments, &exitCode] { exitCode.value = exportFile(*arguments); });
}

} // namespace tessera::sdk
