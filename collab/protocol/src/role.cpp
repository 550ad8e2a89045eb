#include <collab/protocol/role.h>

#include <array>

namespace tessera::collab {

namespace {

constexpr std::array<std::string_view, 4> roleNames{"owner", "editor", "commenter", "viewer"};

} // namespace

std::string_view roleName(Role role)
{
    const auto index = static_cast<std::size_t>(role);
    return index < roleNames.size() ? roleNames[index] : std::string_view{};
}

std::optional<Role> parseRole(std::string_view name)
{
    for (std::size_t index = 0; index < roleNames.size(); ++index) {
        if (roleNames[index] == name)
            return static_cast<Role>(index);
    }
    return std::nullopt;
}

} // namespace tessera::collab
