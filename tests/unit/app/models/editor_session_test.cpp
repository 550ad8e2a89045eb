#include <QtTest>

#include <app/models/connection.h>
#include <app/models/property_edits.h>
#include <app/models/structure_edits.h>

#include "app_session.h"

using namespace tessera;
using namespace tessera::app;
using test::AppSession;

namespace {

Commands moved(AppSession& app, const char* node, double dx)
{
    const NodeId id(node);
    return transformNodes(app.session->document(), std::span(&id, 1), Transform::translation(dx, 0));
}

/// Closes the file and opens it again.
void reopen(AppSession& app)
{
    const QString path = app.session->filePath();
    app.session.reset();
    auto opened = EditorSession::open({app.random, app.clock, QStringLiteral("Ada"), {}}, path);
    QVERIFY(opened.hasValue());
    app.session = std::move(opened).value();
}

} // namespace

class EditorSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void undoTakesBackOnlyOwnEdits();
    void eachEditIsAStepAndTypingIsOne();
    void savedIsToldOnlyAfterTheDisk();
    void refusedEditsChangeNothingAndSayWhy();
    void deletedNodesLeaveTheSelection();
    void whatWasWrittenIsThereAfterReopening();
    void undoAndRedoGoOnAfterReopening();
    void undoOfACopyStartsEmpty();
    void undoThatLacksAnEditStartsEmpty();
    void savingAsGoesOnInTheNewFile();
    void savingAsStaysInTheRoom();
    void aFileForARoomStartsWithoutAPage();
};

void EditorSessionTest::undoTakesBackOnlyOwnEdits()
{
    AppSession app;
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    QVERIFY(document::apply(app.session->document(), document::SetProperties{NodeId("red"), {{"name", "theirs"}}}, "remote")
                .hasValue());
    QVERIFY(app.session->undo());
    QCOMPARE(app.node("blue").transform, Transform::translation(600, 50));
    QCOMPARE(app.node("red").name, std::string("theirs"));
    QVERIFY(!app.session->undo());
    QVERIFY(app.session->redo());
    QCOMPARE(app.node("blue").transform, Transform::translation(610, 50));
}

void EditorSessionTest::eachEditIsAStepAndTypingIsOne()
{
    AppSession app;
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    QVERIFY(app.session->undo());
    QCOMPARE(app.node("blue").transform, Transform::translation(610, 50));

    for (int i = 0; i < 3; ++i)
        QVERIFY(app.session->apply(moved(app, "red", 1), EditGroup::scrub));
    QVERIFY(app.session->undo());
    QCOMPARE(app.node("red").transform, Transform::translation(10, 10));
}

void EditorSessionTest::savedIsToldOnlyAfterTheDisk()
{
    AppSession app;
    QSignalSpy told(app.session.get(), &EditorSession::saveStatusChanged);
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    const auto progress = app.session->store().progress();
    QCOMPARE(app.session->saveStatus().saved, progress.queued == progress.durable);
    QTRY_VERIFY(app.session->saveStatus().saved);
    QVERIFY(told.count() > 0);
    QCOMPARE(app.session->saveStatus().text, QStringLiteral("Saved on this computer"));
}

void EditorSessionTest::refusedEditsChangeNothingAndSayWhy()
{
    AppSession app;
    QSignalSpy problem(app.session.get(), &EditorSession::problem);
    const Commands commands{document::SetProperties{NodeId("blue"), {{"name", "half"}}}, document::DeleteNode{NodeId("ghost")}};
    QVERIFY(!app.session->apply(commands));
    QCOMPARE(problem.count(), 1);
    QCOMPARE(app.node("blue").name, std::string("blue"));
}

void EditorSessionTest::deletedNodesLeaveTheSelection()
{
    AppSession app;
    app.session->selection().set({NodeId("blue"), NodeId("red")});
    QVERIFY(app.session->apply(deleteNodes(app.session->document(), std::vector{NodeId("blue")})));
    QCOMPARE(app.session->selection().nodes(), std::vector{NodeId("red")});
}

void EditorSessionTest::undoAndRedoGoOnAfterReopening()
{
    AppSession app;
    const std::string name = app.node("red").name;
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    QVERIFY(app.session->apply({document::SetProperties{NodeId("red"), {{"name", "mine"}}}}));
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    QVERIFY(app.session->undo());
    reopen(app);
    QVERIFY(app.session->canUndo() && app.session->canRedo());
    QCOMPARE(app.node("red").name, std::string("mine"));
    QVERIFY(app.session->undo());
    QCOMPARE(app.node("red").name, name);
    reopen(app);
    QVERIFY(app.session->undo());
    QCOMPARE(app.node("blue").transform, Transform::translation(600, 50));
    QVERIFY(!app.session->canUndo());
    for (int i = 0; i < 3; ++i)
        QVERIFY(app.session->redo());
    QCOMPARE(app.node("blue").transform, Transform::translation(620, 50));
    QCOMPARE(app.node("red").name, std::string("mine"));
}

/// A copy may be given away; what was deleted from the document stays at home.
void EditorSessionTest::undoOfACopyStartsEmpty()
{
    AppSession app;
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    const QString copy = app.folder.filePath(QStringLiteral("copy.tessera"));
    QVERIFY(app.session->store().saveCopy(copy.toStdString()));
    auto opened = EditorSession::open({app.random, app.clock, QStringLiteral("Ada"), {}}, copy);
    QVERIFY(opened.hasValue());
    QVERIFY(!opened.value()->canUndo());
}

/// As after a crash: the last edit is in the file, the stacks were written before it.
void EditorSessionTest::undoThatLacksAnEditStartsEmpty()
{
    AppSession app;
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    reopen(app);
    QVERIFY(app.session->canUndo());
    const Bytes early = app.session->store().local("undo").value();
    QVERIFY(app.session->undo());
    reopen(app);
    QVERIFY(app.session->canRedo());
    app.session->store().setLocal("undo", early);
    reopen(app);
    QVERIFY(!app.session->canUndo() && !app.session->canRedo());
    QCOMPARE(app.node("blue").transform, Transform::translation(600, 50));
}

void EditorSessionTest::whatWasWrittenIsThereAfterReopening()
{
    AppSession app;
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    const std::string before = app.session->document().canonicalJson();
    const QString path = app.session->filePath();
    app.session.reset();
    auto opened = EditorSession::open({app.random, app.clock, QStringLiteral("Ada"), {}}, path);
    QVERIFY(opened.hasValue());
    QCOMPARE(opened.value()->document().canonicalJson(), before);
}

void EditorSessionTest::savingAsGoesOnInTheNewFile()
{
    AppSession app;
    const QString copy = app.folder.filePath(QStringLiteral("copy.tessera"));
    QVERIFY(app.session->saveAs(copy));
    QCOMPARE(app.session->filePath(), copy);
    QVERIFY(app.session->apply(moved(app, "blue", 10)));
    QTRY_VERIFY(app.session->saveStatus().saved);
}

void EditorSessionTest::savingAsStaysInTheRoom()
{
    AppSession app;
    const auto link = collab::parseShareLink("http://127.0.0.1:1/d/room#token");
    QVERIFY(link.hasValue());
    app.session->connection().join(*link);
    const QString copy = app.folder.filePath(QStringLiteral("copy.tessera"));
    QVERIFY(app.session->saveAs(copy));
    app.session.reset();
    auto again = EditorSession::open({app.random, app.clock, QStringLiteral("Ada"), {}}, copy);
    QVERIFY(again.hasValue());
    again.value()->connection().resume();
    QVERIFY(again.value()->connection().isShared());
    QVERIFY(*again.value()->connection().link() == *link);
}

void EditorSessionTest::aFileForARoomStartsWithoutAPage()
{
    AppSession app;
    auto opened = EditorSession::openForRoom({app.random, app.clock, QStringLiteral("Ada"), {}},
                                             app.folder.filePath(QStringLiteral("room.tessera")));
    QVERIFY(opened.hasValue());
    QVERIFY(opened.value()->document().tree().pages.empty());
    QVERIFY(opened.value()->selection().page().isEmpty());
}

QTEST_MAIN(EditorSessionTest)
#include "editor_session_test.moc"
