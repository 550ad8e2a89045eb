#include "session_fixture.h"

// Connecting, exchanging states, edits that travel, reconnecting.

using namespace tessera;
using namespace tessera::collab;
using namespace tessera::test;
using namespace std::chrono_literals;

class SessionTest : public SessionFixture
{
    Q_OBJECT
private Q_SLOTS:
    void init() { reset(); }
    void goesLiveByWayOfConnectingAndSyncing();
    void bringsTheRoomToANewcomer();
    void bringsOfflineEditsToTheRoom();
    void editsTravelAtOnce();
    void whatCameFromTheRelayIsNotSentBack();
    void editsOfAnyOtherOriginAreSent();
    void mergingIsReported();
    void aLostRelayIsTriedAgainWithFullJitter();
    void aRelayThatComesBackFindsEveryEdit();
    void waitingCanBeCutShort();
    void aConnectionThatHangsIsGivenUp();
    void aHalfOpenConnectionIsNoticed();
    void aQuietRelayThatAnswersPingsIsKept();
    void aSteadyConnectionStartsTheBackoffAnew();
    void aFullSocketHoldsEditsInTheDocument();
    void noticesBlobsAndJobsAreToldOn();
    void aResyncNoticeAsksAgain();
    void stopKeepsEditsAndCountsOn();
    void aCallbackMayStopTheSession();
    void aDestroyedSessionIsSilent();
};

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
