#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// An update on its way.
struct Letter {
    Bytes bytes;
    UpdateFormat format = UpdateFormat::v1;
};

/// Somebody with a document, an undo manager and a box of letters that came but were not read yet.
struct Peer {
    Peer(std::uint64_t client, bool gc, Random& random)
        : replica(client, gc), editor(replica.doc, random),
          undo(replica.doc, {},
               {.trackedOrigins = {"me"}, .captureTimeout = std::chrono::milliseconds(0)}, clock)
    {
    }
    ManualClock clock;
    Replica replica;
    TreeEditor editor;
    UndoManager undo;
    std::vector<Letter> box;
};

/// Peers who write letters that get lost, come twice, late, merged, cut down or in the other
/// format.
class Network
{
public:
    explicit Network(quint64 seed) : random(seed)
    {
        static const std::uint64_t ids[][6] = {{1, 2, 3, 4, 5, 6},
                                               {6, 5, 4, 3, 2, 1},
                                               {7, 4294967295, 9007199254740991, 128, 127, 16384}};
        const auto& clients = ids[random.below(std::size(ids))];
        const std::uint64_t count = 2 + random.below(5);
        for (std::uint64_t i = 0; i < count; ++i) {
            peers.push_back(std::make_unique<Peer>(clients[i], chance(random, 60), random));
            peers.back()->editor.pairs =
                false; // a pair that one peer cut alone shows another character there
        }
    }

    Peer& anybody() { return *peers[random.below(peers.size())]; }

    void step()
    {
        Peer& peer = anybody();
        const std::uint64_t roll = random.below(100);
        if (roll < 45)
            edit(peer);
        else if (roll < 52)
            peer.undo.undo();
        else if (roll < 56)
            peer.undo.redo();
        else if (roll < 90)
            read(peer);
        else
            ask(peer, anybody());
        post(peer);
    }

    /// Everybody reads what lies there and then asks everybody, until nobody learns anything.
    bool settle()
    {
        for (const auto& peer : peers)
            peer->box.clear(); // all that was under way is lost
        for (int round = 0; round < 40; ++round) {
            bool isQuiet = true;
            for (const auto& peer : peers) {
                for (const auto& other : peers) {
                    const Bytes before = peer->replica.doc.encodeStateAsUpdate();
                    ask(*peer, *other);
                    isQuiet = isQuiet && before == peer->replica.doc.encodeStateAsUpdate();
                }
            }
            if (isQuiet)
                return true;
        }
        return false;
    }

    SeededRandom random;
    std::vector<std::unique_ptr<Peer>> peers;
    bool wasRefused = false;

private:
    void edit(Peer& peer)
    {
        peer.replica.edit(
            [&](Transaction& t) {
                for (std::uint64_t i = chance(random, 25) ? 4 : 1; i > 0; --i)
                    peer.editor.edit(t);
            },
            chance(random, 80) ? "me" : "import");
    }
    UpdateFormat anyFormat() { return chance(random, 50) ? UpdateFormat::v1 : UpdateFormat::v2; }

    /// To everybody else, what the peer made or, as a relay does, what it made of others' letters.
    void post(Peer& peer)
    {
        for (std::vector<Bytes>* updates : {&peer.replica.made, &peer.replica.received}) {
            for (const Bytes& update : *updates) {
                for (const auto& other : peers) {
                    if (other.get() == &peer ||
                        chance(random, updates == &peer.replica.made ? 15 : 90))
                        continue; // lost
                    for (int copies = chance(random, 10) ? 2 : 1; copies > 0; --copies)
                        other->box.push_back({update, UpdateFormat::v1});
                }
            }
            updates->clear();
        }
    }
    void read(Peer& peer)
    {
        shuffle(random, peer.box);
        std::vector<Bytes> parcel;
        for (std::uint64_t i = random.below(6); i > 0 && !peer.box.empty(); --i) {
            parcel.push_back(std::move(peer.box.back().bytes));
            peer.box.pop_back();
        }
        if (chance(random, 40) && !parcel.empty())
            parcel = {mergeUpdates(parcel).value()};
        for (const Bytes& update : parcel) {
            const Bytes wanted = chance(random, 30)
                                     ? diffUpdate(update, peer.replica.doc.stateVector()).value()
                                     : update;
            const UpdateFormat format = anyFormat();
            take(peer,
                 format == UpdateFormat::v1
                     ? wanted
                     : convertUpdate(wanted, UpdateFormat::v1, format).value(),
                 format);
        }
    }
    void ask(Peer& peer, Peer& other)
    {
        const UpdateFormat format = anyFormat();
        take(peer, other.replica.doc.encodeStateAsUpdate(peer.replica.doc.stateVector(), format),
             format);
    }
    void take(Peer& peer, const Bytes& update, UpdateFormat format)
    {
        wasRefused = !peer.replica.doc.applyUpdate(update, "net", format) || wasRefused;
    }
};

} // namespace

/// Whatever the network does, all peers end in the same document.
class NetworkTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyNetworkEndsInOneDocument_data() { addSeedRows(60); }
    void anyNetworkEndsInOneDocument()
    {
        QFETCH(quint64, seed);
        Network network(seed);
        for (int step = 0; step < 120; ++step)
            network.step();
        QVERIFY(network.settle());
        QVERIFY(!network.wasRefused);
        Doc& first = network.peers[0]->replica.doc;
        for (const auto& peer : network.peers) {
            Doc& doc = peer->replica.doc;
            QVERIFY(!doc.hasPending());
            QCOMPARE(Portrait::of(doc), Portrait::of(first));
            QVERIFY(doc.stateVector() == first.stateVector());
            QCOMPARE(inspectUpdate(doc.encodeStateAsUpdate())->deletedUnits,
                     inspectUpdate(first.encodeStateAsUpdate())->deletedUnits);
        }
    }

    /// A stranger who loads any peer's document, in one piece or in parts, has what the peer has
    /// and says the same.
    void whoLoadsADocumentHasIt_data() { addSeedRows(40); }
    void whoLoadsADocumentHasIt()
    {
        QFETCH(quint64, seed);
        Network network(seed);
        for (int step = 0; step < 80; ++step)
            network.step();
        for (const auto& peer : network.peers) {
            Doc& doc = peer->replica.doc;
            for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
                const Bytes state = doc.encodeStateAsUpdate({}, format);
                Replica whole(1000, false), again(1001);
                QVERIFY(whole.doc.applyUpdate(state, {}, format));
                if (!doc.hasPending()) { // else see whatArrivedBehindAGapWaitsUntilTheGapCloses
                    QCOMPARE(Portrait::of(whole.doc), Portrait::of(doc));
                    QVERIFY(whole.doc.stateVector() == doc.stateVector());
                    QVERIFY(!whole.doc.hasPending());
                }
                QVERIFY(
                    again.doc.applyUpdate(whole.doc.encodeStateAsUpdate({}, format), {}, format));
                QCOMPARE(Portrait::of(again.doc), Portrait::of(whole.doc));
                // What the state lacks of itself is nothing but its deletes.
                const auto rest =
                    inspectUpdate(diffUpdate(state, doc.stateVector(), format).value(), format);
                QVERIFY(doc.hasPending() || rest->to.empty());
                if (!doc.hasPending())
                    QVERIFY(stateVectorOf(state, format).value() == doc.stateVector());
            }
        }
    }

    /// Loading twice, or one's own words from somebody else, is no event and no change.
    void whatIsKnownChangesNothing_data() { addSeedRows(40); }
    void whatIsKnownChangesNothing()
    {
        QFETCH(quint64, seed);
        Network network(seed);
        for (int step = 0; step < 80; ++step)
            network.step();
        QVERIFY(network.settle());
        for (const auto& peer : network.peers) {
            Doc& doc = peer->replica.doc;
            const Bytes state = doc.encodeStateAsUpdate();
            int events = 0;
            const auto transactions = doc.onTransaction([&](const TransactionEvent&) { ++events; });
            const auto updates = doc.onUpdate([&](ByteView, const Origin&, bool) { ++events; });
            for (const auto& other : network.peers) {
                for (const UpdateFormat format : {UpdateFormat::v1, UpdateFormat::v2}) {
                    QVERIFY(doc.applyUpdate(other->replica.doc.encodeStateAsUpdate({}, format), {},
                                            format));
                    QVERIFY(doc.applyUpdate(
                        other->replica.doc.encodeStateAsUpdate(doc.stateVector(), format), {},
                        format));
                }
            }
            QCOMPARE(events, 0);
            QCOMPARE(doc.encodeStateAsUpdate(), state);
        }
    }

    /// Somebody who follows each emitted update of one peer, in either format, is that peer's
    /// mirror.
    void updatesOfAPeerMirrorIt_data() { addSeedRows(40); }
    void updatesOfAPeerMirrorIt()
    {
        QFETCH(quint64, seed);
        Network network(seed);
        Doc& doc = network.peers[0]->replica.doc;
        Replica v1(1000), v2(1001);
        const auto first = doc.onUpdate([&](ByteView update, const Origin&, bool) {
            network.wasRefused = !v1.doc.applyUpdate(update) || network.wasRefused;
        });
        const auto second = doc.onUpdate(
            [&](ByteView update, const Origin&, bool) {
                network.wasRefused =
                    !v2.doc.applyUpdate(update, {}, UpdateFormat::v2) || network.wasRefused;
            },
            UpdateFormat::v2);
        for (int step = 0; step < 100; ++step) {
            network.step();
            QVERIFY(v1.doc.stateVector() == doc.stateVector());
            QVERIFY(v2.doc.stateVector() == doc.stateVector());
            QCOMPARE(Portrait::of(v1.doc), Portrait::of(doc));
            QCOMPARE(Portrait::of(v2.doc), Portrait::of(doc));
        }
        QVERIFY(!network.wasRefused);
    }

    /// Who collects and who does not differ in nothing that anybody can see.
    void collectingIsNobodysBusiness_data() { addSeedRows(40); }
    void collectingIsNobodysBusiness()
    {
        QFETCH(quint64, seed);
        Network network(seed);
        Replica collects(1000, true), keeps(1001, false);
        for (int step = 0; step < 100; ++step) {
            network.step();
            const Peer& peer = network.anybody();
            for (Replica* reader : {&collects, &keeps})
                QVERIFY(reader->doc.applyUpdate(
                    peer.replica.doc.encodeStateAsUpdate(reader->doc.stateVector())));
            QCOMPARE(Portrait::of(collects.doc), Portrait::of(keeps.doc));
            QVERIFY(collects.doc.stateVector() == keeps.doc.stateVector());
        }
        QVERIFY(collects.receive(keeps) && keeps.receive(collects));
        QCOMPARE(Portrait::of(collects.doc), Portrait::of(keeps.doc));
        QVERIFY(collects.doc.encodeStateAsUpdate().size() <=
                keeps.doc.encodeStateAsUpdate().size());
    }
};

QTEST_APPLESS_MAIN(NetworkTest)
#include "network_test.moc"
