#include "store.h"

#include <algorithm>
#include <cassert>

namespace tessera::crdt {

Store::~Store()
{
    for (ClientRef client = 0; client < clients.count(); ++client) {
        if (!clients.structs(client).isEmpty())
            clients.structs(client).forEachFrom({}, [](Item& item) { item.content = Content(); });
    }
}

StateVector Store::stateVector() const
{
    StateVector vector;
    for (ClientRef client = 0; client < clients.count(); ++client) {
        if (!clients.structs(client).isEmpty())
            vector.emplace(clients.id(client), clients.structs(client).state());
    }
    return vector;
}

StructList::Place Store::cutAt(TransactionState& transaction, StructList& structs, StructList::Place place, Clock offset)
{
    Item& left = structs.at(place);
    Item* right = items.make({left.client, left.clock + offset - 1}, left.rightOrigin(), {left.client, left.clock + offset});
    right->length = left.length - offset;
    right->isDeleted = left.isDeleted;
    right->keep = left.keep;
    right->left = &left;
    right->right = left.right;
    right->parent = left.parent;
    right->key = left.key;
    right->content = left.content.splitAt(offset, left.length);
    if (left.isRedone) {
        const LocalId copy = redone.at(&left);
        setRedone(*right, {copy.client, copy.clock + offset});
    }
    left.right = right;
    left.length = offset;
    if (right->right)
        right->right->left = right;
    else if (right->key)
        right->parent->entries.set(right->key, right);
    if (!right->key && right->parent->positions)
        right->parent->positions->cut(left);
    transaction.splits.push_back(right->id());
    return structs.insertAfter(place, right);
}

StructList::Place Store::findStartPlace(TransactionState& transaction, ClientRef client, Clock clock)
{
    StructList& structs = clients.structs(client);
    const StructList::Place place = structs.find(clock);
    const Item& item = structs.at(place);
    return item.clock == clock || item.isGc() ? place : cutAt(transaction, structs, place, clock - item.clock);
}

Item& Store::findStart(TransactionState& transaction, LocalId id)
{
    const StructList::Place place = findStartPlace(transaction, id.client, id.clock);
    return clients.structs(id.client).at(place);
}

Item& Store::findEnd(TransactionState& transaction, LocalId id)
{
    StructList& structs = clients.structs(id.client);
    const StructList::Place place = structs.find(id.clock);
    Item& item = structs.at(place);
    if (id.clock + 1 < item.end() && !item.isGc())
        cutAt(transaction, structs, place, id.clock + 1 - item.clock);
    return item;
}

void Store::forEachIn(TransactionState& transaction, const DeleteSet& set, const std::function<void(Item&)>& visit)
{
    // `visit` may add structs (undo does), which moves the lists, so nothing is held across it.
    for (const DeleteSet::Entry& entry : set.entries()) {
        const ClientRef client = clients.find(entry.client);
        if (client == noClient)
            continue;
        for (const ClockRange& range : entry.ranges) {
            Clock clock = range.clock;
            const Clock end = std::min(range.end(), clients.structs(client).state());
            while (clock < end) {
                Item& item = findStart(transaction, {client, clock});
                if (end < item.end())
                    findStart(transaction, {client, end});
                clock = item.end();
                visit(item);
            }
        }
    }
}

Branch& Store::root(std::string_view name)
{
    const auto found = roots.find(name);
    if (found != roots.end())
        return *found->second;
    auto branch = std::make_unique<Branch>();
    branch->name = keys.intern(name);
    branch->isRoot = true;
    return *roots.emplace(std::string(name), std::move(branch)).first->second;
}

} // namespace tessera::crdt
