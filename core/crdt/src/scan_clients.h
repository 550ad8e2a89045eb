#pragma once

#include "update_scan.h"

/// What the scans of both versions share.
namespace tessera::crdt {

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

/// Reads the struct blocks, giving each to `found`; leaves the source after the last.
template <class Source, class Found> void scanClients(Source& source, std::uint64_t structLimit, Found found)
{
    const std::uint64_t clientCount = source.rest().varUint();
    for (std::uint64_t i = 0; i < clientCount && !source.hasFailed(); ++i) {
        ScannedClient<StructCursor<Source>> block;
        block.offset = source.offset();
        const std::uint64_t structCount = source.rest().varUint();
        if (structCount > structLimit)
            return source.fail(DecodeErrc::tooLarge, block.offset);
        structLimit -= structCount;
        block.client = source.client();
        const Clock clock = source.rest().varUint();
        block.firstClock = block.end = clock;
        StructCursor<Source> pass(source, block.client, clock, structCount);
        for (StructView view; pass.next(view); block.end = view.end())
            block.firstClock = block.structCount++ == 0 ? view.id.clock : block.firstClock;
        source.trust(pass.source());
        block.structs = StructCursor<Source>(source, block.client, clock, structCount);
        source = pass.source();
        if (block.structCount > 0)
            found(std::move(block));
    }
}

/// Scans what `source` gives; `readDeletes` reads the delete set that comes last.
template <class Source, class ReadDeletes>
Result<ScannedUpdate<StructCursor<Source>>, DecodeError> scanUpdate(ByteView update, Source& source,
                                                                     std::uint64_t structLimit, ReadDeletes readDeletes)
{
    ScannedUpdate<StructCursor<Source>> scanned;
    scanClients(source, structLimit, [&](auto block) { scanned.clients.push_back(std::move(block)); });
    if (source.hasFailed())
        return fail(source.rest().error());
    if (const auto twice = sortByClient(scanned.clients))
        return fail(DecodeError{DecodeErrc::duplicateClient, *twice});
    const std::size_t start = source.offset();
    ByteReader rest(update.subspan(start));
    auto deletes = readDeletes(rest);
    if (!deletes)
        return fail(DecodeError{deletes.error().code, deletes.error().offset + start});
    if (!rest.atEnd())
        return fail(DecodeError{DecodeErrc::trailingBytes, start + rest.offset()});
    scanned.deletes = std::move(*deletes);
    return scanned;
}

} // namespace tessera::crdt
