#pragma once

#include <QLineEdit>
#include <QWidget>

#include <core/document/node.h>

namespace tessera::app {

/// Saturation and value of one hue as a square. Arrow keys move the mark.
class ShadeSquare final : public QWidget
{
    Q_OBJECT

public:
    explicit ShadeSquare(QWidget* parent = nullptr);
    void setColor(const QColor& color);

Q_SIGNALS:
    void picked(double saturation, double value);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void pick(const QPointF& at);

    double m_hue = 0;
    double m_saturation = 0;
    double m_value = 0;
};

/// A strip with a mark: hue, opacity, or a gradient's stops.
class ColorStrip final : public QWidget
{
    Q_OBJECT

public:
    ColorStrip(const QString& name, QWidget* parent = nullptr);
    void setStops(const QGradientStops& stops) { m_stops = stops, update(); }
    void setPosition(double position) { m_position = position, update(); }

Q_SIGNALS:
    void picked(double position);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QGradientStops m_stops;
    double m_position = 0;
};

/// Popover that edits one paint: solid, or a linear or radial gradient of two or more stops. Changes come as they are
/// made; the caller groups them into one undo step.
class ColorPicker final : public QWidget
{
    Q_OBJECT

public:
    /// `allowGradient`: fills and strokes take gradients, text colours do not.
    ColorPicker(const document::Paint& paint, bool allowGradient, const std::vector<QColor>& documentColors,
                QWidget* parent = nullptr);

Q_SIGNALS:
    void changed(const tessera::document::Paint& paint);

private:
    void setKind(document::PaintKind kind);
    void setColor(const QColor& color);
    void showColor();
    [[nodiscard]] QColor color() const;

    document::Paint m_paint;
    std::size_t m_stop = 0; ///< the gradient stop being edited
    double m_hue = 0;       ///< kept while the colour is grey
    ShadeSquare* m_shade;
    ColorStrip* m_hueStrip;
    ColorStrip* m_alphaStrip;
    ColorStrip* m_gradientStrip;
    QWidget* m_stopRow;
    QLineEdit* m_hex;
    std::vector<QWidget*> m_stopButtons;
};

} // namespace tessera::app
