// Whatever bytes a peer sends: an error leaves the document as it was; anything else gives a document that can be
// written, read back and edited on.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <core/crdt/doc.h>
#include <core/crdt/undo_manager.h>
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

void edit(Doc& doc)
{
    doc.transact("me", [&](Transaction& t) {
        Text text = doc.text("t");
        text.insert(t, text.size() / 2, "ab\U0001F600");
        text.format(t, 0, text.size() / 2, {{"bold", true}});
        text.remove(t, text.size() / 3, 2);
        Map map = doc.map("m");
        map.set(t, "n", NewType{.kind = TypeKind::map, .entries = {{"k", Any(1)}, {"l", NewType{.kind = TypeKind::array}}}});
        Array array = doc.array("a");
        array.insert(t, array.size() / 2, {Any(1), Any("x"), NewType{.kind = TypeKind::text, .text = "t"}});
        array.remove(t, array.size() / 3, 1);
    });
}

/// What a document writes can be read, and the reader knows as much. The values need not be equal: origins that point
/// into other types, which no honest peer writes, are resolved differently once those types were collected.
void requireReadable(Doc& doc)
{
    Doc copy({.clientId = ClientId{77}});
    require(copy.applyUpdate(doc.encodeStateAsUpdate()).hasValue());
    require(copy.stateVector() == doc.stateVector());
    require(copy.hasPending() == doc.hasPending());
    for (Doc* each : {&doc, &copy}) {
        each->map("m").toAny();
        each->array("a").toAny();
        each->text("t").runs();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView input(data, size);
    Doc fresh({.clientId = ClientId{1000}});
    const bool isUpdate = fresh.applyUpdate(input).hasValue();
    require(isUpdate == inspectUpdate(input).hasValue());
    if (isUpdate)
        requireReadable(fresh);
    else
        require(isEmptyUpdate(fresh.encodeStateAsUpdate()) && fresh.rootNames().empty());

    Doc used({.clientId = ClientId{1}});
    ManualClock clock;
    UndoManager undo(used, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
    edit(used);
    edit(used);
    const Bytes before = used.encodeStateAsUpdate();
    if (used.applyUpdate(input).hasValue()) {
        edit(used);
        while (undo.undo()) {
        }
        while (undo.redo()) {
        }
        edit(used);
        // Where the input has structs under an id of ours, or builds on clocks that we wrote only later, the two
        // histories contradict each other.
        if (!inspectUpdate(input).value().to.contains(ClientId{1}) && !used.hasPending())
            requireReadable(used);
        const Bytes parts[] = {before, Bytes(input.begin(), input.end())};
        const auto merged = mergeUpdates(parts);
        require(merged.hasValue() && inspectUpdate(merged.value()).hasValue());
    } else {
        require(used.encodeStateAsUpdate() == before);
    }
    return 0;
}
