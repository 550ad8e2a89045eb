#include "list.h"

#include <algorithm>

#include <core/base/utf.h>

namespace tessera::crdt {
namespace {

/// A walk of more steps than this is worth an index.
constexpr int stepsWorthAnIndex = 48;

} // namespace

ItemAt findUnit(Branch& branch, Clock unit)
{
    if (unit >= branch.length)
        return {};
    if (branch.positions)
        return branch.positions->find(unit);
    Clock left = unit;
    int steps = 0;
    for (Item* item = branch.start; item; item = item->right) {
        if (left < item->visibleLength())
            return {item, left};
        left -= item->visibleLength();
        if (++steps == stepsWorthAnIndex) {
            branch.positions = std::make_unique<PositionIndex>(branch.start);
            return branch.positions->find(unit);
        }
    }
    return {};
}

Clock unitsBefore(const Item& item)
{
    Branch& branch = *item.parent;
    Clock units = 0;
    int steps = 0;
    for (const Item* left = item.left; left && !branch.positions; left = left->left) {
        units += left->visibleLength();
        if (++steps == stepsWorthAnIndex)
            branch.positions = std::make_unique<PositionIndex>(branch.start);
    }
    return branch.positions ? branch.positions->unitsBefore(item) : units;
}

ListPosition findPosition(Store& store, TransactionState& transaction, Branch& branch, Clock index)
{
    if (index == 0)
        return {nullptr, branch.start};
    const ItemAt at = findUnit(branch, index - 1);
    if (!at.item)
        return findEndOfList(branch);
    if (at.offset + 1 < at.item->length)
        store.cut(transaction, *at.item, at.offset + 1);
    return {at.item, at.item->right};
}

ListPosition findEndOfList(Branch& branch)
{
    Item* last = branch.positions ? branch.positions->lastItem() : branch.start;
    for (int steps = 0; last && last->right; last = last->right) {
        if (++steps == stepsWorthAnIndex && !branch.positions)
            branch.positions = std::make_unique<PositionIndex>(branch.start);
    }
    return {last, nullptr};
}

void removeUnits(Store& store, TransactionState& transaction, Branch& branch, Clock index, Clock count)
{
    if (index >= branch.length)
        return;
    count = std::min(count, branch.length - index);
    Item* item = findPosition(store, transaction, branch, index).right;
    for (Clock left = count; left > 0 && item; item = item->right) {
        if (!item->isVisible())
            continue;
        if (left < item->length)
            store.cut(transaction, *item, left);
        left -= item->length;
        deleteItem(store, transaction, *item);
    }
}

Value valueAt(Doc& doc, const Item& item, Clock offset)
{
    const Content& content = item.content;
    switch (content.kind()) {
    case ContentKind::json:
    case ContentKind::any: return content.value(offset);
    case ContentKind::binary:
    case ContentKind::embed: return content.value();
    case ContentKind::subdocument: {
        const Store& store = doc.store();
        return subdocumentOf(store.subdocuments, store.publicId(item.id()), item.content);
    }
    case ContentKind::type: return SharedType(&doc, content.branch());
    case ContentKind::string: {
        const std::string_view text = content.text();
        const Utf16Position from = findUtf16Unit(text, offset);
        const Utf16Position to = findUtf16Unit(text, offset + 1);
        if (from.insidePair || to.insidePair)
            return Any("\xef\xbf\xbd");
        return Any(text.substr(from.byteOffset, to.byteOffset - from.byteOffset));
    }
    default: return Any();
    }
}

} // namespace tessera::crdt
