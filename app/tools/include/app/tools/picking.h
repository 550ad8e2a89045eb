#pragma once

#include <optional>
#include <vector>

#include <app/tools/tool.h>

/// Which node a click means. Groups count as wholes until one is entered; the content of frames on the page is picked
/// directly; mod picks the deepest. Pure reads of the document.
namespace tessera::app {

/// Siblings of what is selected are picked directly, so that one stays inside an entered group.
[[nodiscard]] std::optional<NodeId> pick(const ToolContext& context, Point page, bool deep);
/// One level further in than `from` at this point: what a double click selects.
[[nodiscard]] std::optional<NodeId> pickInside(const ToolContext& context, Point page, const NodeId& from);
/// Nodes a marquee selects: those on the page or in the frame it started in. Bottom first.
[[nodiscard]] std::vector<NodeId> pickRect(const ToolContext& context, const Rect& rectPage, const NodeId& container);
/// The innermost visible, unlocked frame under the point that is none of `except` nor inside one; the page otherwise.
[[nodiscard]] NodeId containerAt(const ToolContext& context, Point page, const std::vector<NodeId>& except = {});

} // namespace tessera::app
