#include <QtTest>

#include <app/models/generation_backend.h>

using namespace tessera;
using namespace tessera::app;

class JobEventTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAnEvent();
    void readsAFailure();
    void refusesWhatIsNoEvent_data();
    void refusesWhatIsNoEvent();
};

void JobEventTest::readsAnEvent()
{
    const auto event = parseJobEvent(R"({"job":"j1","state":"running","step":3,"steps":8,"previewHash":"ab"})");
    QVERIFY(event.hasValue());
    QCOMPARE(event->job, QStringLiteral("j1"));
    QVERIFY(event->state == JobState::running);
    QCOMPARE(event->step, 3);
    QCOMPARE(event->steps, 8);
    QCOMPARE(event->previewHash, QStringLiteral("ab"));
    QVERIFY(event->layers.isUndefined());
}

void JobEventTest::readsAFailure()
{
    const auto event = parseJobEvent(R"({"job":"j1","state":"failed","error":{"code":"unknown-model","detail":"x"}})");
    QVERIFY(event.hasValue());
    QCOMPARE(event->errorCode, QStringLiteral("unknown-model"));
    QCOMPARE(event->errorDetail, QStringLiteral("x"));
}

void JobEventTest::refusesWhatIsNoEvent_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("not JSON") << QByteArray("{");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no job") << QByteArray(R"({"state":"done"})");
    QTest::newRow("unknown state") << QByteArray(R"({"job":"j","state":"dreaming"})");
    QTest::newRow("job is a number") << QByteArray(R"({"job":1,"state":"done"})");
}

void JobEventTest::refusesWhatIsNoEvent()
{
    QFETCH(QByteArray, json);
    QVERIFY(!parseJobEvent(json).hasValue());
}

QTEST_APPLESS_MAIN(JobEventTest)
#include "job_event_test.moc"
