#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <core/service/web_socket.h>

/// HTTP requests and answers as values, and what a program plugs into HttpServer. All on the loop's thread unless said.
namespace tessera::service {

enum class Method : std::uint8_t { get, head, post, put, del, options, other };

struct RequestHead {
    Method method = Method::get;
    std::string target;                              ///< as sent: path and query
    std::string path;                                ///< percent-decoded
    std::map<std::string, std::string> query;        ///< percent-decoded; the first of a repeated name
    std::map<std::string, std::string> headers;      ///< names in lower case; the first of a repeated name
    std::string remoteAddress;

    /// Empty when absent.
    [[nodiscard]] std::string_view header(const std::string& lowerCaseName) const;
};

/// Splits `target` into path and query. False when an escape is broken, or when the path holds a NUL.
[[nodiscard]] bool splitTarget(std::string_view target, RequestHead& head);

struct Request {
    RequestHead head;
    std::string body;
};

struct Response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    [[nodiscard]] static Response json(unsigned status, std::string body);
    /// RFC 9457 problem+json. `code` is a stable word for programs, `detail` says what was wrong and where.
    [[nodiscard]] static Response problem(unsigned status, std::string_view code, std::string_view title,
                                          std::string_view detail);
    [[nodiscard]] static Response text(unsigned status, std::string body,
                                       std::string_view contentType = "text/plain; charset=utf-8");
};

/// `text` as the inside of a JSON string, without the quotes.
[[nodiscard]] std::string escapedJson(std::string_view text);

/// Answers one request, once; later calls do nothing. Copies share the request. Any thread. A request whose last
/// Responder goes away unanswered is answered with 500.
using Responder = std::function<void(Response)>;

/// What the program does with requests.
class HttpHandler
{
public:
    virtual ~HttpHandler() = default;
    /// Head read, body not: the largest body to accept, or the refusal. Rights are checked here, before a byte of
    /// body is stored.
    virtual std::variant<std::size_t, Response> admit(const RequestHead& head) = 0;
    virtual void handle(Request request, Responder respond) = 0;
    /// A WebSocket upgrade: its listener, or the refusal.
    virtual std::variant<std::unique_ptr<WebSocketListener>, Response> upgrade(const RequestHead& head) = 0;
};

} // namespace tessera::service
