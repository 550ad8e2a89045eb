#pragma once

#include <span>
#include <string>
#include <vector>

#include <app/models/geometry_edits.h>
#include <core/base/random.h>
#include <core/document/document.h>

/// Commands that change the tree: group, order, copy, paste, delete. Pure: they read the document and return commands.
namespace tessera::app {

/// Commands and the nodes to select after they ran.
struct StructureEdit {
    Commands commands;
    std::vector<NodeId> selection;
};

/// The selection under a new group or frame, at the place of its topmost node. Frames take the selection's bounds.
[[nodiscard]] StructureEdit groupNodes(const document::Document& document, std::span<const NodeId> nodes,
                                       document::NodeType container, Random& random);
/// Children of the selected groups and frames move up to where their container was.
[[nodiscard]] StructureEdit ungroupNodes(const document::Document& document, std::span<const NodeId> nodes);
[[nodiscard]] StructureEdit duplicateNodes(const document::Document& document, std::span<const NodeId> nodes,
                                           Point offset, Random& random);
[[nodiscard]] Commands deleteNodes(const document::Document& document, std::span<const NodeId> nodes);

enum class OrderStep : std::uint8_t { forward, backward, toFront, toBack };
[[nodiscard]] Commands reorderNodes(const document::Document& document, std::span<const NodeId> nodes, OrderStep step);

/// Into `placement`, keeping their place on the page. Nodes that would end in themselves are left out.
[[nodiscard]] Commands moveNodes(const document::Document& document, std::span<const NodeId> nodes,
                                 const document::Placement& placement);

enum class Flag : std::uint8_t { visible, locked };
/// All the same afterwards: on unless all were on already.
[[nodiscard]] Commands toggleFlag(const document::Document& document, std::span<const NodeId> nodes, Flag flag);

/// Nodes as layers: the JSON form of docs/wire.md (job event, `layers`), also used on the clipboard. Transforms of the
/// roots are those of the page.
[[nodiscard]] crdt::Any layersOf(const document::Document& document, std::span<const NodeId> nodes);
/// New nodes with new ids made from layers, under `placement`; `rootMap` maps the roots from their own space into the
/// parent. Malformed layers are skipped.
[[nodiscard]] StructureEdit insertLayers(const crdt::Any& layers, const document::Placement& placement,
                                         const Transform& rootMap, Random& random);

[[nodiscard]] NodeId makeNodeId(Random& random);
/// "Rectangle", "Frame", … : the name a new node of the type takes.
[[nodiscard]] std::string defaultName(document::NodeType type);

} // namespace tessera::app
