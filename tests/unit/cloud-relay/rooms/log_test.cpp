#include <relay_fixture.h>

using namespace tessera;
using namespace tessera::relay;
using namespace tessera::testing;

namespace {

LogRow row(std::uint32_t room, std::uint32_t sequence, std::string_view text)
{
    const auto owner = std::make_shared<const Bytes>(asBytes(text).begin(), asBytes(text).end());
    return {room, sequence, 1, owner, *owner};
}

/// Remembers what became durable.
class Marks final : public LogWriter::Listener
{
public:
    void onDurable(std::span<const DurableMark> marks) override
    {
        for (const DurableMark& mark : marks)
            upTo[mark.room] = mark.sequence;
        ++commits;
    }
    void onDiskState(bool writable, const std::string& detail) override
    {
        diskStates.push_back(writable ? "writable" : detail);
    }

    std::vector<std::string> diskStates;
    std::map<std::uint32_t, std::uint32_t> upTo;
    int commits = 0;
};

} // namespace

class LogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowsComeBackInOrderAndOnlyTheirRooms();
    void whatArrivesDuringACommitGoesIntoTheNextOne();
    void aSnapshotReplacesTheRowsBeforeItOnly();
    void aFailingWriteUndoesOnlyItself();
    void aFullDiskIsToldAndTriedAgain();
    void aLogThatCannotBeReachedAtFirstLosesNothing();
    void closingWritesWhatWasAccepted();
    void sharesAndRevocationsSurviveReopening();
    void aRoomIsFoundWhileItsRowIsOnTheWay();
    void aForeignDatabaseIsRefused();
};

void LogTest::rowsComeBackInOrderAndOnlyTheirRooms()
{
    RelayFixture fixture;
    for (std::uint32_t i = 1; i <= 300; ++i) {
        fixture.writer->append(row(1, i, "a" + std::to_string(i)));
        fixture.writer->append(row(2, i, "b" + std::to_string(i)));
    }
    fixture.flush();
    QCOMPARE(fixture.writer->pendingBytes(), std::size_t{0});
    const auto log = fixture.store->load(1);
    QVERIFY(log.hasValue());
    QCOMPARE(log->updates.size(), std::size_t{300});
    QCOMPARE(log->lastSequence, 300U);
    QCOMPARE(std::string(asText(log->updates.front())), std::string("a1"));
    QCOMPARE(std::string(asText(log->updates.back())), std::string("a300"));
    QVERIFY(fixture.store->load(3)->updates.empty());
}

void LogTest::whatArrivesDuringACommitGoesIntoTheNextOne()
{
    RelayFixture fixture;
    Marks marks;
    fixture.writer->setListener(&marks);
    for (std::uint32_t i = 1; i <= 2000; ++i)
        fixture.writer->append(row(i % 50 + 1, i, "x"));
    fixture.flush();
    QCOMPARE(marks.upTo.size(), std::size_t{50});
    QVERIFY2(marks.commits < 200, "one disk sync serves many rows");
    fixture.writer->setListener(fixture.hub.get());
}

void LogTest::aSnapshotReplacesTheRowsBeforeItOnly()
{
    RelayFixture fixture;
    for (std::uint32_t i = 1; i <= 10; ++i)
        fixture.writer->append(row(1, i, std::to_string(i)));
    fixture.writer->append(row(2, 1, "other"));
    fixture.store->replaceBySnapshot(1, 7, Bytes{1, 2, 3}, {});
    fixture.flush();
    const auto log = fixture.store->load(1);
    QCOMPARE(log->snapshot, (Bytes{1, 2, 3}));
    QCOMPARE(log->updates.size(), std::size_t{3});
    QCOMPARE(std::string(asText(log->updates.front())), std::string("8"));
    QCOMPARE(fixture.store->load(2)->updates.size(), std::size_t{1});
}

void LogTest::aFailingWriteUndoesOnlyItself()
{
    RelayFixture fixture;
    std::optional<bool> first, second;
    fixture.store->create(RoomId{"a"}, "one", 1, [&](const auto& result) { first = result.hasValue(); });
    fixture.writer->append(row(1, 1, "kept"));
    fixture.writer->run(
        [](service::Database& database) -> Result<void, SqliteError> {
            TESSERA_CHECK(database.execute("INSERT INTO shares VALUES(1,'s','editor',0,0,0)"));
            return database.execute("INSERT INTO rooms(number,id,name,created_ms) VALUES(9,'a','two',1)"); // id is taken
        },
        [&](const auto& result) { second = result.hasValue(); });
    fixture.writer->append(row(1, 2, "kept too"));
    fixture.flush();
    QCOMPARE(first, std::optional(true));
    QCOMPARE(second, std::optional(false));
    QCOMPARE(fixture.store->load(1)->updates.size(), std::size_t{2});
    QVERIFY(fixture.store->shares(1)->empty());
}

void LogTest::aFullDiskIsToldAndTriedAgain()
{
    RelayFixture fixture;
    Marks marks;
    fixture.writer->setListener(&marks);
    fixture.writer->append(row(1, 1, "before"));
    std::atomic<int> failures{2};
    bool written = false;
    fixture.writer->run(
        [&](service::Database& database) -> Result<void, SqliteError> {
            if (failures-- > 0)
                return fail(SqliteError{service::SqliteErrc::full, "relay.sqlite", "disk full"});
            return database.execute("INSERT INTO shares VALUES(1,'s','editor',0,0,0)");
        },
        [&](const auto& result) { written = result.hasValue(); });
    fixture.writer->append(row(1, 2, "after"));
    QVERIFY(fixture.until([&] { return written && marks.upTo[1] == 2; }));
    QCOMPARE(marks.diskStates, (std::vector<std::string>{"disk full", "writable"}));
    const auto log = fixture.store->load(1);
    QCOMPARE(log->updates.size(), std::size_t{2}); // neither lost nor doubled by the repetition
    QCOMPARE(fixture.store->shares(1)->size(), std::size_t{1});
    fixture.writer->setListener(fixture.hub.get());
}

void LogTest::aLogThatCannotBeReachedAtFirstLosesNothing()
{
    RelayFixture fixture;
    Marks marks;
    fixture.writer->setListener(&marks);
    auto other = service::Database::open(fixture.folder.path().toStdString() + "/relay.sqlite");
    QVERIFY(other->execute("ALTER TABLE updates RENAME TO away").hasValue());
    fixture.writer->append(row(1, 1, "kept"));
    QVERIFY(fixture.until([&] { return marks.diskStates.size() == 1; }));
    QVERIFY(marks.upTo.empty());
    QVERIFY(other->execute("ALTER TABLE away RENAME TO updates").hasValue());
    QVERIFY(fixture.until([&] { return marks.upTo[1] == 1; }));
    QCOMPARE(fixture.store->load(1)->updates.size(), std::size_t{1});
    fixture.writer->setListener(fixture.hub.get());
}

void LogTest::closingWritesWhatWasAccepted()
{
    RelayFixture fixture;
    for (std::uint32_t i = 1; i <= 500; ++i)
        fixture.writer->append(row(1, i, "x"));
    fixture.close();
    fixture.open();
    QCOMPARE(fixture.store->load(1)->updates.size(), std::size_t{500});
}

void LogTest::sharesAndRevocationsSurviveReopening()
{
    RelayFixture fixture;
    const RoomRecord room = fixture.store->create(RoomId{"a"}, "name", 1, {});
    fixture.store->addShare(room.number, {ShareId{"s1"}, collab::Role::viewer, 77}, 1, {});
    fixture.store->addShare(room.number, {ShareId{"s2"}, collab::Role::editor, 0}, 2, {});
    fixture.store->revokeShare(room.number, ShareId{"s2"}, {});
    QVERIFY(fixture.store->isRevoked(ShareId{"s2"})); // at once, before the disk has it
    fixture.close();
    fixture.open();
    const auto shares = fixture.store->shares(room.number);
    QCOMPARE(shares->size(), std::size_t{2});
    QCOMPARE((*shares)[0].role, collab::Role::viewer);
    QCOMPARE((*shares)[0].expiresAt, 77);
    QVERIFY(!(*shares)[0].revoked && (*shares)[1].revoked);
    QVERIFY(fixture.store->isRevoked(ShareId{"s2"}) && !fixture.store->isRevoked(ShareId{"s1"}));
    QVERIFY(fixture.store->create(RoomId{"b"}, {}, 1, {}).number > room.number);
}

void LogTest::aRoomIsFoundWhileItsRowIsOnTheWay()
{
    RelayFixture fixture;
    const RoomRecord made = fixture.store->create(RoomId{"a"}, "n", 1, {});
    QCOMPARE(fixture.store->find(RoomId{"a"})->value().number, made.number);
    fixture.flush();
    QCOMPARE(fixture.store->find(RoomId{"a"})->value().name, std::string("n"));
    QVERIFY(!fixture.store->find(RoomId{"b"})->has_value());
}

void LogTest::aForeignDatabaseIsRefused()
{
    const QTemporaryDir folder;
    const std::string file = folder.path().toStdString() + "/relay.sqlite";
    {
        auto database = service::Database::open(file);
        QVERIFY(database->execute("CREATE TABLE theirs(x)").hasValue());
    }
    service::EventLoop loop;
    service::Metrics metrics;
    const auto writer = LogWriter::start(loop, file, metrics);
    QVERIFY(!writer.hasValue());
    QCOMPARE(writer.error().detail, std::string("not a relay's database"));
}

QTEST_APPLESS_MAIN(LogTest)
#include "log_test.moc"
