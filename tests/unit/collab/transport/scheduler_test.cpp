#include <QtTest>

#include <thread>

#include <collab/qt/scheduler.h>

#include "event_loops.h"

using namespace tessera;
using namespace tessera::collab;
using namespace std::chrono_literals;

class SchedulerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void timersRunInOrderOfTime_data() { schedulers(); }
    void timersRunInOrderOfTime();
    void aDroppedTokenCancels_data() { schedulers(); }
    void aDroppedTokenCancels();
    void aCallbackMayReplaceItsOwnToken_data() { schedulers(); }
    void aCallbackMayReplaceItsOwnToken();
    void nothingRunsInsideAfter_data() { schedulers(); }
    void nothingRunsInsideAfter();
    void theLoopStopsWhenToldFromAnotherThread();
    void runUntilGivesUpInTime();

private:
    static void schedulers()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("asio") << "asio";
        QTest::newRow("qt") << "qt";
    }
    Scheduler& scheduler()
    {
        QFETCH(QString, kind);
        return kind == "asio" ? static_cast<Scheduler&>(m_loops.asio) : m_qt;
    }
    test::EventLoops m_loops;
    QtScheduler m_qt;
};

void SchedulerTest::timersRunInOrderOfTime()
{
    std::vector<int> order;
    const auto late = scheduler().after(60ms, [&] { order.push_back(2); });
    const auto soon = scheduler().after(20ms, [&] { order.push_back(1); });
    const auto start = scheduler().clock().now();
    QVERIFY(m_loops.until([&] { return order.size() == 2; }));
    QCOMPARE(order, (std::vector{1, 2}));
    QVERIFY(scheduler().clock().now() - start >= 55ms);
}

void SchedulerTest::aDroppedTokenCancels()
{
    bool ran = false;
    scheduler().after(10ms, [&] { ran = true; }).reset();
    auto token = scheduler().after(10ms, [&] { ran = true; });
    token.reset();
    m_loops.spin(60);
    QVERIFY(!ran);
}

void SchedulerTest::aCallbackMayReplaceItsOwnToken()
{
    int count = 0;
    Scheduler::Timer token;
    std::function<void()> again = [&] {
        if (++count < 5)
            token = scheduler().after(1ms, again);
        else
            token.reset();
    };
    token = scheduler().after(1ms, again);
    QVERIFY(m_loops.until([&] { return count == 5; }));
    m_loops.spin(20);
    QCOMPARE(count, 5);
}

void SchedulerTest::nothingRunsInsideAfter()
{
    bool ran = false;
    const auto token = scheduler().after(0ms, [&] { ran = true; });
    QVERIFY(!ran);
    QVERIFY(m_loops.until([&] { return ran; }));
}

void SchedulerTest::theLoopStopsWhenToldFromAnotherThread()
{
    bool ran = false;
    std::jthread other([this, &ran] {
        m_loops.asio.post([&ran] { ran = true; });
        m_loops.asio.post([this] { m_loops.asio.stop(); });
    });
    m_loops.asio.run();
    QVERIFY(ran);
}

void SchedulerTest::runUntilGivesUpInTime()
{
    const auto start = m_loops.asio.clock().now();
    QVERIFY(!m_loops.asio.runUntil([] { return false; }, 30ms));
    QVERIFY(m_loops.asio.clock().now() - start >= 30ms);
    bool ran = false;
    const auto token = m_loops.asio.after(5ms, [&] { ran = true; });
    QVERIFY(m_loops.asio.runUntil([&] { return ran; }, 5s));
    QVERIFY(m_loops.asio.runUntil([] { return true; }, 0ms));
}

QTEST_GUILESS_MAIN(SchedulerTest)
#include "scheduler_test.moc"
