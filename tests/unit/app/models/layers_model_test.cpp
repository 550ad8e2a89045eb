#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QtTest>

#include <app/models/layers_model.h>

#include "app_session.h"

using namespace tessera;
using namespace tessera::app;
using test::AppSession;

namespace {

QStringList names(const LayersModel& model, const QModelIndex& parent = {})
{
    QStringList result;
    for (int row = 0; row < model.rowCount(parent); ++row)
        result.push_back(model.index(row, 0, parent).data().toString());
    return result;
}

bool drop(LayersModel& model, const char* node, int row, const QModelIndex& parent)
{
    const std::unique_ptr<QMimeData> data(model.mimeData({model.indexOf(NodeId(node))}));
    if (!model.canDropMimeData(data.get(), Qt::MoveAction, row, 0, parent))
        return false;
    model.dropMimeData(data.get(), Qt::MoveAction, row, 0, parent);
    return true;
}

} // namespace

class LayersModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTopmostRowIsTopmostOnTheCanvas();
    void renamesHidesAndLocksByCommands();
    void aDropBetweenRowsOrders();
    void aDropOnAFrameGoesInside();
    void nothingGoesIntoItself();
    void anEmptyNameIsRefused();
    void itObeysTheRulesOfModels();
};

void LayersModelTest::theTopmostRowIsTopmostOnTheCanvas()
{
    AppSession app;
    LayersModel model(*app.session);
    QCOMPARE(names(model), (QStringList{"blue", "frame"}));
    QCOMPARE(names(model, model.indexOf(NodeId("frame"))), QStringList{"red"});
    QCOMPARE(model.nodeAt(model.indexOf(NodeId("red")).parent()), NodeId("frame"));
}

void LayersModelTest::renamesHidesAndLocksByCommands()
{
    AppSession app;
    LayersModel model(*app.session);
    const QModelIndex blue = model.indexOf(NodeId("blue"));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QVERIFY(model.setData(blue, QStringLiteral("Sky")));
    QCOMPARE(app.node("blue").name, std::string("Sky"));
    QCOMPARE(changed.count(), 1);
    QVERIFY(model.setData(blue, false, LayersModel::visibleRole));
    QVERIFY(!app.node("blue").visible);
    QVERIFY(model.setData(blue, true, LayersModel::lockedRole));
    QVERIFY(app.node("blue").locked);
}

void LayersModelTest::aDropBetweenRowsOrders()
{
    AppSession app;
    LayersModel model(*app.session);
    QVERIFY(drop(model, "frame", 0, {}));
    QCOMPARE(names(model), (QStringList{"frame", "blue"}));
    QVERIFY(drop(model, "frame", 2, {}));
    QCOMPARE(names(model), (QStringList{"blue", "frame"}));
}

void LayersModelTest::aDropOnAFrameGoesInside()
{
    AppSession app;
    LayersModel model(*app.session);
    QVERIFY(drop(model, "blue", -1, model.indexOf(NodeId("frame"))));
    QCOMPARE(names(model, model.indexOf(NodeId("frame"))), (QStringList{"blue", "red"}));
    QCOMPARE(app.session->document().pageBounds(NodeId("blue")), (Rect{600, 50, 100, 100}));
    // One step back, as for any edit.
    QVERIFY(app.session->undo());
    QCOMPARE(names(model), (QStringList{"blue", "frame"}));
}

void LayersModelTest::nothingGoesIntoItself()
{
    AppSession app;
    LayersModel model(*app.session);
    QVERIFY(!drop(model, "frame", -1, model.indexOf(NodeId("frame"))));
}

void LayersModelTest::anEmptyNameIsRefused()
{
    AppSession app;
    LayersModel model(*app.session);
    QVERIFY(!model.setData(model.indexOf(NodeId("blue")), QStringLiteral("  ")));
    QCOMPARE(app.node("blue").name, std::string("blue"));
}

void LayersModelTest::itObeysTheRulesOfModels()
{
    AppSession app;
    LayersModel model(*app.session);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(drop(model, "blue", -1, model.indexOf(NodeId("frame"))));
    app.session->undo();
    app.session->redo();
}

QTEST_MAIN(LayersModelTest)
#include "layers_model_test.moc"
