#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <utility>

#include <core/document/filter.h>
#include <render/scene/cell_index.h>
#include <render/scene/effects.h>
#include <render/strips/frame.h>
#include <render/strips/rasterize.h>

#include "coverage_cache.h"
#include "image_levels.h"
#include "paint.h"

namespace tessera::strips {

namespace {

/// Strips begin at multiples of their height, so areas to rasterise do too.
PixelRect alignedToStrips(PixelRect r)
{
    r.y0 -= ((r.y0 % stripHeightPx) + stripHeightPx) % stripHeightPx;
    return r;
}

/// Whole pixels, when the path is a rectangle whose sides lie on pixel borders (within the rasteriser's 1/256).
std::optional<PixelRect> wholePixels(const Path& path, const Transform& toDevice)
{
    static const std::vector<PathVerb> rectVerbs{PathVerb::move, PathVerb::line, PathVerb::line, PathVerb::line, PathVerb::close};
    if (path.verbs() != rectVerbs)
        return std::nullopt;
    const auto& p = path.points();
    const Point a = toDevice.apply(p[0]), b = toDevice.apply(p[1]), c = toDevice.apply(p[2]), d = toDevice.apply(p[3]);
    const auto same = [](double u, double v) { return std::abs(u - v) < 1.0 / 512; };
    const bool upright = (same(a.y, b.y) && same(b.x, c.x) && same(c.y, d.y) && same(d.x, a.x)) ||
                         (same(a.x, b.x) && same(b.y, c.y) && same(c.x, d.x) && same(d.y, a.y));
    for (double v : {a.x, a.y, c.x, c.y}) {
        if (!upright || !same(v, std::round(v)) || std::abs(v) > 1e9)
            return std::nullopt;
    }
    const auto pixel = [](double v) { return static_cast<int>(std::lround(v)); };
    return PixelRect{pixel(std::min(a.x, c.x)), pixel(std::min(a.y, c.y)), pixel(std::max(a.x, c.x)), pixel(std::max(a.y, c.y))};
}

/// Local to device, its translation taken apart: whole pixels (down: whole strips) and the rest in 1/256 px, the
/// rasteriser's own grid. A shape that moves by whole pixels keeps the rest, and with it its coverage.
struct Placement {
    int x{}, y{};        ///< px; y a multiple of the strip height
    Transform within;    ///< local to device less (x, y)
    int phaseX{}, phaseY{};
};
std::optional<Placement> placementOf(const Transform& toDevice)
{
    constexpr double farthest = 1e6;
    if (!(std::abs(toDevice.e) < farthest && std::abs(toDevice.f) < farthest))
        return std::nullopt;
    const auto e = static_cast<int>(std::floor(toDevice.e * 256 + 0.5)), f = static_cast<int>(std::floor(toDevice.f * 256 + 0.5));
    Placement p;
    p.phaseX = e & 255;
    p.phaseY = f & (256 * stripHeightPx - 1);
    p.x = (e - p.phaseX) / 256;
    p.y = (f - p.phaseY) / 256;
    p.within = {toDevice.a, toDevice.b, toDevice.c, toDevice.d, p.phaseX / 256.0, p.phaseY / 256.0};
    return p;
}

/// Larger shapes are made for the visible part only, each time.
constexpr int largestCachedPx = 2048;

PixelRect moved(const PixelRect& r, int x, int y) { return {r.x0 + x, r.y0 + y, r.x1 + x, r.y1 + y}; }

bool contains(const PixelRect& outer, const PixelRect& inner) { return intersected(outer, inner) == inner; }

/// Null for items that paint nothing.
const scene::Paint* paintOf(const scene::Item& item)
{
    if (const auto* fill = std::get_if<scene::FillPath>(&item.content))
        return &fill->paint;
    if (const auto* stroke = std::get_if<scene::StrokePath>(&item.content))
        return &stroke->paint;
    const auto* run = std::get_if<std::shared_ptr<const scene::GlyphRun>>(&item.content);
    return run ? &(*run)->paint : nullptr;
}

struct Clip {
    PixelRect bounds;
    std::shared_ptr<const Coverage> mask; ///< null: all of `bounds`
};

/// A push whose pop has not come yet, and how many clips were open then.
struct OpenLayer {
    Command push;
    std::size_t clipCount{};
};

constexpr int deepestPattern = 8;    ///< patterns within patterns that are drawn: they double with each level
constexpr int largestPicturePx = 4096;

using PatternRef = std::shared_ptr<const scene::PatternFill>;
using EffectsRef = std::shared_ptr<const std::vector<scene::Effect>>;

/// Layers reach this far beyond the picture at most, so that no effect takes more than some memory and time: one whose reach
/// is known, and one that may look anywhere.
constexpr int farthestOutsidePx = 2048;
constexpr int anywhereOutsidePx = 1024;

PixelRect grown(const PixelRect& r, int by) { return {r.x0 - by, r.y0 - by, r.x1 + by, r.y1 + by}; }

std::vector<scene::Effect> visibleEffects(const EffectsRef& effects)
{
    std::vector<scene::Effect> visible;
    if (effects) {
        std::copy_if(effects->begin(), effects->end(), std::back_inserter(visible), [](const scene::Effect& e) {
            return e.visible && e.kind != document::EffectKind::unknown;
        });
    }
    return visible;
}

bool isPlain(const scene::PushLayer& layer)
{
    return (layer.blend == scene::BlendMode::normal || layer.blend == scene::BlendMode::passThrough) &&
           visibleEffects(layer.effects).empty();
}

/// Index of the PopLayer that belongs to the push; the number of items when it is missing.
std::size_t popOf(const std::vector<scene::Item>& items, std::size_t push)
{
    int depth = 0;
    for (std::size_t i = push; i < items.size(); ++i) {
        depth += std::holds_alternative<scene::PushLayer>(items[i].content);
        depth -= std::holds_alternative<scene::PopLayer>(items[i].content);
        if (depth == 0)
            return i;
    }
    return items.size();
}

} // namespace

struct FrameBuilder::Impl {
    Rasterizer rasterizer;
    CoverageCache cache;
    ImageLevels levels;

    Transform pageToDevice; ///< of the list that is being drawn
    Frame frame;
    Frame spare; ///< empty, with memory of an earlier one
    std::vector<Clip> clips;
    std::vector<OpenLayer> layers;
    int patternDepth = 0;

    void run(const scene::DisplayList& items, const scene::View& view, const PixelRect& region);
    void runList(const scene::DisplayList& list);
    void runItems(const std::vector<scene::Item>& items);
    void runItem(const std::vector<scene::Item>& items, std::size_t& index);
    void runSubList(const scene::Item& item, const scene::DisplayList& list);
    [[nodiscard]] bool drawAlone(const scene::Item& item, double opacity);
    std::shared_ptr<const Frame> pictureOf(const scene::DisplayList& content, const Transform& toPicture, int widthPx, int heightPx);
    [[nodiscard]] PixelRect pixelsOf(const scene::Item& item) const;
    [[nodiscard]] PixelRect visiblePixels(const scene::Item& item) const;
    void draw(const scene::Item& item, double opacity);
    [[nodiscard]] const Coverage& coverageOf(const scene::Item& item, const Transform& toDevice, const PixelRect& area);
    [[nodiscard]] const Coverage& glyphCoverage(const scene::GlyphRun& run, const Transform& toDevice, const PixelRect& area);
    void drawCached(const scene::Item& item, const Placement& placement, const PixelRect& pixels, double opacity);
    [[nodiscard]] Coverage clipped(Coverage coverage, const scene::Paint& paint, const Transform& toDevice,
                                   const PixelRect& bounds);
    void emit(const Coverage& coverage, int x, int y, const scene::Paint& paint, const Transform& toDevice, double opacity,
              const PixelRect& bounds);
    void pushClip(const scene::PushClip& clip, const Transform& toDevice);
    void emitPattern(const Coverage& coverage, int x, int y, const scene::Paint& paint, const Transform& toDevice, double opacity,
                     const PixelRect& bounds);
    void addSpans(Command& command, const Coverage& coverage, int x, int y);
    void pushLayer(const scene::Item& item, const scene::PushLayer& layer);
    void addPictures(FrameEffects& effects, const std::vector<scene::EffectImage>& images);
    void pushMask(const scene::PushMask& mask);
    void pop();
};

FrameBuilder::FrameBuilder() : m_impl(std::make_unique<Impl>()) {}
FrameBuilder::~FrameBuilder() = default;
FrameBuilder::FrameBuilder(FrameBuilder&&) noexcept = default;
FrameBuilder& FrameBuilder::operator=(FrameBuilder&&) noexcept = default;

Frame FrameBuilder::build(const scene::DisplayList& list, const scene::View& view)
{
    return build(list, view, {0, 0, view.widthPx, view.heightPx});
}

Frame FrameBuilder::build(const scene::DisplayList& list, const scene::View& view, const PixelRect& region)
{
    m_impl->frame = std::exchange(m_impl->spare, {});
    if (view.widthPx >= 1 && view.heightPx >= 1 && view.widthPx <= maxDevicePx && view.heightPx <= maxDevicePx)
        m_impl->run(list, view, intersected(region, {0, 0, view.widthPx, view.heightPx}));
    return std::move(m_impl->frame);
}

void FrameBuilder::recycle(Frame frame)
{
    const auto emptied = [](auto& list) {
        list.clear();
        return std::move(list);
    };
    Frame& spare = m_impl->spare;
    spare = {};
    spare.commands = emptied(frame.commands);
    spare.spans = emptied(frame.spans);
    spare.alphas = emptied(frame.alphas);
    spare.paints = emptied(frame.paints);
    spare.stops = emptied(frame.stops);
}

void FrameBuilder::forgetGeometry() { m_impl->cache.clear(); }

void FrameBuilder::Impl::run(const scene::DisplayList& items, const scene::View& view, const PixelRect& region)
{
    pageToDevice = view.pageToDevice;
    frame.widthPx = view.widthPx;
    frame.heightPx = view.heightPx;
    clips.assign(1, {intersected(grown(region, scene::backdropReachPx(items, pageToDevice, maxDevicePx)), {0, 0, view.widthPx, view.heightPx}), nullptr});
    layers.clear();
    if (patternDepth == 0) {
        cache.beginFrame();
        levels.beginFrame();
    }
    runList(items);
    while (!layers.empty())
        pop();
}

void FrameBuilder::Impl::runItems(const std::vector<scene::Item>& items)
{
    for (std::size_t i = 0; i < items.size(); ++i)
        runItem(items, i);
}

/// Nothing of a list is looked at when all of it is outside.
void FrameBuilder::Impl::runSubList(const scene::Item& item, const scene::DisplayList& list)
{
    if (item.boundsPage.isEmpty() || visiblePixels(item).isEmpty())
        return;
    const Transform outer = std::exchange(pageToDevice, pageToDevice * item.toPage);
    runList(list);
    pageToDevice = outer;
}

void FrameBuilder::Impl::runList(const scene::DisplayList& list)
{
    const auto fromDevice = list.cells ? pageToDevice.inverted() : std::nullopt;
    if (!fromDevice) {
        runItems(list.items);
        return;
    }
    const PixelRect visible = grown(clips.back().bounds, 2); // the slack of pixelsOf()
    const Rect visiblePage = fromDevice->mapBounds({double(visible.x0), double(visible.y0), double(visible.width()), double(visible.height())});
    for (std::uint32_t near = list.cells->itemsNear(visiblePage); near != 0; near &= near - 1) {
        auto index = static_cast<std::size_t>(std::countr_zero(near));
        runItem(list.items, index);
    }
}

/// Draws the item at `index`, and moves it over what the item skips.
void FrameBuilder::Impl::runItem(const std::vector<scene::Item>& items, std::size_t& index)
{
    const scene::Item& item = items[index];
    if (const auto* sub = std::get_if<scene::SubList>(&item.content)) {
        runSubList(item, **sub);
    } else if (const auto* clip = std::get_if<scene::PushClip>(&item.content)) {
        pushClip(*clip, pageToDevice * item.toPage);
    } else if (std::holds_alternative<scene::PopClip>(item.content)) {
        if (clips.size() > 1)
            clips.pop_back();
    } else if (const auto* layer = std::get_if<scene::PushLayer>(&item.content)) {
        const std::size_t end = popOf(items, index);
        if (visiblePixels(item).isEmpty() || !(layer->opacity > 0))
            index = end;
        else if (end == index + 2 && isPlain(*layer) && drawAlone(items[index + 1], layer->opacity))
            index = end;
        else
            pushLayer(item, *layer);
    } else if (const auto* mask = std::get_if<scene::PushMask>(&item.content)) {
        pushMask(*mask);
    } else if (std::holds_alternative<scene::PopLayer>(item.content) || std::holds_alternative<scene::PopMask>(item.content)) {
        pop();
    } else {
        draw(item, 1);
    }
}

/// One painting item, also as the only one of its list, needs no layer of its own. False when there are others.
bool FrameBuilder::Impl::drawAlone(const scene::Item& item, double opacity)
{
    if (paintOf(item)) {
        draw(item, opacity);
        return true;
    }
    const auto* sub = std::get_if<scene::SubList>(&item.content);
    if (!sub || (*sub)->items.size() != 1)
        return false;
    const Transform outer = std::exchange(pageToDevice, pageToDevice * item.toPage);
    const bool drawn = drawAlone((*sub)->items.front(), opacity);
    pageToDevice = outer;
    return drawn;
}

PixelRect FrameBuilder::Impl::pixelsOf(const scene::Item& item) const
{
    // One pixel of slack: flattening and rounding may move an edge by a fraction of one.
    return pixelsTouched(pageToDevice.mapBounds(item.boundsPage).inflated(1));
}

PixelRect FrameBuilder::Impl::visiblePixels(const scene::Item& item) const
{
    return intersected(pixelsOf(item), clips.back().bounds);
}

void FrameBuilder::Impl::draw(const scene::Item& item, double opacity)
{
    const scene::Paint* paint = paintOf(item);
    const PixelRect visible = visiblePixels(item);
    if (!paint || visible.isEmpty())
        return;
    const Transform toDevice = pageToDevice * item.toPage;
    const PixelRect pixels = pixelsOf(item);
    const auto placement = placementOf(toDevice);
    if (placement && pixels.width() <= largestCachedPx && pixels.height() <= largestCachedPx) {
        drawCached(item, *placement, pixels, opacity);
        return;
    }
    const Coverage coverage = coverageOf(item, toDevice, alignedToStrips(visible));
    emit(clipped(coverage, *paint, toDevice, visible), 0, 0, *paint, toDevice, opacity, visible);
}

void FrameBuilder::Impl::drawCached(const scene::Item& item, const Placement& placement, const PixelRect& pixels, double opacity)
{
    const Transform& t = placement.within;
    const PixelRect area = alignedToStrips(moved(pixels, -placement.x, -placement.y));
    CoverageKey key{{}, {t.a, t.b, t.c, t.d}, placement.phaseX, placement.phaseY, area, {}, false, {}};
    if (const auto* fill = std::get_if<scene::FillPath>(&item.content)) {
        key.geometry = fill->path;
        key.rule = fill->rule;
    } else if (const auto* stroke = std::get_if<scene::StrokePath>(&item.content)) {
        key.geometry = stroke->path;
        key.rule = stroke->rule;
        key.stroked = true;
        key.style = stroke->style;
    } else {
        key.geometry = std::get<std::shared_ptr<const scene::GlyphRun>>(item.content);
    }
    const Coverage* coverage = cache.find(key);
    if (!coverage) {
        coverage = &coverageOf(item, t, area);
        cache.offer(std::move(key), *coverage);
    }

    const scene::Paint& paint = *paintOf(item);
    const Transform toDevice = Transform::translation(placement.x, placement.y) * t;
    const PixelRect visible = intersected(pixels, clips.back().bounds);
    const bool whole = !clips.back().mask && contains(clips.back().bounds, pixels) &&
                       !std::holds_alternative<std::shared_ptr<const scene::ImageFill>>(paint.source);
    if (whole) {
        emit(*coverage, placement.x, placement.y, paint, toDevice, opacity, visible);
        return;
    }
    Coverage placed = *coverage;
    for (Span& span : placed.spans)
        span.x += placement.x, span.y += placement.y;
    emit(clipped(cropped(placed, visible), paint, toDevice, visible), 0, 0, paint, toDevice, opacity, visible);
}

const Coverage& FrameBuilder::Impl::coverageOf(const scene::Item& item, const Transform& toDevice, const PixelRect& area)
{
    if (const auto* fill = std::get_if<scene::FillPath>(&item.content))
        return fillCoverage(rasterizer, *fill->path, toDevice, fill->rule, area);
    if (const auto* stroke = std::get_if<scene::StrokePath>(&item.content))
        return strokeCoverage(rasterizer, *stroke->path, toDevice, stroke->style, stroke->rule, area);
    return glyphCoverage(*std::get<std::shared_ptr<const scene::GlyphRun>>(item.content), toDevice, area);
}

/// All glyphs of a run are one shape, so that overlapping ones do not show through each other.
const Coverage& FrameBuilder::Impl::glyphCoverage(const scene::GlyphRun& run, const Transform& toDevice, const PixelRect& area)
{
    Polylines& lines = rasterizer.lineBuffer();
    lines.clear();
    for (const scene::PlacedGlyph& glyph : run.glyphs) {
        flatten(*glyph.outline, toDevice * glyph.toLocal(), flattenTolerancePx, lines);
    }
    return rasterizer.rasterize(lines.all(), document::FillRule::nonzero, area);
}

/// What of the coverage lies within the clips, and within the image's own area.
Coverage FrameBuilder::Impl::clipped(Coverage coverage, const scene::Paint& paint, const Transform& toDevice,
                                     const PixelRect& bounds)
{
    if (clips.back().mask)
        coverage = intersected(coverage, *clips.back().mask);
    if (bounds.y0 % stripHeightPx != 0)
        coverage = cropped(coverage, bounds);
    const auto* image = std::get_if<std::shared_ptr<const scene::ImageFill>>(&paint.source);
    if (image && !(*image)->area.isEmpty())
        coverage = intersected(coverage, fillCoverage(rasterizer, rectPath((*image)->area), toDevice,
                                                      document::FillRule::nonzero, alignedToStrips(bounds)));
    return coverage;
}

void FrameBuilder::Impl::addSpans(Command& command, const Coverage& coverage, int x, int y)
{
    command.firstSpan = static_cast<std::uint32_t>(frame.spans.size());
    command.spanCount = static_cast<std::uint32_t>(coverage.spans.size());
    const auto firstAlpha = static_cast<std::uint32_t>(frame.alphas.size());
    for (Span span : coverage.spans) {
        span.x += x, span.y += y;
        if (span.alphaColumn != solidSpan)
            span.alphaColumn += firstAlpha;
        frame.spans.push_back(span);
    }
    frame.alphas.insert(frame.alphas.end(), coverage.alphas.begin(), coverage.alphas.end());
}

void FrameBuilder::Impl::emit(const Coverage& coverage, int x, int y, const scene::Paint& paint, const Transform& toDevice,
                              double opacity, const PixelRect& bounds)
{
    if (std::holds_alternative<PatternRef>(paint.source)) {
        emitPattern(coverage, x, y, paint, toDevice, opacity, bounds);
        return;
    }
    if (coverage.isEmpty() || !addPaint(frame, levels, paint, toDevice, opacity))
        return;
    Command command;
    command.paint = static_cast<std::uint32_t>(frame.paints.size() - 1);
    command.bounds = bounds;
    addSpans(command, coverage, x, y);
    frame.commands.push_back(command);
}

/// The cell becomes a picture of about as many pixels as it takes on the device, which then repeats: however many cells
/// there are, and however they meet, no seam shows.
void FrameBuilder::Impl::emitPattern(const Coverage& coverage, int x, int y, const scene::Paint& paint, const Transform& toDevice,
                                     double opacity, const PixelRect& bounds)
{
    const scene::PatternFill& pattern = *std::get<PatternRef>(paint.source);
    const double total = paint.opacity * opacity;
    const Transform cellToDevice = toDevice * pattern.toLocal * Transform::translation(pattern.cell.x, pattern.cell.y);
    if (coverage.isEmpty() || !(total > 0) || pattern.cell.isEmpty() || patternDepth >= deepestPattern || !cellToDevice.inverted())
        return;
    const auto pixels = [](double v) { return static_cast<int>(std::clamp(std::round(v), 1.0, double{largestPicturePx})); };
    const int width = pixels(std::hypot(cellToDevice.a, cellToDevice.b) * pattern.cell.width);
    const int height = pixels(std::hypot(cellToDevice.c, cellToDevice.d) * pattern.cell.height);
    const Coverage shape = coverage; // it may live in the rasterizer, which the cell needs
    const Transform cellToPicture = Transform::scaling(width / pattern.cell.width, height / pattern.cell.height);
    auto picture = pictureOf(*pattern.content, cellToPicture * Transform::translation(-pattern.cell.x, -pattern.cell.y), width, height);
    addPicture(frame, std::move(picture), cellToDevice * cellToPicture.inverted().value_or(Transform{}), total);
    Command command;
    command.paint = static_cast<std::uint32_t>(frame.paints.size() - 1);
    command.bounds = bounds;
    addSpans(command, shape, x, y);
    frame.commands.push_back(command);
}

std::shared_ptr<const Frame> FrameBuilder::Impl::pictureOf(const scene::DisplayList& content, const Transform& toPicture,
                                                           int widthPx, int heightPx)
{
    const Transform outerTransform = pageToDevice;
    Frame outerFrame = std::exchange(frame, {});
    auto outerClips = std::exchange(clips, {});
    auto outerLayers = std::exchange(layers, {});
    ++patternDepth;
    run(content, {toPicture, widthPx, heightPx}, {0, 0, widthPx, heightPx});
    --patternDepth;
    auto picture = std::make_shared<const Frame>(std::exchange(frame, std::move(outerFrame)));
    pageToDevice = outerTransform;
    clips = std::move(outerClips);
    layers = std::move(outerLayers);
    return picture;
}

void FrameBuilder::Impl::pushClip(const scene::PushClip& clip, const Transform& toDevice)
{
    Clip next = clips.back();
    if (const auto pixels = wholePixels(*clip.path, toDevice)) {
        next.bounds = intersected(next.bounds, *pixels);
    } else {
        next.bounds = intersected(next.bounds, pixelsTouched(toDevice.mapBounds(clip.path->controlBounds()).inflated(1)));
        Coverage mask = fillCoverage(rasterizer, *clip.path, toDevice, clip.rule, alignedToStrips(next.bounds));
        if (next.mask)
            mask = intersected(mask, *next.mask);
        next.mask = std::make_shared<const Coverage>(std::move(mask));
    }
    clips.push_back(std::move(next));
}

void FrameBuilder::Impl::pushLayer(const scene::Item& item, const scene::PushLayer& layer)
{
    Command command;
    command.kind = CommandKind::pushLayer;
    command.opacity = static_cast<float>(std::min(layer.opacity, 1.0));
    command.blend = layer.blend == scene::BlendMode::passThrough ? scene::BlendMode::normal : layer.blend;
    command.bounds = visiblePixels(item);
    layers.push_back({command, clips.size()});
    if (auto effects = visibleEffects(layer.effects); !effects.empty()) {
        // Effects look around, so what is outside the clips is drawn too, and the clips wait for the pop.
        const Transform toDevice = pageToDevice * item.toPage;
        const auto reach = scene::effectReachPx(effects, toDevice);
        PixelRect around = intersected(
            pixelsOf(item), grown({0, 0, frame.widthPx, frame.heightPx}, reach ? farthestOutsidePx : anywhereOutsidePx));
        if (reach)
            around = intersected(around, grown(command.bounds, *reach));
        FrameEffects stored{std::move(effects), toDevice, {}};
        if (layer.images)
            addPictures(stored, *layer.images);
        command.effects = layers.back().push.effects = static_cast<std::uint32_t>(frame.effects.size());
        frame.effects.push_back(std::move(stored));
        command.bounds = around;
        clips.push_back({command.bounds, nullptr});
    } else {
        clips.push_back({command.bounds, clips.back().mask}); // a layer may show less than its content
    }
    frame.commands.push_back(command);
}

/// Pictures for the filters' image primitives; one that shows itself, or is too deep, shows nothing.
void FrameBuilder::Impl::addPictures(FrameEffects& effects, const std::vector<scene::EffectImage>& images)
{
    const Point scale = scene::axisScale(effects.toDevice);
    for (std::size_t i = 0; i < effects.effects.size(); ++i) {
        const auto& filter = effects.effects[i].filter;
        for (std::size_t k = 0; filter && k < filter->primitives.size(); ++k) {
            const auto* shown = std::get_if<document::ImageFilter>(&filter->primitives[k].operation);
            const auto found = std::find_if(images.begin(), images.end(), [&](const scene::EffectImage& image) {
                return shown && (shown->node.isEmpty() ? shown->asset && image.asset == shown->asset : image.node == shown->node);
            });
            if (found == images.end())
                continue;
            const Rect area = filter->primitives[k].area.value_or(filter->region);
            const auto px = [](double v) { return static_cast<int>(std::clamp(std::ceil(v), 0.0, double{largestPicturePx})); };
            const int width = px(area.width * scale.x), height = px(area.height * scale.y);
            FilterPicture picture{i, k, found->image, nullptr};
            if (found->image && width > 0 && height > 0)
                picture.image = levels
                                    .levelFor(found->image, std::min(found->image->widthPx / (area.width * scale.x),
                                                                     found->image->heightPx / (area.height * scale.y)))
                                    .image;
            else if (found->content && width > 0 && height > 0 && patternDepth < deepestPattern)
                picture.picture = pictureOf(*found->content, Transform::scaling(scale.x, scale.y), width, height);
            effects.pictures.push_back(std::move(picture));
        }
    }
}

void FrameBuilder::Impl::pushMask(const scene::PushMask& mask)
{
    Command command;
    command.kind = CommandKind::pushMask;
    command.luminance = mask.luminance;
    command.bounds = layers.empty() ? clips.back().bounds : intersected(layers.back().push.bounds, clips.back().bounds);
    layers.push_back({command, clips.size()});
    clips.push_back({command.bounds, nullptr}); // the layer's content is clipped already
    frame.commands.push_back(command);
}

void FrameBuilder::Impl::pop()
{
    if (layers.empty())
        return;
    OpenLayer layer = std::move(layers.back());
    layers.pop_back();
    clips.resize(std::min(clips.size(), layer.clipCount));
    Command& command = layer.push;
    command.kind = command.kind == CommandKind::pushMask ? CommandKind::popMask : CommandKind::popLayer;
    if (command.effects != noEffects && clips.back().mask) {
        const Coverage visible = cropped(*clips.back().mask, command.bounds);
        addSpans(command, visible, 0, 0);
        if (visible.isEmpty())
            command.bounds = {};
    }
    frame.commands.push_back(command);
}

} // namespace tessera::strips
