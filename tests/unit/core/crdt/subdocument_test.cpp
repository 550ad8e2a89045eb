#include <QtTest>

#include <core/crdt/events.h>

using namespace tessera;
using namespace tessera::crdt;

/// Documents inside documents. Bytes and events of yjs are in types.json (see
/// twin_golden_test.cpp).
class SubdocumentTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_doc = std::make_unique<Doc>(DocOptions{.clientId = ClientId{1}});
        m_events.clear();
        m_token =
            onSubdocuments(*m_doc, [this](const SubdocumentsEvent& event, const TransactionInfo&) {
                m_events.push_back(event);
            });
    }

    void optionsTravelAndWishesDoNot()
    {
        insert("k", {.guid = "g",
                     .options = {.gc = false, .autoLoad = false, .meta = Any("m")},
                     .shouldLoad = true});
        const Subdocument here = at(*m_doc, "k");
        QVERIFY(here.shouldLoad);
        Doc other({.clientId = ClientId{2}});
        QVERIFY(other.applyUpdate(m_doc->encodeStateAsUpdate()));
        const Subdocument there = at(other, "k");
        QCOMPARE(there.guid, std::string("g"));
        QVERIFY(there.options == here.options);
        QVERIFY(!there.options.gc);
        QVERIFY(!there.shouldLoad);
        QVERIFY(there.id == here.id);
    }

    void optionsOfOtherKindsReadAsJavaScriptDoes()
    {
        // One sub-document "g" in the map "m", key "k", with options yjs would never write.
        const auto withOptions = [](const Any& options) {
            ByteWriter writer;
            writer.writeBytes(fromHex("0101010029"
                                      "01016d"
                                      "016b"
                                      "0167")
                                  .value());
            writeAny(writer, options);
            writer.writeByte(0);
            return writer.take();
        };
        Doc doc;
        QVERIFY(doc.applyUpdate(
            withOptions(Any::Object{{"gc", nullptr}, {"autoLoad", 1}, {"other", "kept"}})));
        QVERIFY(!at(doc, "k").options.gc);
        QVERIFY(at(doc, "k").options.autoLoad);
        QCOMPARE(doc.encodeStateAsUpdate(),
                 withOptions(Any::Object{{"gc", nullptr}, {"autoLoad", 1}, {"other", "kept"}}));
        Doc strange;
        QVERIFY(strange.applyUpdate(withOptions(Any("no object"))));
        QVERIFY(at(strange, "k").options == SubdocumentOptions{});
    }

    void arraysAndXmlHoldThemToo()
    {
        m_doc->transact({}, [&](Transaction& t) {
            m_doc->array("a").push(t, {NewSubdocument{.guid = "g", .options = {}}, Any(1)});
            m_doc->xmlFragment("x").push(t, {NewSubdocument{.guid = "h", .options = {}}});
        });
        QCOMPARE(std::get<Subdocument>(*m_doc->array("a").get(0)).guid, std::string("g"));
        QVERIFY(m_doc->xmlFragment("x").get(0).isNull());
        QCOMPARE(subdocuments(*m_doc).size(), std::size_t{2});
        QVERIFY(m_doc->map("m").getType("k").isNull());
        QVERIFY(m_doc->array("a").toAny().array()->front().isUndefined());
    }

    void loadingTellsOnce()
    {
        insert("k", {.guid = "g", .options = {}, .shouldLoad = false});
        QVERIFY(m_events.at(0).loaded.empty());
        loadSubdocument(*m_doc, at(*m_doc, "k"));
        loadSubdocument(*m_doc, at(*m_doc, "k"));
        QCOMPARE(m_events.size(), std::size_t{2});
        QVERIFY(m_events.at(1).added.empty());
        QCOMPARE(m_events.at(1).loaded.at(0).guid, std::string("g"));
        QVERIFY(at(*m_doc, "k").shouldLoad);
    }

    void unloadingGivesAFreshOne()
    {
        insert("k", {.guid = "g", .options = {}});
        unloadSubdocument(*m_doc, at(*m_doc, "k"));
        QCOMPARE(m_events.size(), std::size_t{2});
        QVERIFY(m_events.at(1).removed.at(0).shouldLoad);
        QVERIFY(!m_events.at(1).added.at(0).shouldLoad);
        loadSubdocument(*m_doc, at(*m_doc, "k"));
        QCOMPARE(m_events.size(), std::size_t{3});
    }

    void theDeletedAreNeitherLoadedNorListed()
    {
        insert("k", {.guid = "g", .options = {}, .shouldLoad = false});
        const Subdocument gone = at(*m_doc, "k");
        m_doc->transact({}, [&](Transaction& t) { m_doc->map("m").remove(t, "k"); });
        QCOMPARE(m_events.at(1).removed.at(0).guid, std::string("g"));
        loadSubdocument(*m_doc, gone);
        unloadSubdocument(*m_doc, gone);
        QCOMPARE(m_events.size(), std::size_t{2});
        QVERIFY(subdocuments(*m_doc).empty());
    }

    void loadingEmitsNoUpdate()
    {
        insert("k", {.guid = "g", .options = {}, .shouldLoad = false});
        int updates = 0;
        const auto token = m_doc->onUpdate([&](ByteView, const Origin&, bool) { ++updates; });
        loadSubdocument(*m_doc, at(*m_doc, "k"));
        QCOMPARE(updates, 0);
    }

private:
    void insert(std::string_view key, const NewSubdocument& subdocument)
    {
        m_doc->transact({}, [&](Transaction& t) { m_doc->map("m").set(t, key, subdocument); });
    }
    static Subdocument at(Doc& doc, std::string_view key)
    {
        return std::get<Subdocument>(*doc.map("m").get(key));
    }

    std::unique_ptr<Doc> m_doc;
    std::vector<SubdocumentsEvent> m_events;
    Doc::Subscription m_token;
};

QTEST_APPLESS_MAIN(SubdocumentTest)
#include "subdocument_test.moc"
