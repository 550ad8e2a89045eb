#pragma once

#include <core/crdt/snapshot.h>

/// Questions to a snapshot about single structs. The snapshot must outlive it.
namespace tessera::crdt {

class SnapshotView
{
public:
    explicit SnapshotView(const Snapshot& snapshot) : m_snapshot(snapshot) {}

    /// End of those of the clocks from `id` to `end` that existed; they come first.
    [[nodiscard]] Clock existedUntil(Id id, Clock end) const;
    [[nodiscard]] bool existed(Id id) const { return existedUntil(id, id.clock + 1) > id.clock; }
    [[nodiscard]] bool shows(Id id) const { return existed(id) && deletedEnd(id) == id.clock; }
    [[nodiscard]] bool deletesAll(Id from, Clock length) const
    {
        return deletedEnd(from) >= from.clock + length;
    }
    /// First clock after `id` up to which all are shown or none is; at most `end`.
    [[nodiscard]] Clock sameUntil(Id id, Clock end) const;

private:
    /// End of the deleted range that holds `id`; its own clock when none does.
    [[nodiscard]] Clock deletedEnd(Id id) const;

    const Snapshot& m_snapshot;
};

struct Store;
/// Whether a document can be read as of the snapshot.
Result<void, SnapshotErrc> checkReadable(const Store& store, const Snapshot& snapshot);

} // namespace tessera::crdt
