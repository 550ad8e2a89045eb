#include "apply_update.h"

#include <algorithm>
#include <optional>

#include "integrate.h"
#include "pending_update.h"

namespace tessera::crdt {
namespace {

/// What could not be placed, by descending client, and what it misses.
struct Rest {
    std::map<ClientId, std::vector<StructView>, std::greater<>> structs;
    std::map<ClientId, Clock> missing;
};

/// A struct and, where it is known already, the item that its left neighbour was in when that was looked up.
struct NextStruct {
    StructView view;
    Item* left = nullptr;
};

/// Reads some structs of one client ahead and looks up their left neighbours together. In a document that is larger
/// than the cache each look-up waits for memory several times, and the waits of a handful of them pass at once. In a
/// smaller one it would only cost.
template <class Cursor> class ReadAhead
{
public:
    ReadAhead(const Store& store, const std::vector<ScannedClient<Cursor>>& queues)
        : m_isLargeDocument(store.items.totalBytes() >= largeBytes)
    {
        std::uint64_t structs = 0;
        for (const ScannedClient<Cursor>& queue : queues)
            structs += queue.structCount;
        m_isLargeDocument |= structs >= largeBytes / sizeof(Item);
    }

    bool take(const ClientTable& clients, ScannedClient<Cursor>& queue, NextStruct& out)
    {
        Cursor& structs = queue.structs;
        if (!m_isLargeDocument || queue.structCount < worthFrom) {
            out.left = nullptr;
            return structs.next(out.view);
        }
        if (m_next == m_count && !refill(clients, structs))
            return false;
        out = m_structs[m_next++];
        return true;
    }

private:
    static constexpr std::size_t reach = 16;
    static constexpr std::uint64_t worthFrom = 2 * reach;
    static constexpr std::size_t largeBytes = std::size_t{1} << 21;

    bool refill(const ClientTable& clients, Cursor& structs)
    {
        m_structs.resize(reach);
        m_next = m_count = 0;
        while (m_count < reach && structs.next(m_structs[m_count].view))
            ++m_count;
        for (std::size_t i = 0; i < m_count; ++i) {
            m_structs[i].left = leftOf(clients, m_structs[i].view);
            __builtin_prefetch(m_structs[i].left);
        }
        for (std::size_t i = 0; i < m_count; ++i) {
            if (m_structs[i].left)
                __builtin_prefetch(m_structs[i].left->parent);
        }
        for (std::size_t i = 0; i < m_count; ++i) {
            if (const Item* left = m_structs[i].left; left && left->key && left->parent)
                left->parent->entries.prefetch();
        }
        return m_count > 0;
    }

    static Item* leftOf(const ClientTable& clients, const StructView& view)
    {
        if (!view.hasOrigin)
            return nullptr;
        const ClientRef client = clients.find(view.origin.client);
        if (client == noClient || view.origin.clock >= clients.structs(client).state())
            return nullptr;
        const StructList& known = clients.structs(client);
        return &known.at(known.find(view.origin.clock));
    }

    std::vector<NextStruct> m_structs;
    std::size_t m_next = 0;
    std::size_t m_count = 0;
    bool m_isLargeDocument;
};

/// Takes the structs of one update in the order of their dependencies.
template <class Cursor> class StructIntegrator
{
public:
    StructIntegrator(Store& store, TransactionState& transaction, ScannedUpdate<Cursor>& update)
        : m_store(store), m_transaction(transaction), m_queues(update.clients), m_ahead(store, update.clients)
    {
        constexpr std::uint64_t many = 256;
        for (const ScannedClient<Cursor>& queue : m_queues)
            m_hasManyTexts |= queue.structCount >= many;
    }

    Rest run()
    {
        NextStruct head;
        bool hasHead = takeNext(head);
        while (hasHead) {
            if (const std::optional<Id> blocker = place(head)) {
                const ClientId client = head.view.id.client;
                m_stack.push_back({head.view, *blocker});
                if (blocker->client != client && takeFrom(blocker->client, head))
                    continue;
                noteMissing(blocker->client);
                shelveStack();
            }
            if (m_stack.empty())
                hasHead = takeNext(head);
            else if (!isTopBlocked() || !takeFrom(m_stack.back().blocker.client, head))
                takeTop(head);
        }
        return std::move(m_rest);
    }

private:
    /// The next struct of the highest client: in a conflict the lower ids then find their place at once.
    bool takeNext(NextStruct& out)
    {
        for (; m_firstQueue < m_queues.size(); ++m_firstQueue) {
            if (m_ahead.take(m_store.clients, m_queues[m_firstQueue], out))
                return true;
        }
        return false;
    }

    /// A struct may wait for many of another client, one after the other.
    [[nodiscard]] bool isTopBlocked() const
    {
        const Id blocker = m_stack.back().blocker;
        return blocker.clock >= m_store.clients.state(blocker.client);
    }

    void takeTop(NextStruct& out)
    {
        out = {m_stack.back().view, nullptr};
        m_stack.pop_back();
    }

    bool takeFrom(ClientId client, NextStruct& out)
    {
        const auto queue = queueOf(client);
        if (queue == m_queues.end())
            return false;
        if (queue == m_queues.begin() + static_cast<std::ptrdiff_t>(m_firstQueue))
            return m_ahead.take(m_store.clients, *queue, out);
        out.left = nullptr;
        return queue->structs.next(out.view);
    }

    auto queueOf(ClientId client)
    {
        const auto found = std::lower_bound(m_queues.begin(), m_queues.end(), client,
                                            [](const auto& queue, ClientId wanted) { return queue.client > wanted; });
        return found != m_queues.end() && found->client == client ? found : m_queues.end();
    }

    /// The ids of a struct by the clients' numbers.
    struct LocalIds {
        ClientRef client = noClient;
        LocalId origin;
        LocalId rightOrigin;
        LocalId parentItem;
    };

    /// False when nothing is known yet that has the id. A struct's own client was checked by the scan.
    bool resolve(Id id, const StructView& view, ClientRef own, LocalId& out) const
    {
        const ClientTable& clients = m_store.clients;
        out = {id.client == view.id.client ? own : clients.find(id.client), id.clock};
        return out.client == own || (!out.isNone() && id.clock < clients.structs(out.client).state());
    }

    /// Places the struct unless something before it is missing; tells what has to come first.
    std::optional<Id> place(const NextStruct& next)
    {
        const StructView& view = next.view;
        if (view.kind == ContentKind::skip)
            return std::nullopt;
        LocalIds ids{.client = clientOf(view)};
        const Clock state = m_own->state();
        if (view.id.clock > state)
            return Id{view.id.client, view.id.clock - 1};
        if (view.end() <= state)
            return std::nullopt;
        if (view.hasOrigin && !resolve(view.origin, view, ids.client, ids.origin))
            return view.origin;
        if (view.hasRightOrigin && !resolve(view.rightOrigin, view, ids.client, ids.rightOrigin))
            return view.rightOrigin;
        if (view.parent == StructView::Parent::item && !resolve(view.parentItem, view, ids.client, ids.parentItem))
            return view.parentItem;
        placeAt(view, ids, state - view.id.clock, next.left);
        return std::nullopt;
    }

    ClientRef clientOf(const StructView& view)
    {
        if (m_client == noClient || m_clientId != view.id.client) {
            m_clientId = view.id.client;
            m_client = m_store.clients.refOf(m_clientId);
            m_own = &m_store.clients.structs(m_client);
        }
        return m_client;
    }

    /// The item that ends at `id`. `seen` held it, but may have been cut since.
    Item& leftOf(LocalId id, Item* seen)
    {
        const StructList& structs = id.client == m_client ? *m_own : m_store.clients.structs(id.client);
        if (id.clock + 1 == structs.state()) // as after every word that was typed on
            return structs.last();
        const bool endsThere = seen && seen->end() == id.clock + 1 && seen->client == id.client;
        return endsThere ? *seen : m_store.findEnd(m_transaction, id);
    }

    /// The item that starts at `id`: still right of `left`, unless somebody wrote in between.
    Item& rightOf(LocalId id, const Item* left)
    {
        Item* next = left ? left->right : nullptr;
        const bool startsThere = next && next->clock == id.clock && next->client == id.client;
        return startsThere ? *next : m_store.findStart(m_transaction, id);
    }

    void placeAt(const StructView& view, const LocalIds& ids, Clock offset, Item* seenLeft)
    {
        LocalId origin = ids.origin;
        Item* left = origin.isNone() ? nullptr : &leftOf(origin, seenLeft);
        Item* right = ids.rightOrigin.isNone() ? nullptr : &rightOf(ids.rightOrigin, left);
        // A forged right origin may have cut the left neighbour.
        if (left && !left->isGc() && left->lastId() != origin)
            left = &m_store.findEnd(m_transaction, origin);
        KeyId key = 0;
        Branch* parent = view.isItem() ? findParent(view, ids, left, right, key) : nullptr;
        if (offset > 0 && view.isItem()) {
            // The rest of a known item stands where its head stands.
            origin = {ids.client, view.id.clock + offset - 1};
            left = &m_store.findEnd(m_transaction, origin);
            parent = parent ? left->parent : nullptr;
            key = parent ? left->key : 0;
        }
        Item& item = *m_store.items.make(parent ? origin : LocalId{}, parent ? ids.rightOrigin : LocalId{},
                                         {ids.client, view.id.clock + offset});
        item.length = view.length - offset;
        item.parent = parent;
        item.key = key;
        if (parent)
            fillContent(item.content, view, offset);
        integrate(m_store, m_transaction, item, left, right);
    }

    /// `content` is fresh. What most of a text is gets its place at once, without a move.
    void fillContent(Content& content, const StructView& view, Clock offset)
    {
        if (view.kind == ContentKind::deleted)
            content.becomeTombstone();
        else if (view.kind == ContentKind::string && offset == 0)
            content.becomeText(asText(view.payload), m_hasManyTexts ? &m_texts : nullptr);
        else if (view.kind == ContentKind::type)
            content = Content::ofType(makeBranch(view));
        else
            content = Content::of(view, offset);
    }

    std::unique_ptr<Branch> makeBranch(const StructView& view)
    {
        auto branch = std::make_unique<Branch>();
        branch->kind = view.typeKind;
        if (!view.name.empty())
            branch->name = m_store.keys.intern(view.name);
        return branch;
    }

    /// No parent where a neighbour or the parent was collected: the item then is, too.
    Branch* findParent(const StructView& view, const LocalIds& ids, const Item* left, const Item* right, KeyId& key)
    {
        if ((left && left->isGc()) || (right && right->isGc()))
            return nullptr;
        if (view.parent == StructView::Parent::fromNeighbour) {
            const Item* neighbour = left ? left : right;
            key = neighbour ? neighbour->key : 0;
            return neighbour ? neighbour->parent : nullptr;
        }
        if (view.isKeyed)
            key = m_store.keys.intern(view.key);
        if (view.parent == StructView::Parent::root) {
            if (!m_lastRoot || m_lastRootName != view.parentRoot) {
                m_lastRootName = view.parentRoot;
                m_lastRoot = &m_store.root(view.parentRoot);
            }
            return m_lastRoot;
        }
        if (!m_lastParentItem || m_lastParentId != view.parentItem || m_lastParentItem->isDeleted) {
            m_lastParentItem = &m_store.find(ids.parentItem);
            m_lastParentId = view.parentItem;
        }
        return m_lastParentItem->content.branch();
    }

    void noteMissing(ClientId client)
    {
        // The clock that has to be passed before a retry makes sense.
        const StructView& blocked = m_stack.back().view;
        const Clock clock = client == blocked.id.client ? blocked.id.clock - 1 : m_store.clients.state(client);
        const auto [known, isNew] = m_rest.missing.try_emplace(client, clock);
        known->second = std::min(known->second, clock);
    }

    /// Everything on the stack is blocked, and with it what follows from the same clients.
    void shelveStack()
    {
        std::vector<ClientId> blocked;
        for (const auto& [view, blocker] : m_stack) {
            blocked.push_back(view.id.client);
            m_rest.structs[view.id.client].push_back(view);
        }
        for (const ClientId client : blocked) {
            std::vector<StructView>& shelved = m_rest.structs[client];
            for (NextStruct next; takeFrom(client, next);)
                shelved.push_back(next.view);
        }
        m_stack.clear();
    }

    Store& m_store;
    TransactionState& m_transaction;
    std::vector<ScannedClient<Cursor>>& m_queues;
    std::size_t m_firstQueue = 0;
    ReadAhead<Cursor> m_ahead; ///< of the first queue
    struct Waiting {
        StructView view;
        Id blocker; ///< what it waits for first
    };
    std::vector<Waiting> m_stack;
    Rest m_rest;
    ClientId m_clientId{}; ///< of the last struct
    ClientRef m_client = noClient;
    StructList* m_own = nullptr;
    TextArena m_texts;
    bool m_hasManyTexts = false; ///< of a few the buffer would be larger than they are
    std::string_view m_lastRootName;
    Branch* m_lastRoot = nullptr;
    Id m_lastParentId;
    Item* m_lastParentItem = nullptr;
};

void splitAndDelete(Store& store, TransactionState& transaction, ClientRef client, ClockRange range)
{
    StructList& structs = store.clients.structs(client);
    StructList::Place place = structs.find(range.clock);
    if (!structs.at(place).isDeleted && structs.at(place).clock < range.clock)
        place = store.findStartPlace(transaction, client, range.clock);
    do {
        Item& item = structs.at(place);
        if (item.clock >= range.end())
            return;
        if (item.isDeleted)
            continue;
        if (range.end() < item.end()) {
            store.findStartPlace(transaction, client, range.end());
            place = structs.find(item.clock);
        }
        deleteItem(store, transaction, item);
    } while (structs.stepForward(place));
}

/// Returns the deletes of clocks that are not known yet.
DeleteSet applyDeletes(Store& store, TransactionState& transaction, const DeleteSet& deletes)
{
    DeleteSet unknown;
    for (const DeleteSet::Entry& entry : deletes.entries()) {
        const ClientRef client = store.clients.find(entry.client);
        const Clock state = client == noClient ? 0 : store.clients.structs(client).state();
        std::size_t added = 0;
        for (const ClockRange& range : entry.ranges) {
            if (transaction.deletes.hasAdded(entry.client, range, added)) // it came as a tombstone
                continue;
            const Clock known = std::min(range.end(), std::max(state, range.clock));
            unknown.add(entry.client, known, range.end() - known);
            if (range.clock < state)
                splitAndDelete(store, transaction, client, {range.clock, known - range.clock});
        }
    }
    return unknown;
}

bool missingArrived(const Store& store)
{
    const auto& missing = store.pendingStructs->missing;
    return std::any_of(missing.begin(), missing.end(),
                       [&](const auto& wanted) { return wanted.second < store.clients.state(wanted.first); });
}

void shelve(Store& store, const Rest& rest)
{
    if (rest.structs.empty())
        return;
    PendingStructs pending{encodeViews(rest.structs), {}, rest.missing};
    for (const auto& [client, views] : rest.structs)
        pending.clients.insert(client);
    addPending(store, std::move(pending));
}

/// Makes room for what goes on where the document ends. The scan has counted it; what is known already or has to wait
/// is not made.
template <class Cursor> void expectStructs(Store& store, const ScannedUpdate<Cursor>& update)
{
    constexpr std::uint64_t worthFrom = 512;
    std::uint64_t count = 0;
    for (const ScannedClient<Cursor>& client : update.clients) {
        if (client.structCount < worthFrom || client.firstClock != store.clients.state(client.client))
            continue;
        store.clients.structs(store.clients.refOf(client.client)).expect(static_cast<std::size_t>(client.structCount));
        count += client.structCount;
    }
    store.items.expect(static_cast<std::size_t>(count));
}

} // namespace

template <class Cursor>
void applyUpdate(Store& store, TransactionState& transaction, ScannedUpdate<Cursor>& update)
{
    expectStructs(store, update);
    shelve(store, StructIntegrator<Cursor>(store, transaction, update).run());
    store.items.expect(0);
    if (!update.deletes.isEmpty() || !store.pendingDeletes.isEmpty()) {
        DeleteSet unknown = applyDeletes(store, transaction, update.deletes);
        if (!store.pendingDeletes.isEmpty())
            unknown.add(applyDeletes(store, transaction, std::exchange(store.pendingDeletes, {})));
        unknown.sortAndMerge();
        store.pendingDeletes = std::move(unknown);
    }
    // Each round either places waiting structs or leaves nothing to retry.
    while (store.pendingStructs && missingArrived(store)) {
        const PendingStructs waiting = *std::exchange(store.pendingStructs, std::nullopt);
        auto scanned = scanPending(waiting);
        shelve(store, StructIntegrator<PendingCursor>(store, transaction, scanned).run());
        store.pendingDeletes = applyDeletes(store, transaction, std::exchange(store.pendingDeletes, {}));
    }
}

template void applyUpdate(Store&, TransactionState&, ScannedUpdate<CursorV1>&);
template void applyUpdate(Store&, TransactionState&, ScannedUpdate<CursorV2>&);

} // namespace tessera::crdt
