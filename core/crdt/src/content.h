#pragma once

#include <memory>
#include <string>
#include <vector>

#include "packed_any.h"
#include "struct_view.h"

/// What a struct holds: 16 bytes, and heap memory only where a value does not fit. Move-only.
namespace tessera::crdt {

struct Branch;

struct FormatContent {
    std::string key;
    Any value;
};

struct SubdocumentContent {
    std::string guid;
    Any options;
};

class Content : private PackedAny
{
public:
    Content() = default; ///< gc
    static Content ofKind(ContentKind kind) ///< gc, deleted or skip
    {
        Content content;
        content.setKind(kind);
        return content;
    }
    static Content ofText(std::string_view utf8) { return {ContentKind::string, PackedAny::ofText(utf8)}; }
    static Content ofValue(const Any& value);
    static Content ofValues(const std::vector<Any>& values); ///< at least one
    static Content ofBinary(const Any& bytes);
    static Content ofEmbed(const Any& embed);
    static Content ofFormat(std::string key, Any value);
    static Content ofType(std::unique_ptr<Branch> branch);
    static Content ofSubdocument(std::string guid, Any options);
    /// For content that holds nothing yet: these fill it where it is.
    void becomeTombstone() { setKind(ContentKind::deleted); }
    void becomeText(std::string_view utf8, TextArena* arena)
    {
        setKind(ContentKind::string);
        PackedAny::becomeText(utf8, arena);
    }
    /// What `view` holds from `offset` on. Not for types: their branch is made by the store.
    static Content of(const StructView& view, Clock offset);

    Content(Content&& other) noexcept = default;
    Content& operator=(Content&& other) noexcept
    {
        if (this != &other) {
            destroy();
            PackedAny::operator=(std::move(other));
        }
        return *this;
    }
    ~Content() { destroy(); }

    [[nodiscard]] ContentKind kind() const { return static_cast<ContentKind>(m_extra); }
    [[nodiscard]] bool isCountable() const { return kind() != ContentKind::deleted && kind() != ContentKind::format; }
    [[nodiscard]] std::string_view text() const { return PackedAny::text(); }
    /// any, json: one of the values. binary, embed: the value, at 0.
    [[nodiscard]] Any value(std::size_t index = 0) const;
    /// any: encodes the values from `index` on.
    void writeValues(WireWriter& writer, std::size_t index) const;
    [[nodiscard]] const FormatContent& format() const { return *load<FormatContent*>(); }
    [[nodiscard]] const SubdocumentContent& subdocument() const { return *load<SubdocumentContent*>(); }
    [[nodiscard]] Branch* branch() const { return kind() == ContentKind::type ? load<Branch*>() : nullptr; }
    /// Leaves an empty tombstone.
    std::unique_ptr<Branch> takeBranch();

    /// Cuts off and returns what follows `offset` of `length` units. A surrogate pair cut in two becomes U+FFFD on
    /// both sides.
    Content splitAt(Clock offset, Clock length);
    /// Same kind, a kind that merges, and not too large together.
    [[nodiscard]] bool canAppend(const Content& right) const;
    void append(Content&& right);
    /// A copy for undo; a type is copied empty.
    [[nodiscard]] Content copy() const;

private:
    struct ValueList;
    Content(ContentKind kind, PackedAny value) : PackedAny(std::move(value)) { setKind(kind); }
    template <class T> static Content owning(ContentKind kind, T* owned);
    void setKind(ContentKind kind) { m_extra = static_cast<std::uint8_t>(kind); }
    [[nodiscard]] ValueList* list() const;
    void setList(ValueList* list);
    void destroy()
    {
        if (form() == Form::pointer)
            destroyOwned();
    }
    void destroyOwned();
};

static_assert(sizeof(Content) == 16);

} // namespace tessera::crdt
