#include <app/models/blob_exchange.h>

#include <QPointer>

#include <collab/session/relay_api.h>

#include "guarded.h"

namespace tessera::app {
namespace {

/// Nobody answered, or the relay is busy or its disk full.
bool isPassing(const collab::RelayError& error)
{
    return error.code == collab::RelayErrc::unreachable || error.code == collab::RelayErrc::timedOut || error.status >= 500;
}

} // namespace

BlobExchange::BlobExchange(storage::DocumentStore& store, int retryMs) : m_store(store)
{
    m_retry.setSingleShot(true);
    m_retry.setInterval(retryMs);
    connect(&m_retry, &QTimer::timeout, this, &BlobExchange::sync);
}
BlobExchange::~BlobExchange() = default;

ContentHash BlobExchange::put(Bytes bytes, const std::string& mime)
{
    const ContentHash hash = m_store.putBlob(std::move(bytes), mime);
    if (m_api && m_mayWrite)
        send(hash);
    return hash;
}

std::optional<Bytes> BlobExchange::bytes(const ContentHash& hash) const
{
    auto blob = m_store.blob(hash);
    if (!blob || !blob.value())
        return std::nullopt;
    return std::move(blob.value()->data);
}

void BlobExchange::setRoom(collab::RelayApi* api, bool mayWrite)
{
    const RoomId room = api ? api->link().room : RoomId();
    if (m_room != room)
        m_sent.clear();
    m_api = api;
    m_room = room;
    m_mayWrite = mayWrite;
    m_sending.clear();
    m_fetching.clear();
    sync();
}

void BlobExchange::sync()
{
    if (!m_api)
        return;
    for (const document::Asset& asset : m_store.document().assets()) {
        if (!m_store.hasBlob(asset.hash))
            fetch(asset.hash, this, [](bool) {});
        else if (m_mayWrite && !m_sent.contains(asset.hash))
            send(asset.hash);
    }
}

/// One timer for all: each failure with its own would make more requests with every round.
void BlobExchange::retrySoon()
{
    if (!m_retry.isActive())
        m_retry.start();
}

void BlobExchange::send(const ContentHash& hash)
{
    auto blob = m_store.blob(hash);
    if (!blob || !blob.value() || !m_sending.insert(hash).second)
        return;
    Q_EMIT sendingChanged();
    m_api->putBlob(hash, std::move(blob.value()->data), blob.value()->mime,
                   guarded(this, [this, hash, api = m_api](const Result<void, collab::RelayError>& answer) {
                       m_sending.erase(hash);
                       if (answer)
                           m_sent.insert(hash);
                       else if (isPassing(answer.error()) && api == m_api)
                           retrySoon();
                       Q_EMIT sendingChanged();
                   }));
}

void BlobExchange::fetch(const ContentHash& hash, QObject* context, std::function<void(bool)> done)
{
    if (m_store.hasBlob(hash)) {
        done(true);
        return;
    }
    if (!m_api) {
        done(false);
        return;
    }
    if (context == this && !m_fetching.insert(hash).second)
        return;
    m_api->blob(hash, guarded(this, [this, hash, api = m_api, guard = QPointer<QObject>(context),
                                     done = std::move(done)](Result<Bytes, collab::RelayError> answer) {
                    m_fetching.erase(hash);
                    const bool ok = answer.hasValue();
                    if (ok) {
                        const auto asset = m_store.document().asset(hash);
                        m_store.putBlob(std::move(answer).value(), asset ? asset->mime : "application/octet-stream");
                        m_sent.insert(hash);
                        Q_EMIT arrived(hash);
                    } else if (api == m_api && (isPassing(answer.error()) ||
                                                answer.error().code == collab::RelayErrc::notFound)) {
                        retrySoon(); // also a 404: whoever placed it may still be sending it
                    }
                    if (guard)
                        done(ok);
                }));
}

} // namespace tessera::app
