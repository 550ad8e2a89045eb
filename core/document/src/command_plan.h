#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <core/document/document.h>

#include "node_parse.h"

/// What a batch of commands will have done to kinds, places and texts so far, on top of a document that is not
/// touched yet. So a batch can be checked whole before anything is written.
namespace tessera::document {

class Plan
{
public:
    explicit Plan(const Document& document) : m_document(document) {}

    /// Checks one command against the plan and enters it there when it is good.
    [[nodiscard]] std::optional<CommandErrc> add(const Command& command);

    /// Final place of every node whose place the batch decides, siblings that were keyed anew included.
    [[nodiscard]] const std::map<NodeId, Place>& places() const { return m_places; }
    [[nodiscard]] bool isCreated(const NodeId& id) const { return m_created.contains(id); }
    [[nodiscard]] std::string orderKeyFor(const Placement& placement);

private:
    std::optional<CommandErrc> check(const CreateNode& command);
    std::optional<CommandErrc> check(const SetProperties& command);
    std::optional<CommandErrc> check(const SetTransform& command);
    std::optional<CommandErrc> check(const SetFrame& command);
    std::optional<CommandErrc> check(const MoveNode& command);
    std::optional<CommandErrc> check(const DeleteNode& command);
    std::optional<CommandErrc> check(const EditText& command);
    std::optional<CommandErrc> check(const FormatText& command);
    std::optional<CommandErrc> check(const AddAsset& command);
    std::optional<CommandErrc> check(const AddGeneration& command);
    std::optional<CommandErrc> check(const SetMeta& command);

    [[nodiscard]] std::optional<NodeType> typeOf(const NodeId& id) const;
    [[nodiscard]] NodeId shownParentOf(const NodeId& id) const;
    [[nodiscard]] bool isWithin(const NodeId& id, const NodeId& ancestor) const;
    [[nodiscard]] std::optional<CommandErrc> checkPlace(const NodeId& id, NodeType type, const Placement& placement) const;
    [[nodiscard]] std::string orderKeyOf(const NodeId& id) const;
    [[nodiscard]] std::vector<NodeId>& siblingsUnder(const NodeId& parent);
    void place(const NodeId& id, const Placement& placement);
    /// Keys `at` in the list; when there is no short key for it, its neighbours too.
    void assignKey(std::vector<NodeId>& siblings, std::size_t at, const NodeId& parent);
    /// Null when the node is no text.
    [[nodiscard]] std::u16string* textOf(const NodeId& id);
    [[nodiscard]] bool isTextRange(const std::u16string& text, std::uint64_t at, std::uint64_t count) const;

    const Document& m_document;
    std::map<NodeId, Place> m_places;
    std::unordered_map<NodeId, NodeType> m_created;
    std::unordered_map<NodeId, std::vector<NodeId>> m_siblings;
    std::unordered_map<NodeId, std::u16string> m_texts;
};

} // namespace tessera::document
