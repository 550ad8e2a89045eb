#pragma once

#include <bit>
#include <cstring>

#include <core/base/bytes.h>
#include <core/base/utf.h>

namespace tessera::crdt {

/// Reads lib0 primitives from a view. Unlike ByteReader it remembers the first error: after that every read gives
/// zero or an empty view and stays at the end, so that hot loops test once for a struct instead of once for a value.
class WireReader
{
public:
    WireReader() = default;
    /// `base` is added to the offsets that errors name.
    explicit WireReader(ByteView bytes, std::size_t base = 0)
        : m_begin(bytes.data()), m_at(bytes.data()), m_end(bytes.data() + bytes.size()), m_base(base)
    {
    }

    [[nodiscard]] bool atEnd() const { return m_at == m_end; }
    [[nodiscard]] bool hasFailed() const { return m_failed; }
    [[nodiscard]] DecodeError error() const { return m_error; }
    [[nodiscard]] std::size_t offset() const { return m_base + static_cast<std::size_t>(m_at - m_begin); }
    [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(m_end - m_at); }
    [[nodiscard]] const std::uint8_t* position() const { return m_at; }
    /// What was read from `start`, a former position; empty after an error.
    [[nodiscard]] ByteView since(const std::uint8_t* start) const
    {
        return {start, m_failed ? 0 : static_cast<std::size_t>(m_at - start)};
    }
    /// Goes on at a place further on in the input.
    void skipTo(const std::uint8_t* position) { m_at = position; }
    [[nodiscard]] const std::uint8_t* begin() const { return m_begin; }
    /// Whether the bytes were read before, so that text needs no check.
    [[nodiscard]] bool isTrusted() const { return m_isTrusted; }
    /// `passed` is this reader after the bytes were read for the first time.
    void trust(const WireReader& passed)
    {
        m_isTrusted = true;
        m_isAscii = !passed.m_sawMore;
    }

    void fail(DecodeErrc code, std::size_t offset)
    {
        if (!m_failed)
            m_error = {code, offset};
        m_failed = true;
        m_at = m_end;
    }
    void fail(DecodeErrc code) { fail(code, offset()); }

    std::uint8_t byte()
    {
        if (m_at == m_end) {
            fail(DecodeErrc::truncated);
            return 0;
        }
        return *m_at++;
    }

    ByteView bytes(std::uint64_t count)
    {
        if (count > remaining()) {
            fail(DecodeErrc::truncated);
            return {};
        }
        const ByteView view(m_at, static_cast<std::size_t>(count));
        m_at += count;
        return view;
    }

    /// 0 .. 2^53 - 1.
    std::uint64_t varUint()
    {
        if (m_at != m_end && *m_at < 0x80)
            return *m_at++;
        return longVarUint();
    }

    /// Up to `bits` (at most 55) without the sign.
    VarInt varInt(int bits = 53)
    {
        std::uint8_t next = byte();
        const bool isNegative = next & 0x40;
        std::uint64_t magnitude = next & 0x3fu;
        for (int shift = 6; next >= 0x80; shift += 7) {
            if (shift > 48) {
                fail(DecodeErrc::varintTooLong);
                return {};
            }
            next = byte();
            magnitude |= std::uint64_t{next & 0x7fu} << shift;
        }
        if (magnitude >> bits)
            fail(DecodeErrc::varintTooLong);
        if (m_failed)
            return {};
        const auto value = static_cast<std::int64_t>(magnitude);
        return {isNegative ? -value : value, isNegative && magnitude == 0};
    }

    template <class Unsigned> Unsigned bigEndian()
    {
        Unsigned bits = 0;
        for (const std::uint8_t next : bytes(sizeof(Unsigned)))
            bits = static_cast<Unsigned>(bits << 8 | next);
        return bits;
    }

    ByteView varBuffer() { return bytes(varUint()); }

    /// View into the input, checked to be UTF-8 unless trusted.
    std::string_view varString()
    {
        const std::size_t start = offset();
        const std::string_view text = asText(varBuffer());
        if (!m_isTrusted && !isAscii(text) && !isUtf8(text)) {
            fail(DecodeErrc::invalidUtf8, start);
            return {};
        }
        return text;
    }

    /// The same, with its length in UTF-16 units.
    std::string_view varString(std::uint64_t& utf16Units)
    {
        const std::size_t start = offset();
        const std::string_view text = asText(varBuffer());
        utf16Units = text.size();
        return m_isAscii || isAscii(text) ? text : checkedText(text, start, utf16Units);
    }

    /// How far varUintAt looks.
    static constexpr std::size_t longestVarUint = 8;
    /// Reads where at least longestVarUint bytes are left. The place after it; null when it is longer or too large.
    /// Two or three bytes, which most clocks take, one by one, more at once.
    static const std::uint8_t* varUintAt(const std::uint8_t* at, std::uint64_t& value)
    {
        value = at[0];
        if (at[0] < 0x80)
            return at + 1;
        value += (std::uint64_t{at[1]} << 7) - 0x80;
        if (at[1] < 0x80)
            return at + 2;
        value += (std::uint64_t{at[2]} << 14) - 0x4000;
        return at[2] < 0x80 ? at + 3 : varUintByWord(at, value);
    }

private:
    /// The bytes up to the first without the high bit, then their groups of seven pushed together.
    [[gnu::noinline]] static const std::uint8_t* varUintByWord(const std::uint8_t* at, std::uint64_t& value)
    {
        std::uint64_t word = loadWord(at);
        const std::uint64_t ends = ~word & 0x8080808080808080;
        if (ends == 0)
            return nullptr;
        word &= (ends ^ (ends - 1)) & 0x7f7f7f7f7f7f7f7f;
        word = (word & 0x007f007f007f007f) | (word & 0x7f007f007f007f00) >> 1;
        word = (word & 0x00003fff00003fff) | (word & 0x3fff00003fff0000) >> 2;
        value = (word & 0x000000000fffffff) | (word & 0x0fffffff00000000) >> 4;
        return value >> 53 ? nullptr : at + (std::countr_zero(ends) + 1) / 8;
    }
    [[gnu::noinline]] std::string_view checkedText(std::string_view text, std::size_t start, std::uint64_t& utf16Units)
    {
        if (!m_isTrusted && !isUtf8(text)) {
            fail(DecodeErrc::invalidUtf8, start);
            text = {};
        }
        m_sawMore = true;
        utf16Units = utf16Length(text);
        return text;
    }
    static std::uint64_t loadWord(const std::uint8_t* at)
    {
        static_assert(std::endian::native == std::endian::little);
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof(word));
        return word;
    }
    [[gnu::noinline]] std::uint64_t longVarUint()
    {
        std::uint64_t value = 0;
        const std::uint8_t* after = remaining() < longestVarUint ? nullptr : varUintAt(m_at, value);
        if (!after)
            return varUintByteByByte();
        m_at = after;
        return value;
    }
    std::uint64_t tooLong()
    {
        fail(DecodeErrc::varintTooLong);
        return 0;
    }
    /// Near the end of the input and for what is too long.
    std::uint64_t varUintByteByByte()
    {
        std::uint64_t value = 0;
        for (int shift = 0; shift <= 49; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7fu} << shift;
            if (next < 0x80 && !m_failed)
                return value >> 53 ? tooLong() : value;
            if (m_failed)
                return 0;
        }
        return tooLong();
    }

    const std::uint8_t* m_begin = nullptr;
    const std::uint8_t* m_at = nullptr;
    const std::uint8_t* m_end = nullptr;
    std::size_t m_base = 0;
    DecodeError m_error;
    bool m_failed = false;
    bool m_isTrusted = false;
    bool m_sawMore = false; ///< than ASCII where text was measured
    bool m_isAscii = false; ///< all such text, as the first reading found
};

/// Passes one encoded any without keeping it; checks tags, UTF-8 and the nesting limit of readAny.
void skipAny(WireReader& reader);
/// Passes `count` of them and gives the bytes they take.
[[nodiscard]] inline ByteView passAnyValues(WireReader& reader, std::uint64_t count)
{
    const std::uint8_t* start = reader.position();
    for (std::uint64_t i = 0; i < count && !reader.hasFailed(); ++i)
        skipAny(reader);
    return reader.since(start);
}

} // namespace tessera::crdt
