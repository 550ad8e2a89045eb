#include <QtTest>

#include <app/models/connection.h>
#include <app/models/generation_backend.h>

using namespace tessera;
using namespace tessera::app;

class JobEventTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAnEvent();
    void readsAFailure();
    void doesNotBelieveHugeCounts();
    void namesWhyTheRelayRefused_data();
    void namesWhyTheRelayRefused();

private:
    static GenerationEvent read(const std::string& json)
    {
        const auto status = collab::parseJobStatus(json);
        return status ? eventOf(status.value()) : GenerationEvent();
    }
};

void JobEventTest::readsAnEvent()
{
    const std::string hash(64, 'a');
    const auto event = read(R"({"job":"j1","state":"running","step":3,"steps":8,"previewHash":")" + hash + "\"}");
    QCOMPARE(event.job, QStringLiteral("j1"));
    QVERIFY(event.state == JobState::running);
    QCOMPARE(event.step, 3);
    QCOMPARE(event.steps, 8);
    QCOMPARE(event.previewHash.toStdString(), hash);
    QVERIFY(event.resultHash.isEmpty());
    QVERIFY(event.layers.isUndefined());
}

void JobEventTest::readsAFailure()
{
    const auto event = read(R"({"job":"j1","state":"failed","error":{"code":"unknown-model","detail":"x"}})");
    QVERIFY(event.state == JobState::failed);
    QCOMPARE(event.errorCode, QStringLiteral("unknown-model"));
    QCOMPARE(event.errorDetail, QStringLiteral("x"));
}

void JobEventTest::doesNotBelieveHugeCounts()
{
    const auto event = read(R"({"job":"j1","state":"done","steps":4000000000,"width":640})");
    QCOMPARE(event.steps, 0);
    QCOMPARE(event.width, 640);
}

void JobEventTest::namesWhyTheRelayRefused_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("problem");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, collab::RelayErrc code, int status, const char* problem, const char* expected) {
        QTest::newRow(name) << static_cast<int>(code) << status << QString(problem) << QString(expected);
    };
    row("of the relay's own words", collab::RelayErrc::unavailable, 503, "no-appliance", "no-appliance");
    row("unreachable", collab::RelayErrc::unreachable, 0, "", "unreachable");
    row("timed out", collab::RelayErrc::timedOut, 0, "", "unreachable");
    row("makes no sense", collab::RelayErrc::badAnswer, 200, "", "bad-answer");
}

void JobEventTest::namesWhyTheRelayRefused()
{
    QFETCH(int, code);
    QFETCH(int, status);
    QFETCH(QString, problem);
    const RelayError error = errorOf(collab::RelayError{static_cast<collab::RelayErrc>(code), "GET http://relay:1/",
                                                        "because", status, problem.toStdString(), {}});
    QTEST(error.code, "expected");
    QCOMPARE(error.status, status);
    QCOMPARE(error.detail, QStringLiteral("because"));
}

QTEST_APPLESS_MAIN(JobEventTest)
#include "job_event_test.moc"
