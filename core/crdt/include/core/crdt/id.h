#pragma once

#include <compare>
#include <cstdint>
#include <functional>

/// Ids of the Yjs data model. Client ids may use 53 bits; clocks count UTF-16 units and elements.
namespace tessera::crdt {

enum class ClientId : std::uint64_t {};
using Clock = std::uint64_t;

struct Id {
    ClientId client{};
    Clock clock{};
    friend auto operator<=>(const Id&, const Id&) = default;
};

struct ClockRange {
    Clock clock{};
    Clock length{};
    [[nodiscard]] Clock end() const { return clock + length; }
    friend bool operator==(const ClockRange&, const ClockRange&) = default;
};

[[nodiscard]] constexpr std::uint64_t number(ClientId client) { return static_cast<std::uint64_t>(client); }

} // namespace tessera::crdt
