#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/base/ids.h>
#include <core/base/result.h>
#include <core/crdt/any.h>

/// What our clients put into their awareness state (docs/wire.md). Lengths in document px. Pure; safe on any thread.
namespace tessera::collab {

struct PresenceCursor {
    NodeId page;
    Point position; ///< page coordinates
    friend bool operator==(const PresenceCursor&, const PresenceCursor&) = default;
};

/// A drag in progress: the nodes are shown moved by `offset` until the edit itself arrives.
struct PresenceDrag {
    std::vector<NodeId> nodes;
    Point offset;
    friend bool operator==(const PresenceDrag&, const PresenceDrag&) = default;
};

struct Presence {
    std::string name;
    Color color{0.5F, 0.5F, 0.5F, 1};
    std::optional<PresenceCursor> cursor;
    std::vector<NodeId> selection;
    std::optional<PresenceDrag> drag;
    friend bool operator==(const Presence&, const Presence&) = default;
};

inline constexpr std::size_t maxPresenceNodes = 1000;   ///< more in a selection or a drag are left out
inline constexpr std::size_t maxPresenceNameUnits = 80; ///< UTF-16 units; the rest of a name is cut

/// {"user":{"name","color"},"cursor":…,"selection":[…],"drag":…} in this order.
[[nodiscard]] std::string toJson(const Presence& presence);
/// Never fails: members that are missing, of another kind or not finite take their default; unknown ones are ignored.
/// Any Yjs client may stand in the room.
[[nodiscard]] Presence presenceFrom(const crdt::Any& state);
/// Errors: those of crdt::parseJson.
Result<Presence, DecodeError> parsePresence(std::string_view json);

/// Twelve colours that stay apart for colour-blind people; the same client always gets the same one.
[[nodiscard]] Color presenceColor(std::uint64_t clientNumber);

} // namespace tessera::collab
