#pragma once

#include <memory>
#include <unordered_map>

#include <core/crdt/events.h>

#include "observers.h"

/// Events of observed types.
namespace tessera::crdt {

struct Branch;
struct Item;
struct Store;
struct TransactionState;

/// Who observes which type. Entries of types that nobody observes any more go when the
/// type changes next.
struct TypeObservers {
    using Shallow = Observers<void(const TypeEvent&, const TransactionInfo&)>;
    using Deep = Observers<void(std::span<const TypeEvent>, const TransactionInfo&)>;
    std::unordered_map<const Branch*, Shallow> shallow;
    std::unordered_map<const Branch*, Deep> deep;
    [[nodiscard]] bool isEmpty() const { return shallow.empty() && deep.empty(); }
};

/// Tells the observers what the transaction changed. Nothing is collected yet.
void notifyTypeObservers(Store& store, TransactionState& transaction);

/// From `ancestor` down to `branch`; from the root (not named) when it is null.
[[nodiscard]] Path pathBelow(const Store& store, const Branch* ancestor, const Branch& branch);

/// What the transaction did to an item of a list.
class ItemChange
{
public:
    ItemChange(const Store& store, const TransactionState& transaction)
        : m_store(store), m_transaction(transaction)
    {
    }
    [[nodiscard]] bool isAdded(const Item& item) const;
    [[nodiscard]] bool isDeleted(const Item& item) const;

private:
    const Store& m_store;
    const TransactionState& m_transaction;
};

[[nodiscard]] std::vector<DeltaOp> listDelta(Doc& doc, const Branch& list,
                                             const ItemChange& change);
[[nodiscard]] std::vector<DeltaOp> textDelta(Doc& doc, const Branch& text,
                                             const ItemChange& change);

} // namespace tessera::crdt
