#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/events.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// What an application keeps that opens the documents below another one: it acts on events alone.
class Folder
{
public:
    explicit Folder(Doc& doc) : m_doc(doc)
    {
        for (const Subdocument& one : subdocuments(doc))
            m_known.emplace(one.id, one);
        m_token = onSubdocuments(
            doc, [this](const SubdocumentsEvent& event, const TransactionInfo&) { take(event); });
    }
    /// Those whose event came and is not taken back are those that live.
    [[nodiscard]] bool agrees() const
    {
        const std::vector<Subdocument> living = subdocuments(m_doc);
        std::vector<Subdocument> known;
        for (const auto& [id, subdocument] : m_known)
            known.push_back(subdocument);
        std::set<Id> held;
        for (const char* root : {"m", "a"})
            collect(root == std::string("m") ? SharedType(m_doc.map("m"))
                                             : SharedType(m_doc.array("a")),
                    held);
        std::set<Id> listed;
        for (const Subdocument& one : living)
            listed.insert(one.id);
        return m_makesSense && held == listed && living == known;
    }

private:
    void take(const SubdocumentsEvent& event)
    {
        m_makesSense =
            m_makesSense && event.added.size() + event.removed.size() + event.loaded.size() > 0;
        for (const Subdocument& removed : event.removed)
            m_makesSense = m_makesSense && m_known.erase(removed.id) == 1;
        for (const Subdocument& added : event.added)
            m_makesSense = m_makesSense && m_known.emplace(added.id, added).second;
        for (const Subdocument& loaded : event.loaded) {
            m_makesSense = m_makesSense && loaded.shouldLoad;
            if (const auto known = m_known.find(loaded.id); known != m_known.end())
                known->second.shouldLoad = true;
        }
    }
    static void collect(const SharedType& type, std::set<Id>& held)
    {
        const auto visit = [&](const auto&, const Value& value) {
            if (const auto* one = std::get_if<Subdocument>(&value))
                held.insert(one->id);
            else if (const auto* below = std::get_if<SharedType>(&value))
                collect(*below, held);
        };
        if (!type.asMap().isNull())
            type.asMap().forEach(visit);
        else if (!type.asArray().isNull())
            type.asArray().forEach(visit);
    }

    Doc& m_doc;
    std::map<Id, Subdocument> m_known;
    bool m_makesSense = true;
    Doc::Subscription m_token;
};

NewSubdocument anyDocument(Random& random)
{
    NewSubdocument made{.guid = "g" + std::to_string(random.below(5)), .options = {}};
    made.options.gc = chance(random, 50);
    made.options.autoLoad = chance(random, 30);
    made.shouldLoad = chance(random, 60);
    if (chance(random, 30))
        made.options.meta = Any::Object{{"name", "x"}};
    return made;
}

/// One change somewhere in a map and an array of documents, and of maps that hold some.
void editDocuments(Random& random, Replica& replica, Transaction& t)
{
    const std::string key(1, char('k' + random.below(3)));
    Map map = replica.map();
    Array array = replica.array();
    switch (random.below(8)) {
    case 0:
    case 1:
        map.set(t, key, anyDocument(random));
        break;
    case 2:
        map.remove(t, key);
        break;
    case 3:
        map.set(t, key, NewType{.entries = {{"in", anyDocument(random)}, {"v", Any(1)}}});
        break;
    case 4:
        array.insert(t, random.below(array.size() + 1),
                     {anyDocument(random), Any(2), anyDocument(random)});
        break;
    case 5:
        if (array.size() > 0)
            array.remove(t, random.below(array.size()), 1 + random.below(3));
        break;
    default: {
        const std::vector<Subdocument> all = subdocuments(replica.doc);
        if (all.empty())
            break;
        const Subdocument& one = all[random.below(all.size())];
        if (chance(random, 50))
            loadSubdocument(replica.doc, one);
        else
            unloadSubdocument(replica.doc, one);
    }
    }
}

} // namespace

/// Documents inside documents, against an application that acts on events alone.
class SubdocumentModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whoActsOnEventsKnowsTheLiving_data() { addSeedRows(60); }
    void whoActsOnEventsKnowsTheLiving()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1), b(2);
        ManualClock clock;
        UndoManager undo(a.doc, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        Folder mine(a.doc), theirs(b.doc);
        for (int step = 0; step < 120; ++step) {
            Replica& writer = chance(random, 60) ? a : b;
            const std::uint64_t roll = random.below(100);
            if (roll < 70) {
                writer.edit(
                    [&](Transaction& t) {
                        for (std::uint64_t i = chance(random, 30) ? 4 : 1; i > 0; --i)
                            editDocuments(random, writer, t);
                    },
                    "me");
            } else if (roll < 80) {
                undo.undo();
            } else if (roll < 85) {
                undo.redo();
            } else {
                QVERIFY(chance(random, 50) ? a.receive(b) : b.receive(a));
            }
            QVERIFY2(mine.agrees() && theirs.agrees(), qPrintable(QString("step %1").arg(step)));
        }
        QVERIFY(a.receive(b) && b.receive(a));
        QVERIFY(mine.agrees() && theirs.agrees());
        // What travels is equal; who wants what does not travel.
        std::vector<Subdocument> here = subdocuments(a.doc), there = subdocuments(b.doc);
        for (std::vector<Subdocument>* all : {&here, &there}) {
            for (Subdocument& one : *all)
                one.shouldLoad = false;
        }
        QVERIFY(here == there);
    }

    void oneThatIsDeletedInTheSameTransactionStaysAway()
    {
        for (const bool unloads : {true, false}) {
            Replica a(1);
            a.set("k", NewSubdocument{.guid = "g", .options = {}, .shouldLoad = false});
            Folder folder(a.doc);
            std::vector<SubdocumentsEvent> events;
            const auto token =
                onSubdocuments(a.doc, [&](const SubdocumentsEvent& event, const TransactionInfo&) {
                    events.push_back(event);
                });
            const Subdocument one = std::get<Subdocument>(*a.map().get("k"));
            a.edit([&](Transaction& t) {
                a.map().remove(t, "k");
                if (unloads)
                    unloadSubdocument(a.doc, one);
                else
                    loadSubdocument(a.doc, one);
            });
            QVERIFY(subdocuments(a.doc).empty());
            QCOMPARE(events.size(), std::size_t{1});
            QVERIFY(events[0].added.empty());
            QCOMPARE(events[0].removed.size(), std::size_t{1});
        }
    }

    void oneThatIsUnloadedAndThenDeletedGoesOnce()
    {
        Replica a(1);
        a.set("k", NewSubdocument{.guid = "g", .options = {}});
        std::vector<SubdocumentsEvent> events;
        const auto token =
            onSubdocuments(a.doc, [&](const SubdocumentsEvent& event, const TransactionInfo&) {
                events.push_back(event);
            });
        const Subdocument one = std::get<Subdocument>(*a.map().get("k"));
        a.edit([&](Transaction& t) {
            unloadSubdocument(a.doc, one);
            a.map().remove(t, "k");
        });
        QVERIFY(subdocuments(a.doc).empty());
        QCOMPARE(events.size(), std::size_t{1});
        QVERIFY(events[0].added.empty());
        QCOMPARE(events[0].removed.size(), std::size_t{1});
    }

    void oneJustMadeMayBeLoadedAndUnloaded()
    {
        Replica a(1);
        std::vector<SubdocumentsEvent> events;
        const auto token =
            onSubdocuments(a.doc, [&](const SubdocumentsEvent& event, const TransactionInfo&) {
                events.push_back(event);
            });
        a.edit([&](Transaction& t) {
            a.map().set(t, "in", NewSubdocument{.guid = "in", .options = {}, .shouldLoad = false});
            a.map().set(t, "out", NewSubdocument{.guid = "out", .options = {}, .shouldLoad = true});
            loadSubdocument(a.doc, std::get<Subdocument>(*a.map().get("in")));
            loadSubdocument(a.doc, std::get<Subdocument>(*a.map().get("in")));
            unloadSubdocument(a.doc, std::get<Subdocument>(*a.map().get("out")));
        });
        QCOMPARE(events.size(), std::size_t{1});
        QCOMPARE(events[0].added.size(), std::size_t{2});
        QVERIFY(events[0].added[0].shouldLoad && !events[0].added[1].shouldLoad);
        QVERIFY(events[0].removed.empty());
        QCOMPARE(events[0].loaded.size(), std::size_t{1});
        QCOMPARE(events[0].loaded[0].guid, std::string("in"));
        QVERIFY(subdocuments(a.doc) == events[0].added);
    }

    void unloadedAndLoadedAgainAtOnceItIsWanted()
    {
        Replica a(1);
        a.set("k", NewSubdocument{.guid = "g", .options = {}});
        Folder folder(a.doc);
        const Subdocument one = std::get<Subdocument>(*a.map().get("k"));
        a.edit([&](Transaction&) {
            unloadSubdocument(a.doc, one);
            unloadSubdocument(a.doc, one);
            loadSubdocument(a.doc, one);
        });
        QVERIFY(folder.agrees() && std::get<Subdocument>(*a.map().get("k")).shouldLoad);
        a.edit([&](Transaction&) {
            unloadSubdocument(a.doc, one);
            loadSubdocument(a.doc, one);
            unloadSubdocument(a.doc, one);
        });
        QVERIFY(folder.agrees() && !std::get<Subdocument>(*a.map().get("k")).shouldLoad);
    }

    void anObserverMayLoadWhatItsTransactionAdded()
    {
        Replica a(1), b(2);
        a.set("k", NewSubdocument{.guid = "g", .options = {}});
        std::vector<std::string> heard;
        const auto documents =
            onSubdocuments(b.doc, [&](const SubdocumentsEvent& event, const TransactionInfo&) {
                heard.push_back(std::to_string(event.added.size()) + " added, " +
                                std::to_string(event.loaded.size()) + " loaded");
            });
        const auto observer = observe(b.map(), [&](const TypeEvent&, const TransactionInfo&) {
            loadSubdocument(b.doc, std::get<Subdocument>(*b.map().get("k")));
        });
        QVERIFY(b.receive(a));
        QVERIFY((heard == std::vector<std::string>{"1 added, 0 loaded", "0 added, 1 loaded"}));
        QVERIFY(std::get<Subdocument>(*b.map().get("k")).shouldLoad);
    }

    void theOldValueOfAKeySaysWhatWasWanted()
    {
        Replica a(1);
        a.set("k", NewSubdocument{.guid = "g", .options = {}, .shouldLoad = true});
        std::optional<Value> old;
        const auto observer = observe(a.map(), [&](const TypeEvent& event, const TransactionInfo&) {
            old = event.keys.at(0).second.oldValue;
        });
        a.set("k", Any(1));
        QVERIFY(old && std::get<Subdocument>(*old).shouldLoad);
        QCOMPARE(std::get<Subdocument>(*old).guid, std::string("g"));
    }

    void theSameGuidMayStandInSeveralPlaces()
    {
        Replica a(1), b(2);
        a.edit([&](Transaction& t) {
            a.map().set(t, "k", NewSubdocument{.guid = "g", .options = {}});
            a.array().push(t, {NewSubdocument{.guid = "g", .options = {.gc = false}},
                               NewSubdocument{.guid = "g", .options = {}}});
        });
        QVERIFY(b.receive(a));
        for (Replica* replica : {&a, &b}) {
            const auto all = subdocuments(replica->doc);
            QCOMPARE(all.size(), std::size_t{3});
            QVERIFY(std::is_sorted(all.begin(), all.end(),
                                   [](const auto& x, const auto& y) { return x.id < y.id; }));
            QVERIFY(all[0].id != all[1].id && all[1].id != all[2].id);
            QCOMPARE(std::count_if(all.begin(), all.end(),
                                   [](const auto& one) { return one.guid == "g"; }),
                     3);
            QCOMPARE(std::count_if(all.begin(), all.end(),
                                   [](const auto& one) { return one.options.gc; }),
                     2);
        }
        b.unset("k");
        QCOMPARE(subdocuments(b.doc).size(), std::size_t{2});
    }

    void wishesOfOneReplicaAreNobodyElses()
    {
        Replica a(1), b(2);
        a.edit([&](Transaction& t) {
            a.map().set(t, "wanted",
                        NewSubdocument{.guid = "1", .options = {}, .shouldLoad = true});
            a.map().set(t, "unwanted",
                        NewSubdocument{.guid = "2", .options = {}, .shouldLoad = false});
            a.map().set(
                t, "auto",
                NewSubdocument{.guid = "3", .options = {.autoLoad = true}, .shouldLoad = false});
        });
        QVERIFY(b.receive(a));
        const auto wanted = [](Replica& replica, const char* key) {
            return std::get<Subdocument>(*replica.map().get(key)).shouldLoad;
        };
        QVERIFY(wanted(a, "wanted") && !wanted(a, "unwanted") && !wanted(a, "auto"));
        QVERIFY(!wanted(b, "wanted") && !wanted(b, "unwanted") && wanted(b, "auto"));
        const Bytes before = a.doc.encodeStateAsUpdate();
        loadSubdocument(a.doc, std::get<Subdocument>(*a.map().get("unwanted")));
        unloadSubdocument(a.doc, std::get<Subdocument>(*a.map().get("wanted")));
        QVERIFY(!wanted(a, "wanted") && wanted(a, "unwanted"));
        QCOMPARE(a.doc.encodeStateAsUpdate(), before);
    }

    void aListenerMayLoadWhatCame()
    {
        Replica a(1), b(2);
        a.set("k", NewSubdocument{.guid = "g", .options = {}});
        std::vector<std::string> heard;
        const auto token = onSubdocuments(b.doc, [&](const SubdocumentsEvent& event,
                                                     const TransactionInfo& transaction) {
            for (const Subdocument& one : event.added) {
                heard.push_back("added " + transaction.origin +
                                (transaction.local ? " here" : " there"));
                loadSubdocument(b.doc, one);
            }
            for (const Subdocument& one : event.loaded)
                heard.push_back("loaded " + one.guid + (transaction.local ? " here" : " there"));
        });
        QVERIFY(b.doc.applyUpdate(a.doc.encodeStateAsUpdate(), "net"));
        QVERIFY((heard == std::vector<std::string>{"added net there", "loaded g here"}));
        QVERIFY(std::get<Subdocument>(*b.map().get("k")).shouldLoad);
    }

    void undoBringsADocumentBackAsAnotherOne()
    {
        Replica a(1);
        ManualClock clock;
        UndoManager undo(a.doc, {}, {{"me"}, std::chrono::milliseconds(0)}, clock);
        a.edit(
            [&](Transaction& t) {
                a.map().set(
                    t, "k",
                    NewSubdocument{.guid = "g", .options = {.gc = false, .meta = Any("m")}});
            },
            "me");
        const Subdocument before = std::get<Subdocument>(*a.map().get("k"));
        a.edit([&](Transaction& t) { a.map().remove(t, "k"); }, "me");
        QVERIFY(undo.undo());
        const Subdocument after = std::get<Subdocument>(*a.map().get("k"));
        QVERIFY(after.id != before.id);
        QCOMPARE(after.guid, before.guid);
        QVERIFY(after.options == before.options);
        QVERIFY((subdocuments(a.doc) == std::vector<Subdocument>{after}));
        QVERIFY(undo.undo());
        QVERIFY(subdocuments(a.doc).empty());
    }
};

QTEST_APPLESS_MAIN(SubdocumentModelTest)
#include "subdocument_model_test.moc"
