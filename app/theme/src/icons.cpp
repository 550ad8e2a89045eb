#include <app/theme/icons.h>

#include <optional>

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace tessera::app {
namespace {

class LucideEngine final : public QIconEngine
{
public:
    LucideEngine(QString name, std::optional<ColorRole> role) : m_name(std::move(name)), m_role(role) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const QSize size = rect.size() * painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, pixmap(size, mode, state));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        const QColor color = colorFor(mode, state);
        const QString key = QStringLiteral("lucide/%1/%2/%3").arg(m_name, color.name()).arg(size.width());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        QFile file(QStringLiteral(":/tessera/icons/%1.svg").arg(m_name));
        [[maybe_unused]] const bool opened = file.open(QIODevice::ReadOnly);
        Q_ASSERT_X(opened, "themeIcon", qPrintable(m_name));
        QByteArray svg = file.readAll();
        svg.replace("currentColor", color.name().toLatin1());
        // Lucide is drawn on 24 units with a 2-unit stroke; 2.25 makes 1.5 px at our 16 px.
        svg.replace("stroke-width=\"2\"", "stroke-width=\"2.25\"");
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        QSvgRenderer(svg).render(&painter, QRectF(QPointF(), size));
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    QIconEngine* clone() const override { return new LucideEngine(m_name, m_role); }

private:
    QColor colorFor(QIcon::Mode mode, QIcon::State state) const
    {
        if (mode == QIcon::Disabled)
            return theme().color(ColorRole::control);
        if (m_role)
            return theme().color(*m_role);
        return theme().color(state == QIcon::On ? ColorRole::accent : ColorRole::text);
    }

    QString m_name;
    std::optional<ColorRole> m_role;
};

} // namespace

QIcon themeIcon(const QString& name)
{
    return QIcon(new LucideEngine(name, std::nullopt));
}

QIcon themeIcon(const QString& name, ColorRole role)
{
    return QIcon(new LucideEngine(name, role));
}

} // namespace tessera::app
