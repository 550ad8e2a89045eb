#include <app/panels/layers_panel.h>

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>
#include <app/theme/icons.h>

#include "layer_delegate.h"

namespace tessera::app {
namespace {

/// A tree whose arrows are icons of the theme.
class LayerTree final : public QTreeView
{
public:
    using QTreeView::QTreeView;

protected:
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override
    {
        if (selectionModel()->isSelected(index))
            painter->fillRect(rect, theme().color(ColorRole::accentSoft));
        if (!model()->hasChildren(index))
            return;
        const int side = theme().metric(Metric::spacePanel);
        const QRect arrow(rect.right() - side - theme().metric(Metric::spaceXxs), rect.center().y() - side / 2, side, side);
        themeIcon(isExpanded(index) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), ColorRole::text2)
            .paint(painter, arrow);
    }
};

constexpr int maxPageRows = 5;
constexpr int autoExpandMs = 600;
constexpr int pageIdRole = Qt::UserRole + 1;

} // namespace

LayersPanel::LayersPanel(EditorSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_model(new LayersModel(session, this)),
      m_proxy(new QSortFilterProxyModel(this)), m_tree(new LayerTree(this)), m_search(new QLineEdit(this)),
      m_pages(new QListWidget(this)), m_emptyHint(new QWidget(this))
{
    setObjectName(QStringLiteral("panelBody"));
    setAccessibleName(tr("Layers"));
    const int panel = theme().metric(Metric::spacePanel), gap = theme().metric(Metric::spaceField);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, gap, 0, 0);
    column->setSpacing(gap);

    m_search->setPlaceholderText(tr("Search layers"));
    m_search->setAccessibleName(tr("Search layers"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themeIcon(QStringLiteral("search"), ColorRole::text2), QLineEdit::LeadingPosition);
    // The two buttons inside the field are Qt's own and nameless; a screen reader would say "button".
    const auto buttons = m_search->findChildren<QToolButton*>();
    for (QToolButton* button : buttons)
        button->setAccessibleName(button->defaultAction() ? tr("Search") : tr("Clear the search"));
    auto* searchRow = new QHBoxLayout;
    searchRow->setContentsMargins(panel, 0, panel, 0);
    searchRow->addWidget(m_search);
    column->addLayout(searchRow);
    connect(m_search, &QLineEdit::textChanged, this, &LayersPanel::filter);

    auto* pagesTitle = new QLabel(tr("Pages"), this);
    pagesTitle->setProperty("role", "title");
    auto* addButton = new QToolButton(this);
    addButton->setIcon(themeIcon(QStringLiteral("plus")));
    addButton->setToolTip(tr("Add a page"));
    addButton->setAccessibleName(tr("Add a page"));
    addButton->setFixedSize(theme().metric(Metric::rowCompact), theme().metric(Metric::rowCompact));
    connect(addButton, &QToolButton::clicked, this, &LayersPanel::addPage);
    auto* titleRow = new QHBoxLayout;
    titleRow->setContentsMargins(panel, 0, gap, 0);
    titleRow->addWidget(pagesTitle, 1);
    titleRow->addWidget(addButton);
    column->addLayout(titleRow);
    m_pages->setAccessibleName(tr("Pages"));
    m_pages->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages->setObjectName(QStringLiteral("pages"));
    column->addWidget(m_pages);
    connect(m_pages, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item && !m_syncing)
            m_session.selection().setPage(NodeId(item->data(pageIdRole).toString().toStdString()));
    });
    connect(m_pages, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
        const NodeId page(item->data(pageIdRole).toString().toStdString());
        if (!m_syncing && !item->text().trimmed().isEmpty())
            m_session.apply({document::SetProperties{page, {{"name", item->text().trimmed().toStdString()}}}});
    });
    auto* line = new QFrame(this);
    line->setProperty("role", "line");
    column->addWidget(line);

    m_proxy->setSourceModel(m_model);
    m_proxy->setRecursiveFilteringEnabled(true);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tree->setModel(m_proxy);
    m_tree->setAccessibleName(tr("Layer tree"));
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setDragDropMode(QAbstractItemView::InternalMove);
    m_tree->setDefaultDropAction(Qt::MoveAction);
    m_tree->setDropIndicatorShown(true);
    m_tree->setAutoExpandDelay(autoExpandMs);
    m_tree->setMouseTracking(true);
    m_tree->setIndentation(theme().metric(Metric::spaceGroup));
    auto* delegate = new LayerDelegate(m_tree);
    m_tree->setItemDelegate(delegate);
    connect(delegate, &LayerDelegate::iconDoubleClicked, this,
            [this](const QModelIndex& index) { Q_EMIT zoomRequested(m_model->nodeAt(m_proxy->mapToSource(index))); });
    column->addWidget(m_tree, 1);

    auto* hint = new QLabel(tr("Nothing on this page yet. Press R and drag to draw a rectangle, or drop an SVG or an image here."), m_emptyHint);
    hint->setProperty("role", "hint");
    hint->setWordWrap(true);
    hint->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    auto* hintColumn = new QVBoxLayout(m_emptyHint);
    hintColumn->setContentsMargins(theme().metric(Metric::spacePage), theme().metric(Metric::spacePage),
                                   theme().metric(Metric::spacePage), 0);
    hintColumn->addWidget(hint);
    hintColumn->addStretch();
    column->addWidget(m_emptyHint, 1);

    connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex& index) {
        m_expanded.insert(m_model->nodeAt(m_proxy->mapToSource(index)));
    });
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        m_expanded.erase(m_model->nodeAt(m_proxy->mapToSource(index)));
    });
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, &LayersPanel::pushSelection);
    connect(&session.selection(), &Selection::changed, this, &LayersPanel::followSelection);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, [this] {
        restoreExpanded();
        followSelection();
        updateEmptyHint();
        buildPages();
    });
    buildPages();
    for (const NodeId& child : session.document().tree().childrenOf(session.selection().page()))
        m_expanded.insert(child);
    restoreExpanded();
    updateEmptyHint();
}

LayersPanel::~LayersPanel() = default;

void LayersPanel::updateEmptyHint()
{
    const bool empty = m_proxy->rowCount() == 0;
    m_tree->setVisible(!empty);
    m_emptyHint->setVisible(empty);
}

void LayersPanel::buildPages()
{
    m_syncing = true;
    m_pages->clear();
    for (const NodeId& page : m_session.document().tree().pages) {
        const document::Node* node = m_session.document().node(page);
        auto* item = new QListWidgetItem(node ? toQt(node->name) : QString(), m_pages);
        item->setData(pageIdRole, toQt(page.text()));
        item->setFlags(item->flags() | Qt::ItemIsEditable);
        item->setSizeHint({0, theme().metric(Metric::row)});
        if (page == m_session.selection().page())
            m_pages->setCurrentItem(item);
    }
    const int rows = std::clamp(m_pages->count(), 1, maxPageRows);
    m_pages->setFixedHeight(rows * theme().metric(Metric::row) + theme().metric(Metric::spaceXxs));
    m_syncing = false;
}

void LayersPanel::addPage()
{
    document::CreateNode page;
    page.id = makeNodeId(m_session.services().random);
    page.type = document::NodeType::page;
    page.properties = {{"name", tr("Page %1").arg(m_session.document().tree().pages.size() + 1).toStdString()}};
    if (m_session.apply({page}))
        m_session.selection().setPage(page.id);
}

void LayersPanel::followSelection()
{
    if (m_syncing)
        return;
    m_syncing = true;
    QItemSelection selection;
    QModelIndex last;
    for (const NodeId& node : m_session.selection().nodes()) {
        const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(node));
        if (index.isValid()) {
            selection.select(index, index);
            last = index;
        }
    }
    m_tree->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (last.isValid()) {
        m_tree->selectionModel()->setCurrentIndex(last, QItemSelectionModel::NoUpdate);
        m_tree->scrollTo(last);
    }
    m_syncing = false;
}

void LayersPanel::pushSelection()
{
    if (m_syncing)
        return;
    m_syncing = true;
    std::vector<NodeId> nodes;
    for (const QModelIndex& index : m_tree->selectionModel()->selectedIndexes()) {
        const NodeId node = m_model->nodeAt(m_proxy->mapToSource(index));
        if (m_session.document().node(node))
            nodes.push_back(node);
    }
    m_session.selection().set(std::move(nodes));
    m_syncing = false;
}

void LayersPanel::restoreExpanded()
{
    for (const NodeId& node : std::set<NodeId>(m_expanded)) {
        const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(node));
        if (index.isValid())
            m_tree->expand(index);
    }
}

void LayersPanel::filter(const QString& text)
{
    m_proxy->setFilterFixedString(text.trimmed());
    if (text.trimmed().isEmpty())
        restoreExpanded();
    else
        m_tree->expandAll();
}

void LayersPanel::renameSelected()
{
    const auto& nodes = m_session.selection().nodes();
    if (nodes.empty())
        return;
    const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(nodes.front()));
    if (index.isValid()) {
        m_tree->setFocus();
        m_tree->edit(index);
    }
}

} // namespace tessera::app
