#pragma once

#include <QComboBox>

namespace tessera::app {

/// A choice with the theme's arrow; gives way when the panel is narrow.
class ComboBox final : public QComboBox
{
public:
    explicit ComboBox(QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
};

} // namespace tessera::app
