// Private to the heavy translation unit http_connection.cpp, which includes this file.
#include "web_socket_connection.h"

namespace tessera::service {
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using ErrorCode = boost::system::error_code;

WebSocketConnection::WebSocketConnection(LoopStream stream, std::shared_ptr<ConnectionContext> context,
                                         std::unique_ptr<WebSocketListener> listener)
    : m_stream(std::move(stream)), m_context(std::move(context)), m_listener(std::move(listener))
{
}

WebSocketConnection::~WebSocketConnection() { --m_context->connectionCount; }

void WebSocketConnection::accept(BeastRequest request)
{
    auto& lowest = beast::get_lowest_layer(m_stream);
    lowest.expires_never(); // from here the WebSocket stream keeps time
    m_stream.set_option(websocket::stream_base::timeout{m_context->options.headTimeout,
                                                        m_context->options.webSocketIdle, true});
    m_stream.read_message_max(m_context->options.maxMessageBytes);
    m_stream.auto_fragment(false); // one frame a message: readers need not put parts together
    m_stream.write_buffer_bytes(512);
    m_stream.binary(true);
    auto owned = std::make_shared<BeastRequest>(std::move(request));
    m_stream.async_accept(*owned, [self = shared_from_this(), owned](const ErrorCode& error) {
        if (error)
            return;
        self->m_opened = true;
        self->m_listener->onOpen(*self);
        self->read();
    });
}

void WebSocketConnection::read()
{
    if (m_readUnderWay || m_finished)
        return;
    m_readUnderWay = true;
    m_stream.async_read(m_buffer, [self = shared_from_this()](const ErrorCode& error, std::size_t) {
        self->m_readUnderWay = false;
        self->onRead(error);
    });
}

void WebSocketConnection::onRead(const ErrorCode& error)
{
    if (error)
        return finish();
    if (!m_closing && m_stream.got_text())
        m_listener->onText();
    else if (!m_closing)
        m_listener->onBinary({static_cast<const std::uint8_t*>(m_buffer.data().data()), m_buffer.size()});
    m_buffer.consume(m_buffer.size());
    if (m_buffer.capacity() > 16 * 1024)
        m_buffer.shrink_to_fit(); // thousands of idle sockets must not each keep their largest message
    if (m_reading || m_closing)
        read();
}

void WebSocketConnection::send(SharedMessage message)
{
    if (m_closing || m_finished)
        return;
    m_queuedBytes += message->size();
    m_queue.push_back(std::move(message));
    if (m_queue.size() == 1)
        writeNext();
}

void WebSocketConnection::writeNext()
{
    const Bytes& message = *m_queue.front();
    m_stream.async_write(boost::asio::buffer(message.data(), message.size()),
                         [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                             if (error || self->m_finished)
                                 return self->finish();
                             self->m_queuedBytes -= self->m_queue.front()->size();
                             self->m_queue.pop_front();
                             if (!self->m_queue.empty())
                                 self->writeNext();
                             else if (self->m_closing)
                                 self->sendClose();
                             if (!self->m_closing)
                                 self->m_listener->onSent();
                         });
}

void WebSocketConnection::close(std::uint16_t code, std::string_view reason)
{
    if (m_closing || m_finished)
        return;
    m_closing = true;
    const std::string_view shortReason = reason.substr(0, 123); // what fits a control frame
    m_closeReason = {static_cast<websocket::close_code>(code), {shortReason.data(), shortReason.size()}};
    m_cutOff = std::make_unique<Timer>(m_context->loop);
    m_cutOff->once(std::chrono::seconds{2}, [this] {
        ErrorCode ignored;
        beast::get_lowest_layer(m_stream).socket().close(ignored); // ends the read and the write under way
    });
    if (m_queue.empty())
        sendClose();
    read(); // the peer's close frame must be read even when reading was stopped
}

void WebSocketConnection::sendClose()
{
    m_stream.async_close(m_closeReason, [self = shared_from_this()](const ErrorCode&) { self->finish(); });
}

void WebSocketConnection::setReading(bool reading)
{
    m_reading = reading;
    if (reading && m_opened)
        read();
}

void WebSocketConnection::finish()
{
    if (m_finished)
        return;
    m_finished = true;
    m_closing = true;
    m_cutOff.reset();
    beast::get_lowest_layer(m_stream).cancel();
    m_listener->onClose();
}

} // namespace tessera::service
