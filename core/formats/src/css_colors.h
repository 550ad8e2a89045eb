#pragma once

#include <optional>
#include <string_view>

#include <core/base/color.h>

namespace tessera::formats {

/// The named colours of CSS Color 4, lower case.
[[nodiscard]] std::optional<Color> namedCssColor(std::string_view lowerCaseName);

} // namespace tessera::formats
