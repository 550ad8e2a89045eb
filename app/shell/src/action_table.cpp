#include <app/shell/action_table.h>

#include <QtGlobal>

namespace tessera::app {
namespace {

constexpr auto canvas = ShortcutContext::canvas;
constexpr auto window = ShortcutContext::window;
using Need = ActionNeed;

constexpr MenuSpec menus[] = {
    {"file", QT_TRANSLATE_NOOP("actions", "&File")},   {"edit", QT_TRANSLATE_NOOP("actions", "&Edit")},
    {"view", QT_TRANSLATE_NOOP("actions", "&View")},   {"object", QT_TRANSLATE_NOOP("actions", "&Object")},
    {"tool", QT_TRANSLATE_NOOP("actions", "&Tools")},  {"share", QT_TRANSLATE_NOOP("actions", "&Share")},
    {"help", QT_TRANSLATE_NOOP("actions", "&Help")},
};

constexpr ActionSpec actions[] = {
    {"file.new", QT_TRANSLATE_NOOP("actions", "New"), "Ctrl+N", window, Need::nothing, "file-plus"},
    {"file.open", QT_TRANSLATE_NOOP("actions", "Open…"), "Ctrl+O", window, Need::nothing, "folder-open"},
    {"file.save", QT_TRANSLATE_NOOP("actions", "Save"), "Ctrl+S"},
    {"file.saveAs", QT_TRANSLATE_NOOP("actions", "Save as…"), "Ctrl+Shift+S"},
    {"file.importSvg", QT_TRANSLATE_NOOP("actions", "Import drawing…"), "Ctrl+Shift+O", window, Need::editable, "file-image",
     false, true},
    {"file.placeImage", QT_TRANSLATE_NOOP("actions", "Place image…"), "Ctrl+Shift+K", window, Need::editable, "image"},
    {"file.exportPng", QT_TRANSLATE_NOOP("actions", "Export as PNG…"), "Ctrl+Shift+E", window, Need::nothing, "download"},
    {"file.close", QT_TRANSLATE_NOOP("actions", "Close"), "Ctrl+W", window, Need::nothing, "", false, true},
    {"file.quit", QT_TRANSLATE_NOOP("actions", "Quit"), "Ctrl+Q"},

    {"edit.undo", QT_TRANSLATE_NOOP("actions", "Undo"), "Ctrl+Z", window, Need::undo, "undo-2"},
    {"edit.redo", QT_TRANSLATE_NOOP("actions", "Redo"), "Ctrl+Shift+Z; Ctrl+Y", window, Need::redo, "redo-2"},
    {"edit.cut", QT_TRANSLATE_NOOP("actions", "Cut"), "Ctrl+X", canvas, Need::selection, "", false, true},
    {"edit.copy", QT_TRANSLATE_NOOP("actions", "Copy"), "Ctrl+C", canvas, Need::selection, "copy"},
    {"edit.paste", QT_TRANSLATE_NOOP("actions", "Paste"), "Ctrl+V", canvas, Need::editable},
    {"edit.duplicate", QT_TRANSLATE_NOOP("actions", "Duplicate"), "Ctrl+D", window, Need::selection},
    {"edit.delete", QT_TRANSLATE_NOOP("actions", "Delete"), "Del; Backspace", canvas, Need::selection, "trash-2"},
    {"edit.rename", QT_TRANSLATE_NOOP("actions", "Rename"), "Ctrl+R; F2", window, Need::selection},
    {"edit.selectAll", QT_TRANSLATE_NOOP("actions", "Select all"), "Ctrl+A", canvas, Need::nothing, "", false, true},
    {"edit.selectParent", QT_TRANSLATE_NOOP("actions", "Select parent"), "Shift+Return; \\", canvas, Need::selection},
    {"edit.selectNext", QT_TRANSLATE_NOOP("actions", "Select next sibling"), "Tab", canvas, Need::selection},
    {"edit.selectPrevious", QT_TRANSLATE_NOOP("actions", "Select previous sibling"), "Shift+Tab", canvas, Need::selection},

    {"view.zoomIn", QT_TRANSLATE_NOOP("actions", "Zoom in"), "Ctrl+=; Ctrl++", window, Need::nothing, "zoom-in"},
    {"view.zoomOut", QT_TRANSLATE_NOOP("actions", "Zoom out"), "Ctrl+-", window, Need::nothing, "zoom-out"},
    {"view.zoom100", QT_TRANSLATE_NOOP("actions", "Zoom to 100 %"), "Ctrl+0; Shift+0"},
    {"view.zoomFit", QT_TRANSLATE_NOOP("actions", "Zoom to fit"), "Shift+1; Ctrl+1", canvas, Need::nothing, "maximize"},
    {"view.zoomSelection", QT_TRANSLATE_NOOP("actions", "Zoom to selection"), "Shift+2; Ctrl+2", canvas, Need::selection},
    {"view.panels", QT_TRANSLATE_NOOP("actions", "Show panels"), "Ctrl+\\; Ctrl+.", window, Need::nothing, "", true, true},
    {"view.layers", QT_TRANSLATE_NOOP("actions", "Go to layers"), "Alt+1"},
    {"view.design", QT_TRANSLATE_NOOP("actions", "Go to design"), "Alt+2"},
    {"view.nextArea", QT_TRANSLATE_NOOP("actions", "Next area"), "F6"},
    {"view.previousArea", QT_TRANSLATE_NOOP("actions", "Previous area"), "Shift+F6"},
    {"view.dark", QT_TRANSLATE_NOOP("actions", "Dark appearance"), "Alt+Shift+D", window, Need::nothing, "moon", true, true},

    {"object.group", QT_TRANSLATE_NOOP("actions", "Group"), "Ctrl+G", window, Need::selection, "group"},
    {"object.ungroup", QT_TRANSLATE_NOOP("actions", "Ungroup"), "Ctrl+Shift+G", window, Need::selection},
    {"object.frame", QT_TRANSLATE_NOOP("actions", "Frame the selection"), "Ctrl+Alt+G", window, Need::selection, "frame"},
    {"object.forward", QT_TRANSLATE_NOOP("actions", "Bring forward"), "Ctrl+]; Ctrl+Up", canvas, Need::selection, "", false, true},
    {"object.backward", QT_TRANSLATE_NOOP("actions", "Send backward"), "Ctrl+[; Ctrl+Down", canvas, Need::selection},
    {"object.toFront", QT_TRANSLATE_NOOP("actions", "Bring to front"), "]; Ctrl+Shift+Up", canvas, Need::selection},
    {"object.toBack", QT_TRANSLATE_NOOP("actions", "Send to back"), "[; Ctrl+Shift+Down", canvas, Need::selection},
    {"object.alignLeft", QT_TRANSLATE_NOOP("actions", "Align left"), "Alt+A", canvas, Need::selection, "align-start-vertical", false, true},
    {"object.alignCenterX", QT_TRANSLATE_NOOP("actions", "Align horizontal centres"), "Alt+H", canvas, Need::selection, "align-center-vertical"},
    {"object.alignRight", QT_TRANSLATE_NOOP("actions", "Align right"), "Alt+D", canvas, Need::selection, "align-end-vertical"},
    {"object.alignTop", QT_TRANSLATE_NOOP("actions", "Align top"), "Alt+W", canvas, Need::selection, "align-start-horizontal"},
    {"object.alignCenterY", QT_TRANSLATE_NOOP("actions", "Align vertical centres"), "Alt+V", canvas, Need::selection, "align-center-horizontal"},
    {"object.alignBottom", QT_TRANSLATE_NOOP("actions", "Align bottom"), "Alt+S", canvas, Need::selection, "align-end-horizontal"},
    {"object.visible", QT_TRANSLATE_NOOP("actions", "Show or hide"), "Ctrl+Shift+H", window, Need::selection, "eye", false, true},
    {"object.locked", QT_TRANSLATE_NOOP("actions", "Lock or unlock"), "Ctrl+Shift+L", window, Need::selection, "lock"},
    {"object.nudgeLeft", QT_TRANSLATE_NOOP("actions", "Nudge left"), "Left", canvas, Need::selection, "", false, true},
    {"object.nudgeRight", QT_TRANSLATE_NOOP("actions", "Nudge right"), "Right", canvas, Need::selection},
    {"object.nudgeUp", QT_TRANSLATE_NOOP("actions", "Nudge up"), "Up", canvas, Need::selection},
    {"object.nudgeDown", QT_TRANSLATE_NOOP("actions", "Nudge down"), "Down", canvas, Need::selection},
    {"object.nudgeLeft10", QT_TRANSLATE_NOOP("actions", "Nudge left by 10"), "Shift+Left", canvas, Need::selection},
    {"object.nudgeRight10", QT_TRANSLATE_NOOP("actions", "Nudge right by 10"), "Shift+Right", canvas, Need::selection},
    {"object.nudgeUp10", QT_TRANSLATE_NOOP("actions", "Nudge up by 10"), "Shift+Up", canvas, Need::selection},
    {"object.nudgeDown10", QT_TRANSLATE_NOOP("actions", "Nudge down by 10"), "Shift+Down", canvas, Need::selection},

    {"tool.select", QT_TRANSLATE_NOOP("actions", "Select"), "V", canvas, Need::nothing, "mouse-pointer-2", true},
    {"tool.hand", QT_TRANSLATE_NOOP("actions", "Hand"), "H", canvas, Need::nothing, "hand", true},
    {"tool.frame", QT_TRANSLATE_NOOP("actions", "Frame"), "F; A", canvas, Need::editable, "frame", true},
    {"tool.rectangle", QT_TRANSLATE_NOOP("actions", "Rectangle"), "R", canvas, Need::editable, "square", true},
    {"tool.ellipse", QT_TRANSLATE_NOOP("actions", "Ellipse"), "O", canvas, Need::editable, "circle", true},
    {"tool.line", QT_TRANSLATE_NOOP("actions", "Line"), "L", canvas, Need::editable, "minus", true},
    {"tool.pen", QT_TRANSLATE_NOOP("actions", "Pen"), "P", canvas, Need::editable, "pen-tool", true},
    {"tool.text", QT_TRANSLATE_NOOP("actions", "Text"), "T", canvas, Need::editable, "type", true},
    {"tool.generate", QT_TRANSLATE_NOOP("actions", "Generate in the selected frame"), "Ctrl+Shift+I", window, Need::nothing, "sparkles"},
    {"tool.lock", QT_TRANSLATE_NOOP("actions", "Keep the tool in hand"), "Q", canvas, Need::nothing, "", true, true},

    {"share.share", QT_TRANSLATE_NOOP("actions", "Share…"), "", window, Need::nothing, "share-2"},
    {"share.openLink", QT_TRANSLATE_NOOP("actions", "Open link…"), "Ctrl+Shift+J", window, Need::nothing, "link"},
    {"share.offline", QT_TRANSLATE_NOOP("actions", "Work offline"), "", window, Need::shared, "cloud-off", true, true},

    {"help.shortcuts", QT_TRANSLATE_NOOP("actions", "Keyboard shortcuts"), "Ctrl+Shift+/; F1", window, Need::nothing, "circle-help"},
    {"help.about", QT_TRANSLATE_NOOP("actions", "About Tessera"), ""},
};

} // namespace

std::span<const ActionSpec> actionTable()
{
    return actions;
}

std::span<const MenuSpec> menuTable()
{
    return menus;
}

} // namespace tessera::app
