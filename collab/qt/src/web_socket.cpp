#include <collab/qt/web_socket.h>

#include <utility>

#include <QRegularExpression>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <collab/protocol/message.h>

namespace tessera::collab {

namespace {

constexpr int closeWaitMs = 3000;

/// QWebSocket tells a refused upgrade only in words: "… Unhandled http status code: 401 (Unauthorized)."
std::uint16_t refusedStatus(const QString& errorText)
{
    static const QRegularExpression pattern(QStringLiteral("status code: (\\d{3})"));
    return pattern.match(errorText).captured(1).toUShort();
}

} // namespace

QtTransport::QtTransport(QObject* parent) : QObject(parent) {}

QtTransport::~QtTransport()
{
    m_listener = nullptr;
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->close(QWebSocketProtocol::CloseCodeGoingAway);
    }
}

void QtTransport::open(const ShareLink& link, TransportListener& listener)
{
    close(static_cast<std::uint16_t>(CloseCode::normal), "");
    m_link = link;
    m_listener = &listener;
    m_wasOpen = m_hasCloseFrame = false;
    auto* const socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    m_socket = socket;
    socket->setMaxAllowedIncomingMessageSize(maxFrameBytes);
    socket->setMaxAllowedIncomingFrameSize(maxFrameBytes);
    connect(socket, &QWebSocket::connected, this, [this, socket] {
        if (!isCurrent(socket))
            return;
        m_wasOpen = true;
        m_listener->transportOpened();
    });
    connect(socket, &QWebSocket::binaryMessageReceived, this, [this, socket](const QByteArray& frame) {
        if (isCurrent(socket))
            m_listener->transportMessage({reinterpret_cast<const std::uint8_t*>(frame.constData()), static_cast<std::size_t>(frame.size())});
    });
    connect(socket, &QWebSocket::textMessageReceived, this, [this, socket] { textArrived(socket); });
    connect(socket, &QWebSocket::pong, this, [this, socket] {
        if (isCurrent(socket))
            m_listener->transportPong();
    });
    // closeCode() is 1000 before any close frame came; this signal is how QWebSocket tells of one.
    connect(socket, &QWebSocket::aboutToClose, this, [this, socket] { m_hasCloseFrame = isCurrent(socket); });
    connect(socket, &QWebSocket::disconnected, this, [this, socket] { ended(socket); });
    // A connection that never came to be emits an error and sometimes no disconnected(); queued, so that it never comes
    // from inside open().
    connect(
        socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this, [this, socket] { ended(socket); },
        Qt::QueuedConnection);
    socket->open(QUrl(QString::fromStdString(webSocketUrl(link)), QUrl::StrictMode));
}

void QtTransport::send(Bytes frame)
{
    if (m_socket && m_wasOpen)
        m_socket->sendBinaryMessage(
            QByteArray(reinterpret_cast<const char*>(frame.data()), static_cast<qsizetype>(frame.size())));
}

void QtTransport::ping()
{
    if (m_socket && m_wasOpen)
        m_socket->ping();
}

void QtTransport::close(std::uint16_t code, const std::string& reason)
{
    m_listener = nullptr;
    QWebSocket* const socket = std::exchange(m_socket, nullptr);
    if (!socket)
        return;
    // It outlives this call until its last bytes are out, and no longer than a while.
    connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    QTimer::singleShot(closeWaitMs, socket, [socket] {
        socket->abort();
        socket->deleteLater();
    });
    if (m_wasOpen)
        socket->close(static_cast<QWebSocketProtocol::CloseCode>(code), QString::fromStdString(reason));
    else
        socket->deleteLater();
}

std::size_t QtTransport::bufferedBytes() const { return m_socket ? static_cast<std::size_t>(m_socket->bytesToWrite()) : 0; }

void QtTransport::textArrived(QWebSocket* socket)
{
    if (!isCurrent(socket))
        return;
    TransportListener& listener = *m_listener;
    close(static_cast<std::uint16_t>(QWebSocketProtocol::CloseCodeDatatypeNotSupported), "text frame");
    listener.transportClosed({true, static_cast<std::uint16_t>(QWebSocketProtocol::CloseCodeDatatypeNotSupported), 0,
                              authority(m_link) + " sent a text frame"});
}

void QtTransport::ended(QWebSocket* socket)
{
    if (!isCurrent(socket))
        return;
    TransportClosed closed;
    closed.wasOpen = m_wasOpen;
    const QString errorText = socket->errorString();
    if (m_hasCloseFrame) {
        closed.closeCode = static_cast<std::uint16_t>(socket->closeCode());
        closed.detail = socket->closeReason().toStdString();
    } else {
        closed.httpStatus = m_wasOpen ? std::uint16_t{0} : refusedStatus(errorText);
        closed.detail = "cannot " + std::string(m_wasOpen ? "stay with " : "connect to ") + authority(m_link) + ": " +
                        errorText.toStdString();
    }
    TransportListener* const listener = std::exchange(m_listener, nullptr);
    m_socket = nullptr;
    socket->deleteLater();
    listener->transportClosed(closed);
}

} // namespace tessera::collab
