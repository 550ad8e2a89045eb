#include <app/models/connection.h>

#include <QColor>
#include <QJsonArray>
#include <QTimer>
#include <QUrl>

#include <app/models/blob_exchange.h>
#include <app/models/editor_session.h>
#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>
#include <collab/qt/scheduler.h>
#include <collab/qt/web_socket.h>

namespace tessera::app {
namespace {

constexpr const char* linkKey = "share.link"; ///< of the file's local values

/// Sync records live in the document's own file.
class FileSyncRecords final : public collab::SyncRecordStore
{
public:
    explicit FileSyncRecords(storage::DocumentStore& store) : m_store(store) {}
    std::optional<Bytes> load(const std::string& key) override { return m_store.local(key); }
    void save(const std::string& key, ByteView record) override
    {
        m_store.setLocal(key, Bytes(record.begin(), record.end()));
    }

private:
    storage::DocumentStore& m_store;
};

QString mergeText(const collab::MergeReport& report)
{
    return QObject::tr("Back online: merged %1 of your changes with those of %2")
        .arg(report.localUpdates)
        .arg(report.remoteClients == 1 ? QObject::tr("1 other person") : QObject::tr("%1 others").arg(report.remoteClients));
}

} // namespace

struct Connection::Parts {
    Parts(EditorSession& session, collab::SessionCallbacks callbacks)
        : records(session.store()),
          sync(session.document().crdt(), transport, scheduler, session.services().random, &records,
               std::move(callbacks))
    {
    }
    collab::QtScheduler scheduler;
    collab::QtTransport transport;
    FileSyncRecords records;
    collab::Session sync;
};

Connection::Connection(EditorSession& session) : m_session(session)
{
    connect(&session.selection(), &Selection::changed, this, &Connection::publishPresence);
    connect(&session, &EditorSession::documentChanged, this, [this](const document::ChangeSet& changes) {
        if (changes.assetsChanged)
            m_session.blobs().sync();
    });
}

Connection::~Connection() = default;

void Connection::join(const collab::ShareLink& link)
{
    m_link = link;
    m_offline = false;
    const std::string text = collab::formatShareLink(link);
    m_session.store().setLocal(linkKey, Bytes(text.begin(), text.end()));
    start();
}

void Connection::resume()
{
    const auto stored = m_session.store().local(linkKey);
    if (!stored || stored->empty())
        return;
    if (auto link = collab::parseShareLink(asText(*stored))) {
        m_link = std::move(link).value();
        start();
    }
}

void Connection::start()
{
    m_session.blobs().setRoom(nullptr, {}, false); // it must not keep the address that goes now
    m_api = std::make_unique<RelayApi>(toQt(collab::httpOrigin(*m_link)), toQt(m_link->token));
    collab::SessionCallbacks callbacks;
    callbacks.connectionChanged = [this](collab::ConnectionState state) {
        if (state == collab::ConnectionState::live)
            becameLive();
        Q_EMIT changed();
    };
    callbacks.roleChanged = [this](collab::Role) {
        m_session.blobs().setRoom(m_api.get(), room(), mayEdit());
        Q_EMIT changed();
    };
    callbacks.syncStateChanged = [this](const collab::SyncState&) { Q_EMIT changed(); };
    callbacks.peersChanged = [this] { Q_EMIT peersChanged(); };
    callbacks.merged = [this](const collab::MergeReport& report) {
        if (report.localUpdates > 0 && report.remoteClients > 0)
            Q_EMIT notice(mergeText(report));
    };
    callbacks.notice = [this](const collab::RoomNotice& told) { Q_EMIT notice(toQt(told.text)); };
    callbacks.blobOffered = [this](const collab::BlobOffer&) {
        QTimer::singleShot(0, this, [this] { m_session.blobs().sync(); });
    };
    callbacks.jobEvent = [this](const std::string& json) {
        Q_EMIT jobEvent(QByteArray::fromStdString(json));
    };
    m_parts = std::make_unique<Parts>(m_session, std::move(callbacks));
    publishPresence();
    m_parts->sync.start(*m_link);
    Q_EMIT changed();
}

void Connection::leave()
{
    m_session.blobs().setRoom(nullptr, {}, false);
    m_session.store().setLocal(linkKey, {});
    m_parts.reset();
    m_api.reset();
    m_link.reset();
    Q_EMIT peersChanged();
    Q_EMIT changed();
}

void Connection::setOffline(bool offline)
{
    if (!m_parts || offline == m_offline)
        return;
    m_offline = offline;
    if (offline) {
        m_session.blobs().setRoom(nullptr, {}, false);
        m_parts->sync.stop();
    } else {
        m_parts->sync.start(*m_link);
    }
    Q_EMIT peersChanged();
    Q_EMIT changed();
}

void Connection::retryNow()
{
    if (m_parts)
        m_parts->sync.retryNow();
}

void Connection::becameLive()
{
    m_session.blobs().setRoom(m_api.get(), room(), mayEdit());
    // A fresh room has no page to draw on. Whoever finds it so makes one; not from inside the callback, which must not write.
    if (m_session.document().tree().pages.empty() && mayEdit()) {
        QTimer::singleShot(0, this, [this] {
            if (!m_session.document().tree().pages.empty())
                return;
            document::CreateNode page;
            page.id = makeNodeId(m_session.services().random);
            page.type = document::NodeType::page;
            page.properties = {{"name", "Page 1"}};
            m_session.apply({document::SetMeta{"formatVersion", document::formatVersion}, page});
        });
    }
}

std::optional<ShareStatus> Connection::shareStatus() const
{
    if (!m_parts)
        return std::nullopt;
    ShareStatus status;
    status.connection = m_parts->sync.connection();
    status.denied = m_parts->sync.deniedReason();
    status.sync = m_parts->sync.syncState();
    status.role = m_parts->sync.role();
    status.offlineByChoice = m_offline;
    return status;
}

bool Connection::mayEdit() const
{
    return !m_parts || m_parts->sync.mayEdit();
}

bool Connection::mayShare() const
{
    const auto role = m_parts ? m_parts->sync.role() : std::nullopt;
    return role && collab::canShare(*role);
}

const std::vector<collab::Peer>& Connection::peers() const
{
    static const std::vector<collab::Peer> nobody;
    return m_parts && !m_offline ? m_parts->sync.peers() : nobody;
}

QString Connection::room() const
{
    return m_link ? toQt(m_link->room.text()) : QString();
}

QColor Connection::ownColor() const
{
    const std::uint64_t client = crdt::number(m_session.document().crdt().clientId());
    const std::vector<Color>& colors = m_session.services().peerColors;
    return toQt(colors.empty() ? collab::presenceColor(client) : colors[client % colors.size()]);
}

void Connection::setCursor(std::optional<collab::PresenceCursor> cursor)
{
    m_cursor = std::move(cursor);
    publishPresence();
}

void Connection::setDrag(std::optional<collab::PresenceDrag> drag)
{
    if (!drag && !m_drag)
        return;
    m_drag = std::move(drag);
    publishPresence();
}

void Connection::publishPresence()
{
    if (!m_parts)
        return;
    collab::Presence presence;
    presence.name = m_session.services().personName.toStdString();
    presence.color = fromQt(ownColor());
    presence.cursor = m_cursor;
    presence.selection = m_session.selection().nodes();
    presence.drag = m_drag;
    m_parts->sync.setPresence(std::move(presence));
}

void Connection::createRoom(const QString& relayOrigin, const QString& adminKey, Done done)
{
    auto* admin = new RelayApi(relayOrigin, adminKey, this);
    const QJsonObject body{{QStringLiteral("name"), m_session.title()}};
    admin->post(QStringLiteral("/api/rooms"), body, this,
                [this, admin, done = std::move(done)](Result<QJsonObject, RelayError> answer) {
                    admin->deleteLater();
                    if (!answer) {
                        done(fail(std::move(answer).error()));
                        return;
                    }
                    const QString text = QStringLiteral("%1/d/%2#%3")
                                             .arg(admin->origin(), answer->value(QLatin1String("room")).toString(),
                                                  answer->value(QLatin1String("token")).toString());
                    auto link = collab::parseShareLink(text.toStdString());
                    if (!link) {
                        done(fail(RelayError{0, QStringLiteral("bad-answer"), tr("The relay answered with a room that is none.")}));
                        return;
                    }
                    join(link.value());
                    done(text);
                });
}

void Connection::createShare(const QString& role, Done done)
{
    if (!m_api) {
        done(fail(RelayError{0, QStringLiteral("not-shared"), tr("This document is in no room yet.")}));
        return;
    }
    m_api->post(QStringLiteral("/api/rooms/%1/shares").arg(room()), {{QStringLiteral("role"), role}}, this,
                [origin = m_api->origin(), room = room(), done = std::move(done)](Result<QJsonObject, RelayError> answer) {
                    if (!answer) {
                        done(fail(std::move(answer).error()));
                        return;
                    }
                    // Our own address of the relay, not the one it thinks it has.
                    done(QStringLiteral("%1/d/%2#%3").arg(origin, room, answer->value(QLatin1String("token")).toString()));
                });
}

void Connection::listShares(std::function<void(Result<std::vector<ShareEntry>, RelayError>)> done)
{
    if (!m_api)
        return;
    m_api->get(QStringLiteral("/api/rooms/%1/shares").arg(room()), this,
               [done = std::move(done)](Result<QJsonObject, RelayError> answer) {
                   if (!answer) {
                       done(fail(std::move(answer).error()));
                       return;
                   }
                   std::vector<ShareEntry> entries;
                   for (const QJsonValue& value : answer->value(QLatin1String("shares")).toArray()) {
                       const QJsonObject share = value.toObject();
                       entries.push_back({share.value(QLatin1String("share")).toString(),
                                          share.value(QLatin1String("role")).toString(),
                                          static_cast<qint64>(share.value(QLatin1String("expires")).toDouble()),
                                          share.value(QLatin1String("revoked")).toBool()});
                   }
                   done(std::move(entries));
               });
}

void Connection::revokeShare(const QString& id, Done done)
{
    if (!m_api)
        return;
    m_api->remove(QStringLiteral("/api/rooms/%1/shares/%2").arg(room(), id), this,
                  [id, done = std::move(done)](Result<QJsonObject, RelayError> answer) {
                      if (answer)
                          done(id);
                      else
                          done(fail(std::move(answer).error()));
                  });
}

} // namespace tessera::app
