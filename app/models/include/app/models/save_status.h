#pragma once

#include <optional>

#include <QString>

#include <collab/session/session.h>
#include <core/storage/document_store.h>

/// What people are told about where their work is. Law: "saved" only when this disk has it, "synced" only when the
/// relay's disk has it. Pure; any thread.
namespace tessera::app {

/// Of a document that is shared; absent for one that is not.
struct ShareStatus {
    collab::ConnectionState connection = collab::ConnectionState::offline;
    collab::DeniedReason denied = collab::DeniedReason::none;
    collab::SyncState sync;
    std::optional<collab::Role> role;
    bool offlineByChoice = false;
};

enum class StatusTone : std::uint8_t { good, busy, offline, problem };

struct SaveStatus {
    bool saved = false;         ///< all edits are on this disk
    bool synced = false;        ///< all edits are on the relay's disk
    StatusTone tone = StatusTone::good;
    QString text;               ///< one line for the status bar
    QString detail;             ///< what happened, what is safe, what to do; empty when all is well
};

[[nodiscard]] SaveStatus describeSaving(const storage::SaveProgress& progress, const std::optional<ShareStatus>& share);

} // namespace tessera::app
