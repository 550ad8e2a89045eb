#include "session_fixture.h"

// What is called synced, while running and after restarts and crashes.

using namespace tessera;
using namespace tessera::collab;
using namespace tessera::test;
using namespace std::chrono_literals;

class SyncStateTest : public SessionFixture
{
    Q_OBJECT
private Q_SLOTS:
    void init() { reset(); }
    void anEditIsSyncedOnlyWhenOnTheRelaysDisk();
    void aRelayThatDiesBeforeCommittingHasSyncedNothing();
    void aPlainRelayIsOnlySaidToHaveBeenSent();
    void aRelayThatAcknowledgesTooMuchIsNotBelieved();
    void syncedStaysTrueAfterARestart();
    void unsyncedStaysTrueAfterARestart();
    void aDeletionAloneIsUnsyncedAfterARestart();
    void aCrashBeforeTheRecordWasSavedErrsOnTheSafeSide();
    void aFileThatLostItsEndDoesNotCountOtherEditsAsSynced();
    void aBrokenRecordCountsAsUnsynced();
    void recordsAreKeptByRoom();
};

void SyncStateTest::anEditIsSyncedOnlyWhenOnTheRelaysDisk()
{
    m_relay->commitDelay = 1s;
    Replica& ann = started(10);
    settle(2s);
    QVERIFY(ann->syncState().syncedAll());
    ann.edit("k", 1);
    QCOMPARE(ann->syncState(), (SyncState{1, 0, AckMode::durable}));
    settle(900ms);
    QVERIFY(test::sameContent(*ann.doc, m_relay->room()));
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
    settle(300ms);
    QCOMPARE(ann->syncState(), (SyncState{0, 0, AckMode::durable}));
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
    QCOMPARE(ann.told.syncStates.back(), ann->syncState());
}

void SyncStateTest::aRelayThatDiesBeforeCommittingHasSyncedNothing()
{
    Replica& ann = started(10);
    m_relay->commitDelay = 10s;
    ann.edit("k", 1);
    settle(1s);
    m_relay->kill();
    m_network->cutAll();
    settle(100ms);
    QCOMPARE(ann->syncState(), (SyncState{1, 1, AckMode::durable}));
    m_relay->commitDelay = 10ms;
    m_relay->start();
    settle(40s);
    QVERIFY(ann->syncState().syncedAll());
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SyncStateTest::aPlainRelayIsOnlySaidToHaveBeenSent()
{
    m_relay->speaksExtensions = false;
    Replica& ann = replica(10);
    ann.edit("k", 1);
    ann->start(roomLink);
    QCOMPARE(ann->syncState(), (SyncState{1, 1, AckMode::unknown}));
    settle();
    QCOMPARE(ann->connection(), live);
    QVERIFY(!ann->role() && ann->mayEdit());
    QCOMPARE(ann->syncState(), (SyncState{1, 0, AckMode::none}));
    QVERIFY(ann->syncState().sentAll() && !ann->syncState().syncedAll());
}

void SyncStateTest::aRelayThatAcknowledgesTooMuchIsNotBelieved()
{
    Replica& ann = started(10);
    m_relay->commitDelay = 1h;
    ann.edit("k", 1);
    m_relay->sendAll(DurableAck{99, {}});
    settle(100ms);
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
    QVERIFY(ann->connection() != live);
    QVERIFY(QString::fromStdString(ann->lastError()).contains("more than it was sent"));
}

void SyncStateTest::syncedStaysTrueAfterARestart()
{
    Replica& ann = started(10);
    ann.edit("k", 1);
    settle(5s);
    QVERIFY(ann->syncState().syncedAll());
    ann.crash(11, ann.fileSize());
    m_network->isReachable = false;
    ann->start(roomLink);
    QVERIFY(ann->syncState().syncedAll());
    ann.edit("k", 2);
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
}

void SyncStateTest::unsyncedStaysTrueAfterARestart()
{
    Replica& ann = started(10);
    m_network->isReachable = false;
    m_network->cutAll();
    for (int i = 0; i < 42; ++i)
        ann.edit("k", i);
    settle(5s);
    ann.crash(11, ann.fileSize());
    ann->start(roomLink);
    QCOMPARE(ann->syncState(), (SyncState{42, 42, AckMode::unknown}));
    m_network->isReachable = true;
    settle(60s);
    QVERIFY(ann->syncState().syncedAll());
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SyncStateTest::aDeletionAloneIsUnsyncedAfterARestart()
{
    Replica& ann = started(10);
    ann.edit("k", 1);
    settle(5s);
    m_network->isReachable = false;
    m_network->cutAll();
    ann.doc->transact("user", [&](crdt::Transaction& transaction) { ann.doc->map("m").remove(transaction, "k"); });
    ann.crash(11, ann.fileSize());
    ann->start(roomLink);
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
}

void SyncStateTest::aCrashBeforeTheRecordWasSavedErrsOnTheSafeSide()
{
    Replica& ann = started(10);
    settle(5s);
    ann.edit("k", 1);
    settle(200ms); // acknowledged, but the record is saved later
    QVERIFY(ann->syncState().syncedAll());
    ann.crash(11, ann.fileSize());
    m_network->isReachable = false;
    ann->start(roomLink);
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
    m_network->isReachable = true;
    settle(60s);
    QVERIFY(ann->syncState().syncedAll());
}

void SyncStateTest::aFileThatLostItsEndDoesNotCountOtherEditsAsSynced()
{
    // The record covers two deletions; the file loses them and gets two others, without the record hearing of it.
    Replica& ann = started(10);
    for (const char* key : {"a", "b", "c", "d"})
        ann.edit(key, 1);
    const std::size_t before = ann.fileSize();
    const auto removeTwo = [&ann](const char* first, const char* second) {
        for (const char* key : {first, second})
            ann.doc->transact("user", [&](crdt::Transaction& transaction) { ann.doc->map("m").remove(transaction, key); });
    };
    removeTwo("a", "b");
    settle(5s);
    QVERIFY(ann->syncState().syncedAll());
    m_network->isReachable = false;
    ann.crash(11, before);
    ann->start(roomLink);
    QVERIFY(ann->syncState().syncedAll());
    removeTwo("c", "d");
    QCOMPARE(ann->syncState().unsyncedCount, 2U);
    ann.crash(12, ann.fileSize());
    ann->start(roomLink);
    QVERIFY(!ann->syncState().syncedAll());
}

void SyncStateTest::aBrokenRecordCountsAsUnsynced()
{
    Replica& ann = started(10);
    ann.edit("k", 1);
    settle(5s);
    ann.crash(11, ann.fileSize());
    for (auto& [key, record] : ann.store.records)
        record = {0xff, 0x01};
    m_network->isReachable = false;
    ann->start(roomLink);
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
}

void SyncStateTest::recordsAreKeptByRoom()
{
    Replica& ann = started(10);
    ann.edit("k", 1);
    settle(5s);
    QVERIFY(ann->syncState().syncedAll());
    m_network->isReachable = false;
    ShareLink other = roomLink;
    other.room = RoomId{"elsewhere"};
    ann->start(other);
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
    ann->start(roomLink);
    QVERIFY(ann->syncState().syncedAll());
    for (const auto& [key, record] : ann.store.records)
        QVERIFY2(!QString::fromStdString(key).contains("token"), key.c_str());
}

QTEST_APPLESS_MAIN(SyncStateTest)
#include "sync_state_test.moc"
