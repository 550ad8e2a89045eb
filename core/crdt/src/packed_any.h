#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include <core/crdt/any.h>

#include "wire_reader.h"
#include "wire_writer.h"

namespace tessera::crdt {

/// UTF-8 bytes shared by slices: cutting a text in two copies nothing, and the slice that ends where the used part ends
/// grows in place. Counted without atomics: a document has one thread.
struct TextBuffer {
    std::uint32_t owners = 1;
    std::uint32_t used = 0;
    std::uint32_t capacity = 0;
    [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

/// Puts the short texts of an update side by side into buffers that they share: a load makes many of them at once. A
/// buffer goes with the last of its texts, so it holds no more than a handful.
class TextArena
{
public:
    TextArena() = default;
    TextArena(const TextArena&) = delete;
    TextArena& operator=(const TextArena&) = delete;
    ~TextArena();

private:
    friend class PackedAny;
    static constexpr std::size_t bufferBytes = 2048 - sizeof(TextBuffer);
    static constexpr std::size_t mostTextBytes = 256;
    /// With room for `size` bytes, at most mostTextBytes.
    TextBuffer& bufferFor(std::size_t size);

    TextBuffer* m_buffer = nullptr;
};

/// A value in 16 bytes: what nearly all properties are (numbers, booleans, short strings) without a second
/// allocation; long text as a slice; arrays, objects and bytes as a pointer to an Any. Move-only.
class PackedAny
{
public:
    /// Text up to this many bytes is kept inside.
    static constexpr std::size_t inlineBytes = 14;

    PackedAny() = default; ///< undefined
    explicit PackedAny(const Any& value);
    /// `utf8` is well-formed.
    static PackedAny ofText(std::string_view utf8)
    {
        PackedAny packed;
        packed.becomeText(utf8, nullptr);
        return packed;
    }
    /// The next value of the reader, which a scan has passed already.
    static PackedAny read(WireReader& reader);
    PackedAny(PackedAny&& other) noexcept { take(other); }
    PackedAny& operator=(PackedAny&& other) noexcept
    {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    ~PackedAny() { release(); }

    [[nodiscard]] bool isText() const { return m_form == Form::slice || m_form >= Form::inlineText; }
    /// Empty for anything but text. The view lives until the value changes.
    [[nodiscard]] std::string_view text() const
    {
        if (m_form >= Form::inlineText)
            return {m_data, static_cast<std::size_t>(m_form) - static_cast<std::size_t>(Form::inlineText)};
        return m_form == Form::slice ? sliceText() : std::string_view();
    }
    [[nodiscard]] Any toAny() const;
    void write(WireWriter& writer) const;
    [[nodiscard]] PackedAny copy() const;

    /// Cuts text at a byte; returns what follows. O(1) for long text.
    PackedAny cutText(std::size_t byteOffset);
    /// Amortised O(right). Both are text; together below 2 GiB.
    void appendText(std::string_view right);

protected:
    /// Numbers from inlineText on: that many bytes of text inside.
    enum class Form : std::uint8_t { undefined, null, no, yes, number, bigInt, boxed, slice, pointer, inlineText = 16 };

    template <class T> [[nodiscard]] T load(std::size_t at = 0) const
    {
        T value;
        std::memcpy(&value, m_data + at, sizeof(T));
        return value;
    }
    template <class T> void save(T value, std::size_t at = 0) { std::memcpy(m_data + at, &value, sizeof(T)); }
    void setForm(Form form) { m_form = form; }
    /// For a value that holds nothing yet.
    void becomeText(std::string_view utf8, TextArena* arena)
    {
        if (utf8.size() <= inlineBytes)
            setInlineText(utf8);
        else if (arena)
            setText(utf8, *arena);
        else
            setText(utf8, 0);
    }
    [[nodiscard]] Form form() const { return m_form; }

private:
    /// Six bytes of address (no system hands out more to a program), then the slice's first byte and its size.
    [[nodiscard]] TextBuffer* buffer() const;
    [[nodiscard]] std::uint32_t sliceStart() const { return load<std::uint32_t>(6); }
    [[nodiscard]] std::uint32_t sliceSize() const { return load<std::uint32_t>(10); }
    [[nodiscard]] std::string_view sliceText() const { return {buffer()->bytes() + sliceStart(), sliceSize()}; }
    void setSlice(TextBuffer* buffer, std::size_t start, std::size_t size);
    void setText(std::string_view utf8, std::size_t capacity);
    void setText(std::string_view utf8, TextArena& arena);
    /// Where there is none yet. In two pieces that overlap, which takes fewer steps than a call.
    void setInlineText(std::string_view utf8)
    {
        const std::size_t size = utf8.size();
        const auto copyEnds = [&](auto piece) {
            std::memcpy(&piece, utf8.data() + size - sizeof(piece), sizeof(piece));
            std::memcpy(m_data, utf8.data(), sizeof(piece));
            std::memcpy(m_data + size - sizeof(piece), &piece, sizeof(piece));
        };
        if (size >= 8)
            copyEnds(std::uint64_t{});
        else if (size >= 4)
            copyEnds(std::uint32_t{});
        else
            for (std::size_t i = 0; i < size; ++i)
                m_data[i] = utf8[i];
        m_form = static_cast<Form>(static_cast<std::size_t>(Form::inlineText) + size);
    }
    void take(PackedAny& other) noexcept
    {
        std::memcpy(m_data, other.m_data, sizeof(m_data));
        m_form = other.m_form;
        m_extra = other.m_extra;
        other.m_form = Form::undefined;
    }
    void release()
    {
        if (m_form == Form::boxed || m_form == Form::slice)
            releaseHeap();
    }
    void releaseHeap();

    char m_data[inlineBytes] = {};
    Form m_form = Form::undefined;

protected:
    std::uint8_t m_extra = 0; ///< for what is built on it
};

static_assert(sizeof(PackedAny) == 16);

} // namespace tessera::crdt
