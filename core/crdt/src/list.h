#pragma once

#include <optional>

#include "integrate.h"

/// Lists of items addressed by visible units (array elements, UTF-16 units of text). A list that takes many steps to
/// walk gets a position index.
namespace tessera::crdt {

struct ListPosition {
    Item* left = nullptr;
    Item* right = nullptr;
};

/// The visible item that holds `unit`; null past the end. O(log items).
[[nodiscard]] ItemAt findUnit(Branch& branch, Clock unit);
/// Visible units left of a list item. O(log items).
[[nodiscard]] Clock unitsBefore(const Item& item);
/// Right after the unit before `index`, cutting an item if need be. index <= length.
ListPosition findPosition(Store& store, TransactionState& transaction, Branch& branch, Clock index);
/// After the very last item, tombstone or not.
[[nodiscard]] ListPosition findEndOfList(Branch& branch);

/// Deletes visible units from `index` on.
void removeUnits(Store& store, TransactionState& transaction, Branch& branch, Clock index, Clock count);

/// What an item shows at `offset`; a map entry shows its last value.
[[nodiscard]] Value valueAt(Doc& doc, const Item& item, Clock offset);
[[nodiscard]] inline Value lastValue(Doc& doc, const Item& item) { return valueAt(doc, item, item.length - 1); }

/// Writing values: plain ones share an item, bytes and types stand alone.
Branch* setEntry(Store& store, TransactionState& transaction, Branch& map, std::string_view key, const NewValue& value);
void insertValues(Store& store, TransactionState& transaction, Branch& array, ListPosition at,
                  const std::vector<NewValue>& values);
/// Content of a new item; a type is filled after its item has its place, as Yjs does.
[[nodiscard]] Content contentOf(Store& store, const NewValue& value);
void fill(Store& store, TransactionState& transaction, Branch& branch, const NewType& type);
/// The rules of Y.Text; see text.h.
void insertPlainText(Store& store, TransactionState& transaction, Branch& text, std::string_view utf8);

} // namespace tessera::crdt
