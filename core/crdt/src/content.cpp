#include "content.h"

#include <cassert>

#include <core/base/utf.h>

#include "branch.h"
#include "write_struct.h"

namespace tessera::crdt {
namespace {

/// Together below this, so that slices can count their bytes in 32 bits.
constexpr std::size_t maxTextBytes = std::size_t{1} << 30;

} // namespace

/// Two values and more.
struct Content::ValueList {
    std::vector<PackedAny> values;
};

template <class T> Content Content::owning(ContentKind kind, T* owned)
{
    Content content;
    content.save(owned);
    content.setForm(Form::pointer);
    content.setKind(kind);
    return content;
}

Content::ValueList* Content::list() const { return form() == Form::pointer ? load<ValueList*>() : nullptr; }

void Content::setList(ValueList* list)
{
    const ContentKind kept = kind();
    *this = owning(kept, list);
}

void Content::destroyOwned()
{
    switch (kind()) {
    case ContentKind::json:
    case ContentKind::any: delete load<ValueList*>(); break;
    case ContentKind::format: delete load<FormatContent*>(); break;
    case ContentKind::type: delete load<Branch*>(); break;
    case ContentKind::subdocument: delete load<SubdocumentContent*>(); break;
    default: break;
    }
    setForm(Form::undefined);
}

Content Content::ofValue(const Any& value) { return {ContentKind::any, PackedAny(value)}; }
Content Content::ofBinary(const Any& bytes) { return {ContentKind::binary, PackedAny(bytes)}; }
Content Content::ofEmbed(const Any& embed) { return {ContentKind::embed, PackedAny(embed)}; }

Content Content::ofValues(const std::vector<Any>& values)
{
    if (values.size() == 1)
        return ofValue(values.front());
    auto list = std::make_unique<ValueList>();
    list->values.reserve(values.size());
    for (const Any& value : values)
        list->values.emplace_back(value);
    return owning(ContentKind::any, list.release());
}

Content Content::ofFormat(std::string key, Any value)
{
    return owning(ContentKind::format, new FormatContent{std::move(key), std::move(value)});
}

Content Content::ofType(std::unique_ptr<Branch> branch) { return owning(ContentKind::type, branch.release()); }

Content Content::ofSubdocument(std::string guid, Any options)
{
    return owning(ContentKind::subdocument, new SubdocumentContent{std::move(guid), std::move(options)});
}

Content Content::of(const StructView& view, Clock offset)
{
    const auto valuesFrom = [&](auto read) {
        WireReader reader(view.payload);
        for (Clock i = 0; i < offset; ++i)
            read(reader);
        if (view.length - offset == 1)
            return Content(view.kind, read(reader));
        auto list = std::make_unique<ValueList>();
        for (Clock i = offset; i < view.length; ++i)
            list->values.push_back(read(reader));
        return owning(view.kind, list.release());
    };
    switch (view.kind) {
    case ContentKind::string: {
        Content whole = ofText(asText(view.payload));
        return offset == 0 ? std::move(whole) : whole.splitAt(offset, view.length);
    }
    case ContentKind::any: return valuesFrom([](WireReader& reader) { return PackedAny::read(reader); });
    case ContentKind::json:
        return valuesFrom([](WireReader& reader) { return PackedAny(parseJson(reader.varString()).valueOr(Any())); });
    case ContentKind::binary: return ofBinary(Bytes(view.payload.begin(), view.payload.end()));
    case ContentKind::embed: return ofEmbed(decodedValue(view));
    case ContentKind::format: return ofFormat(std::string(view.name), decodedValue(view));
    case ContentKind::subdocument: {
        ByteReader reader(view.payload);
        return ofSubdocument(std::string(view.name), readAny(reader).valueOr(Any()));
    }
    case ContentKind::gc:
    case ContentKind::deleted:
    case ContentKind::type:
    case ContentKind::skip: break;
    }
    return ofKind(view.kind);
}

Any Content::value(std::size_t index) const
{
    const ValueList* values = list();
    return values ? values->values[index].toAny() : toAny();
}

void Content::writeValues(WireWriter& writer, std::size_t index) const
{
    const ValueList* values = list();
    if (!values)
        return write(writer);
    for (; index < values->values.size(); ++index)
        values->values[index].write(writer);
}

std::unique_ptr<Branch> Content::takeBranch()
{
    std::unique_ptr<Branch> branch(load<Branch*>());
    setForm(Form::undefined);
    setKind(ContentKind::deleted);
    return branch;
}

Content Content::splitAt(Clock offset, Clock length)
{
    if (kind() == ContentKind::string) {
        const std::string_view whole = text();
        const Utf16Position at = findUtf16Unit(whole, offset);
        if (!at.insidePair)
            return {kind(), cutText(at.byteOffset)};
        const std::string tail = std::string(replacementCharacter).append(whole.substr(at.byteOffset + 4));
        cutText(at.byteOffset);
        appendText(replacementCharacter);
        return ofText(tail);
    }
    ValueList* values = list();
    if ((kind() != ContentKind::any && kind() != ContentKind::json) || !values)
        return ofKind(kind());
    assert(values->values.size() == length);
    const auto at = values->values.begin() + static_cast<std::ptrdiff_t>(offset);
    Content right = ofKind(kind());
    if (length - offset == 1) {
        right = Content(kind(), std::move(values->values.back()));
    } else {
        auto tail = std::make_unique<ValueList>();
        tail->values.assign(std::make_move_iterator(at), std::make_move_iterator(values->values.end()));
        right.setList(tail.release());
    }
    if (offset == 1)
        *this = Content(kind(), std::move(values->values.front()));
    else
        values->values.erase(at, values->values.end());
    return right;
}

bool Content::canAppend(const Content& right) const
{
    if (kind() != right.kind())
        return false;
    if (kind() == ContentKind::string)
        return text().size() + right.text().size() <= maxTextBytes;
    return kind() == ContentKind::any || kind() == ContentKind::json || kind() == ContentKind::deleted ||
           kind() == ContentKind::gc;
}

void Content::append(Content&& right)
{
    if (kind() == ContentKind::string)
        return appendText(right.text());
    if (kind() != ContentKind::any && kind() != ContentKind::json)
        return;
    if (!list()) {
        const ContentKind kept = kind();
        auto own = std::make_unique<ValueList>();
        own->values.push_back(static_cast<PackedAny&&>(std::move(*this)));
        setKind(kept);
        setList(own.release());
    }
    std::vector<PackedAny>& values = list()->values;
    if (ValueList* more = right.list())
        values.insert(values.end(), std::make_move_iterator(more->values.begin()), std::make_move_iterator(more->values.end()));
    else
        values.push_back(static_cast<PackedAny&&>(std::move(right)));
}

Content Content::copy() const
{
    if (form() != Form::pointer)
        return {kind(), PackedAny::copy()};
    switch (kind()) {
    case ContentKind::json:
    case ContentKind::any: {
        auto values = std::make_unique<ValueList>();
        for (const PackedAny& value : list()->values)
            values->values.push_back(value.copy());
        return owning(kind(), values.release());
    }
    case ContentKind::format: return ofFormat(format().key, format().value);
    case ContentKind::type: return ofType(branch()->emptyCopy());
    case ContentKind::subdocument: return ofSubdocument(subdocument().guid, subdocument().options);
    default: return ofKind(kind());
    }
}

} // namespace tessera::crdt
