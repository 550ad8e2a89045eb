#pragma once

#include <optional>
#include <vector>

#include <core/crdt/events.h>

#include "client_table.h"
#include "delete_set.h"
#include "item.h"

namespace tessera::crdt {

/// Book-keeping of one transaction, from its start to the end of its clean-up. Kept and used again, with its memory:
/// an edit that costs less than a microsecond has no time for allocations.
struct TransactionState {
    /// What changed in one type.
    struct Change {
        Branch* branch = nullptr;   ///< null when the type was deleted since
        std::vector<KeyId> keys;    ///< may repeat
        bool childList = false;
    };
    /// A client that got structs, with its state before and, from the clean-up on, after: callbacks may write more.
    struct Grown {
        ClientRef client = noClient;
        Clock before = 0;
        Clock after = 0;
    };

    Origin origin;
    bool isLocal = true;
    const void* undoOwner = nullptr; ///< the undo manager that runs this transaction
    std::optional<Transaction> handle;
    DeleteSet deletes;
    std::vector<LocalId> splits; ///< right halves, to be joined again at the end
    std::vector<LocalId> joinable; ///< new structs that go on where the one before ends, and may be one with it
    bool hasDeleted = false;     ///< items that held something, which is now to be collected
    bool hasCollected = false;   ///< got structs that are collected already, which join without being neighbours
    bool needsFormattingCleanup = false;
    SubdocumentsEvent subdocuments;

    void reset(Doc& doc, const Origin& newOrigin, bool isLocalNow, const void* owner);
    /// `key` 0: the child list. Amortised O(1).
    void noteChange(Branch& branch, KeyId key)
    {
        // The slot may be left from another transaction: it counts only where it points back.
        const bool isKnown = branch.changeSlot < m_changeCount && m_changes[branch.changeSlot].branch == &branch;
        Change& change = isKnown ? m_changes[branch.changeSlot] : newChange(branch);
        if (key == 0)
            change.childList = true;
        else if (change.keys.empty() || change.keys.back() != key)
            change.keys.push_back(key);
    }
    void dropChange(Branch& branch);
    /// In order of first change.
    [[nodiscard]] std::span<Change> changes() { return {m_changes.data(), m_changeCount}; }
    [[nodiscard]] std::span<const Change> changes() const { return {m_changes.data(), m_changeCount}; }
    void noteGrowth(ClientRef client, Clock before)
    {
        if (isOlder({client, before}))
            noteFirstGrowth(client, before);
    }
    /// Notes where each client that grew stands now.
    void noteEnd(const ClientTable& clients);
    [[nodiscard]] const std::vector<Grown>& grown() const { return m_grown; }
    /// Whether the struct was there before the transaction.
    [[nodiscard]] bool isOlder(LocalId id) const
    {
        if (id.client >= m_grownBefore.size())
            return true;
        return id.clock < m_grownBefore[id.client];
    }
    [[nodiscard]] bool changedAnything() const { return !m_grown.empty() || !deletes.isEmpty(); }

private:
    Change& newChange(Branch& branch);
    void noteFirstGrowth(ClientRef client, Clock before);

    std::vector<Change> m_changes; ///< those from m_changeCount on are spare
    std::size_t m_changeCount = 0;
    std::vector<Grown> m_grown;
    std::vector<Clock> m_grownBefore; ///< by client; maxClock + 1 for those that did not grow
};

} // namespace tessera::crdt
