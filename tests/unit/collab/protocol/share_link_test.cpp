#include <QtTest>

#include <collab/protocol/share_link.h>

using namespace tessera;
using namespace tessera::collab;

class ShareLinkTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsLinks_data();
    void readsLinks();
    void brokenLinksSayWhatIsWrong_data();
    void brokenLinksSayWhatIsWrong();
    void anErrorNeverShowsTheToken();
    void addressesAreMadeFromALink();
    void formattingAndReadingAgree_data() { readsLinks_data(); }
    void formattingAndReadingAgree();
    void roomIdsHaveNarrowRules();
};

void ShareLinkTest::readsLinks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<bool>("secure");
    QTest::addColumn<QString>("room");
    QTest::addColumn<QString>("token");
    QTest::newRow("with a token") << "http://127.0.0.1:7878/d/abc_-9#eyJ2.c2ln" << "127.0.0.1" << 7878 << false << "abc_-9" << "eyJ2.c2ln";
    QTest::newRow("open access") << "http://localhost:1/d/r" << "localhost" << 1 << false << "r" << "";
    QTest::newRow("secure, default port") << "https://relay.example.org/d/poster#t" << "relay.example.org" << 443 << true << "poster" << "t";
    QTest::newRow("plain, default port") << "http://relay/d/poster#" << "relay" << 80 << false << "poster" << "";
    QTest::newRow("an address in brackets") << "http://[::1]:80/d/r#t" << "::1" << 80 << false << "r" << "t";
    QTest::newRow("blanks around it") << "  http://h:80/d/r#t\n" << "h" << 80 << false << "r" << "t";
    QTest::newRow("scheme in capitals") << "HTTP://h:65535/d/R" << "h" << 65535 << false << "R" << "";
}

void ShareLinkTest::readsLinks()
{
    QFETCH(QString, text);
    const auto link = parseShareLink(text.toStdString());
    QVERIFY2(link, link ? "" : describe(link.error()).c_str());
    QTEST(QString::fromStdString(link->host), "host");
    QTEST(int(link->port), "port");
    QTEST(link->secure, "secure");
    QTEST(QString::fromStdString(link->room.text()), "room");
    QTEST(QString::fromStdString(link->token), "token");
}

void ShareLinkTest::brokenLinksSayWhatIsWrong_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QString& text, LinkErrc code, const char* says) {
        QTest::newRow(name) << text << static_cast<int>(code) << says;
    };
    row("nothing", "", LinkErrc::empty, "empty");
    row("blanks", " \n", LinkErrc::empty, "empty");
    row("no scheme", "relay:80/d/r", LinkErrc::badScheme, "\"relay:80\"");
    row("a socket's scheme", "ws://relay:80/d/r", LinkErrc::badScheme, "\"ws:\"");
    row("no host", "http://:80/d/r", LinkErrc::badHost, "\":80\"");
    row("no host at all", "http:///d/r", LinkErrc::badHost, "host");
    row("a user in it", "http://me@relay:80/d/r", LinkErrc::badHost, "\"me@relay:80\"");
    row("bracket without end", "http://[::1/d/r", LinkErrc::badHost, "[::1");
    row("bracket with a name", "http://[relay]:80/d/r", LinkErrc::badHost, "[relay]");
    row("port 0", "http://h:0/d/r", LinkErrc::badPort, "\":0\"");
    row("port past the last", "http://h:65536/d/r", LinkErrc::badPort, "65536");
    row("port that is no number", "http://h:80x/d/r", LinkErrc::badPort, "80x");
    row("port of no digits", "http://h:/d/r", LinkErrc::badPort, "1 to 65535");
    row("no path", "http://h:80", LinkErrc::badPath, "/d/");
    row("another path", "http://h:80/x/r", LinkErrc::badPath, "\"/x/r\"");
    row("no room", "http://h:80/d/", LinkErrc::badRoom, "1 to 64");
    row("a room with a slash", "http://h:80/d/a/b", LinkErrc::badRoom, "\"a/b\"");
    row("a room with a query", "http://h:80/d/a?b=c", LinkErrc::badRoom, "a?b=c");
    row("a room too long", "http://h:80/d/" + QString(65, u'r'), LinkErrc::badRoom, "rrrr");
    row("a token with a blank", "http://h:80/d/r#a b", LinkErrc::badToken, "after #");
    row("a token that would end the query", "http://h:80/d/r#a&ext=0", LinkErrc::badToken, "after #");
    row("a token with a line end", "http://h:80/d/r#a\r\nHost: x", LinkErrc::badToken, "after #");
    row("a token too long", "http://h:80/d/r#" + QString(4097, u'a'), LinkErrc::badToken, "after #");
    row("far too long", "http://h:80/d/r#" + QString(9000, u'a'), LinkErrc::tooLong, "8192");
}

void ShareLinkTest::brokenLinksSayWhatIsWrong()
{
    QFETCH(QString, text);
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto link = parseShareLink(text.toStdString());
    QVERIFY(!link);
    QCOMPARE(static_cast<int>(link.error().code), code);
    const QString message = QString::fromStdString(describe(link.error()));
    QVERIFY2(message.contains(says), qPrintable(message));
    QVERIFY2(message.contains("http://HOST:PORT/d/ROOM#TOKEN"), qPrintable(message));
}

void ShareLinkTest::anErrorNeverShowsTheToken()
{
    for (const char* text : {"ftp://h/d/r#secret", "http://h:0/d/r#secret", "http://h/x#secret", "http://h/d/r#secret!"}) {
        const auto link = parseShareLink(text);
        QVERIFY(!link);
        QVERIFY2(!QString::fromStdString(describe(link.error())).contains("secret"), text);
    }
    const ShareLink link{"h", 80, false, RoomId{"r"}, "secret"};
    QCOMPARE(linkForLog(link), std::string("http://h:80/d/r"));
}

void ShareLinkTest::addressesAreMadeFromALink()
{
    const ShareLink link{"::1", 8443, true, RoomId{"r"}, "a.b"};
    QCOMPARE(authority(link), std::string("[::1]:8443"));
    QCOMPARE(httpOrigin(link), std::string("https://[::1]:8443"));
    QCOMPARE(webSocketTarget(link), std::string("/sync/r?token=a.b&ext=1"));
    QCOMPARE(webSocketUrl(link), std::string("wss://[::1]:8443/sync/r?token=a.b&ext=1"));
    QCOMPARE(formatShareLink(link), std::string("https://[::1]:8443/d/r#a.b"));
}

void ShareLinkTest::formattingAndReadingAgree()
{
    QFETCH(QString, text);
    const auto link = parseShareLink(text.toStdString());
    QVERIFY(link);
    const auto again = parseShareLink(formatShareLink(*link));
    QVERIFY(again);
    QCOMPARE(*again, *link);
}

void ShareLinkTest::roomIdsHaveNarrowRules()
{
    QVERIFY(isRoomId("a"));
    QVERIFY(isRoomId(std::string(64, 'Z')));
    QVERIFY(!isRoomId(""));
    QVERIFY(!isRoomId(std::string(65, 'Z')));
    QVERIFY(!isRoomId("ä"));
    QVERIFY(!isRoomId("a.b"));
    QVERIFY(!isRoomId(".."));
}

QTEST_APPLESS_MAIN(ShareLinkTest)
#include "share_link_test.moc"
