#include <core/crdt/doc.h>

#include "apply_update.h"
#include "store_encoder.h"
#include "update_scan_v2.h"

namespace tessera::crdt {
namespace {

/// The root as this kind; null when it is known as another.
Branch* typedRoot(Store& store, std::string_view name, TypeKind kind)
{
    Branch& root = store.root(name);
    if (!root.kind)
        root.kind = kind;
    return root.kind == kind ? &root : nullptr;
}

} // namespace

Doc::Doc(const DocOptions& options) : m_store(std::make_unique<Store>(*this))
{
    m_store->clientId = number(options.clientId) == 0 ? m_store->unusedClientId() : options.clientId;
    m_store->gc = options.gc;
}

Doc::~Doc() = default;

ClientId Doc::clientId() const { return m_store->clientId; }

Map Doc::map(std::string_view rootName) { return Map(this, typedRoot(*m_store, rootName, TypeKind::map)); }
Array Doc::array(std::string_view rootName) { return Array(this, typedRoot(*m_store, rootName, TypeKind::array)); }
Text Doc::text(std::string_view rootName) { return Text(this, typedRoot(*m_store, rootName, TypeKind::text)); }
XmlText Doc::xmlText(std::string_view rootName)
{
    return XmlText(this, typedRoot(*m_store, rootName, TypeKind::xmlText));
}

XmlFragment Doc::xmlFragment(std::string_view rootName)
{
    return XmlFragment(this, typedRoot(*m_store, rootName, TypeKind::xmlFragment));
}

XmlElement Doc::xmlElement(std::string_view rootName)
{
    return XmlElement(this, typedRoot(*m_store, rootName, TypeKind::xmlElement));
}

std::vector<std::string> Doc::rootNames() const
{
    std::vector<std::string> names;
    for (const auto& [name, branch] : m_store->roots)
        names.push_back(name);
    return names;
}

void Doc::transact(const Origin& origin, const std::function<void(Transaction&)>& body)
{
    m_store->transact(origin, true, [&](TransactionState& state) { body(*state.handle); });
}

Result<void, DecodeError> Doc::applyUpdate(ByteView update, const Origin& origin, UpdateFormat format)
{
    if (format == UpdateFormat::v2) {
        TESSERA_TRY(scanned, scanUpdateV2(update));
        m_store->transact(origin, false, [&](TransactionState& state) { crdt::applyUpdate(*m_store, state, scanned); });
        return {};
    }
    TESSERA_TRY(scanned, scanUpdateV1(update));
    m_store->transact(origin, false, [&](TransactionState& state) { crdt::applyUpdate(*m_store, state, scanned); });
    return {};
}

Bytes Doc::encodeStateAsUpdate(const StateVector& since, UpdateFormat format) const
{
    return encodeState(*m_store, since, format);
}

StateVector Doc::stateVector() const { return m_store->stateVector(); }
bool Doc::hasPending() const { return m_store->pendingStructs || !m_store->pendingDeletes.isEmpty(); }

Doc::Subscription Doc::onUpdate(std::function<void(ByteView, const Origin&, bool)> callback, UpdateFormat format)
{
    return m_store->observersOf(format).add(std::move(callback));
}

Doc::Subscription Doc::onTransaction(std::function<void(const TransactionEvent&)> callback)
{
    return m_store->transactionObservers.add(std::move(callback));
}

} // namespace tessera::crdt
