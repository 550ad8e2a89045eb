#pragma once

#include <QAbstractButton>

#include <core/document/node.h>

namespace tessera::app {

/// A small field of colour that can be pressed.
class ColorSwatch final : public QAbstractButton
{
    Q_OBJECT

public:
    explicit ColorSwatch(const QString& name, QWidget* parent = nullptr);
    void setColor(const QColor& color);
    void setPaint(const document::Paint& paint);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    document::Paint m_paint;
};

} // namespace tessera::app
