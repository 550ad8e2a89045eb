// Updates made from whatever updates: what reads merges, cuts and converts to something that reads, and nothing is
// lost or made up. The input is one byte for the format, then updates, each after its length in two bytes.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

void require(bool held, int line = __builtin_LINE())
{
    if (held)
        return;
    std::fprintf(stderr, "the requirement in line %d does not hold\n", line);
    std::abort();
}

std::vector<Bytes> partsOf(ByteView input)
{
    std::vector<Bytes> parts;
    while (input.size() >= 2 && parts.size() < 100) {
        const std::size_t size = std::min<std::size_t>(input[0] << 8 | input[1], input.size() - 2);
        parts.emplace_back(input.begin() + 2, input.begin() + 2 + static_cast<std::ptrdiff_t>(size));
        input = input.subspan(2 + size);
    }
    return parts;
}

/// A few bytes of v2 may stand for millions of structs; those are left to the target update_v2.
bool isSmall(const UpdateSummary& summary)
{
    Clock units = 0;
    for (const auto& [client, end] : summary.to)
        units += end - summary.from.at(client);
    return units < 20000;
}

/// Half of what is known of each client.
StateVector halfOf(const UpdateSummary& summary)
{
    StateVector half;
    for (const auto& [client, end] : summary.to)
        half[client] = summary.from.at(client) + (end - summary.from.at(client)) / 2;
    return half;
}

void cut(const Bytes& update, UpdateFormat format)
{
    const UpdateSummary summary = inspectUpdate(update, format).value();
    const StateVector known = halfOf(summary);
    const Bytes rest = diffUpdate(update, known, format).value();
    const UpdateSummary restSummary = inspectUpdate(rest, format).value();
    require(restSummary.deletedUnits == summary.deletedUnits);
    for (const auto& [client, from] : restSummary.from)
        require(from >= known.at(client) && restSummary.to.at(client) <= summary.to.at(client));
    // Not the same bytes: as in Yjs, an item that takes its key from a neighbour loses the mark that it has one.
    require(inspectUpdate(diffUpdate(rest, known, format).value(), format)->from == restSummary.from);
    const StateVector vector = stateVectorOf(update, format).value();
    for (const auto& [client, clock] : vector)
        require(clock > 0 && clock <= summary.to.at(client));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const UpdateFormat format = data[0] & 1 ? UpdateFormat::v2 : UpdateFormat::v1;
    const UpdateFormat other = data[0] & 1 ? UpdateFormat::v1 : UpdateFormat::v2;
    std::vector<Bytes> parts;
    StateVector most;
    std::uint64_t deletedUnits = 0;
    for (Bytes& part : partsOf({data + 1, size - 1})) {
        const auto summary = inspectUpdate(part, format);
        if (!summary) {
            const Bytes one[] = {part};
            require(mergeUpdates(one, format).error() == summary.error());
            continue;
        }
        if (!isSmall(summary.value()))
            continue;
        for (const auto& [client, end] : summary->to)
            most[client] = std::max(most[client], end);
        deletedUnits += summary->deletedUnits;
        parts.push_back(std::move(part));
    }
    // One update would be given back as it is, with the holes at its ends.
    const Bytes nothing = mergeUpdates({}, format).value();
    parts.insert(parts.end(), 2, nothing);
    const Bytes merged = mergeUpdates(parts, format).value();
    const UpdateSummary summary = inspectUpdate(merged, format).value();
    require(summary.deletedUnits <= deletedUnits);
    for (const auto& [client, end] : summary.to)
        require(end <= most.at(client));
    cut(merged, format);

    // The same in the other format, and again on top of itself.
    std::vector<Bytes> converted;
    for (const Bytes& part : parts)
        converted.push_back(convertUpdate(part, format, other).value());
    const Bytes otherMerged = mergeUpdates(converted, other).value();
    require(inspectUpdate(otherMerged, other)->to == summary.to);
    const Bytes twice[] = {merged, merged};
    const UpdateSummary again = inspectUpdate(mergeUpdates(twice, format).value(), format).value();
    require(again.to == summary.to && again.deletedUnits == summary.deletedUnits);
    std::reverse(parts.begin(), parts.end());
    require(inspectUpdate(mergeUpdates(parts, format).value(), format)->to == summary.to);
    return 0;
}
