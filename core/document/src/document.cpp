#include <core/document/document.h>

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

#include "any_reader.h"
#include "canonical.h"
#include "command_plan.h"
#include "node_parse.h"
#include "order_key.h"
#include "paint_form.h"
#include "roots.h"
#include "tree_index.h"
#include "tree_rules.h"

namespace tessera::document {
namespace {

std::uint64_t readCount(const crdt::Any* value)
{
    return static_cast<std::uint64_t>(readNumber(value, 0, 9007199254740991.0).value_or(0));
}

std::uint32_t readPixels(const crdt::Any* value)
{
    return static_cast<std::uint32_t>(readNumber(value, 0, 4294967295.0).value_or(0));
}

std::string textOrEmpty(const crdt::Any* value)
{
    const std::string* text = readString(value);
    return text == nullptr ? std::string() : *text;
}

std::optional<Asset> readAsset(std::string_view key, const crdt::Value& stored)
{
    const auto hash = parseContentHash(key);
    if (!hash)
        return std::nullopt;
    const crdt::Any value = plainValue(stored);
    if (value.object() == nullptr)
        return std::nullopt;
    return Asset{*hash, textOrEmpty(value.find("mime")), readCount(value.find("bytes")),
                 readPixels(value.find("width")), readPixels(value.find("height")), textOrEmpty(value.find("name"))};
}

} // namespace

struct Document::Impl {
    struct Entry {
        NodeEntry stored;
        mutable std::unique_ptr<Node> parsed; ///< made when first asked for
    };
    using Callback = std::function<void(const ChangeSet&)>;

    Impl(Random& givenRandom, const crdt::DocOptions& options)
        : random(givenRandom), doc(options), meta(doc.map(root::meta)), nodes(doc.map(root::nodes)),
          assets(doc.map(root::assets)), generations(doc.map(root::generations))
    {
    }

    /// Reads the entry anew; forgets it when it is gone or no node.
    void reload(const NodeId& id, ChangeSet& changes);
    void reloadProperty(const NodeId& id, std::string_view key, ChangeSet& changes);
    void updateRow(const NodeId& id, const NodeEntry& stored, ChangeSet& changes);
    void takeNodeChange(const crdt::TypeChange& change, ChangeSet& changes);
    void take(const crdt::TransactionEvent& event);

    Random& random;
    crdt::Doc doc;
    crdt::Map meta, nodes, assets, generations;
    // A look-up in a flat table waits for memory three times, in std::unordered_map five: it goes by way of the entry before.
    boost::unordered_flat_map<NodeId, Entry, std::hash<NodeId>> entries;
    mutable TreeIndex index; ///< catches up when the tree is read
    std::vector<std::weak_ptr<Callback>> callbacks;
    crdt::Doc::Subscription transactions;
};

void Document::Impl::updateRow(const NodeId& id, const NodeEntry& stored, ChangeSet& changes)
{
    const auto type = stored.get("t");
    const crdt::Any typeValue = type ? plainValue(*type) : crdt::Any{};
    Place place = readPlace(stored.get("pi"));
    TreeRow row{id, textOrEmpty(&typeValue) == typeName(NodeType::page), std::move(place.parent),
                std::move(place.orderKey)};
    const TreeRow* old = index.row(id);
    if (old != nullptr && old->isPage == row.isPage && old->parent == row.parent && old->orderKey == row.orderKey)
        return;
    index.set(std::move(row));
    changes.treeChanged = true;
}

void Document::Impl::reload(const NodeId& id, ChangeSet& changes)
{
    const auto found = entries.find(id);
    const std::optional<crdt::Value> value = isNodeId(id) ? nodes.get(id.text()) : std::nullopt;
    std::optional<NodeEntry> stored = value ? std::optional<NodeEntry>(NodeEntry(*value)) : std::nullopt;
    if (!stored || !stored->isNode()) {
        if (found == entries.end())
            return;
        entries.erase(found);
        index.remove(id);
        changes.nodesRemoved.insert(id);
        changes.treeChanged = true;
        return;
    }
    std::set<NodeId>& told = found == entries.end() ? changes.nodesAdded : changes.nodesChanged;
    told.insert(told.end(), id); // keys come ascending: the hint makes loading linear
    updateRow(id, *stored, changes);
    if (found == entries.end())
        entries.emplace(id, Entry{std::move(*stored), nullptr});
    else
        found->second = Entry{std::move(*stored), nullptr};
}

void Document::Impl::reloadProperty(const NodeId& id, std::string_view key, ChangeSet& changes)
{
    const auto found = entries.find(id);
    if (found == entries.end())
        return;
    const Entry& entry = found->second;
    changes.nodesChanged.insert(id);
    if (entry.parsed)
        parseProperty(*entry.parsed, key, entry.stored.get(key));
    if (key == "pi" || key == "t")
        updateRow(id, entry.stored, changes);
}

void Document::Impl::takeNodeChange(const crdt::TypeChange& change, ChangeSet& changes)
{
    if (change.path.size() == 1) {
        for (const std::string& key : change.keysChanged)
            reload(NodeId{key}, changes);
        return;
    }
    const NodeId id{change.path[1]};
    if (changes.nodesAdded.contains(id))
        return; // read whole already
    if (change.path.size() > 2) {
        reloadProperty(id, change.path[2], changes);
        return;
    }
    for (const std::string& key : change.keysChanged)
        reloadProperty(id, key, changes);
}

void Document::Impl::take(const crdt::TransactionEvent& event)
{
    ChangeSet changes;
    changes.origin = event.origin;
    changes.local = event.local;
    for (const crdt::TypeChange& change : event.changes) {
        if (change.path.empty())
            continue;
        const std::string& rootName = change.path.front();
        if (rootName == root::nodes)
            takeNodeChange(change, changes);
        else if (rootName == root::assets)
            changes.assetsChanged = true;
        else if (rootName == root::meta)
            changes.metaChanged = true;
    }
    if (event.changes.empty())
        return;
    std::vector<std::shared_ptr<Callback>> alive;
    for (const auto& weak : callbacks) {
        if (auto callback = weak.lock())
            alive.push_back(std::move(callback));
    }
    callbacks.assign(alive.begin(), alive.end());
    for (const auto& callback : alive)
        (*callback)(changes);
}

Document::Document(Random& random, const crdt::DocOptions& options) : m_impl(std::make_unique<Impl>(random, options))
{
    Impl* impl = m_impl.get();
    impl->transactions = impl->doc.onTransaction([impl](const crdt::TransactionEvent& event) { impl->take(event); });
}

Document::~Document() = default;

std::unique_ptr<Document> Document::createBlank(Random& random, const std::string& name,
                                                const crdt::DocOptions& options)
{
    auto document = std::make_unique<Document>(random, options);
    const std::string fileId = makeIdText(random), page = makeIdText(random);
    const std::string orderKey = orderKeyBetween("", "", random);
    Impl& impl = *document->m_impl;
    impl.doc.transact("create", [&](crdt::Transaction& transaction) {
        impl.meta.set(transaction, "formatVersion", crdt::Any(formatVersion));
        impl.meta.set(transaction, "minReaderVersion", crdt::Any(1));
        impl.meta.set(transaction, "name", crdt::Any(name));
        impl.meta.set(transaction, "colourProfile", crdt::Any("srgb"));
        impl.meta.set(transaction, "unit", crdt::Any("px"));
        impl.meta.set(transaction, "fileId", crdt::Any(fileId));
        crdt::NewType map;
        map.entries = {{"t", crdt::Any("page")},
                       {"pi", crdt::Any(crdt::Any::Array{"", orderKey})},
                       {"name", crdt::Any("Page 1")}};
        impl.nodes.set(transaction, page, map);
    });
    return document;
}

crdt::Doc& Document::crdt() const { return m_impl->doc; }
Random& Document::random() const { return m_impl->random; }

const Node* Document::node(const NodeId& id) const
{
    const auto found = m_impl->entries.find(id);
    if (found == m_impl->entries.end())
        return nullptr;
    const Impl::Entry& entry = found->second;
    if (!entry.parsed)
        entry.parsed = std::make_unique<Node>(parseNode(id, entry.stored));
    return entry.parsed.get();
}

std::vector<NodeId> Document::nodeIds() const
{
    std::vector<NodeId> ids;
    ids.reserve(m_impl->entries.size());
    for (const auto& [id, entry] : m_impl->entries)
        ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

const Tree& Document::tree() const { return m_impl->index.tree(); }

std::optional<Asset> Document::asset(const ContentHash& hash) const
{
    const auto stored = m_impl->assets.get(hash.hex);
    return stored ? readAsset(hash.hex, *stored) : std::nullopt;
}

std::vector<Asset> Document::assets() const
{
    std::vector<Asset> all;
    m_impl->assets.forEach([&](std::string_view key, const crdt::Value& stored) {
        if (auto asset = readAsset(key, stored))
            all.push_back(std::move(*asset));
    });
    std::sort(all.begin(), all.end(), [](const Asset& a, const Asset& b) { return a.hash < b.hash; });
    return all;
}

std::string Document::name() const
{
    const crdt::Any value = m_impl->meta.getAny("name");
    return textOrEmpty(&value);
}

bool Document::needsNewerReader() const
{
    const crdt::Any value = m_impl->meta.getAny("minReaderVersion");
    return readNumber(&value).value_or(0) > formatVersion;
}

crdt::Any Document::generation(const std::string& id) const
{
    const auto stored = m_impl->generations.get(id);
    return stored ? plainValue(*stored) : crdt::Any{};
}

std::string Document::orderKeyFor(const Placement& placement) const
{
    return Plan(*this).orderKeyFor(placement);
}

Document::Subscription Document::onChange(std::function<void(const ChangeSet&)> callback)
{
    auto kept = std::make_shared<Impl::Callback>(std::move(callback));
    m_impl->callbacks.push_back(kept);
    return kept;
}

std::string Document::canonicalJson() const { return canonicalJsonOf(m_impl->doc); }

std::vector<crdt::SharedType> undoScope(Document& document)
{
    std::vector<crdt::SharedType> scope;
    for (const std::string_view name : root::undoable)
        scope.push_back(document.crdt().map(name));
    return scope;
}

} // namespace tessera::document
