#include <collab/protocol/message.h>

#include <core/crdt/update.h>

namespace tessera::collab {

namespace {

enum Outer : std::uint64_t {
    sync = 0,
    awareness = 1,
    auth = 2,
    queryAwareness = 3,
    durableAck = 100,
    permission = 101,
    roomNotice = 102,
    blobOffer = 103,
    jobEvent = 104,
};
enum Inner : std::uint64_t { step1 = 0, step2 = 1, update = 2 };
constexpr std::uint64_t authDenied = 0;

template <class... Visitors> struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors> Overloaded(Visitors...) -> Overloaded<Visitors...>;

using Decoded = Result<Message, DecodeError>;

/// State vector that fills `bytes`; errors are placed in the frame, where `bytes` starts at `startOffset`.
Result<crdt::StateVector, DecodeError> decodeVectorAt(ByteView bytes, std::size_t startOffset)
{
    auto vector = crdt::decodeStateVector(bytes);
    if (!vector)
        return fail(DecodeError{vector.error().code, startOffset + vector.error().offset});
    return std::move(vector).value();
}

Result<std::string, DecodeError> readBoundedText(ByteReader& reader, std::size_t maxBytes)
{
    const std::size_t start = reader.offset();
    TESSERA_TRY(text, reader.readVarString());
    if (text.size() > maxBytes)
        return fail(DecodeError{DecodeErrc::tooLarge, start});
    return std::string(text);
}

Decoded readSync(ByteReader& reader)
{
    const DecodeError unknown = reader.errorHere(DecodeErrc::unknownTag);
    TESSERA_TRY(inner, reader.readVarUint());
    if (inner > Inner::update)
        return fail(unknown);
    TESSERA_TRY(body, reader.readVarBuffer());
    switch (inner) {
    case Inner::step1: {
        TESSERA_TRY(vector, decodeVectorAt(body, reader.offset() - body.size()));
        return Message{SyncStep1{std::move(vector)}};
    }
    case Inner::step2:
        return Message{SyncStep2{body}};
    default:
        return Message{SyncUpdate{body}};
    }
}

Decoded readAwarenessMessage(ByteReader& reader)
{
    const std::size_t start = reader.offset();
    TESSERA_TRY(body, reader.readVarBuffer());
    if (body.size() > maxAwarenessBytes)
        return fail(DecodeError{DecodeErrc::tooLarge, start});
    return Message{AwarenessMessage{body}};
}

Decoded readAuth(ByteReader& reader)
{
    const DecodeError unknown = reader.errorHere(DecodeErrc::unknownTag);
    TESSERA_TRY(kind, reader.readVarUint());
    if (kind != authDenied)
        return fail(unknown);
    TESSERA_TRY(reason, readBoundedText(reader, maxReasonBytes));
    return Message{AuthDenied{std::move(reason)}};
}

Decoded readDurableAck(ByteReader& reader)
{
    TESSERA_TRY(messageCount, reader.readVarUint());
    const std::size_t start = reader.offset();
    TESSERA_TRY(rest, reader.readBytes(reader.remaining()));
    TESSERA_TRY(durable, decodeVectorAt(rest, start));
    return Message{DurableAck{messageCount, std::move(durable)}};
}

Decoded readPermission(ByteReader& reader)
{
    const DecodeError unknown = reader.errorHere(DecodeErrc::unknownTag);
    TESSERA_TRY(role, reader.readVarUint());
    if (role > static_cast<std::uint64_t>(Role::viewer))
        return fail(unknown);
    return Message{Permission{static_cast<Role>(role)}};
}

Decoded readRoomNotice(ByteReader& reader)
{
    TESSERA_TRY(code, reader.readVarUint());
    TESSERA_TRY(text, readBoundedText(reader, maxReasonBytes));
    return Message{RoomNotice{static_cast<NoticeCode>(code), std::move(text)}};
}

Decoded readBlobOffer(ByteReader& reader)
{
    const DecodeError malformed = reader.errorHere(DecodeErrc::malformed);
    TESSERA_TRY(hex, reader.readVarString());
    auto hash = parseContentHash(hex);
    if (!hash)
        return fail(malformed);
    TESSERA_TRY(sizeBytes, reader.readVarUint());
    return Message{BlobOffer{std::move(*hash), sizeBytes}};
}

Decoded readJobEvent(ByteReader& reader)
{
    TESSERA_TRY(json, readBoundedText(reader, maxJobEventBytes));
    return Message{JobEvent{std::move(json)}};
}

Decoded readMessage(ByteReader& reader)
{
    const DecodeError unknown = reader.errorHere(DecodeErrc::unknownTag);
    TESSERA_TRY(outer, reader.readVarUint());
    switch (outer) {
    case Outer::sync:
        return readSync(reader);
    case Outer::awareness:
        return readAwarenessMessage(reader);
    case Outer::auth:
        return readAuth(reader);
    case Outer::queryAwareness:
        return Message{QueryAwareness{}};
    case Outer::durableAck:
        return readDurableAck(reader);
    case Outer::permission:
        return readPermission(reader);
    case Outer::roomNotice:
        return readRoomNotice(reader);
    case Outer::blobOffer:
        return readBlobOffer(reader);
    case Outer::jobEvent:
        return readJobEvent(reader);
    default:
        return fail(unknown);
    }
}

void writeSync(ByteWriter& writer, Inner inner, ByteView body)
{
    writer.writeVarUint(Outer::sync);
    writer.writeVarUint(inner);
    writer.writeVarBuffer(body);
}

} // namespace

Result<Message, DecodeError> decodeMessage(ByteView frame)
{
    if (frame.size() > maxFrameBytes)
        return fail(DecodeError{DecodeErrc::tooLarge, maxFrameBytes});
    ByteReader reader{frame};
    TESSERA_TRY(message, readMessage(reader));
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return message;
}

Bytes encodeMessage(const Message& message)
{
    ByteWriter writer;
    std::visit(Overloaded{
                   [&](const SyncStep1& m) { writeSync(writer, Inner::step1, crdt::encodeStateVector(m.stateVector)); },
                   [&](const SyncStep2& m) { writeSync(writer, Inner::step2, m.update); },
                   [&](const SyncUpdate& m) { writeSync(writer, Inner::update, m.update); },
                   [&](const AwarenessMessage& m) {
                       writer.writeVarUint(Outer::awareness);
                       writer.writeVarBuffer(m.update);
                   },
                   [&](const AuthDenied& m) {
                       writer.writeVarUint(Outer::auth);
                       writer.writeVarUint(authDenied);
                       writer.writeVarString(m.reason);
                   },
                   [&](QueryAwareness) { writer.writeVarUint(Outer::queryAwareness); },
                   [&](const DurableAck& m) {
                       writer.writeVarUint(Outer::durableAck);
                       writer.writeVarUint(m.messageCount);
                       writer.writeBytes(crdt::encodeStateVector(m.durable));
                   },
                   [&](const Permission& m) {
                       writer.writeVarUint(Outer::permission);
                       writer.writeVarUint(static_cast<std::uint64_t>(m.role));
                   },
                   [&](const RoomNotice& m) {
                       writer.writeVarUint(Outer::roomNotice);
                       writer.writeVarUint(static_cast<std::uint64_t>(m.code));
                       writer.writeVarString(m.text);
                   },
                   [&](const BlobOffer& m) {
                       writer.writeVarUint(Outer::blobOffer);
                       writer.writeVarString(m.hash.hex);
                       writer.writeVarUint(m.sizeBytes);
                   },
                   [&](const JobEvent& m) {
                       writer.writeVarUint(Outer::jobEvent);
                       writer.writeVarString(m.json);
                   },
               },
               message);
    return writer.take();
}

std::string_view messageName(const Message& message)
{
    return std::visit(Overloaded{
                          [](const SyncStep1&) { return std::string_view{"sync step 1"}; },
                          [](const SyncStep2&) { return std::string_view{"sync step 2"}; },
                          [](const SyncUpdate&) { return std::string_view{"sync update"}; },
                          [](const AwarenessMessage&) { return std::string_view{"awareness"}; },
                          [](const AuthDenied&) { return std::string_view{"auth denied"}; },
                          [](QueryAwareness) { return std::string_view{"query awareness"}; },
                          [](const DurableAck&) { return std::string_view{"durable acknowledgement"}; },
                          [](const Permission&) { return std::string_view{"permission"}; },
                          [](const RoomNotice&) { return std::string_view{"room notice"}; },
                          [](const BlobOffer&) { return std::string_view{"blob offer"}; },
                          [](const JobEvent&) { return std::string_view{"job event"}; },
                      },
                      message);
}

} // namespace tessera::collab
