#include <QApplication>
#include <QImage>
#include <QPixmap>

#include <app/canvas/canvas_view.h>
#include <app/models/qt_convert.h>
#include <app/shell/content_commands.h>

#include "drive_ops.h"

namespace tessera::app {
namespace {

constexpr int decodeMs = 10'000;

std::optional<ToolKind> parseTool(const QString& name)
{
    constexpr std::pair<const char*, ToolKind> names[] = {
        {"select", ToolKind::select},   {"frame", ToolKind::frame}, {"rectangle", ToolKind::rectangle},
        {"ellipse", ToolKind::ellipse}, {"line", ToolKind::line},   {"pen", ToolKind::pen},
        {"text", ToolKind::text}};
    for (const auto& [word, kind] : names) {
        if (name == QLatin1String(word))
            return kind;
    }
    return std::nullopt;
}

void pointer(DriveServer& server, const DriveRequest& request)
{
    const auto tool = parseTool(request.text("tool", QStringLiteral("select")));
    if (!tool) {
        request.answer(fail(badMember(QStringLiteral("tool: unknown tool %1").arg(request.text("tool")))));
        return;
    }
    std::vector<Point> points;
    for (const QJsonValue& value : request.members.value(QLatin1String("points")).toArray())
        points.push_back({value.toArray().at(0).toDouble(), value.toArray().at(1).toDouble()});
    const auto held = [&](const char* key) { return request.members.value(QLatin1String(key)).toBool(); };
    CanvasView& canvas = server.workspace().canvas();
    canvas.performGesture(*tool, points, {held("shift"), held("alt"), held("mod")});
    if (!canvas.isEditingText())
        canvas.setTool(ToolKind::select);
    request.answer(QJsonObject{{QStringLiteral("selection"), toJson(server.session().selection().nodes())}});
}

void answerSaved(const DriveRequest& request, const QImage& image)
{
    const QString path = request.text("path");
    if (image.isNull())
        request.answer(fail(DriveError{QStringLiteral("nothing-drawn"), path}));
    else if (!image.save(path, "PNG"))
        request.answer(fail(DriveError{QStringLiteral("not-written"), path}));
    else
        request.answer(QJsonObject{{QStringLiteral("width"), image.width()}, {QStringLiteral("height"), image.height()}});
}

/// Pictures of documents wait for images that are still being decoded.
void whenDecoded(DriveServer& server, const DriveRequest& request, std::function<void()> body)
{
    DriveServer* s = &server;
    DriveRequest waiting = request;
    waiting.answer = [request, body](const DriveResult& result) {
        if (result)
            body();
        else
            request.answer(result);
    };
    // Painting once is what asks for images that nobody has seen yet.
    server.workspace().canvas().grab();
    server.waitUntil(waiting, decodeMs, QStringLiteral("images did not decode"),
                     [s] { return !s->workspace().canvas().scene().images().isDecoding(); });
}

void setView(DriveServer& server, const DriveRequest& request)
{
    CanvasView& canvas = server.workspace().canvas();
    if (request.members.value(QLatin1String("fit")).toBool()) {
        canvas.zoomToFit();
    } else {
        Viewport viewport = canvas.viewport();
        viewport.zoom = std::clamp(request.number("zoom", viewport.zoom), leastZoom, greatestZoom);
        const Point center{request.number("x", canvas.viewport().visiblePage().center().x),
                           request.number("y", canvas.viewport().visiblePage().center().y)};
        viewport.origin = {center.x - viewport.size.width / 2 / viewport.zoom,
                           center.y - viewport.size.height / 2 / viewport.zoom};
        canvas.setViewport(viewport);
    }
    request.answer(QJsonObject{{QStringLiteral("zoom"), canvas.viewport().zoom}});
}

void showPanel(DriveServer& server, const DriveRequest& request)
{
    const QString name = request.text("name");
    Workspace& workspace = server.workspace();
    if (name == QLatin1String("layers"))
        workspace.showLayers();
    else if (name == QLatin1String("design"))
        workspace.showDesign();
    else if (name == QLatin1String("generate"))
        workspace.showGenerate();
    else if (name == QLatin1String("share"))
        server.window().showShareDialog();
    else if (name == QLatin1String("none"))
        workspace.setPanelsVisible(false);
    else {
        request.answer(fail(badMember(QStringLiteral("name: unknown panel %1").arg(name))));
        return;
    }
    request.answer(QJsonObject());
}

} // namespace

void addViewOps(DriveServer& server)
{
    DriveServer* s = &server;
    server.on("pointer", [s](const DriveRequest& request) { pointer(*s, request); });
    server.on("action", [s](const DriveRequest& request) {
        if (!s->window().actions().has(request.text("name"))) {
            request.answer(fail(badMember(QStringLiteral("name: unknown action %1").arg(request.text("name")))));
            return;
        }
        s->window().actions().action(request.text("name"))->trigger();
        request.answer(QJsonObject());
    });
    server.on("view", [s](const DriveRequest& request) { setView(*s, request); });
    server.on("grab", [s](const DriveRequest& request) {
        whenDecoded(*s, request, [s, request] {
            s->workspace().canvas().finishPicture();
            QPixmap picture = s->window().grab();
            // A dialog is a window of its own; on a screen it stands over this one.
            if (QDialog* dialog = s->window().shareDialog()) {
                QPainter painter(&picture);
                const QPixmap over = dialog->grab();
                painter.drawPixmap((s->window().width() - dialog->width()) / 2, (s->window().height() - dialog->height()) / 3, over);
            }
            answerSaved(request, picture.toImage());
        });
    });
    server.on("grabCanvas", [s](const DriveRequest& request) {
        whenDecoded(*s, request, [s, request] {
            CanvasView& canvas = s->workspace().canvas();
            if (request.members.contains(QLatin1String("node")))
                answerSaved(request, canvas.scene().pictureOf(request.node("node"), 1));
            else {
                canvas.finishPicture();
                answerSaved(request, canvas.grab().toImage());
            }
        });
    });
    server.on("exportPng", [s](const DriveRequest& request) {
        const auto node = request.members.contains(QLatin1String("node")) ? std::optional(request.node("node")) : std::nullopt;
        const auto exported = exportPngFile(s->session(), s->workspace().canvas().scene(), request.text("path"), node,
                                            request.number("scale", 1));
        if (!exported)
            request.answer(fail(DriveError{QStringLiteral("not-exported"), exported.error()}));
        else
            request.answer(QJsonObject{{QStringLiteral("width"), exported->widthPx}, {QStringLiteral("height"), exported->heightPx}});
    });
    server.on("theme", [s](const DriveRequest& request) {
        s->window().setAppearance(request.text("appearance") == QLatin1String("dark") ? Appearance::dark : Appearance::light);
        request.answer(QJsonObject());
    });
    server.on("panel", [s](const DriveRequest& request) { showPanel(*s, request); });
}

} // namespace tessera::app
