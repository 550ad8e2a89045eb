#include "undo_restore.h"

#include "undo_ranges.h"

namespace tessera::crdt {
namespace {

/// Compares a saved state with a document.
class Check
{
public:
    Check(const Store& store, const UndoState& state) : m_store(store), m_state(state) {}

    Result<void, UndoError> run()
    {
        if (!isKnown())
            return fail(UndoError{UndoErrc::otherDocument, 0});
        const auto written = m_state.known.find(m_state.writer);
        if (m_store.clients.state(m_state.writer) !=
            (written == m_state.known.end() ? 0 : written->second))
            return fail(UndoError{UndoErrc::stale, 0});
        if (!stepsFit() || !keptFits())
            return fail(UndoError{UndoErrc::otherDocument, 0});
        if (!linksFit())
            return fail(UndoError{UndoErrc::damaged, 0});
        return {};
    }

private:
    [[nodiscard]] bool isKnown() const
    {
        return std::all_of(m_state.known.begin(), m_state.known.end(), [&](const auto& entry) {
            return m_store.clients.state(entry.first) >= entry.second;
        });
    }

    [[nodiscard]] bool isDeleted(ClientId client, ClockRange range) const
    {
        return allStructsIn(m_store, client, range,
                            [](const Item& item, Clock, Clock) { return bool(item.isDeleted); });
    }

    [[nodiscard]] bool stepsFit() const
    {
        for (const std::vector<StackItem>& stack : m_state.stacks) {
            for (const StackItem& step : stack) {
                if (!allRanges(step.deletions,
                               [&](ClientId client, ClockRange range) {
                                   return isDeleted(client, range);
                               }) ||
                    !allRanges(step.insertions, [&](ClientId client, ClockRange range) {
                        return m_store.clients.state(client) >= range.end();
                    }))
                    return false;
            }
        }
        return true;
    }

    template <class Test> static bool allRanges(const DeleteSet& set, Test test)
    {
        for (const DeleteSet::Entry& entry : set.entries()) {
            for (const ClockRange& range : entry.ranges) {
                if (!test(entry.client, range))
                    return false;
            }
        }
        return true;
    }

    /// Each kept struct once, deleted here, in the same place; what was collected lies in a deleted
    /// type.
    [[nodiscard]] bool keptFits()
    {
        for (const StructView& view : m_state.kept) {
            if (m_kept.overlaps(view.id, view.length) || !parentFits(view))
                return false;
            const bool fits =
                allStructsIn(m_store, view.id.client, {view.id.clock, view.length},
                             [&](const Item& item, Clock, Clock) { return itemFits(view, item); });
            if (!fits)
                return false;
            m_kept.add(view.id, view.length);
            if (view.kind == ContentKind::type)
                m_types.emplace(view.id, view.typeKind);
        }
        return true;
    }

    /// The parent is a root, a type that was kept, or one that is here.
    [[nodiscard]] bool parentFits(const StructView& view) const
    {
        if (view.parent == StructView::Parent::root)
            return m_store.roots.contains(view.parentRoot);
        return m_types.contains(view.parentItem) || typeHere(view.parentItem) != nullptr;
    }

    [[nodiscard]] const Branch* typeHere(Id id) const
    {
        const Branch* branch = nullptr;
        allStructsIn(m_store, id.client, {id.clock, 1}, [&](const Item& item, Clock, Clock) {
            branch = item.content.branch();
            return true;
        });
        return branch;
    }

    [[nodiscard]] bool itemFits(const StructView& view, const Item& item) const
    {
        if (!item.isDeleted)
            return false;
        if (item.isGc()) {
            if (view.parent == StructView::Parent::root)
                return false;
            return m_types.contains(view.parentItem) || typeHere(view.parentItem)->isDeleted();
        }
        return standsWhere(view, *item.parent) &&
               (item.key ? m_store.keys.text(item.key) == view.key : !view.isKeyed) &&
               holdsTheSame(view, item);
    }

    [[nodiscard]] bool standsWhere(const StructView& view, const Branch& parent) const
    {
        if (view.parent == StructView::Parent::root)
            return parent.isRoot && m_store.keys.text(parent.name) == view.parentRoot;
        return parent.item && m_store.publicId(parent.item->id()) == view.parentItem;
    }

    [[nodiscard]] static bool holdsTheSame(const StructView& view, const Item& item)
    {
        if (item.kind() == ContentKind::deleted || view.kind == ContentKind::deleted)
            return true;
        if (item.kind() != view.kind)
            return false;
        return view.kind != ContentKind::type || item.content.branch()->kind == view.typeKind;
    }

    /// From kept structs to known ones, each unit once, and never in a circle: a link never starts
    /// at what an earlier one leads to.
    [[nodiscard]] bool linksFit() const
    {
        ClockSet starts, ends;
        for (const RedoneLink& link : m_state.links) {
            if (!m_kept.covers(link.from, link.length) || starts.overlaps(link.from, link.length) ||
                ends.overlaps(link.from, link.length) ||
                m_store.clients.state(link.to.client) < link.to.clock + link.length)
                return false;
            starts.add(link.from, link.length);
            ends.add(link.to, link.length);
            if (ends.overlaps(link.from, link.length))
                return false;
        }
        return true;
    }

    const Store& m_store;
    const UndoState& m_state;
    ClockSet m_kept;
    std::map<Id, TypeKind> m_types; ///< kept so far
};

} // namespace

Result<void, UndoError> checkUndoState(const Store& store, const UndoState& state)
{
    return Check(store, state).run();
}

} // namespace tessera::crdt
