#include <app/models/connection.h>

#include <QColor>
#include <QTimer>

#include <app/models/blob_exchange.h>
#include <app/models/editor_session.h>
#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>
#include <collab/qt/http.h>
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

RelayError errorOf(const collab::RelayError& error)
{
    RelayError told{error.status, toQt(error.problem), toQt(error.problemDetail)};
    if (error.status == 0)
        told.code = QStringLiteral("unreachable");
    else if (error.code == collab::RelayErrc::badAnswer)
        told.code = QStringLiteral("bad-answer");
    if (told.detail.isEmpty())
        told.detail = toQt(error.detail);
    return told;
}

struct Connection::Parts {
    Parts(EditorSession& session, const collab::ShareLink& link, collab::SessionCallbacks callbacks)
        : api(http, link), records(session.store()),
          sync(session.document().crdt(), transport, scheduler, session.services().random, &records,
               std::move(callbacks))
    {
    }
    collab::QtHttp http;
    collab::RelayApi api;
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
    rememberLink();
    start();
}

void Connection::rememberLink()
{
    if (!m_link)
        return;
    const std::string text = collab::formatShareLink(*m_link);
    m_session.store().setLocal(linkKey, Bytes(text.begin(), text.end()));
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
    m_session.blobs().setRoom(nullptr, false); // it must not keep the address that goes now
    collab::SessionCallbacks callbacks;
    callbacks.connectionChanged = [this](collab::ConnectionState state) {
        if (state == collab::ConnectionState::live)
            becameLive();
        Q_EMIT changed();
    };
    callbacks.roleChanged = [this](collab::Role) {
        m_session.blobs().setRoom(api(), mayEdit());
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
    m_parts = std::make_unique<Parts>(m_session, *m_link, std::move(callbacks));
    publishPresence();
    m_parts->sync.start(*m_link);
    Q_EMIT changed();
}

void Connection::leave()
{
    m_session.blobs().setRoom(nullptr, false);
    m_session.store().setLocal(linkKey, {});
    m_parts.reset();
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
        m_session.blobs().setRoom(nullptr, false);
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
    m_session.blobs().setRoom(api(), mayEdit());
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

collab::RelayApi* Connection::api() const
{
    return m_parts ? &m_parts->api : nullptr;
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
    std::string origin = relayOrigin.toStdString();
    while (origin.ends_with('/'))
        origin.pop_back();
    // A link to any room of that relay says whether the address is one.
    auto relay = collab::parseShareLink(origin + "/d/new");
    if (!relay) {
        done(fail(RelayError{0, QStringLiteral("unreachable"), toQt(collab::describe(relay.error()))}));
        return;
    }
    auto* http = new collab::QtHttp(this);
    collab::RelayApi(*http, relay.value())
        .createRoom(m_session.title().toStdString(), adminKey.toStdString(),
                    [this, http, link = relay.value(),
                     done = std::move(done)](const Result<collab::NewRoom, collab::RelayError>& made) mutable {
                        http->deleteLater();
                        if (!made) {
                            done(fail(errorOf(made.error())));
                            return;
                        }
                        link.room = made->room;
                        link.token = made->token;
                        join(link);
                        done(toQt(collab::formatShareLink(link)));
                    });
}

void Connection::createShare(const QString& role, Done done)
{
    const auto wanted = collab::parseRole(role.toStdString());
    if (!api() || !wanted) {
        done(fail(api() ? RelayError{0, QStringLiteral("bad-role"), tr("There is no role %1.").arg(role)}
                        : RelayError{0, QStringLiteral("not-shared"), tr("This document is in no room yet.")}));
        return;
    }
    api()->createShare(*wanted, std::nullopt,
                       [link = *m_link, done = std::move(done)](Result<collab::NewShare, collab::RelayError> made) mutable {
                           if (!made) {
                               done(fail(errorOf(made.error())));
                               return;
                           }
                           // Our own address of the relay, not the one it thinks it has.
                           link.token = made->token;
                           done(toQt(collab::formatShareLink(link)));
                       });
}

void Connection::listShares(std::function<void(Result<std::vector<ShareEntry>, RelayError>)> done)
{
    if (!api())
        return;
    api()->shares([done = std::move(done)](const Result<std::vector<collab::Share>, collab::RelayError>& answer) {
        if (!answer) {
            done(fail(errorOf(answer.error())));
            return;
        }
        std::vector<ShareEntry> entries;
        for (const collab::Share& share : answer.value())
            entries.push_back({toQt(share.share), toQt(collab::roleName(share.role)), share.expires, share.isRevoked});
        done(std::move(entries));
    });
}

void Connection::revokeShare(const QString& id, Done done)
{
    if (!api())
        return;
    api()->revokeShare(id.toStdString(), [id, done = std::move(done)](const Result<void, collab::RelayError>& answer) {
        if (answer)
            done(id);
        else
            done(fail(errorOf(answer.error())));
    });
}

} // namespace tessera::app
