#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QSlider>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <app/shell/main_window.h>
#include <core/base/clock.h>
#include <core/base/random.h>
#include <render/text/font_files.h>

using namespace tessera;
using namespace tessera::app;

namespace {

/// The editor's window on a file of its own.
struct Window {
    QTemporaryDir folder;
    SeededRandom random{3};
    SystemClock clock;
    text::FontLibrary fonts;
    std::unique_ptr<MainWindow> window;

    Window()
    {
        applyTheme(*qApp, Appearance::light);
        [&] { QVERIFY(text::addBundledFonts(fonts).hasValue()); }();
        window = std::make_unique<MainWindow>(Services{random, clock, QStringLiteral("Ada"), {}}, fonts, WindowOptions{});
        [&] { QVERIFY(window->openFile(folder.filePath(QStringLiteral("test.tessera"))).hasValue()); }();
        window->show();
        [&] { QVERIFY(QTest::qWaitForWindowExposed(window.get())); }();
        window->workspace()->canvas().setFocus();
    }
    CanvasView& canvas() { return window->workspace()->canvas(); }
    EditorSession& session() { return window->workspace()->session(); }
    QPoint view(double x, double y)
    {
        const Point at = canvas().viewport().toView({x, y});
        return {qRound(at.x), qRound(at.y)};
    }
    void drag(Point from, Point to)
    {
        QTest::mousePress(&canvas(), Qt::LeftButton, {}, view(from.x, from.y));
        QTest::mouseMove(&canvas(), view((from.x + to.x) / 2, (from.y + to.y) / 2));
        QTest::mouseMove(&canvas(), view(to.x, to.y));
        QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, view(to.x, to.y));
    }
    const document::Node* selected()
    {
        const auto& nodes = session().selection().nodes();
        return nodes.size() == 1 ? session().document().node(nodes.front()) : nullptr;
    }
};

} // namespace

class EditorWindowTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }
    void itDrawsWhatItHolds();
    void keysAndMouseDrawAShape();
    void typingMakesText();
    void lettersTypedIntoTextAreNoShortcuts();
    void wheelWithControlZoomsAtThePointer();
    void aViewThatMovesIsRefined();
    void deletingIsUndone();
    void everyControlHasANameForScreenReaders();
    void areasAreReachedByF6();
    void aForeignFileIsRefusedAndNothingIsLost();
    void darkAndLightDiffer();
};

void EditorWindowTest::itDrawsWhatItHolds()
{
    Window w;
    auto create = document::CreateNode{NodeId("red"), document::NodeType::rect, {w.session().selection().page(), std::nullopt}, {}, {}};
    create.properties = {{"xf", document::toAny(Transform::translation(-50, -50))},
                         {"size", document::toAny(Size{100, 100})},
                         {"fills", document::toAny(std::vector{document::solidPaint({1, 0, 0, 1})})}};
    QVERIFY(w.session().apply({create}));
    w.canvas().finishPicture();
    const QImage picture = w.canvas().grab().toImage();
    QCOMPARE(picture.pixelColor(w.view(0, 0)), QColor(255, 0, 0));
    QCOMPARE(picture.pixelColor(w.view(80, 0)), theme().color(ColorRole::canvas));
}

void EditorWindowTest::keysAndMouseDrawAShape()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_R);
    QCOMPARE(w.canvas().tool(), ToolKind::rectangle);
    w.drag({-100, -60}, {20, 40});
    QCOMPARE(w.canvas().tool(), ToolKind::select);
    const document::Node* node = w.selected();
    QVERIFY(node);
    QCOMPARE(node->type, document::NodeType::rect);
    // Where the view's middle falls between two pixels, ends are rounded to one of them.
    QVERIFY(std::abs(node->size.width - 120) <= 1 && std::abs(node->size.height - 100) <= 1);
    const Transform before = node->transform;
    w.drag({-40, 0}, {10, 30});
    QCOMPARE(w.selected()->transform, Transform::translation(50, 30) * before);
}

void EditorWindowTest::typingMakesText()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_T);
    QTest::mouseClick(&w.canvas(), Qt::LeftButton, {}, w.view(0, 0));
    QVERIFY(w.canvas().isEditingText());
    QTest::keyClicks(&w.canvas(), QStringLiteral("Hello"));
    QTest::keyClick(&w.canvas(), Qt::Key_Backspace);
    QTest::keyClick(&w.canvas(), Qt::Key_Escape);
    QVERIFY(!w.canvas().isEditingText());
    QVERIFY(w.selected());
    QCOMPARE(w.selected()->plainText(), std::string("Hell"));
    QVERIFY(w.selected()->size.width > 20);
}

void EditorWindowTest::lettersTypedIntoTextAreNoShortcuts()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_T);
    QTest::mouseClick(&w.canvas(), Qt::LeftButton, {}, w.view(0, 0));
    QTest::keyClicks(&w.canvas(), QStringLiteral("rov"));
    QVERIFY(w.canvas().isEditingText());
    QCOMPARE(w.canvas().tool(), ToolKind::select);
    QCOMPARE(w.selected()->plainText(), std::string("rov"));
}

void EditorWindowTest::wheelWithControlZoomsAtThePointer()
{
    Window w;
    const QPointF at(200, 150);
    const Point before = w.canvas().viewport().toPage({at.x(), at.y()});
    QWheelEvent wheel(at, w.canvas().mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&w.canvas(), &wheel);
    QVERIFY(w.canvas().viewport().zoom > 1);
    QVERIFY(length(w.canvas().viewport().toPage({at.x(), at.y()}) - before) < 1e-9);
}

void EditorWindowTest::aViewThatMovesIsRefined()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_R);
    w.drag({-100, -60}, {100, 60});
    for (const int turn : {120, 120, -120, -120, -120}) {
        const QPointF at(w.canvas().rect().center());
        QWheelEvent wheel(at, w.canvas().mapToGlobal(at), {}, {0, turn}, Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&w.canvas(), &wheel);
        w.canvas().repaint();
        const QImage first = w.canvas().grab().toImage(); // the selection's outline and what is there of the page
        QTRY_VERIFY(w.canvas().scene().isFinished());
        const QImage refined = w.canvas().grab().toImage();
        QCOMPARE(first.pixelColor(w.view(0, 0)), refined.pixelColor(w.view(0, 0)));
    }
}

void EditorWindowTest::deletingIsUndone()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_R);
    w.drag({-100, -60}, {20, 40});
    const NodeId node = w.selected()->id;
    QTest::keyClick(&w.canvas(), Qt::Key_Delete);
    QVERIFY(w.session().document().tree().isInTrash(node));
    w.window->actions().action(QStringLiteral("edit.undo"))->trigger();
    QVERIFY(!w.session().document().tree().isInTrash(node));
}

void EditorWindowTest::everyControlHasANameForScreenReaders()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_R);
    w.drag({-100, -60}, {20, 40});
    w.window->showShareDialog();
    QTest::qWait(20);
    for (QWidget* widget : w.window->findChildren<QWidget*>()) {
        const bool isControl = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) ||
                               qobject_cast<QComboBox*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) ||
                               qobject_cast<QSlider*>(widget);
        // Parts that Qt makes for its own use have no name of ours.
        if (!isControl || widget->objectName().startsWith(QLatin1String("qt_")) || qobject_cast<QLineEdit*>(widget->parentWidget()))
            continue;
        if (widget->metaObject()->className() == QByteArray("QToolButton") && !widget->isVisible())
            continue;
        QVERIFY2(!widget->accessibleName().isEmpty(),
                 qPrintable(QStringLiteral("%1 in %2").arg(QLatin1String(widget->metaObject()->className()),
                                                          QLatin1String(widget->parentWidget()->metaObject()->className()))));
    }
}

void EditorWindowTest::areasAreReachedByF6()
{
    Window w;
    QVERIFY(w.canvas().hasFocus());
    QSet<QWidget*> seen;
    for (int i = 0; i < 4; ++i) {
        w.window->actions().action(QStringLiteral("view.nextArea"))->trigger();
        seen.insert(QApplication::focusWidget());
    }
    QCOMPARE(seen.size(), 4);
    QVERIFY(w.canvas().hasFocus());
}

void EditorWindowTest::aForeignFileIsRefusedAndNothingIsLost()
{
    Window w;
    QTest::keyClick(&w.canvas(), Qt::Key_R);
    w.drag({-100, -60}, {20, 40});
    const QString foreign = w.folder.filePath(QStringLiteral("foreign.tessera"));
    QFile file(foreign);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("this is a letter, not a drawing");
    file.close();
    const auto opened = w.window->openFile(foreign);
    QVERIFY(!opened.hasValue());
    QVERIFY(opened.error().contains(foreign));
    QVERIFY(w.selected());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("this is a letter, not a drawing"));
}

void EditorWindowTest::darkAndLightDiffer()
{
    Window w;
    const QImage light = w.window->grab().toImage();
    w.window->setAppearance(Appearance::dark);
    const QImage dark = w.window->grab().toImage();
    QVERIFY(light.pixelColor(5, light.height() - 5).lightness() > 200);
    QVERIFY(dark.pixelColor(5, dark.height() - 5).lightness() < 80);
}

QTEST_MAIN(EditorWindowTest)
#include "editor_window_test.moc"
