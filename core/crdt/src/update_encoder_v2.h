#pragma once

#include <core/crdt/any.h>

#include "column_writer.h"
#include "delete_set.h"
#include "struct_view.h"

namespace tessera::crdt {

/// Writes an update v2 through the same calls as UpdateEncoderV1. Everything is kept in columns until finish().
class UpdateEncoderV2
{
public:
    explicit UpdateEncoderV2(WireWriter& out) : m_out(out) {}

    void clientCount(std::uint64_t count) { m_rest.varUint(count); }
    void beginClient(ClientId client, Clock firstClock, std::uint64_t structCount)
    {
        m_rest.varUint(structCount);
        beginClient(client, firstClock);
    }
    /// For those who put the counts into rest() when they know them.
    void beginClient(ClientId client, Clock firstClock)
    {
        m_clients.write(number(client));
        m_rest.varUint(firstClock);
    }
    void info(std::uint8_t info) { m_infos.write(info); }
    void leftId(Id id)
    {
        m_clients.write(number(id.client));
        m_leftClocks.write(id.clock);
    }
    void rightId(Id id)
    {
        m_clients.write(number(id.client));
        m_rightClocks.write(id.clock);
    }
    void parentIsRoot(bool isRoot) { m_parentInfos.write(isRoot ? 1 : 0); }
    void text(std::string_view text) { m_strings.write(text); }
    /// Every key gets a number of its own, also when it came before: Yjs never uses the numbers again.
    void key(std::string_view key)
    {
        m_keyClocks.write(m_nextKey++);
        m_strings.write(key);
    }
    void typeRef(TypeKind kind) { m_typeRefs.write(static_cast<std::uint64_t>(kind)); }
    void length(Clock length) { m_lengths.write(length); }
    void skipLength(Clock length) { m_rest.varUint(length); }
    void buffer(ByteView bytes) { m_rest.varBuffer(bytes); }
    void encodedAny(ByteView values) { m_rest.bytes(values); }
    void jsonValue(const Any& value);
    void jsonValue(const StructView& view);
    WireWriter& values() { return m_rest; }
    void deletes(const DeleteSet& set);
    WireWriter& rest() { return m_rest; }
    /// Puts the columns together; the last call.
    void finish();

private:
    WireWriter& m_out;
    WireWriter m_rest;
    StepColumnWriter m_keyClocks;
    UintColumnWriter m_clients;
    StepColumnWriter m_leftClocks;
    StepColumnWriter m_rightClocks;
    RunColumnWriter m_infos;
    StringColumnWriter m_strings;
    RunColumnWriter m_parentInfos;
    UintColumnWriter m_typeRefs;
    UintColumnWriter m_lengths;
    std::uint64_t m_nextKey = 0;
};

} // namespace tessera::crdt
