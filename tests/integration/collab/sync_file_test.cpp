#include <QtTest>

#include <app/sdk/sync.h>
#include <core/document/command.h>
#include <core/storage/document_store.h>

#include "relay_process.h"

using namespace tessera;
using namespace std::chrono_literals;
using sdk::syncFile;
using sdk::SyncErrc;
using test::ask;
using test::RelayProcess;

class SyncFileTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aRoomBecomesANewFile();
    void bothSidesGetWhatTheOtherHas();
    void imagesAreCopiedBothWays();
    void imagesNobodyHasAreReported();
    void aViewersChangesStayInTheFile();
    void aSecondRunHasNothingToDo();
    void whatWasReportedStoredSurvivesAKilledRelay();
    void brokenRequestsSayWhatIsWrong_data();
    void brokenRequestsSayWhatIsWrong();
    void aFailureLeavesNoFileBehind();
    void aFileThatIsNoTesseraFileIsLeftAlone();
    void aFileInUseIsRefused();

private:
    [[nodiscard]] std::string path(const char* name) const { return m_folder->filePath(name).toStdString(); }
    std::string url(const std::string& room, const std::string& token = {}) const
    {
        return collab::formatShareLink(m_relay->link(room, token));
    }
    /// A new file with a page and one rectangle called `name`.
    void makeFile(const std::string& file, const std::string& name)
    {
        auto store = storage::DocumentStore::create(file, name, m_random, m_clock);
        QVERIFY(store);
        addRect(**store, name);
        QVERIFY((*store)->flush());
    }
    void addRect(storage::DocumentStore& store, const std::string& name)
    {
        document::Document& document = store.document();
        document::CreateNode node{NodeId{makeIdText(m_random)}, document::NodeType::rect, {document.tree().pages.at(0), {}},
                                  {{"name", name}, {"size", document::toAny(Size{10, 10})}}, ""};
        QVERIFY(document::apply(document, node, "user"));
    }
    std::string contentOf(const std::string& file)
    {
        auto store = storage::DocumentStore::open(file, storage::OpenMode::readOnly, m_random, m_clock);
        return store ? (*store)->document().canonicalJson() : "cannot be opened: " + storage::describe(store.error());
    }
    /// Adds a picture to the file's assets; its bytes too when `withBytes`.
    ContentHash addAsset(const std::string& file, const Bytes& bytes, bool withBytes)
    {
        auto store = storage::DocumentStore::open(file, storage::OpenMode::readWrite, m_random, m_clock);
        if (withBytes)
            (*store)->putBlob(bytes, "image/png");
        const document::AddAsset asset{contentHash(bytes), "image/png", bytes.size(), 1, 1, "picture"};
        if (!document::apply((*store)->document(), asset, "user") || !(*store)->flush())
            qFatal("no asset was added");
        return asset.hash;
    }
    bool hasBlob(const std::string& file, const ContentHash& hash)
    {
        auto store = storage::DocumentStore::open(file, storage::OpenMode::readOnly, m_random, m_clock);
        return store && (*store)->hasBlob(hash);
    }

    SystemRandom m_random;
    SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RelayProcess> m_relay;
};

void SyncFileTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_relay = std::make_unique<RelayProcess>(RelayProcess::Access::open);
}

void SyncFileTest::aRoomBecomesANewFile()
{
    makeFile(path("a.tessera"), "poster");
    const auto there = syncFile(url("room"), path("a.tessera"));
    QVERIFY2(there, there ? "" : describe(there.error()).c_str());
    QVERIFY(there->isDurable && !there->isNewFile);
    const auto back = syncFile(url("room"), path("b.tessera"));
    QVERIFY2(back, back ? "" : describe(back.error()).c_str());
    QVERIFY(back->isNewFile);
    QVERIFY(back->remoteUnits > 0);
    QCOMPARE(contentOf(path("b.tessera")), contentOf(path("a.tessera")));
    QVERIFY(describe(*back).find("b.tessera (new) and http://127.0.0.1:") != std::string::npos);
}

void SyncFileTest::bothSidesGetWhatTheOtherHas()
{
    makeFile(path("a.tessera"), "poster");
    QVERIFY(syncFile(url("room"), path("a.tessera")));
    QVERIFY(syncFile(url("room"), path("b.tessera")));
    for (const char* file : {"a.tessera", "b.tessera"}) {
        auto store = storage::DocumentStore::open(path(file), storage::OpenMode::readWrite, m_random, m_clock);
        QVERIFY(store);
        for (int i = 0; i < 20; ++i)
            addRect(**store, std::string("rect of ") + file);
    }
    QVERIFY(contentOf(path("a.tessera")) != contentOf(path("b.tessera")));
    for (const char* file : {"a.tessera", "b.tessera", "a.tessera"})
        QVERIFY(syncFile(url("room"), path(file)));
    QCOMPARE(contentOf(path("a.tessera")), contentOf(path("b.tessera")));
    QVERIFY(contentOf(path("a.tessera")).find("rect of b.tessera") != std::string::npos);
}

void SyncFileTest::imagesAreCopiedBothWays()
{
    makeFile(path("a.tessera"), "poster");
    const ContentHash first = addAsset(path("a.tessera"), Bytes(200'000, 1), true);
    const auto up = syncFile(url("room"), path("a.tessera"));
    QVERIFY2(up, up ? "" : describe(up.error()).c_str());
    QCOMPARE(up->blobsUp, std::uint64_t{1});
    const auto down = syncFile(url("room"), path("b.tessera"));
    QVERIFY2(down, down ? "" : describe(down.error()).c_str());
    QCOMPARE(down->blobsDown, std::uint64_t{1});
    QVERIFY(hasBlob(path("b.tessera"), first));

    const ContentHash second = addAsset(path("b.tessera"), Bytes(100, 2), true);
    const auto again = syncFile(url("room"), path("b.tessera"));
    QVERIFY(again);
    QCOMPARE(again->blobsUp, std::uint64_t{1}); // the first is there already
    QVERIFY(syncFile(url("room"), path("a.tessera")));
    QVERIFY(hasBlob(path("a.tessera"), second));
}

void SyncFileTest::imagesNobodyHasAreReported()
{
    makeFile(path("a.tessera"), "poster");
    const ContentHash lost = addAsset(path("a.tessera"), Bytes(100, 3), false);
    const auto report = syncFile(url("room"), path("a.tessera"));
    QVERIFY2(report, report ? "" : describe(report.error()).c_str());
    QCOMPARE(report->blobsMissing, std::vector{lost});
    QVERIFY(describe(*report).find("1 image missing on both sides") != std::string::npos);
}

void SyncFileTest::aViewersChangesStayInTheFile()
{
    m_relay = std::make_unique<RelayProcess>(RelayProcess::Access::tokens);
    collab::AsioLoop loop;
    collab::AsioHttp http{loop};
    collab::RelayApi nobody{http, m_relay->link("x")};
    const auto room = ask<collab::NewRoom>(loop, [&](auto done) { nobody.createRoom("", m_relay->adminKey(), done); });
    QVERIFY(room);
    collab::RelayApi owner{http, m_relay->link(room->room.text(), room->token)};
    const auto share = ask<collab::NewShare>(loop, [&](auto done) { owner.createShare(collab::Role::viewer, std::nullopt, done); });
    QVERIFY(share);

    makeFile(path("a.tessera"), "poster");
    QVERIFY(syncFile(url(room->room.text(), room->token), path("a.tessera")));
    QVERIFY2(syncFile(share->link, path("b.tessera")), "a viewer may bring the room home");
    {
        auto store = storage::DocumentStore::open(path("b.tessera"), storage::OpenMode::readWrite, m_random, m_clock);
        QVERIFY(store);
        addRect(**store, "mine");
    }
    {
        auto store = storage::DocumentStore::open(path("a.tessera"), storage::OpenMode::readWrite, m_random, m_clock);
        QVERIFY(store);
        addRect(**store, "theirs");
    }
    QVERIFY(syncFile(url(room->room.text(), room->token), path("a.tessera")));
    const auto refused = syncFile(share->link, path("b.tessera"));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, SyncErrc::denied);
    QVERIFY2(describe(refused.error()).find("viewer") != std::string::npos, describe(refused.error()).c_str());
    QVERIFY2(describe(refused.error()).find(share->token) == std::string::npos, "the token was shown");
    const std::string content = contentOf(path("b.tessera"));
    QVERIFY(content.find("mine") != std::string::npos && content.find("theirs") != std::string::npos);
    QVERIFY(contentOf(path("a.tessera")).find("mine") == std::string::npos);
}

void SyncFileTest::aSecondRunHasNothingToDo()
{
    makeFile(path("a.tessera"), "poster");
    QVERIFY(syncFile(url("room"), path("a.tessera")));
    const std::string before = contentOf(path("a.tessera"));
    const auto again = syncFile(url("room"), path("a.tessera"));
    QVERIFY(again);
    QCOMPARE(again->localUpdates, std::uint64_t{0}); // the file remembers what is synced
    QCOMPARE(again->remoteUnits, std::uint64_t{0});
    QCOMPARE(contentOf(path("a.tessera")), before);
}

void SyncFileTest::whatWasReportedStoredSurvivesAKilledRelay()
{
    makeFile(path("a.tessera"), "poster");
    const auto report = syncFile(url("room"), path("a.tessera"));
    QVERIFY(report && report->isDurable);
    m_relay->kill();
    m_relay->start();
    QVERIFY(syncFile(url("room"), path("b.tessera")));
    QCOMPARE(contentOf(path("b.tessera")), contentOf(path("a.tessera")));
}

void SyncFileTest::brokenRequestsSayWhatIsWrong_data()
{
    QTest::addColumn<QString>("link");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* link, SyncErrc code, const char* says) {
        QTest::newRow(name) << link << static_cast<int>(code) << says;
    };
    row("not a link", "poster", SyncErrc::badLink, "http://HOST:PORT/d/ROOM#TOKEN");
    row("no room", "http://127.0.0.1:1/d/", SyncErrc::badLink, "1 to 64");
    row("nobody there", "http://127.0.0.1:1/d/room#t.t", SyncErrc::unreachable, "127.0.0.1:1");
    row("no such host", "http://no-such-host.invalid:80/d/room", SyncErrc::unreachable, "no-such-host.invalid");
    row("secure", "https://127.0.0.1:1/d/room", SyncErrc::unreachable, "not supported by this build");
}

void SyncFileTest::brokenRequestsSayWhatIsWrong()
{
    QFETCH(QString, link);
    QFETCH(QString, says);
    const auto report = syncFile(link.toStdString(), path("new.tessera"), {.connectTimeout = 1500ms});
    QVERIFY(!report);
    QTEST(static_cast<int>(report.error().code), "code");
    const QString text = QString::fromStdString(describe(report.error()));
    QVERIFY2(text.contains(says), qPrintable(text));
    QVERIFY2(!text.contains("t.t"), qPrintable(text));
}

void SyncFileTest::aFailureLeavesNoFileBehind()
{
    QVERIFY(!syncFile("http://127.0.0.1:1/d/room", path("new.tessera"), {.connectTimeout = 300ms}));
    QVERIFY(!QFile::exists(m_folder->filePath("new.tessera")));
    const auto nowhere = syncFile(url("room"), path("no/such/folder/new.tessera"));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, SyncErrc::badFile);
    QVERIFY(describe(nowhere.error()).find("no/such/folder/new.tessera") != std::string::npos);
}

void SyncFileTest::aFileThatIsNoTesseraFileIsLeftAlone()
{
    QFile file(m_folder->filePath("notes.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("my notes\n") > 0);
    file.close();
    const auto report = syncFile(url("room"), path("notes.txt"));
    QVERIFY(!report);
    QCOMPARE(report.error().code, SyncErrc::badFile);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("my notes\n"));
}

void SyncFileTest::aFileInUseIsRefused()
{
    makeFile(path("a.tessera"), "poster");
    auto store = storage::DocumentStore::open(path("a.tessera"), storage::OpenMode::readWrite, m_random, m_clock);
    QVERIFY(store);
    const auto report = syncFile(url("room"), path("a.tessera"));
    QVERIFY(!report);
    QCOMPARE(report.error().code, SyncErrc::badFile);
    QVERIFY(describe(report.error()).find("a.tessera") != std::string::npos);
}

QTEST_GUILESS_MAIN(SyncFileTest)
#include "sync_file_test.moc"
