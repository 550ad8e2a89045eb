#include <render/scene/display_list.h>

#include <algorithm>
#include <cmath>

#include <unordered_map>

#include <render/scene/effects.h>

#include "item_bounds.h"

namespace tessera::scene {

namespace {

void append(DisplayList& out, std::unordered_map<NodeId, std::uint32_t>& indexOf, const DisplayList& list, const Transform& toPage)
{
    for (const Item& item : list.items) {
        if (const auto* sub = std::get_if<SubList>(&item.content)) {
            append(out, indexOf, **sub, toPage * item.toPage);
            continue;
        }
        const NodeId& id = list.nodes[item.node];
        const auto [index, isNew] = indexOf.try_emplace(id, static_cast<std::uint32_t>(out.nodes.size()));
        if (isNew)
            out.nodes.push_back(id);
        out.items.push_back({item.content, toPage * item.toPage, toPage.mapBounds(item.boundsPage), index->second});
    }
}

/// Unions of what is painted, for each clip, layer and mask that is open.
class BoundsWalker
{
public:
    void walk(const DisplayList& list, const Transform& toPage)
    {
        for (const Item& item : list.items)
            add(item, toPage * item.toPage);
    }
    [[nodiscard]] Rect take() const { return m_open.front(); }

private:
    void add(const Item& item, const Transform& toPage)
    {
        if (const auto* sub = std::get_if<SubList>(&item.content))
            walk(**sub, toPage);
        else if (isPush(item.content))
            m_open.emplace_back(), m_pushes.push_back({&item, toPage});
        else if (!isPaint(item.content))
            pop();
        else
            m_open.back() = united(m_open.back(), toPage.mapBounds(localBounds(item.content)));
    }

    void pop()
    {
        Rect inner = m_open.back();
        const Item* push = m_pushes.back().item;
        const Transform toPage = m_pushes.back().toPage;
        m_open.pop_back();
        m_pushes.pop_back();
        if (std::holds_alternative<PushMask>(push->content)) {
            m_open.back() = intersected(m_open.back(), inner); // cuts what its layer has so far
            return;
        }
        if (const auto* clip = std::get_if<PushClip>(&push->content))
            inner = intersected(inner, toPage.mapBounds(clip->path->controlBounds()));
        else if (const auto& effects = std::get<PushLayer>(push->content).effects)
            inner = effectBoundsPage(*effects, inner, toPage);
        m_open.back() = united(m_open.back(), inner);
    }

    struct Push {
        const Item* item{};
        Transform toPage;
    };
    std::vector<Rect> m_open{1};
    std::vector<Push> m_pushes;
};

} // namespace

DisplayList flattened(const DisplayList& list)
{
    DisplayList out;
    std::unordered_map<NodeId, std::uint32_t> indexOf;
    append(out, indexOf, list, {});
    out.boundsPage = list.boundsPage;
    return out;
}

Rect paintedBounds(const DisplayList& list)
{
    BoundsWalker walker;
    walker.walk(list, {});
    return walker.take();
}

View viewOf(const Rect& boundsPage, double scale)
{
    const auto pixels = [scale](double length) {
        return static_cast<int>(std::clamp(std::ceil(length * scale - 1e-6), 1.0, 1e6));
    };
    return {Transform::scaling(scale, scale) * Transform::translation(-boundsPage.x, -boundsPage.y),
            pixels(boundsPage.width), pixels(boundsPage.height)};
}

} // namespace tessera::scene
