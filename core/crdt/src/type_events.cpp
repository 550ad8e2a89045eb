#include "type_events.h"

#include <algorithm>
#include <map>

#include "list.h"

namespace tessera::crdt {
namespace {

/// How a key changed; empty when it is as before.
std::optional<KeyChange> keyChange(Doc& doc, const Item& last, const ItemChange& change)
{
    using Action = KeyChange::Action;
    if (!change.isAdded(last)) {
        if (!change.isDeleted(last))
            return std::nullopt;
        return KeyChange{Action::remove, lastValue(doc, last)};
    }
    const Item* before = last.left;
    while (before && change.isAdded(*before))
        before = before->left;
    const bool hadValue = before && change.isDeleted(*before);
    if (change.isDeleted(last) && !hadValue)
        return std::nullopt;
    if (!hadValue)
        return KeyChange{Action::add, std::nullopt};
    return KeyChange{change.isDeleted(last) ? Action::remove : Action::update,
                     lastValue(doc, *before)};
}

TypeEvent eventOf(Doc& doc, const TransactionState::Change& changed, const ItemChange& change)
{
    Branch& branch = *changed.branch;
    TypeEvent event;
    event.target = SharedType(&doc, &branch);
    const KeyTable& keys = doc.store().keys;
    std::map<std::string_view, const Item*> changedKeys;
    for (const KeyId key : changed.keys)
        changedKeys.emplace(keys.text(key), branch.entry(key));
    for (const auto& [key, last] : changedKeys) {
        if (auto known = last ? keyChange(doc, *last, change) : std::nullopt)
            event.keys.emplace_back(key, std::move(*known));
    }
    if (changed.childList)
        event.delta =
            branch.isText() ? textDelta(doc, branch, change) : listDelta(doc, branch, change);
    return event;
}

/// Null when nobody observes the type (any more).
template <class Observers>
Observers* observersOf(std::unordered_map<const Branch*, Observers>& all, const Branch* type)
{
    const auto found = all.find(type);
    if (found == all.end())
        return nullptr;
    if (!found->second.isEmpty())
        return &found->second;
    all.erase(found);
    return nullptr;
}

/// Events for one deep observer, in the order in which types changed.
struct DeepQueue {
    const Branch* observed = nullptr;
    std::vector<TypeEvent> events;
};

class Round
{
public:
    Round(Store& store, TransactionState& transaction)
        : m_store(store), m_info{transaction.origin, transaction.isLocal},
          m_change(store, transaction)
    {
    }

    void tell(const TransactionState::Change& changed)
    {
        std::vector<const Branch*> deep;
        for (const Branch* at = changed.branch; at; at = at->item ? at->item->parent : nullptr) {
            if (observersOf(m_store.typeObservers.deep, at))
                deep.push_back(at);
        }
        auto* shallow = observersOf(m_store.typeObservers.shallow, changed.branch);
        if (!shallow && deep.empty())
            return;
        TypeEvent event = eventOf(m_store.doc, changed, m_change);
        for (const Branch* observed : deep) {
            queueOf(observed).events.push_back(event);
            queueOf(observed).events.back().path = pathBelow(m_store, observed, *changed.branch);
        }
        if (shallow)
            shallow->notify(event, m_info);
    }

    void tellDeep()
    {
        for (DeepQueue& queue : m_queues) {
            std::stable_sort(
                queue.events.begin(), queue.events.end(),
                [](const auto& a, const auto& b) { return a.path.size() < b.path.size(); });
            auto* observers = observersOf(m_store.typeObservers.deep, queue.observed);
            if (observers && !queue.observed->isDeleted())
                observers->notify(std::span<const TypeEvent>(queue.events), m_info);
        }
    }

private:
    DeepQueue& queueOf(const Branch* observed)
    {
        for (DeepQueue& queue : m_queues) {
            if (queue.observed == observed)
                return queue;
        }
        m_queues.push_back({observed, {}});
        return m_queues.back();
    }

    Store& m_store;
    TransactionInfo m_info;
    ItemChange m_change;
    std::vector<DeepQueue> m_queues;
};

} // namespace

bool ItemChange::isAdded(const Item& item) const
{
    return !m_transaction.isOlder(item.id());
}
bool ItemChange::isDeleted(const Item& item) const
{
    return m_transaction.deletes.contains(m_store.publicId(item.id()));
}

Path pathBelow(const Store& store, const Branch* ancestor, const Branch& branch)
{
    Path path;
    for (const Branch* at = &branch; at != ancestor && at->item; at = at->item->parent) {
        if (at->item->key)
            path.emplace_back(std::string(store.keys.text(at->item->key)));
        else
            path.emplace_back(static_cast<std::size_t>(unitsBefore(*at->item)));
    }
    std::reverse(path.begin(), path.end());
    return path;
}

void notifyTypeObservers(Store& store, TransactionState& transaction)
{
    if (store.typeObservers.isEmpty())
        return;
    Round round(store, transaction);
    for (const TransactionState::Change& changed : transaction.changes()) {
        if (changed.branch && !changed.branch->isDeleted())
            round.tell(changed);
    }
    round.tellDeep();
}

std::vector<DeltaOp> listDelta(Doc& doc, const Branch& list, const ItemChange& change)
{
    std::vector<DeltaOp> delta;
    const auto opOf = [&](DeltaOp::Kind kind) -> DeltaOp& {
        if (delta.empty() || delta.back().kind != kind)
            delta.push_back({.kind = kind});
        return delta.back();
    };
    for (const Item* item = list.start; item; item = item->right) {
        const bool isAdded = change.isAdded(*item);
        if (item->isDeleted) {
            if (!isAdded && change.isDeleted(*item))
                opOf(DeltaOp::Kind::remove).count += item->length;
            continue;
        }
        DeltaOp& op = opOf(isAdded ? DeltaOp::Kind::insert : DeltaOp::Kind::retain);
        op.count += item->length;
        for (Clock offset = 0; isAdded && item->isCountable() && offset < item->length; ++offset)
            op.values.push_back(valueAt(doc, *item, offset));
    }
    if (!delta.empty() && delta.back().kind == DeltaOp::Kind::retain)
        delta.pop_back();
    return delta;
}

Doc::Subscription observe(const SharedType& type, TypeObserver observer)
{
    return type.isNull()
               ? nullptr
               : type.doc().store().typeObservers.shallow[type.branch()].add(std::move(observer));
}

Doc::Subscription observeDeep(const SharedType& type, DeepObserver observer)
{
    return type.isNull()
               ? nullptr
               : type.doc().store().typeObservers.deep[type.branch()].add(std::move(observer));
}

} // namespace tessera::crdt
