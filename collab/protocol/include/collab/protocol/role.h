#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// What a connection may do in a room; docs/wire.md, message 101. Pure; safe on any thread.
namespace tessera::collab {

/// Numbers are those of the wire.
enum class Role : std::uint8_t { owner = 0, editor = 1, commenter = 2, viewer = 3 };

[[nodiscard]] std::string_view roleName(Role role); ///< "owner", "editor", "commenter", "viewer"
[[nodiscard]] std::optional<Role> parseRole(std::string_view name);
/// May send document updates.
[[nodiscard]] constexpr bool canEdit(Role role) { return role == Role::owner || role == Role::editor; }
/// May make and revoke share links.
[[nodiscard]] constexpr bool canShare(Role role) { return role == Role::owner; }

} // namespace tessera::collab
