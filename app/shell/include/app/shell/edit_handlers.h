#pragma once

#include <functional>

#include <app/shell/editor_actions.h>
#include <app/shell/workspace.h>

namespace tessera::app {

/// Binds the Edit and Object actions. `current` gives the workspace they work on, or null. GUI thread.
void bindEditActions(EditorActions& actions, const std::function<Workspace*()>& current);

} // namespace tessera::app
