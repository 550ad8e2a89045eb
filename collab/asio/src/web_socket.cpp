#include <collab/asio/web_socket.h>

#include <deque>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include <collab/protocol/message.h>

#include "loop_context.h"

namespace tessera::collab {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::chrono::seconds closeWait{3};
constexpr std::uint16_t unsupportedData = 1003;

} // namespace

/// Lives until its last operation ended; after close() it has no listener and only winds down.
class AsioTransport::Connection : public std::enable_shared_from_this<AsioTransport::Connection>
{
public:
    Connection(asio::io_context& io, ShareLink link, TransportListener& listener)
        : m_io(io), m_resolver(io), m_socket(io), m_closeTimer(io), m_link(std::move(link)), m_listener(&listener)
    {
    }

    void start();
    void send(Bytes frame);
    void ping();
    void close(std::uint16_t code, const std::string& reason);
    [[nodiscard]] std::size_t bufferedBytes() const { return m_bufferedBytes; }

private:
    void connect(const asio::ip::tcp::resolver::results_type& addresses);
    void handshake();
    void opened();
    void read();
    void received(std::size_t byteCount);
    void write();
    void closeWhenWritten();
    void ended(const error_code& error, const std::string& during);
    void tell(const TransportClosed& closed);

    asio::io_context& m_io;
    asio::ip::tcp::resolver m_resolver;
    websocket::stream<beast::tcp_stream> m_socket;
    asio::steady_timer m_closeTimer;
    ShareLink m_link;
    TransportListener* m_listener;
    websocket::response_type m_response;
    beast::flat_buffer m_incoming;
    std::deque<Bytes> m_outgoing;
    std::size_t m_bufferedBytes = 0;
    bool m_isOpen = false;
    bool m_isWriting = false;
    bool m_isPinging = false;
    std::optional<websocket::close_reason> m_closing;
    bool m_isCloseSent = false;
};

void AsioTransport::Connection::start()
{
    if (m_link.secure) {
        asio::post(m_io, [self = shared_from_this()] {
            self->tell({false, 0, 0, "https links are not supported by this build (no TLS): " + authority(self->m_link)});
        });
        return;
    }
    m_resolver.async_resolve(m_link.host, std::to_string(m_link.port),
                             [self = shared_from_this()](const error_code& error, auto addresses) {
                                 if (error)
                                     self->ended(error, "look up");
                                 else
                                     self->connect(addresses);
                             });
}

void AsioTransport::Connection::connect(const asio::ip::tcp::resolver::results_type& addresses)
{
    if (m_closing)
        return;
    beast::get_lowest_layer(m_socket).async_connect(addresses, [self = shared_from_this()](const error_code& error, auto) {
        if (error)
            self->ended(error, "connect to");
        else
            self->handshake();
    });
}

void AsioTransport::Connection::handshake()
{
    error_code ignored;
    beast::get_lowest_layer(m_socket).socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    // The session watches for silence itself; here only the opening and closing handshakes have a limit.
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = std::chrono::seconds{15};
    limits.idle_timeout = websocket::stream_base::none();
    limits.keep_alive_pings = false;
    m_socket.set_option(limits);
    m_socket.read_message_max(maxFrameBytes);
    m_socket.binary(true);
    m_socket.control_callback([this](websocket::frame_type kind, beast::string_view) {
        if (kind == websocket::frame_type::pong && m_listener)
            m_listener->transportPong();
    });
    m_socket.async_handshake(m_response, authority(m_link), webSocketTarget(m_link),
                             [self = shared_from_this()](const error_code& error) {
                                 if (error)
                                     self->ended(error, "open a socket at");
                                 else
                                     self->opened();
                             });
}

void AsioTransport::Connection::opened()
{
    m_isOpen = true;
    if (m_closing) {
        closeWhenWritten();
        return;
    }
    read();
    m_listener->transportOpened();
}

void AsioTransport::Connection::read()
{
    m_socket.async_read(m_incoming, [self = shared_from_this()](const error_code& error, std::size_t byteCount) {
        if (error)
            self->ended(error, "read from");
        else
            self->received(byteCount);
    });
}

void AsioTransport::Connection::received(std::size_t byteCount)
{
    if (m_listener && m_socket.got_text()) {
        TransportListener& listener = *m_listener;
        close(unsupportedData, "text frame");
        listener.transportClosed({true, unsupportedData, 0, authority(m_link) + " sent a text frame"});
        return;
    }
    if (m_listener) {
        const asio::const_buffer bytes = m_incoming.cdata();
        m_listener->transportMessage({static_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    }
    m_incoming.consume(byteCount);
    if (m_incoming.capacity() > (std::size_t{1} << 20))
        m_incoming.shrink_to_fit();
    read();
}

void AsioTransport::Connection::send(Bytes frame)
{
    if (!m_isOpen || m_closing)
        return;
    m_bufferedBytes += frame.size();
    m_outgoing.push_back(std::move(frame));
    write();
}

void AsioTransport::Connection::write()
{
    if (m_isWriting || m_outgoing.empty())
        return;
    m_isWriting = true;
    m_socket.async_write(asio::buffer(m_outgoing.front()), [self = shared_from_this()](const error_code& error, std::size_t) {
        self->m_isWriting = false;
        if (error) {
            self->ended(error, "write to");
            return;
        }
        self->m_bufferedBytes -= self->m_outgoing.front().size();
        self->m_outgoing.pop_front();
        self->write();
        self->closeWhenWritten();
    });
}

void AsioTransport::Connection::ping()
{
    if (!m_isOpen || m_closing || m_isPinging)
        return;
    m_isPinging = true;
    m_socket.async_ping({}, [self = shared_from_this()](const error_code&) {
        self->m_isPinging = false;
        self->closeWhenWritten();
    });
}

void AsioTransport::Connection::close(std::uint16_t code, const std::string& reason)
{
    if (m_closing)
        return;
    m_listener = nullptr;
    m_closing = websocket::close_reason(static_cast<websocket::close_code>(code), reason.substr(0, 120));
    m_closeTimer.expires_after(closeWait);
    m_closeTimer.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error)
            beast::get_lowest_layer(self->m_socket).cancel();
    });
    if (m_isOpen) {
        closeWhenWritten();
    } else {
        m_resolver.cancel();
        beast::get_lowest_layer(m_socket).cancel();
        m_closeTimer.cancel();
    }
}

/// The close frame goes after what was sent before it; a ping and a close may not be under way together.
void AsioTransport::Connection::closeWhenWritten()
{
    if (!m_closing || m_isCloseSent || m_isWriting || m_isPinging || !m_outgoing.empty())
        return;
    m_isCloseSent = true;
    m_socket.async_close(*m_closing, [self = shared_from_this()](const error_code&) { self->m_closeTimer.cancel(); });
}

void AsioTransport::Connection::ended(const error_code& error, const std::string& during)
{
    const bool wasOpen = m_isOpen;
    m_isOpen = false;
    m_outgoing.clear();
    m_bufferedBytes = 0;
    m_closeTimer.cancel();
    beast::get_lowest_layer(m_socket).cancel();
    TransportClosed closed{wasOpen, 0, 0, "cannot " + during + " " + authority(m_link) + ": " + error.message()};
    if (m_socket.reason()) { // also when our answer to the close frame could not be written any more
        closed.closeCode = m_socket.reason().code;
        closed.detail = std::string(m_socket.reason().reason.c_str());
    } else if (error == websocket::error::message_too_big) {
        closed.closeCode = static_cast<std::uint16_t>(CloseCode::tooBig);
    } else if (error == websocket::error::upgrade_declined) {
        closed.httpStatus = static_cast<std::uint16_t>(m_response.result_int());
        closed.detail = authority(m_link) + " refused the connection with status " + std::to_string(closed.httpStatus);
    }
    tell(closed);
}

void AsioTransport::Connection::tell(const TransportClosed& closed)
{
    TransportListener* const listener = std::exchange(m_listener, nullptr);
    if (listener)
        listener->transportClosed(closed);
}

AsioTransport::AsioTransport(AsioLoop& loop) : m_loop(loop) {}
AsioTransport::~AsioTransport() { close(static_cast<std::uint16_t>(CloseCode::goingAway), ""); }

void AsioTransport::open(const ShareLink& link, TransportListener& listener)
{
    close(static_cast<std::uint16_t>(CloseCode::normal), "");
    m_connection = std::make_shared<Connection>(m_loop.context().io, link, listener);
    m_connection->start();
}

void AsioTransport::send(Bytes frame)
{
    if (m_connection)
        m_connection->send(std::move(frame));
}

void AsioTransport::ping()
{
    if (m_connection)
        m_connection->ping();
}

void AsioTransport::close(std::uint16_t code, const std::string& reason)
{
    if (m_connection)
        m_connection->close(code, reason);
    m_connection.reset();
}

std::size_t AsioTransport::bufferedBytes() const { return m_connection ? m_connection->bufferedBytes() : 0; }

} // namespace tessera::collab
