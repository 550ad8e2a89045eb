#include <render/scene/scene_builder.h>

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>

#include <render/scene/effects.h>
#include <render/scene/node_shape.h>

#include "pieces.h"

namespace tessera::scene {

namespace {

constexpr int deepest = 1000; ///< levels that are drawn: guards the stack against hostile documents

using Bounds = std::unordered_map<NodeId, Rect>;

struct State final : PatternSource {
    State(const document::Document& d, text::FontLibrary& f, ImageSource& i) : document(d), fonts(f), images(i) {}

    const document::Document& document;
    text::FontLibrary& fonts;
    ImageSource& images;
    std::unordered_map<NodeId, NodePieces> pieces;
    std::map<NodeId, std::shared_ptr<const DisplayList>> lists;
    Bounds drawn; ///< page box of each node with all below it, as last assembled
    std::map<NodeId, Preview> previews;
    NodeId hidden;
    std::map<NodeId, std::set<NodeId>> patternUsers; ///< by the node whose children are the pattern
    std::vector<NodeId> openPatterns;                ///< being made: a pattern inside itself ends there

    [[nodiscard]] std::shared_ptr<const DisplayList> pattern(const NodeId& node) override;
    void addPatternUsers(std::set<NodeId>& changed) const;
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
    Rect addChildren(const NodeId& id, const Transform& toPage, int depth);

private:
    /// The mask that the node is for the siblings above it; null when it is none.
    [[nodiscard]] const document::Node* maskOf(const NodeId& id) const;
    Rect addMasked(std::span<const NodeId> siblings, const document::Node& mask, const Transform& toPage, int depth);
    void push(ItemContent content, const Transform& toPage, const Rect& boundsPage)
    {
        m_out.items.push_back({std::move(content), toPage, boundsPage, static_cast<std::uint32_t>(m_out.nodes.size() - 1)});
    }

    State& m_builder;
    const document::Tree& m_tree;
    DisplayList& m_out;
};

const document::Node* Assembler::maskOf(const NodeId& id) const
{
    const document::Node* node = m_builder.document.node(id);
    return node && node->visible && node->mask != document::MaskKind::none ? node : nullptr;
}

Rect Assembler::addChildren(const NodeId& id, const Transform& toPage, int depth)
{
    const std::span<const NodeId> children = m_tree.childrenOf(id);
    Rect bounds;
    for (std::size_t i = 0; i < children.size();) {
        const document::Node* mask = maskOf(children[i]);
        if (!mask) {
            bounds = united(bounds, add(children[i++], toPage, depth + 1));
            continue;
        }
        std::size_t end = i + 1;
        while (end < children.size() && !maskOf(children[end]))
            ++end;
        bounds = united(bounds, addMasked(children.subspan(i + 1, end - i - 1), *mask, toPage, depth));
        i = end;
    }
    return bounds;
}

/// A mask that is one outline is a clip; any other is composed apart.
Rect Assembler::addMasked(std::span<const NodeId> siblings, const document::Node& mask, const Transform& toPage, int depth)
{
    if (siblings.empty())
        return {};
    const auto addSiblings = [&] {
        Rect bounds;
        for (const NodeId& sibling : siblings)
            bounds = united(bounds, add(sibling, toPage, depth + 1));
        return bounds;
    };
    m_out.nodes.push_back(mask.id);
    const auto maskIndex = static_cast<std::uint32_t>(m_out.nodes.size() - 1);
    if (mask.mask == document::MaskKind::vector && hasShape(mask.type)) {
        const Transform maskToPage = toPage * m_builder.transformOf(mask);
        const auto shape = std::make_shared<const Path>(shapeOf(mask, m_builder.sizeOf(mask)));
        const Rect clipBox = maskToPage.mapBounds(shape->controlBounds());
        push(PushClip{shape, mask.type == document::NodeType::vector ? mask.path.rule : FillRule::nonzero}, maskToPage, clipBox);
        const Rect inside = addSiblings();
        push(PopClip{}, maskToPage, clipBox);
        m_out.items.back().node = maskIndex;
        return intersected(inside, clipBox);
    }
    const std::size_t layer = m_out.items.size();
    push(PushLayer{}, toPage, {});
    const Rect content = addSiblings();
    const std::size_t maskItem = m_out.items.size();
    push(PushMask{mask.mask == document::MaskKind::luminance}, toPage, content);
    const Rect shown = intersected(content, add(mask.id, toPage, depth + 1));
    push(PopMask{}, toPage, content);
    push(PopLayer{}, toPage, shown);
    m_out.items[layer].boundsPage = shown;
    for (const std::size_t item : {maskItem, m_out.items.size() - 2, m_out.items.size() - 1})
        m_out.items[item].node = maskIndex;
    return shown;
}

Rect Assembler::add(const NodeId& id, const Transform& parentToPage, int depth)
{
    const document::Node* node = m_builder.document.node(id);
    if (depth > deepest || (node && !node->visible) || id == m_builder.hidden)
        return {};
    if (!node) // the Recovered group stands in the tree only
        return document::isRecoveredGroup(id) ? addChildren(id, parentToPage, depth) : Rect{};
    const Transform toPage = parentToPage * m_builder.transformOf(*node);
    const NodePieces& pieces = m_builder.piecesOf(*node); // stays where it is while the children's are made
    const bool isolates = node->blend == BlendMode::normal && !m_tree.childrenOf(id).empty();
    const bool blends = node->blend != BlendMode::normal && node->blend != BlendMode::passThrough;
    const bool layered = node->opacity < 1 || isolates || blends || pieces.effects;
    const std::size_t layer = m_out.items.size();
    m_out.nodes.push_back(id);
    if (layered)
        push(PushLayer{std::max(0.0, node->opacity), blends ? node->blend : BlendMode::normal, pieces.effects, pieces.effectImages}, toPage, {});
    Rect bounds;
    for (const Piece& piece : pieces.own) {
        const Rect box = toPage.mapBounds(piece.boundsLocal);
        bounds = united(bounds, box);
        push(piece.content, toPage, box);
    }
    const PathRef& clip = pieces.clip;
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
        if (pieces.effects)
            bounds = effectBoundsPage(*pieces.effects, bounds, toPage);
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
    NodePieces made = makePieces(node, sizeOf(node), {fonts, images, *this});
    for (const NodeId& used : made.patterns)
        patternUsers[used].insert(node.id);
    return pieces.emplace(node.id, std::move(made)).first->second;
}

std::shared_ptr<const DisplayList> State::pattern(const NodeId& id)
{
    if (std::find(openPatterns.begin(), openPatterns.end(), id) != openPatterns.end() || !document.node(id))
        return nullptr;
    openPatterns.push_back(id);
    auto list = std::make_shared<DisplayList>();
    list->boundsPage = Assembler(*this, *list).addChildren(id, {}, 0);
    openPatterns.pop_back();
    return list;
}

/// Whoever repeats a node shows the changes below it.
void State::addPatternUsers(std::set<NodeId>& changed) const
{
    if (patternUsers.empty())
        return;
    std::vector<NodeId> open(changed.begin(), changed.end());
    while (!open.empty()) {
        NodeId id = open.back();
        open.pop_back();
        for (int depth = 0; depth < deepest && !id.isEmpty(); ++depth) {
            if (const auto users = patternUsers.find(id); users != patternUsers.end()) {
                for (const NodeId& user : users->second) {
                    if (changed.insert(user).second)
                        open.push_back(user);
                }
            }
            const auto parent = document.tree().shownParent.find(id);
            id = parent == document.tree().shownParent.end() ? NodeId{} : parent->second;
        }
    }
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

struct SceneBuilder::Impl {
    State state;
};

SceneBuilder::SceneBuilder(const document::Document& document, text::FontLibrary& fonts, ImageSource& images)
    : m_impl(new Impl{{document, fonts, images}})
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
    m_impl->state.addPatternUsers(nodes);
    for (const NodeId& id : nodes)
        m_impl->state.pieces.erase(id);
    if (!nodes.empty())
        return m_impl->state.redraw(nodes);
    for (const auto& entry : m_impl->state.drawn)
        nodes.insert(entry.first);
    return m_impl->state.redraw(nodes);
}

Rect SceneBuilder::assetArrived(const ContentHash& asset)
{
    std::set<NodeId> nodes;
    for (const auto& [id, pieces] : m_impl->state.pieces) {
        if (std::find(pieces.assets.begin(), pieces.assets.end(), asset) != pieces.assets.end())
            nodes.insert(id);
    }
    if (nodes.empty())
        return {};
    for (const NodeId& id : nodes)
        m_impl->state.pieces.erase(id);
    return m_impl->state.redraw(nodes);
}

Rect SceneBuilder::setPreviews(std::map<NodeId, Preview> previews)
{
    if (previews == m_impl->state.previews)
        return {};
    std::set<NodeId> nodes;
    for (const auto& map : {previews, m_impl->state.previews}) {
        for (const auto& [id, preview] : map) {
            nodes.insert(id);
            if (preview.size)
                m_impl->state.pieces.erase(id);
        }
    }
    m_impl->state.previews = std::move(previews);
    return m_impl->state.redraw(nodes);
}

void SceneBuilder::setHidden(const NodeId& node)
{
    if (node == m_impl->state.hidden)
        return;
    m_impl->state.hidden = node;
    m_impl->state.lists.clear();
}

std::shared_ptr<const DisplayList> SceneBuilder::list(const NodeId& root)
{
    auto& list = m_impl->state.lists[root];
    if (!list)
        list = m_impl->state.assemble(root);
    return list;
}

const text::Layout* SceneBuilder::textLayout(const NodeId& id)
{
    const document::Node* node = m_impl->state.document.node(id);
    if (!node || node->type != document::NodeType::text)
        return nullptr;
    const NodePieces& pieces = m_impl->state.piecesOf(*node);
    return pieces.layout ? &*pieces.layout : nullptr;
}

} // namespace tessera::scene
