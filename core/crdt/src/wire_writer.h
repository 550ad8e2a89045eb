#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include <core/base/bytes.h>

#include "struct_view.h"

namespace tessera::crdt {

/// Appends lib0 primitives to a buffer that it keeps between uses. The fast counterpart of ByteWriter for the codec:
/// text is taken as it is, because nothing but UTF-8 gets into a document.
class WireWriter
{
public:
    void clear() { m_size = 0; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] ByteView view() const { return {m_bytes.get(), m_size}; }
    /// Moves what is written behind what is in `out`, and goes on empty.
    void drainTo(Bytes& out)
    {
        out.insert(out.end(), m_bytes.get(), m_bytes.get() + m_size);
        m_size = 0;
    }
    [[nodiscard]] Bytes copy() const { return {m_bytes.get(), m_bytes.get() + m_size}; }

    void byte(std::uint8_t value)
    {
        reserve(1);
        m_bytes[m_size++] = value;
    }
    void bytes(ByteView values)
    {
        reserve(values.size());
        if (!values.empty())
            std::memcpy(m_bytes.get() + m_size, values.data(), values.size());
        m_size += values.size();
    }
    void varUint(std::uint64_t value)
    {
        assert(value <= maxClock);
        reserve(8);
        m_size = static_cast<std::size_t>(writeVarUint(m_bytes.get() + m_size, value) - m_bytes.get());
    }
    struct Insertion {
        std::size_t at = 0; ///< byte position before any of the insertions
        std::uint64_t value = 0;
    };
    /// Puts varUints between what is written already; positions ascend, equal ones keep their order. O(size).
    void insertVarUints(std::span<const Insertion> insertions)
    {
        std::size_t shift = 0;
        for (const Insertion& insertion : insertions)
            shift += varUintSize(insertion.value);
        reserve(shift);
        std::uint8_t* bytes = m_bytes.get();
        std::size_t end = m_size;
        m_size += shift;
        for (std::size_t i = insertions.size(); i-- > 0;) {
            const auto [at, value] = insertions[i];
            std::memmove(bytes + at + shift, bytes + at, end - at);
            shift -= varUintSize(value);
            writeVarUint(bytes + at + shift, value);
            end = at;
        }
    }
    void varInt(std::int64_t value, bool negativeZero = false)
    {
        reserve(8);
        const bool isNegative = value < 0 || negativeZero;
        std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
        std::uint8_t* at = m_bytes.get() + m_size;
        *at++ = static_cast<std::uint8_t>((magnitude > 0x3f ? 0x80 : 0) | (isNegative ? 0x40 : 0) | (magnitude & 0x3f));
        for (magnitude >>= 6; magnitude > 0; magnitude >>= 7)
            *at++ = static_cast<std::uint8_t>((magnitude > 0x7f ? 0x80 : 0) | (magnitude & 0x7f));
        m_size = static_cast<std::size_t>(at - m_bytes.get());
    }
    void varBuffer(ByteView values)
    {
        varUint(values.size());
        bytes(values);
    }
    void varString(std::string_view text) { varBuffer(asBytes(text)); }
    template <class Unsigned> void bigEndian(Unsigned bits)
    {
        for (int shift = static_cast<int>(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8)
            byte(static_cast<std::uint8_t>(bits >> shift));
    }

private:
    struct Free {
        void operator()(std::uint8_t* bytes) const { std::free(bytes); }
    };
    static std::uint8_t* writeVarUint(std::uint8_t* at, std::uint64_t value)
    {
        for (; value > 0x7f; value >>= 7)
            *at++ = static_cast<std::uint8_t>(value | 0x80);
        *at++ = static_cast<std::uint8_t>(value);
        return at;
    }
    static std::size_t varUintSize(std::uint64_t value)
    {
        return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
    }
    void reserve(std::size_t more)
    {
        if (m_capacity - m_size < more)
            grow(more);
    }
    void grow(std::size_t more)
    {
        const std::size_t capacity = std::max({std::size_t{64}, m_capacity * 2, m_size + more});
        void* grown = std::realloc(m_bytes.get(), capacity);
        if (!grown)
            std::abort(); // as operator new would: no part of the product goes on without memory
        (void)m_bytes.release();
        m_bytes.reset(static_cast<std::uint8_t*>(grown));
        m_capacity = capacity;
    }

    std::unique_ptr<std::uint8_t[], Free> m_bytes;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

} // namespace tessera::crdt
