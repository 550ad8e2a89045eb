#pragma once

#include <functional>
#include <memory>
#include <set>

#include <QObject>
#include <QTimer>

#include <core/base/hash.h>
#include <core/base/ids.h>
#include <core/document/document.h>
#include <core/storage/document_store.h>

namespace tessera::collab {
class RelayApi;
}

/// Keeps the blobs of file and room the same: what the document names and this file lacks is fetched, what the room
/// may lack is sent. Without a room it only keeps blobs in the file. GUI thread.
namespace tessera::app {

class BlobExchange final : public QObject
{
    Q_OBJECT

public:
    /// What failed for a reason that passes is tried again after `retryMs`.
    explicit BlobExchange(storage::DocumentStore& store, int retryMs = 3000);
    ~BlobExchange() override;

    /// Stores the bytes in the file and, in a room, sends them.
    ContentHash put(Bytes bytes, const std::string& mime);
    /// Null when not here (yet).
    [[nodiscard]] std::optional<Bytes> bytes(const ContentHash& hash) const;

    /// The room to exchange with; null ends it. `mayWrite`: our role allows sending.
    void setRoom(collab::RelayApi* api, bool mayWrite);
    /// Sends and fetches what is missing. Cheap when nothing is.
    void sync();
    /// Fetches one blob that the document does not name, e.g. a preview.
    void fetch(const ContentHash& hash, QObject* context, std::function<void(bool ok)> done);
    /// True while something waits to be sent.
    [[nodiscard]] bool isSending() const { return !m_sending.empty(); }

Q_SIGNALS:
    void arrived(const tessera::ContentHash& hash);
    void sendingChanged();

private:
    void send(const ContentHash& hash);
    void retrySoon();

    storage::DocumentStore& m_store;
    collab::RelayApi* m_api = nullptr;
    RoomId m_room;
    bool m_mayWrite = false;
    std::set<ContentHash> m_sent;     ///< known to be in the room
    std::set<ContentHash> m_sending;
    std::set<ContentHash> m_fetching;
    QTimer m_retry;
};

} // namespace tessera::app
