#include <QtTest>

#include <algorithm>

#include <core/base/random.h>
#include <core/document/document.h>

#include "golden.h"
#include "tree_index.h"

using namespace tessera;
using namespace tessera::document;

namespace {

/// Every stored node is shown exactly once, and every way up ends.
QString brokenTree(const Document& document)
{
    const Tree& tree = document.tree();
    std::map<NodeId, int> shown;
    for (const NodeId& page : tree.pages)
        ++shown[page];
    for (const auto& [parent, list] : tree.children) {
        for (const NodeId& id : list)
            shown[id] += isRecoveredGroup(id) ? 0 : 1;
    }
    for (const NodeId& id : document.nodeIds()) {
        if (shown[id] != 1)
            return QString("%1 is shown %2 times").arg(id.text().c_str()).arg(shown[id]);
        if (tree.pageOf(id).isEmpty() && !tree.isInTrash(id))
            return QString("%1 is nowhere").arg(id.text().c_str());
    }
    return {};
}

std::vector<TreeRow> rowsOf(const Document& document)
{
    std::vector<TreeRow> rows;
    for (const NodeId& id : document.nodeIds()) {
        const Node* node = document.node(id);
        rows.push_back({id, node->type == NodeType::page, node->parent, node->orderKey});
    }
    return rows;
}

struct Replica {
    std::unique_ptr<Random> random;
    std::unique_ptr<Document> document;
    std::vector<Bytes> made; ///< updates of this replica's own edits
    crdt::Doc::Subscription subscription;

    Replica(std::uint64_t seed, std::uint64_t client)
        : random(std::make_unique<SeededRandom>(seed)),
          document(std::make_unique<Document>(*random, crdt::DocOptions{crdt::ClientId{client}, true}))
    {
        subscription = document->crdt().onUpdate([this](ByteView update, const crdt::Origin&, bool local) {
            if (local)
                made.emplace_back(update.begin(), update.end());
        });
    }
};

void editAtRandom(Replica& replica, const std::vector<NodeId>& ids, Random& random)
{
    const auto pick = [&] { return ids[random.below(ids.size())]; };
    const NodeId node = pick();
    if (random.below(10) == 0 && node != NodeId{"p"}) {
        (void)apply(*replica.document, DeleteNode{node}, "me");
        return;
    }
    Placement placement{pick(), std::nullopt};
    const auto& siblings = replica.document->tree().childrenOf(placement.parent);
    if (!siblings.empty() && random.below(2) == 0)
        placement.before = siblings[random.below(siblings.size())];
    (void)apply(*replica.document, MoveNode{node, placement}, "me"); // refused moves are part of the game
}

} // namespace

class TreeConvergenceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyDeliveryOrderGivesTheSameTree_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 12; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void everyDeliveryOrderGivesTheSameTree()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica first(seed * 10, 1), second(seed * 10 + 1, 2), third(seed * 10 + 2, 3);
        const std::vector<Replica*> replicas{&first, &second, &third};
        std::vector<NodeId> ids{NodeId{"p"}, NodeId{"q"}};
        std::vector<Command> commands{CreateNode{NodeId{"p"}, NodeType::page, {}, {}, {}},
                                      CreateNode{NodeId{"q"}, NodeType::page, {}, {}, {}}};
        for (int i = 0; i < 30; ++i) {
            ids.emplace_back("f" + std::to_string(i));
            commands.push_back(CreateNode{ids.back(), NodeType::frame, {ids[random.below(ids.size() - 1)], {}}, {}, {}});
        }
        QVERIFY(apply(*first.document, commands, "me").hasValue());
        const Bytes start = first.document->crdt().encodeStateAsUpdate();
        for (Replica* replica : {&second, &third})
            QVERIFY(replica->document->crdt().applyUpdate(start, "net").hasValue());
        for (Replica* replica : replicas)
            replica->made.clear();

        for (int round = 0; round < 20; ++round) {
            std::vector<Bytes> all;
            for (Replica* replica : replicas) {
                for (int i = 0; i < 25; ++i)
                    editAtRandom(*replica, ids, random);
                QCOMPARE(brokenTree(*replica->document), QString());
                all.insert(all.end(), replica->made.begin(), replica->made.end());
                replica->made.clear();
            }
            for (Replica* replica : replicas) {
                for (std::size_t i = all.size(); i > 1; --i)
                    std::swap(all[i - 1], all[random.below(i)]);
                for (const Bytes& update : all)
                    QVERIFY(replica->document->crdt().applyUpdate(update, "net").hasValue());
                QCOMPARE(brokenTree(*replica->document), QString());
                // The tree that followed single changes is the tree of the rows.
                QCOMPARE(golden::toJson(replica->document->tree()), golden::toJson(buildTree(rowsOf(*replica->document))));
            }
            QCOMPARE(golden::toJson(second.document->tree()), golden::toJson(first.document->tree()));
            QCOMPARE(golden::toJson(third.document->tree()), golden::toJson(first.document->tree()));
            QCOMPARE(second.document->canonicalJson(), first.document->canonicalJson());
        }
        QCOMPARE(first.document->nodeIds().size(), ids.size());
    }
    // Any rows at all, pages in loops and unknown parents included, changed a few at a time.
    void theIndexIsAlwaysTheTreeOfItsRows_data() { everyDeliveryOrderGivesTheSameTree_data(); }
    void theIndexIsAlwaysTheTreeOfItsRows()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        TreeIndex index;
        std::map<NodeId, TreeRow> rows;
        const bool isWild = seed % 2 == 0; // half of the seeds stay on the quick path most of the time
        for (int step = 0; step < 800; ++step) {
            const int changes = 1 + static_cast<int>(random.below(4));
            for (int i = 0; i < changes; ++i) {
                const NodeId id{"n" + std::to_string(random.below(40))};
                if (random.below(isWild ? 6 : 30) == 0) {
                    rows.erase(id);
                    index.remove(id);
                    continue;
                }
                TreeRow row{id, random.below(10) == 0, NodeId{"n" + std::to_string(random.below(40))}, "a"};
                row.orderKey += base62Digits[random.below(20)];
                const auto choice = random.below(isWild ? 12 : 40);
                if (row.isPage && choice != 1)
                    row.parent = {};
                else if (choice == 1)
                    row.parent = trashId;
                else if (choice == 2 && isWild)
                    row.parent = NodeId{"gone"};
                rows[id] = row;
                index.set(row);
            }
            if (random.below(3) == 0)
                continue;
            std::vector<TreeRow> list;
            for (const auto& [id, row] : rows)
                list.push_back(row);
            const Tree expected = buildTree(list);
            const Tree& actual = index.tree();
            QCOMPARE(golden::toJson(actual), golden::toJson(expected));
            QVERIFY(actual.shownParent == expected.shownParent);
            QVERIFY(actual.children == expected.children);
        }
    }
};

QTEST_APPLESS_MAIN(TreeConvergenceTest)
#include "convergence_test.moc"
