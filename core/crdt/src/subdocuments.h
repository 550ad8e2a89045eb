#pragma once

#include <map>
#include <vector>

#include <core/crdt/events.h>

#include "observers.h"

/// Sub-documents that stand in a document, and what one transaction changed about them.
namespace tessera::crdt {

class Content;
struct Item;
struct Store;
struct TransactionState;

struct SubdocumentTable {
    std::map<Id, Subdocument> live;
    std::map<Id, Subdocument> leaving; ///< deleted, but no event has told so yet
    Observers<void(const SubdocumentsEvent&, const TransactionInfo&)> observers;
};

/// Content of a new item.
[[nodiscard]] Content contentOfSubdocument(const NewSubdocument& subdocument);
/// What an item holds; `id` is the item's.
[[nodiscard]] Subdocument subdocumentOf(const SubdocumentTable& table, Id id,
                                        const Content& content);

/// The item came into its place. Wanted at once if it loads everywhere; see setWanted.
void noteSubdocumentAdded(SubdocumentTable& table, SubdocumentsEvent& changes,
                          const Subdocument& subdocument);
/// The item is deleted. One of the same transaction is forgotten, though not that it was wanted.
void noteSubdocumentRemoved(SubdocumentTable& table, SubdocumentsEvent& changes,
                            const Subdocument& subdocument);
/// Whether this replica wants the content of a living one.
void setWanted(SubdocumentTable& table, SubdocumentsEvent& changes, Id id, bool isWanted);

/// Tells the observers.
void finishSubdocuments(Store& store, TransactionState& transaction);

} // namespace tessera::crdt
