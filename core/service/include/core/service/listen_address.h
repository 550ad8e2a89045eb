#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Where a server listens: "HOST:PORT" with HOST an IPv4 address or an IPv6 address in brackets; port 0 takes any
/// free one. Pure; safe on any thread.
namespace tessera::service {

struct ListenAddress {
    std::string host;
    std::uint16_t port{};
    /// 127.0.0.0/8 or ::1.
    [[nodiscard]] bool isLoopback() const;
};

/// Empty when the text is not of that form; names are not looked up.
[[nodiscard]] std::optional<ListenAddress> parseListenAddress(std::string_view text);

} // namespace tessera::service
