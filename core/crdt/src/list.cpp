#include "list.h"

#include <algorithm>

#include <core/base/utf.h>

namespace tessera::crdt {
namespace {

constexpr std::size_t maxMarkers = 16;
/// A marker this near to a new place moves there; else a new marker is set.
constexpr Clock markerReach = 64;
constexpr int stepsWorthAMarker = 8;

std::uint64_t nextUse(const Branch& branch)
{
    std::uint64_t last = 0;
    for (const SearchMarker& marker : branch.markers)
        last = std::max(last, marker.lastUse);
    return last + 1;
}

Clock distance(Clock a, Clock b) { return a > b ? a - b : b - a; }

SearchMarker* nearestMarker(Branch& branch, Clock unit)
{
    SearchMarker* nearest = nullptr;
    for (SearchMarker& marker : branch.markers) {
        if (!nearest || distance(marker.index, unit) < distance(nearest->index, unit))
            nearest = &marker;
    }
    return nearest;
}

void mark(Branch& branch, Item& item, Clock index)
{
    SearchMarker* marker = nearestMarker(branch, index);
    const std::uint64_t use = nextUse(branch);
    if (!marker || distance(marker->index, index) > markerReach) {
        if (branch.markers.size() < maxMarkers) {
            branch.markers.push_back({});
            marker = &branch.markers.back();
        } else {
            marker = &*std::min_element(branch.markers.begin(), branch.markers.end(),
                                        [](const auto& a, const auto& b) { return a.lastUse < b.lastUse; });
        }
    }
    *marker = {&item, index, use};
}

} // namespace

ItemAt findUnit(Branch& branch, Clock unit)
{
    if (unit >= branch.length)
        return {};
    Item* item = branch.start;
    Clock index = 0;
    if (const SearchMarker* marker = nearestMarker(branch, unit); marker && distance(marker->index, unit) <= unit) {
        item = marker->item;
        index = marker->index;
    }
    int steps = 0;
    for (; index > unit; ++steps) {
        item = item->left;
        index -= item->isVisible() ? item->length : 0;
    }
    for (; item && (!item->isVisible() || index + item->length <= unit); ++steps) {
        index += item->isVisible() ? item->length : 0;
        item = item->right;
    }
    if (!item)
        return {};
    if (steps > stepsWorthAMarker)
        mark(branch, *item, index);
    return {item, unit - index};
}

ListPosition findPosition(Store& store, TransactionState& transaction, Branch& branch, Clock index)
{
    if (index == 0)
        return {nullptr, branch.start};
    const ItemAt at = findUnit(branch, index - 1);
    if (!at.item)
        return findEndOfList(branch);
    if (at.offset + 1 < at.item->length)
        store.findStart(transaction, {at.item->id.client, at.item->id.clock + at.offset + 1});
    return {at.item, at.item->right};
}

ListPosition findEndOfList(Branch& branch)
{
    const SearchMarker* farthest = nullptr;
    for (const SearchMarker& marker : branch.markers) {
        if (!farthest || marker.index > farthest->index)
            farthest = &marker;
    }
    Item* last = farthest ? farthest->item : branch.start;
    while (last && last->right)
        last = last->right;
    if (last)
        mark(branch, *last, branch.length - (last->isVisible() ? last->length : 0));
    return {last, nullptr};
}

void MarkerKeeper::restoreAfterInsert(Clock index, Clock count)
{
    std::erase_if(m_markers, [&](const SearchMarker& marker) { return marker.index == index && !marker.item->isVisible(); });
    for (SearchMarker& marker : m_markers) {
        if (marker.index >= index)
            marker.index += count;
    }
    m_branch.markers = std::move(m_markers);
}

void MarkerKeeper::restoreAfterRemove(Clock index, Clock count)
{
    for (SearchMarker& marker : m_markers) {
        if (marker.index > index)
            marker.index = std::max(index, marker.index - std::min(marker.index, count));
    }
    m_branch.markers = std::move(m_markers);
}

void removeUnits(Store& store, TransactionState& transaction, Branch& branch, Clock index, Clock count)
{
    if (index >= branch.length)
        return;
    count = std::min(count, branch.length - index);
    Item* item = findPosition(store, transaction, branch, index).right;
    MarkerKeeper markers(branch);
    for (Clock left = count; left > 0 && item; item = item->right) {
        if (!item->isVisible())
            continue;
        if (left < item->length)
            store.findStart(transaction, {item->id.client, item->id.clock + left});
        left -= item->length;
        deleteItem(store, transaction, *item);
    }
    markers.restoreAfterRemove(index, count);
}

Value valueAt(Doc& doc, const Item& item, Clock offset)
{
    const Content& content = item.content;
    switch (content.kind) {
    case ContentKind::json:
    case ContentKind::any: return content.values()[offset];
    case ContentKind::binary:
    case ContentKind::embed: return content.value();
    case ContentKind::type: return SharedType(&doc, content.branch());
    case ContentKind::string: {
        const Utf16Position from = findUtf16Unit(content.text(), offset);
        const Utf16Position to = findUtf16Unit(content.text(), offset + 1);
        if (from.insidePair || to.insidePair)
            return Any("\xef\xbf\xbd");
        return Any(std::string_view(content.text()).substr(from.byteOffset, to.byteOffset - from.byteOffset));
    }
    default: return Any();
    }
}

} // namespace tessera::crdt
