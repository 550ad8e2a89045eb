#pragma once

#include <cstdint>
#include <span>

/// Every action of the editor in one table: words, menu, shortcuts, icon. Shortcuts are QKeySequence portable text and
/// follow editor-ux's default set; a second one without punctuation stands where keyboards hide the first.
namespace tessera::app {

/// Where a shortcut works. Canvas keys are single letters and do nothing while a field or a text is edited.
enum class ShortcutContext : std::uint8_t { window, canvas };

/// What must be so for the action to be enabled.
enum class ActionNeed : std::uint8_t { nothing, selection, undo, redo, editable, shared };

struct ActionSpec {
    const char* id;        ///< "edit.undo"; the part before the dot is its menu
    const char* text;
    const char* shortcuts; ///< separated by "; "
    ShortcutContext context = ShortcutContext::window;
    ActionNeed need = ActionNeed::nothing;
    const char* icon = "";
    bool checkable = false;
    bool startsGroup = false; ///< a separator stands above it in the menu
};

[[nodiscard]] std::span<const ActionSpec> actionTable();

struct MenuSpec {
    const char* prefix;
    const char* title;
};
[[nodiscard]] std::span<const MenuSpec> menuTable();

} // namespace tessera::app
