// Whatever bytes a peer sends as an update v2: an error lies inside the input and everybody reports the same one;
// anything else says the same in v1, in v2 again and in a document.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <core/crdt/doc.h>
#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

constexpr auto v1 = UpdateFormat::v1;
constexpr auto v2 = UpdateFormat::v2;

void require(bool held, int line = __builtin_LINE())
{
    if (held)
        return;
    std::fprintf(stderr, "the requirement in line %d does not hold\n", line);
    std::abort();
}

void requireSame(const UpdateSummary& a, const UpdateSummary& b)
{
    require(a.from == b.from && a.to == b.to && a.deletedUnits == b.deletedUnits);
}

/// A few bytes of v2 may stand for millions of structs; those are only counted here.
bool isSmall(const UpdateSummary& summary)
{
    Clock units = 0;
    for (const auto& [client, end] : summary.to)
        units += end - summary.from.at(client);
    return units < 100000;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView input(data, size);
    const auto summary = inspectUpdate(input, v2);
    if (!summary) {
        require(summary.error().offset <= size);
        require(convertUpdate(input, v2, v1).error() == summary.error());
        return 0;
    }
    if (!isSmall(summary.value()))
        return 0;
    const Bytes first = convertUpdate(input, v2, v1).value();
    const Bytes second = convertUpdate(input, v2, v2).value();
    requireSame(inspectUpdate(first, v1).value(), summary.value());
    requireSame(inspectUpdate(second, v2).value(), summary.value());
    require(convertUpdate(second, v2, v1).value() == first);
    require(stateVectorOf(first, v1).value() == stateVectorOf(input, v2).value());
    // Some values have no JSON text, others no exact one: after a way through v1 all is as v1 has it.
    const Bytes back = convertUpdate(first, v1, v2).value();
    const Bytes firstAgain = convertUpdate(back, v2, v1).value();
    requireSame(inspectUpdate(firstAgain, v1).value(), summary.value());
    require(convertUpdate(convertUpdate(firstAgain, v1, v2).value(), v2, v1).value() == firstAgain);
    Doc doc({.clientId = ClientId{1000}});
    require(doc.applyUpdate(first).hasValue());
    require(inspectUpdate(doc.encodeStateAsUpdate()).hasValue());
    return 0;
}
