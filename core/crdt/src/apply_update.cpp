#include "apply_update.h"

#include <algorithm>

#include "integrate.h"

namespace tessera::crdt {
namespace {

/// Takes the blocks of one update in the order of their dependencies.
class StructIntegrator
{
public:
    StructIntegrator(Store& store, TransactionState& transaction, UpdateData& update)
        : m_store(store), m_transaction(transaction)
    {
        for (auto& [client, blocks] : update.clients)
            m_queues[client].blocks = std::move(blocks);
    }

    /// The blocks that could not be placed, and what they miss.
    std::optional<PendingStructs> run()
    {
        std::optional<Block> head = takeNext();
        while (head) {
            if (const auto blocker = place(*head)) {
                m_stack.push_back(std::move(*head));
                Queue* queue = *blocker == m_stack.back().item->id.client ? nullptr : queueOf(*blocker);
                if (queue) {
                    head = queue->take();
                    continue;
                }
                noteMissing(*blocker);
                shelveStack();
            }
            head = m_stack.empty() ? takeNext() : popStack();
        }
        if (m_rest.update.clients.empty())
            return std::nullopt;
        return std::move(m_rest);
    }

private:
    struct Queue {
        std::vector<Block> blocks;
        std::size_t next = 0;
        Block take() { return std::move(blocks[next++]); }
        [[nodiscard]] bool isDone() const { return next == blocks.size(); }
    };

    Queue* queueOf(ClientId client)
    {
        const auto found = m_queues.find(client);
        return found == m_queues.end() || found->second.isDone() ? nullptr : &found->second;
    }

    /// The next block of the highest client: in a conflict the lower ids then find their place at once.
    std::optional<Block> takeNext()
    {
        while (!m_queues.empty() && m_queues.begin()->second.isDone())
            m_queues.erase(m_queues.begin());
        if (m_queues.empty())
            return std::nullopt;
        return m_queues.begin()->second.take();
    }

    Block popStack()
    {
        Block block = std::move(m_stack.back());
        m_stack.pop_back();
        return block;
    }

    [[nodiscard]] bool isMissing(const Item& item, const std::optional<Id>& id) const
    {
        return id && id->client != item.id.client && id->clock >= m_store.state(id->client);
    }

    /// Places the block unless something before it is missing; tells the client that has to come first.
    std::optional<ClientId> place(Block& block)
    {
        if (block.kind() == ContentKind::skip)
            return std::nullopt;
        Item& item = *block.item;
        const Clock state = m_store.state(item.id.client);
        if (item.id.clock > state)
            return item.id.client;
        if (item.end() <= state)
            return std::nullopt;
        const bool isItem = block.kind() != ContentKind::gc;
        if (isItem) {
            const auto parentId = block.parent.kind == ParentRef::Kind::item ? std::optional(block.parent.item)
                                                                              : std::nullopt;
            for (const std::optional<Id>& id : {item.origin, item.rightOrigin, parentId}) {
                if (isMissing(item, id))
                    return id->client;
            }
        }
        placeAt(block, state - item.id.clock);
        return std::nullopt;
    }

    void placeAt(Block& block, Clock offset)
    {
        Item& item = *block.item;
        if (block.kind() == ContentKind::gc) {
            cutHead(block, offset);
            integrate(m_store, m_transaction, std::move(block.item), nullptr, nullptr);
            return;
        }
        Item* left = item.origin ? &m_store.findEnd(m_transaction, *item.origin) : nullptr;
        Item* right = item.rightOrigin ? &m_store.findStart(m_transaction, *item.rightOrigin) : nullptr;
        // A forged right origin may have cut the left neighbour.
        if (left && !left->isGc() && left->lastId() != *item.origin)
            left = &m_store.findEnd(m_transaction, *item.origin);
        findParent(block, left, right);
        if (offset > 0) {
            cutHead(block, offset);
            left = &m_store.findEnd(m_transaction, *item.origin);
            // The rest of a known item stands where its head stands.
            item.parent = item.parent ? left->parent : nullptr;
            item.key = item.parent ? left->key : nullptr;
        }
        integrate(m_store, m_transaction, std::move(block.item), left, right);
    }

    /// No parent where a neighbour or the parent was collected: the item then is, too.
    void findParent(Block& block, const Item* left, const Item* right)
    {
        Item& item = *block.item;
        item.parent = nullptr;
        if ((left && left->isGc()) || (right && right->isGc()))
            return;
        if (block.parent.kind == ParentRef::Kind::root) {
            item.parent = &m_store.root(block.parent.rootName);
        } else if (block.parent.kind == ParentRef::Kind::item) {
            item.parent = m_store.find(block.parent.item).content.branch();
        } else if (const Item* neighbour = left ? left : right) {
            item.parent = neighbour->parent;
            item.key = neighbour->key;
        }
    }

    void noteMissing(ClientId client)
    {
        // The clock that has to be passed before a retry makes sense.
        const Block& blocked = m_stack.back();
        const Clock clock = client == blocked.item->id.client ? blocked.clock() - 1 : m_store.state(client);
        const auto [known, isNew] = m_rest.missing.try_emplace(client, clock);
        known->second = std::min(known->second, clock);
    }

    /// Everything on the stack is blocked, and with it what follows from the same clients.
    void shelveStack()
    {
        for (Block& block : m_stack) {
            const ClientId client = block.item->id.client;
            m_rest.update.clients[client].push_back(std::move(block));
        }
        for (auto& [client, shelved] : m_rest.update.clients) {
            const auto queue = m_queues.find(client);
            if (queue == m_queues.end())
                continue;
            while (!queue->second.isDone())
                shelved.push_back(queue->second.take());
            m_queues.erase(queue);
        }
        m_stack.clear();
    }

    Store& m_store;
    TransactionState& m_transaction;
    std::map<ClientId, Queue, std::greater<>> m_queues;
    std::vector<Block> m_stack;
    PendingStructs m_rest;
};

void splitAndDelete(Store& store, TransactionState& transaction, ClientId client, ClockRange range)
{
    StructList& structs = store.clients.at(number(client));
    std::size_t index = findIndex(structs, range.clock);
    if (!structs[index]->isDeleted && structs[index]->id.clock < range.clock)
        index = findStartIndex(transaction, structs, range.clock);
    for (; index < structs.size() && structs[index]->id.clock < range.end(); ++index) {
        Item& item = *structs[index];
        if (item.isDeleted)
            continue;
        if (range.end() < item.end())
            findStartIndex(transaction, structs, range.end());
        deleteItem(store, transaction, item);
    }
}

/// Returns the deletes of clocks that are not known yet.
DeleteSet applyDeletes(Store& store, TransactionState& transaction, const DeleteSet& deletes)
{
    DeleteSet unknown;
    for (const DeleteSet::Entry& entry : deletes.entries()) {
        const Clock state = store.state(entry.client);
        for (const ClockRange& range : entry.ranges) {
            const Clock known = std::min(range.end(), std::max(state, range.clock));
            unknown.add(entry.client, known, range.end() - known);
            if (range.clock < state)
                splitAndDelete(store, transaction, entry.client, {range.clock, known - range.clock});
        }
    }
    return unknown;
}

bool missingArrived(const Store& store, const PendingStructs& pending)
{
    return std::any_of(pending.missing.begin(), pending.missing.end(),
                       [&](const auto& missing) { return missing.second < store.state(missing.first); });
}

void addPending(Store& store, std::optional<PendingStructs> rest)
{
    if (!rest)
        return;
    if (!store.pendingStructs) {
        store.pendingStructs = std::move(rest);
        return;
    }
    PendingStructs& pending = *store.pendingStructs;
    for (const auto& [client, clock] : rest->missing) {
        const auto [known, isNew] = pending.missing.try_emplace(client, clock);
        known->second = std::min(known->second, clock);
    }
    std::vector<UpdateData> parts;
    parts.push_back(std::move(pending.update));
    parts.push_back(std::move(rest->update));
    pending.update = mergeUpdateData(std::move(parts));
}

} // namespace

void applyUpdate(Store& store, TransactionState& transaction, UpdateData update)
{
    addPending(store, StructIntegrator(store, transaction, update).run());
    DeleteSet unknown = applyDeletes(store, transaction, update.deletes);
    if (!store.pendingDeletes.isEmpty())
        unknown.add(applyDeletes(store, transaction, std::exchange(store.pendingDeletes, {})));
    unknown.sortAndMerge();
    store.pendingDeletes = std::move(unknown);
    // Each round either places waiting structs or leaves nothing to retry.
    while (store.pendingStructs && missingArrived(store, *store.pendingStructs)) {
        PendingStructs waiting = std::move(*store.pendingStructs);
        store.pendingStructs.reset();
        addPending(store, StructIntegrator(store, transaction, waiting.update).run());
        store.pendingDeletes = applyDeletes(store, transaction, std::exchange(store.pendingDeletes, {}));
    }
}

} // namespace tessera::crdt
