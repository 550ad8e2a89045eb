#include <render/scene/scene_builder.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "pieces.h"

namespace tessera::scene {

namespace {

constexpr int deepest = 1000; ///< levels that are drawn: guards the stack against hostile documents

using Bounds = std::unordered_map<NodeId, Rect>;

struct State {
    State(const document::Document& d, text::FontLibrary& f, ImageSource& i) : document(d), fonts(f), images(i) {}

    const document::Document& document;
    text::FontLibrary& fonts;
    ImageSource& images;
    std::unordered_map<NodeId, NodePieces> pieces;
    std::map<NodeId, std::shared_ptr<const DisplayList>> lists;
    Bounds drawn; ///< page box of each node with all below it, as last assembled
    std::map<NodeId, Preview> previews;
    NodeId hidden;

    const NodePieces& piecesOf(const document::Node& node);
    [[nodiscard]] Size sizeOf(const document::Node& node) const;
    [[nodiscard]] Transform transformOf(const document::Node& node) const;
    [[nodiscard]] Transform parentTransform(const NodeId& root) const;
    Rect redraw(const std::set<NodeId>& nodes);
    [[nodiscard]] Rect drawnBounds(const std::set<NodeId>& nodes) const;
    std::shared_ptr<const DisplayList> assemble(const NodeId& root);
};

/// Walks the tree once and writes the list.
class Assembler
{
public:
    Assembler(State& builder, DisplayList& out) : m_builder(builder), m_tree(builder.document.tree()), m_out(out) {}

    /// Returns the page box of everything the node paints.
    Rect add(const NodeId& id, const Transform& parentToPage, int depth);
    Rect addChildren(const NodeId& id, const Transform& toPage, int depth)
    {
        Rect bounds;
        for (const NodeId& child : m_tree.childrenOf(id))
            bounds = united(bounds, add(child, toPage, depth + 1));
        return bounds;
    }

private:
    void push(ItemContent content, const Transform& toPage, const Rect& boundsPage)
    {
        m_out.items.push_back({std::move(content), toPage, boundsPage, static_cast<std::uint32_t>(m_out.nodes.size() - 1)});
    }

    State& m_builder;
    const document::Tree& m_tree;
    DisplayList& m_out;
};

Rect Assembler::add(const NodeId& id, const Transform& parentToPage, int depth)
{
    const document::Node* node = m_builder.document.node(id);
    if (depth > deepest || (node && !node->visible) || id == m_builder.hidden)
        return {};
    if (!node) // the Recovered group stands in the tree only
        return document::isRecoveredGroup(id) ? addChildren(id, parentToPage, depth) : Rect{};
    const Transform toPage = parentToPage * m_builder.transformOf(*node);
    const bool layered = node->opacity < 1;
    const std::size_t layer = m_out.items.size();
    m_out.nodes.push_back(id);
    if (layered)
        push(PushLayer{std::max(0.0, node->opacity)}, toPage, {});
    // A reference to the pieces would not survive the children's being made.
    Rect bounds;
    PathRef clip;
    {
        const NodePieces& pieces = m_builder.piecesOf(*node);
        for (const Piece& piece : pieces.own) {
            const Rect box = toPage.mapBounds(piece.boundsLocal);
            bounds = united(bounds, box);
            push(piece.content, toPage, box);
        }
        clip = pieces.clip;
    }
    if (!m_tree.childrenOf(id).empty()) {
        const auto self = static_cast<std::uint32_t>(m_out.nodes.size() - 1);
        const Rect clipBox = clip ? toPage.mapBounds(clip->controlBounds()) : Rect{};
        if (clip)
            push(PushClip{clip, FillRule::nonzero}, toPage, clipBox);
        const Rect inside = addChildren(id, toPage, depth);
        if (clip) {
            push(PopClip{}, toPage, clipBox);
            m_out.items.back().node = self;
        }
        bounds = united(bounds, clip ? intersected(inside, clipBox) : inside);
    }
    if (layered) {
        m_out.items[layer].boundsPage = bounds;
        push(PopLayer{}, toPage, bounds);
        m_out.items.back().node = m_out.items[layer].node;
    }
    m_builder.drawn[id] = bounds;
    return bounds;
}

const NodePieces& State::piecesOf(const document::Node& node)
{
    const auto found = pieces.find(node.id);
    if (found != pieces.end())
        return found->second;
    return pieces.emplace(node.id, makePieces(node, sizeOf(node), fonts, images)).first->second;
}

Size State::sizeOf(const document::Node& node) const
{
    const auto preview = previews.find(node.id);
    return preview != previews.end() && preview->second.size ? *preview->second.size : node.size;
}

Transform State::transformOf(const document::Node& node) const
{
    const auto preview = previews.find(node.id);
    return preview != previews.end() && preview->second.transform ? *preview->second.transform : node.transform;
}

/// Page transform of the root's parent, previews included.
Transform State::parentTransform(const NodeId& root) const
{
    Transform result;
    const document::Tree& tree = document.tree();
    auto parent = tree.shownParent.find(root);
    for (int depth = 0; parent != tree.shownParent.end() && depth < deepest; ++depth) {
        if (const document::Node* node = document.node(parent->second); node && node->type != document::NodeType::page)
            result = transformOf(*node) * result;
        parent = tree.shownParent.find(parent->second);
    }
    return result;
}

std::shared_ptr<const DisplayList> State::assemble(const NodeId& root)
{
    auto list = std::make_shared<DisplayList>();
    Assembler assembler(*this, *list);
    const document::Node* node = document.node(root);
    const bool isPage = node && node->type == document::NodeType::page;
    if (isPage || document::isRecoveredGroup(root))
        list->boundsPage = assembler.addChildren(root, {}, 0);
    else
        list->boundsPage = assembler.add(root, parentTransform(root), 0);
    return list;
}

Rect State::drawnBounds(const std::set<NodeId>& nodes) const
{
    Rect bounds;
    for (const NodeId& id : nodes) {
        if (const auto found = drawn.find(id); found != drawn.end())
            bounds = united(bounds, found->second);
    }
    return bounds;
}

/// Lists are made again at once: only they tell where changed nodes are now.
Rect State::redraw(const std::set<NodeId>& nodes)
{
    const Rect before = drawnBounds(nodes);
    for (const NodeId& id : nodes)
        drawn.erase(id);
    for (auto& [root, list] : lists)
        list = assemble(root);
    return united(before, drawnBounds(nodes));
}

} // namespace

struct SceneBuilder::Impl : State {
    using State::State;
};

SceneBuilder::SceneBuilder(const document::Document& document, text::FontLibrary& fonts, ImageSource& images)
    : m_impl(std::make_unique<Impl>(document, fonts, images))
{
}
SceneBuilder::~SceneBuilder() = default;

Rect SceneBuilder::apply(const document::ChangeSet& changes)
{
    std::set<NodeId> nodes = changes.nodesAdded;
    nodes.insert(changes.nodesChanged.begin(), changes.nodesChanged.end());
    nodes.insert(changes.nodesRemoved.begin(), changes.nodesRemoved.end());
    if (nodes.empty() && !changes.treeChanged)
        return {};
    for (const NodeId& id : nodes)
        m_impl->pieces.erase(id);
    if (!nodes.empty())
        return m_impl->redraw(nodes);
    for (const auto& entry : m_impl->drawn)
        nodes.insert(entry.first);
    return m_impl->redraw(nodes);
}

Rect SceneBuilder::assetArrived(const ContentHash& asset)
{
    std::set<NodeId> nodes;
    for (const auto& [id, pieces] : m_impl->pieces) {
        if (std::find(pieces.assets.begin(), pieces.assets.end(), asset) != pieces.assets.end())
            nodes.insert(id);
    }
    if (nodes.empty())
        return {};
    for (const NodeId& id : nodes)
        m_impl->pieces.erase(id);
    return m_impl->redraw(nodes);
}

Rect SceneBuilder::setPreviews(std::map<NodeId, Preview> previews)
{
    if (previews == m_impl->previews)
        return {};
    std::set<NodeId> nodes;
    for (const auto& map : {previews, m_impl->previews}) {
        for (const auto& [id, preview] : map) {
            nodes.insert(id);
            if (preview.size)
                m_impl->pieces.erase(id);
        }
    }
    m_impl->previews = std::move(previews);
    return m_impl->redraw(nodes);
}

void SceneBuilder::setHidden(const NodeId& node)
{
    if (node == m_impl->hidden)
        return;
    m_impl->hidden = node;
    m_impl->lists.clear();
}

std::shared_ptr<const DisplayList> SceneBuilder::list(const NodeId& root)
{
    auto& list = m_impl->lists[root];
    if (!list)
        list = m_impl->assemble(root);
    return list;
}

const text::Layout* SceneBuilder::textLayout(const NodeId& id)
{
    const document::Node* node = m_impl->document.node(id);
    if (!node || node->type != document::NodeType::text)
        return nullptr;
    const NodePieces& pieces = m_impl->piecesOf(*node);
    return pieces.layout ? &*pieces.layout : nullptr;
}

} // namespace tessera::scene
