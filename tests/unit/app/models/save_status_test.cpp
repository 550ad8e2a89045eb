#include <QtTest>

#include <app/models/save_status.h>

using namespace tessera;
using namespace tessera::app;
using collab::AckMode;
using collab::ConnectionState;

namespace {

storage::SaveProgress onDisk()
{
    return {.queued = 5, .durable = 5};
}
storage::SaveProgress writing()
{
    return {.queued = 6, .durable = 5};
}
ShareStatus shared(ConnectionState state, std::uint64_t unsynced, AckMode acks = AckMode::durable)
{
    ShareStatus status;
    status.connection = state;
    status.sync.unsyncedCount = unsynced;
    status.sync.acks = acks;
    status.role = collab::Role::editor;
    return status;
}

} // namespace

class SaveStatusTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void savedOnlyWhenTheDiskHasAll();
    void syncedOnlyWhenTheRelaysDiskHasAll();
    void liveAloneIsNotSynced();
    void aPlainRelayIsNeverSynced();
    void offlineCountsWhatIsKept();
    void nothingIsKeptBeforeTheDiskHasIt();
    void aFailedWriteIsToldBeforeAnythingElse();
    void aRefusedLinkSaysWhatIsSafe();
    void viewersAreTold();
};

void SaveStatusTest::savedOnlyWhenTheDiskHasAll()
{
    QVERIFY(describeSaving(onDisk(), {}).saved);
    QCOMPARE(describeSaving(onDisk(), {}).text, QStringLiteral("Saved on this computer"));
    QVERIFY(!describeSaving(writing(), {}).saved);
    QCOMPARE(describeSaving(writing(), {}).text, QStringLiteral("Saving…"));
}

void SaveStatusTest::syncedOnlyWhenTheRelaysDiskHasAll()
{
    const SaveStatus all = describeSaving(onDisk(), shared(ConnectionState::live, 0));
    QVERIFY(all.synced && all.saved);
    QCOMPARE(all.text, QStringLiteral("Synced"));
    const SaveStatus some = describeSaving(onDisk(), shared(ConnectionState::live, 2));
    QVERIFY(!some.synced);
    QCOMPARE(some.text, QStringLiteral("Syncing 2 changes…"));
    QVERIFY(!describeSaving(writing(), shared(ConnectionState::live, 0)).synced);
}

void SaveStatusTest::liveAloneIsNotSynced()
{
    QVERIFY(!describeSaving(onDisk(), shared(ConnectionState::live, 0, AckMode::unknown)).synced);
}

void SaveStatusTest::aPlainRelayIsNeverSynced()
{
    const SaveStatus status = describeSaving(onDisk(), shared(ConnectionState::live, 0, AckMode::none));
    QVERIFY(!status.synced);
    QCOMPARE(status.text, QStringLiteral("Sent to the relay"));
}

void SaveStatusTest::offlineCountsWhatIsKept()
{
    const SaveStatus many = describeSaving(onDisk(), shared(ConnectionState::waiting, 42));
    QCOMPARE(many.text, QStringLiteral("Offline: 42 changes kept on this computer"));
    QVERIFY(many.saved && !many.synced);
    QCOMPARE(describeSaving(onDisk(), shared(ConnectionState::offline, 1)).text,
             QStringLiteral("Offline: 1 change kept on this computer"));
    QCOMPARE(describeSaving(onDisk(), shared(ConnectionState::waiting, 0)).text,
             QStringLiteral("Offline: saved on this computer"));
}

void SaveStatusTest::nothingIsKeptBeforeTheDiskHasIt()
{
    for (const ConnectionState state : {ConnectionState::waiting, ConnectionState::offline, ConnectionState::connecting,
                                        ConnectionState::syncing, ConnectionState::denied}) {
        for (const std::uint64_t unsynced : {0U, 3U}) {
            const SaveStatus status = describeSaving(writing(), shared(state, unsynced));
            QVERIFY(!status.saved && !status.synced);
            for (const QString& told : {status.text, status.detail})
                QVERIFY2(!told.contains(QStringLiteral("saved on")) || told.contains(QStringLiteral("being saved on")),
                         qPrintable(told));
            QVERIFY2(!status.text.contains(QStringLiteral("kept")), qPrintable(status.text));
        }
    }
}

void SaveStatusTest::aFailedWriteIsToldBeforeAnythingElse()
{
    storage::SaveProgress failed = writing();
    failed.error = storage::StorageError{storage::StorageErrc::noSpace, "/tmp/x.tessera", "disk full"};
    const SaveStatus status = describeSaving(failed, shared(ConnectionState::live, 0));
    QCOMPARE(status.tone, StatusTone::problem);
    QVERIFY(!status.saved && !status.synced);
    QVERIFY(status.text.startsWith(QStringLiteral("Not saved")));
    QVERIFY(!status.detail.isEmpty());
}

void SaveStatusTest::aRefusedLinkSaysWhatIsSafe()
{
    ShareStatus denied = shared(ConnectionState::denied, 3);
    denied.denied = collab::DeniedReason::badToken;
    const SaveStatus status = describeSaving(onDisk(), denied);
    QCOMPARE(status.tone, StatusTone::problem);
    QVERIFY(status.detail.contains(QStringLiteral("saved on this computer")));
}

void SaveStatusTest::viewersAreTold()
{
    ShareStatus viewer = shared(ConnectionState::live, 0);
    viewer.role = collab::Role::viewer;
    QCOMPARE(describeSaving(onDisk(), viewer).text, QStringLiteral("View only"));
}

QTEST_APPLESS_MAIN(SaveStatusTest)
#include "save_status_test.moc"
