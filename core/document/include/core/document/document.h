#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <core/base/random.h>
#include <core/crdt/doc.h>
#include <core/document/command.h>
#include <core/document/node.h>
#include <core/document/tree.h>

/// The design document over one crdt::Doc (document-model section 1). Parsed nodes and the tree are caches that follow
/// the Doc's transactions. One thread, the Doc's.
namespace tessera::document {

/// What one transaction changed, in terms of nodes.
struct ChangeSet {
    std::set<NodeId> nodesAdded;
    std::set<NodeId> nodesChanged;   ///< any property, text included
    std::set<NodeId> nodesRemoved;   ///< purged, not trashed
    bool treeChanged = false;        ///< parents, order, pages
    bool metaChanged = false;
    bool assetsChanged = false;
    std::string origin;
    bool local = false;
};

struct Asset {
    ContentHash hash;
    std::string mime;
    std::uint64_t sizeBytes{};
    std::uint32_t widthPx{};
    std::uint32_t heightPx{};
    std::string name;
};

inline constexpr int formatVersion = 1;

class Document
{
public:
    /// Owns its Doc; empty until updates are applied. `random` mints order keys and must outlive the document.
    explicit Document(Random& random, const crdt::DocOptions& options = {});
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// A new document with meta and one page "Page 1".
    static std::unique_ptr<Document> createBlank(Random& random, const std::string& name, const crdt::DocOptions& options = {});

    [[nodiscard]] crdt::Doc& crdt() const;
    [[nodiscard]] Random& random() const;

    /// Null when unknown. Valid until the next transaction.
    [[nodiscard]] const Node* node(const NodeId& id) const;
    [[nodiscard]] std::vector<NodeId> nodeIds() const; ///< every stored node, trash included, ascending
    [[nodiscard]] const Tree& tree() const;
    [[nodiscard]] std::optional<Asset> asset(const ContentHash& hash) const;
    [[nodiscard]] std::vector<Asset> assets() const;
    [[nodiscard]] std::string name() const;
    /// meta.minReaderVersion is above ours: the file opens read-only.
    [[nodiscard]] bool needsNewerReader() const;
    /// Record of a generation as stored; undefined when unknown.
    [[nodiscard]] crdt::Any generation(const std::string& id) const;

    /// Product of transforms from the page to the node itself.
    [[nodiscard]] Transform pageTransform(const NodeId& id) const;
    /// Bounding box in page coordinates of the node's size box (groups: union of children).
    [[nodiscard]] Rect pageBounds(const NodeId& id) const;
    /// Page contents' union; empty when nothing is on it.
    [[nodiscard]] Rect contentBounds(const NodeId& page) const;

    /// An order key for `placement` among the current siblings.
    [[nodiscard]] std::string orderKeyFor(const Placement& placement) const;

    /// Fires after each transaction that changed anything. Callbacks may read, may not write.
    using Subscription = std::shared_ptr<void>;
    [[nodiscard]] Subscription onChange(std::function<void(const ChangeSet&)> callback);

    /// Everything a person would call the content as JSON text: the form in which replicas are compared. One object of
    /// the root maps; members ascend by bytes, undefined ones are left out; a Y.Text is {"text": [{"attributes"?,
    /// "insert"}...]} with equal neighbours joined; the rest as JSON.stringify writes it.
    [[nodiscard]] std::string canonicalJson() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Root types that undo covers.
[[nodiscard]] std::vector<crdt::SharedType> undoScope(Document& document);

} // namespace tessera::document
