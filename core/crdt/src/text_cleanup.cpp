#include "text_cleanup.h"

#include <algorithm>
#include <set>

#include "integrate.h"

namespace tessera::crdt {
namespace {

/// Needs no knowledge of the attributes at this place: of several markers for one key the last decides.
void cleanUpGapAround(Store& store, TransactionState& transaction, Item* item)
{
    while (item->right && !item->right->isVisible())
        item = item->right;
    std::set<std::string_view> seen;
    for (; item && !item->isVisible(); item = item->left) {
        if (item->isLiveFormat() && !seen.insert(item->content.format().key).second)
            deleteItem(store, transaction, *item);
    }
}

void cleanUpWholeText(Store& store, TransactionState& transaction, Branch& text)
{
    Item* start = text.start;
    AttributeMap startAttributes;
    AttributeMap current;
    for (Item* item = text.start; item; item = item->right) {
        if (item->isDeleted)
            continue;
        if (item->kind() == ContentKind::format) {
            current.apply(item->content.format());
        } else {
            cleanUpGap(store, transaction, start, item, startAttributes, current);
            startAttributes = current;
            start = item;
        }
    }
}

} // namespace

void cleanUpGap(Store& store, TransactionState& transaction, Item* start, const Item* reader,
                const AttributeMap& startAttributes, AttributeMap& current)
{
    std::unordered_map<std::string_view, const Item*> lastOfKey;
    Item* end = start;
    for (; end && !end->isVisible(); end = end->right) {
        if (end->isLiveFormat())
            lastOfKey[end->content.format().key] = end;
    }
    bool passedReader = false;
    for (Item* item = start; item != end; item = item->right) {
        passedReader = passedReader || item == reader;
        if (!item->isLiveFormat())
            continue;
        const FormatContent& format = item->content.format();
        const Any before = startAttributes.get(format.key);
        const bool sameAsBefore = strictlyEqual(before, format.value);
        if (lastOfKey[format.key] != item || sameAsBefore) {
            deleteItem(store, transaction, *item);
            if (!passedReader && !sameAsBefore && strictlyEqual(current.get(format.key), format.value)) {
                if (before.isNull())
                    current.remove(format.key);
                else
                    current.set(format.key, before);
            }
        }
        if (!passedReader && !item->isDeleted)
            current.apply(format);
    }
}

void cleanUpFormatting(Store& store, TransactionState& transaction)
{
    std::vector<Branch*> whole;
    const auto addWhole = [&](Branch* text) {
        if (std::find(whole.begin(), whole.end(), text) == whole.end())
            whole.push_back(text);
    };
    for (const TransactionState::Grown& grown : transaction.grown()) {
        const StructList& structs = store.clients.structs(grown.client);
        structs.forEachFrom(structs.find(grown.before), [&](const Item& item) {
            if (item.isLiveFormat() && item.clock < grown.after)
                addWhole(item.parent);
        });
    }
    store.transact({}, true, [&](TransactionState& cleanup) {
        store.forEachIn(transaction, transaction.deletes, [&](Item& item) {
            if (item.isGc() || !item.parent->hasFormatting ||
                std::find(whole.begin(), whole.end(), item.parent) != whole.end())
                return;
            if (item.kind() == ContentKind::format)
                addWhole(item.parent);
            else
                cleanUpGapAround(store, cleanup, &item);
        });
        for (Branch* text : whole)
            cleanUpWholeText(store, cleanup, *text);
    }, &store); // owned by nobody's undo
}

} // namespace tessera::crdt
