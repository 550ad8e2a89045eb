#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QTransform>

#include <core/base/color.h>
#include <core/base/geometry.h>

/// Values of core as values of Qt and back. Pure; any thread.
namespace tessera::app {

[[nodiscard]] inline QString toQt(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}
[[nodiscard]] inline QColor toQt(const Color& color)
{
    return QColor::fromRgbF(color.r, color.g, color.b, color.a);
}
[[nodiscard]] inline Color fromQt(const QColor& color)
{
    return {static_cast<float>(color.redF()), static_cast<float>(color.greenF()), static_cast<float>(color.blueF()),
            static_cast<float>(color.alphaF())};
}
[[nodiscard]] inline QPointF toQt(Point point)
{
    return {point.x, point.y};
}
[[nodiscard]] inline Point fromQt(const QPointF& point)
{
    return {point.x(), point.y()};
}
[[nodiscard]] inline QRectF toQt(const Rect& rect)
{
    return {rect.x, rect.y, rect.width, rect.height};
}
[[nodiscard]] inline QTransform toQt(const Transform& t)
{
    return {t.a, t.b, t.c, t.d, t.e, t.f};
}

} // namespace tessera::app
