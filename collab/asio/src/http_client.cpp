#include <collab/asio/http_client.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/http/write.hpp>

#include <collab/protocol/share_link.h>

#include "loop_context.h"

namespace tessera::collab {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Body = http::vector_body<std::uint8_t>;

constexpr unsigned httpVersion11 = 11;

std::string authorityOf(const HttpRequest& request)
{
    return authority({request.host, request.port, request.secure, {}, {}});
}

} // namespace

/// One request on its own connection; keeps itself until its last operation ended.
class AsioHttp::Exchange : public std::enable_shared_from_this<AsioHttp::Exchange>
{
public:
    Exchange(asio::io_context& io, HttpRequest request, Done done, std::weak_ptr<bool> owner)
        : m_resolver(io), m_stream(io), m_given(std::move(request)), m_done(std::move(done)), m_owner(std::move(owner))
    {
        m_parser.body_limit(m_given.maxResponseBytes);
        m_parser.skip(m_given.method == "HEAD"); // the answer says how long a body it does not send
    }

    void start(asio::io_context& io)
    {
        if (m_given.secure) {
            asio::post(io, [self = shared_from_this()] {
                self->finish(fail(HttpError{HttpErrc::unsupported, authorityOf(self->m_given),
                                            "https is not supported by this build (no TLS)"}));
            });
            return;
        }
        m_stream.expires_after(m_given.timeout);
        m_resolver.async_resolve(m_given.host, std::to_string(m_given.port),
                                 [self = shared_from_this()](const error_code& error, auto addresses) {
                                     error ? self->failed(error) : self->connect(addresses);
                                 });
    }

private:
    void connect(const asio::ip::tcp::resolver::results_type& addresses)
    {
        m_stream.async_connect(addresses, [self = shared_from_this()](const error_code& error, auto) {
            error ? self->failed(error) : self->write();
        });
    }

    void write()
    {
        m_request.version(httpVersion11);
        m_request.method_string(m_given.method);
        m_request.target(m_given.target);
        m_request.set(http::field::host, authorityOf(m_given));
        m_request.set(http::field::connection, "close");
        for (const auto& [name, value] : m_given.headers)
            m_request.set(name, value);
        m_request.body() = std::move(m_given.body);
        m_request.prepare_payload();
        http::async_write(m_stream, m_request, [self = shared_from_this()](const error_code& error, std::size_t) {
            // A server may answer (413, say) and close before it has read all; the answer is worth more than the error.
            if (error == beast::error::timeout)
                self->failed(error);
            else
                self->read();
        });
    }

    void read()
    {
        http::async_read(m_stream, m_incoming, m_parser, [self = shared_from_this()](const error_code& error, std::size_t) {
            if (error) {
                self->failed(error);
                return;
            }
            auto& response = self->m_parser.get();
            self->finish(HttpResponse{static_cast<int>(response.result_int()),
                                      std::string(response[http::field::content_type]), std::move(response.body())});
        });
    }

    void failed(const error_code& error)
    {
        HttpErrc code = HttpErrc::unreachable;
        if (error == beast::error::timeout)
            code = HttpErrc::timedOut;
        else if (error == http::error::body_limit)
            code = HttpErrc::responseTooLarge;
        else if (error.category() == http::make_error_code(http::error::bad_version).category() &&
                 error != http::error::end_of_stream)
            code = HttpErrc::badResponse;
        finish(fail(HttpError{code, authorityOf(m_given), error.message()}));
    }

    void finish(Result<HttpResponse, HttpError> result)
    {
        m_stream.close();
        const Done done = std::move(m_done);
        if (!m_owner.expired())
            done(std::move(result));
    }

    asio::ip::tcp::resolver m_resolver;
    beast::tcp_stream m_stream;
    HttpRequest m_given;
    Done m_done;
    std::weak_ptr<bool> m_owner;
    http::request<Body> m_request;
    beast::flat_buffer m_incoming;
    http::response_parser<Body> m_parser;
};

AsioHttp::AsioHttp(AsioLoop& loop) : m_loop(loop), m_isAlive(std::make_shared<bool>(true)) {}
AsioHttp::~AsioHttp() = default;

void AsioHttp::send(HttpRequest request, Done done)
{
    asio::io_context& io = m_loop.context().io;
    std::make_shared<Exchange>(io, std::move(request), std::move(done), m_isAlive)->start(io);
}

} // namespace tessera::collab
