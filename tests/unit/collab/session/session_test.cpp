#include <QtTest>

#include "replica.h"

using namespace tessera;
using namespace tessera::collab;
using namespace std::chrono_literals;
using test::Replica;

namespace {

const ShareLink roomLink{"relay", 80, false, RoomId{"room"}, "token"};
using States = std::vector<ConnectionState>;
constexpr auto offline = ConnectionState::offline;
constexpr auto connecting = ConnectionState::connecting;
constexpr auto syncing = ConnectionState::syncing;
constexpr auto live = ConnectionState::live;
constexpr auto waiting = ConnectionState::waiting;
constexpr auto denied = ConnectionState::denied;

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();

    void goesLiveByWayOfConnectingAndSyncing();
    void bringsTheRoomToANewcomer();
    void bringsOfflineEditsToTheRoom();
    void editsTravelAtOnce();
    void whatCameFromTheRelayIsNotSentBack();
    void editsOfAnyOtherOriginAreSent();
    void mergingIsReported();

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

    void aLostRelayIsTriedAgainWithFullJitter();
    void aRelayThatComesBackFindsEveryEdit();
    void waitingCanBeCutShort();
    void aConnectionThatHangsIsGivenUp();
    void aHalfOpenConnectionIsNoticed();
    void aQuietRelayThatAnswersPingsIsKept();
    void aSteadyConnectionStartsTheBackoffAnew();

    void aBadTokenIsDeniedAndNotTriedAgain();
    void aRefusedUpgradeIsDenied_data();
    void aRefusedUpgradeIsDenied();
    void aRevokedTokenEndsALiveSession();
    void anotherLinkEndsADenial();
    void repeatedNonsenseEndsInDenial();
    void messagesOfNewerRelaysArePassedOver();

    void aReaderReceivesAndDoesNotSend();
    void aReadersStrayEditsStayLocalAndUnsynced();
    void losingTheRightLiveKeepsEditsLocal();
    void anEditThatCrossedWithTheLossOfTheRightKeepsTheReader();
    void gainingTheRightSendsWhatWaited();

    void aFullSocketHoldsEditsInTheDocument();
    void presenceWaitsForAFullSocket();
    void presenceReachesPeers();
    void presenceIsCoalesced();
    void leavingTellsPeers();
    void aReconnectedPeerIsSeenAtOnce();
    void brokenPresenceOfOthersIsPassedOver();

    void noticesBlobsAndJobsAreToldOn();
    void aResyncNoticeAsksAgain();
    void stopKeepsEditsAndCountsOn();
    void aCallbackMayStopTheSession();
    void aDestroyedSessionIsSilent();

private:
    void settle(std::chrono::milliseconds time = 500ms) { m_scheduler->advance(time); }
    Replica& replica(std::uint64_t client, SessionOptions options = {})
    {
        m_replicas.push_back(std::make_unique<Replica>(*m_scheduler, *m_network, *m_random, client, std::move(options)));
        return *m_replicas.back();
    }
    Replica& started(std::uint64_t client)
    {
        Replica& made = replica(client);
        made->start(roomLink);
        settle();
        return made;
    }

    std::unique_ptr<SeededRandom> m_random;
    std::unique_ptr<test::ManualScheduler> m_scheduler;
    std::unique_ptr<test::RelayDouble> m_relay;
    std::unique_ptr<test::MemoryNetwork> m_network;
    std::vector<std::unique_ptr<Replica>> m_replicas;
};

void SessionTest::init()
{
    m_replicas.clear();
    m_random = std::make_unique<SeededRandom>(1);
    m_scheduler = std::make_unique<test::ManualScheduler>();
    m_relay = std::make_unique<test::RelayDouble>(*m_scheduler);
    m_network = std::make_unique<test::MemoryNetwork>(*m_scheduler, *m_relay, *m_random);
}

void SessionTest::goesLiveByWayOfConnectingAndSyncing()
{
    Replica& ann = replica(10);
    QCOMPARE(ann->connection(), offline);
    ann->start(roomLink);
    QCOMPARE(ann->connection(), connecting);
    settle();
    QCOMPARE(ann.told.connections, (States{connecting, syncing, live}));
    QCOMPARE(ann->role(), std::optional{Role::editor});
    QCOMPARE(ann.told.roles, std::vector{Role::editor});
    QVERIFY(ann->mayEdit());
    QVERIFY(ann->lastError().empty());
    ann->stop();
    QCOMPARE(ann.told.connections.back(), offline);
    settle();
    QCOMPARE(m_relay->connectionCount(), std::size_t{0});
}

void SessionTest::bringsTheRoomToANewcomer()
{
    Replica& ann = started(10);
    ann.edit("k", "v");
    settle();
    Replica& ben = started(20);
    QCOMPARE(ben.read("k"), crdt::Any("v"));
    QVERIFY(test::sameContent(*ann.doc, *ben.doc));
    QVERIFY(ben->syncState().syncedAll());
}

void SessionTest::bringsOfflineEditsToTheRoom()
{
    Replica& ann = replica(10);
    for (int i = 0; i < 42; ++i)
        ann.edit("k" + std::to_string(i), i);
    ann->start(roomLink);
    settle();
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
    QVERIFY(ann->syncState().syncedAll());
}

void SessionTest::editsTravelAtOnce()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    ann.edit("k", 1);
    settle(m_network->maxLatency * 2);
    QCOMPARE(ben.read("k"), crdt::Any(1));
}

void SessionTest::whatCameFromTheRelayIsNotSentBack()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    ann.edit("k", 1);
    settle();
    const auto received = m_relay->documentMessagesReceived();
    QCOMPARE(received, std::uint64_t{3}); // two answers to step 1, one edit
    settle(60s);
    QCOMPARE(m_relay->documentMessagesReceived(), received);
    QCOMPARE(ben->syncState().unsyncedCount, 0U);
}

void SessionTest::editsOfAnyOtherOriginAreSent()
{
    Replica& ann = started(10);
    crdt::Doc other{{crdt::ClientId{77}, true}};
    other.transact({}, [&](crdt::Transaction& transaction) { other.map("m").set(transaction, "pasted", true); });
    QVERIFY(ann.doc->applyUpdate(other.encodeStateAsUpdate(), "import"));
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
    settle();
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
    QVERIFY(ann->syncState().syncedAll());
}

void SessionTest::mergingIsReported()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    QVERIFY(ann.told.merges.empty());
    ben->stop();
    settle();
    for (int i = 0; i < 3; ++i)
        ben.edit("b" + std::to_string(i), i);
    for (int i = 0; i < 5; ++i)
        ann.edit("a" + std::to_string(i), i);
    settle();
    ben->start(roomLink);
    settle();
    QCOMPARE(ben.told.merges.size(), std::size_t{1});
    QCOMPARE(ben.told.merges[0].localUpdates, 3U);
    QCOMPARE(ben.told.merges[0].remoteUnits, 5U);
    QCOMPARE(ben.told.merges[0].remoteClients, 1U);
}

void SessionTest::anEditIsSyncedOnlyWhenOnTheRelaysDisk()
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

void SessionTest::aRelayThatDiesBeforeCommittingHasSyncedNothing()
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

void SessionTest::aPlainRelayIsOnlySaidToHaveBeenSent()
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

void SessionTest::aRelayThatAcknowledgesTooMuchIsNotBelieved()
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

void SessionTest::syncedStaysTrueAfterARestart()
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

void SessionTest::unsyncedStaysTrueAfterARestart()
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

void SessionTest::aDeletionAloneIsUnsyncedAfterARestart()
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

void SessionTest::aCrashBeforeTheRecordWasSavedErrsOnTheSafeSide()
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

void SessionTest::aFileThatLostItsEndDoesNotCountOtherEditsAsSynced()
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

void SessionTest::aBrokenRecordCountsAsUnsynced()
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

void SessionTest::recordsAreKeptByRoom()
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

void SessionTest::aLostRelayIsTriedAgainWithFullJitter()
{
    m_network->isReachable = false;
    Replica& ann = replica(10);
    ann->start(roomLink);
    std::vector<std::int64_t> delays;
    for (int attempt = 0; attempt < 40; ++attempt) {
        while (ann->connection() != waiting)
            m_scheduler->advance(1ms);
        delays.push_back(ann->retryIn().count());
        m_scheduler->advance(ann->retryIn());
    }
    for (std::size_t i = 0; i < delays.size(); ++i)
        QVERIFY2(delays[i] <= std::min<std::int64_t>(30'000, std::int64_t{500} << std::min<std::size_t>(i, 20)), qPrintable(QString::number(i)));
    const auto late = std::vector(delays.begin() + 8, delays.end());
    QVERIFY(*std::ranges::max_element(late) > 20'000); // the whole interval is used
    QVERIFY(*std::ranges::min_element(late) < 8'000);
    QVERIFY(!ann->lastError().empty());
}

void SessionTest::aRelayThatComesBackFindsEveryEdit()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    m_relay->kill();
    m_network->cutAll();
    settle(1s);
    QCOMPARE(ann->connection() == live, false);
    ann.edit("a", 1);
    ben.edit("b", 2);
    settle(5s);
    m_relay->start();
    settle(60s);
    QCOMPARE(ann->connection(), live);
    QVERIFY(test::sameContent(*ann.doc, *ben.doc));
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SessionTest::waitingCanBeCutShort()
{
    m_network->isReachable = false;
    Replica& ann = replica(10);
    ann->start(roomLink);
    settle(60s);
    while (ann->connection() != waiting)
        m_scheduler->advance(1ms);
    m_network->isReachable = true;
    ann->retryNow();
    QCOMPARE(ann->connection(), connecting);
    QCOMPARE(ann->retryIn(), 0ms);
    settle();
    QCOMPARE(ann->connection(), live);
    ann->retryNow();
    QCOMPARE(ann->connection(), live);
}

void SessionTest::aConnectionThatHangsIsGivenUp()
{
    m_network->answersNothing = true;
    Replica& ann = replica(10);
    ann->start(roomLink);
    settle(14'999ms);
    QCOMPARE(ann->connection(), connecting);
    settle(1ms);
    QCOMPARE(ann->connection(), waiting);
    QVERIFY(QString::fromStdString(ann->lastError()).contains("relay:80"));
}

void SessionTest::aHalfOpenConnectionIsNoticed()
{
    Replica& ann = started(10);
    m_network->silenceAll();
    ann.edit("k", 1);
    settle(24s);
    QCOMPARE(ann->connection(), live);
    settle(2s);
    QCOMPARE(ann.told.connections.at(3), waiting);
    settle(30s);
    QCOMPARE(ann->connection(), live);
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SessionTest::aQuietRelayThatAnswersPingsIsKept()
{
    Replica& ann = started(10);
    settle(10min);
    QCOMPARE(ann.told.connections, (States{connecting, syncing, live}));
    QVERIFY(ann.transport.pings() > 20);
}

void SessionTest::aSteadyConnectionStartsTheBackoffAnew()
{
    m_network->isReachable = false;
    Replica& ann = replica(10);
    ann->start(roomLink);
    settle(10min);
    m_network->isReachable = true;
    settle(60s);
    QCOMPARE(ann->connection(), live);
    m_network->isReachable = false;
    m_network->cutAll();
    settle(50ms);
    QCOMPARE(ann->connection(), waiting);
    QVERIFY(ann->retryIn() <= 500ms);
}

void SessionTest::aBadTokenIsDeniedAndNotTriedAgain()
{
    m_relay->badTokens.insert("token");
    Replica& ann = replica(10);
    ann.edit("k", 1);
    ann->start(roomLink);
    settle(10min);
    QCOMPARE(ann->connection(), denied);
    QCOMPARE(ann->deniedReason(), DeniedReason::badToken);
    QCOMPARE(ann->lastError(), std::string("token was revoked"));
    QCOMPARE(m_network->connectAttempts, std::uint64_t{1});
    QCOMPARE(ann.read("k"), crdt::Any(1));
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
}

void SessionTest::aRefusedUpgradeIsDenied_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("reason");
    QTest::newRow("401") << 401 << static_cast<int>(DeniedReason::badToken);
    QTest::newRow("403") << 403 << static_cast<int>(DeniedReason::noRight);
    QTest::newRow("404") << 404 << static_cast<int>(DeniedReason::noRoom);
    QTest::newRow("503 is no denial") << 503 << static_cast<int>(DeniedReason::none);
}

void SessionTest::aRefusedUpgradeIsDenied()
{
    QFETCH(int, status);
    QFETCH(int, reason);
    m_network->refusalStatus = static_cast<std::uint16_t>(status);
    Replica& ann = started(10);
    QCOMPARE(static_cast<int>(ann->deniedReason()), reason);
    QCOMPARE(ann->connection() == denied, reason != 0);
}

void SessionTest::aRevokedTokenEndsALiveSession()
{
    Replica& ann = started(10);
    ann.edit("k", 1);
    settle();
    for (const auto& socket : std::set(m_network->sockets()))
        m_relay->drop(socket->connection, 4401, "revoked");
    settle();
    QCOMPARE(ann->connection(), denied);
    QCOMPARE(ann->deniedReason(), DeniedReason::badToken);
    QCOMPARE(ann->lastError(), std::string("revoked"));
}

void SessionTest::anotherLinkEndsADenial()
{
    m_relay->badTokens.insert("token");
    Replica& ann = started(10);
    QCOMPARE(ann->connection(), denied);
    ShareLink better = roomLink;
    better.token = "better";
    ann->start(better);
    settle();
    QCOMPARE(ann->connection(), live);
    QCOMPARE(ann->deniedReason(), DeniedReason::none);
}

void SessionTest::repeatedNonsenseEndsInDenial()
{
    Replica& ann = started(10);
    for (int time = 0; time < 3; ++time) {
        QCOMPARE(ann->connection(), live);
        m_relay->sendRaw({0, 2, 5, 1}); // an update cut short
        settle(100ms);
        QVERIFY(ann->connection() != live);
        settle(10s);
    }
    QCOMPARE(ann->connection(), denied);
    QCOMPARE(ann->deniedReason(), DeniedReason::protocolError);
    QVERIFY(QString::fromStdString(ann->lastError()).contains("broken message"));
}

void SessionTest::messagesOfNewerRelaysArePassedOver()
{
    Replica& ann = started(10);
    m_relay->sendRaw({0xc8, 0x01, 1, 2, 3}); // number 200
    settle();
    QCOMPARE(ann->connection(), live);
}

void SessionTest::aReaderReceivesAndDoesNotSend()
{
    m_relay->roles["token"] = Role::viewer;
    Replica& ann = started(10);
    QCOMPARE(ann->connection(), live);
    QCOMPARE(ann->role(), std::optional{Role::viewer});
    QVERIFY(!ann->mayEdit());
    ShareLink editing = roomLink;
    editing.token = "editor";
    Replica& ben = replica(20);
    ben->start(editing);
    ben.edit("k", 1);
    ben->setPresence(Presence{.name = "Ben"});
    settle();
    QCOMPARE(ann.read("k"), crdt::Any(1));
    ann->setPresence(Presence{.name = "Ann"});
    settle();
    QCOMPARE(ben->peers().size(), std::size_t{1}); // readers show themselves
    QCOMPARE(m_relay->updatesRefused(), std::uint64_t{0});
    QVERIFY(ann->syncState().syncedAll());
}

void SessionTest::aReadersStrayEditsStayLocalAndUnsynced()
{
    m_relay->roles["token"] = Role::commenter;
    Replica& ann = replica(10);
    ann.edit("k", 1);
    ann->start(roomLink);
    settle();
    ann.edit("k", 2);
    settle(10min);
    QCOMPARE(ann->connection(), live);
    QCOMPARE(m_relay->updatesRefused(), std::uint64_t{0});
    QCOMPARE(ann->syncState(), (SyncState{2, 2, AckMode::durable}));
    QCOMPARE(ann.read("k"), crdt::Any(2));
}

void SessionTest::losingTheRightLiveKeepsEditsLocal()
{
    Replica& ann = started(10);
    m_relay->setRole("token", Role::viewer);
    settle();
    QCOMPARE(ann.told.roles, (std::vector{Role::editor, Role::viewer}));
    ann.edit("k", 1);
    settle();
    QCOMPARE(ann->connection(), live);
    QCOMPARE(m_relay->updatesRefused(), std::uint64_t{0});
    QCOMPARE(ann->syncState().unsentCount, 1U);
}

void SessionTest::anEditThatCrossedWithTheLossOfTheRightKeepsTheReader()
{
    Replica& ann = started(10);
    m_network->maxLatency = 50ms;
    m_relay->setRole("token", Role::viewer);
    ann.edit("k", 1); // the news has not arrived
    settle(60s);
    QCOMPARE(m_relay->updatesRefused(), std::uint64_t{1});
    QCOMPARE(ann->connection(), live);
    QVERIFY(!ann->mayEdit());
    QCOMPARE(ann->syncState().unsyncedCount, 1U);
    QCOMPARE(ann.read("k"), crdt::Any(1));
    QVERIFY(!test::sameContent(*ann.doc, m_relay->room()));
}

void SessionTest::gainingTheRightSendsWhatWaited()
{
    m_relay->roles["token"] = Role::viewer;
    Replica& ann = replica(10);
    ann.edit("k", 1);
    ann->start(roomLink);
    settle();
    ann.edit("k", 2);
    m_relay->setRole("token", Role::editor);
    settle();
    QVERIFY(ann->mayEdit());
    QVERIFY(ann->syncState().syncedAll());
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
    ann.edit("k", 3);
    settle();
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SessionTest::aFullSocketHoldsEditsInTheDocument()
{
    Replica& ann = started(10);
    m_network->stuckBytes = std::size_t{5} << 20;
    const auto frames = ann.transport.sentFrameCount();
    for (int i = 0; i < 1000; ++i)
        ann.edit("k" + std::to_string(i % 7), i);
    ann.doc->transact("user", [&](crdt::Transaction& transaction) { ann.doc->map("m").remove(transaction, "k3"); });
    settle(1s);
    QCOMPARE(ann.transport.sentFrameCount(), frames);
    QCOMPARE(ann->syncState(), (SyncState{1001, 1001, AckMode::durable}));
    m_network->stuckBytes = 0;
    settle(1s);
    QCOMPARE(ann.transport.sentFrameCount(), frames + 1);
    QVERIFY(ann->syncState().syncedAll());
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
    ann.edit("k", "one by one again");
    settle();
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SessionTest::presenceWaitsForAFullSocket()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    m_network->stuckBytes = std::size_t{5} << 20;
    for (int i = 0; i < 100; ++i) {
        ann->setPresence(Presence{.name = "Ann " + std::to_string(i)});
        settle(10ms);
    }
    QVERIFY(ben->peers().empty());
    m_network->stuckBytes = 0;
    settle();
    QCOMPARE(ben->peers().at(0).presence.name, std::string("Ann 99"));
}

void SessionTest::presenceReachesPeers()
{
    Replica& ann = replica(10);
    const Presence shown{.name = "Ann", .cursor = PresenceCursor{NodeId{"p"}, {1, 2}}, .selection = {NodeId{"n"}}};
    ann->setPresence(shown); // before the start: published once open
    ann->start(roomLink);
    settle();
    Replica& ben = started(20);
    QCOMPARE(ben->peers().size(), std::size_t{1});
    QCOMPARE(ben->peers()[0].client, crdt::ClientId{10});
    QCOMPARE(ben->peers()[0].presence.name, std::string("Ann"));
    QCOMPARE(ben->peers()[0].presence.cursor, shown.cursor);
    QVERIFY(ann->peers().empty());
    const int changes = ben.told.peerChanges;
    settle(5min); // refreshes are not changes, and keep the peer
    QCOMPARE(ben->peers().size(), std::size_t{1});
    QCOMPARE(ben.told.peerChanges, changes);
    ann->setPresence(std::nullopt);
    settle();
    QVERIFY(ben->peers().empty());
}

void SessionTest::presenceIsCoalesced()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    const auto frames = ann.transport.sentFrameCount();
    for (int i = 0; i < 1000; ++i) {
        ann->setPresence(Presence{.name = "Ann", .cursor = PresenceCursor{NodeId{"p"}, {double(i), 0}}});
        settle(1ms);
    }
    settle();
    const auto sent = ann.transport.sentFrameCount() - frames;
    QVERIFY2(sent >= 20 && sent <= 27, qPrintable(QString::number(sent)));
    QCOMPARE(ben->peers().at(0).presence.cursor->position.x, 999.0);
    ann->setPresence(Presence{.name = "Ann", .cursor = PresenceCursor{NodeId{"p"}, {999, 0}}});
    settle();
    QCOMPARE(ann.transport.sentFrameCount() - frames, sent); // nothing new, nothing said
}

void SessionTest::leavingTellsPeers()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    ann->setPresence(Presence{.name = "Ann"});
    settle();
    QCOMPARE(ben->peers().size(), std::size_t{1});
    ann->stop();
    settle();
    QVERIFY(ben->peers().empty());
}

void SessionTest::aReconnectedPeerIsSeenAtOnce()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    ann->setPresence(Presence{.name = "Ann"});
    settle();
    m_network->cut(ann.transport.socket());
    settle(100ms);
    QVERIFY(ann->peers().empty());
    settle(5s);
    QCOMPARE(ann->connection(), live);
    QCOMPARE(ben->peers().size(), std::size_t{1});
}

void SessionTest::brokenPresenceOfOthersIsPassedOver()
{
    Replica& ann = started(10);
    const Bytes broken{1, 5, 1, 1, '{'};
    m_relay->sendAll(AwarenessMessage{broken});
    settle();
    QCOMPARE(ann->connection(), live);
    QVERIFY(ann->peers().empty());
}

void SessionTest::noticesBlobsAndJobsAreToldOn()
{
    Replica& ann = started(10);
    const RoomNotice notice{NoticeCode::relayRestarting, "back in a minute"};
    const BlobOffer offer{ContentHash{std::string(64, 'a')}, 5};
    m_relay->sendAll(notice);
    m_relay->sendAll(offer);
    m_relay->sendAll(JobEvent{R"({"job":"j"})"});
    settle();
    QCOMPARE(ann.told.notices, std::vector{notice});
    QCOMPARE(ann.told.blobs, std::vector{offer});
    QCOMPARE(ann.told.jobs, std::vector<std::string>{R"({"job":"j"})"});
}

void SessionTest::aResyncNoticeAsksAgain()
{
    Replica& ann = started(10);
    const auto frames = ann.transport.sentFrameCount();
    m_relay->sendAll(RoomNotice{NoticeCode::tooSlowResync, ""});
    settle();
    QCOMPARE(ann.transport.sentFrameCount(), frames + 1);
    const auto message = decodeMessage(ann.transport.sentFrames().back());
    QVERIFY(message && std::holds_alternative<SyncStep1>(*message));
}

void SessionTest::stopKeepsEditsAndCountsOn()
{
    Replica& ann = started(10);
    ann->stop();
    ann.edit("k", 1);
    ann.edit("k", 2);
    QCOMPARE(ann->syncState().unsyncedCount, 2U);
    settle(10min);
    QCOMPARE(ann->connection(), offline);
    ann->start(roomLink);
    settle();
    QVERIFY(ann->syncState().syncedAll());
    QVERIFY(test::sameContent(*ann.doc, m_relay->disk()));
}

void SessionTest::aCallbackMayStopTheSession()
{
    test::MemoryTransport transport{*m_network};
    crdt::Doc doc{{crdt::ClientId{5}, true}};
    std::unique_ptr<Session> session;
    States seen;
    session = std::make_unique<Session>(doc, transport, *m_scheduler, *m_random, nullptr,
                                        SessionCallbacks{.connectionChanged = [&](ConnectionState state) {
                                            seen.push_back(state);
                                            if (state == waiting || state == live)
                                                session->stop();
                                        }});
    session->start(roomLink);
    settle(10min);
    QCOMPARE(seen, (States{connecting, syncing, live, offline}));
    m_network->isReachable = false;
    seen.clear();
    session->start(roomLink);
    settle(10min);
    QCOMPARE(seen, (States{connecting, waiting, offline}));
}

void SessionTest::aDestroyedSessionIsSilent()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    ann->setPresence(Presence{.name = "Ann"});
    settle();
    const auto told = ann.told.connections.size();
    ann.session.reset();
    ann.edit("k", 1);
    settle(10min);
    QCOMPARE(ann.told.connections.size(), told);
    QVERIFY(ben->peers().empty());
    QVERIFY(ben.read("k").isUndefined());
}

QTEST_APPLESS_MAIN(SessionTest)
#include "session_test.moc"
