#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/result.h>

/// Byte reader and writer with the lib0 primitives that Yjs documents and y-protocols are made of
/// (lib0 0.2: varUint, varInt, varString, varBuffer, big-endian floats). Pure; safe on any thread.
namespace tessera {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

enum class DecodeErrc : std::uint8_t {
    truncated = 1,       ///< input ended inside a value
    varintTooLong = 2,   ///< a varint passes 2^53 - 1
    invalidUtf8 = 3,     ///< a string is not UTF-8
    unknownTag = 4,      ///< a tag, type or content reference that no version defines
    duplicateClient = 5, ///< a client stands twice where once is allowed
    nestedTooDeep = 6,   ///< nesting passes the reader's limit
    tooLarge = 7,        ///< a length passes the reader's limit
    trailingBytes = 8,   ///< input goes on after the value
    malformed = 9,       ///< structure is wrong in another way
};

/// What was wrong and at which byte of the input.
struct DecodeError {
    DecodeErrc code{};
    std::size_t offset{};
    friend bool operator==(const DecodeError&, const DecodeError&) = default;
};

[[nodiscard]] std::string_view describe(DecodeErrc code);
[[nodiscard]] std::string describe(const DecodeError& error);

/// -0 exists on the wire (lib0 writes sign and magnitude), so it is kept apart.
struct VarInt {
    std::int64_t value{};
    bool negativeZero{};
};

/// Reads from a view that must outlive it. After an error the position is unspecified.
class ByteReader
{
public:
    explicit ByteReader(ByteView bytes) : m_bytes(bytes) {}

    [[nodiscard]] bool atEnd() const { return m_offset == m_bytes.size(); }
    [[nodiscard]] std::size_t offset() const { return m_offset; }
    [[nodiscard]] std::size_t remaining() const { return m_bytes.size() - m_offset; }
    [[nodiscard]] ByteView rest() const { return m_bytes.subspan(m_offset); }
    [[nodiscard]] DecodeError errorHere(DecodeErrc code) const { return {code, m_offset}; }

    Result<std::uint8_t, DecodeError> readByte();
    Result<ByteView, DecodeError> readBytes(std::size_t count);
    /// 0 .. 2^53 - 1.
    Result<std::uint64_t, DecodeError> readVarUint();
    Result<VarInt, DecodeError> readVarInt();
    /// View into the input; checked to be UTF-8.
    Result<std::string_view, DecodeError> readVarString();
    Result<ByteView, DecodeError> readVarBuffer();
    Result<float, DecodeError> readFloat32();
    Result<double, DecodeError> readFloat64();
    Result<std::int64_t, DecodeError> readBigInt64();

private:
    ByteView m_bytes;
    std::size_t m_offset = 0;
};

class ByteWriter
{
public:
    void writeByte(std::uint8_t byte) { m_bytes.push_back(byte); }
    void writeBytes(ByteView bytes) { m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end()); }
    void writeVarUint(std::uint64_t value);
    void writeVarInt(std::int64_t value, bool negativeZero = false);
    /// Writes well-formed UTF-8: every malformed sequence becomes U+FFFD, as lib0 does with lone surrogates.
    void writeVarString(std::string_view text);
    void writeVarBuffer(ByteView bytes);
    void writeFloat32(float value);
    void writeFloat64(double value);
    void writeBigInt64(std::int64_t value);

    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
    [[nodiscard]] const Bytes& bytes() const { return m_bytes; }
    [[nodiscard]] Bytes take() { return std::move(m_bytes); }

private:
    Bytes m_bytes;
};

[[nodiscard]] inline ByteView asBytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view asText(ByteView bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] std::string toHex(ByteView bytes);
/// Empty when the text is not an even number of hex digits.
[[nodiscard]] std::optional<Bytes> fromHex(std::string_view text);
/// RFC 4648 section 5, no padding.
[[nodiscard]] std::string toBase64Url(ByteView bytes);
[[nodiscard]] std::optional<Bytes> fromBase64Url(std::string_view text);

} // namespace tessera
