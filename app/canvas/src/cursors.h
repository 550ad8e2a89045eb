#pragma once

#include <QCursor>

#include <app/tools/tool.h>

namespace tessera::app {

/// The pointer for a tool's wish; those Qt lacks are drawn once.
[[nodiscard]] QCursor cursorFor(CursorShape shape);

} // namespace tessera::app
