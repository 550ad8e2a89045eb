#include <app/panels/generate_panel.h>

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>

#include <app/models/connection.h>
#include <app/models/qt_convert.h>
#include <app/theme/icons.h>

#include "color_swatch.h"
#include "combo_box.h"
#include "paint_section.h"
#include "section.h"

namespace tessera::app {
namespace {

constexpr int promptLines = 4;
constexpr std::size_t brandColors = 5;
constexpr quint64 seedBound = 1'000'000;

QLabel* fieldLabel(const QString& text, QWidget* buddy, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", "label");
    label->setBuddy(buddy);
    return label;
}

} // namespace

GeneratePanel::GeneratePanel(EditorSession& session, GenerationModel& model, QWidget* parent)
    : QWidget(parent), m_session(session), m_model(model), m_form(new QWidget), m_empty(new QWidget(this))
{
    setObjectName(QStringLiteral("panelBody"));
    setAccessibleName(tr("Generate"));
    m_form->setObjectName(QStringLiteral("panelBody"));
    buildForm();

    const int page = theme().metric(Metric::spacePage);
    auto* emptyColumn = new QVBoxLayout(m_empty);
    emptyColumn->setContentsMargins(page, page, page, page);
    emptyColumn->setSpacing(theme().metric(Metric::spacePanel));
    m_emptyText = new QLabel(m_empty);
    m_emptyText->setProperty("role", "label");
    m_emptyText->setWordWrap(true);
    m_emptyText->setAlignment(Qt::AlignHCenter);
    m_emptyAction = new QPushButton(m_empty);
    emptyColumn->addWidget(m_emptyText);
    emptyColumn->addWidget(m_emptyAction, 0, Qt::AlignHCenter);
    emptyColumn->addStretch(1);
    connect(m_emptyAction, &QPushButton::clicked, this, [this] {
        if (m_model.hasBackend())
            m_model.refreshModels();
        else
            Q_EMIT shareRequested();
    });

    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_form);
    auto* own = new QVBoxLayout(this);
    own->setContentsMargins(0, 0, 0, 0);
    own->addWidget(scroll);
    own->addWidget(m_empty);

    connect(&model, &GenerationModel::changed, this, &GeneratePanel::refresh);
    connect(&model, &GenerationModel::modelsChanged, this, &GeneratePanel::refreshModels);
    connect(&session.selection(), &Selection::changed, this, &GeneratePanel::refresh);
    connect(m_prompt, &QPlainTextEdit::textChanged, this, &GeneratePanel::refresh);
    buildColors();
    refreshModels();
}

void GeneratePanel::buildForm()
{
    const int panel = theme().metric(Metric::spacePanel), gap = theme().metric(Metric::spaceField);
    auto* column = new QVBoxLayout(m_form);
    column->setContentsMargins(panel, panel, panel, panel);
    column->setSpacing(gap);

    m_target = new QLabel(m_form);
    m_target->setProperty("role", "hint");
    m_target->setWordWrap(true);
    column->addWidget(m_target);

    m_prompt = new QPlainTextEdit(m_form);
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setPlaceholderText(tr("Describe what the frame should show"));
    m_prompt->setTabChangesFocus(true);
    m_prompt->setFixedHeight(m_prompt->fontMetrics().lineSpacing() * promptLines + 2 * gap + theme().metric(Metric::spaceXs));
    column->addWidget(fieldLabel(tr("Prompt"), m_prompt, m_form));
    column->addWidget(m_prompt);

    m_models = new ComboBox(m_form);
    m_models->setAccessibleName(tr("Model"));
    column->addWidget(fieldLabel(tr("Model"), m_models, m_form));
    column->addWidget(m_models);

    m_colorRow = new QWidget(m_form);
    (new QHBoxLayout(m_colorRow))->setContentsMargins(0, 0, 0, 0);
    column->addWidget(fieldLabel(tr("Brand colours"), m_colorRow, m_form));
    column->addWidget(m_colorRow);

    m_seed = new QLineEdit(QString::number(m_lastSeed), m_form);
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("\\d{0,9}")), m_seed));
    QToolButton* dice = iconButton(QStringLiteral("dice-5"), tr("Another seed"), m_form);
    connect(dice, &QToolButton::clicked, this,
            [this] { m_seed->setText(QString::number(m_session.services().random.below(seedBound))); });
    m_seed->setToolTip(tr("The same seed makes the same picture"));
    column->addWidget(fieldLabel(tr("Seed"), m_seed, m_form));
    auto* seedRow = new QHBoxLayout;
    seedRow->setSpacing(gap);
    seedRow->addWidget(m_seed, 1);
    seedRow->addWidget(dice);
    column->addLayout(seedRow);

    column->addSpacing(gap);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(gap);
    m_generate = new QPushButton(tr("Generate"), m_form);
    m_generate->setProperty("primary", true);
    m_generate->setAccessibleName(tr("Generate"));
    m_cancel = new QPushButton(tr("Cancel"), m_form);
    m_cancel->setAccessibleName(tr("Cancel generating"));
    buttons->addWidget(m_generate, 1);
    buttons->addWidget(m_cancel);
    column->addLayout(buttons);
    connect(m_generate, &QPushButton::clicked, this, &GeneratePanel::generate);
    connect(m_cancel, &QPushButton::clicked, &m_model, &GenerationModel::cancel);
    buildStatus();
    column->addStretch(1);
}

void GeneratePanel::buildStatus()
{
    auto* column = static_cast<QVBoxLayout*>(m_form->layout());
    m_progress = new QProgressBar(m_form);
    m_progress->setAccessibleName(tr("Progress of generating"));
    m_progress->setTextVisible(false);
    m_status = new QLabel(m_form);
    m_status->setWordWrap(true);
    m_preview = new QLabel(m_form);
    m_preview->setAccessibleName(tr("Preview"));
    m_preview->setAlignment(Qt::AlignCenter);
    column->addWidget(m_progress);
    column->addWidget(m_status);
    column->addWidget(m_preview);
}

void GeneratePanel::buildColors()
{
    for (auto& [color, widget] : m_colors)
        widget->deleteLater();
    m_colors.clear();
    auto* row = static_cast<QHBoxLayout*>(m_colorRow->layout());
    row->setSpacing(theme().metric(Metric::spaceXs));
    std::vector<QColor> colors = documentColors(m_session.document());
    if (colors.size() > brandColors)
        colors.resize(brandColors);
    while (QLayoutItem* item = row->takeAt(0))
        delete item;
    for (const QColor& color : colors) {
        auto* swatch = new ColorSwatch(tr("Use %1").arg(color.name()), m_colorRow);
        swatch->setColor(color);
        swatch->setCheckable(true);
        swatch->setChecked(true);
        row->addWidget(swatch);
        m_colors.emplace_back(color, swatch);
    }
    if (colors.empty()) {
        auto* none = new QLabel(tr("Colours of this document appear here."), m_colorRow);
        none->setProperty("role", "hint");
        row->addWidget(none);
        m_colors.emplace_back(QColor(), none);
    }
    row->addStretch(1);
}

void GeneratePanel::focusPrompt()
{
    buildColors();
    if (m_model.hasBackend() && m_model.models().empty())
        m_model.refreshModels();
    m_prompt->setFocus();
}

void GeneratePanel::refreshModels()
{
    const QString chosen = m_models->currentData().toString();
    m_models->clear();
    for (const GenerationChoice& choice : m_model.models())
        m_models->addItem(choice.makesLayers ? tr("%1 (editable layers)").arg(choice.name) : choice.name, choice.id);
    const int index = m_models->findData(chosen);
    m_models->setCurrentIndex(index >= 0 ? index : 0);
    refresh();
}

void GeneratePanel::refresh()
{
    const bool usable = m_model.hasBackend() && (!m_model.models().empty() || m_model.isBusy());
    m_form->parentWidget()->parentWidget()->setVisible(usable);
    m_empty->setVisible(!usable);
    if (!usable) {
        if (!m_model.hasBackend()) {
            m_emptyText->setText(tr("Pictures and layouts are made by your team's appliance. Share this document to reach it; "
                                    "nothing leaves your network."));
            m_emptyAction->setText(tr("Share"));
        } else if (m_model.isLoadingModels()) {
            m_emptyText->setText(tr("Asking %1 for its models…").arg(m_model.place()));
        } else {
            m_emptyText->setText(m_model.modelsProblem());
            m_emptyAction->setText(tr("Try again"));
        }
        m_emptyAction->setVisible(!m_model.isLoadingModels());
        m_emptyAction->setAccessibleName(m_emptyAction->text());
        return;
    }

    const auto frame = m_model.targetFrame();
    const document::Node* node = frame ? m_session.document().node(*frame) : nullptr;
    const bool busy = m_model.isBusy();
    if (node)
        m_target->setText(tr("Into “%1”, %2 × %3").arg(toQt(node->name)).arg(node->size.width).arg(node->size.height));
    else
        m_target->setText(tr("Select a frame: the result takes its place and size."));
    m_generate->setEnabled(node && !busy && !m_prompt->toPlainText().trimmed().isEmpty() && !m_session.isReadOnly());
    m_generate->setText(m_model.phase() == GenerationPhase::failed ? tr("Try again") : tr("Generate"));
    m_cancel->setVisible(busy);
    m_progress->setVisible(busy);
    const double progress = m_model.progress();
    m_progress->setRange(0, progress < 0 ? 0 : 100);
    m_progress->setValue(progress < 0 ? 0 : static_cast<int>(progress * 100));

    QString text;
    const char* role = "hint";
    switch (m_model.phase()) {
    case GenerationPhase::idle: break;
    case GenerationPhase::sending: text = tr("Sending to %1…").arg(m_model.place()); break;
    case GenerationPhase::queued: text = tr("Waiting for its turn…"); break;
    case GenerationPhase::running: text = progress < 0 ? tr("Generating…") : tr("Generating: %1 %").arg(int(progress * 100)); break;
    case GenerationPhase::inserting: text = tr("Placing the result…"); break;
    case GenerationPhase::done:
        text = tr("Placed. Undo takes it out again.");
        role = "ok";
        break;
    case GenerationPhase::cancelled: text = tr("Cancelled. Nothing in the document was changed."); break;
    case GenerationPhase::failed:
        text = m_model.problem();
        role = "danger";
        break;
    }
    m_status->setText(text);
    m_status->setVisible(!text.isEmpty());
    if (m_status->property("role") != QLatin1String(role)) {
        m_status->setProperty("role", QLatin1String(role));
        m_status->style()->polish(m_status);
    }
    const bool preview = busy && !m_model.preview().isNull();
    m_preview->setVisible(preview);
    if (preview) {
        const int side = theme().metric(Metric::rightPanel) - 2 * theme().metric(Metric::spacePanel);
        m_preview->setPixmap(QPixmap::fromImage(m_model.preview().scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
    }
}

void GeneratePanel::generate()
{
    const auto frame = m_model.targetFrame();
    if (!frame)
        return;
    QStringList colors;
    for (const auto& [color, widget] : m_colors) {
        const auto* swatch = qobject_cast<QAbstractButton*>(widget);
        if (swatch && swatch->isChecked())
            colors.push_back(color.name());
    }
    m_lastSeed = m_seed->text().toULongLong();
    m_model.generate(*frame, m_models->currentData().toString(), m_prompt->toPlainText().trimmed(), colors, m_lastSeed);
}

} // namespace tessera::app
