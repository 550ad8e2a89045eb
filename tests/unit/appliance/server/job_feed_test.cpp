#include <QtTest>

#include <appliance/server/job_feed.h>

using namespace tessera;
using namespace tessera::appliance;
using namespace std::chrono_literals;

namespace {

Job jobAt(const std::string& id, std::uint64_t sequence)
{
    Job job;
    job.id = JobId(id);
    job.sequence = sequence;
    return job;
}

} // namespace

class JobFeedTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSlowListenerSeesTheNewestStateOfEachJob()
    {
        JobFeed feed;
        const auto listener = feed.subscribe(std::nullopt);
        for (std::uint64_t i = 1; i <= 1000; ++i) {
            feed.publish(jobAt("a", i));
            feed.publish(jobAt("b", i));
        }
        QCOMPARE(listener->next(0ms)->sequence, std::uint64_t{1000});
        QCOMPARE(listener->next(0ms)->sequence, std::uint64_t{1000});
        QVERIFY(!listener->next(0ms));
    }
    void aListenerOfOneJobHearsNothingElse()
    {
        JobFeed feed;
        const auto listener = feed.subscribe(JobId(std::string("a")));
        feed.publish(jobAt("b", 1));
        QVERIFY(!listener->next(0ms));
        feed.publish(jobAt("a", 2));
        QCOMPARE(listener->next(0ms)->id.text(), std::string("a"));
    }
    void aListenerThatIsGoneIsForgotten()
    {
        JobFeed feed;
        int nudges = 0;
        auto listener = feed.subscribe(std::nullopt, [&] { ++nudges; });
        feed.publish(jobAt("a", 1));
        listener.reset();
        feed.publish(jobAt("a", 2));
        QCOMPARE(nudges, 1);
    }
};

QTEST_APPLESS_MAIN(JobFeedTest)
#include "job_feed_test.moc"
