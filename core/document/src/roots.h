#pragma once

#include <string_view>

/// Root types of document-model section 1, all Y.Maps.
namespace tessera::document::root {

inline constexpr std::string_view meta = "meta";
inline constexpr std::string_view nodes = "nodes";
inline constexpr std::string_view assets = "assets";
inline constexpr std::string_view generations = "gen";

/// What canonicalJson() covers, ascending.
inline constexpr std::string_view all[] = {"assets", "gen", "libraries", "meta", "modes", "nodes", "styles", "tokens"};
/// What undo covers. Assets and generation records describe bytes that exist whether or not a node shows them.
inline constexpr std::string_view undoable[] = {meta, "modes", nodes, "styles", "tokens"};

} // namespace tessera::document::root
