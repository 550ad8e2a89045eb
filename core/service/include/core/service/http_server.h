#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <core/base/result.h>
#include <core/service/event_loop.h>
#include <core/service/http.h>
#include <core/service/listen_address.h>

/// HTTP/1.1 and WebSocket (RFC 6455, no compression) on one port. On the loop's thread.
/// Limits: a head of more than `maxHeadBytes` is answered with 431, a body over the admitted size with 413, a head or
/// a body that does not arrive in time ends the connection.
namespace tessera::service {

enum class ListenErrc : std::uint8_t { inUse = 1, notAllowed = 2, badAddress = 3, other = 4 };
using ListenError = ErrorOf<ListenErrc>;

struct HttpServerOptions {
    std::size_t maxConnections = 100'000;
    std::size_t maxHeadBytes = 16 * 1024;
    std::size_t maxMessageBytes = 64 * 1024 * 1024; ///< WebSocket message; more closes with 1009
    std::chrono::milliseconds headTimeout{15'000};
    /// A body may take this long plus one second per 64 KiB.
    std::chrono::milliseconds bodyTimeout{30'000};
    std::chrono::milliseconds writeTimeout{120'000};
    /// A WebSocket that says nothing is pinged after half of this and cut off after all of it.
    std::chrono::milliseconds webSocketIdle{60'000};
};

class HttpServer
{
public:
    /// Binds and starts to accept. `handler` must outlive the server; the loop must outlive both.
    static Result<std::unique_ptr<HttpServer>, ListenError> listen(EventLoop& loop, const ListenAddress& address,
                                                                   HttpServerOptions options, HttpHandler& handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connectionCount() const;
    /// Accepts nobody any more and ends connections that are between requests.
    void stopAccepting();

private:
    struct Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> m_impl;
};

} // namespace tessera::service
