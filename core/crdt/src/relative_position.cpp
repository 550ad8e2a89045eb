#include <core/crdt/relative_position.h>

#include "list.h"

namespace tessera::crdt {
namespace {

/// Empty when the document has nothing of that id.
std::optional<LocalId> localId(const Store& store, Id id)
{
    if (id.clock >= store.clients.state(id.client))
        return std::nullopt;
    return LocalId{store.clients.find(id.client), id.clock};
}

ItemAt itemAt(const Store& store, LocalId id)
{
    Item& item = store.find(id);
    return {&item, id.clock - item.clock};
}

/// The unit itself or, where undo brought it back, its newest copy. Cuts nothing.
ItemAt itemAt(const Store& store, LocalId id, FollowRedone follow)
{
    ItemAt at = itemAt(store, id);
    while (follow == FollowRedone::yes && at.item->isRedone) {
        const LocalId copy = store.redoneOf(*at.item);
        at = itemAt(store, {copy.client, copy.clock + at.offset});
    }
    return at;
}

std::optional<AbsolutePosition> resolveItem(Doc& doc, Id id, std::int64_t association,
                                            FollowRedone follow)
{
    Store& store = doc.store();
    const std::optional<LocalId> known = localId(store, id);
    if (!known)
        return std::nullopt;
    const ItemAt at = itemAt(store, *known, follow);
    if (at.item->isGc())
        return std::nullopt;
    Branch& type = *at.item->parent;
    AbsolutePosition position{SharedType(&doc, &type), 0, association};
    if (!type.isDeleted()) {
        const Clock inside = at.item->isVisible() ? at.offset + (association < 0 ? 1 : 0) : 0;
        position.index = unitsBefore(*at.item) + inside;
    }
    return position;
}

Branch* typeAt(Doc& doc, const RelativePosition& position, FollowRedone follow)
{
    Store& store = doc.store();
    if (position.rootName) {
        const auto root = store.roots.find(*position.rootName);
        return root == store.roots.end() ? nullptr : root->second.get();
    }
    const std::optional<LocalId> known =
        position.type ? localId(store, *position.type) : std::nullopt;
    return known ? itemAt(store, *known, follow).item->content.branch() : nullptr;
}

} // namespace

RelativePosition relativePosition(const SharedType& type, std::size_t index,
                                  Association association)
{
    RelativePosition position;
    position.association = static_cast<std::int64_t>(association);
    const Store& store = type.doc().store();
    Branch& branch = *type.branch();
    if (branch.item)
        position.type = store.publicId(branch.item->id());
    else if (branch.isRoot)
        position.rootName = std::string(store.keys.text(branch.name));
    const bool sticksLeft = association == Association::left;
    if (sticksLeft && index == 0)
        return position;
    if (const ItemAt at = findUnit(branch, sticksLeft ? index - 1 : index); at.item)
        position.item = store.publicId({at.item->client, at.item->clock + at.offset});
    else if (const Item* last = sticksLeft ? findEndOfList(branch).left : nullptr)
        position.item = store.publicId(last->lastId());
    return position;
}

std::optional<AbsolutePosition> resolve(Doc& doc, const RelativePosition& position,
                                        FollowRedone followRedone)
{
    if (position.item)
        return resolveItem(doc, *position.item, position.association, followRedone);
    Branch* branch = typeAt(doc, position, followRedone);
    if (!branch)
        return std::nullopt;
    return AbsolutePosition{SharedType(&doc, branch), position.association < 0 ? 0 : branch->length,
                            position.association};
}

} // namespace tessera::crdt
