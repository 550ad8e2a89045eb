#include "undo_restore.h"

namespace tessera::crdt {
namespace {

class Revival
{
public:
    Revival(Store& store, TransactionState& transaction)
        : m_store(store), m_transaction(transaction)
    {
    }

    /// Neighbours come in their order, so each goes behind the one before it.
    void revive(const StructView& view)
    {
        Branch& parent = parentOf(view);
        const KeyId key = view.isKeyed ? m_store.keys.intern(view.key) : 0;
        Item*& last = m_last[{&parent, key}];
        const ClientRef client = m_store.clients.find(view.id.client);
        for (Clock clock = view.id.clock; clock < view.end();) {
            Item& item = cutOut(client, clock, view.end());
            const bool wasCollected = item.isGc();
            if (item.kind() == ContentKind::gc || item.kind() == ContentKind::deleted)
                fill(item, view, clock - view.id.clock);
            if (wasCollected)
                place(item, parent, key, last);
            if (item.kind() != ContentKind::deleted)
                keepWithAncestors(item, true);
            last = &item;
            clock = item.end();
        }
    }

    void connect(const RedoneLink& link)
    {
        const LocalId to{m_store.clients.find(link.to.client), link.to.clock};
        forEach(link.from, link.length, [&](Item& item) {
            m_store.setRedone(item, {to.client, to.clock + item.clock - link.from.clock});
            keepWithAncestors(item, true);
        });
        forEach(link.to, link.length, [](Item& copy) {
            if (!copy.isGc())
                keepWithAncestors(copy, true);
        });
    }

private:
    Branch& parentOf(const StructView& view)
    {
        if (view.parent == StructView::Parent::root)
            return m_store.root(view.parentRoot);
        return *m_store.find({m_store.clients.find(view.parentItem.client), view.parentItem.clock})
                    .content.branch();
    }

    template <class Visit> void forEach(Id first, Clock length, Visit visit)
    {
        DeleteSet range;
        range.add(first.client, first.clock, length);
        m_store.forEachIn(m_transaction, range, visit);
    }

    /// The struct that starts at `clock`, cut to end no later than `end`. Cuts collected ones too.
    Item& cutOut(ClientRef client, Clock clock, Clock end)
    {
        StructList& structs = m_store.clients.structs(client);
        StructList::Place at = m_store.findStartPlace(m_transaction, client, clock);
        if (!structs.at(at).isGc()) {
            Item& item = structs.at(at);
            if (end < item.end())
                m_store.cut(m_transaction, item, end - item.clock);
            return item;
        }
        if (structs.at(at).clock < clock)
            at = cutCollected(structs, at, clock);
        if (end < structs.at(at).end())
            cutCollected(structs, at, end);
        return structs.at(structs.find(clock));
    }

    StructList::Place cutCollected(StructList& structs, StructList::Place at, Clock clock)
    {
        Item& left = structs.at(at);
        Item* right = m_store.items.make({}, {});
        right->client = left.client;
        right->clock = clock;
        right->length = left.end() - clock;
        right->isDeleted = true;
        left.length = clock - left.clock;
        return structs.insertAfter(at, right);
    }

    /// The item holds `offset` units of the view and what follows, as many as it is long.
    void fill(Item& item, const StructView& view, Clock offset)
    {
        if (view.kind == ContentKind::type) {
            auto branch = std::make_unique<Branch>();
            branch->kind = view.typeKind;
            if (!view.name.empty())
                branch->name = m_store.keys.intern(view.name);
            branch->item = &item;
            item.content = Content::ofType(std::move(branch));
            return;
        }
        item.content = Content::of(view, offset);
        if (offset + item.length < view.length)
            (void)item.content.splitAt(item.length, view.length - offset);
    }

    void place(Item& item, Branch& parent, KeyId key, Item* left)
    {
        Item* first = key ? firstOfChain(parent.entry(key)) : parent.start;
        item.parent = &parent;
        item.key = key;
        item.left = left;
        item.right = left ? left->right : first;
        if (left)
            left->right = &item;
        else if (!key)
            parent.start = &item;
        if (item.right)
            item.right->left = &item;
        else if (key)
            parent.entries.set(key, &item);
        if (!key && parent.positions)
            parent.positions->inserted(item);
        if (item.kind() == ContentKind::format)
            parent.hasFormatting = true;
    }

    static Item* firstOfChain(Item* item)
    {
        while (item && item->left)
            item = item->left;
        return item;
    }

    Store& m_store;
    TransactionState& m_transaction;
    std::map<std::pair<const Branch*, KeyId>, Item*> m_last; ///< of each list and each key's chain
};

} // namespace

void reviveContent(Store& store, TransactionState& transaction, const UndoState& state)
{
    Revival revival(store, transaction);
    for (const StructView& view : state.kept)
        revival.revive(view);
    for (const RedoneLink& link : state.links)
        revival.connect(link);
}

} // namespace tessera::crdt
