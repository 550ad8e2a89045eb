#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <fstream>
#include <sys/stat.h>

#include <appliance/jobs/journal.h>
#include <appliance/workers/worker_pool.h>

using namespace tessera;
using namespace tessera::appliance;

namespace {

std::string realWorker()
{
    return qgetenv("TESSERA_BIN_DIR").toStdString() + "/tessera-worker";
}

struct Bench {
    explicit Bench(std::string program = realWorker(), WorkerPoolOptions given = {})
    {
        given.program = std::move(program);
        given.applianceId = "test";
        options = std::move(given);
        journal = Journal::open(folder.path().toStdString() + "/jobs.sqlite", *blobs, clock).value();
    }
    void start() { pool.emplace(options, *journal, *blobs, clock); }
    /// A program that stands in for the worker, to misbehave in ways the real one does not.
    std::string script(const std::string& name, const std::string& body) const
    {
        const std::string path = folder.path().toStdString() + "/" + name;
        std::ofstream(path) << "#!/bin/sh\n" << body;
        ::chmod(path.c_str(), 0700);
        return path;
    }
    JobId submit(const std::string& name, const GenerationRequest& request)
    {
        const JobId id(name);
        [[maybe_unused]] const auto job = journal->submit(id, encodeRequest(request), 2, request.widthPx, request.heightPx);
        if (pool)
            pool->wake();
        return id;
    }
    Job settled(const JobId& id)
    {
        for (int i = 0; i < 400; ++i) {
            const Job job = journal->find(id).value();
            if (isFinal(job.state))
                return job;
            QTest::qWait(25);
        }
        return journal->find(id).value();
    }

    QTemporaryDir folder;
    SystemClock clock;
    WorkerPoolOptions options;
    std::optional<BlobStore> blobs = BlobStore::open(folder.path().toStdString() + "/blobs").value();
    std::unique_ptr<Journal> journal;
    std::optional<WorkerPool> pool;
};

GenerationRequest posterRequest()
{
    return {.model = "composer", .prompt = "Jazz night", .widthPx = 400, .heightPx = 500, .seed = 3};
}

/// A frame that says ready with no models and no note.
constexpr const char* readyFrame = "printf '\\003\\000\\000\\000\\003\\000\\000'\n";

} // namespace

class WorkerPoolTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aJobIsRunAndItsRecipeCompleted()
    {
        Bench bench;
        bench.start();
        QVERIFY(bench.pool->waitUntilKnown(std::chrono::seconds(20)));
        QCOMPARE(bench.pool->status().workers, 1);
        const auto models = bench.pool->models();
        QVERIFY(std::any_of(models.begin(), models.end(), [](const ModelInfo& m) { return m.id == "composer"; }));
        const Job job = bench.settled(bench.submit("a", posterRequest()));
        QCOMPARE(job.state, JobState::done);
        QCOMPARE(job.attempt, 1);
        QVERIFY(job.outcome.layersJson.starts_with("["));
        QVERIFY(job.outcome.recipeJson.find("\"appliance\":\"test\"") != std::string::npos);
    }

    void aBadRequestFailsWithoutARetry()
    {
        Bench bench;
        bench.start();
        GenerationRequest request = posterRequest();
        request.widthPx = 50'000;
        const Job job = bench.settled(bench.submit("a", request));
        QCOMPARE(job.state, JobState::failed);
        QCOMPARE(job.error.code, std::string("invalid-size"));
        QCOMPARE(job.attempt, 1);
    }

    void aWorkerThatCrashesCostsAttemptsAndThenTheJob()
    {
        Bench bench;
        bench.options.program = bench.script("crash", std::string(readyFrame) + "head -c 1 >/dev/null; kill -SEGV $$\n");
        const JobId id = bench.submit("a", posterRequest());
        bench.start();
        const Job job = bench.settled(id);
        QCOMPARE(job.state, JobState::failed);
        QCOMPARE(job.error.code, std::string("worker-crashed"));
        QCOMPARE(job.attempt, 3);
        QVERIFY2(job.error.detail.find("signal 11") != std::string::npos, job.error.detail.c_str());
    }

    void aWorkerThatHangsIsKilled()
    {
        Bench bench;
        bench.options.program = bench.script("hang", std::string(readyFrame) + "exec sleep 600\n");
        bench.options.silenceTimeout = std::chrono::milliseconds(200);
        const JobId id = bench.submit("a", posterRequest());
        bench.start();
        const Job job = bench.settled(id);
        QCOMPARE(job.error.code, std::string("worker-hung"));
    }

    void aWorkerThatDoesNotHearCancelIsKilledAndTheJobIsCancelled()
    {
        Bench bench;
        bench.options.program = bench.script("hang", std::string(readyFrame) + "exec sleep 600\n");
        bench.options.cancelGrace = std::chrono::milliseconds(200);
        const JobId id = bench.submit("a", posterRequest());
        bench.start();
        QTRY_COMPARE(bench.journal->find(id).value().state, JobState::running);
        QVERIFY(bench.journal->requestCancel(id));
        bench.pool->cancel(id);
        const Job job = bench.settled(id);
        QCOMPARE(job.state, JobState::cancelled);
        QCOMPARE(job.attempt, 1);
    }

    void aWorkerThatSpeaksGarbageIsReplacedWithoutHarm()
    {
        Bench bench;
        bench.options.program = bench.script("garbage", std::string(readyFrame) + "head -c 1 >/dev/null; printf '\\377\\377\\377\\377xxxx'; exec sleep 600\n");
        const JobId id = bench.submit("a", posterRequest());
        bench.start();
        const Job job = bench.settled(id);
        QCOMPARE(job.error.code, std::string("worker-crashed"));
        QVERIFY2(job.error.detail.find("no message") != std::string::npos, job.error.detail.c_str());
    }

    void aWorkerThatKeepsDyingIdleCostsNoJobAndNoTightLoop()
    {
        Bench bench;
        const QString log = bench.folder.path() + "/starts";
        bench.options.program = bench.script("dies", "echo x >>" + log.toStdString() + "\n" + readyFrame);
        bench.start();
        QTest::qWait(1500);
        QFile starts(log);
        QVERIFY(starts.open(QIODevice::ReadOnly));
        const auto count = starts.readAll().count('x');
        QVERIFY2(count >= 2 && count <= 6, qPrintable(QString::number(count)));
    }

    void aMissingWorkerIsSaidInTheStatus()
    {
        Bench bench("/nonexistent/tessera-worker");
        bench.start();
        QVERIFY(bench.pool->waitUntilKnown(std::chrono::seconds(5)));
        QCOMPARE(bench.pool->status().workers, 0);
        QVERIFY(bench.pool->status().detail.find("/nonexistent/tessera-worker") != std::string::npos);
    }

    void stoppingThePoolGivesTheJobBackWithItsAttempt()
    {
        Bench bench;
        bench.options.program = bench.script("hang", std::string(readyFrame) + "exec sleep 600\n");
        const JobId id = bench.submit("a", posterRequest());
        bench.start();
        QTRY_COMPARE(bench.journal->find(id).value().state, JobState::running);
        bench.pool.reset();
        QCOMPARE(bench.journal->find(id).value().state, JobState::queued);
        QCOMPARE(bench.journal->find(id).value().attempt, 0);
    }
};

QTEST_GUILESS_MAIN(WorkerPoolTest)
#include "worker_pool_test.moc"
