#pragma once

#include <vector>

#include <core/document/effect.h>

namespace tessera::document {

/// Items of another form become unknown effects, which draw nothing and are kept.
[[nodiscard]] std::vector<Effect> readEffects(const crdt::Any* value);

} // namespace tessera::document
