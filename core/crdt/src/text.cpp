#include <algorithm>

#include <core/base/utf.h>

#include "list.h"
#include "ready_memory.h"
#include "text_cleanup.h"
#include "text_runs.h"

namespace tessera::crdt {
namespace {

/// A place in a text and the attributes that hold there.
struct TextCursor {
    Item* left = nullptr;
    Item* right = nullptr;
    AttributeMap attributes;

    void forward()
    {
        if (right->isLiveFormat())
            attributes.apply(right->content.format());
        left = right;
        right = right->right;
    }
};

/// One edit of a formatted text, by the rules of Y.Text.
class TextEdit
{
public:
    TextEdit(Store& store, TransactionState& transaction, Branch& text, Clock index)
        : m_store(store), m_transaction(transaction), m_text(text)
    {
        if (!text.hasFormatting) {
            const ListPosition at = findPosition(store, transaction, text, index);
            m_at.left = at.left;
            m_at.right = at.right;
            return;
        }
        m_at.right = text.start;
        while (m_at.right && index > 0) {
            if (m_at.right->isVisible())
                index -= cutAfter(*m_at.right, index);
            m_at.forward();
        }
    }

    [[nodiscard]] const AttributeMap& attributes() const { return m_at.attributes; }

    /// `type`, when the content is one, fills it before the attributes end behind it.
    void insert(Content content, Clock length, AttributeMap wanted, const NewType* type)
    {
        for (const auto& [key, value] : m_at.attributes.entries()) {
            if (!wanted.has(key))
                wanted.set(key, nullptr);
        }
        skipEqualFormats(wanted);
        AttributeMap negated = startFormats(wanted);
        insertItem(std::move(content), length);
        if (type)
            fill(m_store, m_transaction, *m_at.left->content.branch(), *type);
        endFormats(negated);
    }

    void format(Clock count, const AttributeMap& wanted)
    {
        skipEqualFormats(wanted);
        AttributeMap negated = startFormats(wanted);
        while (m_at.right && (count > 0 || (!negated.isEmpty() && isInvisible(*m_at.right)))) {
            Item& item = *m_at.right;
            if (item.isLiveFormat()) {
                if (!takeOverFormat(item, count, wanted, negated))
                    break;
            } else if (!item.isDeleted) {
                count -= cutAfter(item, count);
            }
            m_at.forward();
        }
        endFormats(negated);
    }

    void remove(Clock count)
    {
        const AttributeMap startAttributes = m_at.attributes;
        Item* start = m_at.right;
        while (count > 0 && m_at.right) {
            if (m_at.right->isVisible()) {
                count -= cutAfter(*m_at.right, count);
                deleteItem(m_store, m_transaction, *m_at.right);
            }
            m_at.forward();
        }
        if (start)
            cleanUpGap(m_store, m_transaction, start, m_at.right, startAttributes, m_at.attributes);
    }

private:
    static bool isInvisible(const Item& item) { return item.isDeleted || item.kind() == ContentKind::format; }

    /// Cuts the item when it is longer than `count`; returns the units that are left in it.
    Clock cutAfter(Item& item, Clock count)
    {
        if (count < item.length)
            m_store.cut(m_transaction, item, count);
        return item.length;
    }

    void insertItem(Content content, Clock length)
    {
        m_at.right = &insertLocal(m_store, m_transaction, m_text, m_at.left, m_at.right, 0, std::move(content), length);
        m_at.forward();
    }

    /// Moves past tombstones and formats that already say what is wanted.
    void skipEqualFormats(const AttributeMap& wanted)
    {
        while (m_at.right) {
            const Item& item = *m_at.right;
            const bool saysSame = item.isLiveFormat() &&
                                  equalAttributes(wanted.get(item.content.format().key), item.content.format().value);
            if (!item.isDeleted && !saysSame)
                break;
            m_at.forward();
        }
    }

    /// Writes what differs from the attributes here; returns what has to be restored behind the range.
    AttributeMap startFormats(const AttributeMap& wanted)
    {
        AttributeMap negated;
        for (const auto& [key, value] : wanted.entries()) {
            const Any current = m_at.attributes.get(key);
            if (equalAttributes(current, value))
                continue;
            negated.set(key, current);
            insertItem(Content::ofFormat(key, value), 1);
        }
        return negated;
    }

    void endFormats(AttributeMap& negated)
    {
        while (m_at.right) {
            const Item& item = *m_at.right;
            if (!item.isDeleted) {
                if (item.kind() != ContentKind::format)
                    break;
                const FormatContent& format = item.content.format();
                if (!negated.has(format.key) || !equalAttributes(negated.get(format.key), format.value))
                    break;
                negated.remove(format.key);
            }
            m_at.forward();
        }
        for (const auto& [key, value] : negated.entries())
            insertItem(Content::ofFormat(key, value), 1);
    }

    /// A format inside the range: one of the wanted keys is deleted and restored behind the range. False: the range
    /// ended and this format has to stay.
    bool takeOverFormat(Item& item, Clock count, const AttributeMap& wanted, AttributeMap& negated)
    {
        const FormatContent& format = item.content.format();
        if (!wanted.has(format.key)) {
            m_at.attributes.set(format.key, format.value);
            return true;
        }
        if (equalAttributes(wanted.get(format.key), format.value)) {
            negated.remove(format.key);
        } else {
            if (count == 0)
                return false;
            negated.set(format.key, format.value);
        }
        deleteItem(m_store, m_transaction, item);
        return true;
    }

    Store& m_store;
    TransactionState& m_transaction;
    Branch& m_text;
    TextCursor m_at;
};

/// In JavaScript's key order; undefined counts as absent.
AttributeMap attributeMap(const Any::Object& attributes)
{
    AttributeMap map;
    const Any ordered(attributes);
    for (const auto& [key, value] : *ordered.object()) {
        if (!value.isUndefined())
            map.set(key, value);
    }
    return map;
}

bool canWrite(const Branch* branch) { return branch && !branch->isDeleted(); }

void insertContent(Transaction& transaction, Branch& text, std::size_t index, Content content, Clock length,
                   const std::optional<Any::Object>& attributes, const NewType* type = nullptr)
{
    Store& store = transaction.doc().store();
    TransactionState& state = Store::stateOf(transaction);
    const Clock at = std::min<Clock>(index, text.length);
    if (!text.hasFormatting && (!attributes || attributes->empty())) {
        ListPosition place = findPosition(store, state, text, at);
        for (; place.right && place.right->isDeleted; place.right = place.right->right)
            place.left = place.right;
        Item& item = insertLocal(store, state, text, place.left, place.right, 0, std::move(content), length);
        if (type)
            fill(store, state, *item.content.branch(), *type);
        return;
    }
    TextEdit edit(store, state, text, at);
    edit.insert(std::move(content), length, attributes ? attributeMap(*attributes) : edit.attributes(), type);
}

} // namespace

std::size_t Text::size() const { return m_branch && !m_branch->isDeleted() ? m_branch->length : 0; }

std::string Text::toString() const
{
    std::string text;
    if (!m_branch)
        return text;
    text.reserve(m_branch->length); // all of it, if it is ASCII
    makeReady(text.data(), m_branch->length);
    for (const Item* item = m_branch->start; item; item = item->right) {
        if (!item->isDeleted && item->kind() == ContentKind::string)
            text += item->content.text();
    }
    return text;
}

std::vector<TextRun> Text::runs() const
{
    return m_branch ? readRuns(*m_doc, *m_branch, JoinRuns::yes) : std::vector<TextRun>();
}

void Text::insert(Transaction& transaction, std::size_t index, std::string_view utf8,
                  const std::optional<Any::Object>& attributes)
{
    if (!canWrite(m_branch) || utf8.empty())
        return;
    std::string valid = toValidUtf8(utf8);
    const Clock length = utf16Length(valid);
    insertContent(transaction, *m_branch, index, Content::ofText(valid), length, attributes);
}

void Text::insertEmbed(Transaction& transaction, std::size_t index, const Any& embed, const Any::Object& attributes)
{
    if (canWrite(m_branch))
        insertContent(transaction, *m_branch, index, Content::ofEmbed(embed), 1, attributes);
}

SharedType Text::insertType(Transaction& transaction, std::size_t index, const NewType& type,
                            const Any::Object& attributes)
{
    if (!canWrite(m_branch))
        return {};
    Content content = contentOf(transaction.doc().store(), type);
    Branch* made = content.branch();
    insertContent(transaction, *m_branch, index, std::move(content), 1, attributes, &type);
    return SharedType(m_doc, made);
}

void Text::remove(Transaction& transaction, std::size_t index, std::size_t count)
{
    if (!canWrite(m_branch) || index >= m_branch->length || count == 0)
        return;
    Store& store = transaction.doc().store();
    TransactionState& state = Store::stateOf(transaction);
    count = std::min<std::size_t>(count, m_branch->length - index);
    if (!m_branch->hasFormatting)
        return removeUnits(store, state, *m_branch, index, count);
    TextEdit(store, state, *m_branch, index).remove(count);
}

void Text::format(Transaction& transaction, std::size_t index, std::size_t count, const Any::Object& attributes)
{
    if (!canWrite(m_branch) || index >= m_branch->length || count == 0)
        return;
    count = std::min<std::size_t>(count, m_branch->length - index);
    TextEdit(transaction.doc().store(), Store::stateOf(transaction), *m_branch, index)
        .format(count, attributeMap(attributes));
}

} // namespace tessera::crdt
