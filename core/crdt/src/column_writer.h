#pragma once

#include <core/base/utf.h>

#include "wire_writer.h"

/// The columns of an update v2: lib0's run-length encoders. Each writes values one by one and is finished once.
namespace tessera::crdt {

/// Bytes that often repeat: the value, then how often it follows again; for the last run nothing says that.
class RunColumnWriter
{
public:
    void write(std::uint8_t value)
    {
        if (m_count > 0 && m_value == value) {
            ++m_count;
            return;
        }
        if (m_count > 0)
            m_out.varUint(m_count - 1);
        m_out.byte(value);
        m_value = value;
        m_count = 1;
    }
    ByteView finish() { return m_out.view(); }

private:
    WireWriter m_out;
    std::uint64_t m_count = 0;
    std::uint8_t m_value = 0;
};

/// Numbers that often repeat: one alone as it is, several with a minus sign and then their count less two.
class UintColumnWriter
{
public:
    void write(std::uint64_t value)
    {
        if (m_value != value) {
            flush();
            m_value = value;
        }
        ++m_count;
    }
    ByteView finish()
    {
        flush();
        return m_out.view();
    }

private:
    void flush()
    {
        if (m_count > 0) {
            const auto value = static_cast<std::int64_t>(m_value);
            const bool isRun = m_count > 1;
            m_out.varInt(isRun ? -value : value, isRun && value == 0);
        }
        if (m_count > 1)
            m_out.varUint(m_count - 2);
        m_count = 0;
    }

    WireWriter m_out;
    std::uint64_t m_value = 0;
    std::uint64_t m_count = 0;
};

/// Numbers that grow by equal steps: twice the step, plus one when it is taken several times, then the count less two.
class StepColumnWriter
{
public:
    void write(std::uint64_t value)
    {
        const auto step = static_cast<std::int64_t>(value) - m_value;
        if (step != m_step) {
            flush();
            m_step = step;
        }
        m_value = static_cast<std::int64_t>(value);
        ++m_count;
    }
    ByteView finish()
    {
        flush();
        return m_out.view();
    }

private:
    void flush()
    {
        if (m_count > 0)
            m_out.varInt(m_step * 2 + (m_count > 1));
        if (m_count > 1)
            m_out.varUint(m_count - 2);
        m_count = 0;
    }

    WireWriter m_out;
    std::int64_t m_value = 0;
    std::int64_t m_step = 0;
    std::uint64_t m_count = 0;
};

/// All texts as one, then their lengths in UTF-16 units.
class StringColumnWriter
{
public:
    void write(std::string_view text)
    {
        m_text.bytes(asBytes(text));
        m_lengths.write(utf16Length(text));
    }
    void finish(WireWriter& out)
    {
        out.varBuffer(m_text.view());
        out.bytes(m_lengths.finish());
    }

private:
    WireWriter m_text;
    UintColumnWriter m_lengths;
};

} // namespace tessera::crdt
