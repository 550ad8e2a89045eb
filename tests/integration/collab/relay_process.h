#pragma once

#include <optional>
#include <string>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <collab/asio/http_client.h>
#include <collab/asio/loop.h>
#include <collab/session/relay_api.h>

namespace tessera::test {

/// The program tessera-relay on a free port, with a data folder that outlives restarts.
class RelayProcess
{
public:
    enum class Access { open, tokens };
    explicit RelayProcess(Access access) : m_access(access) { start(); }
    ~RelayProcess() { kill(); }

    void start()
    {
        QStringList arguments{"--data", m_folder.filePath("relay"), "--listen", QString("127.0.0.1:%1").arg(m_port)};
        if (m_access == Access::open)
            arguments << "--open-access";
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(qEnvironmentVariable("TESSERA_BIN_DIR") + "/tessera-relay", arguments);
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(20'000))
                qFatal("tessera-relay does not start: %s", qPrintable(m_process.errorString()));
        }
        m_port = static_cast<quint16>(QJsonDocument::fromJson(m_process.readLine()).object()["port"].toInt());
    }
    /// kill -9
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    [[nodiscard]] collab::ShareLink link(const std::string& room, const std::string& token = {}) const
    {
        return {"127.0.0.1", m_port, false, RoomId{room}, token};
    }
    [[nodiscard]] std::string adminKey() const
    {
        QFile file(m_folder.filePath("relay/admin.key"));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the relay made no admin key");
        return file.readAll().trimmed().toStdString();
    }

private:
    Access m_access;
    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
};

/// Starts one request of the API and runs the loop until it was answered.
template <class T, class Start> Result<T, collab::RelayError> ask(collab::AsioLoop& loop, Start start)
{
    const auto answer = std::make_shared<std::optional<Result<T, collab::RelayError>>>();
    start([answer](Result<T, collab::RelayError> result) { *answer = std::move(result); });
    if (!loop.runUntil([&] { return answer->has_value(); }, std::chrono::seconds{10}))
        return fail(collab::RelayError{collab::RelayErrc::timedOut, {}, "the test waited in vain"});
    return std::move(**answer);
}

} // namespace tessera::test
