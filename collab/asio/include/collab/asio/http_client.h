#pragma once

#include <memory>

#include <collab/asio/loop.h>
#include <collab/session/http.h>

namespace tessera::collab {

/// HttpPort over Boost.Beast, one connection per request, on the loop's thread. No TLS in this build.
class AsioHttp final : public HttpPort
{
public:
    /// `loop` must outlive this.
    explicit AsioHttp(AsioLoop& loop);
    ~AsioHttp() override;
    AsioHttp(const AsioHttp&) = delete;
    AsioHttp& operator=(const AsioHttp&) = delete;

    void send(HttpRequest request, Done done) override;

private:
    class Exchange;
    AsioLoop& m_loop;
    std::shared_ptr<bool> m_isAlive; ///< gone with this: answers still on the way are dropped
};

} // namespace tessera::collab
