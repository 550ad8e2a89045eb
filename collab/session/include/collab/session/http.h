#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/result.h>

/// One HTTP exchange, however it is made. Implemented by collab/asio and collab/qt.
namespace tessera::collab {

struct HttpRequest {
    std::string method = "GET";
    bool secure = false;
    std::string host; ///< without the brackets of an IPv6 literal
    std::uint16_t port = 80;
    std::string target; ///< path and query
    std::vector<std::pair<std::string, std::string>> headers;
    Bytes body;
    std::chrono::milliseconds timeout{30'000};
    std::size_t maxResponseBytes = std::size_t{65} << 20;
};

struct HttpResponse {
    int status{};
    std::string contentType;
    Bytes body;
};

enum class HttpErrc : std::uint8_t {
    unreachable = 1,   ///< no such host, refused, or lost on the way
    timedOut = 2,
    responseTooLarge = 3,
    badResponse = 4,   ///< not HTTP
    unsupported = 5,   ///< https where the build has no TLS
};
/// `where` is HOST:PORT, `detail` what the system said.
using HttpError = ErrorOf<HttpErrc>;

/// One thread, the one of its event loop.
class HttpPort
{
public:
    virtual ~HttpPort() = default;
    using Done = std::function<void(Result<HttpResponse, HttpError>)>;
    /// `done` comes exactly once and never from inside send(); not at all when the port is destroyed before.
    virtual void send(HttpRequest request, Done done) = 0;
};

} // namespace tessera::collab
