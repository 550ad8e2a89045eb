#pragma once

#include <memory>
#include <set>

#include <QWidget>

#include <app/models/editor_session.h>
#include <app/models/layers_model.h>

class QLineEdit;
class QListWidget;
class QSortFilterProxyModel;
class QTreeView;

/// Left panel: search, pages, and the layer tree with reorder, rename, hide and lock. GUI thread.
namespace tessera::app {

class LayersPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit LayersPanel(EditorSession& session, QWidget* parent = nullptr);
    ~LayersPanel() override;

    /// Starts renaming the selected layer.
    void renameSelected();

Q_SIGNALS:
    /// Double click on a layer's icon.
    void zoomRequested(const tessera::NodeId& node);

private:
    void buildPages();
    void addPage();
    void followSelection();
    void pushSelection();
    void restoreExpanded();
    void filter(const QString& text);
    void updateEmptyHint();

    EditorSession& m_session;
    LayersModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QTreeView* m_tree;
    QLineEdit* m_search;
    QListWidget* m_pages;
    QWidget* m_emptyHint;
    std::set<NodeId> m_expanded;
    bool m_syncing = false;
};

} // namespace tessera::app
