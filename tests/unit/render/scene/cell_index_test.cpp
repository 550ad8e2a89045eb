#include <array>

#include <QtTest>

#include <core/base/random.h>
#include <render/scene/cell_index.h>

using namespace tessera;
using namespace tessera::scene;

class CellIndexTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsEveryItemThatTouches();
    void farApartContentSharesEntries();
    void removedItemsAreNotTold();
    void anIndexBelowCountsAsOneItem();
    void endlessRectanglesTouchEverything();
};

void CellIndexTest::tellsEveryItemThatTouches()
{
    SeededRandom random(1);
    const auto rect = [&] {
        return Rect{random.unit() * 3000 - 1500, random.unit() * 2000 - 1000, 1 + random.unit() * 200, 1 + random.unit() * 90};
    };
    CellIndex index(cellFor({3400, 2200}));
    std::array<Rect, CellIndex::mostItems> items;
    for (std::size_t i = 0; i < items.size(); ++i)
        index.add(items[i] = rect(), i);
    int told = 0, touching = 0;
    for (int query = 0; query < 2000; ++query) {
        const Rect near = rect();
        const std::uint32_t found = index.itemsNear(near);
        for (std::size_t i = 0; i < items.size(); ++i) {
            const bool isTold = (found >> i & 1) != 0, touches = items[i].intersects(near);
            QVERIFY(isTold || !touches);
            told += isTold, touching += touches;
        }
    }
    QVERIFY(told < 3 * touching); // and rules most others out
}

void CellIndexTest::farApartContentSharesEntries()
{
    CellIndex index(Size{10, 10});
    index.add({5, 5, 1, 1}, 3);
    QCOMPARE(index.itemsNear({0, 0, 1, 1}), 1u << 3);
    QCOMPARE(index.itemsNear({-635, -635, 1, 1}), 1u << 3); // 64 cells away
    QCOMPARE(index.itemsNear({15, 5, 1, 1}), 0u);
}

void CellIndexTest::removedItemsAreNotTold()
{
    CellIndex index(Size{10, 10});
    index.add({5, 5, 40, 40}, 0);
    index.add({5, 5, 40, 40}, 31);
    index.remove(0);
    QCOMPARE(index.itemsNear({20, 20, 1, 1}), 1u << 31);
    index.add(Rect{}, 1);
    QCOMPARE(index.itemsNear({0, 0, 1, 1}), 1u << 31);
}

void CellIndexTest::anIndexBelowCountsAsOneItem()
{
    CellIndex below(Size{10, 10}), index(Size{10, 10});
    below.add({5, 5, 1, 1}, 0);
    below.add({105, 5, 1, 1}, 1);
    index.add(below, 7);
    QCOMPARE(index.itemsNear({100, 0, 5, 5}), 1u << 7);
    QCOMPARE(index.itemsNear({50, 0, 5, 5}), 0u);
}

void CellIndexTest::endlessRectanglesTouchEverything()
{
    CellIndex index(cellFor({0, 0}));
    index.add({-1e300, -1e300, 2e300, 2e300}, 2);
    QCOMPARE(index.itemsNear({123456, -9876, 1, 1}), 1u << 2);
}

QTEST_APPLESS_MAIN(CellIndexTest)
#include "cell_index_test.moc"
