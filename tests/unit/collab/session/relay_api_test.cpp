#include <QtTest>

#include <algorithm>

#include <collab/session/relay_api.h>

using namespace tessera;
using namespace tessera::collab;

namespace {

/// Keeps the request and answers what the test laid ready.
class ScriptedPort final : public HttpPort
{
public:
    HttpRequest seen;
    Result<HttpResponse, HttpError> next = HttpResponse{};

    void send(HttpRequest request, Done done) override
    {
        seen = std::move(request);
        done(next);
    }
    void answer(int status, const std::string& body)
    {
        const ByteView bytes = asBytes(body);
        next = HttpResponse{status, "application/json", Bytes(bytes.begin(), bytes.end())};
    }
    [[nodiscard]] QString header(const std::string& name) const
    {
        const auto found = std::ranges::find(seen.headers, name, &std::pair<std::string, std::string>::first);
        return found == seen.headers.end() ? QString() : QString::fromStdString(found->second);
    }
    [[nodiscard]] QString line() const { return QString::fromStdString(seen.method + " " + seen.target); }
    [[nodiscard]] QString body() const { return QString::fromUtf8(reinterpret_cast<const char*>(seen.body.data()), qsizetype(seen.body.size())); }
};

const ShareLink roomLink{"relay", 7878, false, RoomId{"room1"}, "tok.en"};

/// Runs `call` with a callback that keeps the result.
template <class T, class Call> Result<T, RelayError> resultOf(Call call)
{
    std::optional<Result<T, RelayError>> kept;
    call([&kept](Result<T, RelayError> result) { kept = std::move(result); });
    if (!kept)
        qFatal("no answer came");
    return std::move(*kept);
}

} // namespace

class RelayApiTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void roomsAreMadeWithTheAdminKey();
    void roomsAreDescribed();
    void sharesAreMade();
    void sharesAreListed();
    void sharesAreRevoked();
    void blobsAreStoredUnderTheirHash();
    void blobsAreCheckedAgainstTheirHash();
    void blobsAreAskedForWithoutFetching();
    void modelsAreListed();
    void jobsAreSubmittedWatchedAndCancelled();
    void statusesBecomeErrors_data();
    void statusesBecomeErrors();
    void networkErrorsKeepTheirKind_data();
    void networkErrorsKeepTheirKind();
    void answersThatMakeNoSenseAreErrors_data();
    void answersThatMakeNoSenseAreErrors();
    void errorsKeepStatusAndProblemApart();
    void errorsNameTheRequestAndNeverTheToken();

private:
    ScriptedPort m_port;
    RelayApi m_api{m_port, roomLink};
};

void RelayApiTest::roomsAreMadeWithTheAdminKey()
{
    m_port.answer(201, R"({"room":"abc","token":"own.er"})");
    const auto room = resultOf<NewRoom>([&](auto done) { m_api.createRoom("Poster", "k3y", done); });
    QVERIFY(room);
    QCOMPARE(room->room, RoomId{"abc"});
    QCOMPARE(room->token, std::string("own.er"));
    QCOMPARE(m_port.line(), QString("POST /api/rooms"));
    QCOMPARE(m_port.header("Authorization"), QString("Bearer k3y"));
    QCOMPARE(m_port.header("Content-Type"), QString("application/json"));
    QCOMPARE(m_port.body(), QString(R"({"name":"Poster"})"));
    QCOMPARE(QString::fromStdString(m_port.seen.host), QString("relay"));
    QCOMPARE(m_port.seen.port, std::uint16_t{7878});

    QVERIFY(resultOf<NewRoom>([&](auto done) { m_api.createRoom("", "", done); }));
    QCOMPARE(m_port.body(), QString("{}"));
    QVERIFY(m_port.header("Authorization").isNull());
}

void RelayApiTest::roomsAreDescribed()
{
    m_port.answer(200, R"({"room":"room1","role":"commenter","peers":3,"appliance":true})");
    const auto room = resultOf<RoomInfo>([&](auto done) { m_api.room(done); });
    QVERIFY(room);
    QCOMPARE(m_port.line(), QString("GET /api/rooms/room1"));
    QCOMPARE(m_port.header("Authorization"), QString("Bearer tok.en"));
    QCOMPARE(room->role, Role::commenter);
    QCOMPARE(room->peers, 3U);
    QVERIFY(room->hasAppliance);
}

void RelayApiTest::sharesAreMade()
{
    m_port.answer(201, R"({"share":"s1","token":"a.b","link":"http://relay:7878/d/room1#a.b"})");
    const auto share = resultOf<NewShare>([&](auto done) { m_api.createShare(Role::viewer, std::chrono::hours{1}, done); });
    QVERIFY(share);
    QCOMPARE(m_port.line(), QString("POST /api/rooms/room1/shares"));
    QCOMPARE(m_port.body(), QString(R"({"role":"viewer","expiresInSeconds":3600})"));
    QCOMPARE(share->link, std::string("http://relay:7878/d/room1#a.b"));
    QVERIFY(resultOf<NewShare>([&](auto done) { m_api.createShare(Role::editor, std::nullopt, done); }));
    QCOMPARE(m_port.body(), QString(R"({"role":"editor"})"));
}

void RelayApiTest::sharesAreListed()
{
    m_port.answer(200, R"({"shares":[{"share":"s1","role":"editor","expires":0,"revoked":false},)"
                       R"({"share":"s2","role":"viewer","expires":1900000000,"revoked":true}]})");
    const auto shares = resultOf<std::vector<Share>>([&](auto done) { m_api.shares(done); });
    QVERIFY(shares);
    QCOMPARE(shares->size(), std::size_t{2});
    QCOMPARE(shares->at(1).share, std::string("s2"));
    QCOMPARE(shares->at(1).role, Role::viewer);
    QCOMPARE(shares->at(1).expires, std::int64_t{1'900'000'000});
    QVERIFY(shares->at(1).isRevoked && !shares->at(0).isRevoked);
}

void RelayApiTest::sharesAreRevoked()
{
    m_port.answer(204, "");
    QVERIFY(resultOf<void>([&](auto done) { m_api.revokeShare("s1", done); }));
    QCOMPARE(m_port.line(), QString("DELETE /api/rooms/room1/shares/s1"));
}

void RelayApiTest::blobsAreStoredUnderTheirHash()
{
    m_port.answer(201, "{}");
    const Bytes content{1, 2, 3};
    const ContentHash hash = contentHash(content);
    QVERIFY(resultOf<void>([&](auto done) { m_api.putBlob(hash, content, "image/png", done); }));
    QCOMPARE(m_port.line(), "PUT /api/rooms/room1/blobs/" + QString::fromStdString(hash.hex));
    QCOMPARE(m_port.header("Content-Type"), QString("image/png"));
    QCOMPARE(m_port.seen.body, content);
    QVERIFY(resultOf<void>([&](auto done) { m_api.putBlob(hash, content, "", done); }));
    QCOMPARE(m_port.header("Content-Type"), QString("application/octet-stream"));
}

void RelayApiTest::blobsAreCheckedAgainstTheirHash()
{
    m_port.answer(200, "bytes");
    const ByteView bytes = asBytes("bytes");
    const auto good = resultOf<Bytes>([&](auto done) { m_api.blob(contentHash(bytes), done); });
    QVERIFY(good);
    QCOMPARE(*good, Bytes(bytes.begin(), bytes.end()));
    QCOMPARE(m_port.seen.maxResponseBytes, maxBlobBytes);
    const auto bad = resultOf<Bytes>([&](auto done) { m_api.blob(ContentHash{std::string(64, '0')}, done); });
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, RelayErrc::badAnswer);
}

void RelayApiTest::blobsAreAskedForWithoutFetching()
{
    const ContentHash hash{std::string(64, 'a')};
    m_port.answer(200, "");
    QVERIFY(resultOf<bool>([&](auto done) { m_api.hasBlob(hash, done); }).value());
    QCOMPARE(m_port.line(), "HEAD /api/rooms/room1/blobs/" + QString(64, u'a'));
    m_port.answer(404, "");
    QVERIFY(!resultOf<bool>([&](auto done) { m_api.hasBlob(hash, done); }).value());
    m_port.answer(403, "");
    const auto denied = resultOf<bool>([&](auto done) { m_api.hasBlob(hash, done); });
    QVERIFY(!denied);
    QCOMPARE(denied.error().code, RelayErrc::denied);
}

void RelayApiTest::modelsAreListed()
{
    m_port.answer(200, R"({"models":[{"id":"composer","name":"Composer","kind":"procedural","output":"layers"}]})");
    const auto models = resultOf<std::vector<ModelInfo>>([&](auto done) { m_api.models(done); });
    QVERIFY(models);
    QCOMPARE(models->at(0).id, std::string("composer"));
    QCOMPARE(models->at(0).output, std::string("layers"));
    m_port.answer(200, R"({"models":[]})");
    QVERIFY(resultOf<std::vector<ModelInfo>>([&](auto done) { m_api.models(done); })->empty());
}

void RelayApiTest::jobsAreSubmittedWatchedAndCancelled()
{
    m_port.answer(202, R"({"job":"j1"})");
    const auto job = resultOf<JobId>([&](auto done) { m_api.submitJob({JobId{"j1"}, "m", "p", {}, 8, 8, 1, {}}, done); });
    QVERIFY(job);
    QCOMPARE(*job, JobId{"j1"});
    QCOMPARE(m_port.line(), QString("POST /api/rooms/room1/jobs"));
    QVERIFY(m_port.body().contains(R"("model":"m")"));
    m_port.answer(200, R"({"job":"j1","state":"running","step":1,"steps":4})");
    const auto status = resultOf<JobStatus>([&](auto done) { m_api.job(JobId{"j1"}, done); });
    QVERIFY(status);
    QCOMPARE(status->step, 1U);
    QCOMPARE(m_port.line(), QString("GET /api/rooms/room1/jobs/j1"));
    m_port.answer(202, "");
    QVERIFY(resultOf<void>([&](auto done) { m_api.cancelJob(JobId{"j1"}, done); }));
    QCOMPARE(m_port.line(), QString("DELETE /api/rooms/room1/jobs/j1"));
}

void RelayApiTest::statusesBecomeErrors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char* name, int status, const char* body, RelayErrc code, const char* detail) {
        QTest::newRow(name) << status << body << static_cast<int>(code) << detail;
    };
    row("no token", 401, R"({"code":"no-token","title":"No token","detail":"ask the owner"})", RelayErrc::denied, "no-token: ask the owner");
    row("of too low a role", 403, R"({"title":"Owners only"})", RelayErrc::denied, "Owners only");
    row("unknown", 404, "<html>", RelayErrc::notFound, "status 404");
    row("too large", 413, "{}", RelayErrc::tooLarge, "status 413");
    row("wrong hash", 422, R"({"code":"hash-mismatch"})", RelayErrc::refused, "hash-mismatch");
    row("no appliance", 503, R"({"code":"no-appliance","detail":"none is attached"})", RelayErrc::unavailable, "no-appliance: none is attached");
    row("moved", 302, "", RelayErrc::unavailable, "status 302");
}

void RelayApiTest::statusesBecomeErrors()
{
    QFETCH(int, status);
    QFETCH(QString, body);
    QFETCH(QString, detail);
    m_port.answer(status, body.toStdString());
    const auto room = resultOf<RoomInfo>([&](auto done) { m_api.room(done); });
    QVERIFY(!room);
    QTEST(static_cast<int>(room.error().code), "code");
    QCOMPARE(QString::fromStdString(room.error().detail), detail);
}

void RelayApiTest::networkErrorsKeepTheirKind_data()
{
    QTest::addColumn<int>("given");
    QTest::addColumn<int>("expected");
    const auto row = [](const char* name, HttpErrc given, RelayErrc expected) {
        QTest::newRow(name) << static_cast<int>(given) << static_cast<int>(expected);
    };
    row("unreachable", HttpErrc::unreachable, RelayErrc::unreachable);
    row("timed out", HttpErrc::timedOut, RelayErrc::timedOut);
    row("too large", HttpErrc::responseTooLarge, RelayErrc::tooLarge);
    row("not HTTP", HttpErrc::badResponse, RelayErrc::badAnswer);
    row("no TLS", HttpErrc::unsupported, RelayErrc::unsupported);
}

void RelayApiTest::networkErrorsKeepTheirKind()
{
    QFETCH(int, given);
    m_port.next = fail(HttpError{static_cast<HttpErrc>(given), "relay:7878", "because"});
    const auto room = resultOf<RoomInfo>([&](auto done) { m_api.room(done); });
    QVERIFY(!room);
    QTEST(static_cast<int>(room.error().code), "expected");
    QCOMPARE(room.error().detail, std::string("because"));
}

void RelayApiTest::answersThatMakeNoSenseAreErrors_data()
{
    QTest::addColumn<QString>("body");
    QTest::newRow("not JSON") << "hello";
    QTest::newRow("empty") << "";
    QTest::newRow("a list") << "[]";
    QTest::newRow("other members") << R"({"ok":true})";
    QTest::newRow("a role nobody knows") << R"({"room":"","role":"king","shares":[{"role":"king"}],"models":7})";
    QTest::newRow("a room nobody can name") << R"({"room":"a b","token":"t","shares":{},"models":{}})";
}

void RelayApiTest::answersThatMakeNoSenseAreErrors()
{
    QFETCH(QString, body);
    m_port.answer(200, body.toStdString());
    const auto codeOf = [](const auto& result) { return result ? RelayErrc{} : result.error().code; };
    QCOMPARE(codeOf(resultOf<NewRoom>([&](auto done) { m_api.createRoom("", "", done); })), RelayErrc::badAnswer);
    QCOMPARE(codeOf(resultOf<RoomInfo>([&](auto done) { m_api.room(done); })), RelayErrc::badAnswer);
    QCOMPARE(codeOf(resultOf<NewShare>([&](auto done) { m_api.createShare(Role::editor, {}, done); })), RelayErrc::badAnswer);
    QCOMPARE(codeOf(resultOf<std::vector<Share>>([&](auto done) { m_api.shares(done); })), RelayErrc::badAnswer);
    QCOMPARE(codeOf(resultOf<std::vector<ModelInfo>>([&](auto done) { m_api.models(done); })), RelayErrc::badAnswer);
    QCOMPARE(codeOf(resultOf<JobId>([&](auto done) { m_api.submitJob({}, done); })), RelayErrc::badAnswer);
    QCOMPARE(codeOf(resultOf<JobStatus>([&](auto done) { m_api.job(JobId{"j"}, done); })), RelayErrc::badAnswer);
}

void RelayApiTest::errorsKeepStatusAndProblemApart()
{
    const auto ask = [this] { return resultOf<RoomInfo>([&](auto done) { m_api.room(done); }).error(); };
    m_port.answer(503, R"({"code":"no-appliance","title":"No appliance","detail":"none is attached"})");
    QCOMPARE(ask().status, 503);
    QCOMPARE(ask().problem, std::string("no-appliance"));
    QCOMPARE(ask().problemDetail, std::string("none is attached"));
    m_port.answer(403, R"({"title":"Owners only"})");
    QVERIFY(ask().problem.empty());
    QCOMPARE(ask().problemDetail, std::string("Owners only"));
    m_port.answer(404, "<html>");
    QCOMPARE(ask().status, 404);
    QVERIFY(ask().problem.empty() && ask().problemDetail.empty());
    m_port.answer(200, "hello");
    QCOMPARE(ask().status, 200);
    m_port.next = fail(HttpError{HttpErrc::unreachable, "relay:7878", "refused"});
    QCOMPARE(ask().status, 0);
}

void RelayApiTest::errorsNameTheRequestAndNeverTheToken()
{
    m_port.answer(403, R"({"code":"role"})");
    const auto room = resultOf<RoomInfo>([&](auto done) { m_api.room(done); });
    QVERIFY(!room);
    const QString text = QString::fromStdString(describe(room.error()));
    QVERIFY2(text.contains("GET http://relay:7878/api/rooms/room1"), qPrintable(text));
    QVERIFY2(text.contains("role"), qPrintable(text));
    QVERIFY2(!text.contains("tok.en"), qPrintable(text));
}

QTEST_APPLESS_MAIN(RelayApiTest)
#include "relay_api_test.moc"
