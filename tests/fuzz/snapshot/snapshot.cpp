// A snapshot that reads in a format is written and read back as the same one, in both; a document is read as of it or
// says why not.
#include <cstdint>
#include <cstdlib>

#include <core/crdt/snapshot.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

void check(const Snapshot& snapshot)
{
    for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
        const auto again = decodeSnapshot(encodeSnapshot(snapshot, format), format);
        if (!again || !(again.value() == snapshot))
            std::abort();
    }
    Doc doc({.clientId = ClientId{1}, .gc = false});
    doc.transact({}, [&](Transaction& t) {
        doc.text("t").insert(t, 0, "a\U0001F600bcdef");
        doc.text("t").format(t, 1, 3, {{"b", true}});
        doc.text("t").remove(t, 4, 2);
        doc.map("m").set(t, "k", Any(1));
        doc.map("m").set(t, "k", NewType{});
    });
    const auto runs = runsAt(doc.text("t"), snapshot);
    const auto copy = createDocFromSnapshot(doc, snapshot);
    if (runs.hasValue() != copy.hasValue() || runs.hasValue() != entriesAt(doc.map("m"), snapshot).hasValue())
        std::abort();
    if (!snapshotContainsUpdate(snapshot, doc.encodeStateAsUpdate()))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
        if (const auto snapshot = decodeSnapshot({data, size}, format))
            check(snapshot.value());
    }
    return 0;
}
