#include <QTemporaryDir>
#include <QtTest>

#include <condition_variable>
#include <deque>

#include <appliance/server/appliance.h>
#include <appliance/server/grpc_api.h>
#include <appliance/server/relay_link.h>
#include <core/base/random.h>

using namespace tessera;
using namespace tessera::appliance;
using namespace std::chrono_literals;

namespace {

/// The relay's end of one attached stream.
struct Wire {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<link::ToRelay> heard;
    std::deque<link::FromRelay> toSay;
    bool closed = false;

    void say(link::FromRelay message)
    {
        const std::lock_guard lock(mutex);
        toSay.push_back(std::move(message));
        changed.notify_all();
    }
    void cut()
    {
        const std::lock_guard lock(mutex);
        closed = true;
        changed.notify_all();
    }
    /// The next message that is no heartbeat; empty after the time.
    std::optional<link::ToRelay> next(std::chrono::milliseconds timeout = 20s)
    {
        std::unique_lock lock(mutex);
        for (;;) {
            if (!changed.wait_for(lock, timeout, [this] { return !heard.empty(); }))
                return std::nullopt;
            link::ToRelay message = std::move(heard.front());
            heard.pop_front();
            if (!std::holds_alternative<link::Heartbeat>(message))
                return message;
        }
    }
    template <class T> T expect()
    {
        auto message = next();
        if (!message || !std::holds_alternative<T>(*message))
            qFatal("another message was expected, index %d", message ? static_cast<int>(message->index()) : -1);
        return std::get<T>(std::move(*message));
    }
};

class WireStream final : public link::Stream
{
public:
    explicit WireStream(std::shared_ptr<Wire> wire) : m_wire(std::move(wire)) {}
    bool write(const link::ToRelay& message) override
    {
        const std::lock_guard lock(m_wire->mutex);
        if (!m_wire->closed)
            m_wire->heard.push_back(message);
        m_wire->changed.notify_all();
        return !m_wire->closed;
    }
    std::optional<link::FromRelay> read() override
    {
        std::unique_lock lock(m_wire->mutex);
        m_wire->changed.wait(lock, [this] { return m_wire->closed || !m_wire->toSay.empty(); });
        if (m_wire->toSay.empty())
            return std::nullopt;
        link::FromRelay message = std::move(m_wire->toSay.front());
        m_wire->toSay.pop_front();
        return message;
    }
    void close() override { m_wire->cut(); }
    std::string endReason() override { return "cut"; }

private:
    std::shared_ptr<Wire> m_wire;
};

/// A real appliance with a real worker, whose relay is this test.
struct Bench {
    Bench()
    {
        ApplianceOptions options;
        options.dataFolder = folder.path().toStdString();
        options.workers.program = qgetenv("TESSERA_BIN_DIR").toStdString() + "/tessera-worker";
        appliance = Appliance::open(options, clock).value();
    }
    void dial()
    {
        relay.emplace(*appliance, [this] { return attach(); }, RelayLinkOptions{"secret", 5ms, 20ms, 20s, 60s}, clock, random);
    }
    std::unique_ptr<link::Stream> attach()
    {
        auto wire = std::make_shared<Wire>();
        const std::lock_guard lock(mutex);
        wires.push_back(wire);
        changed.notify_all();
        return std::make_unique<WireStream>(wire);
    }
    /// The next stream that was dialled.
    std::shared_ptr<Wire> dialled()
    {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, 20s, [this] { return !wires.empty(); }))
            qFatal("nobody dialled");
        auto wire = std::move(wires.front());
        wires.pop_front();
        return wire;
    }
    [[nodiscard]] std::size_t wiresWaiting()
    {
        const std::lock_guard lock(mutex);
        return wires.size();
    }
    std::shared_ptr<Wire> welcomed()
    {
        auto wire = dialled();
        wire->expect<link::Hello>();
        wire->say(link::Welcome{"relay"});
        return wire;
    }
    /// Takes every blob whole until the job's final event comes.
    static Job finalEvent(Wire& wire)
    {
        for (;;) {
            auto message = wire.next();
            if (!message)
                qFatal("no final event");
            if (const auto* offer = std::get_if<link::BlobOffer>(&*message))
                wire.say(link::BlobAck{offer->hash, offer->total, std::nullopt});
            if (auto* job = std::get_if<Job>(&*message); job && isFinal(job->state))
                return std::move(*job);
        }
    }

    QTemporaryDir folder;
    SystemClock clock;
    SeededRandom random{1};
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::shared_ptr<Wire>> wires;
    std::unique_ptr<Appliance> appliance;
    std::optional<RelayLink> relay;
};

link::Submit posterJob(const std::string& id)
{
    return {JobId(id), {.model = "composer", .prompt = "Jazz night", .widthPx = 300, .heightPx = 300, .seed = 3}};
}

} // namespace

class LinkTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void onlyAddressesOfThisMachineAreLoopback()
    {
        for (const char* here : {"127.0.0.1:0", "127.9.9.9:50051", "localhost:1", "[::1]:1"})
            QVERIFY2(isLoopback(here), here);
        for (const char* elsewhere : {"127.example.org:1", "127.0.0.1.example.org:1", "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1"})
            QVERIFY2(!isLoopback(elsewhere), elsewhere);
    }

    void helloCarriesTheKeyAndTheModelsAndNothingFollowsBeforeWelcome()
    {
        Bench bench;
        bench.dial();
        const auto wire = bench.dialled();
        const auto hello = wire->expect<link::Hello>();
        QCOMPARE(hello.enrolmentKey, std::string("secret"));
        QVERIFY(!hello.models.empty());
        wire->say(posterJob("too-early"));
        QVERIFY(!wire->next(300ms));
        QVERIFY(!bench.appliance->find(JobId(std::string("too-early"))));
    }

    void anEventComesOnlyAfterTheBlobsItNames()
    {
        Bench bench;
        bench.dial();
        const auto wire = bench.welcomed();
        wire->say(posterJob("a"));
        std::set<std::string> held;
        bool sawPreview = false;
        for (;;) {
            const auto message = wire->next();
            QVERIFY(message);
            if (const auto* offer = std::get_if<link::BlobOffer>(&*message)) {
                // From half on: as after a cut in the middle of a blob.
                const std::uint64_t half = offer->total / 2;
                wire->say(link::BlobAck{offer->hash, half, std::nullopt});
                const Bytes whole = bench.appliance->blobs().read(offer->hash, 0, offer->total).value();
                Bytes got(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(half));
                while (got.size() < whole.size()) {
                    auto next = wire->next();
                    QVERIFY(next);
                    const auto* chunk = std::get_if<link::BlobChunk>(&*next);
                    if (chunk == nullptr)
                        continue; // an event that names no blob may go between
                    QCOMPARE(chunk->offset, std::uint64_t{got.size()});
                    QVERIFY(chunk->data.size() <= 256u << 10);
                    got.insert(got.end(), chunk->data.begin(), chunk->data.end());
                }
                QVERIFY(got == whole);
                held.insert(offer->hash);
                wire->say(link::BlobAck{offer->hash, offer->total, std::nullopt});
            } else if (const auto* job = std::get_if<Job>(&*message)) {
                QVERIFY(job->previewHash.empty() || held.contains(job->previewHash));
                sawPreview = sawPreview || !job->previewHash.empty();
                if (job->state == JobState::done) {
                    QVERIFY(held.contains(job->outcome.resultHash));
                    QVERIFY(!job->outcome.layersJson.empty());
                    break;
                }
            }
        }
    }

    void whatWasNotSettledIsToldAgainAfterACutAndWhatWasIsNot()
    {
        Bench bench;
        bench.dial();
        auto wire = bench.welcomed();
        wire->say(posterJob("settled"));
        const Job first = Bench::finalEvent(*wire);
        wire->say(link::Settle{first.id});
        wire->say(posterJob("open"));
        const Job second = Bench::finalEvent(*wire);
        QCOMPARE(second.id.text(), std::string("open"));
        wire->cut();
        wire = bench.welcomed();
        const Job again = Bench::finalEvent(*wire);
        QCOMPARE(again.id.text(), std::string("open"));
        QCOMPARE(again.sequence, second.sequence);
        QCOMPARE(again.outcome.resultHash, second.outcome.resultHash);
        QVERIFY(!wire->next(200ms));
    }

    void aRelayThatCannotStoreAResultNowGetsItLater()
    {
        for (const char* code : {"busy", "disk"}) {
            Bench bench;
            bench.dial();
            auto wire = bench.welcomed();
            wire->say(posterJob("a"));
            // Refuses everything: previews are passed over, the result ends the stream.
            while (bench.wiresWaiting() == 0) {
                const auto message = wire->next(100ms);
                if (!message)
                    continue;
                const auto* job = std::get_if<Job>(&*message);
                QVERIFY2(job == nullptr || !isFinal(job->state), "no end is told before the result is there");
                if (const auto* offer = std::get_if<link::BlobOffer>(&*message))
                    wire->say(link::BlobAck{offer->hash, 0, JobError{code, "not now"}});
            }
            wire = bench.welcomed();
            const Job done = Bench::finalEvent(*wire);
            QCOMPARE(done.state, JobState::done);
            QVERIFY(!done.outcome.resultHash.empty());
            QCOMPARE(done.attempt, 1);
        }
    }

    void aRepeatedSubmitIsTheSameJob()
    {
        Bench bench;
        bench.dial();
        const auto wire = bench.welcomed();
        wire->say(posterJob("a"));
        const Job done = Bench::finalEvent(*wire);
        wire->say(posterJob("a"));
        wire->say(link::Watch{done.id});
        const Job again = Bench::finalEvent(*wire);
        QCOMPARE(again.attempt, 1);
        QCOMPARE(again.sequence, done.sequence);
    }

    void aBadRequestIsAFailedEventWithItsCode()
    {
        Bench bench;
        bench.dial();
        const auto wire = bench.welcomed();
        link::Submit bad = posterJob("a");
        bad.request.widthPx = 50'000;
        wire->say(bad);
        const Job refused = wire->expect<Job>();
        QCOMPARE(refused.state, JobState::failed);
        QCOMPARE(refused.error.code, std::string("invalid-size"));
        QCOMPARE(refused.sequence, std::uint64_t{0});
        wire->say(link::Cancel{JobId(std::string("nobody"))});
        QCOMPARE(wire->expect<Job>().error.code, std::string("unknown-job"));
        wire->say(link::Watch{JobId(std::string("nobody"))});
        QCOMPARE(wire->expect<Job>().error.code, std::string("unknown-job"));
    }

    void aRefusedResultFailsTheJobForTheRelay()
    {
        Bench bench;
        bench.dial();
        const auto wire = bench.welcomed();
        wire->say(posterJob("a"));
        for (;;) {
            const auto message = wire->next();
            QVERIFY(message);
            if (const auto* offer = std::get_if<link::BlobOffer>(&*message))
                wire->say(link::BlobAck{offer->hash, 0, JobError{"too-large", "no room"}});
            if (const auto* job = std::get_if<Job>(&*message); job && isFinal(job->state)) {
                QCOMPARE(job->state, JobState::failed);
                QCOMPARE(job->error.code, std::string("result-refused"));
                break;
            }
        }
    }

    void aRelayThatEndsTheStreamIsDialledAgain()
    {
        Bench bench;
        bench.dial();
        for (int i = 0; i < 5; ++i) {
            const auto wire = bench.dialled();
            wire->expect<link::Hello>();
            wire->cut();
        }
        bench.welcomed()->say(posterJob("a"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.appliance->find(JobId(std::string("a"))), 5000);
    }

    void jobsOfLocalClientsAreNotTold()
    {
        Bench bench;
        bench.dial();
        const auto wire = bench.welcomed();
        const auto submit = posterJob("local");
        QVERIFY(bench.appliance->submit(submit.id, submit.request, Audience::local));
        QTRY_COMPARE_WITH_TIMEOUT(bench.appliance->find(submit.id).value().state, JobState::done, 10000);
        QVERIFY(!wire->next(200ms));
    }

    void aFolderServesOneDaemon()
    {
        Bench bench;
        ApplianceOptions options;
        options.dataFolder = bench.folder.path().toStdString();
        const auto second = Appliance::open(options, bench.clock);
        QVERIFY(!second);
        QVERIFY(second.error().find("in use") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(LinkTest)
#include "link_test.moc"
