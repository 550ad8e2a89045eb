#include <QtTest>

#include "ack_tracker.h"

using tessera::collab::AckTracker;

class AckTrackerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anEditIsUnsentThenUnsyncedThenDone();
    void aMessageCoversEverythingThatWaited();
    void anAcknowledgementCoversOnlyEarlierMessages();
    void emptyMessagesAreCountedToo();
    void losingTheConnectionMakesItUnsentAgain();
    void acknowledgementsNeverGoBackwards();
    void acknowledgingMoreThanWasSentIsRefused();
    void restoredEditsCount();
    void aRelayThatNeverAcknowledgesCostsNoMemoryAndNoTruth();
};

void AckTrackerTest::anEditIsUnsentThenUnsyncedThenDone()
{
    AckTracker tracker;
    tracker.addLocalUpdate();
    QCOMPARE(tracker.unsent(), 1U);
    tracker.messageSent();
    QCOMPARE(tracker.unsent(), 0U);
    QCOMPARE(tracker.unsynced(), 1U);
    QVERIFY(tracker.acknowledge(1));
    QCOMPARE(tracker.unsynced(), 0U);
}

void AckTrackerTest::aMessageCoversEverythingThatWaited()
{
    AckTracker tracker;
    for (int i = 0; i < 5; ++i)
        tracker.addLocalUpdate();
    tracker.messageSent();
    QCOMPARE(tracker.unsynced(), 5U);
    QVERIFY(tracker.acknowledge(1));
    QCOMPARE(tracker.unsynced(), 0U);
}

void AckTrackerTest::anAcknowledgementCoversOnlyEarlierMessages()
{
    AckTracker tracker;
    for (int i = 0; i < 3; ++i) {
        tracker.addLocalUpdate();
        tracker.messageSent();
    }
    QVERIFY(tracker.acknowledge(2));
    QCOMPARE(tracker.unsynced(), 1U);
    QCOMPARE(tracker.openMessages(), 1U);
}

void AckTrackerTest::emptyMessagesAreCountedToo()
{
    AckTracker tracker;
    tracker.messageSent(); // step 2 with nothing new
    tracker.addLocalUpdate();
    tracker.messageSent();
    QVERIFY(tracker.acknowledge(1));
    QCOMPARE(tracker.unsynced(), 1U);
    QVERIFY(tracker.acknowledge(2));
    QCOMPARE(tracker.unsynced(), 0U);
}

void AckTrackerTest::losingTheConnectionMakesItUnsentAgain()
{
    AckTracker tracker;
    tracker.addLocalUpdate();
    tracker.messageSent();
    tracker.addLocalUpdate();
    tracker.connectionEnded();
    QCOMPARE(tracker.unsent(), 2U);
    QVERIFY(!tracker.acknowledge(1)); // of the connection before
    tracker.messageSent();
    QVERIFY(tracker.acknowledge(1));
    QCOMPARE(tracker.unsynced(), 0U);
}

void AckTrackerTest::acknowledgementsNeverGoBackwards()
{
    AckTracker tracker;
    tracker.addLocalUpdate();
    tracker.messageSent();
    tracker.messageSent();
    QVERIFY(tracker.acknowledge(2));
    QVERIFY(tracker.acknowledge(1));
    QCOMPARE(tracker.openMessages(), 0U);
}

void AckTrackerTest::acknowledgingMoreThanWasSentIsRefused()
{
    AckTracker tracker;
    QVERIFY(tracker.acknowledge(0));
    QVERIFY(!tracker.acknowledge(1));
    tracker.addLocalUpdate();
    tracker.messageSent();
    QVERIFY(!tracker.acknowledge(2));
    QCOMPARE(tracker.unsynced(), 1U);
}

void AckTrackerTest::restoredEditsCount()
{
    AckTracker tracker{42};
    QCOMPARE(tracker.unsent(), 42U);
    tracker.messageSent();
    QVERIFY(tracker.acknowledge(1));
    QCOMPARE(tracker.unsynced(), 0U);
}

void AckTrackerTest::aRelayThatNeverAcknowledgesCostsNoMemoryAndNoTruth()
{
    AckTracker tracker;
    for (int i = 0; i < 10'000; ++i) {
        tracker.addLocalUpdate();
        tracker.messageSent();
    }
    QCOMPARE(tracker.unsynced(), 10'000U);
    QVERIFY(tracker.acknowledge(4'000));
    QCOMPARE(tracker.unsynced(), 6'000U);
    QVERIFY(tracker.acknowledge(9'999)); // the newest were joined: they wait for the last of them
    QVERIFY(tracker.unsynced() > 0);
    QVERIFY(tracker.acknowledge(10'000));
    QCOMPARE(tracker.unsynced(), 0U);
}

QTEST_APPLESS_MAIN(AckTrackerTest)
#include "ack_tracker_test.moc"
