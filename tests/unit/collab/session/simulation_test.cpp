#include <QtTest>

#include "replica.h"

// Several sessions, a relay that dies, a network that fails, clients that crash: whatever happens, nothing is called
// synced before it is on the relay's disk, and when all is well again everyone has the same document.
// A failing seed is replayed with TESSERA_SEED=<seed>.

using namespace tessera;
using namespace tessera::collab;
using namespace std::chrono_literals;
using test::Replica;

namespace {

const ShareLink roomLink{"relay", 80, false, RoomId{"room"}, "token"};

class World
{
public:
    explicit World(std::uint64_t seed) : m_random(seed), m_plan(seed + 1), m_relay(m_scheduler), m_network(m_scheduler, m_relay, m_random)
    {
        m_relay.commitDelay = std::chrono::milliseconds(1 + m_plan.below(300));
        m_network.maxLatency = std::chrono::milliseconds(1 + m_plan.below(120));
        SessionOptions options;
        options.openTimeout = 3s;
        options.quietBeforePing = 2s;
        options.pongTimeout = 1s;
        options.maxBufferedBytes = 1000;
        const std::size_t count = 2 + m_plan.below(3);
        for (std::size_t i = 0; i < count; ++i)
            m_replicas.push_back(std::make_unique<Replica>(m_scheduler, m_network, m_random, nextClient(), options));
        for (auto& replica : m_replicas)
            (*replica)->start(roomLink);
    }

    /// Empty, or what went wrong.
    QString run(int steps)
    {
        for (int step = 0; step < steps; ++step) {
            const QString action = act();
            m_scheduler.advance(std::chrono::milliseconds(m_plan.below(m_plan.below(10) == 0 ? 4'000 : 150)));
            const QString problem = sweep();
            if (!problem.isEmpty())
                return QString("step %1 (%2): %3").arg(step).arg(action, problem);
        }
        return settle();
    }

    [[nodiscard]] std::uint64_t editCount() const { return m_edits; }

private:
    std::uint64_t nextClient() { return m_nextClient++; }
    Replica& any() { return *m_replicas[m_plan.below(m_replicas.size())]; }

    QString act()
    {
        switch (m_plan.below(24)) {
        case 0:
            m_relay.kill();
            m_network.cutAll();
            return "relay killed";
        case 1:
        case 2:
        case 3:
            if (!m_relay.isUp())
                m_relay.start();
            return "relay up";
        case 4:
            m_network.cutAll();
            return "all cut";
        case 5: {
            const auto& socket = any().transport.socket();
            if (socket)
                m_network.cut(socket);
            return "one cut";
        }
        case 6:
            m_network.silenceAll();
            return "all silent";
        case 7:
            m_network.isReachable = !m_network.isReachable;
            return m_network.isReachable ? "reachable" : "unreachable";
        case 8:
            m_network.answersNothing = !m_network.answersNothing;
            return "hanging toggled";
        case 9:
            m_network.stuckBytes = m_network.stuckBytes == 0 ? 2'000 : 0;
            return "congestion toggled";
        case 10:
            any()->stop();
            return "stopped";
        case 11:
        case 12:
            any()->start(roomLink);
            return "started";
        case 13: {
            Replica& replica = any();
            const std::size_t lost = std::min<std::size_t>(m_plan.below(4), replica.fileSize());
            replica.crash(nextClient(), replica.fileSize() - lost);
            replica->start(roomLink);
            return "crashed";
        }
        default:
            edit(any());
            return "edited";
        }
    }

    void edit(Replica& replica)
    {
        ++m_edits;
        crdt::Doc& doc = *replica.doc;
        doc.transact("user", [&](crdt::Transaction& transaction) {
            crdt::Map map = doc.map("m");
            crdt::Text text = doc.text("t");
            crdt::Array array = doc.array("a");
            const std::string key = "k" + std::to_string(m_plan.below(5));
            switch (m_plan.below(7)) {
            case 0:
                map.set(transaction, key, static_cast<int>(m_edits));
                break;
            case 1:
                map.remove(transaction, key);
                break;
            case 2:
                text.insert(transaction, m_plan.below(text.size() + 1), "w" + std::to_string(m_edits));
                break;
            case 3:
                if (text.size() > 0) {
                    const std::size_t at = m_plan.below(text.size());
                    text.remove(transaction, at, 1 + m_plan.below(std::min<std::size_t>(text.size() - at, 4)));
                }
                break;
            case 4:
                if (text.size() > 0) {
                    const std::size_t at = m_plan.below(text.size());
                    const crdt::Any value = m_plan.below(2) == 0 ? crdt::Any(true) : crdt::Any(nullptr);
                    text.format(transaction, at, 1 + m_plan.below(text.size() - at), {{"bold", value}});
                }
                break;
            case 5:
                array.push(transaction, {crdt::Any(static_cast<int>(m_edits))});
                break;
            default:
                if (array.size() > 0)
                    array.remove(transaction, m_plan.below(array.size()), 1);
                break;
            }
        });
    }

    /// What a session calls synced is on the relay's disk.
    QString sweep()
    {
        for (std::size_t i = 0; i < m_replicas.size(); ++i) {
            Replica& replica = *m_replicas[i];
            const SyncState state = replica->syncState();
            if (state.unsentCount > state.unsyncedCount)
                return QString("replica %1 has more unsent than unsynced").arg(i);
            if (!state.syncedAll())
                continue;
            crdt::Doc disk;
            if (!disk.applyUpdate(m_relay.disk().encodeStateAsUpdate()))
                return "the disk cannot be read";
            const DocExtent before = extentOf(disk);
            for (const Bytes& update : replica.ownUpdates()) {
                if (!disk.applyUpdate(update))
                    return "an own update cannot be read";
            }
            if (extentOf(disk) != before)
                return QString("replica %1 says synced, but the disk lacks an edit of it").arg(i);
        }
        return {};
    }

    QString settle()
    {
        m_network.isReachable = true;
        m_network.answersNothing = false;
        m_network.stuckBytes = 0;
        if (!m_relay.isUp())
            m_relay.start();
        for (auto& replica : m_replicas) {
            if ((*replica)->connection() == ConnectionState::offline)
                (*replica)->start(roomLink);
        }
        m_scheduler.advance(100s);
        if (const QString problem = sweep(); !problem.isEmpty())
            return "after all: " + problem;
        for (std::size_t i = 0; i < m_replicas.size(); ++i) {
            Replica& replica = *m_replicas[i];
            if (replica->connection() != ConnectionState::live)
                return QString("replica %1 is not live but %2").arg(i).arg(int(replica->connection()));
            if (!replica->syncState().syncedAll())
                return QString("replica %1 still counts %2 unsynced").arg(i).arg(replica->syncState().unsyncedCount);
            if (!test::sameContent(*replica.doc, m_relay.disk()))
                return QString("replica %1 and the disk differ in extent").arg(i);
            if (contentOf(*replica.doc) != contentOf(*m_replicas[0]->doc))
                return QString("replica %1 and replica 0 differ in content").arg(i);
        }
        return {};
    }

    static std::string contentOf(crdt::Doc& doc)
    {
        std::string all = crdt::toJson(doc.array("a").toAny());
        for (const crdt::TextRun& run : doc.text("t").runs())
            all += std::get<std::string>(run.content) + crdt::toJson(run.attributes);
        for (int key = 0; key < 5; ++key)
            all += "|" + crdt::toJson(doc.map("m").getAny("k" + std::to_string(key)));
        return all;
    }

    SeededRandom m_random;
    SeededRandom m_plan;
    test::ManualScheduler m_scheduler;
    test::RelayDouble m_relay;
    test::MemoryNetwork m_network;
    std::vector<std::unique_ptr<Replica>> m_replicas;
    std::uint64_t m_nextClient = 100;
    std::uint64_t m_edits = 0;
};

} // namespace

class SimulationTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyHistoryConvergesAndNothingIsSyncedTooEarly();
    void aSeedReplaysTheSameHistory();
};

void SimulationTest::everyHistoryConvergesAndNothingIsSyncedTooEarly()
{
    const bool isReplay = qEnvironmentVariableIsSet("TESSERA_SEED");
    const std::uint64_t first = isReplay ? qEnvironmentVariable("TESSERA_SEED").toULongLong() : 1;
    const std::uint64_t count = isReplay ? 1 : qEnvironmentVariable("TESSERA_SEEDS", "600").toULongLong();
    std::uint64_t edits = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        World world{seed};
        const QString problem = world.run(80);
        QVERIFY2(problem.isEmpty(), qPrintable(QString("TESSERA_SEED=%1: %2").arg(seed).arg(problem)));
        edits += world.editCount();
    }
    QVERIFY(edits > count * 10);
}

void SimulationTest::aSeedReplaysTheSameHistory()
{
    World a{7};
    World b{7};
    QCOMPARE(a.run(60), QString());
    QCOMPARE(b.run(60), QString());
    QCOMPARE(a.editCount(), b.editCount());
}

QTEST_APPLESS_MAIN(SimulationTest)
#include "simulation_test.moc"
