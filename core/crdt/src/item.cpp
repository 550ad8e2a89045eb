#include "item.h"

#include <core/base/utf.h>

namespace tessera::crdt {
namespace {

constexpr std::string_view replacementCharacter = "\xef\xbf\xbd";

std::string splitText(std::string& text, Clock offset)
{
    const Utf16Position at = findUtf16Unit(text, offset);
    if (!at.insidePair) {
        std::string tail = text.substr(at.byteOffset);
        text.resize(at.byteOffset);
        return tail;
    }
    std::string tail(replacementCharacter);
    tail += std::string_view(text).substr(at.byteOffset + 4);
    text.resize(at.byteOffset);
    text += replacementCharacter;
    return tail;
}

} // namespace

Content Content::ofKind(ContentKind kind) { return {kind, std::monostate{}}; }
Content Content::ofString(std::string utf8) { return {ContentKind::string, std::move(utf8)}; }
Content Content::ofValues(std::vector<Any> values) { return {ContentKind::any, std::move(values)}; }
Content Content::ofBinary(Any bytes) { return {ContentKind::binary, std::move(bytes)}; }
Content Content::ofEmbed(Any embed) { return {ContentKind::embed, std::move(embed)}; }

Content Content::ofFormat(std::string key, Any value)
{
    return {ContentKind::format, std::make_unique<FormatContent>(FormatContent{std::move(key), std::move(value)})};
}

Content Content::ofType(std::unique_ptr<Branch> branch) { return {ContentKind::type, std::move(branch)}; }

Content Content::splitAt(Clock offset)
{
    if (kind == ContentKind::string)
        return ofString(splitText(std::get<std::string>(data), offset));
    if (kind == ContentKind::any || kind == ContentKind::json) {
        auto& values = std::get<std::vector<Any>>(data);
        const auto at = values.begin() + static_cast<std::ptrdiff_t>(offset);
        Content right{kind, std::vector<Any>(std::make_move_iterator(at), std::make_move_iterator(values.end()))};
        values.erase(at, values.end());
        return right;
    }
    return ofKind(kind);
}

bool Content::canAppend(const Content& right) const
{
    if (kind != right.kind)
        return false;
    return kind == ContentKind::string || kind == ContentKind::any || kind == ContentKind::json ||
           kind == ContentKind::deleted || kind == ContentKind::gc;
}

void Content::append(Content&& right)
{
    if (kind == ContentKind::string) {
        std::get<std::string>(data) += right.text();
    } else if (kind == ContentKind::any || kind == ContentKind::json) {
        auto& values = std::get<std::vector<Any>>(data);
        auto& more = std::get<std::vector<Any>>(right.data);
        values.insert(values.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
}

Content Content::copy() const
{
    switch (kind) {
    case ContentKind::string: return ofString(text());
    case ContentKind::any:
    case ContentKind::json: return {kind, values()};
    case ContentKind::binary:
    case ContentKind::embed: return {kind, value()};
    case ContentKind::format: return ofFormat(format().key, format().value);
    case ContentKind::type: {
        auto empty = std::make_unique<Branch>();
        empty->kind = branch()->kind;
        empty->name = branch()->name;
        return ofType(std::move(empty));
    }
    case ContentKind::subdocument:
        return {kind, std::make_unique<SubdocumentContent>(*std::get<std::unique_ptr<SubdocumentContent>>(data))};
    case ContentKind::gc:
    case ContentKind::deleted:
    case ContentKind::skip: break;
    }
    return ofKind(kind);
}

void cutHead(Block& block, Clock offset)
{
    Item& item = *block.item;
    if (offset == 0)
        return;
    const bool isItem = block.kind() != ContentKind::gc && block.kind() != ContentKind::skip;
    item.id.clock += offset;
    item.length -= offset;
    if (isItem) {
        item.origin = Id{item.id.client, item.id.clock - 1};
        item.content = item.content.splitAt(offset);
    }
}

} // namespace tessera::crdt
