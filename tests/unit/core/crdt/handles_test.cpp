#include <QtTest>

#include <core/crdt/events.h>

#include "random_tree.h"
#include "replicas.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// A type of each kind below the map "m", filled.
std::vector<SharedType> oneOfEach(Replica& replica)
{
    std::vector<SharedType> types;
    replica.edit([&](Transaction& t) {
        types.push_back(
            replica.map().set(t, "map", NewType{.entries = {{"k", Any(1)}, {"n", NewType{}}}}));
        types.push_back(replica.map().set(
            t, "array",
            NewType{.kind = TypeKind::array, .elements = {Any(1), NewType{}, Any("x")}}));
        types.push_back(
            replica.map().set(t, "text", NewType{.kind = TypeKind::text, .text = "hello"}));
        types.push_back(replica.map().set(
            t, "element",
            NewType{.kind = TypeKind::xmlElement,
                    .nodeName = "p",
                    .entries = {{"k", Any(1)}},
                    .elements = {NewType{.kind = TypeKind::xmlText, .text = "x"}}}));
        types.push_back(replica.map().set(
            t, "fragment",
            NewType{.kind = TypeKind::xmlFragment,
                    .elements = {NewType{.kind = TypeKind::xmlText, .text = "x"}}}));
        types.push_back(replica.map().set(
            t, "hook",
            NewType{.kind = TypeKind::xmlHook, .nodeName = "h", .entries = {{"k", Any(1)}}}));
        types.push_back(
            replica.map().set(t, "xmlText", NewType{.kind = TypeKind::xmlText, .text = "hello"}));
    });
    return types;
}

/// Everything that a handle of any kind can be asked.
std::string askAll(Doc& doc, Branch* branch)
{
    std::string answers;
    const auto visitKey = [&](std::string_view key, const Value& value) {
        answers += std::string(key) + Portrait::of(value);
    };
    const auto visitIndex = [&](std::size_t, const Value& value) {
        answers += Portrait::of(value);
    };
    const SharedType type(&doc, branch);
    answers += type.isNull() ? "null " : "";
    const Map map(&doc, branch);
    answers += std::to_string(map.size()) + std::to_string(map.has("k")) +
               std::to_string(map.get("k").has_value()) + Portrait::of(map.getAny("k"));
    answers += map.getType("n").isNull() ? "" : "type";
    map.forEach(visitKey);
    const Array array(&doc, branch);
    answers += std::to_string(array.size()) + std::to_string(array.get(0).has_value());
    array.forEach(visitIndex);
    const Text text(&doc, branch);
    answers += std::to_string(text.size()) + text.toString() + Portrait::of(text.runs()) +
               std::to_string(text.attribute("k").has_value());
    text.forEachAttribute(visitKey);
    const XmlElement element(&doc, branch);
    answers += std::to_string(element.size()) + (element.get(0).isNull() ? "" : "child") +
               (element.firstChild().isNull() ? "" : "child");
    answers += std::to_string(element.hasAttribute("k")) +
               std::to_string(element.attribute("k").has_value());
    element.forEach(visitIndex);
    element.forEachAttribute(visitKey);
    return answers;
}

/// Everything that a handle of any kind can be told.
void tellAll(Doc& doc, Branch* branch, Transaction& t)
{
    Map map(&doc, branch);
    map.set(t, "k", Any(2));
    map.set(t, "n", NewType{});
    map.set(t, "d", NewSubdocument{.guid = "g", .options = {}});
    map.remove(t, "k");
    Array array(&doc, branch);
    array.insert(t, 0, {Any(1), NewType{}});
    array.push(t, {Any(1)});
    array.remove(t, 0, 1);
    Text text(&doc, branch);
    text.insert(t, 0, "x");
    text.insert(t, 0, "x", Any::Object{{"b", true}});
    text.insertEmbed(t, 0, Any(1), {{"b", true}});
    text.insertType(t, 0, NewType{});
    text.remove(t, 0, 1);
    text.format(t, 0, 1, {{"b", true}});
    text.setAttribute(t, "k", Any(1));
    text.removeAttribute(t, "k");
    XmlElement element(&doc, branch);
    element.insert(t, 0, {NewType{.kind = TypeKind::xmlText}});
    element.push(t, {NewType{.kind = TypeKind::xmlText}});
    element.insertAfter(t, {}, {NewType{.kind = TypeKind::xmlText}});
    element.remove(t, 0);
    element.setAttribute(t, "k", Any(1));
    element.removeAttribute(t, "k");
}

} // namespace

/// Handles of what is not there, is gone or is of another kind.
class HandlesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aNullHandleIsEmptyAndTakesNothing()
    {
        Replica a(1);
        a.set("k", Any(1));
        const Bytes before = a.doc.encodeStateAsUpdate();
        QCOMPARE(askAll(a.doc, nullptr), std::string("null 000undefined000''0000"));
        a.edit([&](Transaction& t) { tellAll(a.doc, nullptr, t); });
        QCOMPARE(a.doc.encodeStateAsUpdate(), before);
        const SharedType none;
        QVERIFY(none.isNull() && none.isDeleted() && none.toAny().isUndefined());
        QVERIFY(none.parent().isNull() && none.nextSibling().isNull() &&
                none.previousSibling().isNull());
        QVERIFY(none.asMap().isNull() && none.asArray().isNull() && none.asText().isNull() &&
                none.asXmlFragment().isNull());
        QVERIFY(none.asXmlElement().isNull() && none.asXmlText().isNull() &&
                none.asXmlHook().isNull());
        QVERIFY(none == SharedType());
    }

    void aDeletedTypeIsEmptyAndTakesNothing_data()
    {
        QTest::addColumn<bool>("gc");
        QTest::newRow("collected") << true;
        QTest::newRow("kept") << false;
    }
    void aDeletedTypeIsEmptyAndTakesNothing()
    {
        QFETCH(bool, gc);
        Replica a(1, gc);
        const std::vector<SharedType> types = oneOfEach(a);
        std::vector<TypeKind> kinds;
        for (const SharedType& type : types)
            kinds.push_back(type.kind());
        a.edit([&](Transaction& t) {
            for (const char* key :
                 {"map", "array", "text", "element", "fragment", "hook", "xmlText"})
                a.map().remove(t, key);
            // Gone at once, within the transaction, too.
            for (const SharedType& type : types) {
                QVERIFY(type.isDeleted());
                tellAll(a.doc, type.branch(), t);
            }
        });
        const Bytes before = a.doc.encodeStateAsUpdate();
        for (std::size_t i = 0; i < types.size(); ++i) {
            QVERIFY(types[i].isDeleted() && !types[i].isNull());
            QCOMPARE(types[i].kind(), kinds[i]);
            a.edit([&](Transaction& t) { tellAll(a.doc, types[i].branch(), t); });
            const Array array(&a.doc, types[i].branch());
            QCOMPARE(array.size(), std::size_t{0});
            QVERIFY(!array.get(0));
            QCOMPARE(Text(&a.doc, types[i].branch()).size(), std::size_t{0});
            QCOMPARE(Text(&a.doc, types[i].branch()).toString(), std::string());
            QCOMPARE(Map(&a.doc, types[i].branch()).size(), std::size_t{0});
            QVERIFY(types[i].nextSibling().isNull() && types[i].previousSibling().isNull());
        }
        QCOMPARE(a.doc.encodeStateAsUpdate(), before);
        QCOMPARE(a.map().size(), std::size_t{0});
    }

    void castsGiveHandlesOfFittingKindsOnly()
    {
        Replica a(1);
        const std::vector<SharedType> types = oneOfEach(a);
        const auto casts = [](const SharedType& type) {
            std::string fitting;
            fitting += type.asMap().isNull() ? "" : "m";
            fitting += type.asArray().isNull() ? "" : "a";
            fitting += type.asText().isNull() ? "" : "t";
            fitting += type.asXmlFragment().isNull() ? "" : "f";
            fitting += type.asXmlElement().isNull() ? "" : "e";
            fitting += type.asXmlText().isNull() ? "" : "x";
            fitting += type.asXmlHook().isNull() ? "" : "h";
            return fitting;
        };
        const std::vector<std::string> expected{"m", "a", "t", "fe", "f", "mh", "tx"};
        for (std::size_t i = 0; i < types.size(); ++i) {
            QCOMPARE(casts(types[i]), expected[i]);
            QVERIFY(types[i].parent() == a.map());
            QVERIFY(&types[i].doc() == &a.doc);
        }
    }

    void emptyWritesAreNoTransaction()
    {
        Replica a(1);
        const std::vector<SharedType> types = oneOfEach(a);
        const std::size_t updates = a.made.size();
        a.edit([&](Transaction& t) {
            types[1].asArray().insert(t, 1, {});
            types[1].asArray().push(t, {});
            types[1].asArray().remove(t, 0, 0);
            types[1].asArray().remove(t, 3, 5);
            types[2].asText().insert(t, 0, "");
            types[2].asText().insert(t, 0, "", Any::Object{{"b", true}});
            types[2].asText().remove(t, 0, 0);
            types[2].asText().remove(t, 5, 5);
            types[2].asText().format(t, 0, 0, {{"b", true}});
            types[2].asText().format(t, 5, 1, {{"b", true}});
            types[2].asText().format(t, 0, 5, {});
            types[2].asText().format(t, 0, 5, {{"b", Any()}});
            types[2].asText().format(t, 0, 5, {{"b", nullptr}});
            types[0].asMap().remove(t, "absent");
            types[3].asXmlElement().removeAttribute(t, "absent");
            types[3].asXmlElement().remove(t, 1, 5);
            types[3].asXmlElement().insert(t, 0, {});
            types[6].asText().removeAttribute(t, "absent");
        });
        QCOMPARE(a.made.size(), updates);
    }

    void countsPastTheEndAreCutThere()
    {
        constexpr std::size_t all = static_cast<std::size_t>(-1);
        Replica a(1);
        const std::vector<SharedType> types = oneOfEach(a);
        a.edit([&](Transaction& t) {
            types[1].asArray().remove(t, 1, all);
            types[2].asText().format(t, 2, all, {{"b", true}});
            types[2].asText().remove(t, 4, all);
            types[6].asText().remove(t, 1, all);
            types[3].asXmlElement().remove(t, 0, all);
        });
        QCOMPARE(types[1].asArray().size(), std::size_t{1});
        QCOMPARE(describeRuns(types[2].asText()), std::string(R"(he{}|ll{"b":true}|)"));
        QCOMPARE(types[6].asText().toString(), std::string("h"));
        QCOMPARE(types[3].asXmlElement().size(), std::size_t{0});
        Replica b(2);
        QVERIFY(b.receive(a));
        QCOMPARE(Portrait::of(b.doc), Portrait::of(a.doc));
    }

    void textsPastTheEndGoToTheEnd()
    {
        Replica a(1);
        a.insert(0, "ab");
        a.insert(99, "c");
        a.format(0, 1, {{"b", true}});
        a.insert(99, "d");
        a.edit([&](Transaction& t) { a.text().insertEmbed(t, 99, Any(1)); });
        QCOMPARE(describeRuns(a.text()), std::string(R"(a{"b":true}|bcd{}|1{}|)"));
    }

    void aRootIsOfOneKind_data()
    {
        QTest::addColumn<int>("first");
        for (int kind = 0; kind < 6; ++kind)
            QTest::addRow("kind %d", kind) << kind;
    }
    void aRootIsOfOneKind()
    {
        QFETCH(int, first);
        Doc doc({.clientId = ClientId{1}});
        const std::function<SharedType()> roots[] = {
            [&] { return doc.map("r"); },        [&] { return doc.array("r"); },
            [&] { return doc.text("r"); },       [&] { return doc.xmlFragment("r"); },
            [&] { return doc.xmlElement("r"); }, [&] { return doc.xmlText("r"); }};
        const SharedType root = roots[first]();
        QVERIFY(!root.isNull() && !root.isDeleted() && root.parent().isNull());
        for (int other = 0; other < 6; ++other)
            QCOMPARE(roots[other]().isNull(), other != first);
        QVERIFY(roots[first]() == root);
        QCOMPARE(doc.rootNames(), std::vector<std::string>{"r"});
        QVERIFY(doc.encodeStateAsUpdate() == (Bytes{0, 0})); // a name alone is nothing to send
    }

    void anUpdateInsideATransactionIsPartOfItAndMakesItRemote()
    {
        Replica a(1), b(2);
        b.set("theirs", Any(1));
        a.edit(
            [&](Transaction& t) {
                a.map().set(t, "mine", Any(1));
                QVERIFY(a.doc.applyUpdate(b.made[0], "net"));
                QVERIFY(a.map().has("theirs"));
                a.map().set(t, "theirs", Any(2));
            },
            "me");
        QCOMPARE(a.made.size(), std::size_t{0});
        QCOMPARE(a.received.size(), std::size_t{1});
        QVERIFY(b.doc.applyUpdate(a.received[0]));
        QCOMPARE(Portrait::of(b.doc), Portrait::of(a.doc));
        QVERIFY(b.map().getAny("theirs") == Any(2));
    }

    void aBrokenUpdateInsideATransactionLeavesItAsItIs()
    {
        Replica a(1);
        a.edit([&](Transaction& t) {
            a.map().set(t, "before", Any(1));
            QVERIFY(!a.doc.applyUpdate(Bytes{1, 2, 3}));
            a.map().set(t, "after", Any(1));
        });
        QCOMPARE(a.made.size(), std::size_t{1});
        QCOMPARE(a.map().size(), std::size_t{2});
    }

    void observersOfADeletedTypeHearNothingMore()
    {
        for (const bool gc : {true, false}) {
            Replica a(1, gc), b(2, gc);
            const std::vector<SharedType> types = oneOfEach(a);
            QVERIFY(b.receive(a));
            int calls = 0;
            std::vector<Doc::Subscription> tokens;
            for (const SharedType& type : types) {
                tokens.push_back(
                    observe(type, [&](const TypeEvent&, const TransactionInfo&) { ++calls; }));
                tokens.push_back(observeDeep(
                    type, [&](std::span<const TypeEvent>, const TransactionInfo&) { ++calls; }));
            }
            // Somebody writes into each of them while all are deleted here.
            b.edit([&](Transaction& t) {
                for (const char* key :
                     {"map", "array", "text", "element", "fragment", "hook", "xmlText"}) {
                    const SharedType there = b.map().getType(key);
                    if (!there.asMap().isNull())
                        there.asMap().set(t, "late", Any(1));
                    else if (!there.asText().isNull())
                        there.asText().insert(t, 1, "late");
                    else
                        Array(&b.doc, there.branch()).push(t, {NewType{.kind = TypeKind::xmlText}});
                }
            });
            a.edit([&](Transaction& t) {
                for (const char* key :
                     {"map", "array", "text", "element", "fragment", "hook", "xmlText"})
                    a.map().remove(t, key);
            });
            QVERIFY(a.receive(b) && b.receive(a));
            QCOMPARE(calls, 0);
            QCOMPARE(Portrait::of(a.doc), Portrait::of(b.doc));
            QVERIFY(a.doc.stateVector() == b.doc.stateVector());
        }
    }
};

QTEST_APPLESS_MAIN(HandlesTest)
#include "handles_test.moc"
