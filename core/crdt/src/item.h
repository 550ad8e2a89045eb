#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <core/base/bytes.h>
#include <core/crdt/any.h>
#include <core/crdt/id.h>
#include <core/crdt/types.h>

/// The structs that a document is made of, and the branches (shared types) that hold them.
namespace tessera::crdt {

inline constexpr Clock maxClock = (Clock{1} << 53) - 1;

/// Numbers are the content references of update v1.
enum class ContentKind : std::uint8_t {
    gc = 0,      ///< a struct without position: collected with its parent
    deleted = 1, ///< a tombstone that keeps its position
    json = 2,    ///< values as JSON text; written by old versions only
    binary = 3,
    string = 4,
    embed = 5,
    format = 6,
    type = 7,
    any = 8,
    subdocument = 9,
    skip = 10, ///< a hole in a merged update; never in a store
};

struct FormatContent {
    std::string key;
    Any value;
};

struct SubdocumentContent {
    std::string guid;
    Any options;
};

struct Content {
    ContentKind kind = ContentKind::gc;
    /// gc, deleted, skip: nothing. json, any: values. binary, embed: one value. string: UTF-8.
    std::variant<std::monostate, std::string, std::vector<Any>, Any, std::unique_ptr<FormatContent>,
                 std::unique_ptr<Branch>, std::unique_ptr<SubdocumentContent>>
        data;

    [[nodiscard]] bool isCountable() const { return kind != ContentKind::deleted && kind != ContentKind::format; }
    [[nodiscard]] const std::string& text() const { return std::get<std::string>(data); }
    [[nodiscard]] const std::vector<Any>& values() const { return std::get<std::vector<Any>>(data); }
    [[nodiscard]] const Any& value() const { return std::get<Any>(data); }
    [[nodiscard]] const FormatContent& format() const { return *std::get<std::unique_ptr<FormatContent>>(data); }
    [[nodiscard]] Branch* branch() const
    {
        const auto* owned = std::get_if<std::unique_ptr<Branch>>(&data);
        return owned ? owned->get() : nullptr;
    }

    static Content ofKind(ContentKind kind);
    static Content ofString(std::string utf8);
    static Content ofValues(std::vector<Any> values);
    static Content ofBinary(Any bytes);
    static Content ofEmbed(Any embed);
    static Content ofFormat(std::string key, Any value);
    static Content ofType(std::unique_ptr<Branch> branch);

    /// Cuts off and returns what follows `offset` units. A surrogate pair cut in two becomes U+FFFD on both sides.
    Content splitAt(Clock offset);
    /// Same kind, a kind that merges. Lengths are the caller's business.
    [[nodiscard]] bool canAppend(const Content& right) const;
    void append(Content&& right);
    /// A copy for undo; a type is copied empty.
    [[nodiscard]] Content copy() const;
};

struct Item {
    Id id;
    Clock length = 0;
    bool isDeleted = false;
    bool keep = false;   ///< an undo stack may need it: not collected
    Item* left = nullptr;
    Item* right = nullptr;
    std::optional<Id> origin;
    std::optional<Id> rightOrigin;
    std::optional<Id> redone; ///< the copy that undid this item's deletion
    Branch* parent = nullptr; ///< null for gc and skip
    std::shared_ptr<const std::string> key; ///< map key; null for list items
    Content content;

    [[nodiscard]] bool isGc() const { return content.kind == ContentKind::gc; }
    [[nodiscard]] Clock end() const { return id.clock + length; }
    [[nodiscard]] Id lastId() const { return {id.client, id.clock + length - 1}; }
    [[nodiscard]] bool isCountable() const { return content.isCountable(); }
    [[nodiscard]] bool isVisible() const { return !isDeleted && content.isCountable(); }
};

struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
};

/// The last item of each key's chain. Iterates in the order in which keys were first set, like a JavaScript Map:
/// the order decides which tombstones join.
class EntryTable
{
public:
    using Entry = std::pair<const std::string, Item*>;
    [[nodiscard]] Item* find(std::string_view key) const
    {
        const auto found = m_last.find(key);
        return found == m_last.end() ? nullptr : found->second;
    }
    void set(const std::string& key, Item* last)
    {
        const auto [entry, isNew] = m_last.insert_or_assign(key, last);
        if (isNew)
            m_order.push_back(&*entry);
    }
    void clear()
    {
        m_order.clear();
        m_last.clear();
    }
    [[nodiscard]] const std::vector<Entry*>& inOrder() const { return m_order; }

private:
    std::unordered_map<std::string, Item*, KeyHash, std::equal_to<>> m_last;
    std::vector<Entry*> m_order;
};

/// One remembered place of a list: `index` visible units lie left of `item`.
struct SearchMarker {
    Item* item = nullptr;
    Clock index = 0;
    std::uint64_t lastUse = 0;
};

/// Storage of one shared type. Owned by the item that holds it or, for a root, by the store.
struct Branch {
    std::optional<TypeKind> kind; ///< empty: a root that was only ever named by an update
    std::string name;             ///< of a root, or the node name of an XML element or hook
    bool isRoot = false;
    bool isCollected = false;     ///< its item is gone; only old handles still point here
    bool hasFormatting = false;
    Item* item = nullptr;         ///< null for a root
    Item* start = nullptr;
    Clock length = 0;             ///< visible list units
    EntryTable entries;
    std::vector<SearchMarker> markers;

    [[nodiscard]] bool isText() const { return kind == TypeKind::text || kind == TypeKind::xmlText; }
    [[nodiscard]] bool isDeleted() const { return isCollected || (item && item->isDeleted); }
    [[nodiscard]] Item* entry(std::string_view key) const { return entries.find(key); }
};

/// Where an item of an update goes when it has no neighbour to take that from.
struct ParentRef {
    enum class Kind : std::uint8_t { none, root, item };
    Kind kind = Kind::none;
    std::string rootName;
    Id item;
};

/// A struct on its way in or out, not part of a store.
struct Block {
    std::unique_ptr<Item> item;
    ParentRef parent;
    [[nodiscard]] Clock clock() const { return item->id.clock; }
    [[nodiscard]] Clock end() const { return item->end(); }
    [[nodiscard]] ContentKind kind() const { return item->content.kind; }
};

/// Advances id, origin and content by `offset` units, as if the head were known already.
void cutHead(Block& block, Clock offset);

} // namespace tessera::crdt
