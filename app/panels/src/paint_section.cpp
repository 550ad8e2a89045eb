#include "paint_section.h"

#include <algorithm>
#include <map>

#include <app/models/property_edits.h>
#include <app/models/qt_convert.h>
#include <app/theme/icons.h>
#include <app/tools/defaults.h>

#include "color_picker.h"
#include "combo_box.h"

namespace tessera::app {
namespace {

using document::Paint;
using document::PaintKind;

QString paintText(const Paint& paint)
{
    switch (paint.kind) {
    case PaintKind::solid: return toQt(toHexColor({paint.color.r, paint.color.g, paint.color.b, 1})).mid(1);
    case PaintKind::linearGradient: return QObject::tr("Linear");
    case PaintKind::radialGradient: return QObject::tr("Radial");
    case PaintKind::angularGradient: return QObject::tr("Angular");
    case PaintKind::diamondGradient: return QObject::tr("Diamond");
    case PaintKind::image: return QObject::tr("Image");
    case PaintKind::pattern: return QObject::tr("Pattern");
    case PaintKind::unknown: break;
    }
    return QObject::tr("Other");
}

} // namespace

std::vector<QColor> documentColors(const document::Document& document)
{
    constexpr std::size_t most = 20;
    std::map<QRgb, int> counts;
    for (const NodeId& id : document.nodeIds()) {
        const document::Node* node = document.node(id);
        for (const Paint& paint : node->fills) {
            if (paint.kind == PaintKind::solid)
                ++counts[toQt(paint.color).rgb()];
        }
        for (const document::StyledRun& run : node->text)
            ++counts[toQt(run.style.fill).rgb()];
    }
    std::vector<std::pair<QRgb, int>> ordered(counts.begin(), counts.end());
    std::ranges::stable_sort(ordered, std::greater{}, &std::pair<QRgb, int>::second);
    std::vector<QColor> colors;
    for (std::size_t i = 0; i < std::min(most, ordered.size()); ++i)
        colors.emplace_back(ordered[i].first);
    return colors;
}

PaintSection::PaintSection(Kind kind, EditorSession& session, QWidget* parent)
    : Section(kind == Kind::fill ? tr("Fill") : tr("Stroke"), parent), m_kind(kind), m_session(session),
      m_mixed(new QLabel(tr("Mixed. Add a paint to give all the same."), this))
{
    QToolButton* add = iconButton(QStringLiteral("plus"), kind == Kind::fill ? tr("Add a fill") : tr("Add a stroke"), this);
    addTitleButton(add);
    connect(add, &QToolButton::clicked, this, &PaintSection::addPaint);
    m_mixed->setProperty("role", "hint");
    m_mixed->setWordWrap(true);
    rows()->addWidget(m_mixed);
    if (kind == Kind::fill)
        return;

    m_strokeRow = new QWidget(this);
    auto* row = new QHBoxLayout(m_strokeRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme().metric(Metric::spaceField));
    m_width = new NumberField(QStringLiteral("≡"), tr("Stroke width"), this);
    m_width->setRange(0, 1e4);
    m_align = new ComboBox(this);
    m_align->setAccessibleName(tr("Stroke alignment"));
    m_align->setToolTip(tr("Stroke alignment"));
    for (const auto& [text, align] : {std::pair{tr("Centre"), document::StrokeAlign::center},
                                      std::pair{tr("Inside"), document::StrokeAlign::inside},
                                      std::pair{tr("Outside"), document::StrokeAlign::outside}})
        m_align->addItem(text, static_cast<int>(align));
    row->addWidget(m_width, 1);
    row->addWidget(m_align, 1);
    rows()->addWidget(m_strokeRow);
    connect(m_width, &NumberField::edited, this, [this](const ValueChange& change, bool scrubbing) {
        Commands commands;
        for (const NodeId& id : m_summary.paintable) {
            if (const document::Node* node = m_session.document().node(id))
                commands.push_back(document::SetProperties{id, {{"sw", document::rounded(change(node->strokeStyle.width))}}});
        }
        m_session.apply(commands, scrubbing ? EditGroup::scrub : EditGroup::own);
    });
    connect(m_align, &QComboBox::activated, this, [this] {
        const auto align = static_cast<document::StrokeAlign>(m_align->currentData().toInt());
        m_session.apply(app::setProperty(m_summary.paintable, "sAlign", alignName(align)));
    });
}

void PaintSection::change(const std::function<void(std::vector<Paint>&)>& change, EditGroup group)
{
    m_session.apply(changePaints(m_session.document(), m_summary.paintable, key(), change), group);
}

void PaintSection::addPaint()
{
    const bool replacesMixed = (m_kind == Kind::fill ? m_summary.fills : m_summary.strokes).mixed;
    const Color color = m_kind == Kind::fill ? defaultShapeColor : defaultInkColor;
    change([&](std::vector<Paint>& paints) {
        if (replacesMixed)
            paints.clear();
        paints.push_back(document::solidPaint(color, freshPaintId(paints)));
    });
}

PaintSection::Row& PaintSection::rowAt(std::size_t index)
{
    while (m_rows.size() <= index) {
        const std::size_t at = m_rows.size();
        Row row{};
        row.widget = new QWidget(this);
        auto* layout = new QHBoxLayout(row.widget);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(theme().metric(Metric::spaceXs));
        const QString what = m_kind == Kind::fill ? tr("Fill colour") : tr("Stroke colour");
        row.swatch = new ColorSwatch(what, row.widget);
        row.hex = new QLineEdit(row.widget);
        row.hex->setAccessibleName(tr("%1 as hex").arg(what));
        row.opacity = new NumberField({}, tr("%1, opacity in percent").arg(what), row.widget);
        row.opacity->setTextMargins(0, 0, 0, 0);
        row.opacity->setSuffix(QStringLiteral("%"));
        row.opacity->setRange(0, 100);
        row.opacity->setFixedWidth(theme().metric(Metric::field) * 2);
        row.eye = iconButton(QStringLiteral("eye"), tr("Show or hide this paint"), row.widget);
        QToolButton* remove = iconButton(QStringLiteral("minus"), tr("Remove this paint"), row.widget);
        for (QWidget* part : {static_cast<QWidget*>(row.swatch), static_cast<QWidget*>(row.hex),
                              static_cast<QWidget*>(row.opacity), static_cast<QWidget*>(row.eye),
                              static_cast<QWidget*>(remove)})
            layout->addWidget(part);
        layout->setStretch(1, 1);
        rows()->insertWidget(static_cast<int>(1 + at), row.widget);
        connect(row.swatch, &QAbstractButton::clicked, this, [this, at] { openPicker(at); });
        connect(row.hex, &QLineEdit::returnPressed, this, [this, at] {
            const auto color = parseHexColor(m_rows[at].hex->text().trimmed().toStdString());
            if (!color)
                return;
            change([&](std::vector<Paint>& paints) {
                if (at < paints.size())
                    paints[at] = document::solidPaint({color->r, color->g, color->b, paints[at].color.a}, paints[at].id);
            });
        });
        connect(row.opacity, &NumberField::edited, this, [this, at](const ValueChange& edit, bool scrubbing) {
            change(
                [&](std::vector<Paint>& paints) {
                    if (at < paints.size())
                        paints[at].opacity = document::rounded(edit(paints[at].opacity * 100) / 100);
                },
                scrubbing ? EditGroup::scrub : EditGroup::own);
        });
        connect(row.eye, &QToolButton::clicked, this, [this, at] {
            change([&](std::vector<Paint>& paints) {
                if (at < paints.size())
                    paints[at].visible = !paints[at].visible;
            });
        });
        connect(remove, &QToolButton::clicked, this, [this, at] {
            change([&](std::vector<Paint>& paints) {
                if (at < paints.size())
                    paints.erase(paints.begin() + static_cast<std::ptrdiff_t>(at));
            });
        });
        m_rows.push_back(row);
    }
    return m_rows[index];
}

void PaintSection::openPicker(std::size_t index)
{
    if (index >= m_paints.size())
        return;
    auto* picker = new ColorPicker(m_paints[index], true, documentColors(m_session.document()), this);
    connect(picker, &ColorPicker::changed, this, [this, index](const Paint& paint) {
        change(
            [&](std::vector<Paint>& paints) {
                if (index < paints.size()) {
                    const Paint before = paints[index];
                    paints[index] = paint;
                    paints[index].id = before.id;
                    paints[index].opacity = before.opacity;
                    paints[index].visible = before.visible;
                }
            },
            EditGroup::scrub);
    });
    const QPoint corner = m_rows[index].swatch->mapToGlobal(QPoint(0, 0));
    picker->adjustSize();
    picker->move(corner.x() - picker->width() - theme().metric(Metric::spacePanel), corner.y());
    picker->show();
}

void PaintSection::showRow(Row& row, const Paint& paint)
{
    row.swatch->setPaint(paint);
    if (!row.hex->hasFocus() || !row.hex->isModified())
        row.hex->setText(paintText(paint));
    row.hex->setReadOnly(paint.kind != PaintKind::solid);
    Shared<double> percent;
    percent.add(paint.opacity * 100);
    row.opacity->show(percent);
    row.eye->setIcon(themeIcon(paint.visible ? QStringLiteral("eye") : QStringLiteral("eye-off")));
}

void PaintSection::show(const SelectionSummary& summary)
{
    m_summary = summary;
    const Shared<std::vector<Paint>>& shared = m_kind == Kind::fill ? summary.fills : summary.strokes;
    setVisible(shared.present);
    m_mixed->setVisible(shared.mixed);
    m_paints = shared.mixed ? std::vector<Paint>() : shared.value;
    for (std::size_t i = 0; i < m_paints.size(); ++i) {
        Row& row = rowAt(i);
        showRow(row, m_paints[i]);
        row.widget->show();
    }
    for (std::size_t i = m_paints.size(); i < m_rows.size(); ++i)
        m_rows[i].widget->hide();
    if (m_strokeRow) {
        m_strokeRow->setVisible(shared.mixed || !m_paints.empty());
        m_width->show(summary.strokeWidth);
        m_align->setCurrentIndex(summary.strokeAlign.mixed ? -1 : m_align->findData(static_cast<int>(summary.strokeAlign.value)));
    }
}

} // namespace tessera::app
