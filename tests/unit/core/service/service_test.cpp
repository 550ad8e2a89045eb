#include <QtTest>

#include <core/service/event_loop.h>
#include <core/service/http.h>
#include <core/service/listen_address.h>
#include <core/service/metrics.h>
#include <core/service/secret_file.h>
#include <core/service/sqlite.h>

#include <sys/stat.h>

using namespace tessera;
using namespace tessera::service;

class ServiceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listenAddressTakesNumbersOnly_data();
    void listenAddressTakesNumbersOnly();
    void targetIsSplitAndDecoded();
    void brokenTargetIsRefused();
    void problemTextIsEscaped();
    void metricsFollowThePrometheusFormat();
    void aSecretIsMadeOnceAndIsItsOwnersAlone();
    void aStatementKeepsBlobsTextsAndNulls();
    void aForeignFileIsNoDatabase();
    void aLoopStoppedBeforeItRunsEndsAtOnce();
};

void ServiceTest::listenAddressTakesNumbersOnly_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<bool>("loopback");
    QTest::newRow("loopback") << "127.0.0.1:8080" << true << true;
    QTest::newRow("whole loopback net") << "127.9.9.9:0" << true << true;
    QTest::newRow("any address") << "0.0.0.0:8080" << true << false;
    QTest::newRow("private address") << "10.0.0.1:8080" << true << false;
    QTest::newRow("IPv6 loopback") << "[::1]:8080" << true << true;
    QTest::newRow("IPv6 any") << "[::]:8080" << true << false;
    QTest::newRow("name") << "localhost:8080" << false << false;
    QTest::newRow("no port") << "127.0.0.1" << false << false;
    QTest::newRow("empty port") << "127.0.0.1:" << false << false;
    QTest::newRow("port too large") << "127.0.0.1:65536" << false << false;
    QTest::newRow("port with rest") << "127.0.0.1:80x" << false << false;
    QTest::newRow("looks like loopback") << "127.0.0.1.example.org:80" << false << false;
}

void ServiceTest::listenAddressTakesNumbersOnly()
{
    QFETCH(QString, text);
    QFETCH(bool, valid);
    QFETCH(bool, loopback);
    const auto address = parseListenAddress(text.toStdString());
    QCOMPARE(address.has_value(), valid);
    QCOMPARE(address && address->isLoopback(), loopback);
}

void ServiceTest::targetIsSplitAndDecoded()
{
    RequestHead head;
    QVERIFY(splitTarget("/sync/a%20b?token=x.y&ext=1&ext=2&flag&e=%3D", head));
    QCOMPARE(head.path, std::string("/sync/a b"));
    QCOMPARE(head.query, (std::map<std::string, std::string>{{"token", "x.y"}, {"ext", "1"}, {"flag", ""}, {"e", "="}}));
}

void ServiceTest::brokenTargetIsRefused()
{
    RequestHead head;
    for (const char* target : {"", "x", "/%", "/%4", "/%zz", "/a%00b", "/a?q=%f"})
        QVERIFY2(!splitTarget(target, head), target);
}

void ServiceTest::problemTextIsEscaped()
{
    const Response response = Response::problem(400, "bad", "A \"quoted\"\n", "\\");
    QCOMPARE(response.body, std::string(R"({"type":"about:blank","status":400,"code":"bad","title":"A \"quoted\"\u000a",)"
                                        R"("detail":"\\"})"));
}

void ServiceTest::metricsFollowThePrometheusFormat()
{
    Metrics metrics;
    metrics.counter("t_total", "Things.", "kind=\"a\"").add(3);
    metrics.counter("t_total", "Things.", "kind=\"a\"").add();
    metrics.histogram("t_seconds", "Time.", {0.5, 1}).observe(0.5);
    metrics.histogram("t_seconds", "Time.", {0.5, 1}).observe(7);
    metrics.gauge("t_now", "Now.", [] { return 2.5; });
    QCOMPARE(metrics.text(), std::string("# HELP t_now Now.\n# TYPE t_now gauge\nt_now 2.5\n"
                                         "# HELP t_seconds Time.\n# TYPE t_seconds histogram\n"
                                         "t_seconds_bucket{le=\"0.5\"} 1\nt_seconds_bucket{le=\"1\"} 1\n"
                                         "t_seconds_bucket{le=\"+Inf\"} 2\nt_seconds_sum 7.5\nt_seconds_count 2\n"
                                         "# HELP t_total Things.\n# TYPE t_total counter\nt_total{kind=\"a\"} 4\n"));
}

void ServiceTest::aSecretIsMadeOnceAndIsItsOwnersAlone()
{
    const QTemporaryDir dir;
    const std::filesystem::path file = dir.path().toStdString() + "/key";
    const auto made = readOrMakeSecret(file, [] { return Bytes{1, 2, 3}; });
    QVERIFY(made.hasValue());
    const auto again = readOrMakeSecret(file, [] { return Bytes{9}; });
    QVERIFY(again.hasValue());
    QCOMPARE(again.value(), (Bytes{1, 2, 3}));
    struct stat info = {};
    QCOMPARE(::stat(file.c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777U, 0600U);
    const auto nowhere = writeFileDurably(file / "below", Bytes{1});
    QVERIFY(!nowhere.hasValue());
    QCOMPARE(nowhere.error().code, FileErrc::cannotWrite);
}

void ServiceTest::aStatementKeepsBlobsTextsAndNulls()
{
    const QTemporaryDir dir;
    auto opened = Database::open(dir.path().toStdString() + "/t.sqlite");
    QVERIFY(opened.hasValue());
    Database database = std::move(opened).value();
    QVERIFY(database.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB NOT NULL, d)").hasValue());
    auto insert = database.prepare("INSERT INTO t VALUES(?,?,?,?)");
    QVERIFY(insert.hasValue());
    const Bytes bytes{0, 255};
    QVERIFY(insert->bind(1, std::int64_t{7}).bind(2, "é").bind(3, ByteView(bytes)).bindNull(4).run().hasValue());
    QVERIFY(insert->bind(1, std::int64_t{8}).bind(3, ByteView()).run().hasValue()); // an empty blob is not NULL
    const auto twice = insert->bind(1, std::int64_t{7}).bind(3, ByteView()).run();
    QVERIFY(!twice.hasValue());
    QCOMPARE(twice.error().code, SqliteErrc::constraint);

    auto select = database.prepare("SELECT a,b,c,d FROM t ORDER BY a");
    const auto row = select->step();
    QVERIFY(row.hasValue() && row.value());
    QCOMPARE(select->integer(0), 7);
    QCOMPARE(select->text(1), std::string("é"));
    QCOMPARE(Bytes(select->blob(2).begin(), select->blob(2).end()), bytes);
    QVERIFY(select->isNull(3));
}

void ServiceTest::aForeignFileIsNoDatabase()
{
    const QTemporaryDir dir;
    const std::string file = dir.path().toStdString() + "/t.sqlite";
    QVERIFY(writeFileDurably(file, asBytes(std::string(4096, 'x'))).hasValue());
    auto opened = Database::open(file);
    QVERIFY(opened.hasValue());
    const auto result = opened->execute("SELECT * FROM sqlite_master");
    QVERIFY(!result.hasValue());
    QCOMPARE(result.error().code, SqliteErrc::corrupt);
    QCOMPARE(result.error().where, file);
}

void ServiceTest::aLoopStoppedBeforeItRunsEndsAtOnce()
{
    EventLoop loop;
    loop.stop(); // a signal, or another thread, may be faster
    loop.run();
    bool ran = false;
    loop.post([&] {
        ran = true;
        loop.stop();
    });
    loop.run();
    QVERIFY(ran);
}

QTEST_APPLESS_MAIN(ServiceTest)
#include "service_test.moc"
