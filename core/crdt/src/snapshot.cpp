#include <algorithm>
#include <cassert>

#include <core/crdt/snapshot.h>

#include "list.h"
#include "snapshot_view.h"
#include "store_encoder.h"
#include "update_scan.h"

namespace tessera::crdt {

Result<void, SnapshotErrc> checkReadable(const Store& store, const Snapshot& snapshot)
{
    if (store.gc)
        return fail(SnapshotErrc::collects);
    for (const auto& [client, clock] : snapshot.stateVector) {
        if (clock > store.clients.state(client))
            return fail(SnapshotErrc::unknownState);
    }
    return {};
}

namespace {

/// The unit of a key's chain that was its value. Values that were overwritten may share an item.
ItemAt entryAt(const Store& store, Item* last, const SnapshotView& view)
{
    while (last && !view.existed(store.publicId(last->id())))
        last = last->left;
    if (!last)
        return {};
    Id unit = store.publicId(last->id());
    unit.clock = view.existedUntil(unit, last->end()) - 1;
    return view.shows(unit) ? ItemAt{last, unit.clock - last->clock} : ItemAt{};
}

} // namespace

Snapshot takeSnapshot(const Doc& doc)
{
    Snapshot snapshot;
    snapshot.stateVector = doc.stateVector();
    const DeleteSet deletes = deletesOf(doc.store());
    for (const DeleteSet::Entry& entry : deletes.entries())
        snapshot.deletes.emplace(entry.client, entry.ranges);
    return snapshot;
}

Result<bool, DecodeError> snapshotContainsUpdate(const Snapshot& snapshot, ByteView update,
                                                 UpdateFormat format)
{
    if (format == UpdateFormat::v2) {
        TESSERA_TRY(converted, convertUpdate(update, UpdateFormat::v2, UpdateFormat::v1));
        return snapshotContainsUpdate(snapshot, converted);
    }
    TESSERA_TRY(scanned, scanUpdateV1(update));
    const SnapshotView view(snapshot);
    for (const auto& client : scanned.clients) {
        if (!view.existed({client.client, client.end - 1}))
            return false;
    }
    for (const DeleteSet::Entry& entry : scanned.deletes.entries()) {
        for (const ClockRange& range : entry.ranges) {
            if (!view.deletesAll({entry.client, range.clock}, range.length))
                return false;
        }
    }
    return true;
}

Result<std::unique_ptr<Doc>, SnapshotErrc>
createDocFromSnapshot(const Doc& doc, const Snapshot& snapshot, const DocOptions& options)
{
    const Store& store = doc.store();
    TESSERA_CHECK(checkReadable(store, snapshot));
    DeleteSet deletes;
    for (const auto& [client, ranges] : snapshot.deletes) {
        for (const ClockRange& range : ranges)
            deletes.add(client, range.clock, range.length);
    }
    auto copy = std::make_unique<Doc>(options);
    [[maybe_unused]] const auto applied =
        copy->applyUpdate(encodeStateUpTo(store, snapshot.stateVector, deletes), "snapshot");
    assert(applied.hasValue());
    return copy;
}

Result<std::vector<Value>, SnapshotErrc> elementsAt(const SharedType& list,
                                                    const Snapshot& snapshot)
{
    const Store& store = list.doc().store();
    TESSERA_CHECK(checkReadable(store, snapshot));
    const SnapshotView view(snapshot);
    std::vector<Value> elements;
    for (const Item* item = list.branch()->start; item; item = item->right) {
        for (Clock offset = 0; item->isCountable() && offset < item->length; ++offset) {
            if (view.shows(store.publicId({item->client, item->clock + offset})))
                elements.push_back(valueAt(list.doc(), *item, offset));
        }
    }
    return elements;
}

Result<std::vector<std::pair<std::string, Value>>, SnapshotErrc> entriesAt(const SharedType& map,
                                                                           const Snapshot& snapshot)
{
    const Store& store = map.doc().store();
    TESSERA_CHECK(checkReadable(store, snapshot));
    const SnapshotView view(snapshot);
    std::vector<std::pair<std::string, Value>> entries;
    for (const EntryTable::Entry& entry : map.branch()->entries.inOrder()) {
        if (const ItemAt at = entryAt(store, entry.last, view); at.item)
            entries.emplace_back(store.keys.text(entry.key), valueAt(map.doc(), *at.item, at.offset));
    }
    return entries;
}

} // namespace tessera::crdt
