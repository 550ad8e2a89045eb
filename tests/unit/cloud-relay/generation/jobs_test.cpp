#include <relay_fixture.h>

#include <core/crdt/any.h>
#include <relay/generation/job_board.h>

using namespace tessera;
using namespace tessera::relay;
using namespace tessera::testing;

namespace {

constexpr const char* validRequest = R"({"id":"j1","model":"m","prompt":"p","colors":["#A0b1C2"],"width":64,"height":32,"seed":9})";

/// An appliance that writes down what it is told.
class FakeAppliance final : public ApplianceSender
{
public:
    void submit(const JobRequest& request) override { told.push_back("submit " + request.id.text()); }
    void cancel(const JobId& job) override { told.push_back("cancel " + job.text()); }
    void settle(const JobId& job) override { told.push_back("settle " + job.text()); }
    void acknowledgeBlob(const std::string&, std::uint64_t received, const std::string& code, const std::string&) override
    {
        told.push_back("blob " + std::to_string(received) + code);
    }
    std::vector<std::string> told;
};

class BoardFixture : public RelayFixture
{
public:
    BoardFixture() { openBoard(); }
    ~BoardFixture() { closeBoard(); }
    void openBoard()
    {
        blobs = std::make_unique<BlobStore>(loop, *store, folder.path().toStdString() + "/blobs");
        board = std::make_unique<JobBoard>(*store, *hub, *blobs, clock);
        QVERIFY(board->load().hasValue());
    }
    void closeBoard()
    {
        board.reset();
        blobs.reset();
    }
    void restart()
    {
        closeBoard();
        close();
        open();
        openBoard();
    }
    /// The error's code, or nothing.
    std::optional<JobErrc> submit(const char* room, const char* json)
    {
        std::optional<Result<JobId, JobError>> result;
        auto request = parseJobRequest(RoomId{room}, json);
        if (!request)
            return request.error().code;
        board->submit(std::move(request).value(), [&](auto submitted) { result = std::move(submitted); });
        if (!until([&] { return result.has_value(); }))
            qFatal("no answer to a job");
        return *result ? std::nullopt : std::optional(result->error().code);
    }
    [[nodiscard]] std::string state(const char* room, const char* job)
    {
        const auto event = board->lastEvent(RoomId{room}, JobId{job});
        return event && *event ? *crdt::parseJson(**event)->find("state")->string() : std::string("none");
    }
    void offerAndSend(const char* job, std::string_view content)
    {
        const std::string hash = contentHash(asBytes(content)).hex;
        board->onBlobOffer(JobId{job}, hash, content.size(), "image/png");
        board->onBlobChunk(hash, 0, content.substr(0, 2));
        board->onBlobChunk(hash, 2, content.substr(2));
    }

    std::unique_ptr<BlobStore> blobs;
    std::unique_ptr<JobBoard> board;
    FakeAppliance appliance;
    const std::vector<ModelInfo> models{{"m", "Model", "procedural", "layers"}};
};

JobUpdate update(const char* job, std::uint64_t sequence, const char* state)
{
    return {.job = JobId{job}, .sequence = sequence, .state = state};
}

} // namespace

class JobsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRequestReadsBack();
    void brokenRequestsNameTheMember_data();
    void brokenRequestsNameTheMember();
    void anEventLeavesOutWhatIsNotJson();
    void aJobIsOnDiskBeforeItIsHandedOn();
    void theSameIdIsTheSameJob();
    void withoutAnApplianceNothingIsAccepted();
    void anAcceptedJobOutlivesTheRelayAndIsHandedOnAgain();
    void lateAndRepeatedEventsChangeNothing();
    void aRefusalEndsTheJob();
    void theRoomHearsEachEventOnce();
    void aBlobArrivesInChunksAndBelongsToTheRoom();
    void aBlobWithAWrongHashIsRefused();
    void aBadOfferOfWhatIsBeingStoredChangesNothing();
    void chunksOutOfOrderAreRefused();
    void twoRoomsShareOneBlob();
    void onlyTheOwnRoomsJobIsCancelled();
};

void JobsTest::aRequestReadsBack()
{
    const auto request = parseJobRequest(RoomId{"r"}, validRequest);
    QVERIFY(request.hasValue());
    const auto again = parseJobRequest(RoomId{"r"}, formatJobRequest(*request));
    QCOMPARE(again->id, request->id);
    QCOMPARE(again->colors, (std::vector<std::string>{"#A0b1C2"}));
    QCOMPARE(again->widthPx, 64U);
    QCOMPARE(again->seed, std::uint64_t{9});
}

void JobsTest::brokenRequestsNameTheMember_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("member");
    QTest::newRow("no JSON") << QByteArray("{") << "body";
    QTest::newRow("no object") << QByteArray("7") << "body";
    QTest::newRow("no model") << QByteArray(R"({"prompt":"p","width":1,"height":1})") << "model";
    QTest::newRow("no prompt") << QByteArray(R"({"model":"m","width":1,"height":1})") << "prompt";
    QTest::newRow("no width") << QByteArray(R"({"model":"m","prompt":"p","height":1})") << "width";
    QTest::newRow("half a pixel") << QByteArray(R"({"model":"m","prompt":"p","width":1.5,"height":1})") << "width";
    QTest::newRow("too high") << QByteArray(R"({"model":"m","prompt":"p","width":1,"height":9000})") << "height";
    QTest::newRow("seed past 2^53") << QByteArray(R"({"model":"m","prompt":"p","width":1,"height":1,"seed":1e16})") << "seed";
    QTest::newRow("colour name") << QByteArray(R"({"model":"m","prompt":"p","width":1,"height":1,"colors":["#fff"]})") << "colors[0]";
    QTest::newRow("id with a slash") << QByteArray(R"({"id":"a/b","model":"m","prompt":"p","width":1,"height":1})") << "id";
}

void JobsTest::brokenRequestsNameTheMember()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, member);
    const auto request = parseJobRequest(RoomId{"r"}, {json.constData(), static_cast<std::size_t>(json.size())});
    QVERIFY(!request.hasValue());
    QCOMPARE(request.error().code, JobErrc::invalid);
    QCOMPARE(QString::fromStdString(request.error().where), member);
}

void JobsTest::anEventLeavesOutWhatIsNotJson()
{
    JobUpdate done = update("j", 3, "done");
    done.layersJson = R"([{"t":"rect"}])";
    done.recipeJson = "{broken";
    QCOMPARE(formatJobEvent(done), std::string(R"({"job":"j","state":"done","step":0,"steps":0,"layers":[{"t":"rect"}],)"
                                               R"("width":0,"height":0})"));
    JobUpdate failed = update("j", 3, "failed");
    failed.errorCode = "worker-crashed";
    QVERIFY(formatJobEvent(failed).find(R"("error":{"code":"worker-crashed","detail":""})") != std::string::npos);
}

void JobsTest::aJobIsOnDiskBeforeItIsHandedOn()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    f.board->submit(parseJobRequest(RoomId{"r"}, validRequest).value(), [](const auto&) {});
    QVERIFY(f.appliance.told.empty()); // the loop has not run, so no commit was told
    f.flush();
    QCOMPARE(f.appliance.told, (std::vector<std::string>{"submit j1"}));
    QCOMPARE(f.state("r", "j1"), std::string("queued"));
    QCOMPARE(f.state("other", "j1"), std::string("none"));
}

void JobsTest::theSameIdIsTheSameJob()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    QCOMPARE(f.appliance.told.size(), std::size_t{1});
    QCOMPARE(f.submit("other", validRequest), std::optional(JobErrc::otherRoom));
    f.board->onUpdate(update("j1", 1, "done"));
    f.flush();
    QCOMPARE(f.submit("r", validRequest), std::nullopt); // also after its end
    QCOMPARE(f.state("r", "j1"), std::string("done"));
}

void JobsTest::withoutAnApplianceNothingIsAccepted()
{
    BoardFixture f;
    QCOMPARE(f.submit("r", validRequest), std::optional(JobErrc::noAppliance));
    f.board->attach(f.appliance, {});
    QCOMPARE(f.submit("r", validRequest), std::optional(JobErrc::unknownModel));
    f.board->detach(f.appliance);
    QVERIFY(!f.board->hasAppliance());
    QCOMPARE(f.state("r", "j1"), std::string("none"));
}

void JobsTest::anAcceptedJobOutlivesTheRelayAndIsHandedOnAgain()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    f.board->onUpdate(update("j1", 4, "running"));
    f.flush();
    f.restart();
    QCOMPARE(f.state("r", "j1"), std::string("running"));
    f.appliance.told.clear();
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.appliance.told, (std::vector<std::string>{"submit j1"}));
    f.board->onUpdate(update("j1", 3, "queued")); // older than what is known
    QCOMPARE(f.state("r", "j1"), std::string("running"));
    f.board->onUpdate(update("j1", 5, "done"));
    f.flush();
    QCOMPARE(f.appliance.told.back(), std::string("settle j1"));
    f.restart();
    QCOMPARE(f.state("r", "j1"), std::string("done"));
    f.appliance.told.clear();
    f.board->attach(f.appliance, f.models);
    QVERIFY(f.appliance.told.empty());
}

void JobsTest::lateAndRepeatedEventsChangeNothing()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    f.board->onUpdate(update("j1", 2, "done"));
    f.board->onUpdate(update("j1", 2, "done"));
    f.board->onUpdate(update("j1", 3, "running"));
    f.flush();
    QCOMPARE(f.state("r", "j1"), std::string("done"));
    f.board->onUpdate(update("j1", 9, "failed")); // settled: told once more that it is, and kept
    QCOMPARE(f.state("r", "j1"), std::string("done"));
    QCOMPARE(std::count(f.appliance.told.begin(), f.appliance.told.end(), "settle j1"), 2);
}

void JobsTest::aRefusalEndsTheJob()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    JobUpdate refused = update("j1", 0, "failed");
    refused.errorCode = "queue-full";
    f.board->onUpdate(refused);
    f.flush();
    QCOMPARE(f.state("r", "j1"), std::string("failed"));
}

void JobsTest::theRoomHearsEachEventOnce()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    FakeSocket member = f.join("r", collab::Role::viewer, true);
    FakeSocket plain = f.join("r");
    FakeSocket elsewhere = f.join("other", collab::Role::viewer, true);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    f.board->onUpdate(update("j1", 1, "running"));
    f.board->onUpdate(update("j1", 1, "running"));
    f.board->onUpdate(update("j1", 2, "done"));
    QCOMPARE(member.heard<collab::JobEvent>().size(), std::size_t{2}); // done waits for the disk
    f.flush();
    const auto heard = member.heard<collab::JobEvent>();
    QCOMPARE(heard.size(), std::size_t{3});
    QVERIFY(heard.back().json.find("done") != std::string::npos);
    QVERIFY(plain.heard<collab::JobEvent>().empty() && elsewhere.heard<collab::JobEvent>().empty());
}

void JobsTest::aBlobArrivesInChunksAndBelongsToTheRoom()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    FakeSocket member = f.join("r", collab::Role::viewer, true);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    f.offerAndSend("j1", "picture");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0"));
    QVERIFY(f.until([&] { return f.appliance.told.back() == "blob 7"; }));
    const ContentHash hash = contentHash(asBytes("picture"));
    QCOMPARE(member.heard<collab::BlobOffer>().front().hash, hash);
    const std::uint32_t number = f.store->find(RoomId{"r"})->value().number;
    QCOMPARE(f.blobs->info(number, hash)->value().mime, std::string("image/png"));
    std::optional<Bytes> read;
    f.blobs->read(hash, [&](auto content) { read = std::move(content).value(); });
    QVERIFY(f.until([&] { return read.has_value(); }));
    QCOMPARE(std::string(asText(*read)), std::string("picture"));
    f.board->onBlobOffer(JobId{"j1"}, hash.hex, 7, "image/png"); // offered again after a cut
    QCOMPARE(f.appliance.told.back(), std::string("blob 7"));
}

void JobsTest::aBlobWithAWrongHashIsRefused()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    const std::string hash = contentHash(asBytes("other")).hex;
    f.board->onBlobOffer(JobId{"j1"}, hash, 4, "image/png");
    f.board->onBlobChunk(hash, 0, "blob");
    QVERIFY(f.until([&] { return f.appliance.told.back() == "blob 0wrong-hash"; }));
    f.board->onBlobOffer(JobId{"j1"}, hash, maxBlobBytes + 1, "image/png");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0too-large"));
    f.board->onBlobOffer(JobId{"unknown"}, hash, 4, "image/png");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0unknown-job"));
    f.board->onBlobOffer(JobId{"j1"}, "../../etc", 4, "image/png");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0bad-hash"));
}

void JobsTest::aBadOfferOfWhatIsBeingStoredChangesNothing()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    const ContentHash hash = contentHash(asBytes("picture"));
    f.offerAndSend("j1", "picture"); // whole: on its way to the disk
    f.board->onBlobOffer(JobId{"unknown"}, hash.hex, 7, "image/png");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0unknown-job"));
    QVERIFY(f.until([&] { return f.appliance.told.back() == "blob 7"; }));
    QVERIFY(f.blobs->info(f.store->find(RoomId{"r"})->value().number, hash)->has_value());
}

void JobsTest::chunksOutOfOrderAreRefused()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    const std::string hash = contentHash(asBytes("picture")).hex;
    f.board->onBlobOffer(JobId{"j1"}, hash, 7, "image/png");
    f.board->onBlobChunk(hash, 3, "ture");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0bad-chunk"));
    f.board->onBlobOffer(JobId{"j1"}, hash, 7, "image/png");
    f.board->onBlobChunk(hash, 0, "pictures and more");
    QCOMPARE(f.appliance.told.back(), std::string("blob 0bad-chunk"));
}

void JobsTest::twoRoomsShareOneBlob()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    FakeSocket member = f.join("b", collab::Role::viewer, true);
    QCOMPARE(f.submit("a", validRequest), std::nullopt);
    QCOMPARE(f.submit("b", R"({"id":"j2","model":"m","prompt":"p","width":64,"height":32})"), std::nullopt);
    QVERIFY(f.hub->ensureRecord(RoomId{"b"}).hasValue());
    f.offerAndSend("j1", "picture");
    QVERIFY(f.until([&] { return f.appliance.told.back() == "blob 7"; }));
    const ContentHash hash = contentHash(asBytes("picture"));
    const std::uint32_t number = f.store->find(RoomId{"b"})->value().number;
    QVERIFY(!f.blobs->info(number, hash)->has_value());
    JobUpdate done = update("j2", 1, "done"); // the appliance knows that the relay has it
    done.resultHash = hash.hex;
    f.board->onUpdate(done);
    QVERIFY(f.until([&] { return f.state("b", "j2") == "done"; }));
    QVERIFY(f.blobs->info(number, hash)->has_value());
    QCOMPARE(member.heard<collab::BlobOffer>().size(), std::size_t{1});
}

void JobsTest::onlyTheOwnRoomsJobIsCancelled()
{
    BoardFixture f;
    f.board->attach(f.appliance, f.models);
    QCOMPARE(f.submit("r", validRequest), std::nullopt);
    const auto foreign = f.board->cancel(RoomId{"other"}, JobId{"j1"});
    QVERIFY(!foreign.hasValue());
    QCOMPARE(foreign.error().code, JobErrc::unknownJob);
    QVERIFY(f.board->cancel(RoomId{"r"}, JobId{"j1"}).hasValue());
    QCOMPARE(f.appliance.told.back(), std::string("cancel j1"));
}

QTEST_APPLESS_MAIN(JobsTest)
#include "jobs_test.moc"
