#pragma once

#include "wire_reader.h"

/// The columns of an update v2, read value by value: the counterparts of column_writer.h. Small values that copy; the
/// errors go to the reader of the update, which is also what offsets are counted from.
namespace tessera::crdt {

class ColumnBytes
{
public:
    ColumnBytes() = default;
    explicit ColumnBytes(ByteView bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

protected:
    [[nodiscard]] bool atEnd() const { return m_at == m_end; }
    [[nodiscard]] WireReader open(const WireReader& update) const
    {
        return WireReader({m_at, m_end}, static_cast<std::size_t>(m_at - update.begin()));
    }
    void close(const WireReader& column, WireReader& update)
    {
        m_at = column.position();
        if (column.hasFailed())
            update.fail(column.error().code, column.error().offset);
    }

private:
    const std::uint8_t* m_at = nullptr;
    const std::uint8_t* m_end = nullptr;
};

/// Written by RunColumnWriter. The last value goes on for ever.
class RunColumn : private ColumnBytes
{
public:
    RunColumn() = default;
    explicit RunColumn(ByteView bytes) : ColumnBytes(bytes) {}

    std::uint8_t next(WireReader& update)
    {
        if (m_left == 0) {
            WireReader column = open(update);
            m_value = column.byte();
            m_left = column.atEnd() ? ~std::uint64_t{0} : column.varUint() + 1;
            close(column, update);
        }
        --m_left;
        return m_value;
    }

private:
    std::uint64_t m_left = 0;
    std::uint8_t m_value = 0;
};

/// Written by UintColumnWriter.
class UintColumn : private ColumnBytes
{
public:
    UintColumn() = default;
    explicit UintColumn(ByteView bytes) : ColumnBytes(bytes) {}

    std::uint64_t next(WireReader& update)
    {
        if (m_left == 0) {
            WireReader column = open(update);
            const VarInt value = column.varInt();
            const bool isRun = value.value < 0 || value.negativeZero;
            m_value = static_cast<std::uint64_t>(isRun ? -value.value : value.value);
            m_left = isRun ? column.varUint() + 2 : 1;
            close(column, update);
        }
        --m_left;
        return m_value;
    }

private:
    std::uint64_t m_value = 0;
    std::uint64_t m_left = 0;
};

/// Written by StepColumnWriter.
class StepColumn : private ColumnBytes
{
public:
    StepColumn() = default;
    explicit StepColumn(ByteView bytes) : ColumnBytes(bytes) {}

    std::uint64_t next(WireReader& update)
    {
        if (m_left == 0) {
            WireReader column = open(update);
            const std::int64_t twice = column.varInt(54).value; // wider than Yjs reads: the step between any two clocks
            m_step = twice >> 1;
            m_left = (twice & 1) ? column.varUint() + 2 : 1;
            close(column, update);
        }
        --m_left;
        m_value += m_step;
        if (m_value < 0 || m_value > static_cast<std::int64_t>(maxValue)) {
            update.fail(DecodeErrc::malformed, open(update).offset());
            m_value = 0;
        }
        return static_cast<std::uint64_t>(m_value);
    }

private:
    static constexpr std::uint64_t maxValue = (std::uint64_t{1} << 53) - 1;

    std::int64_t m_value = 0;
    std::int64_t m_step = 0;
    std::uint64_t m_left = 0;
};

} // namespace tessera::crdt
