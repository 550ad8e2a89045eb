// Whatever bytes are said to be saved undo stacks: an error leaves document and stacks as they were; anything else can
// be undone and redone to its end, and the document can still be written and read.
//
// First byte even: the rest is the body of saved stacks. Odd: the rest changes what a real history saved, three bytes
// for each change (place low, place high, new byte). The checksum is always right.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <core/crdt/undo_manager.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

constexpr std::size_t headBytes = 4 + 1 + 8; // "TSRU", version, checksum

void require(bool held, int line = __builtin_LINE())
{
    if (held)
        return;
    std::fprintf(stderr, "the requirement in line %d does not hold\n", line);
    std::abort();
}

UndoManager managerOf(Doc& doc, const tessera::Clock& clock)
{
    return UndoManager(doc, {doc.map("m"), doc.array("a"), doc.text("t")}, {{"me"}, std::chrono::milliseconds(0)}, clock);
}

/// A document that has collected what was deleted, and what an undo manager saved of its past.
struct Past {
    Past()
    {
        ManualClock clock;
        Doc doc({.clientId = ClientId{1}});
        UndoManager undo = managerOf(doc, clock);
        const auto edit = [&](const std::function<void(Transaction&)>& body) { doc.transact("me", body); };
        edit([&](Transaction& t) { doc.text("t").insert(t, 0, "hello w\U0001F600rld"); });
        edit([&](Transaction& t) { doc.text("t").format(t, 1, 4, {{"b", true}}); });
        edit([&](Transaction& t) { doc.text("t").remove(t, 2, 5); });
        edit([&](Transaction& t) {
            doc.map("m").set(t, "n", NewType{.entries = {{"k", Any(1)}, {"l", NewType{.kind = TypeKind::array, .elements = {Any("x"), Any(2)}}}}});
        });
        edit([&](Transaction& t) { doc.map("m").getType("n").asMap().set(t, "k", Any(Bytes{7})); });
        edit([&](Transaction& t) { doc.array("a").push(t, {Any(1), NewType{.kind = TypeKind::text, .text = "t"}, Any(3)}); });
        edit([&](Transaction& t) { doc.array("a").remove(t, 0, 2); });
        edit([&](Transaction& t) { doc.map("m").remove(t, "n"); });
        (*undo.topMeta(UndoStack::undo))["selection"] = Any::Array{"node", 1};
        undo.undo();
        undo.undo();
        undo.redo();
        undo.redo();
        undo.undo();
        Doc plain({.clientId = ClientId{9}});
        require(plain.applyUpdate(doc.encodeStateAsUpdate()).hasValue());
        document = plain.encodeStateAsUpdate();
        saved = undo.save();
    }
    Bytes document;
    Bytes saved;
};

void seal(Bytes& bytes)
{
    std::uint64_t sum = 0xcbf29ce484222325;
    for (std::size_t i = headBytes; i < bytes.size(); ++i)
        sum = (sum ^ bytes[i]) * 0x100000001b3;
    for (std::size_t i = 0; i < 8; ++i)
        bytes[5 + i] = static_cast<std::uint8_t>(sum >> (56 - 8 * i));
}

Bytes bytesFor(const Past& past, ByteView input)
{
    Bytes bytes = past.saved;
    if (input.empty())
        return bytes;
    if (input[0] % 2 == 0) {
        bytes.resize(headBytes);
        bytes.insert(bytes.end(), input.begin() + 1, input.end());
    }
    for (std::size_t i = 1; input[0] % 2 == 1 && i + 2 < input.size(); i += 3) {
        const std::size_t at = (input[i] + 256u * input[i + 1]) % (bytes.size() - headBytes);
        bytes[headBytes + at] = input[i + 2];
    }
    seal(bytes);
    return bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const Past past;
    ManualClock clock;
    Doc doc({.clientId = ClientId{2}});
    UndoManager undo = managerOf(doc, clock);
    require(doc.applyUpdate(past.document).hasValue());
    const Bytes before = doc.encodeStateAsUpdate();
    if (!undo.restore(bytesFor(past, {data, size}))) {
        require(doc.encodeStateAsUpdate() == before && !undo.canUndo() && !undo.canRedo());
        return 0;
    }
    require(undo.restore(undo.save()).hasValue());
    while (undo.undo()) {
    }
    while (undo.redo()) {
    }
    require(undo.restore(undo.save()).hasValue());
    Doc copy({.clientId = ClientId{3}});
    require(copy.applyUpdate(doc.encodeStateAsUpdate()).hasValue());
    require(copy.stateVector() == doc.stateVector() && !copy.hasPending());
    for (Doc* each : {&doc, &copy}) {
        each->map("m").toAny();
        each->array("a").toAny();
        each->text("t").runs();
    }
    return 0;
}
