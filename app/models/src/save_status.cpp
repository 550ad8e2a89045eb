#include <app/models/save_status.h>

#include <QObject>

#include <app/models/qt_convert.h>

namespace tessera::app {
namespace {

using collab::ConnectionState;
using collab::DeniedReason;

QString changes(std::uint64_t count)
{
    return count == 1 ? QObject::tr("1 change") : QObject::tr("%1 changes").arg(count);
}

QString deniedText(DeniedReason reason)
{
    switch (reason) {
    case DeniedReason::badToken: return QObject::tr("This link is no longer valid. Ask its owner for a new one.");
    case DeniedReason::noRight: return QObject::tr("This link does not allow what was asked.");
    case DeniedReason::noRoom: return QObject::tr("The relay has no such room.");
    case DeniedReason::tooLarge: return QObject::tr("The document is larger than this relay accepts.");
    case DeniedReason::protocolError:
    case DeniedReason::none: break;
    }
    return QObject::tr("The relay and this editor do not understand each other.");
}

} // namespace

SaveStatus describeSaving(const storage::SaveProgress& progress, const std::optional<ShareStatus>& share)
{
    SaveStatus status;
    status.saved = progress.isSaved();
    if (progress.error) {
        status.tone = StatusTone::problem;
        status.text = QObject::tr("Not saved: %1").arg(changes(progress.queued - progress.durable));
        status.detail = QObject::tr("%1. Your changes are kept in memory and written as soon as the disk takes them; "
                                    "use Save as to choose another place.")
                            .arg(toQt(storage::describe(*progress.error)));
        return status;
    }
    if (!share) {
        status.tone = status.saved ? StatusTone::good : StatusTone::busy;
        status.text = status.saved ? QObject::tr("Saved on this computer") : QObject::tr("Saving…");
        return status;
    }
    const std::uint64_t unsynced = share->sync.unsyncedCount;
    const bool readsOnly = share->role && !collab::canEdit(*share->role);
    switch (share->connection) {
    case ConnectionState::live:
        // Both marks belong to one claim: a synced change is also on this disk.
        status.synced = share->sync.syncedAll() && status.saved && share->sync.acks == collab::AckMode::durable;
        if (readsOnly) {
            status.text = QObject::tr("View only");
        } else if (share->sync.acks == collab::AckMode::none) {
            status.text = share->sync.sentAll() ? QObject::tr("Sent to the relay") : QObject::tr("Sending…");
            status.tone = share->sync.sentAll() ? StatusTone::good : StatusTone::busy;
        } else if (status.synced) {
            status.text = QObject::tr("Synced");
        } else {
            status.tone = StatusTone::busy;
            status.text = unsynced > 0 ? QObject::tr("Syncing %1…").arg(changes(unsynced)) : QObject::tr("Saving…");
        }
        return status;
    case ConnectionState::denied:
        status.tone = StatusTone::problem;
        status.text = QObject::tr("Not shared: the relay refused");
        status.detail = deniedText(share->denied) + QLatin1Char(' ') +
                        (status.saved ? QObject::tr("Your work is saved on this computer.")
                                      : QObject::tr("Your work is being saved on this computer."));
        return status;
    case ConnectionState::connecting:
    case ConnectionState::syncing:
        status.tone = StatusTone::busy;
        status.text = unsynced > 0 && status.saved
                          ? QObject::tr("Connecting: %1 kept on this computer").arg(changes(unsynced))
                          : QObject::tr("Connecting…");
        return status;
    case ConnectionState::waiting:
    case ConnectionState::offline: break;
    }
    status.tone = StatusTone::offline;
    // A disk that is slow to answer has nothing yet, whatever the relay does.
    status.text = !status.saved  ? QObject::tr("Offline: saving…")
                  : unsynced > 0 ? QObject::tr("Offline: %1 kept on this computer").arg(changes(unsynced))
                                 : QObject::tr("Offline: saved on this computer");
    if (share->offlineByChoice)
        status.detail = QObject::tr("You are working offline. Changes sync when you go online again.");
    else if (status.saved)
        status.detail = QObject::tr("Could not reach the relay. Your work is saved on this computer and will sync by itself.");
    else
        status.detail = QObject::tr("Could not reach the relay. Your work is being saved on this computer.");
    return status;
}

} // namespace tessera::app
