#include <algorithm>
#include <cassert>

#include <core/base/random.h>

#include "list.h"
#include "merge_structs.h"
#include "text_cleanup.h"
#include "store_encoder.h"

namespace tessera::crdt {
namespace {

/// Root name, then map keys and list positions down to the branch.
std::vector<std::string> pathOf(const Store& store, const Branch& branch)
{
    std::vector<std::string> path;
    const Branch* at = &branch;
    for (; at->item; at = at->item->parent) {
        const Item& item = *at->item;
        if (item.key) {
            path.emplace_back(store.keys.text(item.key));
            continue;
        }
        path.push_back(std::to_string(unitsBefore(item)));
    }
    path.emplace_back(store.keys.text(at->name));
    std::reverse(path.begin(), path.end());
    return path;
}

void notifyTransaction(Store& store, const TransactionState& transaction)
{
    if (store.transactionObservers.isEmpty() || !transaction.changedAnything())
        return;
    TransactionEvent event;
    event.origin = transaction.origin;
    event.local = transaction.isLocal;
    for (const TransactionState::Change& change : transaction.changes()) {
        if (!change.branch || change.branch->isDeleted())
            continue;
        TypeChange told{SharedType(&store.doc, change.branch), pathOf(store, *change.branch), {}, change.childList};
        for (const KeyId key : change.keys)
            told.keysChanged.emplace(store.keys.text(key));
        event.changes.push_back(std::move(told));
    }
    std::stable_sort(event.changes.begin(), event.changes.end(),
                     [](const TypeChange& a, const TypeChange& b) { return a.path.size() < b.path.size(); });
    for (const TransactionState::Grown& grown : transaction.grown()) {
        event.before.emplace(store.clients.id(grown.client), grown.before);
        event.after.emplace(store.clients.id(grown.client), grown.after);
    }
    store.transactionObservers.notify(event);
}

void collectDeleted(Store& store, const DeleteSet& deletes)
{
    for (const DeleteSet::Entry& entry : deletes.entries()) {
        StructList& structs = store.clients.structs(store.clients.refOf(entry.client));
        for (auto range = entry.ranges.rbegin(); range != entry.ranges.rend(); ++range) {
            StructList::Place place = structs.find(range->clock);
            do {
                Item& item = structs.at(place);
                if (item.clock >= range->end())
                    break;
                if (!item.isGc() && item.isDeleted && !item.keep)
                    collect(store, item);
            } while (structs.stepForward(place));
        }
    }
}

/// Structs or deletes under our id that we did not make, also those that still wait: somebody else has the same id.
void takeNewClientIdIfUsed(Store& store, const TransactionState& transaction)
{
    if (transaction.isLocal)
        return;
    const bool hasGrown = std::any_of(transaction.grown().begin(), transaction.grown().end(), [&](const auto& grown) {
        return store.clients.id(grown.client) == store.clientId;
    });
    if (hasGrown || store.isAwaited(store.clientId))
        store.clientId = store.unusedClientId();
}

void cleanUp(Store& store, TransactionState& transaction)
{
    transaction.deletes.sortAndMerge();
    transaction.noteEnd(store.clients);
    for (const TransactionState::Change& change : transaction.changes()) {
        if (change.branch && !transaction.isLocal && change.branch->hasFormatting && change.branch->isText() &&
            !change.branch->isDeleted())
            transaction.needsFormattingCleanup = true;
    }
    notifyTypeObservers(store, transaction);
    notifyTransaction(store, transaction);
    store.hooks.notify(transaction);
    if (transaction.needsFormattingCleanup)
        cleanUpFormatting(store, transaction);
    if (store.gc && transaction.hasDeleted)
        collectDeleted(store, transaction.deletes);
    mergeAfter(store, transaction);
    takeNewClientIdIfUsed(store, transaction);
    for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
        Store::UpdateObservers& observers = store.observersOf(format);
        if (observers.isEmpty() || !transaction.changedAnything())
            continue;
        encodeTransaction(store, transaction, store.updateBuffer, format);
        observers.notify(store.updateBuffer.view(), transaction.origin, transaction.isLocal);
    }
    finishSubdocuments(store, transaction);
}

} // namespace

ClientId Store::unusedClientId() const
{
    SystemRandom random;
    ClientId id{};
    do {
        id = ClientId{random.next() & 0xffffffff};
    } while (number(id) == 0 || clients.find(id) != noClient || isAwaited(id));
    return id;
}

bool Store::isAwaited(ClientId client) const
{
    return pendingDeletes.hasClient(client) || (pendingStructs && pendingStructs->clients.contains(client));
}

void Store::transact(const Origin& origin, bool isLocal, const std::function<void(TransactionState&)>& body,
                     const void* undoOwner)
{
    if (active) {
        active->isLocal = active->isLocal && isLocal;
        body(*active);
        return;
    }
    transactions.push_back(spareTransaction ? std::move(spareTransaction) : std::make_unique<TransactionState>());
    TransactionState& transaction = *transactions.back();
    transaction.reset(doc, origin, isLocal, undoOwner);
    const bool isOutermost = transactions.size() == 1;
    active = &transaction;
    body(transaction);
    active = nullptr;
    if (!isOutermost)
        return;
    // Clean-up and callbacks may run further transactions; they queue up behind.
    for (std::size_t i = 0; i < transactions.size(); ++i)
        cleanUp(*this, *transactions[i]);
    spareTransaction = std::move(transactions.front());
    transactions.clear();
}

TransactionState& Store::stateOf(Transaction& transaction)
{
    TransactionState* active = transaction.doc().store().active;
    assert(active && &*active->handle == &transaction);
    return *active;
}

} // namespace tessera::crdt
