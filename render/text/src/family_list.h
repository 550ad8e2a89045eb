#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <render/text/font_library.h>

namespace tessera::text {

/// One entry of a CSS font-family list. A quoted name is never generic.
struct FamilyName {
    std::string name; ///< lower case, inner white space single
    bool quoted = false;
};
[[nodiscard]] std::vector<FamilyName> parseFamilyList(std::string_view list);
[[nodiscard]] std::optional<GenericFamily> genericFamily(std::string_view lowerCaseName);
[[nodiscard]] std::string lowerCase(std::string_view text); ///< of ASCII letters

} // namespace tessera::text
