#include <QBuffer>
#include <QtTest>

#include <app/models/generation_model.h>
#include <core/base/hash.h>

#include "app_session.h"

using namespace tessera;
using namespace tessera::app;
using test::AppSession;

namespace {

/// A backend whose events the test sends.
class ScriptedBackend final : public GenerationBackend
{
public:
    QString place() const override { return QStringLiteral("scripted:1"); }
    void listModels(Models answer) override
    {
        answer(std::vector<GenerationChoice>{{QStringLiteral("m"), QStringLiteral("Model"), QStringLiteral("diffusion"), false, 512}});
    }
    void submit(const GenerationRequest& request) override { submitted = request; }
    void cancel(const QString& job) override { cancelled = job; }
    void fetchBlob(const QString& hash, Blob answer) override
    {
        if (blobs.contains(hash))
            answer(blobs.value(hash));
        else
            answer(fail(GenerationError{QStringLiteral("blob-missing"), hash}));
    }
    void tell(JobState state, const QString& result = {}, const crdt::Any& layers = {})
    {
        GenerationEvent told;
        told.job = submitted.job;
        told.state = state;
        told.resultHash = result;
        told.layers = layers;
        told.width = submitted.width;
        told.recipe = crdt::Any(crdt::Any::Object{{"prompt", "sun"}, {"seed", 7}});
        Q_EMIT event(told);
    }

    GenerationRequest submitted;
    QString cancelled;
    QHash<QString, QByteArray> blobs;
};

struct Setup {
    AppSession app;
    GenerationModel model{*app.session};
    ScriptedBackend* backend = nullptr;

    Setup()
    {
        auto made = std::make_unique<ScriptedBackend>();
        backend = made.get();
        model.setBackend(std::move(made));
    }
    bool start() { return model.generate(NodeId("frame"), QStringLiteral("m"), QStringLiteral("sun"), {}, 7); }
};

QByteArray png()
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QImage image(8, 6, QImage::Format_RGB32);
    image.fill(Qt::red);
    [&] { QVERIFY(image.save(&buffer, "PNG")); }();
    return bytes;
}

} // namespace

class GenerationModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anImageIsPlacedAsOneUndoableEditWithItsRecord();
    void layersAreScaledIntoTheFrame();
    void sizesStayWithinTheModelsBound();
    void aFailureChangesNothingAndSaysWhy();
    void cancelIsAskedAndTold();
    void aSecondJobWaitsForTheFirst();
    void aMissingResultIsAFailure();
    void aFrameDeletedMeanwhileLosesNothing();
};

void GenerationModelTest::anImageIsPlacedAsOneUndoableEditWithItsRecord()
{
    Setup setup;
    setup.backend->blobs[QStringLiteral("h")] = png();
    QVERIFY(setup.start());
    setup.backend->tell(JobState::running);
    QVERIFY(setup.model.isBusy());
    setup.backend->tell(JobState::done, QStringLiteral("h"));
    QCOMPARE(setup.model.phase(), GenerationPhase::done);
    QCOMPARE(setup.model.insertedNodes().size(), std::size_t{1});
    const document::Document& document = setup.app.session->document();
    const document::Node* node = document.node(setup.model.insertedNodes().front());
    QCOMPARE(document.tree().shownParent.at(node->id), NodeId("frame"));
    QCOMPARE(node->size, (Size{400, 300}));
    QCOMPARE(node->generationId, setup.model.job().toStdString());
    QVERIFY(setup.app.session->store().hasBlob(*node->asset));
    QVERIFY(!document.generation(node->generationId).isUndefined());
    const NodeId id = node->id;
    QVERIFY(setup.app.session->undo());
    QVERIFY(!document.node(id) || document.tree().isInTrash(id));
    QVERIFY(!setup.app.session->undo());
}

void GenerationModelTest::layersAreScaledIntoTheFrame()
{
    Setup setup;
    QVERIFY(setup.start());
    setup.backend->submitted.width = 200;
    const auto layers = crdt::parseJson(R"([{"t":"rect","name":"Sun","props":{"size":[100,50],"xf":[1,0,0,1,10,20]},"children":[]}])");
    setup.backend->tell(JobState::done, {}, layers.value());
    QCOMPARE(setup.model.phase(), GenerationPhase::done);
    QCOMPARE(setup.app.session->document().pageBounds(setup.model.insertedNodes().front()), (Rect{120, 140, 200, 100}));
}

void GenerationModelTest::sizesStayWithinTheModelsBound()
{
    Setup setup;
    QVERIFY(setup.app.session->apply({document::SetProperties{NodeId("frame"), {{"size", document::toAny(Size{4000, 1000})}}}}));
    QVERIFY(setup.start());
    QCOMPARE(setup.backend->submitted.width, 512);
    QCOMPARE(setup.backend->submitted.height, 128);
}

void GenerationModelTest::aFailureChangesNothingAndSaysWhy()
{
    Setup setup;
    const std::string before = setup.app.session->document().canonicalJson();
    QVERIFY(setup.start());
    GenerationEvent failed;
    failed.job = setup.backend->submitted.job;
    failed.state = JobState::failed;
    failed.errorCode = QStringLiteral("no-appliance");
    Q_EMIT setup.backend->event(failed);
    QCOMPARE(setup.model.phase(), GenerationPhase::failed);
    QVERIFY(setup.model.problem().contains(QStringLiteral("No appliance")));
    QCOMPARE(setup.app.session->document().canonicalJson(), before);
    QVERIFY(setup.start());
}

void GenerationModelTest::cancelIsAskedAndTold()
{
    Setup setup;
    QVERIFY(setup.start());
    setup.model.cancel();
    QCOMPARE(setup.backend->cancelled, setup.model.job());
    QVERIFY(setup.model.isBusy());
    setup.backend->tell(JobState::cancelled);
    QCOMPARE(setup.model.phase(), GenerationPhase::cancelled);
}

void GenerationModelTest::aSecondJobWaitsForTheFirst()
{
    Setup setup;
    QVERIFY(setup.start());
    QVERIFY(!setup.start());
}

void GenerationModelTest::aMissingResultIsAFailure()
{
    Setup setup;
    QVERIFY(setup.start());
    setup.backend->tell(JobState::done, QStringLiteral("gone"));
    QCOMPARE(setup.model.phase(), GenerationPhase::failed);
    QCOMPARE(setup.model.problemCode(), QStringLiteral("blob-missing"));
}

void GenerationModelTest::aFrameDeletedMeanwhileLosesNothing()
{
    Setup setup;
    setup.backend->blobs[QStringLiteral("h")] = png();
    QVERIFY(setup.start());
    QVERIFY(setup.app.session->apply({document::DeleteNode{NodeId("frame")}}));
    setup.backend->tell(JobState::done, QStringLiteral("h"));
    QCOMPARE(setup.model.phase(), GenerationPhase::done);
    QCOMPARE(setup.app.session->document().pageBounds(setup.model.insertedNodes().front()), (Rect{100, 100, 400, 300}));
}

QTEST_MAIN(GenerationModelTest)
#include "generation_model_test.moc"
