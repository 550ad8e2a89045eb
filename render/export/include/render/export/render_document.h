#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <core/base/bytes.h>
#include <core/base/color.h>
#include <core/document/document.h>
#include <render/export/codecs.h>
#include <render/scene/display_list.h>
#include <render/scene/image.h>
#include <render/text/font_library.h>

/// Documents to pictures, without a display: for export, thumbnails and the command line. The document's thread.
namespace tessera::exports {

struct RenderOptions {
    std::optional<NodeId> node;        ///< absent: the first page
    std::optional<Rect> boundsPage;    ///< absent: pictureBounds()
    double scale = 1;
    std::optional<int> widthPx;        ///< in place of `scale`: the picture's width
    Color background{0, 0, 0, 0};
    int maxSidePx = 16384;
};

enum class RenderErrc : std::uint8_t {
    unknownNode = 1,
    nothingToDraw = 2, ///< empty page, or empty bounds
    tooLarge = 3,      ///< bounds times scale over maxSidePx
    badNumber = 4,     ///< scale or bounds not finite or not positive
    encoding = 5,
};
using RenderError = ErrorOf<RenderErrc>;
[[nodiscard]] std::string describe(const RenderError& error);

/// What a picture of `root` shows, on whole device pixels of `scale`: of a frame that clips its own box, so that icons
/// keep their margins; of anything else all it paints, a frame's box included. Page px; empty when nothing is there.
[[nodiscard]] Rect pictureBounds(const document::Document& document, const scene::DisplayList& list, const NodeId& root,
                                 double scale);

/// What a back end needs for a picture.
struct Picture {
    std::shared_ptr<const scene::DisplayList> list;
    scene::View view;
};
Result<Picture, RenderError> preparePicture(const document::Document& document, text::FontLibrary& fonts, scene::ImageSource& images,
                                            const RenderOptions& options = {});
Result<scene::Image, RenderError> renderImage(const document::Document& document, text::FontLibrary& fonts,
                                              scene::ImageSource& images, const RenderOptions& options = {});
Result<Bytes, RenderError> renderPng(const document::Document& document, text::FontLibrary& fonts,
                                     scene::ImageSource& images, const RenderOptions& options = {});

} // namespace tessera::exports
