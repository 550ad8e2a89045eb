#include <render/export/render_document.h>

#include <cmath>

#include <render/cpu/renderer.h>
#include <render/scene/scene_builder.h>

namespace tessera::exports {

namespace {

bool isFinite(const Rect& r)
{
    return std::isfinite(r.x) && std::isfinite(r.y) && std::isfinite(r.width) && std::isfinite(r.height);
}

/// Grown to whole device pixels, so that edges fall on them as they do on the canvas.
Rect onPixels(const Rect& r, double scale)
{
    const double x0 = std::floor(r.x * scale + 1e-6) / scale, y0 = std::floor(r.y * scale + 1e-6) / scale;
    const double x1 = std::ceil(r.right() * scale - 1e-6) / scale, y1 = std::ceil(r.bottom() * scale - 1e-6) / scale;
    return {x0, y0, x1 - x0, y1 - y0};
}

} // namespace

Rect pictureBounds(const document::Document& document, const scene::DisplayList& list, const NodeId& root, double scale)
{
    const document::Node* node = document.node(root);
    const bool isFrame = node && node->type == document::NodeType::frame;
    Rect bounds = isFrame ? document.pageBounds(root) : Rect{};
    if (!isFrame || !node->clip)
        bounds = united(bounds, scene::paintedBounds(list));
    return bounds.isEmpty() ? Rect{} : onPixels(bounds, scale);
}

std::string describe(const RenderError& error)
{
    switch (error.code) {
    case RenderErrc::unknownNode:
        return "no such node: " + error.where;
    case RenderErrc::nothingToDraw:
        return "nothing to draw in " + error.where;
    case RenderErrc::tooLarge:
        return "picture of " + error.where + " would be " + error.detail;
    case RenderErrc::badNumber:
        return error.where + " is not usable: " + error.detail;
    case RenderErrc::encoding:
        break;
    }
    return "encoding failed: " + error.detail;
}

Result<Picture, RenderError> preparePicture(const document::Document& document, text::FontLibrary& fonts, scene::ImageSource& images,
                                            const RenderOptions& options)
{
    if (!(options.scale > 0) || !std::isfinite(options.scale))
        return fail(RenderError{RenderErrc::badNumber, "scale", std::to_string(options.scale)});
    if (options.widthPx && *options.widthPx < 1)
        return fail(RenderError{RenderErrc::badNumber, "width", std::to_string(*options.widthPx)});
    NodeId root;
    if (options.node)
        root = *options.node;
    else if (!document.tree().pages.empty())
        root = document.tree().pages.front();
    if (!document.node(root) && !document::isRecoveredGroup(root))
        return fail(RenderError{RenderErrc::unknownNode, root.isEmpty() ? "a first page" : root.text(), {}});

    scene::SceneBuilder builder(document, fonts, images);
    Picture picture;
    picture.list = builder.list(root);
    double scale = options.scale;
    Rect bounds = options.boundsPage ? *options.boundsPage : pictureBounds(document, *picture.list, root, scale);
    if (options.widthPx && !bounds.isEmpty())
        scale = *options.widthPx / bounds.width;
    if (!isFinite(bounds))
        return fail(RenderError{RenderErrc::badNumber, "bounds", "not finite"});
    if (bounds.isEmpty())
        return fail(RenderError{RenderErrc::nothingToDraw, root.text(), {}});
    const double width = std::ceil(bounds.width * scale - 1e-6), height = std::ceil(bounds.height * scale - 1e-6);
    if (!(width <= options.maxSidePx && height <= options.maxSidePx)) {
        const auto pixels = [](double v) { return std::to_string(static_cast<long long>(std::fmin(v, 1e15))); };
        return fail(RenderError{RenderErrc::tooLarge, root.text(),
                                pixels(width) + " x " + pixels(height) + " px, over " + std::to_string(options.maxSidePx)});
    }
    picture.view = scene::viewOf(bounds, scale);
    return picture;
}

Result<scene::Image, RenderError> renderImage(const document::Document& document, text::FontLibrary& fonts,
                                              scene::ImageSource& images, const RenderOptions& options)
{
    TESSERA_TRY(picture, preparePicture(document, fonts, images, options));
    cpu::Renderer renderer;
    return renderer.render(*picture.list, picture.view, options.background);
}

Result<Bytes, RenderError> renderPng(const document::Document& document, text::FontLibrary& fonts, scene::ImageSource& images,
                                     const RenderOptions& options)
{
    TESSERA_TRY(image, renderImage(document, fonts, images, options));
    auto bytes = encodePng(image);
    if (!bytes)
        return fail(RenderError{RenderErrc::encoding, "png", bytes.error().detail});
    return std::move(bytes).value();
}

} // namespace tessera::exports
