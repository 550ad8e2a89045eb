#include <QtTest>

#include <core/crdt/doc.h>
#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

DocOptions client(std::uint64_t id) { return {.clientId = ClientId{id}}; }

void insertText(Doc& doc, std::size_t at, std::string_view text)
{
    doc.transact({}, [&](Transaction& t) { doc.text("t").insert(t, at, text); });
}

std::vector<Bytes> collectUpdates(Doc& doc, const std::function<void()>& edits)
{
    std::vector<Bytes> updates;
    const auto token = doc.onUpdate([&](ByteView update, const Origin&, bool) { updates.emplace_back(update.begin(), update.end()); });
    edits();
    return updates;
}

} // namespace

/// Documents: roots, transactions, events, what is pending, what is refused.
class DocTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRootKeepsTheKindOfItsFirstUse()
    {
        Doc doc(client(1));
        QVERIFY(!doc.map("r").isNull());
        QVERIFY(doc.text("r").isNull());
        QVERIFY(doc.array("r").isNull());
        QVERIFY(doc.map("r") == doc.map("r"));
        // A null handle reads empty and ignores writes.
        QCOMPARE(doc.text("r").size(), std::size_t{0});
        doc.transact({}, [&](Transaction& t) { doc.text("r").insert(t, 0, "x"); });
        QVERIFY(isEmptyUpdate(doc.encodeStateAsUpdate()));
    }

    void aRootThatAnUpdateNamedTakesTheKindOfItsFirstUse()
    {
        Doc writer(client(1));
        insertText(writer, 0, "abc");
        Doc reader(client(2));
        QVERIFY(reader.applyUpdate(writer.encodeStateAsUpdate()));
        QCOMPARE(reader.rootNames(), std::vector<std::string>{"t"});
        QCOMPARE(reader.text("t").toString(), std::string("abc"));
        QVERIFY(reader.map("t").isNull());
    }

    void nestedTransactionsAreOne()
    {
        Doc doc(client(1));
        std::vector<Origin> origins;
        const auto token = doc.onUpdate([&](ByteView, const Origin& origin, bool local) {
            QVERIFY(local);
            origins.push_back(origin);
        });
        doc.transact("outer", [&](Transaction& t) {
            doc.text("t").insert(t, 0, "a");
            doc.transact("inner", [&](Transaction& inner) {
                QCOMPARE(inner.origin(), Origin("outer"));
                doc.text("t").insert(inner, 1, "b");
            });
        });
        QCOMPARE(origins, std::vector<Origin>{"outer"});
        doc.transact("nothing", [](Transaction&) {});
        QCOMPARE(origins.size(), std::size_t{1});
    }

    void aTokenEndsItsSubscriptionAndMayOutliveTheDocument()
    {
        Doc::Subscription token;
        int calls = 0;
        {
            Doc doc(client(1));
            token = doc.onUpdate([&](ByteView, const Origin&, bool) { ++calls; });
            insertText(doc, 0, "a");
            auto other = doc.onUpdate([&](ByteView, const Origin&, bool) { calls += 100; });
            other.reset();
            insertText(doc, 0, "a");
        }
        token.reset();
        QCOMPARE(calls, 2);
    }

    void aCallbackThatWritesGetsATransactionOfItsOwn()
    {
        Doc doc(client(1));
        std::vector<Origin> origins;
        const auto updates = doc.onUpdate([&](ByteView, const Origin& origin, bool) { origins.push_back(origin); });
        const auto echo = doc.onTransaction([&](const TransactionEvent& event) {
            if (event.origin == "first")
                doc.transact("second", [&](Transaction& t) { doc.map("m").set(t, "seen", Any(true)); });
        });
        doc.transact("first", [&](Transaction& t) { doc.map("m").set(t, "k", Any(1)); });
        QCOMPARE(origins, (std::vector<Origin>{"first", "second"}));
        QVERIFY(doc.map("m").getAny("seen") == Any(true));
    }

    void changesTellTypePathAndKeysShallowFirst()
    {
        Doc doc(client(1));
        Map node;
        doc.transact({}, [&](Transaction& t) {
            doc.array("list").push(t, {Any("first"), NewType{.kind = TypeKind::map}});
            node = std::get<SharedType>(*doc.array("list").get(1)).asMap();
        });
        TransactionEvent seen;
        const auto token = doc.onTransaction([&](const TransactionEvent& event) { seen = event; });
        doc.transact("me", [&](Transaction& t) {
            node.set(t, "x", Any(1));
            node.set(t, "y", Any(2));
            doc.array("list").insert(t, 0, {Any("new")});
            doc.text("title").insert(t, 0, "T");
        });
        QCOMPARE(seen.origin, Origin("me"));
        QVERIFY(seen.local);
        QCOMPARE(seen.changes.size(), std::size_t{3});
        QCOMPARE(seen.changes[0].path, std::vector<std::string>{"list"});
        QVERIFY(seen.changes[0].childListChanged && seen.changes[0].keysChanged.empty());
        QCOMPARE(seen.changes[1].path, std::vector<std::string>{"title"});
        QCOMPARE(seen.changes[2].path, (std::vector<std::string>{"list", "2"}));
        QCOMPARE(seen.changes[2].keysChanged, (std::set<std::string>{"x", "y"}));
        QVERIFY(!seen.changes[2].childListChanged);
        QVERIFY(seen.changes[2].target == node);
        QCOMPARE(seen.before.at(ClientId{1}), Clock{2});
        QCOMPARE(seen.after.at(ClientId{1}), Clock{6});
    }

    void typesMadeOrDeletedInTheTransactionAreNotTold()
    {
        Doc doc(client(1));
        doc.transact({}, [&](Transaction& t) { doc.map("m").set(t, "old", NewType{}); });
        Map old = doc.map("m").getType("old").asMap();
        std::vector<std::vector<std::string>> paths;
        const auto token = doc.onTransaction([&](const TransactionEvent& event) {
            for (const TypeChange& change : event.changes)
                paths.push_back(change.path);
        });
        doc.transact({}, [&](Transaction& t) {
            old.set(t, "k", Any(1));
            doc.map("m").remove(t, "old");
            doc.map("m").set(t, "new", NewType{}).asMap().set(t, "k", Any(1));
        });
        QCOMPARE(paths, std::vector<std::vector<std::string>>{{"m"}});
    }

    void aHandleOutlivesItsType()
    {
        Doc doc(client(1));
        doc.transact({}, [&](Transaction& t) {
            doc.map("m").set(t, "n", NewType{.kind = TypeKind::map, .entries = {{"k", Any(1)}, {"t", NewType{.kind = TypeKind::text, .text = "x"}}}});
        });
        Map node = doc.map("m").getType("n").asMap();
        Text text = node.getType("t").asText();
        doc.transact({}, [&](Transaction& t) { doc.map("m").remove(t, "n"); });
        QVERIFY(node.isDeleted() && text.isDeleted());
        QCOMPARE(node.size(), std::size_t{0});
        QCOMPARE(text.toString(), std::string());
        const Bytes before = doc.encodeStateAsUpdate();
        doc.transact({}, [&](Transaction& t) {
            node.set(t, "k", Any(2));
            text.insert(t, 0, "y");
        });
        QCOMPARE(doc.encodeStateAsUpdate(), before);
    }

    void updatesInAnyOrderAndTwiceGiveTheSameDocument()
    {
        Doc writer(client(1));
        const auto updates = collectUpdates(writer, [&] {
            for (const char* word : {"one", "two", "three", "four"})
                insertText(writer, writer.text("t").size() / 2, word);
            writer.transact({}, [&](Transaction& t) { writer.text("t").remove(t, 3, 4); });
            writer.transact({}, [&](Transaction& t) { writer.map("m").set(t, "k", NewType{}); });
        });
        std::vector<std::size_t> order(updates.size());
        std::iota(order.begin(), order.end(), 0);
        do {
            Doc reader(client(2));
            for (const std::size_t i : order) {
                QVERIFY(reader.applyUpdate(updates[i]));
                QVERIFY(reader.applyUpdate(updates[order[0]]));
            }
            QVERIFY(!reader.hasPending());
            QCOMPARE(reader.encodeStateAsUpdate(), writer.encodeStateAsUpdate());
        } while (std::next_permutation(order.begin(), order.end()));
    }

    void pendingStructsTravelWithAFullState()
    {
        Doc writer(client(1));
        const auto updates = collectUpdates(writer, [&] {
            insertText(writer, 0, "one");
            insertText(writer, 3, "two");
            writer.transact({}, [&](Transaction& t) { writer.text("t").remove(t, 4, 1); });
        });
        Doc middle(client(2));
        QVERIFY(middle.applyUpdate(updates[2]));
        QVERIFY(middle.applyUpdate(updates[1]));
        QVERIFY(middle.hasPending());
        QVERIFY(middle.stateVector().empty());
        Doc last(client(3));
        QVERIFY(last.applyUpdate(middle.encodeStateAsUpdate()));
        QVERIFY(last.hasPending());
        QVERIFY(last.applyUpdate(updates[0]));
        QVERIFY(!last.hasPending());
        QCOMPARE(last.text("t").toString(), std::string("oneto"));
    }

    void aBrokenUpdateChangesNothing()
    {
        Doc writer(client(1));
        insertText(writer, 0, "hello");
        writer.transact({}, [&](Transaction& t) {
            writer.text("t").format(t, 1, 2, {{"bold", true}});
            writer.map("m").set(t, "k", NewType{.kind = TypeKind::array, .elements = {Any(1), Any(Bytes{1, 2})}});
            writer.text("t").remove(t, 0, 1);
        });
        const Bytes whole = writer.encodeStateAsUpdate();
        Doc reader(client(2));
        insertText(reader, 0, "mine");
        const Bytes before = reader.encodeStateAsUpdate();
        int events = 0;
        const auto token = reader.onTransaction([&](const TransactionEvent&) { ++events; });
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto applied = reader.applyUpdate(ByteView(whole).first(size));
            QVERIFY2(!applied, qPrintable(QString::number(size)));
            QVERIFY(applied.error().offset <= size);
        }
        Bytes longer = whole;
        longer.push_back(0);
        QCOMPARE(reader.applyUpdate(longer).error().code, DecodeErrc::trailingBytes);
        QCOMPARE(reader.encodeStateAsUpdate(), before);
        QCOMPARE(reader.rootNames(), std::vector<std::string>{"t"});
        QCOMPARE(events, 0);
    }

    void refusedUpdatesNameTheReason_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* hex, DecodeErrc code) { QTest::newRow(name) << QByteArray(hex) << int(code); };
        row("content reference 11", "010101000b01017400", DecodeErrc::unknownTag);
        row("type reference 7", "010101000701017407" "00", DecodeErrc::unknownTag);
        row("an origin in the own future", "0101010084010501" "6100", DecodeErrc::malformed);
        row("a clock past 2^53", "010101ffffffffffffff0f040101740161" "00", DecodeErrc::varintTooLong);
        row("two blocks of one client", "02010100040101740161" "010101840100016200", DecodeErrc::duplicateClient);
        row("an embed that is not JSON", "01010100050101740161" "00", DecodeErrc::malformed);
        row("a count that no input could fill", "ffffffffffffff0f", DecodeErrc::truncated);
        row("a delete range past 2^53", "00010101" "01ffffffffffffff0f", DecodeErrc::varintTooLong);
    }
    void refusedUpdatesNameTheReason()
    {
        QFETCH(QByteArray, hex);
        QFETCH(int, code);
        const auto applied = Doc(client(9)).applyUpdate(fromHex(hex.toStdString()).value());
        QVERIFY(!applied);
        QCOMPARE(describe(applied.error().code), describe(DecodeErrc(code)));
    }

    void somebodyElseWithOurClientIdMakesUsTakeAnother()
    {
        Doc a(client(5)), b(client(5));
        insertText(a, 0, "A");
        QVERIFY(b.applyUpdate(a.encodeStateAsUpdate()));
        QVERIFY(b.clientId() != ClientId{5});
        insertText(b, 1, "B");
        QVERIFY(a.applyUpdate(b.encodeStateAsUpdate()));
        QCOMPARE(a.clientId(), ClientId{5});
        QCOMPARE(a.text("t").toString(), std::string("AB"));
    }

    void aTreeOfAnyDepthIsDeletedAndCollected()
    {
        constexpr int depth = 60000;
        Doc doc(client(1));
        doc.transact({}, [&](Transaction& t) {
            Map map = doc.map("m");
            for (int i = 0; i < depth; ++i)
                map = map.set(t, "n", NewType{}).asMap();
        });
        Doc reader(client(2));
        QVERIFY(reader.applyUpdate(doc.encodeStateAsUpdate()));
        QVERIFY(reader.map("m").toAny().object());
        doc.transact({}, [&](Transaction& t) { doc.map("m").remove(t, "n"); });
        QVERIFY(reader.applyUpdate(doc.encodeStateAsUpdate()));
        QCOMPARE(reader.map("m").size(), std::size_t{0});
        QVERIFY(reader.encodeStateAsUpdate().size() < 40);
    }

    void editsInsideADeletedTypeDisappear()
    {
        Doc a(client(1)), b(client(2));
        a.transact({}, [&](Transaction& t) { a.map("m").set(t, "n", NewType{.kind = TypeKind::text, .text = "abc"}); });
        QVERIFY(b.applyUpdate(a.encodeStateAsUpdate()));
        b.transact({}, [&](Transaction& t) { b.map("m").getType("n").asText().insert(t, 3, "def"); });
        a.transact({}, [&](Transaction& t) { a.map("m").remove(t, "n"); });
        QVERIFY(a.applyUpdate(b.encodeStateAsUpdate(a.stateVector())));
        QVERIFY(b.applyUpdate(a.encodeStateAsUpdate(b.stateVector())));
        QCOMPARE(a.map("m").size() + b.map("m").size(), std::size_t{0});
        QCOMPARE(a.stateVector(), b.stateVector());
        QCOMPARE(a.encodeStateAsUpdate(), b.encodeStateAsUpdate());
    }

    void contentThatHasNoApiIsKept_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("xml element, attribute and text")
            << QByteArray("0104010007010178030170280001000269640177013107000100060400010202686900");
        QTest::newRow("xml hook") << QByteArray("01010100070101780501" "6800");
        QTest::newRow("sub-document") << QByteArray("010101002901016d0173057375622d317601046d657461760101617d0100");
        QTest::newRow("old JSON values") << QByteArray("010101000201016104013109756e646566696e6564047472756507" "7b2261223a317d00");
    }
    void contentThatHasNoApiIsKept()
    {
        QFETCH(QByteArray, hex);
        Doc doc(client(2));
        QVERIFY(doc.applyUpdate(fromHex(hex.toStdString()).value()));
        QCOMPARE(QByteArray::fromStdString(toHex(doc.encodeStateAsUpdate())), hex);
    }

    void aDocumentOfFiveThousandNodesLoadsAtOnce()
    {
        Doc doc(client(1));
        for (int i = 0; i < 5000; ++i) {
            doc.transact({}, [&](Transaction& t) {
                doc.map("nodes").set(t, "id" + std::to_string(i),
                                     NewType{.kind = TypeKind::map,
                                             .entries = {{"x", Any(i)}, {"y", Any(i * 2)}, {"name", Any("Rectangle")},
                                                         {"text", NewType{.kind = TypeKind::text, .text = "hello"}}}});
                doc.array("order").push(t, {Any(i), NewType{}});
            });
        }
        QElapsedTimer timer;
        timer.start();
        Doc reader(client(2));
        QVERIFY(reader.applyUpdate(doc.encodeStateAsUpdate()));
        QCOMPARE(reader.map("nodes").size(), std::size_t{5000});
        QCOMPARE(reader.array("order").size(), std::size_t{10000});
        for (std::size_t i = 0; i < 10000; i += 2)
            QVERIFY(std::get<Any>(*reader.array("order").get(i)) == Any(static_cast<int>(i / 2)));
        // Quadratic work would take minutes; the bound leaves room for sanitizers on a busy machine.
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_APPLESS_MAIN(DocTest)
#include "doc_test.moc"
