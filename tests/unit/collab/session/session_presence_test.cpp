#include "session_fixture.h"

// Who is seen by whom, and how often it is said.

using namespace tessera;
using namespace tessera::collab;
using namespace tessera::test;
using namespace std::chrono_literals;

class SessionPresenceTest : public SessionFixture
{
    Q_OBJECT
private Q_SLOTS:
    void init() { reset(); }
    void presenceWaitsForAFullSocket();
    void presenceReachesPeers();
    void presenceIsCoalesced();
    void leavingTellsPeers();
    void aReconnectedPeerIsSeenAtOnce();
    void brokenPresenceOfOthersIsPassedOver();
};

void SessionPresenceTest::presenceWaitsForAFullSocket()
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

void SessionPresenceTest::presenceReachesPeers()
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

void SessionPresenceTest::presenceIsCoalesced()
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

void SessionPresenceTest::leavingTellsPeers()
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

void SessionPresenceTest::aReconnectedPeerIsSeenAtOnce()
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

void SessionPresenceTest::brokenPresenceOfOthersIsPassedOver()
{
    Replica& ann = started(10);
    const Bytes broken{1, 5, 1, 1, '{'};
    m_relay->sendAll(AwarenessMessage{broken});
    settle();
    QCOMPARE(ann->connection(), live);
    QVERIFY(ann->peers().empty());
}

QTEST_APPLESS_MAIN(SessionPresenceTest)
#include "session_presence_test.moc"
