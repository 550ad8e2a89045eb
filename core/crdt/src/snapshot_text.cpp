#include <core/base/utf.h>
#include <core/crdt/snapshot.h>

#include "attributes.h"
#include "list.h"
#include "snapshot_view.h"

namespace tessera::crdt {
namespace {

constexpr const char* changeKey = "ychange";

/// `from` to `to` in UTF-16 units; a pair cut in two becomes U+FFFD.
std::string unitsOf(std::string_view text, Clock from, Clock to)
{
    if (from == 0 && to == text.size())
        return std::string(text);
    const std::u16string units = toUtf16(text);
    return toUtf8(std::u16string_view(units).substr(from, to - from));
}

class SnapshotText
{
public:
    SnapshotText(Doc& doc, const Snapshot& now, const Snapshot* previous)
        : m_doc(doc), m_now(now),
          m_previous(previous ? std::optional<SnapshotView>(*previous) : std::nullopt)
    {
    }

    std::vector<TextRun> of(const Branch& text)
    {
        for (const Item* item = text.start; item; item = item->right) {
            for (Clock from = 0; from < item->length;) {
                const Clock to = sameUntil(*item, from);
                visit(*item, from, to);
                from = to;
            }
        }
        return std::move(m_runs);
    }

private:
    Clock sameUntil(const Item& item, Clock from) const
    {
        const Id id = m_doc.store().publicId({item.client, item.clock + from});
        Clock end = m_now.sameUntil(id, item.end());
        if (m_previous)
            end = m_previous->sameUntil(id, end);
        return end - item.clock;
    }

    void visit(const Item& item, Clock from, Clock to)
    {
        const Id id = m_doc.store().publicId({item.client, item.clock + from});
        const bool isShown = m_now.shows(id);
        const bool wasShown = m_previous && m_previous->shows(id);
        if (!isShown && !wasShown)
            return;
        switch (item.kind()) {
        case ContentKind::string:
            markChange(isShown, wasShown);
            append(unitsOf(item.content.text(), from, to));
            break;
        case ContentKind::embed:
            m_runs.push_back({item.content.value(), m_attributes.entries()});
            break;
        case ContentKind::type:
            m_runs.push_back({SharedType(&m_doc, item.content.branch()), m_attributes.entries()});
            break;
        case ContentKind::format:
            if (isShown)
                m_attributes.apply(item.content.format());
            break;
        default:
            break;
        }
    }

    void markChange(bool isShown, bool wasShown)
    {
        if (!isShown)
            m_attributes.set(changeKey, Any::Object{{"type", "removed"}});
        else if (m_previous && !wasShown)
            m_attributes.set(changeKey, Any::Object{{"type", "added"}});
        else
            m_attributes.remove(changeKey);
    }

    void append(const std::string& text)
    {
        std::string* last =
            m_runs.empty() ? nullptr : std::get_if<std::string>(&m_runs.back().content);
        if (last && Any(m_runs.back().attributes) == Any(m_attributes.entries()))
            *last += text;
        else
            m_runs.push_back({text, m_attributes.entries()});
    }

    Doc& m_doc;
    SnapshotView m_now;
    std::optional<SnapshotView> m_previous;
    AttributeMap m_attributes;
    std::vector<TextRun> m_runs;
};

} // namespace

Result<std::vector<TextRun>, SnapshotErrc> runsAt(const Text& text, const Snapshot& snapshot,
                                                  const Snapshot* previous)
{
    TESSERA_CHECK(checkReadable(text.doc().store(), snapshot));
    if (previous)
        TESSERA_CHECK(checkReadable(text.doc().store(), *previous));
    return SnapshotText(text.doc(), snapshot, previous).of(*text.branch());
}

} // namespace tessera::crdt
