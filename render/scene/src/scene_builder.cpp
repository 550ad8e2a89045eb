#include <render/scene/scene_builder.h>

#include <algorithm>

#include <render/scene/effects.h>

#include "assembler.h"
#include "lift.h"

namespace tessera::scene {

namespace {

/// The area with what background blurs make of it, in paint order.
void addBlurredBackdrops(const DisplayList& list, const Transform& toPage, Rect& area)
{
    for (const Item& item : list.items) {
        if (const auto* sub = std::get_if<SubList>(&item.content); sub && (*sub)->blursBackdrop)
            addBlurredBackdrops(**sub, toPage * item.toPage, area);
        const auto* layer = std::get_if<PushLayer>(&item.content);
        if (!layer || !layer->effects)
            continue;
        const Rect box = toPage.mapBounds(item.boundsPage);
        const int reach = backdropReachPx(*layer->effects, toPage * item.toPage);
        if (reach > 0)
            area = united(area, intersected(area.inflated(reach), box));
        else if (area.intersects(box))
            area = united(area, box); // its effects may show a blur inside it elsewhere
    }
}

} // namespace

struct SceneBuilder::Impl {
    Impl(const document::Document& d, text::FontLibrary& fonts, ImageSource& images)
        : document(d), tree(d), assembler(d, fonts, images, tree)
    {
    }

    const document::Document& document;
    SceneTree tree;
    Assembler assembler;
    std::map<NodeId, SubList> lists;
    std::set<NodeId> pages; ///< whose lists were asked for: kept up to date, for they tell where nodes are
    bool hadRecovered = false;
    std::set<SubList> plain; ///< of the last lifted()

    [[nodiscard]] bool isPage(const NodeId& root) const;
    [[nodiscard]] bool hasRecovered() const;
    [[nodiscard]] Transform parentTransform(const NodeId& root) const;
    [[nodiscard]] SubList assemble(const NodeId& root);
    void refresh();
    [[nodiscard]] bool mayBeFolded(const Content& content) const;
    [[nodiscard]] Rect toPage(Rect box, const Content* within) const;
    [[nodiscard]] Rect drawnBounds(const std::set<NodeId>& nodes);
    [[nodiscard]] Rect contentBounds(const std::set<NodeId>& parents);
    [[nodiscard]] Rect pageBounds() const;
    [[nodiscard]] Rect withBackdrops(Rect area) const;
    void addPatternUsers(std::set<NodeId>& changed);
    Rect redraw(std::set<NodeId> nodes, Stale what, bool treeChanged = false);
    Rect redrawAll(const std::set<NodeId>& changed);
};

bool SceneBuilder::Impl::isPage(const NodeId& root) const
{
    const document::Node* node = document.node(root);
    return (node && node->type == document::NodeType::page) || document::isRecoveredGroup(root);
}

bool SceneBuilder::Impl::hasRecovered() const
{
    const document::Tree& shown = document.tree();
    return shown.children.contains(document::recoveredGroupId(shown.pages.empty() ? NodeId{} : shown.pages.front()));
}

/// Page transform of the root's parent, previews included.
Transform SceneBuilder::Impl::parentTransform(const NodeId& root) const
{
    constexpr int farthest = 1000;
    Transform result;
    const document::Tree& shown = document.tree();
    auto parent = shown.shownParent.find(root);
    for (int depth = 0; parent != shown.shownParent.end() && depth < farthest; ++depth) {
        if (const document::Node* node = document.node(parent->second); node && node->type != document::NodeType::page)
            result = assembler.transformOf(*node) * result;
        parent = shown.shownParent.find(parent->second);
    }
    return result;
}

SubList SceneBuilder::Impl::assemble(const NodeId& root)
{
    tree.beginPass();
    if (isPage(root)) {
        hadRecovered = hasRecovered();
        pages.insert(root);
        if (Content* content = tree.contentOf(tree.nodeOf(root)))
            return assembler.listOf(*content);
    } else if (document.node(root)) {
        return assembler.listAlone(tree.nodeOf(root), parentTransform(root));
    }
    return std::make_shared<const DisplayList>();
}

void SceneBuilder::Impl::refresh()
{
    lists.clear();
    for (const NodeId& page : pages)
        lists[page] = assemble(page);
}

/// A layer of one item is drawn without one, which rounds otherwise: one item more changes all of the layer's pixels a little.
bool SceneBuilder::Impl::mayBeFolded(const Content& content) const
{
    const document::Node* owner = document.node(*content.owner->id);
    const bool isLayer = owner && (owner->opacity < 1 || owner->blend == BlendMode::normal);
    return isLayer && content.list && content.list->items.size() <= 1;
}

/// From the space of a container's children to the page, as last drawn; effects above show it elsewhere too. Empty when a
/// container above shows nothing.
Rect SceneBuilder::Impl::toPage(Rect box, const Content* within) const
{
    for (const Content* content = within; content && !box.isEmpty(); content = content->owner->parent) {
        const SceneNode& owner = *content->owner;
        if (pages.contains(*owner.id))
            return box;
        if (owner.bounds.isEmpty())
            return {};
        const bool spreads = (owner.pieces && owner.pieces->effects) || mayBeFolded(*content);
        box = spreads ? owner.bounds : content->placed.mapBounds(box);
    }
    return {};
}

Rect SceneBuilder::Impl::drawnBounds(const std::set<NodeId>& nodes)
{
    Rect bounds;
    for (const NodeId& id : nodes) {
        if (const SceneNode* node = tree.find(id))
            bounds = united(bounds, toPage(node->bounds, node->parent));
    }
    return bounds;
}

Rect SceneBuilder::Impl::contentBounds(const std::set<NodeId>& parents)
{
    Rect bounds;
    for (const NodeId& id : parents) {
        const SceneNode* node = tree.find(id);
        if (node && node->content && node->content->list)
            bounds = united(bounds, toPage(node->content->list->boundsPage, node->content.get()));
    }
    return bounds;
}

Rect SceneBuilder::Impl::pageBounds() const
{
    Rect bounds;
    for (const NodeId& page : pages) {
        if (const auto list = lists.find(page); list != lists.end())
            bounds = united(bounds, list->second->boundsPage);
    }
    return bounds;
}

Rect SceneBuilder::Impl::withBackdrops(Rect area) const
{
    for (const auto& [page, list] : lists) {
        if (!area.isEmpty() && list->blursBackdrop)
            addBlurredBackdrops(*list, {}, area);
    }
    return area;
}

/// Whoever repeats a node shows the changes below it, whether it stood there before the change or does now.
void SceneBuilder::Impl::addPatternUsers(std::set<NodeId>& changed)
{
    if (!assembler.hasPatterns())
        return;
    std::vector<NodeId> open(changed.begin(), changed.end());
    const auto addUsersOf = [&](const NodeId& id) {
        for (const NodeId& user : assembler.patternUsers(id)) {
            if (changed.insert(user).second)
                open.push_back(user);
        }
    };
    const auto& shownParent = document.tree().shownParent;
    while (!open.empty()) {
        const NodeId id = open.back();
        open.pop_back();
        for (auto up = shownParent.find(id); up != shownParent.end(); up = shownParent.find(up->second))
            addUsersOf(up->first);
        addUsersOf(id);
        const SceneNode* node = tree.find(id);
        for (const Content* content = node ? node->parent : nullptr; content; content = content->owner->parent)
            addUsersOf(*content->owner->id);
    }
}

Rect SceneBuilder::Impl::redraw(std::set<NodeId> nodes, Stale what, bool treeChanged)
{
    const std::set<NodeId> named = nodes;
    addPatternUsers(nodes);
    Rect area = drawnBounds(nodes);
    std::vector<std::pair<NodeId, Rect>> left; // where nodes were in containers that they may leave
    for (const NodeId& id : nodes) {
        const SceneNode* node = tree.find(id);
        if (node && node->parent && !node->bounds.isEmpty())
            left.emplace_back(*node->parent->owner->id, node->bounds);
    }
    for (const NodeId& id : nodes) {
        if (SceneNode* node = tree.find(id))
            SceneTree::markStale(*node, named.contains(id) ? what : Stale::pieces);
    }
    const std::set<NodeId> remasked = treeChanged ? tree.followMoves(named) : tree.followMasks(named);
    area = united(area, contentBounds(remasked)); // as drawn before
    refresh();
    for (const auto& [parent, bounds] : left) { // what is left there may be drawn otherwise
        if (const SceneNode* owner = tree.find(parent))
            area = united(area, owner->content ? toPage(bounds, owner->content.get()) : toPage(owner->bounds, owner->parent));
    }
    return withBackdrops(united(area, united(drawnBounds(nodes), contentBounds(remasked))));
}

/// Nodes may have moved that the change does not name.
Rect SceneBuilder::Impl::redrawAll(const std::set<NodeId>& changed)
{
    const Rect before = pageBounds();
    for (const NodeId& id : changed) {
        if (SceneNode* node = tree.find(id))
            node->stale = Stale::pieces;
    }
    tree.rebuild();
    refresh();
    return united(before, pageBounds());
}

SceneBuilder::SceneBuilder(const document::Document& document, text::FontLibrary& fonts, ImageSource& images)
    : m_impl(std::make_unique<Impl>(document, fonts, images))
{
}
SceneBuilder::~SceneBuilder() = default;

Rect SceneBuilder::apply(const document::ChangeSet& changes)
{
    m_impl->tree.beginPass();
    std::set<NodeId> nodes = changes.nodesAdded;
    nodes.insert(changes.nodesChanged.begin(), changes.nodesChanged.end());
    nodes.insert(changes.nodesRemoved.begin(), changes.nodesRemoved.end());
    if (nodes.empty() && !changes.treeChanged)
        return {};
    // Nodes without a place come and go as others do: what is named then is not all that moves.
    if (changes.treeChanged && (nodes.empty() || m_impl->hadRecovered || m_impl->hasRecovered())) {
        m_impl->addPatternUsers(nodes);
        return m_impl->redrawAll(nodes);
    }
    return m_impl->redraw(std::move(nodes), Stale::pieces, changes.treeChanged);
}

Rect SceneBuilder::assetArrived(const ContentHash& asset)
{
    const std::set<NodeId>& users = m_impl->assembler.assetUsers(asset);
    return users.empty() ? Rect{} : m_impl->redraw(users, Stale::pieces);
}

Rect SceneBuilder::setPreviews(std::map<NodeId, Preview> previews)
{
    std::map<NodeId, Preview>& shown = m_impl->assembler.previews;
    if (previews == shown)
        return {};
    std::set<NodeId> nodes;
    Stale what = Stale::place;
    for (const auto* map : {&previews, &shown}) {
        for (const auto& [id, preview] : *map) {
            nodes.insert(id);
            if (preview.size)
                what = Stale::pieces;
        }
    }
    shown = std::move(previews);
    return m_impl->redraw(std::move(nodes), what);
}

void SceneBuilder::setHidden(const NodeId& node)
{
    NodeId& hidden = m_impl->assembler.hidden;
    if (node == hidden)
        return;
    const std::set<NodeId> nodes{node, hidden};
    hidden = node;
    (void)m_impl->redraw(nodes, Stale::place);
}

std::shared_ptr<const DisplayList> SceneBuilder::list(const NodeId& root)
{
    auto& list = m_impl->lists[root];
    if (!list)
        list = m_impl->assemble(root);
    return list;
}

std::optional<LiftedPage> SceneBuilder::lifted(const NodeId& page, const std::set<NodeId>& nodes)
{
    if (nodes.empty() || m_impl->assembler.hasPatterns())
        return std::nullopt;
    const SubList whole = list(page);
    std::set<const DisplayList*> path;
    for (const NodeId& id : nodes) {
        for (const SceneNode* node = m_impl->tree.find(id); !node || *node->id != page; node = node->parent->owner) {
            if (!node || !node->parent || !node->leaf) // it has not been drawn, or stands elsewhere, or is a mask
                return std::nullopt;
            for (const Chunk* chunk = node->leaf; chunk; chunk = chunk->above)
                path.insert(chunk->list.get());
            path.insert(node->parent->list.get());
        }
    }
    return liftedFrom(*whole, path, nodes, m_impl->plain);
}

const text::Layout* SceneBuilder::textLayout(const NodeId& id)
{
    const document::Node* node = m_impl->document.node(id);
    if (!node || node->type != document::NodeType::text)
        return nullptr;
    const NodePieces& pieces = m_impl->assembler.piecesOf(m_impl->tree.nodeOf(id), *node);
    return pieces.layout ? &*pieces.layout : nullptr;
}

std::optional<std::vector<NodeId>> SceneBuilder::childrenNear(const NodeId& container, const Rect& rect) const
{
    const SceneNode* node = m_impl->tree.find(container);
    if (!node || !node->content || node->content->stale)
        return std::nullopt;
    return nodesNear(*node->content, rect);
}

SceneStatistics SceneBuilder::statistics() const { return m_impl->assembler.statistics(); }

} // namespace tessera::scene
