#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <core/base/ids.h>
#include <core/base/result.h>
#include <core/document/node.h>

/// Edits as values. apply() runs one Command, or a batch, in one transaction. The TypeScript client has commands of
/// the same names and fields, and both run the same golden files (tests/golden/commands).
namespace tessera::document {

class Document;

/// Where a node goes: under `parent` (empty id: a page), between two siblings. `before` empty: on top of all.
/// A `before` that is no sibling there (any more) means topmost.
struct Placement {
    NodeId parent;
    std::optional<NodeId> before; ///< directly below this sibling in paint order; absent: topmost
};

/// Properties by their stored key (document-model section 3) and stored form. An undefined value removes the key.
/// `t`, `pi` and `text` have commands of their own and are outOfRange here. Lengths (size, sw, radii, sDash, path, and
/// the offset of xf) are rounded to 4 decimals, the linear part of xf to 9.
using Properties = std::vector<std::pair<std::string, crdt::Any>>;

struct CreateNode {
    NodeId id; ///< minted by the caller
    NodeType type = NodeType::rect;
    Placement placement;
    Properties properties;
    std::string text; ///< first content of a text node's Y.Text
};
struct SetProperties { NodeId node; Properties properties; };
struct SetTransform { NodeId node; Transform transform; };
struct SetFrame { NodeId node; Transform transform; Size size; }; ///< move and resize in one
struct MoveNode { NodeId node; Placement placement; };
struct DeleteNode { NodeId node; };                               ///< a move to the trash
struct EditText { NodeId node; std::uint32_t at{}; std::uint32_t removeCount{}; std::string insert; }; ///< UTF-16 units
struct FormatText { NodeId node; std::uint32_t at{}; std::uint32_t count{}; Properties attributes; };
struct AddAsset { ContentHash hash; std::string mime; std::uint64_t sizeBytes{}; std::uint32_t widthPx{}; std::uint32_t heightPx{}; std::string name; };
struct AddGeneration { std::string id; Properties record; };      ///< document-model section 9
struct SetMeta { std::string key; crdt::Any value; };

using Command = std::variant<CreateNode, SetProperties, SetTransform, SetFrame, MoveNode, DeleteNode, EditText,
                             FormatText, AddAsset, AddGeneration, SetMeta>;

enum class CommandErrc : std::uint8_t {
    unknownNode = 1,
    nodeExists = 2,
    wouldLoop = 3,      ///< a node cannot go into itself or below itself
    notText = 4,
    outOfRange = 5,     ///< text position (inside a surrogate pair too), NaN or infinite number, reserved key or id
    wrongParent = 6,    ///< e.g. a page inside a frame, a child under a rect
};
struct CommandError {
    CommandErrc code{};
    NodeId node;
    std::size_t index{}; ///< which command of the batch
};
[[nodiscard]] std::string describe(const CommandError& error);

/// Runs all commands in one transaction with `origin`, or none of them: all are checked first.
Result<void, CommandError> apply(Document& document, const std::vector<Command>& commands, const std::string& origin);
Result<void, CommandError> apply(Document& document, const Command& command, const std::string& origin);

} // namespace tessera::document
