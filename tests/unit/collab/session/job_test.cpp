#include <QtTest>

#include <collab/session/job.h>

using namespace tessera;
using namespace tessera::collab;

class JobTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void requestsAreWrittenAsTheWireContractSays();
    void statusesAreRead();
    void membersThatAreMissingTakeDefaults();
    void statusesWithoutJobOrStateAreErrors_data();
    void statusesWithoutJobOrStateAreErrors();
    void everyStateHasAName();
};

void JobTest::requestsAreWrittenAsTheWireContractSays()
{
    JobRequest request{JobId{"j1"}, "composer", "a \"blue\" fox", {"#0000FF"}, 640, 480, 7, 20};
    const std::string complete = R"({"id":"j1","model":"composer","prompt":"a \"blue\" fox","colors":["#0000FF"],)"
                                 R"("width":640,"height":480,"seed":7,"steps":20})";
    QCOMPARE(toJson(request), complete);
    request.id = {};
    request.steps.reset();
    request.colors.clear();
    const std::string least = R"({"model":"composer","prompt":"a \"blue\" fox","colors":[],"width":640,"height":480,"seed":7})";
    QCOMPARE(toJson(request), least);
}

void JobTest::statusesAreRead()
{
    const std::string hash(64, '0');
    const auto status = parseJobStatus(R"({"job":"j1","state":"failed","step":3,"steps":20,"previewHash":")" + hash +
                                       R"(","resultHash":"zz","layers":[{"t":"rect"}],"width":64,"height":32,)"
                                       R"("error":{"code":"oom","detail":"no memory"},"recipe":{"seed":7},"more":1})");
    QVERIFY(status);
    QCOMPARE(status->job, JobId{"j1"});
    QCOMPARE(status->state, JobState::failed);
    QCOMPARE(status->step, 3U);
    QCOMPARE(status->steps, 20U);
    QCOMPARE(status->preview, std::optional{ContentHash{hash}});
    QVERIFY(!status->result);
    QCOMPARE(status->layers.array()->size(), std::size_t{1});
    QCOMPARE(status->width, 64U);
    QCOMPARE(status->errorCode, std::string("oom"));
    QCOMPARE(status->errorDetail, std::string("no memory"));
    QVERIFY(status->recipe.object());
    QVERIFY(status->isOver());
}

void JobTest::membersThatAreMissingTakeDefaults()
{
    const auto status = parseJobStatus(R"({"job":"j1","state":"running","step":-1,"steps":1e99,"layers":7,"error":"x"})");
    QVERIFY(status);
    QVERIFY(!status->isOver());
    JobStatus expected;
    expected.job = JobId{"j1"};
    expected.state = JobState::running;
    QCOMPARE(*status, expected);
}

void JobTest::statusesWithoutJobOrStateAreErrors_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("not JSON") << "{";
    QTest::newRow("not an object") << "[]";
    QTest::newRow("no job") << R"({"state":"done"})";
    QTest::newRow("job is a number") << R"({"job":1,"state":"done"})";
    QTest::newRow("no state") << R"({"job":"j"})";
    QTest::newRow("unknown state") << R"({"job":"j","state":"Done"})";
    QTest::newRow("job too long") << R"({"state":"done","job":")" + QString(65, u'j') + R"("})";
}

void JobTest::statusesWithoutJobOrStateAreErrors()
{
    QFETCH(QString, json);
    QVERIFY(!parseJobStatus(json.toStdString()));
}

void JobTest::everyStateHasAName()
{
    for (const JobState state : {JobState::queued, JobState::running, JobState::done, JobState::failed, JobState::cancelled}) {
        const auto status = parseJobStatus(R"({"job":"j","state":")" + std::string(jobStateName(state)) + "\"}");
        QVERIFY(status);
        QCOMPARE(status->state, state);
    }
}

QTEST_APPLESS_MAIN(JobTest)
#include "job_test.moc"
