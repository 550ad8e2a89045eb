#include <app/models/recent_files.h>

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace tessera::app {
namespace {

const QString recentKey = QStringLiteral("files/recent");

} // namespace

QStringList recentFiles()
{
    QStringList paths = QSettings().value(recentKey).toStringList();
    paths.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    return paths;
}

void rememberFile(const QString& path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    QStringList paths = QSettings().value(recentKey).toStringList();
    paths.removeAll(absolute);
    paths.prepend(absolute);
    QSettings().setValue(recentKey, paths.mid(0, maxRecentFiles));
}

void forgetRecentFiles()
{
    QSettings().remove(recentKey);
}

QString draftsFolder()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/drafts");
    QDir().mkpath(folder);
    return folder;
}

QString newDraftPath()
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH.mm.ss"));
    QString path = QStringLiteral("%1/Untitled %2.tessera").arg(draftsFolder(), stamp);
    for (int n = 2; QFileInfo::exists(path); ++n)
        path = QStringLiteral("%1/Untitled %2 (%3).tessera").arg(draftsFolder(), stamp).arg(n);
    return path;
}

QString roomFilePath(const QString& authority, const QString& room)
{
    QString host = authority;
    host.replace(QLatin1Char(':'), QLatin1Char('_')).remove(QLatin1Char('[')).remove(QLatin1Char(']'));
    return QStringLiteral("%1/Room %2 on %3.tessera").arg(draftsFolder(), room, host);
}

} // namespace tessera::app
