#include <QtTest>

#include <core/service/http_server.h>

#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace tessera;
using namespace tessera::service;

namespace {

/// Answers with what it was asked, echoes WebSocket messages.
class EchoHandler final : public HttpHandler
{
public:
    std::variant<std::size_t, Response> admit(const RequestHead& head) override
    {
        if (head.path == "/refused")
            return Response::problem(403, "no", "No", "not here");
        return std::size_t{1000};
    }
    void handle(Request request, Responder respond) override
    {
        if (request.head.path == "/silent")
            return;
        respond(Response::text(200, request.head.path + "|" + request.body));
    }
    std::variant<std::unique_ptr<WebSocketListener>, Response> upgrade(const RequestHead&) override
    {
        return std::make_unique<Echo>(*this);
    }

    std::atomic<int> closed{0};

private:
    class Echo final : public WebSocketListener
    {
    public:
        explicit Echo(EchoHandler& handler) : m_handler(handler) {}
        void onOpen(WebSocket& socket) override { m_socket = &socket; }
        void onBinary(ByteView message) override
        {
            m_socket->send(std::make_shared<Bytes>(message.begin(), message.end()));
        }
        void onText() override { m_socket->close(4400, "text frame"); }
        void onSent() override {}
        void onClose() override { ++m_handler.closed; }

    private:
        EchoHandler& m_handler;
        WebSocket* m_socket = nullptr;
    };
};

/// A blocking client that says exactly the bytes it is told to.
class RawClient
{
public:
    explicit RawClient(std::uint16_t port) : m_socket(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        timeval limit{5, 0};
        ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        m_connected = ::connect(m_socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~RawClient() { ::close(m_socket); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void say(std::string_view text) { QCOMPARE(::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL), ssize_t(text.size())); }
    /// What arrives until `end` stands in it, or until the server closes.
    std::string hear(std::string_view end = {})
    {
        std::string all;
        char part[4096];
        while (end.empty() || all.find(end) == std::string::npos) {
            const ssize_t got = ::recv(m_socket, part, sizeof part, 0);
            if (got < 0)
                return all + "(timeout)";
            if (got == 0)
                break;
            all.append(part, static_cast<std::size_t>(got));
        }
        return all;
    }
    [[nodiscard]] bool connected() const { return m_connected; }

private:
    int m_socket;
    bool m_connected = false;
};

constexpr const char* upgradeRequest = "GET /sync/x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// A masked client frame with mask 0.
std::string frame(char opcode, std::string_view payload)
{
    std::string out{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
    return out.append(payload);
}

} // namespace

class HttpServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void oneConnectionServesManyRequests();
    void aBodyOverTheLimitIsRefusedBeforeItIsRead();
    void aChunkedBodyOverTheLimitIsRefused();
    void aRefusalReachesTheClientThatIsStillSending();
    void anEndlessHeadIsRefused();
    void noiseIsAnsweredWithBadRequest();
    void aSlowHeadIsCutOff();
    void aForgottenAnswerIsFiveHundred();
    void aPortInUseIsNamed();
    void webSocketEchoesAndTellsOfTheEnd();
    void aTextFrameClosesWithTheProgramsCode();

private:
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<EchoHandler> m_handler;
    std::unique_ptr<HttpServer> m_server;
    std::thread m_thread;
    std::uint16_t m_port = 0;
};

void HttpServerTest::init()
{
    m_loop = std::make_unique<EventLoop>();
    m_handler = std::make_unique<EchoHandler>();
    HttpServerOptions options;
    options.headTimeout = std::chrono::milliseconds{1000};
    auto server = HttpServer::listen(*m_loop, {"127.0.0.1", 0}, options, *m_handler);
    QVERIFY(server.hasValue());
    m_server = std::move(server).value();
    m_port = m_server->port();
    m_thread = std::thread([this] { m_loop->run(); });
}

void HttpServerTest::cleanup()
{
    m_loop->stop();
    m_thread.join();
    m_server.reset();
    m_loop.reset();
}

void HttpServerTest::oneConnectionServesManyRequests()
{
    RawClient client(m_port);
    client.say("GET /a%20b?x=1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    const std::string heard = client.hear("/p|hi");
    QVERIFY(heard.find("/a b|") != std::string::npos);
    client.say("HEAD /h HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string head = client.hear();
    QVERIFY2(head.find("Content-Length: 3") != std::string::npos && head.find("/h|") == std::string::npos, head.c_str());
}

void HttpServerTest::aBodyOverTheLimitIsRefusedBeforeItIsRead()
{
    RawClient client(m_port);
    client.say("PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    const std::string heard = client.hear();
    QVERIFY2(heard.find("413") != std::string::npos && heard.find("body-too-large") != std::string::npos, heard.c_str());
}

void HttpServerTest::aChunkedBodyOverTheLimitIsRefused()
{
    RawClient client(m_port);
    client.say("PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') +
               "\r\n0\r\n\r\n");
    QVERIFY(client.hear().find("413") != std::string::npos);
}

void HttpServerTest::aRefusalReachesTheClientThatIsStillSending()
{
    RawClient client(m_port);
    client.say("PUT /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
    QVERIFY(client.hear().find("not here") != std::string::npos);
}

void HttpServerTest::anEndlessHeadIsRefused()
{
    RawClient client(m_port);
    client.say("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
    QVERIFY(client.hear().find("431") != std::string::npos);
}

void HttpServerTest::noiseIsAnsweredWithBadRequest()
{
    RawClient client(m_port);
    client.say("\x16\x03\x01 hello\r\n\r\n");
    QVERIFY(client.hear().find("400") != std::string::npos);
    RawClient other(m_port);
    other.say("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(other.hear().find("bad-target") != std::string::npos);
}

void HttpServerTest::aSlowHeadIsCutOff()
{
    RawClient client(m_port);
    client.say("GET / HTTP/1.1\r\nX");
    QCOMPARE(client.hear(), std::string());
}

void HttpServerTest::aForgottenAnswerIsFiveHundred()
{
    RawClient client(m_port);
    client.say("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(client.hear("no-answer").find("500") != std::string::npos);
}

void HttpServerTest::aPortInUseIsNamed()
{
    EventLoop loop;
    const auto second = HttpServer::listen(loop, {"127.0.0.1", m_port}, {}, *m_handler);
    QVERIFY(!second.hasValue());
    QCOMPARE(second.error().code, ListenErrc::inUse);
    QCOMPARE(second.error().where, "127.0.0.1:" + std::to_string(m_port));
}

void HttpServerTest::webSocketEchoesAndTellsOfTheEnd()
{
    {
        RawClient client(m_port);
        client.say(upgradeRequest);
        // The accept value of RFC 6455 section 1.3.
        QVERIFY(client.hear("\r\n\r\n").find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
        client.say(frame(2, "one") + frame(2, "two"));
        QCOMPARE(client.hear("two"), std::string("\x82\x03one\x82\x03two"));
    }
    QTRY_COMPARE(m_handler->closed.load(), 1);
}

void HttpServerTest::aTextFrameClosesWithTheProgramsCode()
{
    RawClient client(m_port);
    client.say(upgradeRequest);
    client.hear("\r\n\r\n");
    client.say(frame(1, "text"));
    QCOMPARE(client.hear("frame"), std::string("\x88\x0c\x11\x30text frame")); // 0x1130 is 4400
    client.say(frame(8, "\x11\x30"));
    QTRY_COMPARE(m_handler->closed.load(), 1);
}

QTEST_APPLESS_MAIN(HttpServerTest)
#include "http_server_test.moc"
