#include "lift.h"

#include <algorithm>
#include <array>

#include <render/scene/effects.h>

namespace tessera::scene {

namespace {

enum Part : std::size_t { below, lifted, above, parts };

/// Whether what it makes depends on what is below it.
bool needsBackdrop(const Item& item)
{
    if (const auto* sub = std::get_if<SubList>(&item.content))
        return std::any_of((*sub)->items.begin(), (*sub)->items.end(), needsBackdrop);
    const auto* layer = std::get_if<PushLayer>(&item.content);
    if (!layer)
        return false;
    const bool blends = layer->blend != BlendMode::normal && layer->blend != BlendMode::passThrough;
    return blends || (layer->effects && backdropReachPx(*layer->effects, item.toPage) > 0);
}

bool isClip(const Item& item)
{
    return std::holds_alternative<PushClip>(item.content) || std::holds_alternative<PopClip>(item.content);
}

class Cut
{
public:
    Cut(const std::set<const DisplayList*>& path, const std::set<NodeId>& nodes, const std::set<SubList>& plain)
        : m_path(path), m_nodes(nodes), m_knownPlain(plain)
    {
    }

    std::array<DisplayList, parts> of(const DisplayList& list);
    [[nodiscard]] bool isWhole() const { return !m_failed && m_found == m_nodes.size(); }
    std::set<SubList> plain; ///< of those that were cut off

private:
    [[nodiscard]] bool isLifted(const DisplayList& list, const Item& item) const
    {
        return item.node != noNode && m_nodes.contains(list.nodes[item.node]);
    }
    [[nodiscard]] bool isPlain(const Item& item)
    {
        const auto* sub = std::get_if<SubList>(&item.content);
        const bool is = (sub && m_knownPlain.contains(*sub)) || !needsBackdrop(item);
        if (sub && is)
            plain.insert(*sub);
        return is;
    }
    void add(std::array<DisplayList, parts>& to, Part part, const Item& item)
    {
        m_failed = m_failed || (part != below && !isPlain(item));
        to[part].items.push_back(item);
        if (!isClip(item))
            to[part].boundsPage = united(to[part].boundsPage, item.boundsPage);
    }

    const std::set<const DisplayList*>& m_path;
    const std::set<NodeId>& m_nodes;
    const std::set<SubList>& m_knownPlain;
    Part m_part = below; ///< where the next item belongs
    std::size_t m_found = 0;
    bool m_failed = false;
};

std::array<DisplayList, parts> Cut::of(const DisplayList& list)
{
    std::array<DisplayList, parts> made;
    for (DisplayList& part : made) {
        part.nodes = list.nodes;
        part.blursBackdrop = list.blursBackdrop;
    }
    int openLayers = 0; // a layer is one thing: what is in it cannot be cut apart
    for (std::size_t i = 0; i < list.items.size();) {
        const Item& item = list.items[i];
        const auto* sub = std::get_if<SubList>(&item.content);
        if (isLifted(list, item)) {
            m_failed = m_failed || openLayers > 0;
            for (; i < list.items.size() && list.items[i].node == item.node; ++i)
                add(made, lifted, list.items[i]);
            m_part = ++m_found == m_nodes.size() ? above : lifted; // what is between two of them goes with them
            continue;
        }
        ++i;
        if (isClip(item) && openLayers == 0) {
            for (const Part part : {below, lifted, above})
                add(made, part, item);
        } else if (sub && m_path.contains(sub->get())) {
            m_failed = m_failed || openLayers > 0;
            std::array<DisplayList, parts> inner = of(**sub);
            for (const Part part : {below, lifted, above}) {
                if (std::all_of(inner[part].items.begin(), inner[part].items.end(), isClip))
                    continue;
                const Rect bounds = item.toPage.mapBounds(inner[part].boundsPage);
                made[part].boundsPage = united(made[part].boundsPage, bounds);
                made[part].items.push_back({std::make_shared<const DisplayList>(std::move(inner[part])), item.toPage, bounds, item.node});
            }
        } else {
            openLayers += std::holds_alternative<PushLayer>(item.content);
            openLayers -= std::holds_alternative<PopLayer>(item.content);
            add(made, m_part, item);
        }
    }
    return made;
}

} // namespace

std::optional<LiftedPage> liftedFrom(const DisplayList& page, const std::set<const DisplayList*>& path, const std::set<NodeId>& nodes,
                                     std::set<SubList>& plain)
{
    Cut cut(path, nodes, plain);
    std::array<DisplayList, parts> made = cut.of(page);
    plain = std::move(cut.plain);
    if (!cut.isWhole())
        return std::nullopt;
    const auto shared = [](DisplayList& list) { return std::make_shared<const DisplayList>(std::move(list)); };
    LiftedPage cutPage{shared(made[below]), shared(made[lifted]), shared(made[above]), nullptr};
    DisplayList rest;
    for (const SubList& list : {cutPage.below, cutPage.above}) {
        rest.items.push_back({list, {}, list->boundsPage, noNode});
        rest.boundsPage = united(rest.boundsPage, list->boundsPage);
        rest.blursBackdrop = rest.blursBackdrop || list->blursBackdrop;
    }
    cutPage.rest = shared(rest);
    return cutPage;
}

} // namespace tessera::scene
