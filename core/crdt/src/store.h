#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <core/crdt/doc.h>

#include "client_table.h"
#include "observers.h"
#include "subdocuments.h"
#include "transaction_state.h"
#include "type_events.h"
#include "wire_writer.h"

/// All structs of one document, plus what waits for missing ones.
namespace tessera::crdt {

/// Structs that arrived before what they build on; retried when one of the missing clocks is passed.
struct PendingStructs {
    Bytes update; ///< an update v2 without deletes
    std::set<ClientId> clients; ///< whose structs wait
    std::map<ClientId, Clock> missing;
};

struct Store {
    explicit Store(Doc& owner) : doc(owner) {}
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    Doc& doc;
    ClientId clientId{};
    bool gc = true;
    ItemPool items;
    KeyTable keys;
    ClientTable clients;
    std::map<std::string, std::unique_ptr<Branch>, std::less<>> roots;
    std::vector<std::unique_ptr<Branch>> collectedBranches; ///< kept for handles that outlive their type
    std::unordered_map<const Item*, LocalId> redone;        ///< for items with isRedone: the copy
    std::optional<PendingStructs> pendingStructs;
    DeleteSet pendingDeletes;

    std::deque<std::unique_ptr<TransactionState>> transactions; ///< open or to be cleaned up
    std::unique_ptr<TransactionState> spareTransaction;
    TransactionState* active = nullptr;
    WireWriter updateBuffer;

    using UpdateObservers = Observers<void(ByteView, const Origin&, bool)>;
    UpdateObservers updateObservers;
    UpdateObservers updateV2Observers;
    Observers<void(const TransactionEvent&)> transactionObservers;
    Observers<void(TransactionState&)> hooks; ///< when a transaction's changes are known and nothing is collected yet
    [[nodiscard]] UpdateObservers& observersOf(UpdateFormat format)
    {
        return format == UpdateFormat::v2 ? updateV2Observers : updateObservers;
    }

    TypeObservers typeObservers;
    SubdocumentTable subdocuments;

    [[nodiscard]] StateVector stateVector() const;
    /// Whether structs or deletes of this client wait for something.
    [[nodiscard]] bool isAwaited(ClientId client) const;
    /// A random 32-bit id that no struct has.
    [[nodiscard]] ClientId unusedClientId() const;
    [[nodiscard]] LocalId nextId()
    {
        const ClientRef own = clients.refOf(clientId);
        return {own, clients.structs(own).state()};
    }
    [[nodiscard]] Id publicId(LocalId id) const { return {clients.id(id.client), id.clock}; }

    /// The struct that contains `id`, which must be known. O(log n).
    [[nodiscard]] Item& find(LocalId id) const
    {
        const StructList& structs = clients.structs(id.client);
        return structs.at(structs.find(id.clock));
    }
    /// The same, cut so that it starts (ends) exactly at `id`. Collected structs are not cut.
    Item& findStart(TransactionState& transaction, LocalId id);
    Item& findEnd(TransactionState& transaction, LocalId id);
    /// The place of the struct that starts at `clock`, after a cut if need be.
    StructList::Place findStartPlace(TransactionState& transaction, ClientRef client, Clock clock);
    /// Cuts the item so that `offset` units stay in it.
    void cut(TransactionState& transaction, Item& item, Clock offset)
    {
        findStart(transaction, {item.client, item.clock + offset});
    }
    /// Calls `visit` for the structs of each range, cut at the range's borders; unknown clocks are skipped.
    void forEachIn(TransactionState& transaction, const DeleteSet& set, const std::function<void(Item&)>& visit);

    /// The copy that undid the item's deletion; isNone without one.
    [[nodiscard]] LocalId redoneOf(const Item& item) const { return item.isRedone ? redone.at(&item) : LocalId{}; }
    void setRedone(Item& item, LocalId copy)
    {
        item.isRedone = true;
        redone[&item] = copy;
    }

    Branch& root(std::string_view name);

    /// Runs `body` in the open transaction or a new one, and cleans up after the outermost.
    void transact(const Origin& origin, bool isLocal, const std::function<void(TransactionState&)>& body,
                  const void* undoOwner = nullptr);
    /// State of the public handle, which must be of the open transaction.
    static TransactionState& stateOf(Transaction& transaction);

private:
    StructList::Place cutAt(TransactionState& transaction, StructList& structs, StructList::Place place, Clock offset);
};

} // namespace tessera::crdt
