#include <cstdio>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

#include <render/export/render_document.h>
#include <render/text/font_files.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

struct RenderArguments {
    std::string file;
    std::string node;
    std::vector<double> bounds;
    double scale = 1;
    std::string background;
    std::string output;
};

int render(const RenderArguments& arguments)
{
    const auto opened = openForReading(arguments.file);
    if (!opened)
        return 1;
    text::FontLibrary fonts;
    if (const auto added = text::addBundledFonts(fonts); !added)
        return complain("fonts: " + added.error().where + ": " + added.error().detail);
    exports::RenderOptions options;
    if (!arguments.node.empty())
        options.node = NodeId{arguments.node};
    if (!arguments.bounds.empty())
        options.boundsPage = Rect{arguments.bounds[0], arguments.bounds[1], arguments.bounds[2], arguments.bounds[3]};
    options.scale = arguments.scale;
    if (!arguments.background.empty()) {
        const auto color = parseHexColor(arguments.background);
        if (!color)
            return complain("--background: '" + arguments.background + "' is no colour; write #RRGGBB or #RRGGBBAA");
        options.background = *color;
    }
    FileImages images(*opened->file);
    const auto png = exports::renderPng(*opened->document, fonts, images, options);
    if (!png)
        return complain(arguments.file + ": " + exports::describe(png.error()));
    return writeFile(arguments.output, *png) ? 0 : 1;
}

} // namespace

void addRender(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<RenderArguments>();
    CLI::App* command = app.add_subcommand("render", "Draw a page or a node as PNG, the same pixels as the editor");
    command->add_option("FILE", arguments->file, "A .tessera file")->required();
    command->add_option("--node", arguments->node, "Id of a node (default: the first page)");
    command->add_option("--bounds", arguments->bounds, "x,y,w,h in page px (default: all that is painted)")->delimiter(',')->expected(4);
    command->add_option("--scale", arguments->scale, "Device pixels per page px")->capture_default_str();
    command->add_option("--background", arguments->background, "#RRGGBB or #RRGGBBAA (default: transparent)");
    command->add_option("-o,--output", arguments->output, "The .png file")->required();
    command->callback([arguments, &exitCode] { exitCode.value = render(*arguments); });
}

} // namespace tessera::sdk
