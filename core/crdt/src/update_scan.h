#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include <core/base/result.h>

#include "delete_set.h"
#include "struct_view.h"
#include "wire_reader.h"

/// Reading an update in two passes: a scan that checks every byte of it and finds where each client's structs start,
/// then cursors that give the structs again. So a broken update changes nothing, and nothing is copied.
namespace tessera::crdt {

/// The structs of one client in an update v1. A value: a copy goes on from the same place.
class CursorV1
{
public:
    CursorV1() = default;
    CursorV1(WireReader reader, ClientId client, Clock firstClock, std::uint64_t structCount)
        : m_reader(reader), m_client(client), m_clock(firstClock), m_left(structCount)
    {
    }

    /// The next struct that has a length; false after the last one and on an error.
    bool next(StructView& out);
    [[nodiscard]] const WireReader& reader() const { return m_reader; }

private:
    void readStruct(StructView& out);
    void readPlace(StructView& out, std::uint8_t info);
    void readContent(StructView& out);

    WireReader m_reader;
    ClientId m_client{};
    Clock m_clock = 0;
    std::uint64_t m_left = 0;
};

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
};

/// Puts the clients in descending order. The offset of the block that names a client for the second time, if any.
template <class Cursor> std::optional<std::size_t> sortByClient(std::vector<ScannedClient<Cursor>>& clients)
{
    const auto isHigher = [](const auto& a, const auto& b) {
        return a.client != b.client ? a.client > b.client : a.offset < b.offset;
    };
    if (!std::is_sorted(clients.begin(), clients.end(), isHigher))
        std::sort(clients.begin(), clients.end(), isHigher);
    const auto twice = std::adjacent_find(clients.begin(), clients.end(),
                                          [](const auto& a, const auto& b) { return a.client == b.client; });
    if (twice == clients.end())
        return std::nullopt;
    return std::next(twice)->offset;
}

/// Section 2 of the wire facts. Errors: any DecodeErrc; malformed also for an item that refers to a clock of its own
/// client which comes later, duplicateClient for two struct blocks of one client (Yjs never writes them, and reads
/// the last). Structs of length 0 carry nothing and are left out. O(n) time, memory for clients and deletes only.
Result<ScannedUpdate<CursorV1>, DecodeError> scanUpdateV1(ByteView update);

} // namespace tessera::crdt
