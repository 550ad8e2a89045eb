#include <QtTest>

#include <QTcpServer>
#include <QTcpSocket>
#include <QWebSocket>
#include <QWebSocketServer>

#include <collab/asio/web_socket.h>
#include <collab/qt/web_socket.h>

#include "event_loops.h"

using namespace tessera;
using namespace tessera::collab;

namespace {

struct Recorder final : TransportListener {
    int opened = 0;
    int pongs = 0;
    std::vector<Bytes> messages;
    std::vector<TransportClosed> closed;

    void transportOpened() override { ++opened; }
    void transportMessage(ByteView frame) override { messages.emplace_back(frame.begin(), frame.end()); }
    void transportPong() override { ++pongs; }
    void transportClosed(const TransportClosed& reason) override { closed.push_back(reason); }
};

QByteArray toQt(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size())}; }

} // namespace

class TransportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void asksForTheRoomWithTokenAndExtensions_data() { transports(); }
    void asksForTheRoomWithTokenAndExtensions();
    void framesPassBothWaysInOrder_data() { transports(); }
    void framesPassBothWaysInOrder();
    void largeFramesPass_data() { transports(); }
    void largeFramesPass();
    void aPingIsAnswered_data() { transports(); }
    void aPingIsAnswered();
    void theServersCloseCodeAndReasonArrive_data() { transports(); }
    void theServersCloseCodeAndReasonArrive();
    void aLostConnectionHasNoCode_data() { transports(); }
    void aLostConnectionHasNoCode();
    void aRefusedPortIsReportedLaterWithItsAddress_data() { transports(); }
    void aRefusedPortIsReportedLaterWithItsAddress();
    void anUnknownHostIsReported_data() { transports(); }
    void anUnknownHostIsReported();
    void aRefusedUpgradeCarriesItsStatus_data() { transports(); }
    void aRefusedUpgradeCarriesItsStatus();
    void aServerThatSpeaksNoHttpIsReported_data() { transports(); }
    void aServerThatSpeaksNoHttpIsReported();
    void aTextFrameEndsTheConnection_data() { transports(); }
    void aTextFrameEndsTheConnection();
    void nothingComesAfterClose_data() { transports(); }
    void nothingComesAfterClose();
    void whatWasSentBeforeCloseArrives_data() { transports(); }
    void whatWasSentBeforeCloseArrives();
    void closeInAnyStateIsHarmless_data() { transports(); }
    void closeInAnyStateIsHarmless();
    void openAgainAfterTheEnd_data() { transports(); }
    void openAgainAfterTheEnd();
    void bufferedBytesCountWhatAStuckReaderLeaves_data() { transports(); }
    void bufferedBytesCountWhatAStuckReaderLeaves();
    void secureLinksNeedTls();

private:
    static void transports()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("asio") << "asio";
        QTest::newRow("qt") << "qt";
    }
    std::unique_ptr<Transport> make()
    {
        QFETCH(QString, kind);
        if (kind == "asio")
            return std::make_unique<AsioTransport>(m_loops.asio);
        return std::make_unique<QtTransport>();
    }
    [[nodiscard]] ShareLink link(quint16 port) const { return {"127.0.0.1", port, false, RoomId{"room"}, "tok.en"}; }
    /// The server's end of the next connection.
    QWebSocket* accepted()
    {
        if (!m_loops.until([this] { return m_server->hasPendingConnections(); }))
            return nullptr;
        QWebSocket* const socket = m_server->nextPendingConnection();
        socket->setParent(m_server.get());
        return socket;
    }
    QWebSocket* connected(Transport& transport, Recorder& recorder)
    {
        transport.open(link(m_server->serverPort()), recorder);
        QWebSocket* const socket = accepted();
        m_loops.until([&] { return recorder.opened == 1; });
        return socket;
    }

    test::EventLoops m_loops;
    std::unique_ptr<QWebSocketServer> m_server;
};

void TransportTest::initTestCase() { QVERIFY(QCoreApplication::instance()); }

void TransportTest::init()
{
    m_server = std::make_unique<QWebSocketServer>(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
    QVERIFY(m_server->listen(QHostAddress::LocalHost));
}

void TransportTest::cleanup()
{
    m_server.reset();
    m_loops.spin(20);
}

void TransportTest::asksForTheRoomWithTokenAndExtensions()
{
    const auto transport = make();
    Recorder recorder;
    const QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    QCOMPARE(recorder.opened, 1);
    QCOMPARE(socket->requestUrl().path() + "?" + socket->requestUrl().query(), QString("/sync/room?token=tok.en&ext=1"));
}

void TransportTest::framesPassBothWaysInOrder()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    QList<QByteArray> arrived;
    connect(socket, &QWebSocket::binaryMessageReceived, this, [&](const QByteArray& frame) { arrived << frame; });
    for (std::uint8_t i = 0; i < 100; ++i) {
        transport->send({i, 0, 255});
        socket->sendBinaryMessage(QByteArray(1, char(i)));
    }
    QVERIFY(m_loops.until([&] { return arrived.size() == 100 && recorder.messages.size() == 100; }));
    for (std::uint8_t i = 0; i < 100; ++i) {
        QCOMPARE(arrived[i], toQt({i, 0, 255}));
        QCOMPARE(recorder.messages[i], Bytes{i});
    }
}

void TransportTest::largeFramesPass()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    Bytes large(std::size_t{8} << 20);
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<std::uint8_t>(i * 31 >> 3);
    QByteArray arrived;
    connect(socket, &QWebSocket::binaryMessageReceived, this, [&](const QByteArray& frame) { arrived = frame; });
    transport->send(large);
    QVERIFY(m_loops.until([&] { return !arrived.isEmpty(); }));
    QVERIFY(arrived == toQt(large));
    socket->sendBinaryMessage(arrived);
    QVERIFY(m_loops.until([&] { return !recorder.messages.empty(); }));
    QVERIFY(recorder.messages[0] == large);
    QCOMPARE(transport->bufferedBytes(), std::size_t{0});
}

void TransportTest::aPingIsAnswered()
{
    const auto transport = make();
    Recorder recorder;
    QVERIFY(connected(*transport, recorder));
    transport->ping();
    QVERIFY(m_loops.until([&] { return recorder.pongs == 1; }));
    transport->ping();
    QVERIFY(m_loops.until([&] { return recorder.pongs == 2; }));
}

void TransportTest::theServersCloseCodeAndReasonArrive()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    socket->close(static_cast<QWebSocketProtocol::CloseCode>(4401), "token was revoked");
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    m_loops.spin(50);
    QCOMPARE(recorder.closed.size(), std::size_t{1});
    QVERIFY(recorder.closed[0].wasOpen);
    QCOMPARE(recorder.closed[0].closeCode, std::uint16_t{4401});
    QCOMPARE(recorder.closed[0].detail, std::string("token was revoked"));
}

void TransportTest::aLostConnectionHasNoCode()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    socket->abort();
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    m_loops.spin(50);
    QCOMPARE(recorder.closed.size(), std::size_t{1});
    QVERIFY(recorder.closed[0].wasOpen);
    QCOMPARE(recorder.closed[0].closeCode, std::uint16_t{0});
    QVERIFY2(QString::fromStdString(recorder.closed[0].detail).contains("127.0.0.1:"), recorder.closed[0].detail.c_str());
    transport->send({1}); // into the void
    QCOMPARE(transport->bufferedBytes(), std::size_t{0});
}

void TransportTest::aRefusedPortIsReportedLaterWithItsAddress()
{
    const quint16 port = m_server->serverPort();
    m_server.reset();
    const auto transport = make();
    Recorder recorder;
    transport->open(link(port), recorder);
    QVERIFY(recorder.closed.empty());
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    m_loops.spin(50);
    QCOMPARE(recorder.closed.size(), std::size_t{1});
    QVERIFY(!recorder.closed[0].wasOpen);
    QCOMPARE(recorder.closed[0].closeCode, std::uint16_t{0});
    QCOMPARE(recorder.closed[0].httpStatus, std::uint16_t{0});
    const QString detail = QString::fromStdString(recorder.closed[0].detail);
    QVERIFY2(detail.contains(QString("127.0.0.1:%1").arg(port)), qPrintable(detail));
    QVERIFY2(!detail.contains("tok.en"), qPrintable(detail));
}

void TransportTest::anUnknownHostIsReported()
{
    const auto transport = make();
    Recorder recorder;
    ShareLink nowhere = link(80);
    nowhere.host = "no-such-host.invalid";
    transport->open(nowhere, recorder);
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }, 30'000));
    QVERIFY(QString::fromStdString(recorder.closed[0].detail).contains("no-such-host.invalid:80"));
}

void TransportTest::aRefusedUpgradeCarriesItsStatus()
{
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    connect(&plain, &QTcpServer::newConnection, this, [&plain] {
        QTcpSocket* const socket = plain.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            socket->disconnectFromHost();
        });
    });
    const auto transport = make();
    Recorder recorder;
    transport->open(link(plain.serverPort()), recorder);
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    m_loops.spin(50);
    QCOMPARE(recorder.closed.size(), std::size_t{1});
    QVERIFY(!recorder.closed[0].wasOpen);
    QCOMPARE(recorder.closed[0].httpStatus, std::uint16_t{401});
}

void TransportTest::aServerThatSpeaksNoHttpIsReported()
{
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    connect(&plain, &QTcpServer::newConnection, this, [&plain] {
        QTcpSocket* const socket = plain.nextPendingConnection();
        socket->write("220 mail ready\r\n\r\n");
        socket->disconnectFromHost();
    });
    const auto transport = make();
    Recorder recorder;
    transport->open(link(plain.serverPort()), recorder);
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }, 20'000));
    QVERIFY(!recorder.closed[0].wasOpen);
    QVERIFY(!recorder.closed[0].detail.empty());
}

void TransportTest::aTextFrameEndsTheConnection()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    socket->sendTextMessage("hello");
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    QCOMPARE(recorder.closed[0].closeCode, std::uint16_t{1003});
    QVERIFY(recorder.messages.empty());
    QVERIFY(m_loops.until([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(recorder.closed.size(), std::size_t{1});
}

void TransportTest::nothingComesAfterClose()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    socket->sendBinaryMessage("late");
    transport->close(1000, "bye");
    QVERIFY(m_loops.until([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    m_loops.spin(50);
    QVERIFY(recorder.messages.empty());
    QVERIFY(recorder.closed.empty());
    QCOMPARE(int(socket->closeCode()), 1000);
    QCOMPARE(socket->closeReason(), QString("bye"));
}

void TransportTest::whatWasSentBeforeCloseArrives()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const socket = connected(*transport, recorder);
    QVERIFY(socket);
    int arrived = 0;
    connect(socket, &QWebSocket::binaryMessageReceived, this, [&] { ++arrived; });
    for (int i = 0; i < 50; ++i)
        transport->send(Bytes(10'000));
    transport->close(1000, "");
    QVERIFY(m_loops.until([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(arrived, 50);
}

void TransportTest::closeInAnyStateIsHarmless()
{
    Recorder recorder;
    {
        const auto transport = make();
        transport->close(1000, "");
        transport->send({1});
        transport->ping();
        transport->open(link(m_server->serverPort()), recorder);
        transport->send({1}); // not open yet
        transport->close(1000, "");
        transport->close(1000, "");
        transport->open(link(m_server->serverPort()), recorder);
    }
    m_loops.spin(200);
    QCOMPARE(recorder.opened, 0);
    QVERIFY(recorder.closed.empty());
}

void TransportTest::openAgainAfterTheEnd()
{
    const auto transport = make();
    Recorder recorder;
    QWebSocket* const first = connected(*transport, recorder);
    QVERIFY(first);
    first->abort();
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    Recorder second;
    QWebSocket* const socket = connected(*transport, second);
    QVERIFY(socket);
    socket->sendBinaryMessage("again");
    QVERIFY(m_loops.until([&] { return !second.messages.empty(); }));
    QCOMPARE(recorder.messages.size(), std::size_t{0});
}

void TransportTest::bufferedBytesCountWhatAStuckReaderLeaves()
{
    QTcpServer plain; // upgrades and never reads again
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    QTcpSocket* stuck = nullptr;
    connect(&plain, &QTcpServer::newConnection, this, [&] {
        stuck = plain.nextPendingConnection();
        stuck->setReadBufferSize(1024);
        connect(stuck, &QTcpSocket::readyRead, stuck, [&stuck] {
            static const QByteArray keyName = "Sec-WebSocket-Key: ";
            const QByteArray request = stuck->peek(4096);
            if (!request.contains("\r\n\r\n"))
                return;
            stuck->disconnect();
            const qsizetype at = request.indexOf(keyName) + keyName.size();
            const QByteArray key = request.mid(at, request.indexOf('\r', at) - at);
            const QByteArray accept =
                QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
            stuck->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: " + accept + "\r\n\r\n");
        });
    });
    const auto transport = make();
    Recorder recorder;
    transport->open(link(plain.serverPort()), recorder);
    QVERIFY(m_loops.until([&] { return recorder.opened == 1; }));
    for (int i = 0; i < 32; ++i)
        transport->send(Bytes(std::size_t{1} << 20));
    m_loops.spin(200);
    QVERIFY(transport->bufferedBytes() > std::size_t{8} << 20);
    transport->close(1000, "");
    QCOMPARE(transport->bufferedBytes(), std::size_t{0});
    m_loops.spin(50);
}

void TransportTest::secureLinksNeedTls()
{
    AsioTransport transport{m_loops.asio};
    Recorder recorder;
    ShareLink secure = link(443);
    secure.secure = true;
    transport.open(secure, recorder);
    QVERIFY(recorder.closed.empty());
    QVERIFY(m_loops.until([&] { return !recorder.closed.empty(); }));
    QVERIFY(QString::fromStdString(recorder.closed[0].detail).contains("not supported by this build"));
}

QTEST_GUILESS_MAIN(TransportTest)
#include "transport_test.moc"
