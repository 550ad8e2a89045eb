#include <QtTest>

#include <cmath>
#include <limits>

#include <core/base/random.h>
#include <core/document/document.h>

using namespace tessera;
using namespace tessera::document;
using crdt::Any;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

crdt::NewType mapOf(std::vector<std::pair<std::string, crdt::NewValue>> entries)
{
    crdt::NewType map;
    map.entries = std::move(entries);
    return map;
}

/// The document of the specification's script, as a plain Yjs client writes it.
void writeScriptDocument(crdt::Doc& doc)
{
    doc.transact("script", [&](crdt::Transaction& transaction) {
        doc.map("meta").set(transaction, "formatVersion", Any(1));
        crdt::Map nodes = doc.map("nodes");
        nodes.set(transaction, "page1",
                  mapOf({{"t", Any("page")}, {"pi", Any(Any::Array{"", "a0"})}, {"name", Any("Page 1")}}));
        const Any red = Any::Object{{"space", "srgb"}, {"c", Any::Array{1, 0, 0}}, {"a", 1}};
        nodes.set(transaction, "red",
                  mapOf({{"t", Any("rect")},
                         {"pi", Any(Any::Array{"page1", "a0"})},
                         {"name", Any("Red")},
                         {"xf", Any(Any::Array{1, 0, 0, 1, 40, 40})},
                         {"size", Any(Any::Array{200, 120})},
                         {"fills", Any(Any::Array{Any::Object{{"id", "f"}, {"type", "solid"}, {"color", red}}})}}));
    });
}

class Fixture
{
public:
    SeededRandom random{1};
    Document document{random};

    void set(const std::string& node, const std::string& key, const crdt::NewValue& value)
    {
        document.crdt().transact("other", [&](crdt::Transaction& transaction) {
            document.crdt().map("nodes").getType(node).asMap().set(transaction, key, value);
        });
    }
    const Node& node(const std::string& id) const
    {
        const Node* found = document.node(NodeId{id});
        if (found == nullptr)
            qFatal("no node %s", id.c_str());
        return *found;
    }
};

Node parsedWith(const std::string& key, const crdt::NewValue& value)
{
    Fixture f;
    writeScriptDocument(f.document.crdt());
    f.set("red", key, value);
    return f.node("red");
}

} // namespace

class DocumentTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aScriptsDocumentOpensWithDefaults()
    {
        Fixture f;
        writeScriptDocument(f.document.crdt());
        QCOMPARE(f.document.tree().pages, (std::vector<NodeId>{NodeId{"page1"}}));
        QCOMPARE(f.document.tree().childrenOf(NodeId{"page1"}), (std::vector<NodeId>{NodeId{"red"}}));
        Node expected;
        expected.id = NodeId{"red"};
        expected.type = NodeType::rect;
        expected.typeText = "rect";
        expected.parent = NodeId{"page1"};
        expected.orderKey = "a0";
        expected.name = "Red";
        expected.transform = Transform::translation(40, 40);
        expected.size = {200, 120};
        expected.fills = {solidPaint({1, 0, 0, 1})};
        QVERIFY(f.node("red") == expected);
        QCOMPARE(f.document.pageBounds(NodeId{"red"}), (Rect{40, 40, 200, 120}));
        QCOMPARE(f.document.contentBounds(NodeId{"page1"}), (Rect{40, 40, 200, 120}));
    }
    void aBlankDocumentHasOnePage()
    {
        SeededRandom random(4);
        const auto document = Document::createBlank(random, "Poster");
        QCOMPARE(document->name(), std::string("Poster"));
        QCOMPARE(document->tree().pages.size(), std::size_t{1});
        QCOMPARE(document->node(document->tree().pages[0])->name, std::string("Page 1"));
        QVERIFY(!document->needsNewerReader());
        QVERIFY(document->contentBounds(document->tree().pages[0]).isEmpty());
    }
    void wrongValuesMeanTheDefaultAndStay_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");
        const std::pair<const char*, const char*> rows[] = {
            {"xf", "[1,0,0,1,40]"},       {"xf", "[1,0,0,1,\"40\",0]"}, {"xf", "{\"a\":1}"}, {"xf", "[1,0,0,1,1e300,0]"},
            {"size", "[1]"},              {"size", "\"big\""},          {"size", "[1e12,1]"}, {"vis", "0"},
            {"lock", "\"yes\""},          {"op", "\"half\""},           {"blend", "\"burn\""}, {"blend", "7"},
            {"fills", "{}"},              {"fills", "\"red\""},         {"strokes", "5"},     {"sw", "-3"},
            {"sAlign", "\"middle\""},     {"sCap", "null"},             {"sJoin", "[]"},      {"sMiter", "0"},
            {"sDash", "[4,-1]"},          {"sDash", "[0,0]"},           {"radii", "[1,2]"},   {"radii", "true"},
            {"clip", "1"},                {"path", "[[1,2]]"},          {"name", "17"},       {"para", "\"left\""},
            {"asset", "\"nohash\""},      {"fit", "\"cover\""},         {"svg", "[]"},        {"genId", "{}"},
            {"text", "[]"},               {"t", "5"},                   {"pi", "\"page1\""},  {"pi", "[4,5]"},
        };
        for (const auto& [key, json] : rows)
            QTest::newRow(qPrintable(QString("%1 %2").arg(key, json))) << key << json;
    }
    void wrongValuesMeanTheDefaultAndStay()
    {
        QFETCH(QString, key);
        QFETCH(QString, json);
        const Any value = crdt::parseJson(json.toStdString()).value();
        Fixture f;
        writeScriptDocument(f.document.crdt());
        f.document.crdt().transact("other", [&](crdt::Transaction& transaction) {
            f.document.crdt().map("nodes").getType("red").asMap().remove(transaction, key.toStdString());
        });
        Node expected = f.node("red");
        if (key == "path")
            expected.path.subPaths = {SubPath{}};
        f.set("red", key.toStdString(), value);
        Node actual = f.node("red");
        QVERIFY(actual == expected);
        QVERIFY(f.document.crdt().map("nodes").getType("red").asMap().getAny(key.toStdString()) == value);
        QVERIFY(!f.document.canonicalJson().empty());
    }
    void numbersThatAreNoneMeanTheDefault()
    {
        for (const double bad : {notANumber, infinite, -infinite, 1e10}) {
            QCOMPARE(parsedWith("xf", Any(Any::Array{bad, 0, 0, 1, 0, 0})).transform, Transform{});
            QCOMPARE(parsedWith("size", Any(Any::Array{10, bad})).size, Size{});
            QCOMPARE(parsedWith("sw", Any(bad)).strokeStyle.width, 1.0);
            QVERIFY(parsedWith("sDash", Any(Any::Array{1, bad})).strokeStyle.dash.empty());
        }
        QCOMPARE(parsedWith("op", Any(notANumber)).opacity, 1.0);
        QCOMPARE(parsedWith("op", Any(7)).opacity, 1.0);
        QCOMPARE(parsedWith("op", Any(-7)).opacity, 0.0);
        QCOMPARE(parsedWith("size", Any(Any::Array{-10, 5})).size, (Size{0, 5}));
        QCOMPARE(parsedWith("sw", Any(Any::BigInt{3})).strokeStyle.width, 3.0);
    }
    void arraysOfSharedTypesReadLikePlainOnes()
    {
        crdt::NewType array;
        array.kind = crdt::TypeKind::array;
        array.elements = {Any(1), Any(0), Any(0), Any(1), Any(7), Any(8)};
        QCOMPARE(parsedWith("xf", array).transform, Transform::translation(7, 8));
        crdt::NewType place;
        place.kind = crdt::TypeKind::array;
        place.elements = {Any("page1"), Any("a5")};
        QCOMPARE(parsedWith("pi", place).orderKey, std::string("a5"));
        crdt::NewType color = mapOf({{"space", Any("srgb")}, {"c", Any(Any::Array{0, 1, 0})}});
        crdt::NewType fills;
        fills.kind = crdt::TypeKind::array;
        fills.elements = {mapOf({{"id", Any("g")}, {"type", Any("solid")}, {"color", color}})};
        QCOMPARE(parsedWith("fills", fills).fills, (std::vector<Paint>{solidPaint({0, 1, 0, 1}, "g")}));
    }
    void aNodeStoredAsAPlainObjectIsANode()
    {
        Fixture f;
        writeScriptDocument(f.document.crdt());
        f.document.crdt().transact("other", [&](crdt::Transaction& transaction) {
            f.document.crdt().map("nodes").set(transaction, "plain",
                Any(Any::Object{{"t", "ellipse"}, {"pi", Any::Array{"page1", "a1"}}, {"name", "Dot"}}));
            f.document.crdt().map("nodes").set(transaction, "number", Any(5));
        });
        QCOMPARE(f.node("plain").type, NodeType::ellipse);
        QVERIFY(f.document.node(NodeId{"number"}) == nullptr);
        QVERIFY(apply(f.document, SetProperties{NodeId{"plain"}, {{"op", 0.5}}}, "me").hasValue());
        QCOMPARE(f.node("plain").opacity, 0.5);
        QCOMPARE(f.node("plain").name, std::string("Dot"));
    }
    void unknownTypesAndPropertiesAreKept()
    {
        Fixture f;
        writeScriptDocument(f.document.crdt());
        f.set("red", "t", Any("hologram"));
        f.set("red", "shimmer", Any(Any::Array{1, 2}));
        QCOMPARE(f.node("red").type, NodeType::unknown);
        QCOMPARE(f.node("red").typeText, std::string("hologram"));
        QVERIFY(apply(f.document, SetTransform{NodeId{"red"}, Transform::translation(1, 2)}, "me").hasValue());
        QVERIFY(QByteArray::fromStdString(f.document.canonicalJson()).contains("\"shimmer\":[1,2]"));
    }
    void paintsSurviveTheWayThroughThePlainForm_data()
    {
        QTest::addColumn<QString>("json");
        QTest::newRow("solid") << R"([{"id":"a","type":"solid","color":{"space":"srgb","c":[0.1,0.2,0.3],"a":0.5}}])";
        QTest::newRow("gradient") << R"([{"id":"a","type":"gradient","gradient":"linear","matrix":[1,0,0,1,0.25,0],
            "stops":[{"offset":0,"color":{"space":"srgb","c":[0,0,0],"a":1}},{"offset":1,"color":{"space":"srgb","c":[1,1,1],"a":0}}]}])";
        QTest::newRow("hidden image") << R"([{"id":"a","type":"image","asset":
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","fit":"tile","visible":false,"opacity":0.25}])";
        QTest::newRow("unknown kind") << R"([{"id":"a","type":"pattern","node":"n","angle":{"deg":5}}])";
        QTest::newRow("known kind with unknown members") << R"([{"id":"a","type":"solid","color":{"space":"srgb","c":[0,0,0],"a":1},"blend":"multiply"}])";
        QTest::newRow("no paint at all") << R"([17,"x"])";
    }
    void paintsSurviveTheWayThroughThePlainForm()
    {
        QFETCH(QString, json);
        const Any stored = crdt::parseJson(json.toStdString()).value();
        const std::vector<Paint> paints = parsedWith("fills", stored).fills;
        QCOMPARE(toAny(paints), stored);
        QCOMPARE(parsedWith("fills", toAny(paints)).fills, paints);
    }
    void coloursOfOtherSpacesBecomeSrgb()
    {
        const auto fill = [](const char* json) {
            return parsedWith("fills", Any(Any::Array{Any::Object{
                {"id", "a"}, {"type", "solid"}, {"color", crdt::parseJson(json).value()}}})).fills.at(0).color;
        };
        QCOMPARE(fill(R"({"space":"cmyk","c":[0,1,1,0],"a":1})"), (Color{1, 0, 0, 1}));
        QCOMPARE(fill(R"("#00ff00")"), (Color{0, 1, 0, 1}));
        const Color white = fill(R"({"space":"display-p3","c":[1,1,1],"a":1})");
        QVERIFY(white.r > 0.999 && white.g > 0.999 && white.b > 0.999);
        const Color red = fill(R"({"space":"display-p3","c":[0.5,0.1,0.1],"a":1})");
        QVERIFY(red.r > 0.53 && red.r < 0.56 && red.g < 0.1);
        QCOMPARE(fill(R"({"space":"spot","c":[1],"a":1})"), (Color{0, 0, 0, 1}));
        QCOMPARE(fill(R"({"space":"srgb","c":[2,-1,0],"a":9})"), (Color{1, 0, 0, 1}));
    }
    void pathsReadInBothForms()
    {
        const PathPoint corner{{0, 0}, {0, 0}, {0, 0}}, curve{{10, 5}, {8, 5}, {12, 5}};
        const VectorPath expected{FillRule::evenodd, {{true, {corner, curve}}}};
        const Any flat = crdt::parseJson(R"({"rule":"evenodd","subs":[{"closed":true,"points":[0,0,0,0,0,0,10,5,8,5,12,5]}]})").value();
        QCOMPARE(parsedWith("path", flat).path, expected);
        QCOMPARE(toAny(expected), flat);
        const Any nested = crdt::parseJson(R"({"rule":"evenodd","subs":[{"closed":true,"points":[[0,0],[10,5,8,5,12,5,"smooth"]]}]})").value();
        QVERIFY(parsedWith("path", nested).path.subPaths.at(0).points.empty()); // a kind must be a number
        const Any numbers = crdt::parseJson(R"([{"closed":true,"points":[[0,0],[10,5,8,5,12,5,1]]}])").value();
        QCOMPARE(parsedWith("path", numbers).path.subPaths, expected.subPaths);
    }
    void textRunsCarryTheirStyles()
    {
        Fixture f;
        writeScriptDocument(f.document.crdt());
        crdt::NewType text;
        text.kind = crdt::TypeKind::text;
        text.text = "Hello world";
        f.set("red", "text", text);
        f.document.crdt().transact("other", [&](crdt::Transaction& transaction) {
            crdt::Text t = f.document.crdt().map("nodes").getType("red").asMap().getType("text").asText();
            t.format(transaction, 0, 5, {{"size", 32}, {"weight", 700}, {"italic", true}, {"fill", "#ff0000"}});
            t.format(transaction, 6, 5, {{"size", "huge"}, {"somethingElse", 1}});
        });
        const Node& node = f.node("red");
        QCOMPARE(node.plainText(), std::string("Hello world"));
        QCOMPARE(node.text.size(), std::size_t{2}); // unknown attributes make no style
        QCOMPARE(node.text[0].style.size, 32.0);
        QCOMPARE(node.text[0].style.weight, 700);
        QVERIFY(node.text[0].style.italic);
        QCOMPARE(node.text[0].style.fill, (Color{1, 0, 0, 1}));
        QCOMPARE(node.text[1].style, TextStyle{});
    }
    void paragraphsReadBothSpellings()
    {
        const ParagraphStyle expected{TextAlign::center, VerticalAlign::bottom, AutoSize::widthAndHeight};
        const auto para = [](const char* json) { return parsedWith("para", crdt::parseJson(json).value()).paragraph; };
        QCOMPARE(para(R"({"align":"center","verticalAlign":"bottom","autoSize":"widthAndHeight"})"), expected);
        QCOMPARE(para(R"({"h":"center","v":"bottom","autosize":"width-and-height"})"), expected);
    }
    void groupsAreAsLargeAsWhatIsInThem()
    {
        Fixture f;
        writeScriptDocument(f.document.crdt());
        const auto create = [&](const char* id, NodeType type, const char* parent, Properties properties) {
            QVERIFY(apply(f.document, CreateNode{NodeId{id}, type, {NodeId{parent}, {}}, std::move(properties), {}}, "me").hasValue());
        };
        create("g", NodeType::group, "page1", {{"xf", toAny(Transform::translation(100, 100))}});
        create("a", NodeType::rect, "g", {{"size", toAny(Size{10, 10})}});
        create("b", NodeType::rect, "g", {{"xf", toAny(Transform::translation(20, 0) * Transform::scaling(2, 2))}, {"size", toAny(Size{10, 10})}});
        create("h", NodeType::line, "page1", {{"size", toAny(Size{500, 0})}});
        QCOMPARE(f.document.pageBounds(NodeId{"g"}), (Rect{100, 100, 40, 20}));
        QCOMPARE(f.document.pageBounds(NodeId{"b"}), (Rect{120, 100, 20, 20}));
        QCOMPARE(f.document.pageTransform(NodeId{"b"}), (Transform{2, 0, 0, 2, 120, 100}));
        QCOMPARE(f.document.contentBounds(NodeId{"page1"}), (Rect{0, 0, 500, 160}));
        QVERIFY(f.document.pageBounds(NodeId{"nobody"}).isEmpty());
    }
    void changesAreToldByNode()
    {
        Fixture f;
        std::vector<ChangeSet> told;
        const auto subscription = f.document.onChange([&](const ChangeSet& changes) { told.push_back(changes); });
        writeScriptDocument(f.document.crdt());
        QCOMPARE(told.size(), std::size_t{1});
        QCOMPARE(told[0].nodesAdded, (std::set<NodeId>{NodeId{"page1"}, NodeId{"red"}}));
        QVERIFY(told[0].treeChanged && told[0].metaChanged && told[0].local);
        QCOMPARE(told[0].origin, std::string("script"));

        f.set("red", "op", Any(0.5));
        QCOMPARE(told.back().nodesChanged, (std::set<NodeId>{NodeId{"red"}}));
        QVERIFY(!told.back().treeChanged && told.back().nodesAdded.empty());

        QVERIFY(apply(f.document, DeleteNode{NodeId{"red"}}, "me").hasValue());
        QVERIFY(told.back().treeChanged && told.back().nodesRemoved.empty());
        QVERIFY(f.document.tree().isInTrash(NodeId{"red"}));

        f.document.crdt().transact("purge", [&](crdt::Transaction& transaction) {
            f.document.crdt().map("nodes").remove(transaction, "red");
        });
        QCOMPARE(told.back().nodesRemoved, (std::set<NodeId>{NodeId{"red"}}));
        QVERIFY(f.document.node(NodeId{"red"}) == nullptr);
    }
    void remoteChangesReachTheCaches()
    {
        Fixture a, b;
        writeScriptDocument(a.document.crdt());
        QVERIFY(b.document.crdt().applyUpdate(a.document.crdt().encodeStateAsUpdate(), "net").hasValue());
        QCOMPARE(b.node("red").name, std::string("Red"));
        ChangeSet told;
        const auto subscription = b.document.onChange([&](const ChangeSet& changes) { told = changes; });
        a.set("red", "name", Any("Rot"));
        QVERIFY(b.document.crdt().applyUpdate(a.document.crdt().encodeStateAsUpdate(b.document.crdt().stateVector()), "net").hasValue());
        QCOMPARE(b.node("red").name, std::string("Rot"));
        QVERIFY(!told.local);
        QCOMPARE(told.origin, std::string("net"));
        QCOMPARE(a.document.canonicalJson(), b.document.canonicalJson());
    }
    void textEditsReachTheParsedNode()
    {
        Fixture f;
        writeScriptDocument(f.document.crdt());
        QVERIFY(apply(f.document, CreateNode{NodeId{"t"}, NodeType::text, {NodeId{"page1"}, {}}, {}, "Hi"}, "me").hasValue());
        QCOMPARE(f.node("t").plainText(), std::string("Hi"));
        ChangeSet told;
        const auto subscription = f.document.onChange([&](const ChangeSet& changes) { told = changes; });
        QVERIFY(apply(f.document, EditText{NodeId{"t"}, 2, 0, " there"}, "me").hasValue());
        QCOMPARE(f.node("t").plainText(), std::string("Hi there"));
        QCOMPARE(told.nodesChanged, (std::set<NodeId>{NodeId{"t"}}));
        QVERIFY(!told.treeChanged);
    }
    void assetsAndGenerationsAreRead()
    {
        Fixture f;
        const ContentHash hash = contentHash(asBytes("pixels"));
        QVERIFY(apply(f.document, {AddAsset{hash, "image/png", 6, 3, 2, "Dot"},
                                   AddGeneration{"gen1", {{"prompt", "a dot"}, {"seed", 7}}}}, "me").hasValue());
        QCOMPARE(f.document.asset(hash)->widthPx, 3u);
        QCOMPARE(f.document.asset(hash)->sizeBytes, std::uint64_t{6});
        QCOMPARE(f.document.assets().size(), std::size_t{1});
        QCOMPARE(*f.document.generation("gen1").find("prompt")->string(), std::string("a dot"));
        QVERIFY(f.document.generation("other").isUndefined());
    }
    void canonicalTextIsSortedAndHoldsTextRuns()
    {
        Fixture f;
        f.document.crdt().transact("script", [&](crdt::Transaction& transaction) {
            crdt::NewType text;
            text.kind = crdt::TypeKind::text;
            text.text = "ab";
            f.document.crdt().map("nodes").set(transaction, "n",
                mapOf({{"z", Any(1)}, {"text", text}, {"a", Any(Any::Object{{"y", Any()}, {"x", notANumber}, {"b", -0.0}})}}));
        });
        QCOMPARE(QByteArray::fromStdString(f.document.canonicalJson()),
                 QByteArray(R"({"assets":{},"gen":{},"libraries":{},"meta":{},"modes":{},"nodes":{"n":{"a":{"b":0,"x":null},)"
                            R"("text":{"text":[{"insert":"ab"}]},"z":1}},"styles":{},"tokens":{}})"));
    }
    void newerDocumentsAreRecognised()
    {
        Fixture f;
        f.document.crdt().transact("new", [&](crdt::Transaction& transaction) {
            f.document.crdt().map("meta").set(transaction, "minReaderVersion", Any(formatVersion + 1));
        });
        QVERIFY(f.document.needsNewerReader());
    }
};

QTEST_APPLESS_MAIN(DocumentTest)
#include "document_test.moc"
