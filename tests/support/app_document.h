#pragma once

#include <memory>
#include <string>

#include <core/base/random.h>
#include <core/document/document.h>

/// A small document with known ids for tests of the editor: page "page", frame "frame" at (100, 100) of 400 x 300, in it
/// "red" at (10, 10) of 50 x 40, on the page "blue" at (600, 50) of 100 x 100.
namespace tessera::test {

inline document::CreateNode makeNode(const std::string& id, document::NodeType type, const std::string& parent, Rect box)
{
    document::CreateNode create;
    create.id = NodeId(id);
    create.type = type;
    create.placement = {NodeId(parent), std::nullopt};
    create.properties = {{"name", id},
                         {"xf", document::toAny(Transform::translation(box.x, box.y))},
                         {"size", document::toAny(Size{box.width, box.height})},
                         {"fills", document::toAny(std::vector{document::solidPaint({1, 0, 0, 1})})}};
    return create;
}

struct AppDocument {
    SeededRandom random{7};
    document::Document document{random};

    AppDocument()
    {
        document::CreateNode page;
        page.id = NodeId("page");
        page.type = document::NodeType::page;
        page.properties = {{"name", "Page 1"}};
        run({page, makeNode("frame", document::NodeType::frame, "page", {100, 100, 400, 300}),
             makeNode("red", document::NodeType::rect, "frame", {10, 10, 50, 40}),
             makeNode("blue", document::NodeType::rect, "page", {600, 50, 100, 100})});
    }

    bool run(const std::vector<document::Command>& commands)
    {
        return document::apply(document, commands, "test").hasValue();
    }
    [[nodiscard]] const document::Node& node(const std::string& id) const { return *document.node(NodeId(id)); }
    [[nodiscard]] std::vector<NodeId> children(const std::string& id) const { return document.tree().childrenOf(NodeId(id)); }
};

} // namespace tessera::test
