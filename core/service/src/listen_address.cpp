#include <core/service/listen_address.h>

#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace tessera::service {

bool ListenAddress::isLoopback() const
{
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::optional<ListenAddress> parseListenAddress(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);

    ListenAddress address{std::string(host), 0};
    std::array<unsigned char, sizeof(in6_addr)> parsed{};
    if (inet_pton(bracketed ? AF_INET6 : AF_INET, address.host.c_str(), parsed.data()) != 1)
        return std::nullopt;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || error != std::errc{} || end != port.data() + port.size())
        return std::nullopt;
    return address;
}

} // namespace tessera::service
