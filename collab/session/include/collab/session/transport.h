#pragma once

#include <cstdint>
#include <string>

#include <collab/protocol/share_link.h>
#include <core/base/bytes.h>

/// One WebSocket, however it is made. Implemented by collab/asio and collab/qt.
namespace tessera::collab {

/// Why a connection ended or never came to be.
struct TransportClosed {
    bool wasOpen = false;
    std::uint16_t closeCode{};   ///< of the WebSocket close frame; 0: there was none
    std::uint16_t httpStatus{};  ///< of a refused upgrade; 0: it did not come so far
    std::string detail;          ///< the close reason, or what the system said, with host and port; never a token
};

/// Called on the transport's thread, never from inside a call to the transport.
class TransportListener
{
public:
    virtual void transportOpened() = 0;
    /// One binary frame; the view is valid during the call.
    virtual void transportMessage(ByteView frame) = 0;
    virtual void transportPong() = 0;
    /// Once per open() that was not ended by close().
    virtual void transportClosed(const TransportClosed& closed) = 0;

protected:
    ~TransportListener() = default;
};

/// All calls and callbacks on one thread, the Doc's. Frames over maxFrameBytes and text frames end the connection.
class Transport
{
public:
    virtual ~Transport() = default;

    /// Starts a connection; any earlier one is closed first. Every outcome, also an immediate failure, comes by a later
    /// callback. `listener` must stay until close() or transportClosed().
    virtual void open(const ShareLink& link, TransportListener& listener) = 0;
    /// One binary frame, in order. Ignored unless open.
    virtual void send(Bytes frame) = 0;
    virtual void ping() = 0;
    /// Ends the connection after what was sent; no callback of it comes any more. Harmless when there is none.
    virtual void close(std::uint16_t code, const std::string& reason) = 0;
    /// Bytes given to send() that the system has not taken yet.
    [[nodiscard]] virtual std::size_t bufferedBytes() const = 0;
};

} // namespace tessera::collab
