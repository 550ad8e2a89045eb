#include <QtTest>

#include <map>
#include <set>

#include "client_table.h"
#include "delete_set.h"
#include "entry_table.h"
#include "key_table.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

std::string keyText(int i) { return "key " + std::to_string(i * 7919); }

} // namespace

/// Interned keys, map entries and clients, few and many.
class LookUpTablesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aKeyHasOneNumberHoweverManyThereAre()
    {
        KeyTable table;
        std::map<std::string, KeyId> known;
        for (int i = 0; i < 20000; ++i) {
            const std::string text = keyText(i);
            QCOMPARE(table.find(text), KeyId{0});
            const KeyId key = table.intern(text);
            QVERIFY(key != 0);
            QVERIFY(known.emplace(text, key).second);
            QCOMPARE(table.intern(text), key);
        }
        std::set<KeyId> numbers;
        for (const auto& [text, key] : known) {
            QCOMPARE(table.find(text), key);
            QCOMPARE(table.text(key), std::string_view(text));
            numbers.insert(key);
        }
        QCOMPARE(numbers.size(), known.size());
        QCOMPARE(table.find("key"), KeyId{0});
    }

    void aKeysTextStaysWhereItIs()
    {
        KeyTable table;
        const std::string_view first = table.text(table.intern("first"));
        const std::string long1(5000, 'x'), long2(100'000, 'y');
        const std::string_view big = table.text(table.intern(long1));
        for (int i = 0; i < 5000; ++i)
            table.intern(keyText(i));
        table.intern(long2);
        QCOMPARE(first, std::string_view("first"));
        QVERIFY(table.text(table.find("first")).data() == first.data());
        QVERIFY(table.text(table.find(long1)).data() == big.data());
        QCOMPARE(table.text(table.find(long2)), std::string_view(long2));
    }

    void anyTextIsAKey_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("with a zero byte") << QByteArray("a\0b", 3);
        QTest::newRow("a zero byte alone") << QByteArray("\0", 1);
        QTest::newRow("of four bytes a character") << QByteArray("\xf0\x9f\x98\x80");
        QTest::newRow("as long as a block") << QByteArray(4096, 'k');
        QTest::newRow("longer than a block") << QByteArray(4097, 'k');
    }
    void anyTextIsAKey()
    {
        QFETCH(QByteArray, text);
        KeyTable table;
        const std::string wanted = text.toStdString();
        const KeyId before = table.intern("before");
        const KeyId key = table.intern(wanted);
        const KeyId after = table.intern("after");
        QCOMPARE((std::set<KeyId>{before, key, after}.size()), std::size_t{3});
        QCOMPARE(table.text(key), std::string_view(wanted));
        QCOMPARE(table.find(wanted), key);
        QCOMPARE(table.find(wanted + "k"), KeyId{0});
    }

    void nothingIsFoundInAnEmptyTable()
    {
        QCOMPARE(KeyTable().find(""), KeyId{0});
        QCOMPARE(KeyTable().find("a"), KeyId{0});
        QVERIFY(!EntryTable().find(1));
        QVERIFY(EntryTable().inOrder().empty());
    }

    void entriesKeepTheOrderOfTheirFirstSet_data()
    {
        QTest::addColumn<int>("count");
        // Looked through up to 16, indexed from 17 on; the index grows at 33, 65, …
        for (const int count : {1, 4, 15, 16, 17, 32, 33, 64, 65, 5000})
            QTest::addRow("%d keys", count) << count;
    }
    void entriesKeepTheOrderOfTheirFirstSet()
    {
        QFETCH(int, count);
        std::vector<Item> items(std::size_t(count) * 2);
        EntryTable table;
        SeededRandom random(static_cast<quint64>(count));
        std::vector<KeyId> order;
        std::map<KeyId, Item*> model;
        while (int(order.size()) < count) {
            const auto key = static_cast<KeyId>(1 + random.below(0xfffffffe));
            if (!model.emplace(key, &items[order.size()]).second)
                continue;
            QVERIFY(!table.find(key));
            table.set(key, &items[order.size()]);
            order.push_back(key);
        }
        for (int i = 0; i < count; i += 2) {
            model[order[std::size_t(i)]] = &items[std::size_t(count + i)];
            table.set(order[std::size_t(i)], &items[std::size_t(count + i)]);
        }
        QCOMPARE(table.inOrder().size(), order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            QCOMPARE(table.inOrder()[i].key, order[i]);
            QCOMPARE(table.inOrder()[i].last, model[order[i]]);
            QCOMPARE(table.find(order[i]), model[order[i]]);
        }
        QVERIFY(!table.find(0xffffffff));
        table.clear();
        QVERIFY(table.inOrder().empty());
        QVERIFY(!table.find(order.front()));
        table.set(order.back(), items.data());
        QCOMPARE(table.find(order.back()), items.data());
        QCOMPARE(table.inOrder().size(), std::size_t{1});
    }

    void neighbouringKeyNumbersDoNotClash()
    {
        std::vector<Item> items(3000);
        EntryTable table;
        for (KeyId key = 1; key <= 3000; ++key)
            table.set(key, &items[key - 1]);
        for (KeyId key = 1; key <= 3000; ++key)
            QCOMPARE(table.find(key), &items[key - 1]);
        QVERIFY(!table.find(3001));
    }

    void clientsKeepTheirNumbersAndStructs()
    {
        ClientTable table;
        SeededRandom random(1);
        std::map<std::uint64_t, ClientRef> known;
        for (int i = 0; i < 20000; ++i) {
            // Many that fall together in the memory of recent answers, and ids of 53 bits.
            const std::uint64_t id = i % 2 == 0 ? random.below(500) * 16 : random.next() >> 11;
            const bool isNew = known.find(id) == known.end();
            QCOMPARE(table.find(ClientId{id}) == noClient, isNew);
            const ClientRef ref = table.refOf(ClientId{id});
            if (isNew)
                known[id] = ref;
            QCOMPARE(ref, known[id]);
            QCOMPARE(table.find(ClientId{id}), ref);
            QCOMPARE(table.id(ref), ClientId{id});
        }
        QCOMPARE(std::size_t{table.count()}, known.size());
        QCOMPARE(table.state(ClientId{3}), Clock{0});
    }

    void clientZeroIsAClientToo()
    {
        ClientTable table;
        QCOMPARE(table.find(ClientId{0}), noClient);
        QCOMPARE(table.refOf(ClientId{0}), ClientRef{0});
        QCOMPARE(table.find(ClientId{0}), ClientRef{0});
        QCOMPARE(table.find(ClientId{16}), noClient);
        QCOMPARE(table.find(ClientId{0}), ClientRef{0});
    }

    void structListsStayWhereTheyAre()
    {
        ClientTable table;
        const StructList* first = &table.structs(table.refOf(ClientId{1}));
        for (std::uint64_t id = 2; id < 5000; ++id)
            table.refOf(ClientId{id});
        QCOMPARE(&table.structs(table.find(ClientId{1})), first);
    }

    void itemsAreUsedAgain()
    {
        ItemPool pool;
        Item* plain = pool.make({}, {});
        Item* placed = pool.make({1, 2}, {});
        QVERIFY(!plain->hasOrigins && placed->hasOrigins);
        QCOMPARE(placed->origin(), (LocalId{1, 2}));
        QVERIFY(placed->rightOrigin().isNone() && plain->origin().isNone());
        pool.release(plain);
        pool.release(placed);
        QCOMPARE(pool.make({}, {3, 4}), placed);
        QCOMPARE(placed->rightOrigin(), (LocalId{3, 4}));
        QVERIFY(placed->origin().isNone() && placed->length == 0 && !placed->isDeleted);
        QCOMPARE(pool.make({}, {}), plain);
        std::set<Item*> all{plain, placed};
        for (int i = 0; i < 20000; ++i)
            QVERIFY(all.insert(i % 3 ? pool.make({}, {}) : pool.make({5, 6}, {7, 8})).second);
    }
};

/// Ranges of clocks per client against a plain set of ids.
class DeleteSetTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyRangesAreThoseOfASet_data() { addSeedRows(40); }
    void anyRangesAreThoseOfASet()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        const std::uint64_t clients = 1 + random.below(20); // with more than eight the set has an index
        DeleteSet set;
        for (int round = 0; round < 3; ++round) {
            std::set<Id> model;
            for (int i = 0; i < 200; ++i) {
                const ClientId client{random.below(clients)};
                const Clock clock = random.below(300), length = random.below(8);
                set.add(client, clock, length);
                for (Clock unit = 0; unit < length; ++unit)
                    model.insert({client, clock + unit});
            }
            set.sortAndMerge();
            for (std::uint64_t client = 0; client <= clients; ++client) {
                for (Clock clock = 0; clock < 310; ++clock)
                    QCOMPARE(set.contains({ClientId{client}, clock}), model.count({ClientId{client}, clock}) == 1);
            }
            QVERIFY(areApart(set));
            DeleteSet copy(set), other;
            other.add(set);
            other.sortAndMerge();
            QVERIFY(copy == set && other == set);
            other.add(ClientId{clients}, 1000, 1);
            QVERIFY(!(other == set));
            DeleteSet taken(std::move(copy));
            QVERIFY(taken == set && copy.isEmpty());
            copy = taken;
            QVERIFY(copy == set);
            set.clear();
            QVERIFY(set.isEmpty() && !set.contains({ClientId{0}, 5}) && !set.hasClient(ClientId{0}));
        }
    }

    void clientsKeepTheOrderInWhichTheyCame()
    {
        DeleteSet set;
        for (const std::uint64_t client : {5, 1, 9, 5, 1, 12, 3, 4, 6, 7, 8, 2, 5})
            set.add(ClientId{client}, client, 1);
        std::vector<std::uint64_t> order, sorted;
        for (const DeleteSet::Entry& entry : set.entries())
            order.push_back(number(entry.client));
        for (const DeleteSet::Entry* entry : set.byDescendingClient())
            sorted.push_back(number(entry->client));
        QCOMPARE(order, (std::vector<std::uint64_t>{5, 1, 9, 12, 3, 4, 6, 7, 8, 2}));
        QCOMPARE(sorted, (std::vector<std::uint64_t>{12, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
    }

    void anEmptyRangeIsNone()
    {
        DeleteSet set;
        set.add(ClientId{1}, 5, 0);
        QVERIFY(set.isEmpty() && !set.hasClient(ClientId{1}));
        set.sortAndMerge();
        QVERIFY(set.isEmpty());
    }

private:
    /// Ascending, and something between each two.
    static bool areApart(const DeleteSet& set)
    {
        for (const DeleteSet::Entry& entry : set.entries()) {
            for (std::size_t i = 1; i < entry.ranges.size(); ++i) {
                if (entry.ranges[i].clock <= entry.ranges[i - 1].end())
                    return false;
            }
        }
        return true;
    }
};

int main(int argc, char** argv)
{
    LookUpTablesTest tables;
    DeleteSetTest sets;
    return QTest::qExec(&tables, argc, argv) | QTest::qExec(&sets, argc, argv);
}
#include "look_up_tables_test.moc"
