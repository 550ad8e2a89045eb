#pragma once

#include <array>
#include <vector>

#include <QByteArray>
#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>

#include <core/base/result.h>

class QApplication;

/// The design tokens (app/shell/theme/tokens.json, compiled in) and what Qt makes of them: palette, font, style sheet.
/// No colour or length literal stands anywhere else in app. Lengths are device-independent pixels. GUI thread.
namespace tessera::app {

enum class Appearance : std::uint8_t { light, dark };

enum class ColorRole : std::uint8_t {
    canvas, panel, raised, hover, pressed, line, control, text, text2, accent, accentHover, accentSoft, onAccent,
    danger, warn, ok, guide, handle, shadow, page, onPeer, count
};

/// Named after their place in tokens.json.
enum class Metric : std::uint8_t {
    row, rowCompact, field, toolButton, icon, topBar, statusBar, leftPanel, rightPanel, panelMin, panelMax, avatar,
    swatch, popover, dialog, spaceXxs, spaceXs, spaceField, spacePanel, spaceGroup, spacePage, radiusField,
    radiusPopover, radiusDialog, outlineFocus, textHint, textBody, textPanelTitle, textDialogTitle, textHome,
    selectionOutline, hoverOutline, handle, handleHit, pickRadius, nameTag, nameTagPadding, cursor, toastMs,
    cursorFadeMs, count
};

enum class ThemeErrc : std::uint8_t { notJson = 1, missingToken = 2, badValue = 3 };
using ThemeError = ErrorOf<ThemeErrc>;

class Theme
{
public:
    /// Errors name the token.
    static Result<Theme, ThemeError> parse(const QByteArray& json, Appearance appearance);

    [[nodiscard]] Appearance appearance() const { return m_appearance; }
    [[nodiscard]] QColor color(ColorRole role) const { return m_colors[static_cast<std::size_t>(role)]; }
    [[nodiscard]] int metric(Metric metric) const { return m_metrics[static_cast<std::size_t>(metric)]; }
    /// Colour of the n-th peer; wraps round.
    [[nodiscard]] QColor peerColor(std::size_t index) const { return m_peers[index % m_peers.size()]; }
    [[nodiscard]] const std::vector<QColor>& peerColors() const { return m_peers; }
    /// Interface font of a text metric, e.g. Metric::textBody; 
    [[nodiscard]] QFont font(Metric size, QFont::Weight weight = QFont::Normal) const;
    [[nodiscard]] double peerOutline() const { return m_peerOutline; }
    [[nodiscard]] QPalette palette() const;
    [[nodiscard]] QString styleSheet() const;

private:
    Appearance m_appearance = Appearance::light;
    std::array<QColor, static_cast<std::size_t>(ColorRole::count)> m_colors;
    std::array<int, static_cast<std::size_t>(Metric::count)> m_metrics{};
    std::vector<QColor> m_peers;
    double m_peerOutline = 1.5;
    QString m_family;
};

/// The theme in use; the light one before applyTheme was called.
[[nodiscard]] const Theme& theme();
/// Sets palette, font and style sheet of the application; widgets repaint.
void applyTheme(QApplication& application, Appearance appearance);

} // namespace tessera::app
