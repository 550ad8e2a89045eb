#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <QColor>
#include <QObject>
#include <QString>

#include <app/models/save_status.h>
#include <collab/protocol/share_link.h>
#include <collab/session/relay_api.h>
#include <collab/session/session.h>

/// The room of one document: joining, staying joined over restarts of the editor, presence, share links. The link is
/// remembered in the file. GUI thread.
namespace tessera::app {

class EditorSession;

/// code is that of the problem document ("no-appliance", …), "unreachable" when nobody answered.
struct RelayError {
    int status = 0; ///< of HTTP
    QString code;
    QString detail;
};
[[nodiscard]] RelayError errorOf(const collab::RelayError& error);

struct ShareEntry {
    QString id;
    QString role;
    qint64 expiresUnix = 0; ///< 0: never
    bool revoked = false;
};

class Connection final : public QObject
{
    Q_OBJECT

public:
    explicit Connection(EditorSession& session);
    ~Connection() override;

    /// Joins and remembers the link.
    void join(const collab::ShareLink& link);
    /// Joins again the room the file remembers, if any.
    void resume();
    /// Leaves for good; the file forgets the link. The document stays.
    void leave();
    /// Writes the link into the file: into the one that Save as has gone on in, which starts without.
    void rememberLink();
    /// Stops or starts the connection; the room stays the document's.
    void setOffline(bool offline);
    void retryNow();

    [[nodiscard]] bool isShared() const { return m_link.has_value(); }
    [[nodiscard]] const std::optional<collab::ShareLink>& link() const { return m_link; }
    [[nodiscard]] std::optional<ShareStatus> shareStatus() const;
    [[nodiscard]] bool mayEdit() const;
    [[nodiscard]] bool mayShare() const;
    [[nodiscard]] const std::vector<collab::Peer>& peers() const;
    /// Null while not shared.
    [[nodiscard]] collab::RelayApi* api() const;
    [[nodiscard]] QString room() const;

    /// Where the own pointer is; nothing: not over the canvas.
    void setCursor(std::optional<collab::PresenceCursor> cursor);
    void setDrag(std::optional<collab::PresenceDrag> drag);
    [[nodiscard]] QColor ownColor() const;

    using Done = std::function<void(Result<QString, RelayError>)>;
    /// Makes a room on the relay and joins it as owner. Answers the owner's link.
    void createRoom(const QString& relayOrigin, const QString& adminKey, Done done);
    /// Owner only. Answers the link.
    void createShare(const QString& role, Done done);
    void listShares(std::function<void(Result<std::vector<ShareEntry>, RelayError>)> done);
    void revokeShare(const QString& id, Done done);

Q_SIGNALS:
    /// Connection state, role, or what is synced.
    void changed();
    void peersChanged();
    /// JSON of a job event (docs/wire.md).
    void jobEvent(const QByteArray& json);
    /// Worth telling once; text for people.
    void notice(const QString& text);

private:
    struct Parts;
    void start();
    void publishPresence();
    void becameLive();

    EditorSession& m_session;
    std::optional<collab::ShareLink> m_link;
    std::unique_ptr<Parts> m_parts;
    bool m_offline = false;
    std::optional<collab::PresenceCursor> m_cursor;
    std::optional<collab::PresenceDrag> m_drag;
};

} // namespace tessera::app
