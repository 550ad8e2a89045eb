#include "text_section.h"

#include <app/models/property_edits.h>
#include <app/models/qt_convert.h>
#include <app/theme/theme.h>
#include <app/tools/text_fit.h>

#include "color_picker.h"
#include "combo_box.h"
#include "paint_section.h"


namespace tessera::app {

TextSection::TextSection(EditorSession& session, text::FontLibrary& fonts, QWidget* parent)
    : Section(tr("Text"), parent), m_session(session), m_fonts(fonts), m_family(new ComboBox(this)),
      m_weight(new ComboBox(this)), m_size(new NumberField(tr("Aa"), tr("Font size"), this)),
      m_align(new QButtonGroup(this)), m_color(new ColorSwatch(tr("Text colour"), this)), m_hex(new QLineEdit(this))
{
    m_family->setAccessibleName(tr("Font family"));
    for (const std::string& family : fonts.families())
        m_family->addItem(toQt(family));
    addRow()->addWidget(m_family);
    connect(m_family, &QComboBox::activated, this, [this] {
        apply(formatText(m_session.document(), m_summary.textNodes, {{"family", m_family->currentText().toStdString()}}));
    });

    auto* row = addRow();
    m_weight->setAccessibleName(tr("Font weight"));
    for (const auto& [name, weight] : {std::pair{tr("Regular"), 400}, std::pair{tr("Medium"), 500},
                                       std::pair{tr("Semibold"), 600}, std::pair{tr("Bold"), 700}})
        m_weight->addItem(name, weight);
    row->addWidget(m_weight, 1);
    row->addWidget(m_size, 1);
    connect(m_weight, &QComboBox::activated, this, [this] {
        apply(formatText(m_session.document(), m_summary.textNodes, {{"weight", m_weight->currentData().toInt()}}));
    });
    m_size->setRange(1, 2000);
    connect(m_size, &NumberField::edited, this, [this](const ValueChange& change, bool scrubbing) {
        Commands commands;
        for (const NodeId& id : m_summary.textNodes) {
            const document::Node* node = m_session.document().node(id);
            if (!node)
                continue;
            const double before = node->text.empty() ? document::TextStyle{}.size : node->text.front().style.size;
            const Commands one = formatText(m_session.document(), std::span(&id, 1),
                                            {{"size", document::rounded(change(before))}});
            commands.insert(commands.end(), one.begin(), one.end());
        }
        apply(commands, scrubbing ? EditGroup::scrub : EditGroup::own);
    });

    auto* alignRow = addRow();
    const std::tuple<const char*, QString, document::TextAlign> aligns[] = {
        {"align-left", tr("Align text left"), document::TextAlign::left},
        {"align-center", tr("Centre text"), document::TextAlign::center},
        {"align-right", tr("Align text right"), document::TextAlign::right},
        {"align-justify", tr("Justify text"), document::TextAlign::justify}};
    alignRow->setSpacing(0);
    for (const auto& [icon, name, align] : aligns) {
        QToolButton* button = iconButton(QLatin1String(icon), name, this);
        button->setCheckable(true);
        m_align->addButton(button, static_cast<int>(align));
        alignRow->addWidget(button);
    }
    alignRow->addStretch(1);
    connect(m_align, &QButtonGroup::idClicked, this, [this](int id) {
        apply(changeParagraph(m_session.document(), m_summary.textNodes, [id](document::ParagraphStyle& style) {
            style.align = static_cast<document::TextAlign>(id);
        }));
    });

    auto* colorRow = addRow();
    m_hex->setAccessibleName(tr("Text colour as hex"));
    colorRow->addWidget(m_color);
    colorRow->addWidget(m_hex, 1);
    connect(m_color, &QAbstractButton::clicked, this, &TextSection::openPicker);
    connect(m_hex, &QLineEdit::returnPressed, this, [this] {
        if (const auto color = parseHexColor(m_hex->text().trimmed().toStdString()))
            apply(formatText(m_session.document(), m_summary.textNodes, {{"fill", document::toAny(*color)}}));
    });
}

void TextSection::apply(const Commands& commands, EditGroup group)
{
    if (m_session.apply(commands, group))
        m_session.apply(fitTextBoxes(m_session.document(), m_summary.textNodes, m_fonts), EditGroup::same);
}

void TextSection::openPicker()
{
    auto* picker = new ColorPicker(document::solidPaint(m_summary.textColor.value), false,
                                   documentColors(m_session.document()), this);
    connect(picker, &ColorPicker::changed, this, [this](const document::Paint& paint) {
        apply(formatText(m_session.document(), m_summary.textNodes, {{"fill", document::toAny(paint.color)}}),
              EditGroup::scrub);
    });
    const QPoint corner = m_color->mapToGlobal(QPoint(0, 0));
    picker->adjustSize();
    picker->move(corner.x() - picker->width() - theme().metric(Metric::spacePanel), corner.y());
    picker->show();
}

void TextSection::show(const SelectionSummary& summary)
{
    m_summary = summary;
    setVisible(summary.family.present);
    if (!summary.family.present)
        return;
    m_family->setCurrentIndex(summary.family.mixed ? -1 : m_family->findText(toQt(summary.family.value), Qt::MatchFixedString));
    m_family->setPlaceholderText(summary.family.mixed ? tr("Mixed") : toQt(summary.family.value));
    m_weight->setPlaceholderText(tr("Mixed"));
    m_weight->setCurrentIndex(summary.weight.mixed ? -1 : m_weight->findData(summary.weight.value));
    m_size->show(summary.fontSize);
    m_align->setExclusive(false);
    for (QAbstractButton* button : m_align->buttons())
        button->setChecked(!summary.textAlign.mixed && m_align->id(button) == static_cast<int>(summary.textAlign.value));
    m_align->setExclusive(true);
    m_color->setPaint(document::solidPaint(summary.textColor.value));
    if (!m_hex->hasFocus() || !m_hex->isModified())
        m_hex->setText(summary.textColor.mixed ? tr("Mixed") : toQt(toHexColor(summary.textColor.value)).mid(1));
}

} // namespace tessera::app
