#include "command_plan.h"

#include <algorithm>
#include <cmath>

#include <core/base/utf.h>

#include "any_reader.h"
#include "order_key.h"
#include "stored_form.h"
#include "tree_rules.h"

namespace tessera::document {
namespace {

/// Keys up to this length may stand beside freshly keyed ones; longer ones are keyed anew with them.
constexpr std::size_t shortKeyChars = 24;

bool holdsChildren(NodeType type)
{
    return type == NodeType::page || type == NodeType::frame || type == NodeType::group || type == NodeType::unknown;
}

bool isLength(double value) { return std::abs(value) <= maxLength; }

bool isUsable(const Transform& t)
{
    return isLength(t.a) && isLength(t.b) && isLength(t.c) && isLength(t.d) && isLength(t.e) && isLength(t.f);
}

bool areUsable(const Properties& properties)
{
    return std::all_of(properties.begin(), properties.end(), [](const auto& property) {
        return !isReservedKey(property.first) && isStorable(property.second);
    });
}

} // namespace

std::optional<CommandErrc> Plan::add(const Command& command)
{
    return std::visit([this](const auto& concrete) { return check(concrete); }, command);
}

std::optional<NodeType> Plan::typeOf(const NodeId& id) const
{
    if (const auto created = m_created.find(id); created != m_created.end())
        return created->second;
    const Node* node = m_document.node(id);
    return node == nullptr ? std::nullopt : std::optional(node->type);
}

NodeId Plan::shownParentOf(const NodeId& id) const
{
    if (const auto planned = m_places.find(id); planned != m_places.end())
        return planned->second.parent;
    const auto& shown = m_document.tree().shownParent;
    const auto found = shown.find(id);
    return found == shown.end() ? NodeId{} : found->second;
}

bool Plan::isWithin(const NodeId& id, const NodeId& ancestor) const
{
    for (NodeId at = id; !at.isEmpty(); at = shownParentOf(at)) {
        if (at == ancestor)
            return true;
    }
    return false;
}

std::optional<CommandErrc> Plan::checkPlace(const NodeId& id, NodeType type, const Placement& placement) const
{
    if (type == NodeType::page)
        return placement.parent.isEmpty() ? std::nullopt : std::optional(CommandErrc::wrongParent);
    if (placement.parent.isEmpty())
        return CommandErrc::wrongParent;
    const auto parentType = typeOf(placement.parent);
    if (!parentType)
        return CommandErrc::unknownNode;
    if (!holdsChildren(*parentType))
        return CommandErrc::wrongParent;
    return isWithin(placement.parent, id) ? std::optional(CommandErrc::wouldLoop) : std::nullopt;
}

std::string Plan::orderKeyOf(const NodeId& id) const
{
    if (const auto planned = m_places.find(id); planned != m_places.end())
        return planned->second.orderKey;
    const Node* node = m_document.node(id);
    return node == nullptr ? std::string() : node->orderKey;
}

std::vector<NodeId>& Plan::siblingsUnder(const NodeId& parent)
{
    const auto [found, isNew] = m_siblings.try_emplace(parent);
    if (isNew) {
        const Tree& tree = m_document.tree();
        found->second = parent.isEmpty() ? tree.pages : tree.childrenOf(parent);
        if (!found->second.empty() && isRecoveredGroup(found->second.back()))
            found->second.pop_back();
    }
    return found->second;
}

std::string Plan::orderKeyFor(const Placement& placement)
{
    const std::vector<NodeId>& siblings = siblingsUnder(placement.parent);
    auto at = siblings.end();
    if (placement.before)
        at = std::find(siblings.begin(), siblings.end(), *placement.before);
    const std::string after = at == siblings.begin() ? std::string() : orderKeyOf(*(at - 1));
    const std::string before = at == siblings.end() ? std::string() : orderKeyOf(*at);
    return orderKeyBetween(after, before, m_document.random());
}

void Plan::place(const NodeId& id, const Placement& placement)
{
    const bool isKnown = m_document.node(id) != nullptr || m_places.contains(id);
    const NodeId oldParent = isKnown ? shownParentOf(id) : NodeId{};
    const bool stays = isKnown && oldParent == placement.parent;
    std::vector<NodeId>& siblings = siblingsUnder(placement.parent);
    if (stays && placement.before == id)
        return;
    std::ptrdiff_t oldIndex = -1;
    if (isKnown) {
        std::vector<NodeId>& old = siblingsUnder(oldParent);
        const auto self = std::find(old.begin(), old.end(), id);
        if (self != old.end()) {
            oldIndex = self - old.begin();
            old.erase(self);
        }
    }
    auto at = siblings.end();
    if (placement.before)
        at = std::find(siblings.begin(), siblings.end(), *placement.before);
    const auto index = at - siblings.begin();
    siblings.insert(at, id);
    if (stays && index == oldIndex)
        return; // nothing to write: it is there
    m_places[id] = {placement.parent, ""};
    assignKey(siblings, static_cast<std::size_t>(index), placement.parent);
}

void Plan::assignKey(std::vector<NodeId>& siblings, std::size_t at, const NodeId& parent)
{
    const auto keyAt = [&](std::size_t i) { return orderKeyOf(siblings[i]); };
    // The run [low, high) gets new keys; at first the new node alone, then more while its ends allow no short key.
    std::size_t low = at, high = at + 1;
    std::size_t limit = maxOrderKeyChars - 1;
    for (;;) {
        const std::string after = low == 0 ? std::string() : keyAt(low - 1);
        const std::string before = high == siblings.size() ? std::string() : keyAt(high);
        const bool afterWorks = low == 0 || (isOrderKey(after) && after.size() <= limit);
        const bool beforeWorks = high == siblings.size() || (isOrderKey(before) && before.size() <= limit);
        const bool apart = low == 0 || high == siblings.size() || after < before;
        if (afterWorks && beforeWorks && apart) {
            const std::vector<std::string> keys = orderKeysBetween(after, before, high - low, m_document.random());
            const bool areShort = std::all_of(keys.begin(), keys.end(), [](const std::string& key) {
                return key.size() <= maxOrderKeyChars;
            });
            if (areShort || (low == 0 && high == siblings.size())) {
                for (std::size_t i = low; i < high; ++i)
                    m_places[siblings[i]] = {parent, keys[i - low]};
                return;
            }
        }
        limit = shortKeyChars;
        const bool endsWork = afterWorks && beforeWorks;
        if (low > 0 && (!afterWorks || endsWork))
            --low;
        if (high < siblings.size() && (!beforeWorks || endsWork))
            ++high;
    }
}

std::u16string* Plan::textOf(const NodeId& id)
{
    if (typeOf(id) != NodeType::text)
        return nullptr;
    const auto [found, isNew] = m_texts.try_emplace(id);
    if (isNew) {
        if (const Node* node = m_document.node(id))
            found->second = toUtf16(node->plainText());
    }
    return &found->second;
}

bool Plan::isTextRange(const std::u16string& text, std::uint64_t at, std::uint64_t count) const
{
    if (at + count > text.size())
        return false;
    const auto splitsPair = [&](std::uint64_t unit) {
        return unit > 0 && unit < text.size() && (text[unit] & 0xfc00) == 0xdc00 && (text[unit - 1] & 0xfc00) == 0xd800;
    };
    return !splitsPair(at) && !splitsPair(at + count);
}

std::optional<CommandErrc> Plan::check(const CreateNode& command)
{
    if (!isNodeId(command.id) || !isUtf8(command.id.text()) || command.type == NodeType::unknown)
        return CommandErrc::outOfRange;
    if (typeOf(command.id))
        return CommandErrc::nodeExists;
    if (!areUsable(command.properties))
        return CommandErrc::outOfRange;
    if (const auto wrong = checkPlace(command.id, command.type, command.placement))
        return wrong;
    m_created.emplace(command.id, command.type);
    if (command.type == NodeType::text)
        m_texts[command.id] = toUtf16(command.text);
    place(command.id, command.placement);
    return std::nullopt;
}

std::optional<CommandErrc> Plan::check(const SetProperties& command)
{
    if (!typeOf(command.node))
        return CommandErrc::unknownNode;
    return areUsable(command.properties) ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

std::optional<CommandErrc> Plan::check(const SetTransform& command)
{
    if (!typeOf(command.node))
        return CommandErrc::unknownNode;
    return isUsable(command.transform) ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

std::optional<CommandErrc> Plan::check(const SetFrame& command)
{
    if (!typeOf(command.node))
        return CommandErrc::unknownNode;
    const Size size = command.size;
    const bool usable = isUsable(command.transform) && isLength(size.width) && isLength(size.height) && size.width >= 0
        && size.height >= 0;
    return usable ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

std::optional<CommandErrc> Plan::check(const MoveNode& command)
{
    const auto type = typeOf(command.node);
    if (!type)
        return CommandErrc::unknownNode;
    if (const auto wrong = checkPlace(command.node, *type, command.placement))
        return wrong;
    place(command.node, command.placement);
    return std::nullopt;
}

std::optional<CommandErrc> Plan::check(const DeleteNode& command)
{
    if (!typeOf(command.node))
        return CommandErrc::unknownNode;
    if (shownParentOf(command.node) != trashId)
        place(command.node, {trashId, std::nullopt});
    return std::nullopt;
}

std::optional<CommandErrc> Plan::check(const EditText& command)
{
    if (!typeOf(command.node))
        return CommandErrc::unknownNode;
    std::u16string* text = textOf(command.node);
    if (text == nullptr)
        return CommandErrc::notText;
    if (!isTextRange(*text, command.at, command.removeCount))
        return CommandErrc::outOfRange;
    text->replace(command.at, command.removeCount, toUtf16(command.insert));
    return std::nullopt;
}

std::optional<CommandErrc> Plan::check(const FormatText& command)
{
    if (!typeOf(command.node))
        return CommandErrc::unknownNode;
    const std::u16string* text = textOf(command.node);
    if (text == nullptr)
        return CommandErrc::notText;
    const bool usable = isTextRange(*text, command.at, command.count)
        && std::all_of(command.attributes.begin(), command.attributes.end(),
                       [](const auto& attribute) { return isStorable(attribute.second); });
    return usable ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

std::optional<CommandErrc> Plan::check(const AddAsset& command)
{
    return parseContentHash(command.hash.hex) ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

std::optional<CommandErrc> Plan::check(const AddGeneration& command)
{
    const bool usable = !command.id.empty() && command.id.size() <= maxIdBytes && isUtf8(command.id)
        && isStorable(crdt::Any(command.record));
    return usable ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

std::optional<CommandErrc> Plan::check(const SetMeta& command)
{
    const bool reserved = command.key.empty() || command.key == "formatVersion" || command.key == "minReaderVersion"
        || command.key == "fileId";
    return !reserved && isStorable(command.value) ? std::nullopt : std::optional(CommandErrc::outOfRange);
}

} // namespace tessera::document
