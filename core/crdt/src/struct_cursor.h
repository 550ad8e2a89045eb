#pragma once

#include "struct_view.h"

namespace tessera::crdt {

/// The structs of one client in an update, one after the other. A value: a copy goes on from the same place.
/// `Source` reads the parts of a struct in the form of its update version; the functions are in read_struct.h and
/// instantiated for each source.
template <class Source> class StructCursor
{
public:
    StructCursor() = default;
    StructCursor(Source source, ClientId client, Clock firstClock, std::uint64_t structCount)
        : m_source(source), m_client(client), m_clock(firstClock), m_left(structCount)
    {
    }

    /// The next struct that has a length; false after the last one and on an error.
    bool next(StructView& out);
    [[nodiscard]] const Source& source() const { return m_source; }

private:
    [[gnu::always_inline]] void readStruct(StructView& out);
    [[gnu::always_inline]] void readPlace(StructView& out, std::uint8_t info);
    [[gnu::noinline]] void readPlaceByParts(StructView& out);
    [[gnu::always_inline]] void readContent(StructView& out);

    Source m_source;
    ClientId m_client{};
    Clock m_clock = 0;
    std::uint64_t m_left = 0;
};

} // namespace tessera::crdt
