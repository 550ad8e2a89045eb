#include "color_picker.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <app/models/qt_convert.h>
#include <app/theme/theme.h>

#include "color_swatch.h"

namespace tessera::app {
namespace {

using document::Paint;
using document::PaintKind;

constexpr int swatchesPerRow = 10;
constexpr std::size_t maxSwatches = 20;

QToolButton* kindButton(const QString& text, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setCheckable(true);
    button->setAutoExclusive(true);
    button->setAccessibleName(text);
    button->setFixedHeight(theme().metric(Metric::field));
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return button;
}

} // namespace

ColorPicker::ColorPicker(const Paint& paint, bool allowGradient, const std::vector<QColor>& documentColors,
                         QWidget* parent)
    : QWidget(parent, Qt::Popup), m_paint(paint)
{
    setObjectName(QStringLiteral("toast"));
    setAttribute(Qt::WA_DeleteOnClose);
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Colour picker"));
    setFixedWidth(theme().metric(Metric::leftPanel));
    auto* column = new QVBoxLayout(this);
    const int margin = theme().metric(Metric::spacePanel);
    column->setContentsMargins(margin, margin, margin, margin);
    column->setSpacing(theme().metric(Metric::spaceField));

    m_gradientStrip = new ColorStrip(tr("Gradient"), this);
    m_stopRow = new QWidget(this);
    if (allowGradient) {
        auto* kinds = new QHBoxLayout;
        const std::pair<QString, PaintKind> choices[] = {{tr("Solid"), PaintKind::solid},
                                                         {tr("Linear"), PaintKind::linearGradient},
                                                         {tr("Radial"), PaintKind::radialGradient}};
        for (const auto& [text, kind] : choices) {
            auto* button = kindButton(text, this);
            button->setChecked(m_paint.kind == kind);
            connect(button, &QToolButton::clicked, this, [this, kind = kind] { setKind(kind); });
            kinds->addWidget(button);
        }
        column->addLayout(kinds);
    }
    column->addWidget(m_gradientStrip);
    column->addWidget(m_stopRow);
    auto* stops = new QHBoxLayout(m_stopRow);
    stops->setContentsMargins(0, 0, 0, 0);
    const std::pair<QString, std::size_t> ends[] = {{tr("Start"), 0}, {tr("End"), 1}};
    for (const auto& [text, index] : ends) {
        auto* button = kindButton(text, m_stopRow);
        button->setChecked(index == 0);
        connect(button, &QToolButton::clicked, this, [this, index = index] {
            m_stop = index == 0 || m_paint.stops.empty() ? 0 : m_paint.stops.size() - 1;
            showColor();
        });
        stops->addWidget(button);
    }

    m_shade = new ShadeSquare(this);
    m_hueStrip = new ColorStrip(tr("Hue"), this);
    m_alphaStrip = new ColorStrip(tr("Opacity"), this);
    QGradientStops hues;
    for (int i = 0; i <= 6; ++i)
        hues.append({i / 6.0, QColor::fromHsvF(i % 6 / 6.0F, 1, 1)});
    m_hueStrip->setStops(hues);
    column->addWidget(m_shade);
    column->addWidget(m_hueStrip);
    column->addWidget(m_alphaStrip);

    m_hex = new QLineEdit(this);
    m_hex->setAccessibleName(tr("Hex colour"));
    m_hex->setMaxLength(9);
    column->addWidget(m_hex);
    connect(m_hex, &QLineEdit::returnPressed, this, [this] {
        if (const auto parsed = parseHexColor(m_hex->text().trimmed().toStdString()))
            setColor(toQt(*parsed));
        else
            showColor();
    });
    connect(m_shade, &ShadeSquare::picked, this, [this](double saturation, double value) {
        setColor(QColor::fromHsvF(float(m_hue), float(saturation), float(value), color().alphaF()));
    });
    connect(m_hueStrip, &ColorStrip::picked, this, [this](double hue) {
        m_hue = std::min(hue, 0.9999);
        const QColor now = color();
        setColor(QColor::fromHsvF(float(m_hue), now.hsvSaturationF(), now.valueF(), now.alphaF()));
    });
    connect(m_alphaStrip, &ColorStrip::picked, this, [this](double alpha) {
        QColor next = color();
        next.setAlphaF(float(alpha));
        setColor(next);
    });

    auto* grid = new QGridLayout;
    grid->setSpacing(theme().metric(Metric::spaceXs));
    for (std::size_t i = 0; i < std::min(documentColors.size(), maxSwatches); ++i) {
        auto* swatch = new ColorSwatch(documentColors[i].name(), this);
        swatch->setColor(documentColors[i]);
        connect(swatch, &QAbstractButton::clicked, this, [this, chosen = documentColors[i]] { setColor(chosen); });
        grid->addWidget(swatch, int(i) / swatchesPerRow, int(i) % swatchesPerRow);
    }
    column->addLayout(grid);
    const float hue = color().hsvHueF();
    m_hue = hue < 0 ? 0 : hue;
    showColor();
}

QColor ColorPicker::color() const
{
    if (m_paint.kind == PaintKind::solid || m_paint.stops.empty())
        return toQt(m_paint.color);
    return toQt(m_paint.stops[std::min(m_stop, m_paint.stops.size() - 1)].color);
}

void ColorPicker::setKind(PaintKind kind)
{
    const Color base = fromQt(color());
    if (kind == PaintKind::solid) {
        m_paint.color = base;
    } else if (m_paint.stops.empty()) {
        Color end = base;
        end.a = 0;
        m_paint.stops = {{0, base}, {1, end}};
    }
    // A linear gradient runs from top to bottom, a radial one from the centre outwards.
    m_paint.gradientMatrix = kind == PaintKind::linearGradient ? Transform{0, 1, -1, 0, 1, 0} : Transform{};
    m_paint.kind = kind;
    m_stop = 0;
    showColor();
    Q_EMIT changed(m_paint);
}

void ColorPicker::setColor(const QColor& next)
{
    if (next.hsvSaturationF() > 0 && next.hsvHueF() >= 0)
        m_hue = next.hsvHueF();
    if (m_paint.kind == PaintKind::solid || m_paint.stops.empty()) {
        m_paint.kind = PaintKind::solid;
        m_paint.color = fromQt(next);
    } else {
        m_paint.stops[std::min(m_stop, m_paint.stops.size() - 1)].color = fromQt(next);
    }
    showColor();
    Q_EMIT changed(m_paint);
}

void ColorPicker::showColor()
{
    const QColor now = color();
    const QColor hued = QColor::fromHsvF(float(m_hue), now.hsvSaturationF(), now.valueF());
    m_shade->setColor(hued.hsvHueF() < 0 ? QColor::fromHsvF(float(m_hue), 0, now.valueF()) : hued);
    m_hueStrip->setPosition(m_hue);
    QColor clear = now, full = now;
    clear.setAlphaF(0);
    full.setAlphaF(1);
    m_alphaStrip->setStops({{0, clear}, {1, full}});
    m_alphaStrip->setPosition(now.alphaF());
    m_hex->setText(toQt(toHexColor(fromQt(now))));
    const bool gradient = m_paint.kind != PaintKind::solid;
    m_gradientStrip->setVisible(gradient);
    m_stopRow->setVisible(gradient);
    if (gradient) {
        QGradientStops stops;
        for (const document::GradientStop& stop : m_paint.stops)
            stops.append({stop.offset, toQt(stop.color)});
        m_gradientStrip->setStops(stops);
        m_gradientStrip->setPosition(m_paint.stops.empty() ? -1 : m_paint.stops[std::min(m_stop, m_paint.stops.size() - 1)].offset);
    }
    adjustSize();
}

} // namespace tessera::app
