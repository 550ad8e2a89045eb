#pragma once

#include <QByteArray>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <core/base/bytes.h>

/// tests/golden/protocol/messages.json, made with y-protocols by generate.mjs beside it.
namespace tessera::test {

inline QJsonObject protocolGolden()
{
    QFile file(qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/tests/golden/protocol/messages.json");
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

inline Bytes bytesOf(const QString& hex) { return fromHex(hex.toStdString()).value_or(Bytes{}); }
inline Bytes bytesOf(const char* hex) { return fromHex(hex).value_or(Bytes{}); }
inline QString hexOf(ByteView bytes) { return QString::fromStdString(toHex(bytes)); }

} // namespace tessera::test
