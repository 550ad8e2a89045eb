#pragma once

#include <core/service/http_server.h>

#include "loop_impl.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <unordered_set>

namespace tessera::service {

using LoopSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, LoopExecutor>;

class HttpConnection;

/// What the connections of one server share. Lives as long as the last of them.
struct ConnectionContext {
    EventLoop& loop;
    HttpServerOptions options;
    HttpHandler& handler;
    std::size_t connectionCount = 0;               ///< HTTP and WebSocket
    std::unordered_set<HttpConnection*> speakingHttp{};
    bool stopping = false;
};

/// Serves one accepted socket until it closes.
void serveConnection(LoopSocket socket, const std::shared_ptr<ConnectionContext>& context);
/// Ends the connections that wait for a next request.
void closeIdleConnections(ConnectionContext& context);

} // namespace tessera::service
