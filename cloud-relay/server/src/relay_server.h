#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <core/base/result.h>
#include <core/service/listen_address.h>

/// One relay process: opens the data folder, wires the parts, runs until told to stop.
namespace tessera::relay {

struct RelayOptions {
    std::filesystem::path dataFolder;
    service::ListenAddress listen;
    std::optional<service::ListenAddress> applianceListen; ///< empty: no appliance can attach
    std::filesystem::path webFolder;                       ///< empty: no web client
    bool openAccess = false;
};

/// What is wrong, in words for the person who started the program.
using StartError = std::string;

class RelayServer
{
public:
    /// Opens and listens; nothing is served before run().
    static Result<std::unique_ptr<RelayServer>, StartError> start(const RelayOptions& options);
    ~RelayServer();
    RelayServer(const RelayServer&) = delete;
    RelayServer& operator=(const RelayServer&) = delete;

    /// One line of JSON: {"ready":true,"port":N,"appliancePort":N or null,...}.
    [[nodiscard]] std::string readyLine() const;
    /// Until SIGTERM or SIGINT; then drains: notices, flushes, acknowledges, closes. A second signal ends at once.
    void run();

private:
    struct Impl;
    explicit RelayServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::relay
