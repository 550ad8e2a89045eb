#include <QtTest>

#include <map>

#include <collab/asio/web_socket.h>
#include <collab/session/session.h>

#include "relay_process.h"

using namespace tessera;
using namespace tessera::collab;
using namespace std::chrono_literals;
using test::ask;
using test::RelayProcess;

namespace {

class Records final : public SyncRecordStore
{
public:
    std::map<std::string, Bytes> records;
    std::optional<Bytes> load(const std::string& key) override
    {
        const auto found = records.find(key);
        return found == records.end() ? std::nullopt : std::optional{found->second};
    }
    void save(const std::string& key, ByteView record) override { records[key] = Bytes(record.begin(), record.end()); }
};

struct Client {
    Client(AsioLoop& loop, Random& random, SessionCallbacks callbacks = {})
        : transport(loop), session(doc, transport, loop, random, &records, std::move(callbacks))
    {
    }
    void edit(const std::string& key, const crdt::Any& value)
    {
        doc.transact("user", [&](crdt::Transaction& transaction) { doc.map("m").set(transaction, key, value); });
    }
    crdt::Any read(const std::string& key) { return doc.map("m").getAny(key); }

    crdt::Doc doc;
    AsioTransport transport;
    Records records;
    Session session;
};

} // namespace

class SessionIntegrationTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void twoClientsEditOneRoom();
    void whatIsSyncedSurvivesAKilledRelay();
    void viewersReceiveAndCannotWrite();
    void revokingEndsALiveSession();
    void aWrongTokenIsDenied();
    void presenceTravels();
    void blobsGoThereAndAreOffered();
    void theRoomTellsWhatItIs();

private:
    bool until(const std::function<bool()>& condition, std::chrono::milliseconds timeout = 15s)
    {
        return m_loop.runUntil(condition, timeout);
    }
    bool isLive(const Client& client)
    {
        return until([&] { return client.session.connection() == ConnectionState::live; });
    }
    AsioLoop m_loop;
    SystemRandom m_random;
};

void SessionIntegrationTest::twoClientsEditOneRoom()
{
    RelayProcess relay{RelayProcess::Access::open};
    Client ann{m_loop, m_random};
    Client ben{m_loop, m_random};
    ann.edit("before", "connecting");
    ann.session.start(relay.link("room"));
    ben.session.start(relay.link("room"));
    QVERIFY(isLive(ann) && isLive(ben));
    QCOMPARE(ann.session.role().has_value(), true);
    for (int i = 0; i < 200; ++i) {
        ann.edit("a" + std::to_string(i % 10), i);
        ben.edit("b" + std::to_string(i % 10), i);
    }
    QVERIFY(until([&] { return ann.session.syncState().syncedAll() && ben.session.syncState().syncedAll(); }));
    QVERIFY(until([&] { return extentOf(ann.doc) == extentOf(ben.doc); }));
    QCOMPARE(ben.read("before"), crdt::Any("connecting"));
    QCOMPARE(ben.read("a9"), crdt::Any(199));
    QCOMPARE(ann.session.syncState().acks, AckMode::durable);

    Client late{m_loop, m_random};
    late.session.start(relay.link("room"));
    QVERIFY(isLive(late));
    QVERIFY(extentOf(late.doc) == extentOf(ann.doc));
}

void SessionIntegrationTest::whatIsSyncedSurvivesAKilledRelay()
{
    RelayProcess relay{RelayProcess::Access::open};
    Client ann{m_loop, m_random};
    ann.session.start(relay.link("room"));
    QVERIFY(isLive(ann));
    int witnessed = 0;
    for (int round = 0; round < 3; ++round) {
        int edits = 0;
        std::string lastSynced;
        // Edits go on while the relay is killed at some moment between them.
        const auto killAt = m_loop.clock().now() + std::chrono::milliseconds(20 + 30 * round);
        while (m_loop.clock().now() < killAt) {
            ann.edit("r" + std::to_string(round) + "-" + std::to_string(edits), edits);
            ++edits;
            m_loop.runFor(1ms);
            if (ann.session.syncState().syncedAll())
                lastSynced = "r" + std::to_string(round) + "-" + std::to_string(edits - 1);
        }
        relay.kill();
        relay.start();
        // Whoever comes first after the restart sees everything that was called synced.
        ann.session.stop();
        if (!lastSynced.empty()) {
            ++witnessed;
            Client witness{m_loop, m_random};
            witness.session.start(relay.link("room"));
            QVERIFY(isLive(witness));
            QVERIFY2(!witness.read(lastSynced).isUndefined(), lastSynced.c_str());
        }
        ann.session.start(relay.link("room"));
        QVERIFY(isLive(ann));
        QVERIFY(until([&] { return ann.session.syncState().syncedAll(); }));
        QVERIFY(edits > 0);
    }
    QVERIFY(witnessed > 0);
}

void SessionIntegrationTest::viewersReceiveAndCannotWrite()
{
    RelayProcess relay{RelayProcess::Access::tokens};
    AsioHttp http{m_loop};
    RelayApi nobody{http, relay.link("x")};
    const auto room = ask<NewRoom>(m_loop, [&](auto done) { nobody.createRoom("Poster", relay.adminKey(), done); });
    QVERIFY2(room, room ? "" : describe(room.error()).c_str());
    RelayApi owner{http, relay.link(room->room.text(), room->token)};
    const auto share = ask<NewShare>(m_loop, [&](auto done) { owner.createShare(Role::viewer, std::nullopt, done); });
    QVERIFY2(share, share ? "" : describe(share.error()).c_str());
    const auto viewerLink = parseShareLink(share->link);
    QVERIFY2(viewerLink, viewerLink ? "" : describe(viewerLink.error()).c_str());

    Client ann{m_loop, m_random};
    ann.session.start(owner.link());
    ann.edit("k", "from the owner");
    Client eve{m_loop, m_random};
    eve.edit("k2", "never seen");
    eve.session.start(*viewerLink);
    QVERIFY(isLive(ann) && isLive(eve));
    QCOMPARE(ann.session.role(), std::optional{Role::owner});
    QCOMPARE(eve.session.role(), std::optional{Role::viewer});
    QVERIFY(until([&] { return !eve.read("k").isUndefined(); }));
    eve.edit("k3", "neither");
    m_loop.runFor(300ms);
    QCOMPARE(eve.session.connection(), ConnectionState::live);
    QVERIFY(ann.read("k2").isUndefined() && ann.read("k3").isUndefined());
    QCOMPARE(eve.session.syncState().unsyncedCount, 2U);
    QVERIFY(ann.session.syncState().syncedAll());
}

void SessionIntegrationTest::revokingEndsALiveSession()
{
    RelayProcess relay{RelayProcess::Access::tokens};
    AsioHttp http{m_loop};
    RelayApi nobody{http, relay.link("x")};
    const auto room = ask<NewRoom>(m_loop, [&](auto done) { nobody.createRoom("", relay.adminKey(), done); });
    QVERIFY(room);
    RelayApi owner{http, relay.link(room->room.text(), room->token)};
    const auto share = ask<NewShare>(m_loop, [&](auto done) { owner.createShare(Role::editor, 1h, done); });
    QVERIFY(share);
    Client ann{m_loop, m_random};
    ann.session.start(relay.link(room->room.text(), share->token));
    QVERIFY(isLive(ann));
    ann.edit("k", 1);
    QVERIFY(until([&] { return ann.session.syncState().syncedAll(); }));

    QVERIFY(ask<void>(m_loop, [&](auto done) { owner.revokeShare(share->share, done); }));
    QVERIFY(until([&] { return ann.session.connection() == ConnectionState::denied; }, 2s));
    QCOMPARE(ann.session.deniedReason(), DeniedReason::badToken);
    ann.edit("k", 2);
    QCOMPARE(ann.session.syncState().unsyncedCount, 1U);
    const auto shares = ask<std::vector<Share>>(m_loop, [&](auto done) { owner.shares(done); });
    QVERIFY(shares);
    QVERIFY(std::ranges::any_of(*shares, [&](const Share& each) { return each.share == share->share && each.isRevoked; }));
}

void SessionIntegrationTest::aWrongTokenIsDenied()
{
    RelayProcess relay{RelayProcess::Access::tokens};
    Client ann{m_loop, m_random};
    ann.session.start(relay.link("room", "not.atoken"));
    QVERIFY(until([&] { return ann.session.connection() == ConnectionState::denied; }));
    QCOMPARE(ann.session.deniedReason(), DeniedReason::badToken);
    QVERIFY(!ann.session.lastError().empty());
}

void SessionIntegrationTest::presenceTravels()
{
    RelayProcess relay{RelayProcess::Access::open};
    Client ann{m_loop, m_random};
    Client ben{m_loop, m_random};
    ann.session.setPresence(Presence{.name = "Ann", .cursor = PresenceCursor{NodeId{"p"}, {1, 2}}});
    ann.session.start(relay.link("room"));
    ben.session.start(relay.link("room"));
    QVERIFY(isLive(ann) && isLive(ben));
    QVERIFY(until([&] { return ben.session.peers().size() == 1; }));
    QCOMPARE(ben.session.peers()[0].presence.name, std::string("Ann"));
    QCOMPARE(ben.session.peers()[0].client, ann.doc.clientId());
    ann.session.stop();
    QVERIFY(until([&] { return ben.session.peers().empty(); }));
    ann.session.start(relay.link("room"));
    QVERIFY(until([&] { return ben.session.peers().size() == 1; }));
}

void SessionIntegrationTest::blobsGoThereAndAreOffered()
{
    RelayProcess relay{RelayProcess::Access::open};
    AsioHttp http{m_loop};
    RelayApi api{http, relay.link("room")};
    std::vector<BlobOffer> offers;
    Client ann{m_loop, m_random, SessionCallbacks{.blobOffered = [&](const BlobOffer& offer) { offers.push_back(offer); }}};
    ann.session.start(relay.link("room"));
    ann.edit("k", 1);
    QVERIFY(isLive(ann) && until([&] { return ann.session.syncState().syncedAll(); }));

    const Bytes content(300'000, 7);
    const ContentHash hash = contentHash(content);
    QVERIFY(!ask<bool>(m_loop, [&](auto done) { api.hasBlob(hash, done); }).value());
    const auto stored = ask<void>(m_loop, [&](auto done) { api.putBlob(hash, content, "image/png", done); });
    QVERIFY2(stored, stored ? "" : describe(stored.error()).c_str());
    QVERIFY(until([&] { return offers == std::vector{BlobOffer{hash, content.size()}}; }));
    QVERIFY(ask<bool>(m_loop, [&](auto done) { api.hasBlob(hash, done); }).value());
    const auto back = ask<Bytes>(m_loop, [&](auto done) { api.blob(hash, done); });
    QVERIFY(back);
    QVERIFY(*back == content);
    const auto wrong = ask<void>(m_loop, [&](auto done) { api.putBlob(ContentHash{std::string(64, '0')}, content, "", done); });
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().code, RelayErrc::refused);
}

void SessionIntegrationTest::theRoomTellsWhatItIs()
{
    RelayProcess relay{RelayProcess::Access::tokens};
    AsioHttp http{m_loop};
    RelayApi nobody{http, relay.link("x")};
    const auto refused = ask<NewRoom>(m_loop, [&](auto done) { nobody.createRoom("", "wrong key", done); });
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, RelayErrc::denied);
    const auto room = ask<NewRoom>(m_loop, [&](auto done) { nobody.createRoom("", relay.adminKey(), done); });
    QVERIFY(room);
    RelayApi owner{http, relay.link(room->room.text(), room->token)};
    const auto info = ask<RoomInfo>(m_loop, [&](auto done) { owner.room(done); });
    QVERIFY2(info, info ? "" : describe(info.error()).c_str());
    QCOMPARE(info->role, Role::owner);
    QVERIFY(!info->hasAppliance);
    const auto models = ask<std::vector<ModelInfo>>(m_loop, [&](auto done) { owner.models(done); });
    QVERIFY2(models, models ? "" : describe(models.error()).c_str());
    QVERIFY(models->empty());
    const auto job = ask<JobId>(m_loop, [&](auto done) { owner.submitJob({{}, "composer", "a fox", {}, 64, 64, 1, {}}, done); });
    QVERIFY(!job);
    QCOMPARE(job.error().code, RelayErrc::unavailable);
    QVERIFY2(QString::fromStdString(job.error().detail).contains("no-appliance"), job.error().detail.c_str());
}

QTEST_GUILESS_MAIN(SessionIntegrationTest)
#include "session_test.moc"
