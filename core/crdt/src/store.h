#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <core/crdt/doc.h>

#include "delete_set.h"
#include "item.h"
#include "observers.h"
#include "update_codec.h"

/// All structs of one document, per client without holes from clock 0, plus what waits for missing ones.
namespace tessera::crdt {

using StructList = std::vector<std::unique_ptr<Item>>;

/// Book-keeping of one transaction, from its start to the end of its clean-up.
struct TransactionState {
    /// What changed in one type.
    struct Change {
        Branch* branch = nullptr;
        std::set<std::string> keys;
        bool childList = false;
    };

    Origin origin;
    bool isLocal = true;
    const void* undoOwner = nullptr; ///< the undo manager that runs this transaction
    std::unique_ptr<Transaction> handle;
    DeleteSet deletes;
    StateVector grown;               ///< clients that got structs, with their state before
    std::vector<Change> changes;     ///< in order of first change
    std::unordered_map<Branch*, std::size_t> changeIndex;
    std::vector<Id> splits;          ///< right halves, to be joined again at the end
    bool needsFormattingCleanup = false;

    void noteChange(Branch& branch, const std::string* key);
    void dropChange(Branch& branch);
    [[nodiscard]] bool changedAnything() const { return !grown.empty() || !deletes.isEmpty(); }
};

/// Structs that arrived before what they build on; retried when one of the missing clocks is passed.
struct PendingStructs {
    UpdateData update;
    std::map<ClientId, Clock> missing;
};

/// Called when a transaction's changes are known and nothing is collected yet.
using TransactionHook = std::function<void(TransactionState&)>;

struct Store {
    explicit Store(Doc& owner) : doc(owner) {}

    Doc& doc;
    ClientId clientId{};
    bool gc = true;
    std::unordered_map<std::uint64_t, StructList> clients;
    std::map<std::string, std::unique_ptr<Branch>, std::less<>> roots;
    std::vector<std::unique_ptr<Branch>> collectedBranches; ///< kept for handles that outlive their type
    std::optional<PendingStructs> pendingStructs;
    DeleteSet pendingDeletes;

    std::deque<std::unique_ptr<TransactionState>> transactions; ///< open or to be cleaned up
    TransactionState* active = nullptr;

    std::shared_ptr<Observers<void(ByteView, const Origin&, bool)>> updateObservers =
        std::make_shared<Observers<void(ByteView, const Origin&, bool)>>();
    std::shared_ptr<Observers<void(const TransactionEvent&)>> transactionObservers =
        std::make_shared<Observers<void(const TransactionEvent&)>>();
    std::shared_ptr<Observers<void(TransactionState&)>> hooks = std::make_shared<Observers<void(TransactionState&)>>();

    /// Next expected clock.
    [[nodiscard]] Clock state(ClientId client) const;
    [[nodiscard]] StateVector stateVector() const;
    /// Whether structs or deletes of this client wait for something.
    [[nodiscard]] bool isAwaited(ClientId client) const;
    /// A random 32-bit id that no struct has.
    [[nodiscard]] ClientId unusedClientId() const;
    [[nodiscard]] Id nextId() const { return {clientId, state(clientId)}; }
    /// Whether the item existed before the transaction.
    [[nodiscard]] bool isOlderThan(const TransactionState& transaction, Id id) const;

    /// The struct that contains `id`, which must be known.
    [[nodiscard]] Item& find(Id id);
    /// The same, cut so that it starts (ends) exactly at `id`. Collected structs are not cut.
    Item& findStart(TransactionState& transaction, Id id);
    Item& findEnd(TransactionState& transaction, Id id);
    /// Calls `visit` for the structs of each range, cut at the range's borders; unknown clocks are skipped.
    void forEachIn(TransactionState& transaction, const DeleteSet& set, const std::function<void(Item&)>& visit);

    Branch& root(std::string_view name);

    /// Runs `body` in the open transaction or a new one, and cleans up after the outermost.
    void transact(const Origin& origin, bool isLocal, const std::function<void(TransactionState&)>& body,
                  const void* undoOwner = nullptr);
    /// State of the public handle, which must be of the open transaction.
    static TransactionState& stateOf(Transaction& transaction);
};

/// Index of the struct that contains `clock`, which must be known.
[[nodiscard]] std::size_t findIndex(const StructList& structs, Clock clock);
/// Index of the struct that starts at `clock`, after a cut if need be.
std::size_t findStartIndex(TransactionState& transaction, StructList& structs, Clock clock);

} // namespace tessera::crdt
