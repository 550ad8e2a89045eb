// Whatever stands in a document is parsed, placed, measured and written out. First byte even: the rest is an update v1.
// Odd: the rest is a list of (node, key, lib0 any) writes, which reaches every reader of stored values.
#include <cstdio>
#include <cstdlib>

#include <core/base/random.h>
#include <core/document/document.h>

using namespace tessera;
using namespace tessera::document;

namespace {

constexpr const char* nodeNames[] = {"p", "q", "a", "b", "c", "d", "trash", "recovered:p"};
constexpr const char* keys[] = {"t",     "pi",  "name",    "xf",   "size",   "vis",   "lock", "op",   "blend", "fills", "strokes",
                                "sw",    "sAlign", "sCap", "sJoin", "sMiter", "sDash", "radii", "clip", "path",  "text",  "para",
                                "asset", "fit", "svg",     "genId", "other"};

void require(bool holds, const char* what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

void writeValues(Document& document, ByteView bytes)
{
    ByteReader reader(bytes);
    document.crdt().transact("fuzz", [&](crdt::Transaction& transaction) {
        crdt::Map nodes = document.crdt().map("nodes");
        for (int writes = 0; writes < 200 && reader.remaining() > 2; ++writes) {
            const std::string node = nodeNames[reader.readByte().value() % std::size(nodeNames)];
            const std::string key = keys[reader.readByte().value() % std::size(keys)];
            const auto value = crdt::readAny(reader);
            if (!value)
                return;
            if (!nodes.has(node))
                nodes.set(transaction, node, crdt::NewType{});
            nodes.getType(node).asMap().set(transaction, key, value.value());
        }
    });
}

void checkTree(const Document& document)
{
    const Tree& tree = document.tree();
    std::vector<TreeRow> rows;
    std::size_t shown = tree.pages.size();
    for (const auto& [parent, list] : tree.children)
        shown += list.size();
    for (const NodeId& id : document.nodeIds()) {
        const Node* node = document.node(id);
        require(node != nullptr, "a listed node is there");
        rows.push_back({id, node->typeText == "page", node->parent, node->orderKey});
        (void)document.pageTransform(id);
        const Rect bounds = document.pageBounds(id);
        require(bounds.width == bounds.width && bounds.width >= 0, "bounds are numbers");
        (void)toAny(node->fills);
        (void)toAny(node->path);
    }
    const Tree fresh = buildTree(rows);
    require(fresh.pages == tree.pages && fresh.children == tree.children && fresh.shownParent == tree.shownParent,
            "the followed tree is the tree of the rows");
    std::size_t groups = 0;
    for (const auto& [id, parent] : tree.shownParent)
        groups += isRecoveredGroup(id);
    require(tree.shownParent.size() == rows.size() + groups, "every node has one place");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    SeededRandom random(size);
    Document document(random, {crdt::ClientId{1}, true});
    (void)apply(document, CreateNode{NodeId{"p"}, NodeType::page, {}, {}, {}}, "start");
    (void)apply(document, CreateNode{NodeId{"a"}, NodeType::group, {NodeId{"p"}, {}}, {}, {}}, "start");
    checkTree(document);
    const ByteView rest(data + 1, size - 1);
    if (data[0] % 2 == 0)
        (void)document.crdt().applyUpdate(rest, "fuzz");
    else
        writeValues(document, rest);
    checkTree(document);
    require(crdt::parseJson(document.canonicalJson()).hasValue(), "canonical text is JSON");
    for (const NodeId& id : document.nodeIds()) {
        (void)apply(document, MoveNode{id, {NodeId{"a"}, NodeId{"b"}}}, "edit");
        (void)apply(document, EditText{id, 0, 0, "x"}, "edit");
        (void)apply(document, SetFrame{id, {}, {1, 1}}, "edit");
    }
    checkTree(document);
    (void)document.assets();
    (void)document.contentBounds(NodeId{"p"});
    return 0;
}
