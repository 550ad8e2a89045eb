#pragma once

#include <functional>
#include <string>

#include <core/document/command.h>

namespace tessera::formats {

/// Gives every node that a pattern paint of a node's properties or of a run's attributes names, or a filter of `effects`, the
/// name that `rename` has for it.
void renamePatterns(document::Properties& properties, const std::function<std::string(const std::string& name)>& rename);

} // namespace tessera::formats
