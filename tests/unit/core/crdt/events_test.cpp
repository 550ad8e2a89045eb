#include <QtTest>

#include <core/crdt/events.h>

using namespace tessera::crdt;

/// Who is told what, and when not. What yjs tells for the same edits is in events.json (see
/// twin_golden_test.cpp).
class EventsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_doc = std::make_unique<Doc>(DocOptions{.clientId = ClientId{1}}); }

    void observersAreToldOfTheirTypeOnly()
    {
        Map map = m_doc->map("m");
        SharedType inner;
        edit([&](Transaction& t) { inner = map.set(t, "n", NewType{}); });
        int shallow = 0;
        int deep = 0;
        const auto a = observe(map, [&](const TypeEvent&, const TransactionInfo&) { ++shallow; });
        const auto b =
            observeDeep(map, [&](std::span<const TypeEvent> events, const TransactionInfo&) {
                deep += static_cast<int>(events.size());
            });
        edit([&](Transaction& t) { inner.asMap().set(t, "k", Any(1)); });
        QCOMPARE(shallow, 0);
        QCOMPARE(deep, 1);
        edit([&](Transaction& t) { m_doc->map("other").set(t, "k", Any(1)); });
        QCOMPARE(deep, 1);
        edit([&](Transaction& t) {
            map.set(t, "k", Any(1));
            inner.asMap().set(t, "k", Any(2));
        });
        QCOMPARE(shallow, 1);
        QCOMPARE(deep, 3);
    }

    void shortestPathsComeFirst()
    {
        Map map = m_doc->map("m");
        SharedType inner;
        edit([&](Transaction& t) { inner = map.set(t, "n", NewType{}); });
        std::vector<std::size_t> lengths;
        const auto token =
            observeDeep(map, [&](std::span<const TypeEvent> events, const TransactionInfo&) {
                for (const TypeEvent& event : events)
                    lengths.push_back(event.path.size());
            });
        edit([&](Transaction& t) {
            inner.asMap().set(t, "k", Any(2));
            map.set(t, "k", Any(1));
        });
        QVERIFY((lengths == std::vector<std::size_t>{0, 1}));
    }

    void pathsStartAtTheObservedType()
    {
        Array list = m_doc->array("a");
        edit([&](Transaction& t) {
            list.push(t, {Any(1), Any(2),
                          NewType{.kind = TypeKind::map,
                                  .entries = {{"t", NewType{.kind = TypeKind::text}}}}});
        });
        Map map = std::get<SharedType>(*list.get(2)).asMap();
        Path fromList;
        Path fromMap;
        const auto a = observeDeep(
            list, [&](auto events, const TransactionInfo&) { fromList = events[0].path; });
        const auto b = observeDeep(
            map, [&](auto events, const TransactionInfo&) { fromMap = events[0].path; });
        edit([&](Transaction& t) { map.getType("t").asText().insert(t, 0, "x"); });
        QVERIFY((fromList == Path{std::size_t{2}, std::string("t")}));
        QVERIFY((fromMap == Path{std::string("t")}));
    }

    void theSubscriptionEndsWithItsToken()
    {
        Text text = m_doc->text("t");
        int calls = 0;
        {
            const auto token =
                observe(text, [&](const TypeEvent&, const TransactionInfo&) { ++calls; });
            edit([&](Transaction& t) { text.insert(t, 0, "a"); });
        }
        edit([&](Transaction& t) { text.insert(t, 0, "b"); });
        QCOMPARE(calls, 1);
        const auto late =
            observe(text, [&](const TypeEvent&, const TransactionInfo&) { calls += 10; });
        edit([&](Transaction& t) { text.insert(t, 0, "c"); });
        QCOMPARE(calls, 11);
    }

    void tokensMayOutliveTheDocument()
    {
        auto token = observe(m_doc->text("t"), [](const TypeEvent&, const TransactionInfo&) {});
        m_doc.reset();
        token.reset();
    }

    void callbacksMayEndSubscriptionsAndStartOthers()
    {
        Text text = m_doc->text("t");
        int second = 0;
        Doc::Subscription first;
        Doc::Subscription other;
        first = observe(text, [&](const TypeEvent&, const TransactionInfo&) {
            other = observe(text, [&](const TypeEvent&, const TransactionInfo&) { ++second; });
            first.reset();
        });
        edit([&](Transaction& t) { text.insert(t, 0, "a"); });
        edit([&](Transaction& t) { text.insert(t, 0, "b"); });
        QCOMPARE(second, 1);
    }

    void aNullHandleCannotBeObserved()
    {
        QVERIFY(!observe(SharedType(), [](const TypeEvent&, const TransactionInfo&) {}));
        QVERIFY(
            !observeDeep(SharedType(), [](std::span<const TypeEvent>, const TransactionInfo&) {}));
    }

    void originAndSideAreTold()
    {
        Text text = m_doc->text("t");
        Doc other({.clientId = ClientId{2}});
        other.transact({}, [&](Transaction& t) { other.text("t").insert(t, 0, "x"); });
        std::vector<std::pair<Origin, bool>> seen;
        const auto token = observe(text, [&](const TypeEvent&, const TransactionInfo& transaction) {
            seen.emplace_back(transaction.origin, transaction.local);
        });
        m_doc->transact("me", [&](Transaction& t) { text.insert(t, 0, "a"); });
        QVERIFY(m_doc->applyUpdate(other.encodeStateAsUpdate(), "net"));
        QVERIFY((seen == std::vector<std::pair<Origin, bool>>{{"me", true}, {"net", false}}));
    }

    void oldValuesAreWhatWasThereBefore()
    {
        Map map = m_doc->map("m");
        edit([&](Transaction& t) { map.set(t, "k", Any("old")); });
        std::optional<KeyChange> change;
        const auto token = observe(map, [&](const TypeEvent& event, const TransactionInfo&) {
            change = event.keys[0].second;
        });
        edit([&](Transaction& t) {
            map.set(t, "k", Any("between"));
            map.set(t, "k", Any("new"));
        });
        QVERIFY(change && change->action == KeyChange::Action::update);
        QCOMPARE(*std::get<Any>(*change->oldValue).string(), std::string("old"));
        QCOMPARE(*map.getAny("k").string(), std::string("new"));
        edit([&](Transaction& t) { map.remove(t, "k"); });
        QVERIFY(change->action == KeyChange::Action::remove);
        QCOMPARE(*std::get<Any>(*change->oldValue).string(), std::string("new"));
    }

    void aDeltaLeadsFromTheOldTextToTheNew()
    {
        Text text = m_doc->text("t");
        edit([&](Transaction& t) { text.insert(t, 0, "one two three"); });
        std::vector<DeltaOp> delta;
        const auto token = observe(
            text, [&](const TypeEvent& event, const TransactionInfo&) { delta = event.delta; });
        edit([&](Transaction& t) {
            text.remove(t, 0, 4);
            text.insert(t, 4, "2.5 ");
            text.format(t, 4, 3, {{"b", true}});
        });
        QCOMPARE(delta.size(), std::size_t{4});
        QVERIFY(delta[0].kind == DeltaOp::Kind::remove && delta[0].count == 4);
        QVERIFY(delta[1].kind == DeltaOp::Kind::retain && delta[1].count == 4 &&
                delta[1].attributes.empty());
        QVERIFY(delta[2].kind == DeltaOp::Kind::insert && delta[2].count == 3);
        QCOMPARE(*std::get<Any>(delta[2].values[0]).string(), std::string("2.5"));
        QVERIFY(*delta[2].attributes[0].second.boolean());
        QCOMPARE(*std::get<Any>(delta[3].values[0]).string(), std::string(" "));
    }

    void observingChangesNoBytes()
    {
        Doc plain({.clientId = ClientId{1}});
        const auto token = observeDeep(m_doc->text("t"),
                                       [](std::span<const TypeEvent>, const TransactionInfo&) {});
        for (Doc* doc : {m_doc.get(), &plain}) {
            Text text = doc->text("t");
            doc->transact({}, [&](Transaction& t) {
                text.insert(t, 0, "abc", Any::Object{{"b", true}});
            });
            doc->transact({}, [&](Transaction& t) { text.format(t, 1, 1, {{"b", nullptr}}); });
            doc->transact({}, [&](Transaction& t) { text.format(t, 0, 3, {{"b", true}}); });
        }
        QCOMPARE(m_doc->encodeStateAsUpdate(), plain.encodeStateAsUpdate());
    }

private:
    void edit(const std::function<void(Transaction&)>& body) { m_doc->transact({}, body); }
    std::unique_ptr<Doc> m_doc;
};

QTEST_APPLESS_MAIN(EventsTest)
#include "events_test.moc"
