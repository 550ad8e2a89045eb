#pragma once

#include "item.h"

/// Reading a text as runs.
namespace tessera::crdt {

/// Whether runs with equal attributes become one. Yjs starts a run at every format.
enum class JoinRuns : std::uint8_t { yes, no };

[[nodiscard]] std::vector<TextRun> readRuns(Doc& doc, const Branch& text, JoinRuns join);

} // namespace tessera::crdt
