#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <core/base/bytes.h>
#include <core/crdt/any.h>

inline QJsonObject readJsonFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

inline tessera::Bytes bytesOfHex(const QJsonValue& hex) { return tessera::fromHex(hex.toString().toStdString()).value(); }

inline tessera::crdt::Any anyOfJson(const QJsonValue& value)
{
    const QByteArray text = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return tessera::crdt::parseJson(std::string_view(text.constData(), static_cast<std::size_t>(text.size())))->array()->front();
}
