#pragma once

namespace tessera::app {

/// Since the kernel started this process, in ms; dynamic linking included. 0 where the system does not tell.
[[nodiscard]] double millisecondsSinceProcessStart();

} // namespace tessera::app
