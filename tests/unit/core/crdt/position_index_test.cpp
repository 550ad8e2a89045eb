#include <QtTest>

#include "item.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// A list of items and its index, changed as integration does it. The model is the chain itself.
class IndexedList
{
public:
    explicit IndexedList(std::size_t count = 0, Clock length = 1)
    {
        for (std::size_t i = 0; i < count; ++i)
            link(make(length), last());
        m_index = std::make_unique<PositionIndex>(m_first);
    }
    ~IndexedList()
    {
        m_index.reset();
        for (Item* item = m_first; item;)
            m_pool.release(std::exchange(item, item->right));
    }

    Item* insert(Item* left, Clock length)
    {
        Item* item = make(length);
        link(item, left);
        m_index->inserted(*item);
        return item;
    }
    void hide(Item& item)
    {
        const Clock units = item.visibleLength();
        item.isDeleted = true;
        if (units > 0)
            m_index->hidden(item, units);
    }
    Item* cut(Item& left, Clock offset)
    {
        Item* right = make(left.length - offset);
        right->isDeleted = left.isDeleted;
        left.length = offset;
        link(right, &left);
        m_index->cut(left);
        return right;
    }
    void join(Item& left)
    {
        Item& right = *left.right;
        m_index->joining(left, right);
        left.right = right.right;
        if (left.right)
            left.right->left = &left;
        left.length += right.length;
        m_pool.release(&right);
        --m_count;
    }

    /// Item and offset of each unit are those that a walk finds.
    [[nodiscard]] bool findsEveryUnit()
    {
        Clock unit = 0;
        for (Item* item = m_first; item; item = item->right) {
            for (Clock offset = 0; offset < item->visibleLength(); ++offset, ++unit) {
                if (!finds(unit, item, offset))
                    return false;
            }
        }
        return !m_index->find(unit).item && !m_index->find(unit + 1000).item && m_index->lastItem() == last();
    }
    [[nodiscard]] bool finds(Clock unit)
    {
        Clock left = unit;
        Item* item = m_first;
        for (; item && left >= item->visibleLength(); item = item->right)
            left -= item->visibleLength();
        return item ? finds(unit, item, left) : !m_index->find(unit).item;
    }
    [[nodiscard]] Item* at(std::size_t place) const
    {
        Item* item = m_first;
        for (; place > 0; --place)
            item = item->right;
        return item;
    }
    [[nodiscard]] Item* last() const
    {
        Item* item = m_first;
        while (item && item->right)
            item = item->right;
        return item;
    }
    [[nodiscard]] Clock visible() const
    {
        Clock sum = 0;
        for (const Item* item = m_first; item; item = item->right)
            sum += item->visibleLength();
        return sum;
    }
    [[nodiscard]] std::size_t count() const { return m_count; }
    PositionIndex& index() { return *m_index; }

private:
    Item* make(Clock length)
    {
        Item* item = m_pool.make({}, {});
        item->length = length;
        ++m_count;
        return item;
    }
    void link(Item* item, Item* left)
    {
        item->left = left;
        item->right = left ? left->right : m_first;
        (left ? left->right : m_first) = item;
        if (item->right)
            item->right->left = item;
    }
    [[nodiscard]] bool finds(Clock unit, const Item* item, Clock offset)
    {
        const ItemAt found = m_index->find(unit);
        return found.item == item && found.offset == offset;
    }

    ItemPool m_pool;
    Item* m_first = nullptr;
    std::size_t m_count = 0;
    std::unique_ptr<PositionIndex> m_index;
};

} // namespace

/// The n-th visible unit by tree and hint is the one that a walk along the list finds.
class PositionIndexTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anIndexIsBuiltOfAnyList_data()
    {
        QTest::addColumn<quint64>("count");
        // Blocks hold 32 items when built, nodes 32 blocks: counts at and around the powers.
        for (const quint64 count : {0, 1, 2, 31, 32, 33, 63, 64, 65, 1023, 1024, 1025, 2048, 32768, 32769, 40000})
            QTest::addRow("%d items", int(count)) << count;
    }
    void anIndexIsBuiltOfAnyList()
    {
        QFETCH(quint64, count);
        IndexedList list(count, 2);
        QVERIFY(list.findsEveryUnit());
    }

    void anEmptyListGrowsFromItsFirstItem()
    {
        IndexedList list;
        QVERIFY(!list.index().find(0).item);
        QVERIFY(!list.index().lastItem());
        Item* first = list.insert(nullptr, 3);
        QCOMPARE(list.index().lastItem(), first);
        QVERIFY(list.findsEveryUnit());
        list.insert(nullptr, 2);
        list.insert(first, 1);
        QVERIFY(list.findsEveryUnit());
    }

    void insertsAtOneEndSplitBlocksAndNodes_data()
    {
        QTest::addColumn<bool>("inFront");
        QTest::newRow("in front") << true;
        QTest::newRow("behind") << false;
    }
    void insertsAtOneEndSplitBlocksAndNodes()
    {
        QFETCH(bool, inFront);
        IndexedList list;
        Item* last = nullptr;
        for (Clock i = 0; i < 5000; ++i) {
            last = list.insert(inFront ? nullptr : last, 1 + i % 3);
            if (i % 7 == 0)
                QVERIFY(list.finds(inFront ? 0 : list.visible() - 1));
            if (i % 1000 == 999)
                QVERIFY(list.findsEveryUnit());
        }
    }

    void whatIsHiddenIsPassedOver()
    {
        IndexedList list(500, 2);
        for (std::size_t place = 0; place < 500; place += 3)
            list.hide(*list.at(place));
        QVERIFY(list.findsEveryUnit());
        for (std::size_t place = 100; place < 400; ++place) {
            if (!list.at(place)->isDeleted)
                list.hide(*list.at(place));
        }
        QVERIFY(list.findsEveryUnit());
        for (std::size_t place = 0; place < 500; ++place) {
            if (!list.at(place)->isDeleted)
                list.hide(*list.at(place));
        }
        QCOMPARE(list.visible(), Clock{0});
        QVERIFY(!list.index().find(0).item);
        QCOMPARE(list.index().lastItem(), list.last());
    }

    void aChangeLeftOfTheLastLookUpMovesIt_data()
    {
        QTest::addColumn<int>("change");
        QTest::newRow("insert in front of all") << 0;
        QTest::newRow("insert in the same block") << 1;
        QTest::newRow("insert in another block") << 2;
        QTest::newRow("hide in the same block") << 3;
        QTest::newRow("hide in another block") << 4;
        QTest::newRow("cut in the same block") << 5;
        QTest::newRow("join in the same block") << 6;
        QTest::newRow("join what was looked at to its left") << 7;
        QTest::newRow("hide what was looked at") << 8;
        QTest::newRow("cut what was looked at") << 9;
    }
    void aChangeLeftOfTheLastLookUpMovesIt()
    {
        QFETCH(int, change);
        IndexedList list(200, 4);
        QCOMPARE(list.index().find(4 * 110 + 1).item, list.at(110));
        switch (change) {
        case 0: list.insert(nullptr, 3); break;
        case 1: list.insert(list.at(105), 3); break;
        case 2: list.insert(list.at(20), 3); break;
        case 3: list.hide(*list.at(105)); break;
        case 4: list.hide(*list.at(20)); break;
        case 5: list.cut(*list.at(105), 1); break;
        case 6: list.join(*list.at(104)); break;
        case 7: list.join(*list.at(109)); break;
        case 8: list.hide(*list.at(110)); break;
        case 9: list.cut(*list.at(110), 3); break;
        }
        for (Clock unit = 4 * 108; unit < 4 * 114; ++unit)
            QVERIFY(list.finds(unit));
        QVERIFY(list.findsEveryUnit());
    }

    void joiningEmptiesAndRemovesBlocks_data()
    {
        QTest::addColumn<bool>("fromFront");
        QTest::newRow("from the front") << true;
        QTest::newRow("from the back") << false;
    }
    void joiningEmptiesAndRemovesBlocks()
    {
        QFETCH(bool, fromFront);
        IndexedList list(3000, 1);
        Item* item = fromFront ? list.at(0) : list.last()->left;
        while (list.count() > 1) {
            list.join(*item);
            if (!fromFront)
                item = item->left;
            if (list.count() % 250 == 1)
                QVERIFY(list.findsEveryUnit());
        }
        QCOMPARE(list.index().find(2999).item, list.at(0));
        // What is left is a list as any other.
        Item* first = list.at(0);
        for (int i = 0; i < 300; ++i)
            list.cut(*first, first->length - 1);
        QVERIFY(list.findsEveryUnit());
    }

    void aSingleItemIsCutDownToUnits()
    {
        IndexedList list(1, 4096);
        SeededRandom random(1);
        for (Clock unit = 1; unit < 4096; ++unit) {
            const ItemAt found = list.index().find(random.below(4096));
            if (found.offset > 0)
                list.cut(*found.item, found.offset);
        }
        QVERIFY(list.count() > 1500);
        QVERIFY(list.findsEveryUnit());
    }

    void anyChangesLeaveEveryUnitInItsPlace_data() { addSeedRows(12); }
    void anyChangesLeaveEveryUnitInItsPlace()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        IndexedList list(random.below(300), 1 + random.below(4));
        for (int step = 0; step < 2500; ++step) {
            const bool grows = step % 1000 < 600;
            Item* item = list.count() == 0 ? nullptr : near(list, random);
            const std::uint64_t what = random.below(10);
            if (!item || what < (grows ? 5u : 1u))
                list.insert(item && !chance(random, 3) ? item : nullptr, 1 + random.below(6));
            else if (what < 6 && item->length > 1)
                list.cut(*item, 1 + random.below(item->length - 1));
            else if (what < 7 && !item->isDeleted)
                list.hide(*item);
            else if (item->right && item->right->isDeleted == item->isDeleted)
                list.join(*item);
            for (int i = 0; i < 2; ++i)
                QVERIFY2(list.finds(m_at + random.below(12)), qPrintable(QString("step %1").arg(step)));
            if (step % 250 == 249)
                QVERIFY2(list.findsEveryUnit(), qPrintable(QString("step %1").arg(step)));
        }
    }

private:
    /// Mostly around the last place, so that hints and changes meet.
    Item* near(IndexedList& list, Random& random)
    {
        if (chance(random, 15))
            m_place = random.below(list.count());
        m_place = std::min(m_place, list.count() - 1);
        m_place -= std::min<std::size_t>(m_place, random.below(4));
        m_place = std::min(m_place + random.below(4), list.count() - 1);
        m_at = 0;
        Item* item = list.at(0);
        for (std::size_t i = 0; i < m_place; ++i, item = item->right)
            m_at += item->visibleLength();
        m_at -= std::min<Clock>(m_at, 4);
        return item;
    }

    std::size_t m_place = 0;
    Clock m_at = 0;
};

QTEST_APPLESS_MAIN(PositionIndexTest)
#include "position_index_test.moc"
