#include <core/service/http_server.h>

#include "http_connection.h"

#include <boost/asio/basic_socket_acceptor.hpp>

namespace tessera::service {
namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Tcp = asio::ip::tcp;

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
    Impl(EventLoop& loop, HttpServerOptions options, HttpHandler& handler)
        : acceptor(loop.impl().context), retry(loop),
          context(std::make_shared<ConnectionContext>(ConnectionContext{loop, options, handler}))
    {
    }

    void accept()
    {
        acceptor.async_accept([self = shared_from_this()](const ErrorCode& error, LoopSocket socket) {
            if (self->context->stopping)
                return;
            if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space) {
                // Trying again at once would spin; descriptors come back when somebody leaves.
                self->retry.once(std::chrono::milliseconds{100}, [self] { self->accept(); });
                return;
            }
            if (!error && self->context->connectionCount < self->context->options.maxConnections) {
                ErrorCode ignored;
                socket.set_option(Tcp::no_delay(true), ignored);
                serveConnection(std::move(socket), self->context);
            }
            self->accept();
        });
    }

    asio::basic_socket_acceptor<Tcp, LoopExecutor> acceptor;
    Timer retry;
    std::shared_ptr<ConnectionContext> context;
};

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : m_impl(std::move(impl)) {}
HttpServer::~HttpServer() { stopAccepting(); }

Result<std::unique_ptr<HttpServer>, ListenError> HttpServer::listen(EventLoop& loop, const ListenAddress& address,
                                                                    HttpServerOptions options, HttpHandler& handler)
{
    const std::string where = address.host + ":" + std::to_string(address.port);
    ErrorCode error;
    const auto host = asio::ip::make_address(address.host, error);
    if (error)
        return fail(ListenError{ListenErrc::badAddress, where, error.message()});
    const Tcp::endpoint endpoint(host, address.port);
    auto impl = std::make_shared<Impl>(loop, options, handler);
    impl->acceptor.open(endpoint.protocol(), error);
    if (!error)
        impl->acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error)
        impl->acceptor.bind(endpoint, error);
    if (!error)
        impl->acceptor.listen(4096, error);
    if (error) {
        const ListenErrc code = error == asio::error::address_in_use    ? ListenErrc::inUse
                                : error == asio::error::access_denied   ? ListenErrc::notAllowed
                                                                        : ListenErrc::other;
        return fail(ListenError{code, where, error.message()});
    }
    impl->accept();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const
{
    ErrorCode ignored;
    return m_impl->acceptor.local_endpoint(ignored).port();
}

std::size_t HttpServer::connectionCount() const { return m_impl->context->connectionCount; }

void HttpServer::stopAccepting()
{
    m_impl->context->stopping = true;
    m_impl->retry.cancel();
    ErrorCode ignored;
    m_impl->acceptor.close(ignored);
    closeIdleConnections(*m_impl->context);
}

} // namespace tessera::service
