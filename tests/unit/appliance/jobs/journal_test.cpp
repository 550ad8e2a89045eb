#include <QTemporaryDir>
#include <QtTest>

#include <map>

#include <sqlite3.h>

#include <appliance/jobs/journal.h>
#include <core/base/random.h>

using namespace tessera;
using namespace tessera::appliance;

namespace {

/// A journal in a folder of its own that can be closed and opened again, as after a crash.
struct Bench {
    explicit Bench(JournalOptions given = {}) : options(given) { reopen(); }

    void reopen()
    {
        journal.reset();
        auto opened = Journal::open(file(), *blobs, clock, options);
        QVERIFY2(opened.hasValue(), opened ? "" : opened.error().detail.c_str());
        journal = std::move(*opened);
    }
    [[nodiscard]] std::filesystem::path file() const
    {
        return std::filesystem::path(folder.path().toStdString()) / "jobs.sqlite";
    }
    Job submit(const std::string& id) { return journal->submit(JobId(id), {1, 2, 3}, 4, 64, 48).value(); }
    Job claim() { return journal->claim().value().value(); }
    Job find(const std::string& id) { return journal->find(JobId(id)).value(); }
    std::string storedBlob(const std::string& text) { return blobs->put(asBytes(text)).value().hex; }

    QTemporaryDir folder;
    JournalOptions options;
    ManualClock clock;
    std::optional<BlobStore> blobs = BlobStore::open(folder.path().toStdString() + "/blobs").value();
    std::unique_ptr<Journal> journal;
};

} // namespace

class JournalTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void submittingTheSameIdAgainIsTheSameJob()
    {
        Bench bench;
        const Job first = bench.submit("a");
        QCOMPARE(first.state, JobState::queued);
        bench.claim();
        const Job again = bench.journal->submit(JobId(std::string("a")), {9}, 1, 1, 1).value();
        QCOMPARE(again.state, JobState::running);
        QCOMPARE(again.request, (Bytes{1, 2, 3}));
        QCOMPARE(bench.journal->counts().value().queued, 0u);
    }

    void jobsAreClaimedInTheOrderTheyCame()
    {
        Bench bench;
        bench.submit("z");
        bench.submit("a");
        QCOMPARE(bench.claim().id.text(), std::string("z"));
        QCOMPARE(bench.claim().id.text(), std::string("a"));
        QVERIFY(!bench.journal->claim().value());
    }

    void badIdsAreRefused_data()
    {
        QTest::addColumn<QString>("id");
        QTest::newRow("empty") << "";
        QTest::newRow("slash") << "a/b";
        QTest::newRow("65 characters") << QString(65, 'a');
    }
    void badIdsAreRefused()
    {
        QFETCH(QString, id);
        Bench bench;
        QCOMPARE(bench.journal->submit(JobId(id.toStdString()), {}, 1, 1, 1).error().code, JobErrc::invalidId);
    }

    void aFullQueueRefusesNewJobsButKnowsOldOnes()
    {
        Bench bench({.maxAttempts = 3, .maxWaiting = 2});
        bench.submit("a");
        bench.submit("b");
        QCOMPARE(bench.journal->submit(JobId(std::string("c")), {}, 1, 1, 1).error().code, JobErrc::queueFull);
        QCOMPARE(bench.submit("a").state, JobState::queued);
        bench.claim();
        QCOMPARE(bench.submit("c").state, JobState::queued);
    }

    void aResultHasToBeStoredBeforeTheJobIsDone()
    {
        Bench bench;
        bench.submit("a");
        bench.claim();
        const std::string missing(64, '0');
        QCOMPARE(bench.journal->finish(JobId(std::string("a")), 1, {missing, "", ""}).error().code, JobErrc::missingBlob);
        QCOMPARE(bench.find("a").state, JobState::running);
        const std::string stored = bench.storedBlob("png");
        QCOMPARE(bench.journal->finish(JobId(std::string("a")), 1, {stored, "[]", "{}"}).value().state, JobState::done);
    }

    void finishingTwiceIsOnceAndAnOlderAttemptIsRefused()
    {
        Bench bench;
        bench.submit("a");
        bench.claim();
        const JobId id(std::string("a"));
        QCOMPARE(bench.journal->fail(id, 1, {"worker-crashed", ""}, Retry::yes).value().state, JobState::queued);
        bench.claim();
        const JobOutcome outcome{bench.storedBlob("png"), "", "{}"};
        QCOMPARE(bench.journal->finish(id, 1, outcome).error().code, JobErrc::staleAttempt);
        const Job done = bench.journal->finish(id, 2, outcome).value();
        QCOMPARE(bench.journal->finish(id, 2, outcome).value().sequence, done.sequence);
        QCOMPARE(bench.journal->fail(id, 2, {"late", ""}, Retry::yes).error().code, JobErrc::staleAttempt);
    }

    void attemptsAreLimited()
    {
        Bench bench({.maxAttempts = 2});
        bench.submit("a");
        const JobId id(std::string("a"));
        bench.claim();
        QCOMPARE(bench.journal->fail(id, 1, {"worker-crashed", "x"}, Retry::yes).value().state, JobState::queued);
        bench.claim();
        const Job failed = bench.journal->fail(id, 2, {"worker-crashed", "y"}, Retry::yes).value();
        QCOMPARE(failed.state, JobState::failed);
        QCOMPARE(failed.error.detail, std::string("y"));
    }

    void aFailureWithoutRetryEndsTheJob()
    {
        Bench bench;
        bench.submit("a");
        bench.claim();
        QCOMPARE(bench.journal->fail(JobId(std::string("a")), 1, {"bad", ""}, Retry::no).value().state, JobState::failed);
    }

    void reopeningQueuesRunningJobsAndTheLastAttemptFails()
    {
        Bench bench({.maxAttempts = 2});
        bench.submit("a");
        bench.claim();
        bench.reopen();
        QCOMPARE(bench.find("a").state, JobState::queued);
        QCOMPARE(bench.claim().attempt, 2);
        bench.reopen();
        QCOMPARE(bench.find("a").state, JobState::failed);
        QCOMPARE(bench.find("a").error.code, std::string("attempts-exhausted"));
    }

    void cancellingAQueuedJobIsImmediateAndARunningOneWaitsForItsWorker()
    {
        Bench bench;
        bench.submit("running");
        bench.submit("queued");
        bench.claim();
        QCOMPARE(bench.journal->requestCancel(JobId(std::string("queued"))).value().state, JobState::cancelled);
        const JobId id(std::string("running"));
        QCOMPARE(bench.journal->requestCancel(id).value().state, JobState::running);
        QCOMPARE(bench.journal->confirmCancel(id, 1).value().state, JobState::cancelled);
        QCOMPARE(bench.journal->requestCancel(id).value().state, JobState::cancelled);
    }

    void aCrashAfterCancelWasAskedForCancels()
    {
        Bench bench;
        bench.submit("a");
        bench.claim();
        QVERIFY(bench.journal->requestCancel(JobId(std::string("a"))));
        bench.reopen();
        QCOMPARE(bench.find("a").state, JobState::cancelled);
    }

    void releasingCostsNoAttempt()
    {
        Bench bench;
        bench.submit("a");
        bench.claim();
        QCOMPARE(bench.journal->release(JobId(std::string("a")), 1).value().state, JobState::queued);
        QCOMPARE(bench.claim().attempt, 1);
    }

    void settledJobsAreNotToldAgain()
    {
        Bench bench;
        bench.submit("a");
        const JobId id(std::string("a"));
        QVERIFY(bench.journal->settle(id));
        QCOMPARE(bench.journal->unsettled().value().size(), std::size_t{1}); // not final yet
        bench.claim();
        QVERIFY(bench.journal->fail(id, 1, {"bad", ""}, Retry::no));
        QCOMPARE(bench.journal->unsettled().value().size(), std::size_t{1});
        QVERIFY(bench.journal->settle(id));
        QVERIFY(bench.journal->unsettled().value().empty());
    }

    void pruningForgetsOnlyOldFinalJobs()
    {
        Bench bench;
        bench.submit("old");
        bench.claim();
        QVERIFY(bench.journal->fail(JobId(std::string("old")), 1, {"bad", ""}, Retry::no));
        bench.submit("waiting");
        bench.clock.advance(std::chrono::hours(48));
        QCOMPARE(bench.journal->prune(24 * 3600 * 1000).value(), std::size_t{1});
        QCOMPARE(bench.find("waiting").state, JobState::queued);
        QCOMPARE(bench.journal->find(JobId(std::string("old"))).error().code, JobErrc::unknownJob);
    }

    void aJournalOfANewerVersionIsRefusedUntouched()
    {
        Bench bench;
        bench.journal.reset();
        sqlite3* connection = nullptr;
        sqlite3_open(bench.file().c_str(), &connection);
        sqlite3_exec(connection, "PRAGMA user_version=99", nullptr, nullptr, nullptr);
        sqlite3_close(connection);
        auto opened = Journal::open(bench.file(), *bench.blobs, bench.clock);
        QCOMPARE(opened.error().code, JobErrc::newerFormat);
    }

    void aForeignFileIsAnError()
    {
        Bench bench;
        bench.journal.reset();
        QFile file(QString::fromStdString(bench.file().string()));
        for (const char* suffix : {"-wal", "-shm"})
            QFile::remove(file.fileName() + suffix);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QByteArray(5000, 'x'));
        file.close();
        QCOMPARE(Journal::open(bench.file(), *bench.blobs, bench.clock).error().code, JobErrc::database);
    }

    /// Whatever happens in whatever order, with crashes in between: sequences told for a job only grow, a final
    /// state never changes, no attempt passes the limit, and every job ends up in exactly one state.
    void invariantsHoldUnderRandomHistories()
    {
        for (std::uint64_t seed = 1; seed <= 25; ++seed) {
            SeededRandom random(seed);
            Bench bench({.maxAttempts = 3, .maxWaiting = 6});
            std::map<JobId, Job> last;
            std::map<JobId, JobState> ended;
            QStringList faults;
            const auto observe = [&](const Job& job) {
                if (last.contains(job.id) && job.sequence <= last[job.id].sequence)
                    faults << QString("sequence of %1 did not grow").arg(job.id.text().c_str());
                if (ended.contains(job.id))
                    faults << QString("%1 changed after its end").arg(job.id.text().c_str());
                if (job.attempt > 3)
                    faults << QString("%1 had attempt %2").arg(job.id.text().c_str()).arg(job.attempt);
                last[job.id] = job;
                if (isFinal(job.state))
                    ended[job.id] = job.state;
            };
            bench.journal->setObserver(observe);
            for (int step = 0; step < 120; ++step) {
                const JobId id("j" + std::to_string(random.below(8)));
                const int attempt = 1 + static_cast<int>(random.below(3));
                switch (random.below(9)) {
                case 0:
                case 1: (void)bench.journal->submit(id, {7}, 4, 8, 8); break;
                case 2:
                case 3: (void)bench.journal->claim(); break;
                case 4: (void)bench.journal->progress(id, attempt, 1, 4, {}); break;
                case 5: (void)bench.journal->finish(id, attempt, {bench.storedBlob(id.text()), "", "{}"}); break;
                case 6: (void)bench.journal->fail(id, attempt, {"c", "d"}, random.below(2) ? Retry::yes : Retry::no); break;
                case 7: (void)bench.journal->requestCancel(id); break;
                case 8: {
                    bench.reopen();
                    bench.journal->setObserver(observe);
                    // What recovery did was told to nobody; the state on disk has to be beyond what was told.
                    const std::vector<Job> recovered = bench.journal->unsettled().value();
                    for (const Job& job : recovered) {
                        if (last.contains(job.id) && job.sequence < last[job.id].sequence)
                            faults << QString("%1 went back in recovery").arg(job.id.text().c_str());
                        last[job.id] = job;
                        if (isFinal(job.state))
                            ended.emplace(job.id, job.state);
                    }
                    break;
                }
                }
            }
            for (const auto& [id, state] : ended) {
                if (bench.journal->find(id).value().state != state)
                    faults << QString("%1 lost its end").arg(id.text().c_str());
            }
            QVERIFY2(faults.isEmpty(), qPrintable(QString("seed %1: ").arg(seed) + faults.join("; ")));
        }
    }
};

QTEST_APPLESS_MAIN(JournalTest)
#include "journal_test.moc"
