#include <QApplication>

#include <app/models/blob_exchange.h>
#include <app/models/connection.h>
#include <app/models/qt_convert.h>

#include "drive_ops.h"

namespace tessera::app {
namespace {

constexpr int waitMs = 20'000;
constexpr int generateMs = 120'000;

DriveError relayError(const RelayError& error)
{
    return {error.code, QStringLiteral("%1 (status %2)").arg(error.detail).arg(error.status)};
}

bool isLive(DriveServer& server)
{
    const auto status = server.session().connection().shareStatus();
    return status && status->connection == collab::ConnectionState::live;
}

QString connectionName(const std::optional<ShareStatus>& status)
{
    if (!status)
        return QStringLiteral("none");
    switch (status->connection) {
    case collab::ConnectionState::offline: return QStringLiteral("offline");
    case collab::ConnectionState::connecting: return QStringLiteral("connecting");
    case collab::ConnectionState::syncing: return QStringLiteral("syncing");
    case collab::ConnectionState::live: return QStringLiteral("live");
    case collab::ConnectionState::waiting: return QStringLiteral("waiting");
    case collab::ConnectionState::denied: return QStringLiteral("denied");
    }
    return {};
}

QJsonObject state(DriveServer& server)
{
    EditorSession& session = server.session();
    const SaveStatus saving = session.saveStatus();
    const auto share = session.connection().shareStatus();
    QJsonArray peers;
    for (const collab::Peer& peer : session.connection().peers())
        peers.push_back(QJsonObject{{QStringLiteral("name"), toQt(peer.presence.name)},
                                    {QStringLiteral("color"), toQt(toHexColor(peer.presence.color))}});
    QJsonObject answer = describeFile(server);
    answer.insert(QStringLiteral("saved"), saving.saved);
    answer.insert(QStringLiteral("synced"), saving.synced);
    answer.insert(QStringLiteral("unsynced"), static_cast<qint64>(share ? share->sync.unsyncedCount : 0));
    answer.insert(QStringLiteral("connection"), connectionName(share));
    answer.insert(QStringLiteral("role"), share && share->role ? QString::fromLatin1(collab::roleName(*share->role).data())
                                                               : QString());
    answer.insert(QStringLiteral("peers"), peers);
    answer.insert(QStringLiteral("status"), saving.text);
    answer.insert(QStringLiteral("selection"), toJson(session.selection().nodes()));
    answer.insert(QStringLiteral("canUndo"), session.canUndo());
    answer.insert(QStringLiteral("canRedo"), session.canRedo());
    answer.insert(QStringLiteral("renderer"), server.workspace().canvas().scene().rendererName());
    return answer;
}

void share(DriveServer& server, const DriveRequest& request)
{
    const auto link = [&server, request] {
        const QString owner = toQt(collab::formatShareLink(*server.session().connection().link()));
        server.session().connection().createShare(
            request.text("role", QStringLiteral("editor")), [&server, request, owner](const Result<QString, RelayError>& made) {
                if (!made)
                    request.answer(fail(relayError(made.error())));
                else
                    request.answer(QJsonObject{{QStringLiteral("room"), server.session().connection().room()},
                                               {QStringLiteral("link"), made.value()},
                                               {QStringLiteral("ownerLink"), owner}});
            });
    };
    if (server.session().connection().isShared()) {
        link();
        return;
    }
    const RelaySetup& relay = server.window().options().relay;
    server.session().connection().createRoom(relay.origin, relay.adminKey,
                                             [request, link](const Result<QString, RelayError>& made) {
                                                 if (!made)
                                                     request.answer(fail(relayError(made.error())));
                                                 else
                                                     link();
                                             });
}

void generate(DriveServer& server, const DriveRequest& request)
{
    DriveServer* s = &server;
    GenerationModel& generation = server.workspace().generation();
    if (!generation.hasBackend()) {
        request.answer(fail(DriveError{QStringLiteral("not-shared"), QStringLiteral("nothing to generate with")}));
        return;
    }
    QString model = request.text("model");
    if (model.isEmpty() && !generation.models().empty())
        model = generation.models().front().id;
    QStringList colors;
    for (const QJsonValue& color : request.members.value(QLatin1String("colors")).toArray())
        colors.push_back(color.toString());
    if (!generation.generate(request.node("frame"), model, request.text("prompt"), colors,
                             static_cast<quint64>(request.number("seed", 1)))) {
        request.answer(fail(DriveError{QStringLiteral("refused"), QStringLiteral("busy, read-only, or no such frame")}));
        return;
    }
    server.waitUntil(
        request, request.timeoutMs(generateMs), QStringLiteral("the job did not end"),
        [s] { return !s->workspace().generation().isBusy(); },
        [s] {
            const GenerationModel& done = s->workspace().generation();
            const char* ended = done.phase() == GenerationPhase::done        ? "done"
                                : done.phase() == GenerationPhase::cancelled ? "cancelled"
                                                                             : "failed";
            return QJsonObject{{QStringLiteral("job"), done.job()},
                               {QStringLiteral("state"), QLatin1String(ended)},
                               {QStringLiteral("nodes"), toJson(done.insertedNodes())},
                               {QStringLiteral("previews"), done.previewCount()},
                               {QStringLiteral("problem"), done.problem()},
                               {QStringLiteral("problemCode"), done.problemCode()}};
        });
}

void models(DriveServer& server, const DriveRequest& request)
{
    DriveServer* s = &server;
    if (!server.workspace().generation().isLoadingModels() && server.workspace().generation().models().empty())
        server.workspace().generation().refreshModels();
    server.waitUntil(
        request, request.timeoutMs(waitMs), QStringLiteral("the models did not come"),
        [s] { return !s->workspace().generation().isLoadingModels(); },
        [s] {
            QJsonArray list;
            for (const GenerationChoice& choice : s->workspace().generation().models())
                list.push_back(QJsonObject{{QStringLiteral("id"), choice.id},
                                           {QStringLiteral("name"), choice.name},
                                           {QStringLiteral("kind"), choice.kind},
                                           {QStringLiteral("output"), choice.makesLayers ? QStringLiteral("layers") : QStringLiteral("image")}});
            return QJsonObject{{QStringLiteral("models"), list},
                               {QStringLiteral("problem"), s->workspace().generation().modelsProblem()}};
        });
}

void waitFor(DriveServer& server, const DriveRequest& request)
{
    DriveServer* s = &server;
    server.waitUntil(request, request.timeoutMs(waitMs), QStringLiteral("what was waited for did not come"), [s, request] {
        const document::Document& document = s->session().document();
        if (request.members.contains(QLatin1String("node"))) {
            const document::Node* node = document.node(request.node("node"));
            if (!node || document.tree().isInTrash(node->id))
                return false;
            if (request.members.contains(QLatin1String("text")) && toQt(node->plainText()) != request.text("text"))
                return false;
        }
        const auto peers = static_cast<double>(s->session().connection().peers().size());
        const auto nodes = static_cast<double>(document.nodeIds().size());
        return peers >= request.number("peers", 0) && nodes >= request.number("nodeCount", 0);
    });
}

} // namespace

void addSessionOps(DriveServer& server)
{
    DriveServer* s = &server;
    const auto opened = [s](const DriveRequest& request, const Result<void, QString>& result) {
        if (result)
            request.answer(describeFile(*s));
        else
            request.answer(fail(DriveError{QStringLiteral("not-opened"), result.error()}));
    };
    server.on("new", [s, opened](const DriveRequest& request) { opened(request, s->window().newDocument()); });
    server.on("open", [s, opened](const DriveRequest& request) { opened(request, s->window().openFile(request.text("path"))); });
    server.on("saveAs", [s](const DriveRequest& request) {
        if (s->session().saveAs(request.text("path")))
            request.answer(describeFile(*s));
        else
            request.answer(fail(DriveError{QStringLiteral("not-saved"), request.text("path")}));
    });
    server.on("join", [s](const DriveRequest& request) {
        const auto joined = s->window().joinLink(request.text("link"), request.text("path"));
        if (!joined) {
            request.answer(fail(DriveError{QStringLiteral("bad-link"), joined.error()}));
            return;
        }
        s->waitUntil(
            request, request.timeoutMs(waitMs), QStringLiteral("the room did not answer"),
            [s] { return isLive(*s) && !s->session().selection().page().isEmpty(); },
            [s] {
                QJsonObject answer = state(*s);
                answer.insert(QStringLiteral("room"), s->session().connection().room());
                return answer;
            });
    });
    server.on("share", [s](const DriveRequest& request) { share(*s, request); });
    server.on("setOffline", [s](const DriveRequest& request) {
        s->session().connection().setOffline(request.members.value(QLatin1String("offline")).toBool());
        request.answer(QJsonObject());
    });
    server.on("models", [s](const DriveRequest& request) { models(*s, request); });
    server.on("generate", [s](const DriveRequest& request) { generate(*s, request); });
    server.on("state", [s](const DriveRequest& request) { request.answer(state(*s)); });
    server.on("waitSynced", [s](const DriveRequest& request) {
        s->waitUntil(request, request.timeoutMs(waitMs), QStringLiteral("not synced"), [s] {
            return s->session().saveStatus().synced && !s->session().blobs().isSending();
        });
    });
    server.on("waitSaved", [s](const DriveRequest& request) {
        s->waitUntil(request, request.timeoutMs(waitMs), QStringLiteral("not saved"),
                     [s] { return s->session().saveStatus().saved; });
    });
    server.on("waitFor", [s](const DriveRequest& request) { waitFor(*s, request); });
    server.on("firstFrameMs", [s](const DriveRequest& request) {
        request.answer(QJsonObject{{QStringLiteral("firstFrameMs"), s->firstFrameMs()}});
    });
    server.on("quit", [s](const DriveRequest& request) {
        // What is answered is true: everything is on the disk.
        const auto flushed = s->session().store().flush();
        if (flushed)
            request.answer(QJsonObject());
        else
            request.answer(fail(DriveError{QStringLiteral("not-saved"), toQt(storage::describe(flushed.error()))}));
        QTimer::singleShot(0, qApp, &QApplication::quit);
    });
}

} // namespace tessera::app
