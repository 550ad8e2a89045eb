#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/result.h>
#include <core/crdt/id.h>
#include <core/crdt/types.h>
#include <core/crdt/update_format.h>
#include <core/crdt/xml.h>

/// A Yjs document (yjs 13.6 semantics, update v1 bytes). One thread; nothing is shared between Docs. The storage is
/// private: callers see handles, updates and events only.
namespace tessera::crdt {

struct Store;
struct TransactionState;

/// Who made a transaction; compared by value. Empty: nobody in particular. Undo managers track origins.
using Origin = std::string;

/// For each client the first clock not yet seen.
using StateVector = std::map<ClientId, Clock>;

struct DocOptions {
    ClientId clientId{}; ///< 0: a random 32-bit id
    bool gc = true;      ///< collect deleted content at the end of a transaction
};

/// What one transaction changed in one type. Only types that existed before the transaction and still live are told.
struct TypeChange {
    SharedType target;
    std::vector<std::string> path;       ///< root name, then keys; list positions as decimal numbers
    std::set<std::string> keysChanged;   ///< map keys set or removed
    bool childListChanged = false;       ///< list elements or text changed
};

struct TransactionEvent {
    Origin origin;
    bool local = false;                  ///< made by transact(), not by applyUpdate()
    std::vector<TypeChange> changes;     ///< shallow targets first
    StateVector before;                  ///< of the clients that got structs
    StateVector after;                   ///< of the same clients
};

class Transaction
{
public:
    [[nodiscard]] Doc& doc() const { return m_doc; }
    [[nodiscard]] const Origin& origin() const { return m_origin; }

private:
    friend struct TransactionState;
    Transaction(Doc& doc, Origin origin, bool local) : m_doc(doc), m_origin(std::move(origin)), m_local(local) {}
    Doc& m_doc;
    Origin m_origin;
    bool m_local;
};

class Doc
{
public:
    explicit Doc(const DocOptions& options = {});
    ~Doc();
    Doc(const Doc&) = delete;
    Doc& operator=(const Doc&) = delete;

    [[nodiscard]] ClientId clientId() const;

    /// Root types; made on first use. A root first used as one kind keeps it: another kind gives a null handle.
    Map map(std::string_view rootName);
    Array array(std::string_view rootName);
    Text text(std::string_view rootName);
    XmlFragment xmlFragment(std::string_view rootName);
    XmlElement xmlElement(std::string_view rootName);
    XmlText xmlText(std::string_view rootName);
    [[nodiscard]] std::vector<std::string> rootNames() const;

    /// Runs `body` in one transaction; nested calls join the outer one. Events fire after the outermost ends.
    void transact(const Origin& origin, const std::function<void(Transaction&)>& body);

    /// Integrates an update. On an error nothing of the update was applied. Structs whose dependencies are missing
    /// wait inside (see hasPending) and are part of every full encode.
    Result<void, DecodeError> applyUpdate(ByteView update, const Origin& origin = {},
                                          UpdateFormat format = UpdateFormat::v1);
    /// What a replica with `since` lacks; empty vector: everything. Client blocks by descending id, as Yjs writes them.
    [[nodiscard]] Bytes encodeStateAsUpdate(const StateVector& since = {}, UpdateFormat format = UpdateFormat::v1) const;
    [[nodiscard]] StateVector stateVector() const;
    [[nodiscard]] bool hasPending() const;

    /// Subscriptions; the returned token ends the subscription when destroyed. Callbacks may read, may not write.
    using Subscription = std::shared_ptr<void>;
    /// The update of each transaction that changed anything, encoded after collection, as Yjs emits it.
    [[nodiscard]] Subscription onUpdate(std::function<void(ByteView update, const Origin& origin, bool local)> callback,
                                        UpdateFormat format = UpdateFormat::v1);
    [[nodiscard]] Subscription onTransaction(std::function<void(const TransactionEvent& event)> callback);

    /// Private to core/crdt.
    [[nodiscard]] Store& store() const { return *m_store; }

private:
    std::unique_ptr<Store> m_store;
};

} // namespace tessera::crdt
