#pragma once

#include <cstddef>

namespace tessera::crdt {

/// Asks the system for the pages of `bytes` bytes that are written next, all at once: the first touch of each would cost
/// more than what is written to it. Keeps what is there. A wish: nothing depends on it, and little memory is left alone.
void makeReady(void* begin, std::size_t bytes);

} // namespace tessera::crdt
