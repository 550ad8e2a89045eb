#pragma once

#include <string>

#include <app/tools/tool.h>

/// Small helpers that several tools share.
namespace tessera::app {

/// "120 × 80", at most two decimals.
[[nodiscard]] std::string sizeText(Size size);
/// "45°"
[[nodiscard]] std::string angleText(double degrees);
/// A length as people write it: at most two decimals, no trailing zeros.
[[nodiscard]] std::string numberText(double value);

/// Commands that put the selection's topmost nodes into `target` where they hang elsewhere; `pageMap` is the move that
/// `commands` makes already. Children of groups stay in their group.
void appendReparenting(const ToolContext& context, const NodeId& target, const Transform& pageMap, Commands& commands);

} // namespace tessera::app
