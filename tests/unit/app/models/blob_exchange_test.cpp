#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include <app/models/blob_exchange.h>
#include <collab/qt/http.h>
#include <collab/session/relay_api.h>

#include "app_session.h"

using namespace tessera;
using namespace tessera::app;
using test::AppSession;

namespace {

constexpr int retryMs = 50;

/// Answers every request with one status; each answer takes 7 ms longer than the one before, five in a round.
class Relay : public QTcpServer
{
public:
    explicit Relay(QByteArray status) : m_status(std::move(status))
    {
        QObject::connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket* socket = nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                m_unread[socket] += socket->readAll();
                if (!m_unread[socket].contains("\r\n\r\n"))
                    return;
                m_unread.remove(socket);
                QTimer::singleShot(requests++ % 5 * 7, socket, [this, socket] {
                    socket->write("HTTP/1.1 " + m_status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    socket->disconnectFromHost();
                });
            });
        });
        if (!listen(QHostAddress::LocalHost))
            qFatal("cannot listen");
    }
    [[nodiscard]] collab::ShareLink link() const { return {"127.0.0.1", serverPort(), false, RoomId{"r"}, {}}; }

    int requests = 0;

private:
    QByteArray m_status;
    QHash<QTcpSocket*, QByteArray> m_unread;
};

void nameAsset(AppSession& app, const char* content)
{
    const ContentHash hash = contentHash(asBytes(std::string_view(content)));
    QVERIFY(app.session->apply({document::AddAsset{hash, "image/png", 1, 1, 1, "lost"}}));
}

} // namespace

class BlobExchangeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatTheRoomLacksIsAskedForOncePerRound()
    {
        AppSession app;
        for (const char* lost : {"a", "b", "c", "d", "e"})
            nameAsset(app, lost);
        Relay relay("404 Not Found");
        collab::QtHttp http;
        collab::RelayApi api(http, relay.link());
        BlobExchange blobs(app.session->store(), retryMs);
        blobs.setRoom(&api, true);
        QTest::qWait(20 * retryMs);
        QVERIFY2(relay.requests > 5, "it is asked for again");
        QVERIFY2(relay.requests <= 5 * 21, qPrintable(QString::number(relay.requests)));
    }

    void aBusyRelayIsTriedAgain()
    {
        AppSession app;
        Relay relay("503 Service Unavailable");
        collab::QtHttp http;
        collab::RelayApi api(http, relay.link());
        BlobExchange blobs(app.session->store(), retryMs);
        blobs.setRoom(&api, true);
        const ContentHash hash = blobs.put({1, 2, 3}, "image/png");
        QVERIFY(app.session->apply({document::AddAsset{hash, "image/png", 3, 1, 1, "new"}}));
        QTRY_VERIFY(relay.requests >= 3);
    }
};

QTEST_GUILESS_MAIN(BlobExchangeTest)
#include "blob_exchange_test.moc"
