#include <core/base/utf.h>

#include "attributes.h"
#include "list.h"
#include "type_events.h"

namespace tessera::crdt {
namespace {

/// Walks a text and writes down how it got from the state before a transaction to the one after.
class TextDelta
{
public:
    TextDelta(Doc& doc, const ItemChange& change) : m_doc(doc), m_change(change) {}

    std::vector<DeltaOp> of(const Branch& text)
    {
        for (const Item* item = text.start; item; item = item->right) {
            if (item->kind() == ContentKind::format)
                format(*item, item->content.format());
            else if (isTextUnit(item->kind()))
                unit(*item);
        }
        finishOp();
        while (!m_delta.empty() && m_delta.back().kind == DeltaOp::Kind::retain &&
               m_delta.back().attributes.empty())
            m_delta.pop_back();
        return std::move(m_delta);
    }

private:
    static bool isTextUnit(ContentKind kind)
    {
        return kind == ContentKind::string || kind == ContentKind::embed ||
               kind == ContentKind::type;
    }

    void unit(const Item& item)
    {
        if (m_change.isAdded(item)) {
            if (!m_change.isDeleted(item))
                insert(item);
        } else if (m_change.isDeleted(item)) {
            startOp(DeltaOp::Kind::remove);
            m_op->count += item.length;
        } else if (!item.isDeleted) {
            startOp(DeltaOp::Kind::retain);
            m_op->count += item.length;
        }
    }

    void insert(const Item& item)
    {
        if (item.kind() == ContentKind::string) {
            startOp(DeltaOp::Kind::insert);
            m_inserted += item.content.text();
            m_op->count += item.length;
            return;
        }
        finishOp();
        startOp(DeltaOp::Kind::insert);
        m_op->count = 1;
        m_op->values.push_back(valueAt(m_doc, item, 0));
        finishOp();
    }

    void format(const Item& item, const FormatContent& format)
    {
        if (m_change.isAdded(item)) {
            if (!m_change.isDeleted(item))
                addedFormat(format);
        } else if (m_change.isDeleted(item)) {
            removedFormat(format);
        } else if (!item.isDeleted) {
            oldFormat(format);
        }
    }

    void addedFormat(const FormatContent& format)
    {
        if (!equalAttributes(m_current.get(format.key), format.value)) {
            finishRetain();
            if (equalAttributes(format.value, m_old.get(format.key)))
                m_changed.remove(format.key);
            else
                m_changed.set(format.key, format.value);
        } else if (!format.value.isNull()) {
            return; // says nothing new: Yjs deletes it here
        }
        pass(format);
    }

    void removedFormat(const FormatContent& format)
    {
        m_old.set(format.key, format.value);
        const Any current = m_current.get(format.key);
        if (equalAttributes(current, format.value))
            return;
        finishRetain();
        m_changed.set(format.key, current);
    }

    void oldFormat(const FormatContent& format)
    {
        m_old.set(format.key, format.value);
        if (m_changed.has(format.key)) {
            const Any changed = m_changed.get(format.key);
            if (!equalAttributes(changed, format.value)) {
                finishRetain();
                if (format.value.isNull())
                    m_changed.remove(format.key);
                else
                    m_changed.set(format.key, format.value);
            } else if (!changed.isNull()) {
                return; // as above
            }
        }
        pass(format);
    }

    void pass(const FormatContent& format)
    {
        if (m_op && m_op->kind == DeltaOp::Kind::insert)
            finishOp();
        m_current.apply(format);
    }

    void startOp(DeltaOp::Kind kind)
    {
        if (m_op && m_op->kind == kind)
            return;
        finishOp();
        m_op = DeltaOp{.kind = kind};
    }

    void finishRetain()
    {
        if (m_op && m_op->kind == DeltaOp::Kind::retain)
            finishOp();
    }

    void finishOp()
    {
        if (!m_op)
            return;
        if (m_op->kind == DeltaOp::Kind::insert) {
            if (m_op->values.empty())
                m_op->values.emplace_back(Any(std::exchange(m_inserted, {})));
            m_op->attributes = m_current.entries();
        } else if (m_op->kind == DeltaOp::Kind::retain) {
            m_op->attributes = m_changed.entries();
        }
        m_delta.push_back(std::move(*m_op));
        m_op.reset();
    }

    Doc& m_doc;
    const ItemChange& m_change;
    std::vector<DeltaOp> m_delta;
    std::optional<DeltaOp> m_op;
    std::string m_inserted;
    AttributeMap m_current; ///< that hold now
    AttributeMap m_old;     ///< that held before the transaction
    AttributeMap m_changed; ///< what a retained run got or lost
};

} // namespace

std::vector<DeltaOp> textDelta(Doc& doc, const Branch& text, const ItemChange& change)
{
    return TextDelta(doc, change).of(text);
}

} // namespace tessera::crdt
