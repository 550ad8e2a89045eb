#pragma once

#include "undo_state.h"

namespace tessera::crdt {

/// `state` has its stacks; the rest is taken from the store. O(size of the stacks and what they
/// keep).
[[nodiscard]] Bytes captureUndoState(const Store& store, UndoState state);

} // namespace tessera::crdt
