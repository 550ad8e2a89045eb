#pragma once

#include <optional>
#include <vector>

#include <core/document/node.h>

/// Colours and paints out of their stored form; the other direction is the public toAny().
namespace tessera::document {

/// {space, c, a} in sRGB, display-p3 or cmyk (converted, clamped), or a hex string.
[[nodiscard]] std::optional<Color> readColor(const crdt::Any* value);
/// One Paint per item; what is no paint we know stays as PaintKind::unknown with its stored form.
[[nodiscard]] std::vector<Paint> readPaints(const crdt::Any* value);
/// A paint that stands alone; nothing when the value is no object.
[[nodiscard]] std::optional<Paint> readOnePaint(const crdt::Any* value);
[[nodiscard]] std::optional<ImageFit> readImageFit(const crdt::Any* value);
[[nodiscard]] std::optional<ContentHash> readHash(const crdt::Any* value);

} // namespace tessera::document
