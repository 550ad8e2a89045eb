#include <QtTest>

#include <cmath>
#include <limits>

#include <core/base/random.h>
#include <core/document/document.h>

#include "golden.h"

using namespace tessera;
using namespace tessera::document;
using crdt::Any;

namespace {

Any anyOf(const QJsonValue& value)
{
    const QJsonArray wrapped{value};
    const QByteArray json = QJsonDocument(wrapped).toJson(QJsonDocument::Compact);
    return crdt::parseJson(json.toStdString()).value().array()->at(0);
}

QJsonValue jsonOf(const std::string& text) { return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object(); }

Properties propertiesOf(const QJsonObject& command, const QString& key)
{
    const Any object = anyOf(command[key].toObject());
    Properties properties = *object.object();
    for (const QJsonValue& removed : command["remove"].toArray())
        properties.emplace_back(golden::text(removed), Any{});
    return properties;
}

Transform transformOf(const QJsonValue& value)
{
    const QJsonArray n = value.toArray();
    return {n[0].toDouble(), n[1].toDouble(), n[2].toDouble(), n[3].toDouble(), n[4].toDouble(), n[5].toDouble()};
}

Placement placementOf(const QJsonObject& command)
{
    const QJsonObject data = command["placement"].toObject();
    Placement placement{NodeId{golden::text(data["parent"])}, std::nullopt};
    if (data.contains("before"))
        placement.before = NodeId{golden::text(data["before"])};
    return placement;
}

Command commandOf(const QJsonObject& c)
{
    const QString kind = c["kind"].toString();
    const NodeId node{golden::text(c["node"])};
    const auto number = [&](const char* key) { return static_cast<std::uint32_t>(c[key].toInteger()); };
    if (kind == "createNode")
        return CreateNode{NodeId{golden::text(c["id"])}, parseNodeType(golden::text(c["type"])), placementOf(c),
                          propertiesOf(c, "properties"), golden::text(c["text"])};
    if (kind == "setProperties")
        return SetProperties{node, propertiesOf(c, "properties")};
    if (kind == "setTransform")
        return SetTransform{node, transformOf(c["transform"])};
    if (kind == "setFrame")
        return SetFrame{node, transformOf(c["transform"]), {c["size"].toArray()[0].toDouble(), c["size"].toArray()[1].toDouble()}};
    if (kind == "moveNode")
        return MoveNode{node, placementOf(c)};
    if (kind == "deleteNode")
        return DeleteNode{node};
    if (kind == "editText")
        return EditText{node, number("at"), number("removeCount"), golden::text(c["insert"])};
    if (kind == "formatText")
        return FormatText{node, number("at"), number("count"), propertiesOf(c, "attributes")};
    if (kind == "addAsset")
        return AddAsset{{golden::text(c["hash"])}, golden::text(c["mime"]), number("sizeBytes"), number("widthPx"),
                        number("heightPx"), golden::text(c["name"])};
    if (kind == "addGeneration")
        return AddGeneration{golden::text(c["id"]), propertiesOf(c, "record")};
    if (kind == "setMeta")
        return SetMeta{golden::text(c["key"]), c["remove"].toBool() ? Any{} : anyOf(c["value"])};
    qFatal("unknown command %s", qPrintable(kind));
}

const char* codeName(CommandErrc code)
{
    switch (code) {
    case CommandErrc::unknownNode: return "unknownNode";
    case CommandErrc::nodeExists: return "nodeExists";
    case CommandErrc::wouldLoop: return "wouldLoop";
    case CommandErrc::notText: return "notText";
    case CommandErrc::outOfRange: return "outOfRange";
    case CommandErrc::wrongParent: return "wrongParent";
    }
    return "";
}

void writeStart(Document& document, const QJsonObject& start)
{
    document.crdt().transact("start", [&](crdt::Transaction& transaction) {
        crdt::Map nodes = document.crdt().map("nodes"), meta = document.crdt().map("meta");
        const QJsonObject nodeData = start["nodes"].toObject(), metaData = start["meta"].toObject();
        for (auto at = nodeData.begin(); at != nodeData.end(); ++at) {
            crdt::NewType map;
            const QJsonObject properties = at.value().toObject();
            for (auto p = properties.begin(); p != properties.end(); ++p) {
                crdt::NewType text;
                text.kind = crdt::TypeKind::text;
                text.text = golden::text(p.value());
                if (p.key() == "text")
                    map.entries.emplace_back("text", text);
                else
                    map.entries.emplace_back(p.key().toStdString(), anyOf(p.value()));
            }
            nodes.set(transaction, at.key().toStdString(), map);
        }
        for (auto at = metaData.begin(); at != metaData.end(); ++at)
            meta.set(transaction, at.key().toStdString(), anyOf(at.value()));
    });
}

CreateNode createRect(const std::string& id, const std::string& parent, std::optional<NodeId> before = {})
{
    return {NodeId{id}, NodeType::rect, {NodeId{parent}, std::move(before)}, {}, {}};
}

} // namespace

class CommandTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void goldenCommandsDoWhatIsWritten_data()
    {
        QTest::addColumn<QJsonObject>("data");
        for (const QJsonObject& data : golden::cases("commands"))
            QTest::newRow(qPrintable(data["name"].toString())) << data;
    }
    void goldenCommandsDoWhatIsWritten()
    {
        QFETCH(QJsonObject, data);
        SeededRandom random(9);
        Document document(random);
        writeStart(document, data["start"].toObject());
        const std::string before = document.canonicalJson();
        std::vector<Command> commands;
        for (const QJsonValue& command : data["commands"].toArray())
            commands.push_back(commandOf(command.toObject()));
        const auto applied = apply(document, commands, "me");
        QJsonObject content = jsonOf(document.canonicalJson()).toObject();
        if (data.contains("error")) {
            QVERIFY(!applied);
            const QJsonObject error{{"code", codeName(applied.error().code)},
                                    {"node", QString::fromStdString(applied.error().node.text())},
                                    {"index", static_cast<qint64>(applied.error().index)}};
            QCOMPARE(error, data["error"].toObject());
            QCOMPARE(document.canonicalJson(), before);
            QVERIFY(!describe(applied.error()).empty());
            return;
        }
        QVERIFY2(applied, applied ? "" : describe(applied.error()).c_str());
        const QJsonObject result = data["result"].toObject();
        const QJsonObject tree = golden::toJson(document.tree());
        QCOMPARE(tree["pages"], result["pages"]);
        QCOMPARE(tree["children"], result["children"]);
        const QJsonObject expectedNodes = result["nodes"].toObject();
        for (auto at = expectedNodes.begin(); at != expectedNodes.end(); ++at) {
            QJsonObject node = content["nodes"].toObject()[at.key()].toObject();
            node.remove("pi");
            QCOMPARE(node, at.value().toObject());
        }
        for (const char* root : {"meta", "assets", "gen"}) {
            if (result.contains(root))
                QCOMPARE(content[root], result[root]);
        }
    }
    void aBatchIsOneTransactionWithItsOrigin()
    {
        SeededRandom random(2);
        const auto document = Document::createBlank(random, "x");
        const NodeId page = document->tree().pages[0];
        std::vector<std::string> origins;
        const auto subscription = document->onChange([&](const ChangeSet& changes) { origins.push_back(changes.origin); });
        QVERIFY(apply(*document, {createRect("a", page.text()), createRect("b", page.text()), DeleteNode{NodeId{"a"}}}, "tool").hasValue());
        QCOMPARE(origins, std::vector<std::string>{"tool"});
    }
    void numbersThatAreNoneAreRefused()
    {
        SeededRandom random(2);
        const auto document = Document::createBlank(random, "x");
        const NodeId page = document->tree().pages[0];
        QVERIFY(apply(*document, createRect("a", page.text()), "me").hasValue());
        const NodeId a{"a"};
        for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            const std::vector<Command> commands{SetTransform{a, {1, 0, 0, 1, bad, 0}},
                                                SetFrame{a, {}, {bad, 1}},
                                                SetProperties{a, {{"op", bad}}},
                                                SetProperties{a, {{"x", Any::Object{{"deep", Any::Array{1, bad}}}}}},
                                                SetMeta{"x", bad}};
            for (const Command& command : commands)
                QCOMPARE(apply(*document, command, "me").error().code, CommandErrc::outOfRange);
        }
        Any deep = 1;
        for (int i = 0; i < 100; ++i)
            deep = Any::Array{deep};
        QCOMPARE(apply(*document, SetProperties{a, {{"x", deep}}}, "me").error().code, CommandErrc::outOfRange);
    }
    void textThatIsNotUtf8IsMadeSo()
    {
        SeededRandom random(2);
        const auto document = Document::createBlank(random, "x");
        const NodeId page = document->tree().pages[0];
        QVERIFY(apply(*document, CreateNode{NodeId{"t"}, NodeType::text, {page, {}}, {{"name", "a\xff"}}, "b\xc0"}, "me").hasValue());
        QCOMPARE(document->node(NodeId{"t"})->name, std::string("a\xef\xbf\xbd"));
        QCOMPARE(document->node(NodeId{"t"})->plainText(), std::string("b\xef\xbf\xbd"));
    }
    void moveToWhereItIsWritesNothing()
    {
        SeededRandom random(2);
        const auto document = Document::createBlank(random, "x");
        const std::string page = document->tree().pages[0].text();
        QVERIFY(apply(*document, {createRect("a", page), createRect("b", page)}, "me").hasValue());
        const auto before = document->crdt().stateVector();
        QVERIFY(apply(*document, MoveNode{NodeId{"a"}, {NodeId{page}, NodeId{"b"}}}, "me").hasValue());
        QVERIFY(apply(*document, MoveNode{NodeId{"b"}, {NodeId{page}, {}}}, "me").hasValue());
        QVERIFY(apply(*document, MoveNode{NodeId{"b"}, {NodeId{page}, NodeId{"b"}}}, "me").hasValue());
        QCOMPARE(document->crdt().stateVector(), before);
    }
    // The same spot a thousand times: the run is keyed anew now and then, in the same transaction, and order holds.
    void keysNeverPassTheirLimit()
    {
        SeededRandom random(6);
        const auto document = Document::createBlank(random, "x");
        const std::string page = document->tree().pages[0].text();
        QVERIFY(apply(*document, {createRect("low", page), createRect("high", page)}, "me").hasValue());
        std::vector<NodeId> expected{NodeId{"low"}, NodeId{"high"}};
        NodeId below{"high"};
        for (int i = 0; i < 1'500; ++i) {
            const std::string id = "n" + std::to_string(i);
            QVERIFY(apply(*document, createRect(id, page, below), "me").hasValue());
            below = NodeId{id};
            expected.insert(expected.begin() + 1, below);
        }
        QCOMPARE(document->tree().childrenOf(NodeId{page}), expected);
        for (const NodeId& id : expected)
            QVERIFY(document->node(id)->orderKey.size() <= 64);
    }
    void orderKeyForIsBetweenTheSiblings()
    {
        SeededRandom random(2);
        const auto document = Document::createBlank(random, "x");
        const NodeId page = document->tree().pages[0];
        QVERIFY(apply(*document, {createRect("a", page.text()), createRect("b", page.text())}, "me").hasValue());
        const std::string between = document->orderKeyFor({page, NodeId{"b"}}), top = document->orderKeyFor({page, {}});
        QVERIFY(document->node(NodeId{"a"})->orderKey < between && between < document->node(NodeId{"b"})->orderKey);
        QVERIFY(document->node(NodeId{"b"})->orderKey < top);
    }
};

QTEST_APPLESS_MAIN(CommandTest)
#include "command_test.moc"
