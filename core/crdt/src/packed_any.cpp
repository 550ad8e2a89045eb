#include "packed_any.h"

#include <cassert>
#include <new>

#include <core/base/utf.h>

#include "any_codec.h"

namespace tessera::crdt {
namespace {

TextBuffer* makeBuffer(std::size_t capacity)
{
    auto* buffer = new (::operator new(sizeof(TextBuffer) + capacity)) TextBuffer();
    buffer->capacity = static_cast<std::uint32_t>(capacity);
    return buffer;
}

void drop(TextBuffer* buffer)
{
    if (--buffer->owners == 0)
        ::operator delete(buffer);
}

} // namespace

TextArena::~TextArena()
{
    if (m_buffer)
        drop(m_buffer);
}

TextBuffer& TextArena::bufferFor(std::size_t size)
{
    if (!m_buffer || m_buffer->capacity - m_buffer->used < size) {
        if (m_buffer)
            drop(m_buffer);
        m_buffer = makeBuffer(bufferBytes);
    }
    return *m_buffer;
}

TextBuffer* PackedAny::buffer() const
{
    std::uint64_t address = 0;
    for (std::size_t i = 0; i < 3; ++i)
        address |= std::uint64_t{load<std::uint16_t>(2 * i)} << (16 * i);
    return reinterpret_cast<TextBuffer*>(static_cast<std::uintptr_t>(address));
}

void PackedAny::setSlice(TextBuffer* buffer, std::size_t start, std::size_t size)
{
    const auto address = std::uint64_t{reinterpret_cast<std::uintptr_t>(buffer)};
    assert(address >> 48 == 0);
    for (std::size_t i = 0; i < 3; ++i)
        save(static_cast<std::uint16_t>(address >> (16 * i)), 2 * i);
    save(static_cast<std::uint32_t>(start), 6);
    save(static_cast<std::uint32_t>(size), 10);
    m_form = Form::slice;
}

void PackedAny::setText(std::string_view utf8, std::size_t capacity)
{
    if (utf8.size() <= inlineBytes) {
        if (!utf8.empty())
            std::memmove(m_data, utf8.data(), utf8.size());
        m_form = static_cast<Form>(static_cast<std::size_t>(Form::inlineText) + utf8.size());
        return;
    }
    TextBuffer* buffer = makeBuffer(std::max(capacity, utf8.size()));
    std::memcpy(buffer->bytes(), utf8.data(), utf8.size());
    buffer->used = static_cast<std::uint32_t>(utf8.size());
    setSlice(buffer, 0, utf8.size());
}

void PackedAny::setText(std::string_view utf8, TextArena& arena)
{
    if (utf8.size() > TextArena::mostTextBytes)
        return setText(utf8, 0);
    TextBuffer& shared = arena.bufferFor(utf8.size());
    const std::size_t start = shared.used;
    std::memcpy(shared.bytes() + start, utf8.data(), utf8.size());
    shared.used += static_cast<std::uint32_t>(utf8.size());
    ++shared.owners;
    setSlice(&shared, start, utf8.size());
}

void PackedAny::releaseHeap()
{
    if (m_form == Form::boxed)
        delete load<Any*>();
    else
        drop(buffer());
    m_form = Form::undefined;
}

PackedAny::PackedAny(const Any& value)
{
    if (value.isUndefined()) {
        m_form = Form::undefined;
    } else if (value.isNull()) {
        m_form = Form::null;
    } else if (const bool* boolean = value.boolean()) {
        m_form = *boolean ? Form::yes : Form::no;
    } else if (const double* number = value.number()) {
        save(*number);
        m_form = Form::number;
    } else if (const Any::BigInt* bigInt = value.bigInt()) {
        save(bigInt->value);
        m_form = Form::bigInt;
    } else if (const std::string* text = value.string()) {
        if (isUtf8(*text))
            setText(*text, 0);
        else
            setText(toValidUtf8(*text), 0);
    } else {
        save(new Any(value));
        m_form = Form::boxed;
    }
}

PackedAny PackedAny::read(WireReader& reader)
{
    using namespace any_codec;
    PackedAny packed;
    const std::uint8_t* start = reader.position();
    switch (reader.byte()) {
    case undefinedTag: break;
    case nullTag: packed.m_form = Form::null; break;
    case falseTag: packed.m_form = Form::no; break;
    case trueTag: packed.m_form = Form::yes; break;
    case integerTag: {
        const VarInt integer = reader.varInt();
        packed.save(integer.negativeZero ? -0.0 : static_cast<double>(integer.value));
        packed.m_form = Form::number;
        break;
    }
    case float32Tag:
        packed.save(static_cast<double>(std::bit_cast<float>(reader.bigEndian<std::uint32_t>())));
        packed.m_form = Form::number;
        break;
    case float64Tag:
        packed.save(std::bit_cast<double>(reader.bigEndian<std::uint64_t>()));
        packed.m_form = Form::number;
        break;
    case bigIntTag:
        packed.save(static_cast<std::int64_t>(reader.bigEndian<std::uint64_t>()));
        packed.m_form = Form::bigInt;
        break;
    case stringTag: packed.setText(asText(reader.varBuffer()), 0); break;
    default: {
        ByteReader whole(ByteView(start, reader.remaining() + 1));
        auto value = readAny(whole);
        assert(value.hasValue());
        reader.bytes(whole.offset() - 1);
        packed.save(new Any(std::move(value).value()));
        packed.m_form = Form::boxed;
    }
    }
    return packed;
}

Any PackedAny::toAny() const
{
    switch (m_form) {
    case Form::null: return nullptr;
    case Form::no: return false;
    case Form::yes: return true;
    case Form::number: return load<double>();
    case Form::bigInt: return Any::BigInt{load<std::int64_t>()};
    case Form::boxed: return *load<Any*>();
    case Form::undefined:
    case Form::pointer: return {};
    default: return text();
    }
}

void PackedAny::write(WireWriter& writer) const
{
    using namespace any_codec;
    switch (m_form) {
    case Form::null: writer.byte(nullTag); break;
    case Form::no: writer.byte(falseTag); break;
    case Form::yes: writer.byte(trueTag); break;
    case Form::number: writeNumber(writer, load<double>()); break;
    case Form::bigInt:
        writer.byte(bigIntTag);
        writer.bigEndian(load<std::uint64_t>());
        break;
    case Form::boxed: writeAny(writer, *load<Any*>()); break;
    case Form::undefined:
    case Form::pointer: writer.byte(undefinedTag); break;
    default:
        writer.byte(stringTag);
        writer.varString(text());
        break;
    }
}

PackedAny PackedAny::copy() const
{
    PackedAny copied;
    std::memcpy(copied.m_data, m_data, sizeof(m_data));
    copied.m_form = m_form;
    copied.m_extra = m_extra;
    if (m_form == Form::boxed)
        copied.save(new Any(*load<Any*>()));
    else if (m_form == Form::slice)
        ++buffer()->owners;
    return copied;
}

PackedAny PackedAny::cutText(std::size_t byteOffset)
{
    PackedAny tail;
    tail.m_extra = m_extra;
    const std::string_view whole = text();
    const std::string_view rest = whole.substr(byteOffset);
    if (m_form != Form::slice || rest.size() <= inlineBytes) {
        tail.setText(rest, 0);
    } else {
        TextBuffer* shared = buffer();
        ++shared->owners;
        tail.setSlice(shared, sliceStart() + byteOffset, rest.size());
    }
    if (m_form != Form::slice) {
        m_form = static_cast<Form>(static_cast<std::size_t>(Form::inlineText) + byteOffset);
    } else if (byteOffset <= inlineBytes) {
        TextBuffer* shared = buffer();
        setText(whole.substr(0, byteOffset), 0);
        drop(shared);
    } else {
        setSlice(buffer(), sliceStart(), byteOffset);
    }
    return tail;
}

void PackedAny::appendText(std::string_view right)
{
    const std::string_view left = text();
    const std::size_t size = left.size() + right.size();
    if (size <= inlineBytes) {
        std::memcpy(m_data + left.size(), right.data(), right.size());
        m_form = static_cast<Form>(static_cast<std::size_t>(Form::inlineText) + size);
        return;
    }
    if (m_form == Form::slice) {
        TextBuffer* own = buffer();
        const std::size_t end = sliceStart() + left.size();
        if (own->used == end && own->capacity - end >= right.size()) {
            std::memcpy(own->bytes() + end, right.data(), right.size());
            own->used += static_cast<std::uint32_t>(right.size());
            setSlice(own, sliceStart(), size);
            return;
        }
    }
    PackedAny grown;
    grown.m_extra = m_extra;
    TextBuffer* buffer = makeBuffer(size + std::max<std::size_t>(size / 2, 32));
    std::memcpy(buffer->bytes(), left.data(), left.size());
    std::memcpy(buffer->bytes() + left.size(), right.data(), right.size());
    buffer->used = static_cast<std::uint32_t>(size);
    grown.setSlice(buffer, 0, size);
    *this = std::move(grown);
}

} // namespace tessera::crdt
