#include <relay_fixture.h>

#include <collab/protocol/awareness.h>
#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::collab;
using namespace tessera::relay;
using namespace tessera::testing;

namespace {

constexpr auto second = std::chrono::seconds{1};

AwarenessMessage presence(Bytes& storage, std::uint64_t client, std::uint64_t clock, std::optional<std::string> state)
{
    const AwarenessEntry entry{crdt::ClientId{client}, clock, std::move(state)};
    storage = encodeAwareness(std::span(&entry, 1));
    return {storage};
}

/// All entries a socket heard, in order.
std::vector<AwarenessEntry> presenceHeard(const FakeSocket& socket)
{
    std::vector<AwarenessEntry> all;
    for (const auto& message : socket.heard<AwarenessMessage>()) {
        const auto entries = decodeAwareness(message.update);
        if (entries)
            all.insert(all.end(), entries->begin(), entries->end());
    }
    return all;
}

} // namespace

class RoomsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSocketIsGreetedWithStep1AndItsRole();
    void peersGetAnUpdateBeforeTheDisk();
    void anUpdateIsAcknowledgedAfterTheDisk();
    void aPlainWriterGetsItsUpdateBackAfterTheDisk();
    void step1IsAnsweredWithExactlyWhatIsMissing();
    void aReaderCannotWrite();
    void aBrokenUpdateClosesItsSenderAndReachesNobody();
    void aRoomReadsBackFromItsLog();
    void anUnreadableRowDoesNotKeepARoomClosed();
    void whatDidNotReadStaysInTheLog();
    void anEmptyRoomLeavesMemoryAndComesBack();
    void presenceOfALeaverIsTakenBack();
    void repeatedPresenceIsNotSentAround();
    void aSocketMayNotSpeakForACrowd();
    void aLaggingReaderGetsOneResync();
    void aReaderThatNeverCatchesUpIsClosed();
    void aSocketThatDoesNotReadMayNotAsk();
    void inputWaitsWhileTheLogIsBehind();
    void aRevokedShareIsClosed();
    void anExpiredLinkClosesItsOpenSockets();
    void drainingAcknowledgesThenCloses();
};

void RoomsTest::aSocketIsGreetedWithStep1AndItsRole()
{
    RelayFixture fixture;
    FakeSocket plain = fixture.join("r");
    QCOMPARE(plain.sent.size(), std::size_t{1});
    QVERIFY(plain.heard<SyncStep1>().front().stateVector.empty());
    FakeSocket extended = fixture.join("r", Role::commenter, true);
    QCOMPARE(extended.heard<Permission>().front().role, Role::commenter);
}

void RoomsTest::peersGetAnUpdateBeforeTheDisk()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r"), b = fixture.join("r"), elsewhere = fixture.join("other");
    Author author(1);
    a.say(SyncUpdate{author.type("hello")}); // the loop does not run: nothing can be on disk yet
    Author reader(2);
    reader.receive(b);
    QCOMPARE(reader.text(), std::string("hello"));
    QVERIFY(a.heard<SyncUpdate>().empty() && elsewhere.heard<SyncUpdate>().empty());
}

void RoomsTest::anUpdateIsAcknowledgedAfterTheDisk()
{
    RelayFixture fixture;
    FakeSocket socket = fixture.join("r", Role::editor, true);
    Author author(5);
    socket.say(SyncUpdate{author.type("ab")});
    socket.say(SyncStep2{author.type("c")});
    QVERIFY(socket.heard<DurableAck>().empty());
    fixture.flush();
    const auto acks = socket.heard<DurableAck>();
    QCOMPARE(acks.back().messageCount, std::uint64_t{2});
    QCOMPARE(acks.back().durable, (crdt::StateVector{{crdt::ClientId{5}, 3}}));
    QVERIFY(socket.heard<SyncUpdate>().empty());
    socket.say(SyncUpdate{author.updates.front()}); // nothing new: on disk already
    QCOMPARE(socket.heard<DurableAck>().back().messageCount, std::uint64_t{3});
}

void RoomsTest::aPlainWriterGetsItsUpdateBackAfterTheDisk()
{
    RelayFixture fixture;
    FakeSocket socket = fixture.join("r");
    Author author(5);
    const Bytes update = author.type("ab");
    socket.say(SyncUpdate{update});
    QVERIFY(socket.heard<SyncUpdate>().empty());
    fixture.flush();
    const auto echoes = socket.heard<SyncUpdate>();
    QCOMPARE(echoes.size(), std::size_t{1});
    QCOMPARE(Bytes(echoes[0].update.begin(), echoes[0].update.end()), update);
}

void RoomsTest::step1IsAnsweredWithExactlyWhatIsMissing()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r"), b = fixture.join("r");
    Author author(1);
    a.say(SyncUpdate{author.type("one ")});
    Author reader(2);
    QVERIFY(reader.doc.applyUpdate(author.updates[0]).hasValue());
    a.say(SyncUpdate{author.type("two")});
    b.say(SyncStep1{reader.doc.stateVector()});
    const auto answer = b.heard<SyncStep2>();
    QCOMPARE(Bytes(answer[0].update.begin(), answer[0].update.end()), author.doc.encodeStateAsUpdate(reader.doc.stateVector()));
}

void RoomsTest::aReaderCannotWrite()
{
    for (const Role role : {Role::viewer, Role::commenter}) {
        RelayFixture fixture;
        FakeSocket editor = fixture.join("r");
        FakeSocket reader = fixture.join("r", role, true);
        Author author(1);
        editor.say(SyncUpdate{author.type("x")});
        // Answering our step 1 with what we know already is no attempt to write.
        reader.say(SyncStep2{Bytes{0, 0}});
        reader.say(SyncStep2{author.doc.encodeStateAsUpdate()});
        QCOMPARE(reader.closeCode, std::uint16_t{0});
        Author intruder(2);
        reader.say(SyncUpdate{intruder.type("no")});
        QCOMPARE(reader.closeCode, std::uint16_t{4403});
        QCOMPARE(reader.heard<Permission>().back().role, role);
        QVERIFY(!reader.heard<AuthDenied>().empty());
        QVERIFY(editor.heard<SyncUpdate>().empty());
        fixture.flush();
        QCOMPARE(fixture.metric("tessera_relay_log_rows_total"), 1.0);
        QCOMPARE(fixture.metric("tessera_relay_refused_writes_total"), 1.0);
    }
}

void RoomsTest::aBrokenUpdateClosesItsSenderAndReachesNobody()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r"), b = fixture.join("r");
    a.say(SyncUpdate{Bytes{1, 2, 3, 4}});
    QCOMPARE(a.closeCode, std::uint16_t{4400});
    QVERIFY2(a.closeReason.starts_with("update: "), a.closeReason.c_str());
    QCOMPARE(b.closeCode, std::uint16_t{0});
    QCOMPARE(b.sent.size(), std::size_t{1});
    b.say(Bytes{0x7f});
    QCOMPARE(b.closeCode, std::uint16_t{4400});
}

void RoomsTest::aRoomReadsBackFromItsLog()
{
    RelayFixture fixture;
    Author author(1);
    {
        FakeSocket a = fixture.join("r");
        for (int i = 0; i < 20; ++i)
            a.say(SyncUpdate{author.type("x")});
    }
    fixture.close();
    fixture.open();
    FakeSocket b = fixture.join("r");
    QCOMPARE(b.heard<SyncStep1>().front().stateVector, author.doc.stateVector());
}

void RoomsTest::anUnreadableRowDoesNotKeepARoomClosed()
{
    RelayFixture fixture;
    Author author(1);
    {
        FakeSocket a = fixture.join("r");
        a.say(SyncUpdate{author.type("one ")});
        a.say(SyncUpdate{author.type("two")});
    }
    const std::uint32_t number = fixture.store->find(RoomId{"r"})->value().number;
    const auto garbage = std::make_shared<const Bytes>(Bytes{9, 9, 9});
    fixture.writer->append({number, 3, 0, garbage, *garbage});
    fixture.close();
    fixture.open();
    FakeSocket b = fixture.join("r");
    QCOMPARE(b.heard<SyncStep1>().front().stateVector, author.doc.stateVector());
    b.say(SyncUpdate{author.type(" three")}); // and it goes on behind the damage
    fixture.flush();
    QCOMPARE(b.closeCode, std::uint16_t{0});
}

void RoomsTest::whatDidNotReadStaysInTheLog()
{
    RelayFixture fixture;
    Author author(1);
    {
        FakeSocket a = fixture.join("r");
        a.say(SyncUpdate{author.type("one ")});
    }
    const std::uint32_t number = fixture.store->find(RoomId{"r"})->value().number;
    const auto unknown = std::make_shared<const Bytes>(Bytes{9, 9, 9}); // a later version may read it
    fixture.writer->append({number, 2, 0, unknown, *unknown});
    fixture.close();
    fixture.open();
    {
        FakeSocket b = fixture.join("r");
        b.say(SyncUpdate{author.type("two")});
        fixture.flush();
    }
    fixture.clock.advance(fixture.limits.idleRoom);
    QVERIFY(fixture.until([&] { return fixture.metric("tessera_relay_rooms") == 0; }));
    fixture.flush();
    const auto log = fixture.store->load(number);
    QVERIFY(log->snapshot.empty()); // one would leave it out for good
    QCOMPARE(log->updates.size(), std::size_t{3});
    QCOMPARE(log->updates[1], *unknown);
}

void RoomsTest::anEmptyRoomLeavesMemoryAndComesBack()
{
    RelayFixture fixture;
    Author author(1);
    {
        FakeSocket a = fixture.join("r");
        for (int i = 0; i < 5; ++i)
            a.say(SyncUpdate{author.type("x")});
    }
    QCOMPARE(fixture.metric("tessera_relay_rooms"), 1.0);
    fixture.flush();
    fixture.clock.advance(fixture.limits.idleRoom);
    QVERIFY(fixture.until([&] { return fixture.metric("tessera_relay_rooms") == 0; }));
    fixture.flush();
    const auto log = fixture.store->load(fixture.store->find(RoomId{"r"})->value().number);
    QVERIFY(!log->snapshot.empty() && log->updates.empty()); // left as a snapshot
    FakeSocket b = fixture.join("r");
    QCOMPARE(b.heard<SyncStep1>().front().stateVector, author.doc.stateVector());
}

void RoomsTest::presenceOfALeaverIsTakenBack()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r"), b = fixture.join("r");
    Bytes storage;
    a.say(presence(storage, 7, 1, R"({"user":{}})"));
    QCOMPARE(presenceHeard(b).size(), std::size_t{1});
    FakeSocket late = fixture.join("r");
    QCOMPARE(presenceHeard(late).front().client, crdt::ClientId{7});
    a.leave();
    QVERIFY(!presenceHeard(b).back().stateJson.has_value());
    QCOMPARE(presenceHeard(b).back().client, crdt::ClientId{7});
}

void RoomsTest::repeatedPresenceIsNotSentAround()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r"), b = fixture.join("r");
    Bytes storage;
    const auto message = presence(storage, 7, 1, "{}");
    a.say(message);
    b.say(message); // y-websocket providers send on what they hear
    a.say(message);
    QVERIFY(presenceHeard(a).empty());
    QCOMPARE(presenceHeard(b).size(), std::size_t{1});
    b.leave(); // it did not bring client 7, so it does not take it along
    FakeSocket late = fixture.join("r");
    QCOMPARE(presenceHeard(late).size(), std::size_t{1});
}

void RoomsTest::aSocketMayNotSpeakForACrowd()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r");
    Bytes storage;
    for (std::uint64_t client = 0; client <= fixture.limits.awarenessClientsPerSocket && a.closeCode == 0; ++client)
        a.say(presence(storage, client + 1, 1, "{}"));
    QCOMPARE(a.closeCode, std::uint16_t{4400});
}

void RoomsTest::aLaggingReaderGetsOneResync()
{
    RoomLimits limits;
    limits.readerQueueBytes = 2000;
    RelayFixture fixture(limits);
    FakeSocket writer = fixture.join("r"), slow = fixture.join("r", Role::editor, true);
    Author author(1);
    slow.stopReading();
    const std::string text(100, 'x');
    for (int i = 0; i < 200; ++i)
        writer.say(SyncUpdate{author.type(text)});
    QVERIFY(slow.queuedBytes() < 3000);
    QVERIFY(slow.heard<RoomNotice>().empty());
    slow.readOn();
    QCOMPARE(slow.heard<RoomNotice>().front().code, NoticeCode::tooSlowResync);
    Author reader(2);
    reader.receive(slow);
    QCOMPARE(reader.text(), author.text());
    QVERIFY(!reader.doc.hasPending());
    // And from here each update again.
    const std::size_t heard = slow.heard<SyncUpdate>().size();
    writer.say(SyncUpdate{author.type("!")});
    QCOMPARE(slow.heard<SyncUpdate>().size(), heard + 1);
}

void RoomsTest::aReaderThatNeverCatchesUpIsClosed()
{
    RoomLimits limits;
    limits.readerQueueBytes = 2000;
    RelayFixture fixture(limits);
    FakeSocket writer = fixture.join("r"), slow = fixture.join("r");
    Author author(1);
    slow.stopReading();
    for (int i = 0; i < 50; ++i)
        writer.say(SyncUpdate{author.type(std::string(100, 'x'))});
    fixture.clock.advance(limits.slowReader - second);
    QVERIFY(fixture.until([&, left = 1100]() mutable { return --left == 0; })); // a tick
    QCOMPARE(slow.closeCode, std::uint16_t{0});
    fixture.clock.advance(second);
    QVERIFY(fixture.until([&] { return slow.closeCode != 0; }));
    QCOMPARE(slow.closeCode, std::uint16_t{1013});
    QCOMPARE(writer.closeCode, std::uint16_t{0});
}

void RoomsTest::aSocketThatDoesNotReadMayNotAsk()
{
    RoomLimits limits;
    limits.readerQueueBytes = 2000;
    RelayFixture fixture(limits);
    FakeSocket writer = fixture.join("r"), asker = fixture.join("r");
    Author author(1);
    writer.say(SyncUpdate{author.type(std::string(900, 'x'))});
    asker.stopReading();
    for (int i = 0; i < 10 && asker.takesInput; ++i)
        asker.say(SyncStep1{});
    QVERIFY(!asker.takesInput);
    QVERIFY(asker.queuedBytes() < 4000);
    asker.readOn();
    QVERIFY(asker.takesInput);
}

void RoomsTest::inputWaitsWhileTheLogIsBehind()
{
    RoomLimits limits;
    limits.logQueueBytes = 1000;
    RelayFixture fixture(limits);
    FakeSocket writer = fixture.join("r");
    Author author(1);
    for (int i = 0; i < 100 && writer.takesInput; ++i)
        writer.say(SyncUpdate{author.type(std::string(100, 'x'))}); // the loop does not run, so nothing is reported back
    QVERIFY(!writer.takesInput);
    QVERIFY(fixture.until([&] { return writer.takesInput; }));
}

void RoomsTest::aRevokedShareIsClosed()
{
    RelayFixture fixture;
    FakeSocket a = fixture.join("r");
    FakeSocket other(fixture.hub->admit({RoomId{"r"}, Role::editor, ShareId{"another"}, false}));
    fixture.hub->closeShare(RoomId{"r"}, ShareId{"share"});
    QCOMPARE(a.closeCode, std::uint16_t{4401});
    QCOMPARE(other.closeCode, std::uint16_t{0});
    fixture.store->revokeShare(1, ShareId{"share"}, {});
    FakeSocket late = fixture.join("r"); // its token was checked before the revocation
    QCOMPARE(late.closeCode, std::uint16_t{4401});
}

void RoomsTest::anExpiredLinkClosesItsOpenSockets()
{
    RelayFixture fixture;
    const std::int64_t soon = fixture.clock.wallMs() / 1000 + 60;
    FakeSocket guest(fixture.hub->admit({RoomId{"r"}, Role::editor, ShareId{"guest"}, false, soon}));
    FakeSocket member = fixture.join("r");
    fixture.clock.advance(std::chrono::seconds{60});
    QVERIFY(fixture.until([&] { return guest.closeCode != 0; }));
    QCOMPARE(guest.closeCode, std::uint16_t{4401});
    QCOMPARE(member.closeCode, std::uint16_t{0});
}

void RoomsTest::drainingAcknowledgesThenCloses()
{
    RelayFixture fixture;
    FakeSocket socket = fixture.join("r", Role::editor, true);
    Author author(1);
    socket.say(SyncUpdate{author.type("x")});
    bool done = false;
    fixture.hub->drain([&] { done = true; });
    QCOMPARE(socket.heard<RoomNotice>().front().code, NoticeCode::relayRestarting);
    QVERIFY(!socket.takesInput);
    QVERIFY(fixture.until([&] { return done; }));
    QCOMPARE(socket.heard<DurableAck>().back().messageCount, std::uint64_t{1});
    QCOMPARE(socket.closeCode, std::uint16_t{1001});
    FakeSocket late = fixture.join("r");
    QCOMPARE(late.closeCode, std::uint16_t{1001});
}

QTEST_APPLESS_MAIN(RoomsTest)
#include "rooms_test.moc"
