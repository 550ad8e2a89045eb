#pragma once

#include <memory>
#include <span>

#include <core/crdt/doc.h>

/// What a transaction changed inside single types, as Yjs' observe and observeDeep tell it, and
/// which sub-documents came and went. Callbacks run on the Doc's thread at the end of a
/// transaction, before deleted content is collected, in the order in which types changed first;
/// they may read, may not write. Computed for observed types only: without subscriptions a
/// transaction costs nothing more. Unlike in Yjs, computing a delta never changes the document.
namespace tessera::crdt {

/// From the observed type down to the changed one: map keys and list indexes (visible units).
/// Empty: itself.
using Path = std::vector<std::variant<std::string, std::size_t>>;

/// One step through a list or a text from its start.
struct DeltaOp {
    enum class Kind : std::uint8_t { retain, insert, remove };
    Kind kind = Kind::retain;
    /// Units kept, inserted or removed: elements of a list, UTF-16 units of a text.
    std::size_t count = 0;
    /// What was inserted. Of a text always one value: a string, an embed or a type.
    std::vector<Value> values;
    /// Text only. Of an insert: all that hold; of a retain: what changed, null where an attribute
    /// ended.
    Any::Object attributes;
};

struct KeyChange {
    enum class Action : std::uint8_t { add, update, remove };
    Action action = Action::add;
    /// Before the transaction; empty for an added key. A type in it is deleted: it still says which
    /// it was.
    std::optional<Value> oldValue;
};

/// What one transaction changed in one type. Never about types made in the same transaction or
/// deleted by it.
struct TypeEvent {
    SharedType target;
    Path path;
    /// Lists and texts. Without a last retain. Linear in the number of items of the target,
    /// tombstones included.
    std::vector<DeltaOp> delta;
    /// Map entries and attributes of XML types and texts, by ascending key. A key that was set and
    /// removed again in one transaction is left out.
    std::vector<std::pair<std::string, KeyChange>> keys;
};

struct TransactionInfo {
    const Origin& origin;
    bool local = false; ///< made by transact(), not by applyUpdate()
};

using TypeObserver =
    std::function<void(const TypeEvent& event, const TransactionInfo& transaction)>;
/// Events of the observed type and everything below it, shortest path first.
using DeepObserver =
    std::function<void(std::span<const TypeEvent> events, const TransactionInfo& transaction)>;

/// The subscription ends when the token is destroyed or with the Doc. A null handle gives an empty
/// token.
[[nodiscard]] Doc::Subscription observe(const SharedType& type, TypeObserver observer);
[[nodiscard]] Doc::Subscription observeDeep(const SharedType& type, DeepObserver observer);

/// Sub-documents that one transaction touched; at least one list is not empty. Each in the order of
/// the changes.
struct SubdocumentsEvent {
    std::vector<Subdocument> added;
    std::vector<Subdocument> removed;
    /// Those whose content this replica wants from now on; also ones that the same transaction
    /// deleted again.
    std::vector<Subdocument> loaded;
};

/// After the update event of the transaction. The Doc that an application opens for an added
/// sub-document should get its gc option and the parent's client id.
[[nodiscard]] Doc::Subscription onSubdocuments(
    Doc& doc,
    std::function<void(const SubdocumentsEvent& event, const TransactionInfo& transaction)>
        callback);

/// The live sub-documents, by id. Linear in their number.
[[nodiscard]] std::vector<Subdocument> subdocuments(const Doc& doc);

/// Says that this replica wants the content; tells onSubdocuments in a local transaction of its own
/// (or the open one). No-op when it did so before or the sub-document is gone.
void loadSubdocument(Doc& doc, const Subdocument& subdocument);
/// The application closed its Doc: onSubdocuments gets it as removed and, unless it was deleted, as
/// added again.
void unloadSubdocument(Doc& doc, const Subdocument& subdocument);

} // namespace tessera::crdt
