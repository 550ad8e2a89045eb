#include <app/theme/theme.h>

#include <QApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStyleFactory>

/// A static library's resources are linked in only when they are named; the macro must stand outside namespaces.
static void initResources()
{
    Q_INIT_RESOURCE(theme);
}

namespace tessera::app {
namespace {

struct ColorName {
    ColorRole role;
    const char* token;
};
constexpr ColorName colorNames[] = {
    {ColorRole::canvas, "canvas"},       {ColorRole::panel, "panel"},
    {ColorRole::raised, "raised"},       {ColorRole::hover, "hover"},
    {ColorRole::pressed, "pressed"},     {ColorRole::line, "line"},
    {ColorRole::control, "control"},     {ColorRole::text, "text"},
    {ColorRole::text2, "text2"},         {ColorRole::accent, "accent"},
    {ColorRole::accentHover, "accentHover"}, {ColorRole::accentSoft, "accentSoft"},
    {ColorRole::onAccent, "onAccent"},   {ColorRole::danger, "danger"},
    {ColorRole::warn, "warn"},           {ColorRole::ok, "ok"},
    {ColorRole::guide, "guide"},         {ColorRole::handle, "handle"},
    {ColorRole::shadow, "shadow"},       {ColorRole::page, "page"},
    {ColorRole::onPeer, "onPeer"},
};

struct MetricName {
    Metric metric;
    const char* token; ///< path in tokens.json
};
constexpr MetricName metricNames[] = {
    {Metric::row, "size.row"},
    {Metric::rowCompact, "size.rowCompact"},
    {Metric::field, "size.field"},
    {Metric::toolButton, "size.toolButton"},
    {Metric::icon, "size.icon"},
    {Metric::topBar, "size.topBar"},
    {Metric::statusBar, "size.statusBar"},
    {Metric::leftPanel, "size.leftPanel"},
    {Metric::rightPanel, "size.rightPanel"},
    {Metric::panelMin, "size.panelMin"},
    {Metric::panelMax, "size.panelMax"},
    {Metric::avatar, "size.avatar"},
    {Metric::swatch, "size.swatch"},
    {Metric::popover, "size.popover"},
    {Metric::dialog, "size.dialog"},
    {Metric::spaceXxs, "space.xxs"},
    {Metric::spaceXs, "space.xs"},
    {Metric::spaceField, "space.field"},
    {Metric::spacePanel, "space.panel"},
    {Metric::spaceGroup, "space.group"},
    {Metric::spacePage, "space.page"},
    {Metric::radiusField, "radius.field"},
    {Metric::radiusPopover, "radius.popover"},
    {Metric::radiusDialog, "radius.dialog"},
    {Metric::outlineFocus, "outline.focus"},
    {Metric::textHint, "font.size.hint"},
    {Metric::textBody, "font.size.body"},
    {Metric::textPanelTitle, "font.size.panelTitle"},
    {Metric::textDialogTitle, "font.size.dialogTitle"},
    {Metric::textHome, "font.size.home"},
    {Metric::selectionOutline, "canvas.selectionOutline"},
    {Metric::hoverOutline, "canvas.hoverOutline"},
    {Metric::handle, "canvas.handle"},
    {Metric::handleHit, "canvas.handleHit"},
    {Metric::pickRadius, "canvas.pickRadius"},
    {Metric::nameTag, "canvas.nameTag"},
    {Metric::nameTagPadding, "canvas.nameTagPadding"},
    {Metric::cursor, "canvas.cursor"},
    {Metric::toastMs, "motion.toastMs"},
    {Metric::cursorFadeMs, "motion.cursorFadeMs"},
};

QJsonValue valueAt(const QJsonObject& root, const QString& path)
{
    QJsonValue value = root;
    for (const QString& part : path.split(QLatin1Char('.')))
        value = value.toObject().value(part);
    return value;
}

/// CSS order: #RRGGBBAA, where QColor reads #AARRGGBB.
QColor parseColor(QString text)
{
    if (text.size() == 9)
        text = QLatin1Char('#') + text.mid(7, 2) + text.mid(1, 6);
    return QColor(text);
}

QString cssColor(const QColor& color)
{
    return QStringLiteral("rgba(%1,%2,%3,%4)").arg(color.red()).arg(color.green()).arg(color.blue()).arg(color.alpha());
}

QByteArray resource(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Theme builtIn(Appearance appearance)
{
    initResources();
    auto parsed = Theme::parse(resource(QStringLiteral(":/tessera/theme/tokens.json")), appearance);
    Q_ASSERT_X(parsed.hasValue(), "theme", parsed ? "" : parsed.error().where.c_str());
    return std::move(parsed).value();
}

Theme& currentTheme()
{
    static Theme current = builtIn(Appearance::light);
    return current;
}

} // namespace

Result<Theme, ThemeError> Theme::parse(const QByteArray& json, Appearance appearance)
{
    QJsonParseError parseError{};
    const QJsonObject root = QJsonDocument::fromJson(json, &parseError).object();
    if (parseError.error != QJsonParseError::NoError)
        return fail(ThemeError{ThemeErrc::notJson, "tokens.json", parseError.errorString().toStdString()});

    Theme result;
    result.m_appearance = appearance;
    const QString column = appearance == Appearance::light ? QStringLiteral("light") : QStringLiteral("dark");
    for (const ColorName& entry : colorNames) {
        const QString path = QStringLiteral("color.%1.%2").arg(QLatin1String(entry.token), column);
        const QJsonValue value = valueAt(root, path);
        if (value.isUndefined())
            return fail(ThemeError{ThemeErrc::missingToken, path.toStdString(), {}});
        const QColor color = parseColor(value.toString());
        if (!color.isValid())
            return fail(ThemeError{ThemeErrc::badValue, path.toStdString(), value.toString().toStdString()});
        result.m_colors[static_cast<std::size_t>(entry.role)] = color;
    }
    for (const MetricName& entry : metricNames) {
        const QJsonValue value = valueAt(root, QLatin1String(entry.token));
        if (value.isUndefined())
            return fail(ThemeError{ThemeErrc::missingToken, entry.token, {}});
        if (!value.isDouble() || value.toDouble() < 0)
            return fail(ThemeError{ThemeErrc::badValue, entry.token, {}});
        result.m_metrics[static_cast<std::size_t>(entry.metric)] = value.toInt();
    }
    for (const QJsonValue& peer : root.value(QLatin1String("peers")).toArray())
        result.m_peers.push_back(parseColor(peer.toString()));
    if (result.m_peers.empty())
        return fail(ThemeError{ThemeErrc::missingToken, "peers", {}});
    result.m_family = valueAt(root, QStringLiteral("font.family")).toString();
    result.m_peerOutline = valueAt(root, QStringLiteral("canvas.peerOutline")).toDouble(result.m_peerOutline);
    return result;
}

QFont Theme::font(Metric size, QFont::Weight weight) const
{
    QFont font;
    font.setFamilies({m_family, QStringLiteral("Noto Sans"), QStringLiteral("sans-serif")});
    font.setPixelSize(metric(size));
    font.setWeight(weight);
    return font;
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, ColorRole token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, ColorRole::panel);
    set(QPalette::WindowText, ColorRole::text);
    set(QPalette::Base, ColorRole::panel);
    set(QPalette::AlternateBase, ColorRole::raised);
    set(QPalette::Text, ColorRole::text);
    set(QPalette::PlaceholderText, ColorRole::text2);
    set(QPalette::Button, ColorRole::raised);
    set(QPalette::ButtonText, ColorRole::text);
    set(QPalette::Highlight, ColorRole::accent);
    set(QPalette::HighlightedText, ColorRole::onAccent);
    set(QPalette::Link, ColorRole::accent);
    set(QPalette::ToolTipBase, ColorRole::raised);
    set(QPalette::ToolTipText, ColorRole::text);
    set(QPalette::Mid, ColorRole::line);
    set(QPalette::Light, ColorRole::raised);
    set(QPalette::Dark, ColorRole::control);
    set(QPalette::Shadow, ColorRole::line);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(ColorRole::control));
    return palette;
}

QString Theme::styleSheet() const
{
    QString sheet = QString::fromUtf8(resource(QStringLiteral(":/tessera/theme/style.qss")));
    for (const ColorName& entry : colorNames)
        sheet.replace(QStringLiteral("{color.%1}").arg(QLatin1String(entry.token)), cssColor(color(entry.role)));
    for (const MetricName& entry : metricNames)
        sheet.replace(QStringLiteral("{%1}").arg(QLatin1String(entry.token)), QString::number(metric(entry.metric)));
    return sheet;
}

const Theme& theme()
{
    return currentTheme();
}

void applyTheme(QApplication& application, Appearance appearance)
{
    currentTheme() = builtIn(appearance);
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application.setPalette(theme().palette());
    application.setFont(theme().font(Metric::textBody));
    application.setStyleSheet(theme().styleSheet());
}

} // namespace tessera::app
