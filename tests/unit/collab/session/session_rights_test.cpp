#include "session_fixture.h"

// Denials, readers, and rights that change while editing.

using namespace tessera;
using namespace tessera::collab;
using namespace tessera::test;
using namespace std::chrono_literals;

class SessionRightsTest : public SessionFixture
{
    Q_OBJECT
private Q_SLOTS:
    void init() { reset(); }
    void aBadTokenIsDeniedAndNotTriedAgain();
    void aRefusedUpgradeIsDenied_data();
    void aRefusedUpgradeIsDenied();
    void aRevokedTokenEndsALiveSession();
    void anotherLinkEndsADenial();
    void repeatedNonsenseEndsInDenial();
    void messagesOfNewerRelaysArePassedOver();
    void aReaderReceivesAndDoesNotSend();
    void whatMergingDropsIsNoEditOfAReader();
    void aReadersStrayEditsStayLocalAndUnsynced();
    void losingTheRightLiveKeepsEditsLocal();
    void anEditThatCrossedWithTheLossOfTheRightKeepsTheReader();
    void gainingTheRightSendsWhatWaited();
};

void SessionRightsTest::aBadTokenIsDeniedAndNotTriedAgain()
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

void SessionRightsTest::aRefusedUpgradeIsDenied_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("reason");
    QTest::newRow("401") << 401 << static_cast<int>(DeniedReason::badToken);
    QTest::newRow("403") << 403 << static_cast<int>(DeniedReason::noRight);
    QTest::newRow("404") << 404 << static_cast<int>(DeniedReason::noRoom);
    QTest::newRow("503 is no denial") << 503 << static_cast<int>(DeniedReason::none);
}

void SessionRightsTest::aRefusedUpgradeIsDenied()
{
    QFETCH(int, status);
    QFETCH(int, reason);
    m_network->refusalStatus = static_cast<std::uint16_t>(status);
    Replica& ann = started(10);
    QCOMPARE(static_cast<int>(ann->deniedReason()), reason);
    QCOMPARE(ann->connection() == denied, reason != 0);
}

void SessionRightsTest::aRevokedTokenEndsALiveSession()
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

void SessionRightsTest::anotherLinkEndsADenial()
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

void SessionRightsTest::repeatedNonsenseEndsInDenial()
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

void SessionRightsTest::messagesOfNewerRelaysArePassedOver()
{
    Replica& ann = started(10);
    m_relay->sendRaw({0xc8, 0x01, 1, 2, 3}); // number 200
    settle();
    QCOMPARE(ann->connection(), live);
}

void SessionRightsTest::aReaderReceivesAndDoesNotSend()
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

void SessionRightsTest::whatMergingDropsIsNoEditOfAReader()
{
    Replica& ann = started(10);
    Replica& ben = started(20);
    ann.doc->transact("user", [&](crdt::Transaction& transaction) { ann.doc->text("t").insert(transaction, 0, "abcdef"); });
    settle();
    m_relay->roles["reader"] = Role::viewer;
    collab::ShareLink reading = roomLink;
    reading.token = "reader";
    Replica& eve = replica(30);
    QCOMPARE(eve.doc->text("t").size(), std::size_t{0}); // a text from the first, so that it cleans up
    eve->start(reading);
    settle();
    // One formats what the other deletes: the marks round nothing go, and whoever merges notices.
    ann.doc->transact("user", [&](crdt::Transaction& transaction) {
        ann.doc->text("t").format(transaction, 0, 5, {{"italic", true}});
    });
    ben.doc->transact("user", [&](crdt::Transaction& transaction) { ben.doc->text("t").remove(transaction, 0, 5); });
    settle(5s);
    QCOMPARE(eve.doc->text("t").runs(), ann.doc->text("t").runs());
    QVERIFY(eve->syncState().syncedAll());
    QCOMPARE(m_relay->updatesRefused(), std::uint64_t{0});
}

void SessionRightsTest::aReadersStrayEditsStayLocalAndUnsynced()
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

void SessionRightsTest::losingTheRightLiveKeepsEditsLocal()
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

void SessionRightsTest::anEditThatCrossedWithTheLossOfTheRightKeepsTheReader()
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

void SessionRightsTest::gainingTheRightSendsWhatWaited()
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

QTEST_APPLESS_MAIN(SessionRightsTest)
#include "session_rights_test.moc"
