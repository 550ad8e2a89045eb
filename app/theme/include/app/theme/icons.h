#pragma once

#include <QIcon>
#include <QString>

#include <app/theme/theme.h>

/// Interface icons: lucide outlines, coloured from the theme at paint time, so that they follow a theme change. The
/// names in use are listed in app/theme/CMakeLists.txt; an unknown name asserts. GUI thread.
namespace tessera::app {

/// Text colour at rest, accent when checked or selected, control colour when disabled.
[[nodiscard]] QIcon themeIcon(const QString& name);
/// One colour in every state.
[[nodiscard]] QIcon themeIcon(const QString& name, ColorRole role);

} // namespace tessera::app
