#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <collab/protocol/awareness.h>
#include <collab/protocol/role.h>
#include <core/base/bytes.h>
#include <core/base/hash.h>
#include <core/base/result.h>
#include <core/crdt/doc.h>

/// The WebSocket messages of docs/wire.md as values: y-protocols (0 to 3) and our own (100 and above). One binary frame
/// is one message. Views in a decoded message point into the frame and live as long as it. Pure; safe on any thread.
namespace tessera::collab {

inline constexpr std::size_t maxFrameBytes = std::size_t{64} << 20;
inline constexpr std::size_t maxReasonBytes = 4096;                   ///< denial reasons and notices
inline constexpr std::size_t maxJobEventBytes = std::size_t{8} << 20;

/// WebSocket close codes that the relay gives a meaning.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    goingAway = 1001,
    tooBig = 1009,
    tryAgainLater = 1013,
    badMessage = 4400,
    badToken = 4401,
    noRight = 4403,
};

/// What the sender has; asks for the rest. The answer is SyncStep2.
struct SyncStep1 {
    crdt::StateVector stateVector;
    friend bool operator==(const SyncStep1&, const SyncStep1&) = default;
};
/// What the receiver of a SyncStep1 had and its sender lacked. The update's inside is not checked here.
struct SyncStep2 {
    ByteView update;
};
struct SyncUpdate {
    ByteView update;
};
/// Inside: decodeAwareness().
struct AwarenessMessage {
    ByteView update;
};
struct AuthDenied {
    std::string reason;
    friend bool operator==(const AuthDenied&, const AuthDenied&) = default;
};
struct QueryAwareness {
    friend bool operator==(QueryAwareness, QueryAwareness) = default;
};
/// How many SyncStep2 and SyncUpdate messages of this connection are on the relay's disk, and the clocks of their
/// clients there.
struct DurableAck {
    std::uint64_t messageCount{};
    crdt::StateVector durable;
    friend bool operator==(const DurableAck&, const DurableAck&) = default;
};
struct Permission {
    Role role{};
    friend bool operator==(const Permission&, const Permission&) = default;
};
enum class NoticeCode : std::uint64_t { relayRestarting = 1, roomReadOnly = 2, tooSlowResync = 3 };
/// Codes of later versions pass through.
struct RoomNotice {
    NoticeCode code{};
    std::string text;
    friend bool operator==(const RoomNotice&, const RoomNotice&) = default;
};
struct BlobOffer {
    ContentHash hash;
    std::uint64_t sizeBytes{};
    friend bool operator==(const BlobOffer&, const BlobOffer&) = default;
};
/// JSON text as docs/wire.md has it; only its size and UTF-8 are checked here.
struct JobEvent {
    std::string json;
    friend bool operator==(const JobEvent&, const JobEvent&) = default;
};

using Message = std::variant<SyncStep1, SyncStep2, SyncUpdate, AwarenessMessage, AuthDenied, QueryAwareness, DurableAck,
                             Permission, RoomNotice, BlobOffer, JobEvent>;

/// Errors carry the byte offset in the frame. An outer number that no version defines is unknownTag at offset 0, so
/// that a client may skip what a newer relay says; every other error is a broken frame. tooLarge: a part passes its
/// bound above. trailingBytes: the frame goes on after the message.
Result<Message, DecodeError> decodeMessage(ByteView frame);

[[nodiscard]] Bytes encodeMessage(const Message& message);

/// "sync step 1", "awareness", … for logs.
[[nodiscard]] std::string_view messageName(const Message& message);

} // namespace tessera::collab
