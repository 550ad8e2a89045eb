#pragma once

#include <QString>
#include <QStringList>

/// Files opened last, newest first, in the user's settings. GUI thread.
namespace tessera::app {

inline constexpr int maxRecentFiles = 10;

/// Only those that still exist.
[[nodiscard]] QStringList recentFiles();
void rememberFile(const QString& path);
void forgetRecentFiles();

/// Where documents without a name of their own are kept; made when missing.
[[nodiscard]] QString draftsFolder();
/// A path for a new draft, or for the local copy of a room.
[[nodiscard]] QString newDraftPath();
[[nodiscard]] QString roomFilePath(const QString& authority, const QString& room);

} // namespace tessera::app
