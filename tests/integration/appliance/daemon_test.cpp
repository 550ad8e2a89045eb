#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include <sqlite3.h>

#include <core/base/hash.h>
#include <core/base/random.h>

#include "generation_client.h"

using namespace tessera;
using namespace tessera::appliance;

namespace {

constexpr int done = 3, cancelled = 5;

/// The daemon as a process, on a folder that outlives it.
class Daemon
{
public:
    explicit Daemon(const QTemporaryDir& folder) : m_data(folder.path() + "/data") { start(); }
    ~Daemon() { stop(); }

    void start()
    {
        m_process = std::make_unique<QProcess>();
        m_process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process->start(qEnvironmentVariable("TESSERA_BIN_DIR") + "/tessera-appliance", {"--data", m_data});
        QByteArray line;
        while (!line.contains('\n') && m_process->waitForReadyRead(30'000))
            line += m_process->readLine();
        m_port = QJsonDocument::fromJson(line).object()["port"].toInt();
        QVERIFY2(m_port > 0, line.constData());
    }
    void kill()
    {
        m_process->kill(); // SIGKILL
        m_process->waitForFinished();
    }
    int stop()
    {
        m_process->terminate();
        m_process->waitForFinished(15'000);
        return m_process->exitCode();
    }
    [[nodiscard]] GenerationClient client() const { return GenerationClient(m_port); }
    [[nodiscard]] QString data() const { return m_data; }
    /// Process ids of its workers, from /proc.
    [[nodiscard]] std::vector<pid_t> workers() const
    {
        std::vector<pid_t> pids;
        for (const QString& name : QDir("/proc").entryList(QDir::Dirs)) {
            std::ifstream stat("/proc/" + name.toStdString() + "/stat");
            std::string pid, program, state;
            qint64 parent = 0;
            if (stat >> pid >> program >> state >> parent; parent == m_process->processId() && program == "(tessera-worker)")
                pids.push_back(static_cast<pid_t>(std::stol(pid)));
        }
        return pids;
    }

private:
    QString m_data;
    std::unique_ptr<QProcess> m_process;
    int m_port = 0;
};

struct StoredJob {
    int state = 0;
    int attempt = 0;
    std::string result;
    std::string code;
};

/// What the journal holds, read beside the daemon.
std::map<std::string, StoredJob> journal(const QString& data)
{
    sqlite3* connection = nullptr;
    sqlite3_open_v2((data + "/jobs.sqlite").toUtf8().constData(), &connection, SQLITE_OPEN_READONLY, nullptr);
    std::map<std::string, StoredJob> jobs;
    sqlite3_exec(connection, "SELECT id, state, attempt, result, code FROM jobs",
                 [](void* out, int, char** row, char**) {
                     auto& all = *static_cast<std::map<std::string, StoredJob>*>(out);
                     all[row[0]] = {std::atoi(row[1]), std::atoi(row[2]), row[3], row[4]};
                     return 0;
                 }, &jobs, nullptr);
    sqlite3_close(connection);
    return jobs;
}

bool hasDiffusion(GenerationClient client)
{
    const auto models = client.models().value;
    return std::find(models.begin(), models.end(), "mini-diffusion") != models.end();
}

/// A job that takes some hundred milliseconds, where the models allow.
ClientRequest longJob(const std::string& id, bool diffusion)
{
    ClientRequest request{.id = id, .width = 256, .height = 256};
    if (diffusion)
        request = {.id = id, .model = "mini-diffusion", .prompt = "ocean", .width = 384, .height = 384, .steps = 20};
    return request;
}

/// Every acknowledged job is in the journal once and ended: done with its blob, or out of attempts.
void checkNothingLost(Daemon& daemon, const std::set<std::string>& acknowledged)
{
    GenerationClient client = daemon.client();
    std::size_t finished = 0;
    for (const std::string& id : acknowledged) {
        const auto end = client.watch(id);
        QVERIFY2(end.code.empty() && end.value.isFinal(), (id + ": " + end.code + " " + end.detail).c_str());
        if (end.value.state == done) {
            ++finished;
            const auto blob = client.blob(end.value.resultHash);
            QCOMPARE(contentHash(asBytes(blob.value)).hex, end.value.resultHash);
        } else {
            QVERIFY2(end.value.errorCode == "attempts-exhausted" || end.value.errorCode == "worker-crashed", end.value.errorCode.c_str());
            QCOMPARE(end.value.attempt, 3u);
        }
    }
    QVERIFY2(finished * 10 >= acknowledged.size() * 8, qPrintable(QString("%1 of %2 done").arg(finished).arg(acknowledged.size())));
    const auto stored = journal(daemon.data());
    QCOMPARE(stored.size(), acknowledged.size());
}

} // namespace

class DaemonTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLayoutIsComposedAndAPictureIsDrawn()
    {
        QTemporaryDir folder;
        Daemon daemon(folder);
        GenerationClient client = daemon.client();
        QCOMPARE(client.submit({.id = "layout"}).code, std::string());
        const auto layout = client.watch("layout");
        QCOMPARE(layout.value.state, done);
        QVERIFY(QJsonDocument::fromJson(QByteArray::fromStdString(layout.value.layersJson)).isArray());
        QVERIFY(client.blob(layout.value.resultHash).value.starts_with("\x89PNG"));
        if (!hasDiffusion(daemon.client()))
            QSKIP("ONNX Runtime is not installed: layouts only");
        std::set<unsigned> steps;
        client.submit({.id = "picture", .model = "mini-diffusion", .prompt = "sunset", .width = 512, .height = 512});
        const auto picture = client.watch("picture", [&](const ClientEvent& event) { return steps.insert(event.step), true; });
        QCOMPARE(picture.value.state, done);
        QVERIFY(client.blob(picture.value.resultHash).value.starts_with("\x89PNG"));
        QVERIFY2(steps.size() >= 3, "progress was not told");
    }

    void badRequestsAreRefusedByCode_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<std::function<void(ClientRequest&)>>("spoil");
        using Spoil = std::function<void(ClientRequest&)>;
        QTest::newRow("unknown model") << "unknown-model" << Spoil([](auto& r) { r.model = "dall-e"; });
        QTest::newRow("50,000 px") << "invalid-size" << Spoil([](auto& r) { r.width = 50'000; });
        QTest::newRow("prompt of 1 MB") << "invalid-prompt" << Spoil([](auto& r) { r.prompt.assign(1 << 20, 'a'); });
        QTest::newRow("bad colour") << "invalid-color" << Spoil([](auto& r) { r.colors = {"reddish"}; });
        QTest::newRow("bad id") << "invalid-job-id" << Spoil([](auto& r) { r.id = "../etc"; });
    }
    void badRequestsAreRefusedByCode()
    {
        QFETCH(QString, code);
        QFETCH(std::function<void(ClientRequest&)>, spoil);
        static QTemporaryDir folder;
        static Daemon daemon(folder);
        GenerationClient client = daemon.client();
        ClientRequest request{.id = "a"};
        spoil(request);
        const auto answer = client.submit(request);
        QCOMPARE(QString::fromStdString(answer.code), code);
        QVERIFY(!answer.detail.empty());
        QCOMPARE(client.watch("a").code, std::string("unknown-job"));
        QCOMPARE(client.blob(std::string(64, '0')).code, std::string("unknown-blob"));
    }

    void cancelStopsARunningJob()
    {
        QTemporaryDir folder;
        Daemon daemon(folder);
        if (!hasDiffusion(daemon.client()))
            QSKIP("needs a model that takes time");
        GenerationClient client = daemon.client();
        client.submit({.id = "a", .model = "mini-diffusion", .width = 1024, .height = 1024, .steps = 150});
        client.watch("a", [](const ClientEvent& event) { return event.step < 2; });
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(client.cancel("a").code, std::string());
        QCOMPARE(client.watch("a").value.state, cancelled);
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
        // The worker lives and takes the next job.
        client.submit({.id = "b"});
        QCOMPARE(client.watch("b").value.state, done);
    }

    void killingWorkersLosesNoJob()
    {
        QTemporaryDir folder;
        Daemon daemon(folder);
        const bool diffusion = hasDiffusion(daemon.client());
        std::set<std::string> acknowledged;
        GenerationClient client = daemon.client();
        SeededRandom random(7);
        for (int round = 0; round < 12; ++round) {
            const std::string id = "w" + std::to_string(round);
            if (client.submit(longJob(id, diffusion)).code.empty())
                acknowledged.insert(id);
            QTest::qWait(static_cast<int>(100 + random.below(400)));
            for (const pid_t pid : daemon.workers())
                ::kill(pid, SIGKILL);
        }
        QCOMPARE(acknowledged.size(), std::size_t{12});
        checkNothingLost(daemon, acknowledged);
        // A worker that died twelve times in a row is started again with a growing pause. How many there are says nothing
        // until the last death was noticed; a job that gets done does.
        QVERIFY(client.submit(longJob("after", diffusion)).code.empty());
        acknowledged.insert("after");
        checkNothingLost(daemon, acknowledged);
    }

    void killingTheDaemonLosesAndDoublesNoJob()
    {
        QTemporaryDir folder;
        Daemon daemon(folder);
        const bool diffusion = hasDiffusion(daemon.client());
        std::set<std::string> acknowledged;
        SeededRandom random(11);
        for (int round = 0; round < 10; ++round) {
            GenerationClient client = daemon.client();
            std::atomic<bool> stopping{false};
            std::thread submitter([&] {
                for (int i = 0; !stopping && i < 3; ++i) {
                    const std::string id = "d" + std::to_string(round) + "-" + std::to_string(i);
                    if (client.submit(longJob(id, diffusion)).code.empty())
                        acknowledged.insert(id);
                }
            });
            QTest::qWait(static_cast<int>(50 + random.below(450)));
            const auto workers = daemon.workers();
            daemon.kill();
            stopping = true;
            submitter.join();
            for (const pid_t pid : workers)
                QTRY_VERIFY2(::kill(pid, 0) != 0, "a worker outlived its daemon");
            daemon.start();
        }
        QVERIFY(acknowledged.size() >= 10);
        // What was acknowledged is there; what was not may be there too, and then it ends as well.
        std::set<std::string> all = acknowledged;
        for (const auto& [id, job] : journal(daemon.data()))
            all.insert(id);
        checkNothingLost(daemon, all);
    }

    void aDaemonThatIsAskedToStopStopsWithItsWorkers()
    {
        QTemporaryDir folder;
        Daemon daemon(folder);
        const auto workers = daemon.workers();
        QCOMPARE(workers.size(), std::size_t{1});
        QCOMPARE(daemon.stop(), 0);
        QVERIFY(::kill(workers[0], 0) != 0);
    }
};

QTEST_GUILESS_MAIN(DaemonTest)
#include "daemon_test.moc"
