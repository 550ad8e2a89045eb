#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <core/base/bytes.h>

/// One accepted WebSocket as its program sees it. All on the loop's thread.
namespace tessera::service {

/// A message that many sockets may hold in their queues at once.
using SharedMessage = std::shared_ptr<const Bytes>;

class WebSocket
{
public:
    virtual ~WebSocket() = default;
    /// Queues one binary message. Nothing is dropped here: the program watches queuedBytes() and holds back.
    virtual void send(SharedMessage message) = 0;
    /// Bytes accepted by send() and not yet taken by the kernel.
    [[nodiscard]] virtual std::size_t queuedBytes() const = 0;
    /// Sends what is queued, then the close frame; reason of at most 123 bytes. A peer that does not take it within
    /// two seconds is cut off. Messages that arrive meanwhile are dropped.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    /// Stops or resumes taking messages in, which makes the sender wait.
    virtual void setReading(bool reading) = 0;
};

class WebSocketListener
{
public:
    virtual ~WebSocketListener() = default;
    /// The socket lives until after onClose().
    virtual void onOpen(WebSocket& socket) = 0;
    /// The view is valid during the call.
    virtual void onBinary(ByteView message) = 0;
    virtual void onText() = 0;
    /// A queued message was handed to the kernel.
    virtual void onSent() = 0;
    /// Exactly once after onOpen(). The listener is destroyed afterwards.
    virtual void onClose() = 0;
};

} // namespace tessera::service
