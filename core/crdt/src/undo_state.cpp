#include "undo_state.h"

#include <algorithm>

#include <core/crdt/update.h>

#include "any_codec.h"
#include "update_scan.h"

namespace tessera::crdt {
namespace {

constexpr std::string_view magic = "TSRU";
constexpr std::uint64_t version = 1;
constexpr std::size_t checksumBytes = 8;

/// FNV-1a, 64 bits: tells accidents, not intent.
std::uint64_t checksumOf(ByteView bytes)
{
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const std::uint8_t byte : bytes)
        sum = (sum ^ byte) * 0x100000001b3;
    return sum;
}

/// Clients stay in the order of the set: undo walks them in that order.
void writeRanges(WireWriter& out, const DeleteSet& set)
{
    out.varUint(set.entries().size());
    for (const DeleteSet::Entry& entry : set.entries()) {
        out.varUint(number(entry.client));
        out.varUint(entry.ranges.size());
        for (const ClockRange& range : entry.ranges) {
            out.varUint(range.clock);
            out.varUint(range.length);
        }
    }
}

void writeStep(WireWriter& out, const StackItem& step)
{
    writeRanges(out, step.deletions);
    writeRanges(out, step.insertions);
    writeAny(out, Any::Object(step.meta.begin(), step.meta.end()));
}

Result<Id, DecodeError> readId(ByteReader& reader)
{
    TESSERA_TRY(client, reader.readVarUint());
    TESSERA_TRY(clock, reader.readVarUint());
    return Id{ClientId{client}, clock};
}

Result<StackItem, DecodeError> readStep(ByteReader& reader)
{
    StackItem step;
    TESSERA_TRY(deletions, readDeleteSet(reader));
    TESSERA_TRY(insertions, readDeleteSet(reader));
    TESSERA_TRY(meta, readAny(reader));
    if (!meta.object())
        return fail(reader.errorHere(DecodeErrc::malformed));
    step.deletions = std::move(deletions);
    step.insertions = std::move(insertions);
    step.meta.insert(meta.object()->begin(), meta.object()->end());
    return step;
}

/// One struct with parent and key named, as an update writes those without neighbours.
Result<StructView, DecodeError> readKept(ByteReader& reader)
{
    TESSERA_TRY(id, readId(reader));
    StructView view;
    CursorV1 cursor(SourceV1(WireReader(reader.rest(), reader.offset())), id.client, id.clock, 1);
    const bool isRead = cursor.next(view);
    const WireReader& after = cursor.source().rest();
    if (!isRead)
        return fail(after.hasFailed() ? after.error() : reader.errorHere(DecodeErrc::malformed));
    if (!view.isItem() || view.parent == StructView::Parent::fromNeighbour)
        return fail(reader.errorHere(DecodeErrc::malformed));
    TESSERA_CHECK(reader.readBytes(reader.remaining() - after.remaining()));
    return view;
}

Result<RedoneLink, DecodeError> readLink(ByteReader& reader)
{
    TESSERA_TRY(from, readId(reader));
    TESSERA_TRY(length, reader.readVarUint());
    TESSERA_TRY(to, readId(reader));
    if (length == 0 || length > maxClock - from.clock || length > maxClock - to.clock)
        return fail(reader.errorHere(DecodeErrc::malformed));
    return RedoneLink{from, length, to};
}

/// Appends as many values as a count before them says. Nothing is reserved: the count may lie.
template <class T, class Read>
Result<void, DecodeError> readAll(ByteReader& reader, std::vector<T>& into, Read read)
{
    TESSERA_TRY(count, reader.readVarUint());
    for (std::uint64_t i = 0; i < count; ++i) {
        TESSERA_TRY(value, read(reader));
        into.push_back(std::move(value));
    }
    return {};
}

Result<UndoState, DecodeError> readBody(ByteReader& reader)
{
    UndoState state;
    TESSERA_TRY(vectorBytes, reader.readVarBuffer());
    auto known = decodeStateVector(vectorBytes);
    if (!known) {
        const std::size_t start = reader.offset() - vectorBytes.size();
        return fail(DecodeError{known.error().code, start + known.error().offset});
    }
    TESSERA_TRY(writer, reader.readVarUint());
    state.known = std::move(known).value();
    state.writer = ClientId{writer};
    for (std::vector<StackItem>& stack : state.stacks)
        TESSERA_CHECK(readAll(reader, stack, readStep));
    TESSERA_CHECK(readAll(reader, state.kept, readKept));
    TESSERA_CHECK(readAll(reader, state.links, readLink));
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return state;
}

} // namespace

void writeUndoHead(WireWriter& out, const UndoState& state)
{
    out.varBuffer(encodeStateVector(state.known));
    out.varUint(number(state.writer));
    for (const std::vector<StackItem>& stack : state.stacks) {
        out.varUint(stack.size());
        for (const StackItem& step : stack)
            writeStep(out, step);
    }
}

void writeLinks(WireWriter& out, const std::vector<RedoneLink>& links)
{
    out.varUint(links.size());
    for (const RedoneLink& link : links) {
        out.varUint(number(link.from.client));
        out.varUint(link.from.clock);
        out.varUint(link.length);
        out.varUint(number(link.to.client));
        out.varUint(link.to.clock);
    }
}

Bytes sealUndoState(ByteView body)
{
    WireWriter out;
    out.bytes(asBytes(magic));
    out.varUint(version);
    out.bigEndian(checksumOf(body));
    out.bytes(body);
    return out.copy();
}

Result<UndoState, UndoError> decodeUndoState(ByteView bytes)
{
    ByteReader reader(bytes);
    const auto damaged = [](const DecodeError& error) {
        return UndoError{UndoErrc::damaged, error.offset};
    };
    const auto mark = reader.readBytes(magic.size());
    if (!mark || asText(*mark) != magic)
        return fail(UndoError{UndoErrc::damaged, 0});
    const auto writtenVersion = reader.readVarUint();
    if (!writtenVersion)
        return fail(damaged(writtenVersion.error()));
    if (*writtenVersion != version)
        return fail(UndoError{
            *writtenVersion > version ? UndoErrc::newerVersion : UndoErrc::damaged, magic.size()});
    const auto sum = reader.readBigInt64();
    if (!sum || static_cast<std::uint64_t>(*sum) != checksumOf(reader.rest()))
        return fail(UndoError{UndoErrc::damaged, reader.offset()});
    auto body = readBody(reader);
    if (!body)
        return fail(damaged(body.error()));
    return std::move(body).value();
}

} // namespace tessera::crdt
