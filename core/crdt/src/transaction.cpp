#include <algorithm>
#include <cassert>

#include <core/base/random.h>

#include "integrate.h"
#include "merge_structs.h"
#include "text_cleanup.h"
#include "update_writer.h"

namespace tessera::crdt {
namespace {

/// Root name, then map keys and list positions down to the branch.
std::vector<std::string> pathOf(const Branch& branch)
{
    std::vector<std::string> path;
    const Branch* at = &branch;
    for (; at->item; at = at->item->parent) {
        const Item& item = *at->item;
        if (item.key) {
            path.push_back(*item.key);
            continue;
        }
        Clock index = 0;
        for (const Item* left = item.left; left; left = left->left)
            index += left->isVisible() ? left->length : 0;
        path.push_back(std::to_string(index));
    }
    path.push_back(at->name);
    std::reverse(path.begin(), path.end());
    return path;
}

void notifyTransaction(Store& store, const TransactionState& transaction)
{
    if (store.transactionObservers->isEmpty() || !transaction.changedAnything())
        return;
    TransactionEvent event;
    event.origin = transaction.origin;
    event.local = transaction.isLocal;
    for (const TransactionState::Change& change : transaction.changes) {
        if (change.branch && !change.branch->isDeleted())
            event.changes.push_back({SharedType(&store.doc, change.branch), pathOf(*change.branch), change.keys,
                                     change.childList});
    }
    std::stable_sort(event.changes.begin(), event.changes.end(),
                     [](const TypeChange& a, const TypeChange& b) { return a.path.size() < b.path.size(); });
    event.after = store.stateVector();
    event.before = event.after;
    for (const auto& [client, clock] : transaction.grown) {
        if (clock == 0)
            event.before.erase(client);
        else
            event.before[client] = clock;
    }
    store.transactionObservers->notify(event);
}

void collectDeleted(Store& store, const DeleteSet& deletes)
{
    for (const DeleteSet::Entry& entry : deletes.entries()) {
        StructList& structs = store.clients.at(number(entry.client));
        for (auto range = entry.ranges.rbegin(); range != entry.ranges.rend(); ++range) {
            for (std::size_t i = findIndex(structs, range->clock); i < structs.size(); ++i) {
                Item& item = *structs[i];
                if (item.id.clock >= range->end())
                    break;
                if (!item.isGc() && item.isDeleted && !item.keep)
                    collect(store, item);
            }
        }
    }
}

/// Structs or deletes under our id that we did not make, also those that still wait: somebody else has the same id.
void takeNewClientIdIfUsed(Store& store, const TransactionState& transaction)
{
    if (!transaction.isLocal && (transaction.grown.contains(store.clientId) || store.isAwaited(store.clientId)))
        store.clientId = store.unusedClientId();
}

void cleanUp(Store& store, TransactionState& transaction)
{
    transaction.deletes.sortAndMerge();
    for (const TransactionState::Change& change : transaction.changes) {
        if (change.branch && !transaction.isLocal && change.branch->hasFormatting && change.branch->isText() &&
            !change.branch->isDeleted())
            transaction.needsFormattingCleanup = true;
    }
    notifyTransaction(store, transaction);
    store.hooks->notify(transaction);
    if (transaction.needsFormattingCleanup)
        cleanUpFormatting(store, transaction);
    if (store.gc)
        collectDeleted(store, transaction.deletes);
    mergeAfter(store, transaction);
    takeNewClientIdIfUsed(store, transaction);
    if (transaction.changedAnything() && !store.updateObservers->isEmpty())
        store.updateObservers->notify(encodeTransaction(store, transaction), transaction.origin, transaction.isLocal);
}

} // namespace

ClientId Store::unusedClientId() const
{
    SystemRandom random;
    ClientId id{};
    do {
        id = ClientId{random.next() & 0xffffffff};
    } while (number(id) == 0 || clients.contains(number(id)) || isAwaited(id));
    return id;
}

bool Store::isAwaited(ClientId client) const
{
    return pendingDeletes.hasClient(client) ||
           (pendingStructs && pendingStructs->update.clients.contains(client));
}

void Store::transact(const Origin& origin, bool isLocal, const std::function<void(TransactionState&)>& body,
                     const void* undoOwner)
{
    if (active) {
        active->isLocal = active->isLocal && isLocal;
        body(*active);
        return;
    }
    transactions.push_back(std::make_unique<TransactionState>());
    TransactionState& transaction = *transactions.back();
    transaction.origin = origin;
    transaction.isLocal = isLocal;
    transaction.undoOwner = undoOwner;
    transaction.handle.reset(new Transaction(doc, origin, isLocal));
    const bool isOutermost = transactions.size() == 1;
    active = &transaction;
    body(transaction);
    active = nullptr;
    if (!isOutermost)
        return;
    // Clean-up and callbacks may run further transactions; they queue up behind.
    for (std::size_t i = 0; i < transactions.size(); ++i)
        cleanUp(*this, *transactions[i]);
    transactions.clear();
}

TransactionState& Store::stateOf(Transaction& transaction)
{
    TransactionState* active = transaction.doc().store().active;
    assert(active && active->handle.get() == &transaction);
    return *active;
}

} // namespace tessera::crdt
