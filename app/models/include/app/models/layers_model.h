#pragma once

#include <unordered_map>
#include <vector>

#include <QAbstractItemModel>

#include <app/models/editor_session.h>

/// The nodes of the page in view as a tree; the topmost row is topmost on the canvas. Rows are made on demand. Renames,
/// flags and drops go back as commands. GUI thread.
namespace tessera::app {

class LayersModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role { nodeIdRole = Qt::UserRole + 1, nodeTypeRole, visibleRole, lockedRole, hiddenByParentRole };

    explicit LayersModel(EditorSession& session, QObject* parent = nullptr);

    [[nodiscard]] NodeId nodeAt(const QModelIndex& index) const;
    /// Invalid when the node is not on the page in view.
    [[nodiscard]] QModelIndex indexOf(const NodeId& node) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

    [[nodiscard]] Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
    [[nodiscard]] bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                                       const QModelIndex& parent) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

private:
    [[nodiscard]] const std::vector<NodeId>& children(const QModelIndex& parent) const;
    [[nodiscard]] const NodeId& container(const QModelIndex& parent) const;
    [[nodiscard]] quintptr handleOf(const NodeId& node) const;
    void follow(const document::ChangeSet& changes);
    void reset();

    EditorSession& m_session;
    /// Node ids by the number an index carries. Grows only with the nodes that were shown.
    mutable std::vector<NodeId> m_ids;
    mutable std::unordered_map<NodeId, quintptr> m_handles;
    mutable std::unordered_map<NodeId, int> m_rows; ///< of the children of containers that were asked for
};

} // namespace tessera::app
