#pragma once

#include <optional>
#include <string>

#include <core/base/bytes.h>
#include <core/crdt/any.h>
#include <core/crdt/types.h>

/// Places in lists and texts that move with the content around them: a cursor, a selection, the end
/// of a comment. Plain values, the bytes and JSON of Yjs' relative positions; finding and resolving
/// on the Doc's thread.
namespace tessera::crdt {

/// Which neighbour a place sticks to.
enum class Association : std::int8_t { left = -1, right = 0 };

struct RelativePosition {
    /// The unit on the associated side; none: the end (left: the start) of the type.
    std::optional<Id> item;
    std::optional<Id> type; ///< the struct that holds the type, unless it is a root
    std::optional<std::string> rootName;
    std::int64_t association = 0; ///< less than 0: left
    friend bool operator==(const RelativePosition&, const RelativePosition&) = default;
};

/// The place before the unit `index` (UTF-16 units of a text, elements of a list); past the end:
/// the end. Nowhere in a type that was collected. O(log items). `type` must not be null.
[[nodiscard]] RelativePosition relativePosition(const SharedType& type, std::size_t index,
                                                Association association = Association::right);

struct AbsolutePosition {
    SharedType type;
    std::size_t index{}; ///< visible units to the left; 0 in a deleted type
    std::int64_t association = 0;
};

enum class FollowRedone : std::uint8_t { yes, no };

/// Where the place is now. Of deleted content: where it was. Content that undo brought back is
/// followed on the replica that did so. Empty: the content is unknown here or was collected.
/// Unlike in Yjs, a root that nobody named here is unknown: peers' cursors make no roots.
/// O(log items).
[[nodiscard]] std::optional<AbsolutePosition>
resolve(Doc& doc, const RelativePosition& position, FollowRedone followRedone = FollowRedone::yes);

/// Section 6 of the wire facts. Of item, root name and type the first that is set goes on the wire.
/// A position without any of them (that of a collected type) is written as the empty root name.
[[nodiscard]] Bytes encodeRelativePosition(const RelativePosition& position);
/// A missing association is 0. Errors: truncated, varintTooLong, invalidUtf8, unknownTag,
/// trailingBytes.
Result<RelativePosition, DecodeError> decodeRelativePosition(ByteView bytes);

/// {"type"?, "tname"?, "item"?, "assoc"}; ids are {"client", "clock"}.
[[nodiscard]] Any toJsonForm(const RelativePosition& position);
/// Empty when it names nothing or a member has the wrong form.
[[nodiscard]] std::optional<RelativePosition> relativePositionOfJson(const Any& json);

} // namespace tessera::crdt
