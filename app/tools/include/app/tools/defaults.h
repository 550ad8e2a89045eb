#pragma once

#include <core/base/color.h>
#include <core/document/node.h>

/// What new shapes look like: document content, not interface colours. Pure.
namespace tessera::app {

inline constexpr Color defaultShapeColor{0.851F, 0.851F, 0.851F, 1};
inline constexpr Color defaultFrameColor{1, 1, 1, 1};
inline constexpr Color defaultInkColor{0.106F, 0.114F, 0.133F, 1};
inline constexpr double defaultStrokeWidth = 2;
inline constexpr Size defaultShapeSize{100, 100};
inline constexpr Size defaultFrameSize{400, 400};
inline constexpr Size defaultTextBoxSize{8, 20}; ///< of an empty text that grows with its content

/// Fills and strokes of a new node of the type.
[[nodiscard]] std::vector<std::pair<std::string, crdt::Any>> defaultPaints(document::NodeType type);

} // namespace tessera::app
