// bench-scene drawings < PATHS: a page of the SVG files that are named on the lines of its input, imported, its scene made, panned and
// zoomed over.
// bench-scene OBJECTS LAYOUT: a page of that many objects, its scene made, edited, and at 100,000 panned and zoomed over. One JSON object on
// stdout; times are CPU ms of the process. LAYOUT: rows (paint order follows the place, as when things are made side by side)
// or scattered (it does not, the worst for leaving out what is far away).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>

#include <malloc.h>

#include <core/base/random.h>
#include <core/document/document.h>
#include <render/cpu/renderer.h>
#include <render/scene/scene_builder.h>
#include <render/text/font_files.h>
#include <render/vulkan/renderer.h>

#include "drawings.h"
#include "measure.h"
#include "views.h"

using namespace tessera;
using namespace tessera::document;

namespace {

constexpr std::size_t countOfViews = 100'000; ///< objects of the page that is panned over
constexpr double cellDoc = 24; ///< objects stand this far apart, 16 to 20 px wide: zoomed in as people work

struct Drawing {
    SeededRandom random{1};
    std::unique_ptr<Document> document = Document::createBlank(random, "bench");
    NodeId page = document->tree().pages.front();
    std::vector<NodeId> objects;
};

std::vector<std::size_t> places(std::size_t count, bool scattered, Random& random)
{
    std::vector<std::size_t> all(count);
    for (std::size_t i = 0; i < count; ++i)
        all[i] = i;
    for (std::size_t i = count; scattered && i > 1; --i)
        std::swap(all[i - 1], all[random.below(i)]);
    return all;
}

/// Boxes with round corners, ellipses and outlined boxes, each with a colour of its own.
CreateNode objectAt(Drawing& drawing, std::size_t place, std::size_t columns)
{
    Random& random = drawing.random;
    const auto unit = [&] { return float(random.below(256)) / 255; };
    Properties properties{{"xf", toAny(Transform::translation(double(place % columns) * cellDoc, double(place / columns) * cellDoc))},
                          {"size", toAny(Size{16 + double(random.below(5)), 16 + double(random.below(5))})},
                          {"fills", toAny(std::vector{solidPaint({unit(), unit(), unit(), 1})})}};
    const std::uint64_t kind = random.below(4);
    if (kind == 0)
        properties.push_back({"radii", crdt::Any(crdt::Any::Array{4, 4, 4, 4})});
    if (kind == 1)
        properties.push_back({"strokes", toAny(std::vector{solidPaint({0, 0, 0, 1})})});
    return {NodeId(makeIdText(random)), kind == 2 ? NodeType::ellipse : NodeType::rect, {drawing.page, {}}, std::move(properties), ""};
}

void addObjects(Drawing& drawing, std::size_t count, bool scattered)
{
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(double(count) * 16 / 9)));
    const auto order = places(count, scattered, drawing.random);
    constexpr std::size_t batch = 50'000;
    for (std::size_t first = 0; first < count; first += batch) {
        std::vector<Command> commands;
        for (std::size_t i = first; i < std::min(count, first + batch); ++i) {
            CreateNode create = objectAt(drawing, order[i], columns);
            drawing.objects.push_back(create.id);
            commands.emplace_back(std::move(create));
        }
        if (!apply(*drawing.document, commands, "bench"))
            std::abort();
    }
}

/// An edit from its change set to the frame of what it touched.
struct EditTimes {
    std::vector<double> list, total, uploadBytes;
};

class EditBench
{
public:
    EditBench(Drawing& drawing, scene::SceneBuilder& builder) : m_drawing(drawing), m_builder(builder)
    {
        auto device = vulkan::Renderer::create();
        if (device)
            m_device = std::move(device).value();
        m_watch = drawing.document->onChange([this](const ChangeSet& changes) {
            const double start = bench::cpuMs();
            m_area = m_builder.apply(changes);
            m_listMs = bench::cpuMs() - start;
        });
    }

    void run(const Command& command, EditTimes& times)
    {
        (void)m_drawing.document->tree(); // the tree is at rest
        if (!apply(*m_drawing.document, command, "bench"))
            std::abort();
        const double start = bench::cpuMs();
        const auto list = m_builder.list(m_drawing.page);
        const Rect area = m_area.inflated(1);
        const Rect pixels{std::floor(area.x), std::floor(area.y), std::ceil(area.width), std::ceil(area.height)};
        const strips::Frame frame = m_frames.build(*list, scene::viewOf(pixels, 1));
        times.list.push_back(m_listMs);
        times.total.push_back(m_listMs + bench::cpuMs() - start);
        if (m_device && m_device->compose(frame))
            times.uploadBytes.push_back(static_cast<double>(m_device->lastUploadBytes()));
    }

private:
    Drawing& m_drawing;
    scene::SceneBuilder& m_builder;
    strips::FrameBuilder m_frames;
    std::unique_ptr<vulkan::Renderer> m_device;
    Document::Subscription m_watch;
    Rect m_area;
    double m_listMs = 0;
};

/// Pans and zooms, and edits that are seen meanwhile: the objects near the middle move, one after the other.
bench::ViewTimes viewsOver(Drawing& drawing, scene::SceneBuilder& builder)
{
    Rect area;
    const auto watch = drawing.document->onChange([&](const ChangeSet& changes) { area = builder.apply(changes); });
    std::vector<NodeId> near;
    bench::ViewTimes times = bench::measureViews(builder.list(drawing.page), [&](Point centre) {
        if (near.empty()) {
            const Rect middle = Rect{centre.x, centre.y, 0, 0}.inflated(400);
            near = builder.childrenNear(drawing.page, middle).value();
            std::erase_if(near, [&](const NodeId& id) { return !middle.contains(drawing.document->pageBounds(id)); });
        }
        const NodeId id = near[drawing.random.below(near.size())];
        Transform transform = drawing.document->node(id)->transform;
        transform.e += 3;
        if (!apply(*drawing.document, SetTransform{id, transform}, "bench"))
            std::abort();
        return bench::Edited{builder.list(drawing.page), area};
    }, [&](int step) {
        const NodeId& id = near.front();
        (void)builder.setPreviews({{id, {Transform::translation(3 * step, step) * drawing.document->node(id)->transform, {}}}});
        auto cut = builder.lifted(drawing.page, {id});
        if (!cut)
            std::abort();
        return std::move(*cut);
    });
    (void)builder.setPreviews({});
    return times;
}

void print(const char* name, const std::vector<double>& values, bool last = false)
{
    std::printf("\"%s\":{\"median\":%.4f,\"p99\":%.4f}%s", name, bench::quantile(values, 0.5), bench::quantile(values, 0.99), last ? "" : ",");
}

void print(const bench::ViewTimes& views)
{
    print("frame_warm_ms", views.warm);
    print("frame_cold_ms", views.cold);
    print("frame_direct_ms", views.direct);
    print("view_edit_ms", views.edit);
    print("view_edit_tiles", views.editTiles);
    print("drag_ms", views.drag);
    std::printf("\"cold_unfinished\":%zu,", views.unfinished);
}

int runDrawings()
{
    Drawing drawing;
    double start = bench::cpuMs();
    drawing.objects = bench::importDrawings(*drawing.document, drawing.page, drawing.random, std::cin);
    const double importMs = bench::cpuMs() - start;
    text::FontLibrary fonts;
    scene::NoImages images;
    scene::SceneBuilder builder(*drawing.document, fonts, images);
    start = bench::cpuMs();
    (void)builder.list(drawing.page);
    const double sceneMs = bench::cpuMs() - start;
    std::printf("{");
    print(viewsOver(drawing, builder));
    std::printf("\"drawings\":%zu,\"objects\":%zu,\"import_ms\":%.1f,\"scene_ms\":%.1f}\n", drawing.objects.size(),
                drawing.document->nodeIds().size(), importMs, sceneMs);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "drawings") == 0)
        return runDrawings();
    const auto count = static_cast<std::size_t>(argc > 1 ? std::atol(argv[1]) : 10'000);
    const bool scattered = argc > 2 && std::strcmp(argv[2], "scattered") == 0;
    Drawing drawing;
    addObjects(drawing, count, scattered);
    text::FontLibrary fonts;
    scene::NoImages images;

    double start = bench::cpuMs();
    for (const NodeId& id : drawing.objects)
        (void)drawing.document->node(id);
    (void)drawing.document->tree();
    const double readMs = bench::cpuMs() - start;
    scene::SceneBuilder builder(*drawing.document, fonts, images);
    const std::size_t bytesBefore = mallinfo2().uordblks;
    start = bench::cpuMs();
    (void)builder.list(drawing.page);
    const double sceneMs = bench::cpuMs() - start;
    const double bytes = double(mallinfo2().uordblks - bytesBefore) / double(count);

    std::optional<bench::ViewTimes> views;
    if (count == countOfViews)
        views = viewsOver(drawing, builder);
    EditBench edits(drawing, builder);
    EditTimes moved, added;
    SeededRandom random(2);
    for (int i = 0; i < 300; ++i) {
        const NodeId id = drawing.objects[random.below(drawing.objects.size())];
        Transform transform = drawing.document->node(id)->transform;
        transform.e += 3;
        edits.run(SetTransform{id, transform}, moved);
    }
    for (int i = 0; i < 40; ++i) {
        CreateNode create = objectAt(drawing, random.below(count), 1000);
        create.placement.before = drawing.objects[random.below(drawing.objects.size())];
        edits.run(create, added);
    }
    std::printf("{\"objects\":%zu,\"layout\":\"%s\",\"read_ms\":%.1f,\"scene_ms\":%.1f,\"bytes_per_object\":%.0f,", count,
                scattered ? "scattered" : "rows", readMs, sceneMs, bytes);
    print("edit_list_ms", moved.list);
    print("edit_ms", moved.total);
    print("upload_bytes", moved.uploadBytes);
    if (views)
        print(*views);
    print("insert_ms", added.total, true);
    std::printf("}\n");
    return 0;
}
