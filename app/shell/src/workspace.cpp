#include <app/shell/workspace.h>

#include <QLabel>
#include <QTabBar>
#include <QVBoxLayout>

#include <app/models/connection.h>
#include <app/models/qt_convert.h>
#include <app/theme/theme.h>
#include <core/base/log.h>

namespace tessera::app {
namespace {

std::unique_ptr<CanvasRenderer> makeRenderer(RendererChoice choice)
{
    if (choice == RendererChoice::vulkan) {
        auto made = makeVulkanRenderer();
        if (made)
            return std::move(made).value();
        log::warning("shell", "Vulkan is not usable, drawing by CPU", {{"error", made.error().toStdString()}});
    }
    return makeCpuRenderer();
}

} // namespace

Workspace::Workspace(std::unique_ptr<EditorSession> session, text::FontLibrary& fonts, RendererChoice renderer, QWidget* parent)
    : QWidget(parent), m_session(std::move(session)), m_fonts(fonts), m_generation(new GenerationModel(*m_session, this)),
      m_canvas(new CanvasView(*m_session, fonts, makeRenderer(renderer), this)),
      m_layers(new LayersPanel(*m_session, this)), m_left(new QTabWidget(this)), m_right(new QTabWidget(this)),
      m_properties(new PropertiesPanel(*m_session, fonts, this)),
      m_generate(new GeneratePanel(*m_session, *m_generation, this)),
      m_status(new StatusStrip(*m_session, *m_generation, this)), m_splitter(new QSplitter(Qt::Horizontal, this)),
      m_hint(new QWidget(m_canvas))
{
    const std::pair<QTabWidget*, QString> sides[] = {{m_left, tr("Left panel")}, {m_right, tr("Right panel")}};
    for (const auto& [side, name] : sides) {
        side->setObjectName(QStringLiteral("sidePanel"));
        side->setDocumentMode(true);
        side->setMinimumWidth(theme().metric(Metric::panelMin));
        side->setMaximumWidth(theme().metric(Metric::panelMax));
        side->setAccessibleName(name);
        side->tabBar()->setAccessibleName(name);
        side->tabBar()->setDrawBase(false);
        side->tabBar()->setExpanding(false);
    }
    m_left->addTab(m_layers, tr("Layers"));
    m_right->addTab(m_properties, tr("Design"));
    m_right->addTab(m_generate, tr("Generate"));

    m_splitter->addWidget(m_left);
    m_splitter->addWidget(m_canvas);
    m_splitter->addWidget(m_right);
    m_splitter->setHandleWidth(1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({theme().metric(Metric::leftPanel), theme().metric(Metric::leftPanel) * 4,
                          theme().metric(Metric::rightPanel)});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_splitter, 1);
    column->addWidget(m_status);

    auto* hintColumn = new QVBoxLayout(m_hint);
    auto* title = new QLabel(tr("An empty page"), m_hint);
    title->setProperty("role", "dialogTitle");
    auto* text = new QLabel(tr("F draws a frame, R a rectangle, T writes text.\nDrop an SVG or an image to place it."), m_hint);
    text->setProperty("role", "label");
    for (QLabel* label : {title, text}) {
        label->setAlignment(Qt::AlignCenter);
        hintColumn->addWidget(label);
    }
    m_hint->setAttribute(Qt::WA_TransparentForMouseEvents);
    (new QVBoxLayout(m_canvas))->addWidget(m_hint, 0, Qt::AlignCenter);
    const auto updateHint = [this] {
        const auto& page = m_session->selection().page();
        m_hint->setVisible(m_session->document().tree().childrenOf(page).empty() && !m_canvas->isEditingText());
    };
    connect(m_session.get(), &EditorSession::documentChanged, this, updateHint);
    connect(&m_session->selection(), &Selection::pageChanged, this, updateHint);
    updateHint();

    connect(m_canvas, &CanvasView::viewportChanged, this, [this] { m_status->setZoom(m_canvas->viewport().zoom); });
    connect(m_layers, &LayersPanel::zoomRequested, this, [this](const NodeId& node) {
        m_session->selection().set({node});
        m_canvas->zoomToSelection();
    });
    connect(m_generate, &GeneratePanel::shareRequested, this, &Workspace::shareRequested);
    connect(&m_session->connection(), &Connection::changed, this, &Workspace::chooseBackend);
    connect(m_right, &QTabWidget::currentChanged, this, [this] {
        if (m_right->currentWidget() == m_generate)
            m_generate->focusPrompt();
    });
    m_status->setRenderer(m_canvas->scene().rendererName());
    m_status->setZoom(1);
    setTabOrder(m_canvas, m_left);
    setTabOrder(m_left, m_right);
    setTabOrder(m_right, m_status);
}

Workspace::~Workspace()
{
    m_session->disconnect(this);
    m_session->connection().disconnect(this);
    // Widgets observe the session, so they go first.
    for (QWidget* child : {static_cast<QWidget*>(m_splitter), static_cast<QWidget*>(m_status)})
        delete child;
    delete m_generation;
}

void Workspace::setPanelsVisible(bool visible)
{
    m_left->setVisible(visible);
    m_right->setVisible(visible);
}

bool Workspace::arePanelsVisible() const
{
    return m_left->isVisibleTo(this);
}

void Workspace::showDesign()
{
    setPanelsVisible(true);
    m_right->setCurrentWidget(m_properties);
}

void Workspace::showGenerate()
{
    setPanelsVisible(true);
    m_right->setCurrentWidget(m_generate);
    m_generate->focusPrompt();
}

void Workspace::showLayers()
{
    setPanelsVisible(true);
    m_left->setCurrentWidget(m_layers);
}

void Workspace::focusNextArea(int step)
{
    QWidget* const areas[] = {m_canvas, m_left, m_right, m_status};
    constexpr int count = static_cast<int>(std::size(areas));
    int current = 0;
    for (int i = 0; i < count; ++i) {
        if (areas[i] == focusWidget() || areas[i]->isAncestorOf(focusWidget()))
            current = i;
    }
    for (int tried = 0; tried < count; ++tried) {
        current = (current + step + count) % count;
        QWidget* area = areas[current];
        if (!area->isVisible())
            continue;
        QWidget* target = area;
        if (target->focusPolicy() == Qt::NoFocus || area == m_left || area == m_right) {
            for (QWidget* child : area->findChildren<QWidget*>()) {
                if (child->focusPolicy() & Qt::TabFocus && child->isVisible() && child->isEnabled()) {
                    target = child;
                    break;
                }
            }
        }
        target->setFocus(Qt::TabFocusReason);
        return;
    }
}

void Workspace::setApplianceAddress(const QString& address)
{
    m_appliance = address;
    chooseBackend();
}

void Workspace::chooseBackend()
{
    Connection& connection = m_session->connection();
    const QString wanted = connection.isShared() ? QStringLiteral("relay:") + connection.room()
                           : m_appliance.isEmpty() ? QString() : QStringLiteral("appliance:") + m_appliance;
    const auto status = connection.shareStatus();
    const bool live = status && status->connection == collab::ConnectionState::live;
    if (wanted == m_backend) {
        // A room that was out of reach before may have models now.
        if (live && m_generation->models().empty() && !m_generation->isLoadingModels() &&
            !m_generation->modelsProblem().isEmpty() && m_generation->hasBackend() && m_right->currentWidget() == m_generate)
            m_generation->refreshModels();
        return;
    }
    m_backend = wanted;
    if (connection.isShared())
        m_generation->setBackend(makeRelayGeneration(connection, m_session->blobs()));
    else if (!m_appliance.isEmpty())
        m_generation->setBackend(makeApplianceGeneration(m_appliance, m_session->services().personName));
    else
        m_generation->setBackend(nullptr);
}

} // namespace tessera::app
