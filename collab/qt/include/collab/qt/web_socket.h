#pragma once

#include <cstdint>

#include <QObject>

#include <collab/session/transport.h>

class QWebSocket;

namespace tessera::collab {

/// Transport over QWebSocket, in the thread of the event loop that made it (the GUI's). Speaks wss as well where Qt has
/// TLS.
class QtTransport final : public QObject, public Transport
{
    Q_OBJECT
public:
    explicit QtTransport(QObject* parent = nullptr);
    ~QtTransport() override;

    void open(const ShareLink& link, TransportListener& listener) override;
    void send(Bytes frame) override;
    void ping() override;
    void close(std::uint16_t code, const std::string& reason) override;
    [[nodiscard]] std::size_t bufferedBytes() const override;

private:
    void ended(QWebSocket* socket);
    void textArrived(QWebSocket* socket);
    [[nodiscard]] bool isCurrent(const QWebSocket* socket) const { return socket == m_socket && m_listener; }

    QWebSocket* m_socket = nullptr; ///< child; the current connection
    TransportListener* m_listener = nullptr;
    ShareLink m_link;
    bool m_wasOpen = false;
    bool m_hasCloseFrame = false;
};

} // namespace tessera::collab
