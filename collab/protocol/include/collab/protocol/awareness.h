#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/clock.h>
#include <core/base/result.h>
#include <core/crdt/id.h>

/// Presence by the rules of y-protocols' awareness: each client publishes one JSON state under a growing clock; null
/// means offline. One thread.
namespace tessera::collab {

inline constexpr std::chrono::milliseconds awarenessRefreshAge{15'000};  ///< own state is published again
inline constexpr std::chrono::milliseconds awarenessTimeout{30'000};     ///< a silent peer is dropped
inline constexpr std::chrono::milliseconds awarenessCheckInterval{3'000};
inline constexpr std::size_t maxAwarenessBytes = std::size_t{1} << 20;                ///< one update
inline constexpr std::size_t maxAwarenessStateBytes = 64 * 1024;
inline constexpr std::size_t maxAwarenessClients = 8192;

/// One client in an awareness update. No state: offline.
struct AwarenessEntry {
    crdt::ClientId client{};
    std::uint64_t clock{};
    std::optional<std::string> stateJson;
    friend bool operator==(const AwarenessEntry&, const AwarenessEntry&) = default;
};

/// Body of message 1: varUint count, then (varUint client, varUint clock, varString JSON). Each state must be JSON.
/// Errors: those of ByteReader; malformed for a state that is not JSON; tooLarge for a state or a count over its bound.
Result<std::vector<AwarenessEntry>, DecodeError> decodeAwareness(ByteView update);
[[nodiscard]] Bytes encodeAwareness(std::span<const AwarenessEntry> entries);

/// Which clients one call touched. A provider forwards when `shouldForward()`; a user interface redraws when
/// `isVisible()`.
struct AwarenessChange {
    std::vector<crdt::ClientId> added;     ///< no state before, one now
    std::vector<crdt::ClientId> updated;   ///< had a state and published again, also the same one
    std::vector<crdt::ClientId> changed;   ///< the part of `updated` whose state is another than before
    std::vector<crdt::ClientId> removed;
    [[nodiscard]] bool shouldForward() const { return !(added.empty() && updated.empty() && removed.empty()); }
    [[nodiscard]] bool isVisible() const { return !(added.empty() && changed.empty() && removed.empty()); }
    /// added, updated and removed: what encode() should be given.
    [[nodiscard]] std::vector<crdt::ClientId> touched() const;
};

class Awareness
{
public:
    /// Without a local client (a relay) every client is a remote one. `clock` must outlive this.
    explicit Awareness(const tessera::Clock& clock, std::optional<crdt::ClientId> localClient = std::nullopt);

    /// JSON text, or nothing for offline. Raises our clock also when nothing changed. Needs a local client.
    AwarenessChange setLocalState(std::optional<std::string> stateJson);
    [[nodiscard]] const std::string* localState() const;

    /// A remote null for our own live state raises our clock and reports us as updated, so that the caller tells all.
    /// On an error nothing was applied. Clients past maxAwarenessClients are ignored.
    Result<AwarenessChange, DecodeError> applyUpdate(ByteView update);
    AwarenessChange applyEntries(std::span<const AwarenessEntry> entries);

    /// To be called every awarenessCheckInterval: refreshes our own state when old, drops silent peers.
    AwarenessChange tick();

    /// The clients went away (their connection closed). Their clocks stay known. Unknown ones are passed over.
    AwarenessChange remove(std::span<const crdt::ClientId> clients);
    /// Forgets every remote client, clocks included: the connection to the room is gone.
    AwarenessChange removeAllRemote();

    /// JSON by client, the local one included.
    [[nodiscard]] const std::map<crdt::ClientId, std::string>& states() const { return m_states; }
    [[nodiscard]] std::vector<crdt::ClientId> clients() const;
    /// Entries for known clients; a removed one is sent as null.
    [[nodiscard]] Bytes encode(std::span<const crdt::ClientId> clients) const;
    [[nodiscard]] Bytes encodeAll() const { return encode(clients()); }

private:
    struct Meta {
        std::uint64_t clock{};
        std::chrono::steady_clock::time_point updatedAt;
    };
    void forgetOldestRemoved();

    const tessera::Clock& m_clock;
    std::optional<crdt::ClientId> m_local;
    std::map<crdt::ClientId, std::string> m_states;
    std::map<crdt::ClientId, Meta> m_meta;
};

} // namespace tessera::collab
