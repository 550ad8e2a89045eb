#include <QtTest>

#include <core/crdt/doc.h>

using namespace tessera::crdt;

namespace {

NewType element(std::string name, std::vector<NewValue> children = {})
{
    return {
        .kind = TypeKind::xmlElement, .nodeName = std::move(name), .elements = std::move(children)};
}

NewType xmlText(std::string text)
{
    return {.kind = TypeKind::xmlText, .text = std::move(text)};
}

} // namespace

/// XML types as handles. What yjs makes of the same calls is in types.json (see
/// twin_golden_test.cpp).
class XmlTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_doc = std::make_unique<Doc>(DocOptions{.clientId = ClientId{1}}); }

    void childrenKnowTheirPlace()
    {
        XmlFragment root = fill({element("a"), xmlText("t"), element("b")});
        const SharedType first = root.firstChild();
        QCOMPARE(first.asXmlElement().nodeName(), std::string("a"));
        QCOMPARE(first.nextSibling().asXmlText().toString(), std::string("t"));
        QCOMPARE(first.nextSibling().nextSibling().asXmlElement().nodeName(), std::string("b"));
        QVERIFY(first.nextSibling().nextSibling().nextSibling().isNull());
        QVERIFY(first.nextSibling().previousSibling() == first);
        QVERIFY(first.previousSibling().isNull());
        QVERIFY(first.parent() == root);
        QVERIFY(root.parent().isNull());
        QVERIFY(root.nextSibling().isNull());
    }

    void siblingsSkipTheDeleted()
    {
        XmlFragment root = fill({element("a"), element("gone"), element("b")});
        edit([&](Transaction& t) { root.remove(t, 1); });
        QCOMPARE(root.size(), std::size_t{2});
        QCOMPARE(root.get(0).nextSibling().asXmlElement().nodeName(), std::string("b"));
        QCOMPARE(root.get(1).previousSibling().asXmlElement().nodeName(), std::string("a"));
    }

    void entriesOfAMapHaveAParentButNoSiblings()
    {
        Map map = m_doc->map("m");
        SharedType made;
        edit([&](Transaction& t) {
            made = map.set(t, "k", element("p"));
            map.set(t, "k", element("q"));
            made = map.getType("k");
        });
        QVERIFY(made.parent() == map);
        QVERIFY(made.previousSibling().isNull());
    }

    void handlesAreOfOneKind()
    {
        XmlFragment root =
            fill({element("a"), xmlText("t"), NewType{.kind = TypeKind::xmlHook, .nodeName = "h"}});
        QVERIFY(!root.get(0).asXmlFragment().isNull());
        QVERIFY(root.asXmlElement().isNull());
        QVERIFY(root.get(0).asXmlText().isNull());
        QVERIFY(root.get(0).asMap().isNull());
        QVERIFY(!root.get(1).asText().isNull());
        QVERIFY(root.get(1).asXmlFragment().isNull());
        QVERIFY(!root.get(2).asMap().isNull());
        QCOMPARE(root.get(2).asXmlHook().hookName(), std::string("h"));
        QVERIFY(root.get(3).isNull());
        QVERIFY(SharedType().asXmlFragment().isNull());
    }

    void nullHandlesReadEmptyAndWriteNothing()
    {
        XmlElement none;
        QCOMPARE(none.size(), std::size_t{0});
        QVERIFY(none.firstChild().isNull());
        QVERIFY(none.nextSibling().isNull());
        QVERIFY(none.parent().isNull());
        QVERIFY(none.toString().empty());
        QVERIFY(none.nodeName().empty());
        QVERIFY(!none.attribute("k"));
        edit([&](Transaction& t) {
            none.push(t, {element("p")});
            none.setAttribute(t, "k", Any(1));
            none.removeAttribute(t, "k");
            none.remove(t, 0);
        });
        QVERIFY(m_doc->stateVector().empty());
    }

    void deletedElementsReadEmptyAndWriteNothing()
    {
        XmlFragment root = fill({element("a", {element("b")})});
        XmlElement gone = root.firstChild().asXmlElement();
        edit([&](Transaction& t) { root.remove(t, 0); });
        const StateVector before = m_doc->stateVector();
        edit([&](Transaction& t) { gone.push(t, {element("p")}); });
        QCOMPARE(gone.size(), std::size_t{0});
        QVERIFY(gone.isDeleted());
        QVERIFY(m_doc->stateVector() == before);
    }

    void insertsGoAfterAChildOfThisTypeOnly()
    {
        XmlFragment root = fill({element("a", {element("in")}), element("b")});
        const SharedType inner = root.get(0).asXmlElement().firstChild();
        edit([&](Transaction& t) {
            root.insertAfter(t, root.get(0), {element("x")});
            root.insertAfter(t, SharedType(), {element("first")});
            root.insertAfter(t, inner, {element("nowhere")});
        });
        QCOMPARE(root.toString(), std::string("<first></first><a><in></in></a><x></x><b></b>"));
    }

    void markupIsNotEscapedAndSorted()
    {
        XmlFragment root = fill({element("Div")});
        XmlElement div = root.firstChild().asXmlElement();
        edit([&](Transaction& t) {
            div.setAttribute(t, "title", Any("a\"b<"));
            div.setAttribute(t, "class", Any("c"));
            div.push(t, {xmlText("1 < 2")});
            XmlText text = div.firstChild().asXmlText();
            text.format(t, 0, 1, {{"em", Any::Object{{"lang", "de"}}}});
        });
        QCOMPARE(root.toString(),
                 std::string("<div class=\"c\" title=\"a\"b<\"><em lang=\"de\">1</em> < 2</div>"));
        QCOMPARE(div.firstChild().asXmlText().toString(), std::string("1 < 2"));
        QCOMPARE(div.firstChild().asXmlText().toMarkup(),
                 std::string("<em lang=\"de\">1</em> < 2"));
        QCOMPARE(*root.toAny().string(), root.toString());
    }

    void attributesHoldAnyValue()
    {
        XmlElement e = m_doc->xmlElement("e");
        edit([&](Transaction& t) {
            e.setAttribute(t, "n", Any(1.5));
            e.setAttribute(t, "type", NewType{.kind = TypeKind::text, .text = "x"});
        });
        QCOMPARE(*std::get<Any>(*e.attribute("n")).number(), 1.5);
        QCOMPARE(std::get<SharedType>(*e.attribute("type")).asText().toString(), std::string("x"));
        QCOMPARE(e.nodeName(), std::string("UNDEFINED"));
        edit([&](Transaction& t) { e.removeAttribute(t, "n"); });
        QVERIFY(!e.hasAttribute("n"));
        std::vector<std::string> names;
        e.forEachAttribute([&](std::string_view name, const Value&) { names.emplace_back(name); });
        QVERIFY(names == std::vector<std::string>{"type"});
    }

    void rootsKeepTheKindOfTheirFirstUse()
    {
        QVERIFY(!m_doc->xmlFragment("x").isNull());
        QVERIFY(m_doc->xmlElement("x").isNull());
        QVERIFY(m_doc->text("x").isNull());
        QVERIFY(!m_doc->xmlText("y").isNull());
        QVERIFY(m_doc->text("y").isNull());
    }

    void treesDeeperThanTheLimitDoNotRecurseFurther()
    {
        XmlFragment at = m_doc->xmlFragment("x");
        for (int depth = 0; depth < 200; ++depth) {
            edit([&](Transaction& t) { at.push(t, {element("d")}); });
            at = at.firstChild().asXmlFragment();
        }
        QVERIFY(m_doc->xmlFragment("x").toString().size() < 200 * 7);
    }

private:
    void edit(const std::function<void(Transaction&)>& body) { m_doc->transact({}, body); }
    XmlFragment fill(const std::vector<NewValue>& children)
    {
        XmlFragment root = m_doc->xmlFragment("x");
        edit([&](Transaction& t) { root.push(t, children); });
        return root;
    }

    std::unique_ptr<Doc> m_doc;
};

QTEST_APPLESS_MAIN(XmlTest)
#include "xml_test.moc"
