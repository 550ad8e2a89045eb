#pragma once

#include <render/text/layout.h>

namespace tessera::text {

/// Options::positioned.
[[nodiscard]] Layout layoutPositioned(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts);

} // namespace tessera::text
