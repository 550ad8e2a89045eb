#include <app/models/layers_model.h>

#include <QMimeData>

#include <app/models/property_edits.h>
#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>

namespace tessera::app {
namespace {

const QString nodesMime = QStringLiteral("application/x-tessera-nodes");

} // namespace

LayersModel::LayersModel(EditorSession& session, QObject* parent) : QAbstractItemModel(parent), m_session(session)
{
    connect(&session, &EditorSession::documentChanged, this, &LayersModel::follow);
    connect(&session.selection(), &Selection::pageChanged, this, &LayersModel::reset);
}

void LayersModel::reset()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void LayersModel::follow(const document::ChangeSet& changes)
{
    if (changes.treeChanged || !changes.nodesAdded.empty() || !changes.nodesRemoved.empty()) {
        reset();
        return;
    }
    for (const NodeId& id : changes.nodesChanged) {
        if (!m_handles.contains(id))
            continue;
        const QModelIndex changed = indexOf(id);
        if (changed.isValid())
            Q_EMIT dataChanged(changed, changed);
    }
}

quintptr LayersModel::handleOf(const NodeId& node) const
{
    const auto [entry, isNew] = m_handles.try_emplace(node, m_ids.size());
    if (isNew)
        m_ids.push_back(node);
    return entry->second;
}

NodeId LayersModel::nodeAt(const QModelIndex& index) const
{
    return index.isValid() && index.internalId() < m_ids.size() ? m_ids[index.internalId()] : NodeId{};
}

const NodeId& LayersModel::container(const QModelIndex& parent) const
{
    return parent.isValid() ? m_ids[parent.internalId()] : m_session.selection().page();
}

const std::vector<NodeId>& LayersModel::children(const QModelIndex& parent) const
{
    return m_session.document().tree().childrenOf(container(parent));
}

QModelIndex LayersModel::index(int row, int column, const QModelIndex& parent) const
{
    const auto& nodes = children(parent);
    if (row < 0 || column != 0 || row >= static_cast<int>(nodes.size()))
        return {};
    const NodeId& node = nodes[nodes.size() - 1 - static_cast<std::size_t>(row)];
    m_rows[node] = row;
    return createIndex(row, 0, handleOf(node));
}

QModelIndex LayersModel::indexOf(const NodeId& node) const
{
    const auto& tree = m_session.document().tree();
    const auto parent = tree.shownParent.find(node);
    if (parent == tree.shownParent.end() || tree.pageOf(node) != m_session.selection().page() ||
        node == m_session.selection().page())
        return {};
    if (!m_rows.contains(node)) {
        const auto& siblings = tree.childrenOf(parent->second);
        for (std::size_t i = 0; i < siblings.size(); ++i)
            m_rows[siblings[i]] = static_cast<int>(siblings.size() - 1 - i);
    }
    const auto row = m_rows.find(node);
    return row == m_rows.end() ? QModelIndex() : createIndex(row->second, 0, handleOf(node));
}

QModelIndex LayersModel::parent(const QModelIndex& child) const
{
    const auto& tree = m_session.document().tree();
    const auto parent = tree.shownParent.find(nodeAt(child));
    if (parent == tree.shownParent.end() || parent->second == m_session.selection().page())
        return {};
    return indexOf(parent->second);
}

int LayersModel::rowCount(const QModelIndex& parent) const
{
    return static_cast<int>(children(parent).size());
}

int LayersModel::columnCount(const QModelIndex&) const
{
    return 1;
}

QVariant LayersModel::data(const QModelIndex& index, int role) const
{
    const NodeId id = nodeAt(index);
    const document::Node* node = m_session.document().node(id);
    if (!node) {
        const bool recovered = document::isRecoveredGroup(id);
        if (role == Qt::DisplayRole && recovered)
            return tr("Recovered");
        if (role == Qt::ToolTipRole && recovered)
            return tr("Layers whose place was lost in a merge. Drag them where they belong.");
        if (role == nodeTypeRole)
            return static_cast<int>(document::NodeType::group);
        return role == visibleRole ? QVariant(true) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole: {
        if (!node->name.empty())
            return toQt(node->name);
        if (node->type == document::NodeType::text)
            return toQt(node->plainText()).simplified().left(80);
        return toQt(defaultName(node->type));
    }
    case Qt::AccessibleTextRole: {
        QString text = tr("%1, %2").arg(data(index, Qt::DisplayRole).toString(), toQt(defaultName(node->type)));
        if (!node->visible)
            text += tr(", hidden");
        if (node->locked)
            text += tr(", locked");
        return text;
    }
    case nodeIdRole: return toQt(id.text());
    case nodeTypeRole: return static_cast<int>(node->type);
    case visibleRole: return node->visible;
    case lockedRole: return node->locked;
    case hiddenByParentRole: {
        for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) {
            if (!above.data(visibleRole).toBool())
                return true;
        }
        return false;
    }
    default: return {};
    }
}

bool LayersModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const NodeId id = nodeAt(index);
    const document::Node* node = m_session.document().node(id);
    if (!node)
        return false;
    switch (role) {
    case Qt::EditRole: {
        const QString name = value.toString().simplified();
        if (name.isEmpty() || name == toQt(node->name))
            return false;
        return m_session.apply(app::setProperty(std::span(&id, 1), "name", name.toStdString()));
    }
    case visibleRole: return m_session.apply(app::setProperty(std::span(&id, 1), "vis", value.toBool()));
    case lockedRole: return m_session.apply(app::setProperty(std::span(&id, 1), "lock", value.toBool()));
    default: return false;
    }
}

Qt::ItemFlags LayersModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::ItemIsDropEnabled;
    const document::Node* node = m_session.document().node(nodeAt(index));
    if (!node)
        return Qt::ItemIsEnabled;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable | Qt::ItemIsDragEnabled;
    if (node->type == document::NodeType::frame || node->type == document::NodeType::group)
        flags |= Qt::ItemIsDropEnabled;
    return flags;
}

QStringList LayersModel::mimeTypes() const
{
    return {nodesMime};
}

QMimeData* LayersModel::mimeData(const QModelIndexList& indexes) const
{
    QByteArray ids;
    for (const QModelIndex& index : indexes)
        ids += QByteArray::fromStdString(nodeAt(index).text()) + '\n';
    auto* data = new QMimeData;
    data->setData(nodesMime, ids);
    return data;
}

bool LayersModel::canDropMimeData(const QMimeData* data, Qt::DropAction action, int, int,
                                  const QModelIndex& parent) const
{
    if (action != Qt::MoveAction || !data->hasFormat(nodesMime))
        return false;
    const NodeId target = container(parent);
    for (const QByteArray& id : data->data(nodesMime).split('\n')) {
        const NodeId dragged(id.toStdString());
        if (dragged == target || m_session.document().tree().isAncestor(dragged, target))
            return false;
    }
    return m_session.document().node(target) != nullptr;
}

bool LayersModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                               const QModelIndex& parent)
{
    if (!canDropMimeData(data, action, row, column, parent))
        return false;
    std::vector<NodeId> nodes;
    for (const QByteArray& id : data->data(nodesMime).split('\n')) {
        if (!id.isEmpty())
            nodes.emplace_back(id.toStdString());
    }
    document::Placement placement{container(parent), std::nullopt};
    // Dropped above row r: directly below, in paint order, what stands above that gap and is not dragged itself.
    for (int above = row - 1; above >= 0; --above) {
        const NodeId sibling = nodeAt(index(above, 0, parent));
        if (std::find(nodes.begin(), nodes.end(), sibling) == nodes.end()) {
            placement.before = sibling;
            break;
        }
    }
    m_session.apply(moveNodes(m_session.document(), nodes, placement));
    // The move is done; false keeps the view from removing rows on its own.
    return false;
}

} // namespace tessera::app
