#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

#include <render/cpu/renderer.h>
#include <render/export/render_document.h>
#include <render/strips/frame.h>
#include <render/vulkan/renderer.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

struct RenderArguments {
    std::string file;
    std::string node;
    std::vector<double> bounds;
    double scale = 1;
    int width = 0;
    std::string fonts;
    std::string linkedImages;
    std::string backend = "cpu";
    std::string background;
    std::string output;
    int repeat = 1;
    int threads = 1;
    int quality = 90;
    bool json = false;
};

double msOf(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

/// CPU time of all threads of this process, and the time on the wall.
struct Times {
    double cpuMs = 0;
    double wallMs = 0;
    static Times now() { return {msOf(CLOCK_PROCESS_CPUTIME_ID), msOf(CLOCK_MONOTONIC)}; }
    friend Times operator-(const Times& a, const Times& b) { return {a.cpuMs - b.cpuMs, a.wallMs - b.wallMs}; }
};

/// Of each kind for itself. Not of nothing.
Times median(const std::vector<Times>& times)
{
    const auto middle = [&](double Times::*kind) {
        std::vector<double> values;
        for (const Times& one : times)
            values.push_back(one.*kind);
        std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
        return values[values.size() / 2];
    };
    return {middle(&Times::cpuMs), middle(&Times::wallMs)};
}

/// One of the two back ends. Empty, and said, when there is no device or it fails.
class BackEnd
{
public:
    explicit BackEnd(int threads) : m_renderer(threads) {}

    [[nodiscard]] bool open(const std::string& name)
    {
        if (name != "vulkan")
            return true;
        auto device = vulkan::Renderer::create();
        if (!device) {
            complain("--backend vulkan: " + vulkan::describe(device.error()));
            return false;
        }
        m_device = std::move(device).value();
        return true;
    }

    /// `memory`: an image that is no longer needed.
    [[nodiscard]] std::optional<scene::Image> render(const exports::Picture& picture, const Color& background, scene::Image memory = {})
    {
        if (!m_device)
            return m_renderer.render(*picture.list, picture.view, background, std::move(memory));
        strips::Frame frame = m_frames.build(*picture.list, picture.view);
        auto image = m_device->compose(frame, background);
        m_frames.recycle(std::move(frame));
        if (image)
            return std::move(image).value();
        complain("--backend vulkan: " + vulkan::describe(image.error()));
        return std::nullopt;
    }

    void forgetGeometry()
    {
        m_renderer.forgetGeometry();
        m_frames.forgetGeometry();
    }

private:
    cpu::Renderer m_renderer;
    strips::FrameBuilder m_frames;
    std::unique_ptr<vulkan::Renderer> m_device;
};

std::optional<exports::RenderOptions> optionsOf(const RenderArguments& arguments, const Drawing& drawing)
{
    exports::RenderOptions options;
    options.node = arguments.node.empty() ? drawing.root() : NodeId{arguments.node};
    if (!arguments.bounds.empty())
        options.boundsPage = Rect{arguments.bounds[0], arguments.bounds[1], arguments.bounds[2], arguments.bounds[3]};
    options.scale = arguments.scale;
    if (arguments.width > 0)
        options.widthPx = arguments.width;
    if (!arguments.background.empty()) {
        const auto color = parseHexColor(arguments.background);
        if (!color) {
            complain("--background: '" + arguments.background + "' is no colour; write #RRGGBB or #RRGGBBAA");
            return std::nullopt;
        }
        options.background = *color;
    }
    return options;
}

/// Frames with no geometry kept between them, as when a picture is drawn for the first time, and again from what is kept.
bool measure(const RenderArguments& arguments, BackEnd& backEnd, const exports::Picture& picture, const Color& background)
{
    std::vector<Times> cold, warm;
    scene::Image image;
    for (int i = 0; i < arguments.repeat; ++i) {
        backEnd.forgetGeometry();
        for (int frame = 0; frame < 3; ++frame) { // geometry is kept from its second use on
            const Times start = Times::now();
            auto drawn = backEnd.render(picture, background, std::move(image));
            if (!drawn)
                return false;
            if (frame != 1)
                (frame == 0 ? cold : warm).push_back(Times::now() - start);
            image = std::move(*drawn);
        }
    }
    const Times first = median(cold), kept = median(warm);
    const char* form = arguments.json ? "{\"file\":\"%s\",\"backend\":\"%s\",\"width\":%d,\"height\":%d,\"repeat\":%d,\"threads\":%d,"
                                        "\"cold_ms\":%.3f,\"warm_ms\":%.3f,\"cold_wall_ms\":%.3f,\"warm_wall_ms\":%.3f}\n"
                                      : "%s by %s, %d x %d px, median of %d, threads: %d: %.3f ms CPU the first time, %.3f ms from the "
                                        "cache (%.3f and %.3f ms on the wall)\n";
    std::printf(form, arguments.file.c_str(), arguments.backend.c_str(), picture.view.widthPx, picture.view.heightPx, arguments.repeat,
                arguments.threads, first.cpuMs, kept.cpuMs, first.wallMs, kept.wallMs);
    return true;
}

/// By the name's ending, in any case; unknown for others.
exports::ImageFormat formatOf(const std::string& output)
{
    std::string ending = std::filesystem::path(output).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; });
    if (ending == ".jpg" || ending == ".jpeg")
        return exports::ImageFormat::jpeg;
    if (ending == ".webp")
        return exports::ImageFormat::webp;
    return ending == ".png" ? exports::ImageFormat::png : exports::ImageFormat::unknown;
}

int render(const RenderArguments& arguments)
{
    const exports::ImageFormat format = formatOf(arguments.output);
    if (!arguments.output.empty() && format == exports::ImageFormat::unknown)
        return complain(arguments.output + ": the name must end in .png, .jpg or .webp");
    const auto drawing = Drawing::open(arguments.file, arguments.linkedImages);
    if (!drawing)
        return 1;
    text::FontLibrary fonts;
    if (!addFonts(fonts, arguments.fonts))
        return 1;
    const auto options = optionsOf(arguments, *drawing);
    BackEnd backEnd(arguments.threads);
    if (!options || !backEnd.open(arguments.backend))
        return 1;
    const auto picture = exports::preparePicture(drawing->document(), fonts, *drawing, *options);
    if (!picture)
        return complain(arguments.file + ": " + exports::describe(picture.error()));
    if ((arguments.repeat > 1 || arguments.json) && !measure(arguments, backEnd, *picture, options->background))
        return 1;
    if (arguments.output.empty())
        return arguments.repeat > 1 || arguments.json ? 0 : complain("--output is missing");
    const auto image = backEnd.render(*picture, options->background);
    if (!image)
        return 1;
    const auto bytes = exports::encodeImage(*image, format, arguments.quality);
    if (!bytes)
        return complain(arguments.output + ": " + exports::describe(bytes.error()));
    return writeFile(arguments.output, *bytes) ? 0 : 1;
}

} // namespace

void addRender(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<RenderArguments>();
    CLI::App* command = app.add_subcommand("render", "Draw a page, a node or a drawing as a picture, the same pixels as the editor");
    command->add_option("FILE", arguments->file, "A .tessera, .svg, .penpot, .excalidraw or .excalidrawlib file")->required();
    command->add_option("--node", arguments->node, "Id of a node (default: the first page)");
    command->add_option("--bounds", arguments->bounds, "x,y,w,h in page px (default: all that is painted)")->delimiter(',')->expected(4);
    auto* scale = command->add_option("--scale", arguments->scale, "Device pixels per page px")->capture_default_str();
    command->add_option("--width", arguments->width, "Width of the picture in pixels, in place of --scale")->check(CLI::Range(1, 16384))->excludes(scale);
    command->add_option("--fonts", arguments->fonts, "A folder of .otf and .ttf files to use, in place of the bundled fonts");
    command->add_option("--linked-images", arguments->linkedImages, "Read images that an SVG links to when they lie below this folder (default: none)");
    command->add_option("--backend", arguments->backend, "cpu or vulkan")->check(CLI::IsMember({"cpu", "vulkan"}))->capture_default_str();
    command->add_option("--background", arguments->background, "#RRGGBB or #RRGGBBAA (default: transparent)");
    command->add_option("--repeat", arguments->repeat, "Draw N times and print the CPU time of a frame")->check(CLI::Range(1, 100000));
    command->add_option("--threads", arguments->threads, "Threads of the CPU back end")->check(CLI::Range(1, 256))->capture_default_str();
    command->add_flag("--json", arguments->json, "Print the CPU time as one line of JSON");
    command->add_option("-o,--output", arguments->output, "The .png, .jpg or .webp file");
    command->add_option("--quality", arguments->quality, "Of .jpg and .webp; 100: .webp without loss")->check(CLI::Range(1, 100))->capture_default_str();
    command->callback([arguments, &exitCode] { exitCode.value = render(*arguments); });
}

} // namespace tessera::sdk
