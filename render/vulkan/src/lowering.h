#pragma once

#include <optional>

#include <render/strips/frame.h>

namespace tessera::vulkan {

/// The frame with what the device does not do done by the CPU back end: layers with effects and pictures in paints become
/// images. Empty when there is nothing of that kind, and the frame can be used as it is.
[[nodiscard]] std::optional<strips::Frame> lowered(const strips::Frame& frame);

/// A background blur looks at what is below its layer, which only the CPU back end has at hand.
[[nodiscard]] bool needsCpu(const strips::Frame& frame);

} // namespace tessera::vulkan
