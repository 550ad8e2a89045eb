#pragma once

#include <QFile>
#include <QTemporaryDir>

#include <string>
#include <vector>

#include <core/base/bytes.h>
#include <core/storage/tessera_file.h>

/// Files of a storage test, and what damage is done to them.
namespace scratch {

inline std::string pathIn(const QTemporaryDir& folder, const char* name)
{
    return folder.filePath(QString::fromLatin1(name)).toStdString();
}

inline QByteArray read(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", path.c_str());
    return file.readAll();
}

inline void write(const std::string& path, const QByteArray& bytes)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", path.c_str());
}

inline tessera::Bytes bytesOf(const std::string& text)
{
    const tessera::ByteView view = tessera::asBytes(text);
    return {view.begin(), view.end()};
}

/// Bytes that are told apart by their number and do not compress or repeat.
inline tessera::Bytes patterned(std::size_t count, std::uint32_t number)
{
    tessera::Bytes bytes(count);
    std::uint32_t state = number * 2654435761u + 1;
    for (std::uint8_t& byte : bytes) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<std::uint8_t>(state >> 24);
    }
    return bytes;
}

inline std::vector<tessera::Bytes> dataOf(const std::vector<tessera::storage::StoredUpdate>& updates)
{
    std::vector<tessera::Bytes> all;
    for (const auto& update : updates)
        all.push_back(update.data);
    return all;
}

} // namespace scratch
