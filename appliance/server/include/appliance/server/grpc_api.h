#pragma once

#include <memory>
#include <string>

#include <core/base/result.h>

/// The Generation service over gRPC. This header keeps gRPC out of everyone else's build. Any thread.
namespace tessera::appliance {

class Appliance;

class GrpcApi
{
public:
    /// Listens on HOST:PORT; port 0 takes a free one. Loopback only: nothing here asks who is calling.
    static Result<std::unique_ptr<GrpcApi>, std::string> listen(Appliance& appliance, const std::string& address);
    virtual ~GrpcApi() = default; ///< ends open calls within a second
    [[nodiscard]] virtual int port() const = 0;
};

/// True for 127.0.0.0/8, [::1] and localhost.
[[nodiscard]] bool isLoopback(const std::string& hostAndPort);

} // namespace tessera::appliance
