#pragma once

#include <core/crdt/any.h>

#include "delete_set.h"
#include "struct_view.h"
#include "wire_writer.h"

namespace tessera::crdt {

/// Writes the parts of an update v1 in the order in which Yjs writes them: client count, then for each client the
/// struct count, its id and first clock and the structs, then the delete set. The encoder of v2 has the same
/// functions, so that what writes structs is written once.
class UpdateEncoderV1
{
public:
    explicit UpdateEncoderV1(WireWriter& out) : m_out(out) {}

    void clientCount(std::uint64_t count) { m_out.varUint(count); }
    void beginClient(ClientId client, Clock firstClock, std::uint64_t structCount)
    {
        m_out.varUint(structCount);
        beginClient(client, firstClock);
    }
    /// For those who put the counts into rest() when they know them.
    void beginClient(ClientId client, Clock firstClock)
    {
        m_out.varUint(number(client));
        m_out.varUint(firstClock);
    }
    void info(std::uint8_t info) { m_out.byte(info); }
    void leftId(Id id) { writeId(id); }
    void rightId(Id id) { writeId(id); }
    void parentIsRoot(bool isRoot) { m_out.varUint(isRoot ? 1 : 0); }
    void text(std::string_view text) { m_out.varString(text); }
    /// A format's key or the name of an XML node.
    void key(std::string_view key) { m_out.varString(key); }
    void typeRef(TypeKind kind) { m_out.varUint(static_cast<std::uint64_t>(kind)); }
    void length(Clock length) { m_out.varUint(length); }
    void skipLength(Clock length) { m_out.varUint(length); }
    void buffer(ByteView bytes) { m_out.varBuffer(bytes); }
    /// One or more values that are encoded already.
    void encodedAny(ByteView values) { m_out.bytes(values); }
    /// The value of an embed or a format. Undefined has no JSON text and becomes null.
    void jsonValue(const Any& value) { m_out.varString(value.isUndefined() ? "null" : toJson(value)); }
    void jsonValue(const StructView& view);
    /// For values that are written one by one (any content, options).
    WireWriter& values() { return m_out; }
    void deletes(const DeleteSet& set);
    /// Where counts and values go; all of it in v1.
    WireWriter& rest() { return m_out; }
    /// Nothing left to write: v2 puts its columns together here.
    void finish() {}

private:
    void writeId(Id id)
    {
        m_out.varUint(number(id.client));
        m_out.varUint(id.clock);
    }

    WireWriter& m_out;
};

/// Writes a struct again, from `offset` units on. A surrogate pair cut in two becomes U+FFFD on both sides.
template <class Encoder> void writeStruct(Encoder& encoder, const StructView& view, Clock offset);

} // namespace tessera::crdt
