#include "transaction_state.h"

namespace tessera::crdt {

void TransactionState::reset(Doc& doc, const Origin& newOrigin, bool isLocalNow, const void* owner)
{
    origin = newOrigin;
    isLocal = isLocalNow;
    undoOwner = owner;
    handle.emplace(Transaction(doc, newOrigin, isLocalNow));
    deletes.clear();
    splits.clear();
    joinable.clear();
    hasDeleted = hasCollected = false;
    subdocuments.added.clear();
    subdocuments.removed.clear();
    subdocuments.loaded.clear();
    needsFormattingCleanup = false;
    m_changeCount = 0;
    constexpr std::size_t keptChanges = 64;
    if (m_changes.size() > keptChanges)
        m_changes.resize(keptChanges);
    for (const Grown& grown : m_grown)
        m_grownBefore[grown.client] = maxClock + 1;
    m_grown.clear();
}

TransactionState::Change& TransactionState::newChange(Branch& branch)
{
    if (m_changeCount == m_changes.size())
        m_changes.emplace_back();
    branch.changeSlot = static_cast<std::uint32_t>(m_changeCount++);
    Change& fresh = m_changes[branch.changeSlot];
    fresh.branch = &branch;
    fresh.keys.clear();
    fresh.childList = false;
    return fresh;
}

void TransactionState::dropChange(Branch& branch)
{
    if (branch.changeSlot < m_changeCount && m_changes[branch.changeSlot].branch == &branch)
        m_changes[branch.changeSlot].branch = nullptr;
}

void TransactionState::noteFirstGrowth(ClientRef client, Clock before)
{
    if (client >= m_grownBefore.size())
        m_grownBefore.resize(client + 1, maxClock + 1);
    m_grownBefore[client] = before;
    m_grown.push_back({client, before});
}

void TransactionState::noteEnd(const ClientTable& clients)
{
    for (Grown& grown : m_grown)
        grown.after = clients.structs(grown.client).state();
}

} // namespace tessera::crdt
