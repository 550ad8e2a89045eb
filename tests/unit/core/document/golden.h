#pragma once

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <string>
#include <vector>

#include <core/document/tree.h>

/// Reading of the shared golden files (tests/golden).
namespace golden {

inline QString folder() { return qEnvironmentVariable("TESSERA_SOURCE_DIR", ".") + QStringLiteral("/tests/golden/"); }

inline QJsonObject readFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s: %s at byte %d", qPrintable(path), qPrintable(error.errorString()), error.offset);
    return document.object();
}

/// All cases of the files in tests/golden/<name>, each with its file name in "file".
inline std::vector<QJsonObject> cases(const QString& name)
{
    std::vector<QJsonObject> all;
    const QDir files(folder() + name, QStringLiteral("*.json"));
    for (const QString& file : files.entryList()) {
        const QJsonArray list = readFile(files.filePath(file))[QStringLiteral("cases")].toArray();
        for (const QJsonValue& value : list)
            all.push_back(value.toObject());
    }
    if (all.empty())
        qFatal("no golden cases in %s", qPrintable(files.path()));
    return all;
}

inline std::string text(const QJsonValue& value) { return value.toString().toStdString(); }

inline QJsonArray idList(const std::vector<tessera::NodeId>& ids)
{
    QJsonArray list;
    for (const tessera::NodeId& id : ids)
        list.append(QString::fromStdString(id.text()));
    return list;
}

/// {"pages", "children"} as the golden files write a tree.
inline QJsonObject toJson(const tessera::document::Tree& tree)
{
    QJsonObject children;
    for (const auto& [parent, list] : tree.children) {
        if (!list.empty())
            children.insert(QString::fromStdString(parent.text()), idList(list));
    }
    return {{QStringLiteral("pages"), idList(tree.pages)}, {QStringLiteral("children"), children}};
}

} // namespace golden
