#pragma once

#include "draining_stream.h"
#include "http_connection.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>

namespace tessera::service {

using LoopStream = DrainingStream;
using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// A WebSocket over Beast: one read and one write under way at a time, a queue of shared messages between.
/// Kept alive by its operations; tells its listener of the end exactly once.
class WebSocketConnection final : public WebSocket, public std::enable_shared_from_this<WebSocketConnection>
{
public:
    WebSocketConnection(LoopStream stream, std::shared_ptr<ConnectionContext> context,
                        std::unique_ptr<WebSocketListener> listener);
    ~WebSocketConnection() override;

    void accept(BeastRequest request);

    void send(SharedMessage message) override;
    [[nodiscard]] std::size_t queuedBytes() const override { return m_queuedBytes; }
    void close(std::uint16_t code, std::string_view reason) override;
    void setReading(bool reading) override;

private:
    void read();
    void onRead(const boost::system::error_code& error);
    void writeNext();
    void sendClose();
    void finish();

    boost::beast::websocket::stream<LoopStream, false> m_stream;
    std::shared_ptr<ConnectionContext> m_context;
    std::unique_ptr<WebSocketListener> m_listener;
    boost::beast::flat_buffer m_buffer;
    std::deque<SharedMessage> m_queue; ///< the front one is being written
    std::size_t m_queuedBytes = 0;
    std::unique_ptr<Timer> m_cutOff;
    boost::beast::websocket::close_reason m_closeReason;
    bool m_opened = false;
    bool m_reading = true;
    bool m_readUnderWay = false;
    bool m_closing = false;
    bool m_finished = false;
};

} // namespace tessera::service
