#include <QtTest>

#include <QTcpServer>
#include <QTcpSocket>

#include <collab/asio/http_client.h>
#include <collab/qt/http.h>

#include "event_loops.h"

using namespace tessera;
using namespace tessera::collab;
using namespace std::chrono_literals;

namespace {

/// Answers every request with the same bytes (none: never) and keeps what it was asked last.
class OneAnswerServer : public QTcpServer
{
public:
    QByteArray asked;

    explicit OneAnswerServer(const QByteArray& answer)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this, answer] {
            QTcpSocket* const socket = nextPendingConnection();
            asked.clear();
            m_expected = -1;
            connect(socket, &QTcpSocket::readyRead, this, [this, socket, answer] {
                asked += socket->readAll();
                if (answer.isEmpty() || !isComplete())
                    return;
                socket->write(answer);
                socket->disconnectFromHost();
            });
        });
    }

private:
    bool isComplete()
    {
        const qsizetype end = m_expected < 0 ? asked.indexOf("\r\n\r\n") : -1;
        if (end >= 0) {
            const QByteArray head = asked.left(end).toLower() + "\r";
            const qsizetype at = head.indexOf("content-length: ");
            m_expected = end + 4 + (at < 0 ? 0 : head.mid(at + 16, head.indexOf('\r', at) - at - 16).toLongLong());
        }
        return m_expected >= 0 && asked.size() >= m_expected;
    }
    qsizetype m_expected = -1; ///< bytes of the whole request, once its head is there
};

QByteArray response(const char* status, const QByteArray& body)
{
    return QByteArray("HTTP/1.1 ") + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
           QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

} // namespace

class HttpTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void exchangesARequest_data() { ports(); }
    void exchangesARequest();
    void everyStatusIsAnAnswer_data() { ports(); }
    void everyStatusIsAnAnswer();
    void anAnswerToHeadHasNoBody_data() { ports(); }
    void anAnswerToHeadHasNoBody();
    void largeBodiesPass_data() { ports(); }
    void largeBodiesPass();
    void aRefusedPortIsUnreachable_data() { ports(); }
    void aRefusedPortIsUnreachable();
    void aSilentServerTimesOut_data() { ports(); }
    void aSilentServerTimesOut();
    void anAnswerPastTheBoundIsRefused_data() { ports(); }
    void anAnswerPastTheBoundIsRefused();
    void anAnswerCutShortIsAnError_data() { ports(); }
    void anAnswerCutShortIsAnError();
    void nonsenseIsAnError_data() { ports(); }
    void nonsenseIsAnError();
    void aDestroyedPortIsSilent_data() { ports(); }
    void aDestroyedPortIsSilent();
    void secureNeedsTls();

private:
    static void ports()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("asio") << "asio";
        QTest::newRow("qt") << "qt";
    }
    std::unique_ptr<HttpPort> make()
    {
        QFETCH(QString, kind);
        if (kind == "asio")
            return std::make_unique<AsioHttp>(m_loops.asio);
        return std::make_unique<QtHttp>();
    }
    Result<HttpResponse, HttpError> exchange(HttpRequest request)
    {
        const auto port = make();
        std::optional<Result<HttpResponse, HttpError>> kept;
        port->send(std::move(request), [&](Result<HttpResponse, HttpError> result) { kept = std::move(result); });
        if (kept)
            return fail(HttpError{HttpErrc::badResponse, "", "answered from inside send()"});
        if (!m_loops.until([&] { return kept.has_value(); }))
            return fail(HttpError{HttpErrc::timedOut, "", "the test waited in vain"});
        return std::move(*kept);
    }
    static HttpRequest to(quint16 port)
    {
        HttpRequest request;
        request.host = "127.0.0.1";
        request.port = port;
        request.target = "/api/x?y=1";
        return request;
    }
    test::EventLoops m_loops;
};

void HttpTest::exchangesARequest()
{
    OneAnswerServer server(response("200 OK", "{\"a\":1}"));
    HttpRequest request = to(server.serverPort());
    request.method = "PUT";
    request.headers = {{"Authorization", "Bearer t"}, {"Content-Type", "image/png"}};
    request.body = {0, 1, 2, 255};
    const auto answer = exchange(request);
    QVERIFY2(answer, answer ? "" : answer.error().detail.c_str());
    QCOMPARE(answer->status, 200);
    QCOMPARE(asText(answer->body), std::string_view{"{\"a\":1}"});
    QCOMPARE(answer->contentType, std::string("application/json"));
    QVERIFY2(server.asked.startsWith("PUT /api/x?y=1 HTTP/1.1\r\n"), server.asked.constData());
    QVERIFY(server.asked.toLower().contains("\r\nauthorization: bearer t\r\n"));
    QVERIFY(server.asked.toLower().contains("\r\ncontent-type: image/png\r\n"));
    QVERIFY(server.asked.toLower().contains("\r\nhost: 127.0.0.1:"));
    QVERIFY(server.asked.endsWith(QByteArray("\x00\x01\x02\xff", 4)));
}

void HttpTest::everyStatusIsAnAnswer()
{
    for (const char* status : {"201 Created", "302 Found", "401 Unauthorized", "404 Not Found", "422 Unprocessable", "503 Busy"}) {
        OneAnswerServer server(response(status, "{}"));
        HttpRequest request = to(server.serverPort());
        request.method = QByteArray(status).startsWith("4") ? "DELETE" : "POST";
        const auto answer = exchange(request);
        QVERIFY2(answer, status);
        QCOMPARE(answer->status, QByteArray(status).left(3).toInt());
        QCOMPARE(asText(answer->body), std::string_view{"{}"});
    }
}

void HttpTest::anAnswerToHeadHasNoBody()
{
    OneAnswerServer server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n");
    HttpRequest request = to(server.serverPort());
    request.method = "HEAD";
    const auto answer = exchange(request);
    QVERIFY2(answer, answer ? "" : answer.error().detail.c_str());
    QCOMPARE(answer->status, 200);
    QVERIFY(answer->body.empty());
    QVERIFY(server.asked.startsWith("HEAD "));
}

void HttpTest::largeBodiesPass()
{
    const QByteArray large(20 << 20, 'x');
    OneAnswerServer server(response("200 OK", large));
    HttpRequest request = to(server.serverPort());
    request.method = "PUT";
    request.body = Bytes(std::size_t{20} << 20, 'y');
    const auto answer = exchange(request);
    QVERIFY2(answer, answer ? "" : answer.error().detail.c_str());
    QVERIFY(answer->body == Bytes(std::size_t{20} << 20, 'x'));
    QVERIFY(server.asked.size() > 20 << 20);
}

void HttpTest::aRefusedPortIsUnreachable()
{
    quint16 port = 0;
    {
        OneAnswerServer server("");
        port = server.serverPort();
    }
    const auto answer = exchange(to(port));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, HttpErrc::unreachable);
    QCOMPARE(QString::fromStdString(answer.error().where), QString("127.0.0.1:%1").arg(port));
    QVERIFY(!answer.error().detail.empty());
}

void HttpTest::aSilentServerTimesOut()
{
    OneAnswerServer server("");
    HttpRequest request = to(server.serverPort());
    request.timeout = 200ms;
    const auto answer = exchange(request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, HttpErrc::timedOut);
}

void HttpTest::anAnswerPastTheBoundIsRefused()
{
    OneAnswerServer server(response("200 OK", QByteArray(100'000, 'x')));
    HttpRequest request = to(server.serverPort());
    request.maxResponseBytes = 10'000;
    const auto answer = exchange(request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, HttpErrc::responseTooLarge);
}

void HttpTest::anAnswerCutShortIsAnError()
{
    OneAnswerServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    QVERIFY(!exchange(to(server.serverPort())));
}

void HttpTest::nonsenseIsAnError()
{
    OneAnswerServer server("220 mail ready\r\n\r\n");
    const auto answer = exchange(to(server.serverPort()));
    QVERIFY(!answer);
    QVERIFY(answer.error().code != HttpErrc::timedOut);
}

void HttpTest::aDestroyedPortIsSilent()
{
    OneAnswerServer server(response("200 OK", "{}"));
    bool answered = false;
    {
        const auto port = make();
        port->send(to(server.serverPort()), [&](const auto&) { answered = true; });
    }
    m_loops.spin(200);
    QVERIFY(!answered);
}

void HttpTest::secureNeedsTls()
{
    AsioHttp port{m_loops.asio};
    HttpRequest request = to(443);
    request.secure = true;
    std::optional<HttpErrc> code;
    port.send(request, [&](const auto& result) { code = result ? HttpErrc{} : result.error().code; });
    QVERIFY(!code);
    QVERIFY(m_loops.until([&] { return code.has_value(); }));
    QCOMPARE(*code, HttpErrc::unsupported);
}

QTEST_GUILESS_MAIN(HttpTest)
#include "http_test.moc"
