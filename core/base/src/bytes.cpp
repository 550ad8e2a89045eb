#include <core/base/bytes.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include <core/base/utf.h>

namespace tessera {
namespace {

constexpr std::uint64_t maxVarUint = (std::uint64_t{1} << 53) - 1;

template <class Unsigned> void appendBigEndian(Bytes& out, Unsigned bits)
{
    for (int shift = static_cast<int>(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(bits >> shift));
}

template <class Unsigned> Unsigned readBigEndian(ByteView bytes)
{
    Unsigned bits = 0;
    for (const std::uint8_t byte : bytes)
        bits = static_cast<Unsigned>(bits << 8 | byte);
    return bits;
}

constexpr std::string_view base64UrlDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

} // namespace

std::string_view describe(DecodeErrc code)
{
    switch (code) {
    case DecodeErrc::truncated: return "the input ends too early";
    case DecodeErrc::varintTooLong: return "a number passes 2^53 - 1";
    case DecodeErrc::invalidUtf8: return "a text is not UTF-8";
    case DecodeErrc::unknownTag: return "an unknown tag";
    case DecodeErrc::duplicateClient: return "a client stands twice";
    case DecodeErrc::nestedTooDeep: return "the nesting is too deep";
    case DecodeErrc::tooLarge: return "a length passes the limit";
    case DecodeErrc::trailingBytes: return "the input goes on after its end";
    case DecodeErrc::malformed: return "the structure is wrong";
    }
    return "unknown";
}

std::string describe(const DecodeError& error)
{
    return std::string(describe(error.code)) + " at byte " + std::to_string(error.offset);
}

Result<std::uint8_t, DecodeError> ByteReader::readByte()
{
    if (atEnd())
        return fail(errorHere(DecodeErrc::truncated));
    return m_bytes[m_offset++];
}

Result<ByteView, DecodeError> ByteReader::readBytes(std::size_t count)
{
    if (count > remaining())
        return fail(errorHere(DecodeErrc::truncated));
    const ByteView view = m_bytes.subspan(m_offset, count);
    m_offset += count;
    return view;
}

Result<std::uint64_t, DecodeError> ByteReader::readVarUint()
{
    std::uint64_t value = 0;
    for (int shift = 0; shift <= 49; shift += 7) {
        if (atEnd())
            return fail(errorHere(DecodeErrc::truncated));
        const std::uint8_t byte = m_bytes[m_offset++];
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) {
            if (value > maxVarUint)
                return fail(errorHere(DecodeErrc::varintTooLong));
            return value;
        }
    }
    return fail(errorHere(DecodeErrc::varintTooLong));
}

Result<VarInt, DecodeError> ByteReader::readVarInt()
{
    if (atEnd())
        return fail(errorHere(DecodeErrc::truncated));
    std::uint8_t byte = m_bytes[m_offset++];
    const bool negative = byte & 0x40;
    std::uint64_t magnitude = byte & 0x3fu;
    for (int shift = 6; byte >= 0x80; shift += 7) {
        if (shift > 48)
            return fail(errorHere(DecodeErrc::varintTooLong));
        if (atEnd())
            return fail(errorHere(DecodeErrc::truncated));
        byte = m_bytes[m_offset++];
        magnitude |= std::uint64_t{byte & 0x7fu} << shift;
    }
    if (magnitude > maxVarUint)
        return fail(errorHere(DecodeErrc::varintTooLong));
    const auto value = static_cast<std::int64_t>(magnitude);
    return VarInt{negative ? -value : value, negative && magnitude == 0};
}

Result<std::string_view, DecodeError> ByteReader::readVarString()
{
    const std::size_t start = m_offset;
    TESSERA_TRY(bytes, readVarBuffer());
    if (!isUtf8(asText(bytes)))
        return fail(DecodeError{DecodeErrc::invalidUtf8, start});
    return asText(bytes);
}

Result<ByteView, DecodeError> ByteReader::readVarBuffer()
{
    TESSERA_TRY(count, readVarUint());
    return readBytes(count);
}

Result<float, DecodeError> ByteReader::readFloat32()
{
    TESSERA_TRY(bytes, readBytes(4));
    return std::bit_cast<float>(readBigEndian<std::uint32_t>(bytes));
}

Result<double, DecodeError> ByteReader::readFloat64()
{
    TESSERA_TRY(bytes, readBytes(8));
    return std::bit_cast<double>(readBigEndian<std::uint64_t>(bytes));
}

Result<std::int64_t, DecodeError> ByteReader::readBigInt64()
{
    TESSERA_TRY(bytes, readBytes(8));
    return std::bit_cast<std::int64_t>(readBigEndian<std::uint64_t>(bytes));
}

void ByteWriter::writeVarUint(std::uint64_t value)
{
    assert(value <= maxVarUint);
    for (; value > 0x7f; value >>= 7)
        m_bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
    m_bytes.push_back(static_cast<std::uint8_t>(value));
}

void ByteWriter::writeVarInt(std::int64_t value, bool negativeZero)
{
    const bool negative = value < 0 || negativeZero;
    std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    m_bytes.push_back(static_cast<std::uint8_t>((magnitude > 0x3f ? 0x80 : 0) | (negative ? 0x40 : 0) | (magnitude & 0x3f)));
    for (magnitude >>= 6; magnitude > 0; magnitude >>= 7)
        m_bytes.push_back(static_cast<std::uint8_t>((magnitude > 0x7f ? 0x80 : 0) | (magnitude & 0x7f)));
}

void ByteWriter::writeVarString(std::string_view text)
{
    if (isUtf8(text)) {
        writeVarBuffer(asBytes(text));
        return;
    }
    writeVarBuffer(asBytes(toValidUtf8(text)));
}

void ByteWriter::writeVarBuffer(ByteView bytes)
{
    writeVarUint(bytes.size());
    writeBytes(bytes);
}

void ByteWriter::writeFloat32(float value) { appendBigEndian(m_bytes, std::bit_cast<std::uint32_t>(value)); }
void ByteWriter::writeFloat64(double value) { appendBigEndian(m_bytes, std::bit_cast<std::uint64_t>(value)); }
void ByteWriter::writeBigInt64(std::int64_t value) { appendBigEndian(m_bytes, static_cast<std::uint64_t>(value)); }

std::string toHex(ByteView bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<Bytes> fromHex(std::string_view text)
{
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    if (text.size() % 2)
        return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

std::string toBase64Url(ByteView bytes)
{
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8 | byte;
        for (count += 8; count >= 6; count -= 6)
            text += base64UrlDigits[bits >> (count - 6) & 63];
    }
    if (count > 0)
        text += base64UrlDigits[bits << (6 - count) & 63];
    return text;
}

std::optional<Bytes> fromBase64Url(std::string_view text)
{
    Bytes bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const std::size_t digit = base64UrlDigits.find(c);
        if (digit == std::string_view::npos)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<std::uint8_t>(bits >> count));
        }
    }
    if (count >= 6 || (bits & ((1u << count) - 1)) != 0)
        return std::nullopt;
    return bytes;
}

} // namespace tessera
