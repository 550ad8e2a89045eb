#include <app/shell/edit_handlers.h>

#include <algorithm>

#include <app/models/structure_edits.h>
#include <app/shell/content_commands.h>

namespace tessera::app {
namespace {

constexpr double nudge = 1;
constexpr double bigNudge = 10;
constexpr Point duplicateOffset{16, 16};

const std::vector<NodeId>& selected(Workspace& workspace)
{
    return workspace.session().selection().nodes();
}

void apply(Workspace& workspace, const StructureEdit& edit)
{
    if (!edit.commands.empty())
        workspace.session().applyAndSelect(edit.commands, edit.selection);
}

void selectAll(Workspace& workspace)
{
    EditorSession& session = workspace.session();
    const document::Document& document = session.document();
    // Inside a frame or group that holds the selection, all means its children.
    NodeId container = session.selection().page();
    if (!selected(workspace).empty()) {
        const auto parent = document.tree().shownParent.find(selected(workspace).front());
        if (parent != document.tree().shownParent.end())
            container = parent->second;
    }
    std::vector<NodeId> nodes;
    for (const NodeId& id : document.tree().childrenOf(container)) {
        const document::Node* node = document.node(id);
        if (node && node->visible && !node->locked)
            nodes.push_back(id);
    }
    session.selection().set(std::move(nodes));
}

void selectParent(Workspace& workspace)
{
    const document::Document& document = workspace.session().document();
    const auto parent = document.tree().shownParent.find(selected(workspace).front());
    const document::Node* node = parent == document.tree().shownParent.end() ? nullptr : document.node(parent->second);
    if (node && node->type != document::NodeType::page)
        workspace.session().selection().set({node->id});
}

void selectSibling(Workspace& workspace, int step)
{
    const document::Document& document = workspace.session().document();
    const NodeId& node = selected(workspace).front();
    const auto parent = document.tree().shownParent.find(node);
    if (parent == document.tree().shownParent.end())
        return;
    const auto& siblings = document.tree().childrenOf(parent->second);
    const auto at = std::ranges::find(siblings, node);
    if (at == siblings.end())
        return;
    const auto count = static_cast<std::ptrdiff_t>(siblings.size());
    const std::ptrdiff_t index = ((at - siblings.begin()) + step + count) % count;
    workspace.session().selection().set({siblings[static_cast<std::size_t>(index)]});
}

} // namespace

void bindEditActions(EditorActions& actions, const std::function<Workspace*()>& current)
{
    const auto on = [&](const char* id, std::function<void(Workspace&)> body) {
        actions.on(QLatin1String(id), [current, body = std::move(body)] {
            if (Workspace* workspace = current())
                body(*workspace);
        });
    };
    /// For those that need at least one node.
    const auto onSelection = [&](const char* id, std::function<void(Workspace&)> body) {
        on(id, [body = std::move(body)](Workspace& workspace) {
            if (!selected(workspace).empty())
                body(workspace);
        });
    };
    on("edit.undo", [](Workspace& w) { w.session().undo(); });
    on("edit.redo", [](Workspace& w) { w.session().redo(); });
    onSelection("edit.cut", [](Workspace& w) {
        copySelection(w.session());
        w.session().apply(deleteNodes(w.session().document(), selected(w)));
    });
    onSelection("edit.copy", [](Workspace& w) { copySelection(w.session()); });
    on("edit.paste", [](Workspace& w) { paste(w.session(), w.canvas().viewport().visiblePage().center()); });
    onSelection("edit.duplicate", [](Workspace& w) {
        apply(w, duplicateNodes(w.session().document(), selected(w), duplicateOffset, w.session().services().random));
    });
    onSelection("edit.delete", [](Workspace& w) { w.session().apply(deleteNodes(w.session().document(), selected(w))); });
    onSelection("edit.rename", [](Workspace& w) {
        w.showLayers();
        w.layers().renameSelected();
    });
    on("edit.selectAll", selectAll);
    onSelection("edit.selectParent", selectParent);
    onSelection("edit.selectNext", [](Workspace& w) { selectSibling(w, 1); });
    onSelection("edit.selectPrevious", [](Workspace& w) { selectSibling(w, -1); });

    onSelection("object.group", [](Workspace& w) {
        apply(w, groupNodes(w.session().document(), selected(w), document::NodeType::group, w.session().services().random));
    });
    onSelection("object.frame", [](Workspace& w) {
        apply(w, groupNodes(w.session().document(), selected(w), document::NodeType::frame, w.session().services().random));
    });
    onSelection("object.ungroup", [](Workspace& w) { apply(w, ungroupNodes(w.session().document(), selected(w))); });
    const std::pair<const char*, OrderStep> orders[] = {{"object.forward", OrderStep::forward},
                                                        {"object.backward", OrderStep::backward},
                                                        {"object.toFront", OrderStep::toFront},
                                                        {"object.toBack", OrderStep::toBack}};
    for (const auto& [id, step] : orders)
        onSelection(id, [step = step](Workspace& w) {
            w.session().apply(reorderNodes(w.session().document(), selected(w), step));
        });
    const std::pair<const char*, Alignment> alignments[] = {
        {"object.alignLeft", Alignment::left},       {"object.alignCenterX", Alignment::centerX},
        {"object.alignRight", Alignment::right},     {"object.alignTop", Alignment::top},
        {"object.alignCenterY", Alignment::centerY}, {"object.alignBottom", Alignment::bottom}};
    for (const auto& [id, alignment] : alignments)
        onSelection(id, [alignment = alignment](Workspace& w) {
            w.session().apply(alignNodes(w.session().document(), selected(w), alignment));
        });
    onSelection("object.visible", [](Workspace& w) {
        w.session().apply(toggleFlag(w.session().document(), selected(w), Flag::visible));
    });
    onSelection("object.locked", [](Workspace& w) {
        w.session().apply(toggleFlag(w.session().document(), selected(w), Flag::locked));
    });
    const std::tuple<const char*, double, double> directions[] = {
        {"object.nudgeLeft", -1, 0}, {"object.nudgeRight", 1, 0}, {"object.nudgeUp", 0, -1}, {"object.nudgeDown", 0, 1}};
    for (const auto& [id, dx, dy] : directions) {
        for (const bool big : {false, true}) {
            const double by = big ? bigNudge : nudge;
            const std::string name = std::string(id) + (big ? "10" : "");
            onSelection(name.c_str(), [x = dx * by, y = dy * by](Workspace& w) {
                w.session().apply(transformNodes(w.session().document(), selected(w), Transform::translation(x, y)),
                                  EditGroup::scrub);
            });
        }
    }
}

} // namespace tessera::app
