#include <app/models/selection.h>

#include <algorithm>

namespace tessera::app {

bool Selection::contains(const NodeId& node) const
{
    return std::ranges::find(m_nodes, node) != m_nodes.end();
}

void Selection::setPage(const NodeId& page)
{
    if (page == m_page)
        return;
    m_page = page;
    set({});
    Q_EMIT pageChanged();
}

void Selection::set(std::vector<NodeId> nodes)
{
    if (nodes == m_nodes)
        return;
    m_nodes = std::move(nodes);
    Q_EMIT changed();
}

void Selection::follow(const document::Document& document)
{
    const auto& pages = document.tree().pages;
    if (std::ranges::find(pages, m_page) == pages.end())
        setPage(pages.empty() ? NodeId{} : pages.front());
    std::vector<NodeId> kept = m_nodes;
    std::erase_if(kept, [&](const NodeId& id) { return !document.node(id) || document.tree().isInTrash(id); });
    set(std::move(kept));
}

} // namespace tessera::app
