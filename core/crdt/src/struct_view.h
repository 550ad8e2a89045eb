#pragma once

#include <cstdint>
#include <string_view>

#include <core/base/bytes.h>
#include <core/crdt/id.h>
#include <core/crdt/types.h>

/// One struct of an update, without a document.
namespace tessera::crdt {

inline constexpr Clock maxClock = (Clock{1} << 53) - 1;

/// Numbers are the content references on the wire, the same in v1 and v2.
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

/// A struct as it stands in an update. Its views stay valid as long as the update's bytes and the scan they came from.
struct StructView {
    enum class Parent : std::uint8_t { fromNeighbour, root, item };

    Id id{};
    Clock length = 0; ///< at least 1
    ContentKind kind = ContentKind::gc;
    Parent parent = Parent::fromNeighbour;
    bool hasOrigin = false;
    bool hasRightOrigin = false;
    bool isKeyed = false;     ///< a map entry that names its key: only where `parent` is named, else the neighbour tells
    bool isJsonValue = false; ///< embed, format: `payload` is JSON text (v1), else one encoded any (v2)
    TypeKind typeKind = TypeKind::array;
    Id origin{};
    Id rightOrigin{};
    Id parentItem{};
    std::string_view parentRoot{};
    std::string_view key{};
    std::string_view name{}; ///< format: its key; type: node name; subdocument: guid
    /// string: UTF-8. binary: the bytes. any: `length` encoded values. json: `length` varStrings of JSON text.
    /// embed, format: the value. subdocument: the options as one encoded any. Others: empty.
    ByteView payload{};

    [[nodiscard]] Clock end() const { return id.clock + length; }
    [[nodiscard]] bool isItem() const { return kind != ContentKind::gc && kind != ContentKind::skip; }
};

} // namespace tessera::crdt
