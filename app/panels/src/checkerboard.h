#pragma once

#include <QPainter>

namespace tessera::app {

/// The ground that shows through what is not opaque.
void paintCheckerboard(QPainter& painter, const QRectF& rect);

} // namespace tessera::app
