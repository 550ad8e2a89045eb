#pragma once

#include <QJsonArray>

#include <app/shell/drive_server.h>

namespace tessera::app {

void addDocumentOps(DriveServer& server);
void addSessionOps(DriveServer& server);
void addViewOps(DriveServer& server);

[[nodiscard]] QJsonArray toJson(const std::vector<NodeId>& nodes);
[[nodiscard]] DriveError badMember(const QString& detail);
/// What `new`, `open` and `join` answer.
[[nodiscard]] QJsonObject describeFile(DriveServer& server);

} // namespace tessera::app
