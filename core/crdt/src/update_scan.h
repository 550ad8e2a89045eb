#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <core/base/result.h>

#include "delete_set.h"
#include "struct_cursor.h"
#include "wire_reader.h"

/// Reading an update in two passes: a scan that checks every byte of it and finds where each client's structs start,
/// then cursors that give the structs again, without the checks. So a broken update changes nothing, and nothing is
/// copied.
namespace tessera::crdt {

/// The parts of structs as an update v1 has them: one after the other.
class SourceV1
{
public:
    static constexpr bool hasJsonValues = true;

    SourceV1() = default;
    explicit SourceV1(WireReader reader) : m_reader(reader) {}

    [[nodiscard]] bool hasFailed() const { return m_reader.hasFailed(); }
    [[nodiscard]] std::size_t offset() const { return m_reader.offset(); }
    [[nodiscard]] WireReader& rest() { return m_reader; }
    [[nodiscard]] const WireReader& rest() const { return m_reader; }
    void fail(DecodeErrc code, std::size_t offset) { m_reader.fail(code, offset); }
    void trust(const SourceV1& passed) { m_reader.trust(passed.m_reader); }

    ClientId client() { return ClientId{m_reader.varUint()}; }
    std::uint8_t info() { return m_reader.byte(); }
    Id leftId()
    {
        const ClientId id = client();
        return {id, m_reader.varUint()};
    }
    Id rightId() { return leftId(); }
    bool parentIsRoot() { return m_reader.varUint() == 1; }
    std::string_view text() { return m_reader.varString(); }
    std::string_view text(Clock& utf16Units) { return m_reader.varString(utf16Units); }
    std::string_view key() { return m_reader.varString(); }
    std::uint64_t typeRef() { return m_reader.varUint(); }
    Clock length() { return m_reader.varUint(); }
    Clock skipLength() { return m_reader.varUint(); }
    ByteView buffer() { return m_reader.varBuffer(); }
    ByteView anyValues(std::uint64_t count) { return passAnyValues(m_reader, count); }
    ByteView jsonTexts(std::uint64_t count);
    ByteView jsonValue();

    /// The neighbours of a struct, or the item that is its parent, with one look at how much is left. Reads nothing and
    /// says no where that is little, or to anything else, right or wrong.
    [[gnu::always_inline]] bool readPlaceAtOnce(StructView& out, std::uint8_t info)
    {
        constexpr std::size_t mostBytes = 4 * WireReader::longestVarUint;
        if (m_reader.remaining() < mostBytes)
            return false;
        const std::uint8_t* at = m_reader.position();
        if (out.hasOrigin && !(at = idAt(at, out.origin)))
            return false;
        if (out.hasRightOrigin && !(at = idAt(at, out.rightOrigin)))
            return false;
        if (!out.hasOrigin && !out.hasRightOrigin) {
            constexpr std::uint8_t keyBit = 0x20;
            if (*at != 0 || !(at = idAt(at + 1, out.parentItem)))
                return false;
            out.parent = StructView::Parent::item;
            m_reader.skipTo(at);
            if (info & keyBit)
                out.key = text();
            return true;
        }
        m_reader.skipTo(at);
        return true;
    }

private:
    static const std::uint8_t* idAt(const std::uint8_t* at, Id& id)
    {
        std::uint64_t client = 0;
        at = WireReader::varUintAt(at, client);
        id.client = ClientId{client};
        return at ? WireReader::varUintAt(at, id.clock) : nullptr;
    }

    WireReader m_reader;
};

using CursorV1 = StructCursor<SourceV1>;

template <class Cursor> struct ScannedClient {
    ClientId client{};
    Clock firstClock = 0;           ///< of the first struct that has a length
    Clock end = 0;                  ///< after the last
    std::uint64_t structCount = 0;  ///< structs that have a length; at least 1
    std::size_t offset = 0;         ///< where its block starts in the update
    Cursor structs;
};

/// What an update holds. Clients by descending id, each once.
template <class Cursor> struct ScannedUpdate {
    std::vector<ScannedClient<Cursor>> clients;
    DeleteSet deletes;
    std::shared_ptr<const void> storage; ///< what the structs' views need besides the bytes of the update, if anything
};

/// Section 2 of the wire facts. Errors: any DecodeErrc; malformed also for an item that refers to a clock of its own
/// client which comes later, duplicateClient for two struct blocks of one client (Yjs never writes them, and reads
/// the last). Structs of length 0 carry nothing and are left out. O(n) time, memory for clients and deletes only.
Result<ScannedUpdate<CursorV1>, DecodeError> scanUpdateV1(ByteView update);

} // namespace tessera::crdt
