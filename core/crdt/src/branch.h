#pragma once

#include <memory>
#include <optional>

#include <core/crdt/types.h>

#include "entry_table.h"
#include "position_index.h"

namespace tessera::crdt {

/// Storage of one shared type. Owned by the item that holds it or, for a root, by the store.
struct Branch {
    std::optional<TypeKind> kind; ///< empty: a root that was only ever named by an update
    bool isRoot = false;
    bool isCollected = false; ///< its item is gone; only old handles still point here
    bool hasFormatting = false;
    KeyId name = 0;             ///< of a root, or the node name of an XML element or hook
    std::uint32_t changeSlot = 0; ///< where the open transaction may have noted a change; see TransactionState
    Item* item = nullptr;       ///< null for a root
    Item* start = nullptr;
    Clock length = 0;           ///< visible list units
    EntryTable entries;
    std::unique_ptr<PositionIndex> positions; ///< of a long list; made by the first look-up

    [[nodiscard]] bool isText() const { return kind == TypeKind::text || kind == TypeKind::xmlText; }
    [[nodiscard]] bool isDeleted() const;
    [[nodiscard]] Item* entry(KeyId key) const { return entries.find(key); }
    [[nodiscard]] std::unique_ptr<Branch> emptyCopy() const
    {
        auto copy = std::make_unique<Branch>();
        copy->kind = kind;
        copy->name = name;
        return copy;
    }
};

} // namespace tessera::crdt
