#include <QtTest>

#include <core/document/tree.h>

#include "golden.h"

using namespace tessera;
using namespace tessera::document;

namespace {

std::vector<TreeRow> rowsOf(const QJsonObject& data)
{
    std::vector<TreeRow> rows;
    for (const QJsonValue& value : data["rows"].toArray()) {
        const QJsonObject row = value.toObject();
        rows.push_back({NodeId{golden::text(row["id"])}, row["page"].toBool(), NodeId{golden::text(row["parent"])},
                        golden::text(row["order"])});
    }
    return rows;
}

} // namespace

class TreeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void goldenRowsGiveTheGoldenTree_data()
    {
        QTest::addColumn<QJsonObject>("data");
        for (const QJsonObject& data : golden::cases("tree"))
            QTest::newRow(qPrintable(data["name"].toString())) << data;
    }
    void goldenRowsGiveTheGoldenTree()
    {
        QFETCH(QJsonObject, data);
        std::vector<TreeRow> rows = rowsOf(data);
        const QJsonObject tree = golden::toJson(buildTree(rows));
        QCOMPARE(tree["pages"].toArray(), data["pages"].toArray());
        QCOMPARE(tree["children"].toObject(), data["children"].toObject());
        std::reverse(rows.begin(), rows.end());
        QCOMPARE(golden::toJson(buildTree(rows)), tree);
    }
    void everyNodeIsShownExactlyOnce_data() { goldenRowsGiveTheGoldenTree_data(); }
    void everyNodeIsShownExactlyOnce()
    {
        QFETCH(QJsonObject, data);
        const Tree tree = buildTree(rowsOf(data));
        std::map<NodeId, int> seen;
        for (const NodeId& page : tree.pages)
            ++seen[page];
        for (const auto& [parent, list] : tree.children) {
            for (const NodeId& id : list) {
                ++seen[id];
                QCOMPARE(tree.shownParent.at(id), parent);
            }
        }
        for (const auto& [id, count] : seen)
            QCOMPARE(count, 1);
        const NodeId groupOfNoPage = recoveredGroupId(NodeId{});
        QCOMPARE(seen.size() + tree.shownParent.count(groupOfNoPage), tree.shownParent.size());
        for (const auto& [id, parent] : tree.shownParent) {
            const bool placed = !tree.pageOf(id).isEmpty() || tree.isInTrash(id) || id == groupOfNoPage
                || tree.isAncestor(groupOfNoPage, id);
            QVERIFY2(placed, qPrintable(QString::fromStdString(id.text())));
        }
    }
    void questionsAboutPlacesAreAnswered()
    {
        const auto row = [](const char* id, bool page, const char* parent) {
            return TreeRow{NodeId{id}, page, NodeId{parent}, "a0"};
        };
        const Tree tree = buildTree({row("p", true, ""), row("f", false, "p"), row("r", false, "f"),
                                     row("d", false, "trash"), row("e", false, "d"), row("o", false, "gone")});
        QCOMPARE(tree.pageOf(NodeId{"r"}), NodeId{"p"});
        QCOMPARE(tree.pageOf(NodeId{"p"}), NodeId{"p"});
        QCOMPARE(tree.pageOf(NodeId{"o"}), NodeId{"p"});
        QCOMPARE(tree.pageOf(NodeId{"recovered:p"}), NodeId{"p"});
        QVERIFY(tree.pageOf(NodeId{"e"}).isEmpty());
        QVERIFY(tree.pageOf(NodeId{"nobody"}).isEmpty());
        QVERIFY(tree.isInTrash(NodeId{"e"}) && tree.isInTrash(NodeId{"d"}) && !tree.isInTrash(NodeId{"r"}));
        QVERIFY(tree.isAncestor(NodeId{"p"}, NodeId{"r"}) && !tree.isAncestor(NodeId{"r"}, NodeId{"p"}));
        QVERIFY(!tree.isAncestor(NodeId{"r"}, NodeId{"r"}));
        QVERIFY(tree.childrenOf(NodeId{"nobody"}).empty());
    }
    void aChainOfManyNodesNeedsNoRecursion()
    {
        std::vector<TreeRow> rows{{NodeId{"p"}, true, {}, "a0"}};
        for (int i = 0; i < 200'000; ++i) {
            rows.push_back({NodeId{std::to_string(i)}, false, i == 0 ? NodeId{"p"} : NodeId{std::to_string(i - 1)},
                            "a0"});
        }
        const Tree tree = buildTree(rows);
        QCOMPARE(tree.pageOf(NodeId{"199999"}), NodeId{"p"});
    }
};

QTEST_APPLESS_MAIN(TreeTest)
#include "tree_test.moc"
