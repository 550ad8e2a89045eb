#pragma once

#include <vector>

#include <QObject>

#include <core/base/ids.h>
#include <core/document/document.h>

/// The page in view and the selected nodes, in the order they were selected. Not part of the document. GUI thread.
namespace tessera::app {

class Selection final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] const NodeId& page() const { return m_page; }
    [[nodiscard]] const std::vector<NodeId>& nodes() const { return m_nodes; }
    [[nodiscard]] bool isEmpty() const { return m_nodes.empty(); }
    [[nodiscard]] bool contains(const NodeId& node) const;

    /// Clears the selection when the page changes.
    void setPage(const NodeId& page);
    void set(std::vector<NodeId> nodes);
    void clear() { set({}); }
    /// Drops what is no longer on a page, and takes the first page when the current one is gone.
    void follow(const document::Document& document);

Q_SIGNALS:
    void changed();
    void pageChanged();

private:
    NodeId m_page;
    std::vector<NodeId> m_nodes;
};

} // namespace tessera::app
