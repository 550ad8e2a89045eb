#include <app/canvas/canvas_view.h>
#include <app/models/property_edits.h>
#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>
#include <app/shell/command_json.h>
#include <app/shell/content_commands.h>
#include <app/tools/text_fit.h>

#include "drive_ops.h"

namespace tessera::app {
namespace {

using document::NodeType;

NodeId parentOf(DriveServer& server, const DriveRequest& request)
{
    return request.members.contains(QLatin1String("parent")) ? request.node("parent") : server.session().selection().page();
}

/// Why the last apply was refused.
DriveError refused(DriveServer& server, const QString& problem)
{
    return {server.session().isReadOnly() ? QStringLiteral("read-only") : QStringLiteral("refused"), problem};
}

void applyAndAnswer(DriveServer& server, const DriveRequest& request, const Commands& commands, const QJsonObject& answer)
{
    QString problem;
    const auto connection = QObject::connect(&server.session(), &EditorSession::problem, &server,
                                             [&](const QString& text) { problem = text; });
    const bool applied = server.session().apply(commands);
    QObject::disconnect(connection);
    if (applied)
        request.answer(answer);
    else
        request.answer(fail(refused(server, problem)));
}

void insertShape(DriveServer& server, const DriveRequest& request, NodeType type)
{
    document::CreateNode create;
    create.id = makeNodeId(server.session().services().random);
    create.type = type;
    create.placement = {parentOf(server, request), std::nullopt};
    const auto color = parseHexColor(
        request.text("color", type == NodeType::frame ? QStringLiteral("#FFFFFF") : QStringLiteral("#D9D9D9")).toStdString());
    if (!color) {
        request.answer(fail(badMember(QStringLiteral("color: expected #RRGGBB"))));
        return;
    }
    create.properties = {
        {"name", request.text("name", toQt(defaultName(type))).toStdString()},
        {"xf", document::toAny(Transform::translation(request.number("x", 0), request.number("y", 0)))},
        {"size", document::toAny(Size{request.number("width", 100), request.number("height", 100)})},
        {"fills", document::toAny(std::vector{document::solidPaint(*color)})}};
    applyAndAnswer(server, request, {create}, {{QStringLiteral("node"), toQt(create.id.text())}});
}

void insertText(DriveServer& server, const DriveRequest& request)
{
    EditorSession& session = server.session();
    document::CreateNode create;
    create.id = makeNodeId(session.services().random);
    create.type = NodeType::text;
    create.placement = {parentOf(server, request), std::nullopt};
    create.text = request.text("text").toStdString();
    const double size = request.number("size", 16);
    create.properties = {
        {"name", request.text("name", toQt(defaultName(NodeType::text))).toStdString()},
        {"xf", document::toAny(Transform::translation(request.number("x", 0), request.number("y", 0)))},
        {"size", document::toAny(Size{1, size})},
        {"para", storedParagraph({.autoSize = document::AutoSize::widthAndHeight})}};
    document::Properties attributes{{"size", size}};
    if (const auto color = parseHexColor(request.text("color").toStdString()))
        attributes.emplace_back("fill", document::toAny(*color));
    Commands commands{create};
    const auto count = static_cast<std::uint32_t>(request.text("text").size());
    if (count > 0)
        commands.push_back(document::FormatText{create.id, 0, count, attributes});
    if (session.apply(commands))
        session.apply(fitTextBoxes(session.document(), std::span(&create.id, 1), server.workspace().fonts()), EditGroup::same);
    applyAndAnswer(server, request, {}, {{QStringLiteral("node"), toQt(create.id.text())}});
}

void find(DriveServer& server, const DriveRequest& request)
{
    const document::Document& document = server.session().document();
    const QString name = request.text("name"), type = request.text("type");
    QJsonArray found;
    for (const NodeId& id : document.nodeIds()) {
        const document::Node* node = document.node(id);
        if (!node || document.tree().isInTrash(id) || (!name.isEmpty() && toQt(node->name) != name) ||
            (!type.isEmpty() && toQt(node->typeText) != type))
            continue;
        const auto parent = document.tree().shownParent.find(id);
        QJsonObject entry{{QStringLiteral("id"), toQt(id.text())},
                          {QStringLiteral("type"), toQt(node->typeText)},
                          {QStringLiteral("name"), toQt(node->name)},
                          {QStringLiteral("parent"), parent == document.tree().shownParent.end() ? QString() : toQt(parent->second.text())},
                          {QStringLiteral("size"), QJsonArray{node->size.width, node->size.height}}};
        if (node->type == NodeType::text)
            entry.insert(QStringLiteral("text"), toQt(node->plainText()));
        found.push_back(entry);
    }
    request.answer(QJsonObject{{QStringLiteral("nodes"), found}});
}

void typeText(DriveServer& server, const DriveRequest& request)
{
    const document::Node* node = server.session().document().node(request.node("node"));
    if (!node || node->type != NodeType::text) {
        request.answer(fail(badMember(QStringLiteral("node: no text node %1").arg(request.text("node")))));
        return;
    }
    std::optional<std::uint32_t> at;
    if (request.members.contains(QLatin1String("at")))
        at = static_cast<std::uint32_t>(std::max(0.0, request.number("at", 0)));
    server.workspace().canvas().typeText(node->id, request.text("text"), at);
    request.answer(QJsonObject());
}

void bringIn(DriveServer& server, const DriveRequest& request,
             Result<ImportedContent, QString> (*import)(EditorSession&, const QString&, const Place&))
{
    const Place place{parentOf(server, request), {request.number("x", 0), request.number("y", 0)}};
    const auto content = import(server.session(), request.text("path"), place);
    if (!content) {
        request.answer(fail(DriveError{QStringLiteral("import-failed"), content.error()}));
        return;
    }
    QJsonArray notices;
    for (const QString& notice : content->notices)
        notices.push_back(notice);
    request.answer(QJsonObject{{QStringLiteral("node"), toQt(content->node.text())},
                               {QStringLiteral("asset"), toQt(content->asset.hex)},
                               {QStringLiteral("notices"), notices}});
}

} // namespace

void addDocumentOps(DriveServer& server)
{
    DriveServer* s = &server;
    server.on("apply", [s](const DriveRequest& request) {
        EditorSession& session = s->session();
        const crdt::Any* list = request.raw.find("commands");
        auto parsed = parseCommands(list ? *list : crdt::Any(), session.selection().page(), session.services().random);
        if (!parsed)
            request.answer(fail(badMember(toQt(parsed.error()))));
        else
            applyAndAnswer(*s, request, parsed->commands, {{QStringLiteral("nodes"), toJson(parsed->created)}});
    });
    server.on("insertRect", [s](const DriveRequest& request) { insertShape(*s, request, NodeType::rect); });
    server.on("insertEllipse", [s](const DriveRequest& request) { insertShape(*s, request, NodeType::ellipse); });
    server.on("insertFrame", [s](const DriveRequest& request) { insertShape(*s, request, NodeType::frame); });
    server.on("insertText", [s](const DriveRequest& request) { insertText(*s, request); });
    server.on("typeText", [s](const DriveRequest& request) { typeText(*s, request); });
    server.on("select", [s](const DriveRequest& request) {
        s->session().selection().set(request.nodes("nodes"));
        request.answer(QJsonObject());
    });
    server.on("moveBy", [s](const DriveRequest& request) {
        const auto nodes = request.nodes("nodes");
        applyAndAnswer(*s, request,
                       transformNodes(s->session().document(), nodes,
                                      Transform::translation(request.number("dx", 0), request.number("dy", 0))),
                       {});
    });
    server.on("undo", [s](const DriveRequest& request) {
        request.answer(QJsonObject{{QStringLiteral("done"), s->session().undo()}});
    });
    server.on("redo", [s](const DriveRequest& request) {
        request.answer(QJsonObject{{QStringLiteral("done"), s->session().redo()}});
    });
    server.on("importSvg", [s](const DriveRequest& request) { bringIn(*s, request, &importDrawingFile); });
    server.on("placeImage", [s](const DriveRequest& request) { bringIn(*s, request, &placeImageFile); });
    server.on("find", [s](const DriveRequest& request) { find(*s, request); });
    server.on("canonicalJson", [s](const DriveRequest& request) {
        request.answer(QJsonObject{{QStringLiteral("json"), toQt(s->session().document().canonicalJson())}});
    });
}

} // namespace tessera::app
