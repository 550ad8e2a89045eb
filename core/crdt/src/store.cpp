#include "store.h"

#include <algorithm>
#include <cassert>

namespace tessera::crdt {
namespace {

/// Cuts `left` at `offset`; returns the right part, linked but not yet in its list of structs.
std::unique_ptr<Item> split(TransactionState& transaction, Item& left, Clock offset)
{
    auto right = std::make_unique<Item>();
    right->id = {left.id.client, left.id.clock + offset};
    right->length = left.length - offset;
    right->isDeleted = left.isDeleted;
    right->keep = left.keep;
    right->left = &left;
    right->right = left.right;
    right->origin = Id{left.id.client, left.id.clock + offset - 1};
    right->rightOrigin = left.rightOrigin;
    right->parent = left.parent;
    right->key = left.key;
    right->content = left.content.splitAt(offset);
    if (left.redone)
        right->redone = Id{left.redone->client, left.redone->clock + offset};
    left.right = right.get();
    left.length = offset;
    if (right->right)
        right->right->left = right.get();
    else if (right->key)
        right->parent->entries.set(*right->key, right.get());
    transaction.splits.push_back(right->id);
    return right;
}

} // namespace

void TransactionState::noteChange(Branch& branch, const std::string* key)
{
    const auto [found, isNew] = changeIndex.try_emplace(&branch, changes.size());
    if (isNew)
        changes.push_back({&branch, {}, false});
    Change& change = changes[found->second];
    if (key)
        change.keys.insert(*key);
    else
        change.childList = true;
}

void TransactionState::dropChange(Branch& branch)
{
    const auto found = changeIndex.find(&branch);
    if (found == changeIndex.end())
        return;
    changes[found->second].branch = nullptr;
    changeIndex.erase(found);
}

std::size_t findIndex(const StructList& structs, Clock clock)
{
    assert(!structs.empty() && clock < structs.back()->end());
    std::size_t left = 0;
    std::size_t right = structs.size() - 1;
    if (structs[right]->id.clock <= clock)
        return right;
    // Structs are of similar length in many documents, so the first guess interpolates.
    const double share = static_cast<double>(clock) / static_cast<double>(structs[right]->end());
    std::size_t middle = std::min(static_cast<std::size_t>(share * static_cast<double>(right)), right);
    while (left < right) {
        const Item& item = *structs[middle];
        if (clock < item.id.clock)
            right = middle;
        else if (clock >= item.end())
            left = middle + 1;
        else
            return middle;
        middle = left + (right - left) / 2;
    }
    return left;
}

std::size_t findStartIndex(TransactionState& transaction, StructList& structs, Clock clock)
{
    const std::size_t index = findIndex(structs, clock);
    Item& item = *structs[index];
    if (item.id.clock == clock || item.isGc())
        return index;
    structs.insert(structs.begin() + static_cast<std::ptrdiff_t>(index) + 1,
                   split(transaction, item, clock - item.id.clock));
    return index + 1;
}

Clock Store::state(ClientId client) const
{
    const auto found = clients.find(number(client));
    return found == clients.end() || found->second.empty() ? 0 : found->second.back()->end();
}

StateVector Store::stateVector() const
{
    StateVector vector;
    for (const auto& [client, structs] : clients) {
        if (!structs.empty())
            vector.emplace(ClientId{client}, structs.back()->end());
    }
    return vector;
}

bool Store::isOlderThan(const TransactionState& transaction, Id id) const
{
    const auto grown = transaction.grown.find(id.client);
    return grown == transaction.grown.end() || id.clock < grown->second;
}

Item& Store::find(Id id)
{
    const StructList& structs = clients.at(number(id.client));
    return *structs[findIndex(structs, id.clock)];
}

Item& Store::findStart(TransactionState& transaction, Id id)
{
    StructList& structs = clients.at(number(id.client));
    return *structs[findStartIndex(transaction, structs, id.clock)];
}

Item& Store::findEnd(TransactionState& transaction, Id id)
{
    StructList& structs = clients.at(number(id.client));
    Item& item = *structs[findIndex(structs, id.clock)];
    if (id.clock + 1 < item.end() && !item.isGc())
        findStartIndex(transaction, structs, id.clock + 1);
    return item;
}

void Store::forEachIn(TransactionState& transaction, const DeleteSet& set, const std::function<void(Item&)>& visit)
{
    // `visit` may add structs (undo does), which moves the lists, so nothing is held across it.
    for (const DeleteSet::Entry& entry : set.entries()) {
        if (!clients.contains(number(entry.client)))
            continue;
        for (const ClockRange& range : entry.ranges) {
            Clock clock = range.clock;
            const Clock end = std::min(range.end(), state(entry.client));
            while (clock < end) {
                StructList& structs = clients.at(number(entry.client));
                const std::size_t index = findStartIndex(transaction, structs, clock);
                if (end < structs[index]->end())
                    findStartIndex(transaction, structs, end);
                Item& item = *clients.at(number(entry.client))[index];
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
    branch->name = name;
    branch->isRoot = true;
    return *roots.emplace(std::string(name), std::move(branch)).first->second;
}

} // namespace tessera::crdt
