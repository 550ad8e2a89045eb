#include "snapshot_view.h"

#include <algorithm>

namespace tessera::crdt {
namespace {

/// The first range that ends behind `clock`.
std::vector<ClockRange>::const_iterator rangeFrom(const std::vector<ClockRange>& ranges,
                                                  Clock clock)
{
    return std::partition_point(ranges.begin(), ranges.end(),
                                [clock](const ClockRange& range) { return range.end() <= clock; });
}

} // namespace

Clock SnapshotView::existedUntil(Id id, Clock end) const
{
    const auto known = m_snapshot.stateVector.find(id.client);
    const Clock state = known == m_snapshot.stateVector.end() ? 0 : known->second;
    return std::clamp(state, id.clock, end);
}

Clock SnapshotView::deletedEnd(Id id) const
{
    const auto ranges = m_snapshot.deletes.find(id.client);
    if (ranges == m_snapshot.deletes.end())
        return id.clock;
    const auto range = rangeFrom(ranges->second, id.clock);
    return range != ranges->second.end() && range->clock <= id.clock ? range->end() : id.clock;
}

Clock SnapshotView::sameUntil(Id id, Clock end) const
{
    if (!existed(id))
        return end;
    end = existedUntil(id, end);
    const auto ranges = m_snapshot.deletes.find(id.client);
    if (ranges == m_snapshot.deletes.end())
        return end;
    const auto range = rangeFrom(ranges->second, id.clock);
    if (range == ranges->second.end())
        return end;
    return std::min(end, range->clock > id.clock ? range->clock : range->end());
}

} // namespace tessera::crdt
