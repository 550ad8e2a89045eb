#pragma once

#include <QTemporaryDir>

#include <app/models/editor_session.h>
#include <core/base/clock.h>

#include "app_document.h"

/// An editor session on a file of its own, with the content of app_document.h.
namespace tessera::test {

struct AppSession {
    QTemporaryDir folder;
    SeededRandom random{11};
    ManualClock clock;
    std::unique_ptr<app::EditorSession> session;

    AppSession()
    {
        auto created = app::EditorSession::create({random, clock, QStringLiteral("Ada"), {}},
                                                  folder.filePath(QStringLiteral("test.tessera")), QStringLiteral("Test"));
        assert(created.hasValue());
        session = std::move(created).value();
        const NodeId page = session->selection().page();
        const std::string pageText = page.text();
        [[maybe_unused]] const auto applied =
            document::apply(session->document(),
                            {makeNode("frame", document::NodeType::frame, pageText, {100, 100, 400, 300}),
                             makeNode("red", document::NodeType::rect, "frame", {10, 10, 50, 40}),
                             makeNode("blue", document::NodeType::rect, pageText, {600, 50, 100, 100})},
                            "setup");
        assert(applied.hasValue());
    }
    [[nodiscard]] const document::Node& node(const std::string& id) const { return *session->document().node(NodeId(id)); }
    [[nodiscard]] std::vector<NodeId> children(const std::string& id) const
    {
        return session->document().tree().childrenOf(NodeId(id));
    }
};

} // namespace tessera::test
