#pragma once

#include "loop_impl.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/role.hpp>

#include <array>
#include <memory>

namespace tessera::service {

/// A TCP stream that is torn down as RFC 6455 section 7.1.1 asks: after our close frame it takes in what the peer
/// still sends until the peer closes. Beast 1.81 stops after one read (its issue 1373 works around that), so that the
/// reset takes the close code away from a peer in the middle of a large message.
class DrainingStream : public boost::beast::basic_stream<boost::asio::ip::tcp, LoopExecutor>
{
public:
    using basic_stream::basic_stream;
};

/// The composed operation behind async_teardown(). The WebSocket stream's own timer bounds it.
template <class Handler> struct DrainOperation {
    DrainingStream& stream;
    Handler handler;
    std::unique_ptr<std::array<char, 16 * 1024>> sink = std::make_unique<std::array<char, 16 * 1024>>();

    using executor_type = LoopExecutor;
    [[nodiscard]] executor_type get_executor() const noexcept { return stream.socket().get_executor(); }

    void start()
    {
        const auto buffer = boost::asio::buffer(*sink);
        stream.socket().async_read_some(buffer, std::move(*this));
    }
    void operator()(boost::system::error_code error, std::size_t)
    {
        if (!error)
            return start();
        boost::system::error_code ignored;
        stream.socket().close(ignored);
        handler(boost::system::error_code{});
    }
};

/// Found by Beast through argument-dependent look-up.
template <class Handler>
void async_teardown(boost::beast::role_type, DrainingStream& stream, Handler&& handler)
{
    boost::system::error_code ignored;
    stream.socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    DrainOperation<std::decay_t<Handler>>{stream, std::forward<Handler>(handler)}.start();
}

} // namespace tessera::service
