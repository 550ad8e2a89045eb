#include <QtTest>

#include <map>

#include "seeds.h"
#include "struct_list.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// A StructList beside a std::map by clock, both changed alike.
class CheckedList
{
public:
    ~CheckedList()
    {
        for (const auto& [clock, item] : model)
            m_pool.release(item);
    }

    void append(Clock length)
    {
        Item* item = make(list.state(), length);
        list.append(item);
        model.emplace(Clock{item->clock}, item);
    }
    /// Cuts the struct that holds `clock` there, if it does not start there.
    void cut(Clock clock)
    {
        const StructList::Place place = list.find(clock);
        Item& left = list.at(place);
        if (left.clock == clock)
            return;
        Item* right = make(clock, left.end() - clock);
        left.length = clock - left.clock;
        model.emplace(clock, right);
        const StructList::Place made = list.insertAfter(place, right);
        m_isSound = m_isSound && &list.at(made) == right;
    }
    /// Joins the struct that holds `clock` with up to `count` that follow.
    void join(Clock clock, std::size_t count)
    {
        const StructList::Place place = list.find(clock);
        Item& left = list.at(place);
        auto next = std::next(model.find(left.clock));
        std::size_t joined = 0;
        for (; joined < count && next != model.end(); ++joined) {
            left.length += next->second->length;
            m_pool.release(next->second);
            next = model.erase(next);
        }
        list.removeAfter(place, joined);
        m_isSound = m_isSound && &list.at(place) == &left;
    }

    [[nodiscard]] bool finds(Clock clock) const
    {
        return &list.at(list.find(clock)) == std::prev(model.upper_bound(clock))->second;
    }
    /// Same structs forwards, backwards and from the middle, and each found by its first and last clock.
    [[nodiscard]] bool equalsModel() const
    {
        if (!m_isSound || list.size() != model.size() || list.isEmpty() != model.empty())
            return false;
        if (model.empty())
            return list.state() == 0;
        return walksForward() && walksBack() && findsAll() && list.state() == model.rbegin()->second->end();
    }

    StructList list;
    std::map<Clock, Item*> model;

private:
    Item* make(Clock clock, Clock length)
    {
        Item* item = m_pool.make({}, {});
        item->clock = clock;
        item->length = length;
        return item;
    }
    bool walksForward() const
    {
        auto expected = model.begin();
        bool isSame = true;
        list.forEachFrom(list.firstPlace(), [&](Item& item) {
            isSame = isSame && expected != model.end() && expected->second == &item;
            ++expected;
        });
        StructList::Place place = list.firstPlace();
        std::size_t steps = 1;
        for (auto at = model.begin(); list.stepForward(place); ++steps)
            isSame = isSame && (++at)->second == &list.at(place);
        return isSame && steps == model.size() && place == list.lastPlace();
    }
    bool walksBack() const
    {
        StructList::Place place = list.lastPlace();
        bool isSame = true;
        std::size_t steps = 1;
        for (auto at = model.rbegin();; ++steps) {
            isSame = isSame && (at++)->second == &list.at(place) && list.countFrom(place) == steps;
            if (!list.stepBack(place))
                break;
        }
        return isSame && steps == model.size() && list.isFirst(place);
    }
    bool findsAll() const
    {
        return std::all_of(model.begin(), model.end(), [&](const auto& entry) {
            return finds(entry.first) && finds(entry.second->end() - 1);
        });
    }

    ItemPool m_pool;
    bool m_isSound = true;
};

} // namespace

/// The structs of a client by clock: rows that grow, split, shrink and vanish.
class StructListTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingIsEmpty()
    {
        CheckedList checked;
        QVERIFY(checked.list.isEmpty());
        QCOMPARE(checked.list.state(), Clock{0});
        QVERIFY(checked.equalsModel());
    }

    void appendedStructsAreFoundByEachOfTheirClocks_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : {1, 2, 3, 8, 9, 255, 256, 257, 511, 513, 5000})
            QTest::addRow("%d structs", count) << count;
    }
    void appendedStructsAreFoundByEachOfTheirClocks()
    {
        QFETCH(int, count);
        CheckedList checked;
        for (int i = 0; i < count; ++i)
            checked.append(Clock(1 + i % 5));
        QVERIFY(checked.equalsModel());
        for (Clock clock = 0; clock < checked.list.state(); ++clock)
            QVERIFY(checked.finds(clock));
        for (Clock clock = checked.list.state(); clock-- > 0;)
            QVERIFY(checked.finds(clock));
    }

    void aStructIsCutDownToItsClocks_data()
    {
        QTest::addColumn<int>("direction");
        QTest::newRow("from the front") << 1;
        QTest::newRow("from the back") << -1;
        QTest::newRow("from the middle") << 0;
    }
    void aStructIsCutDownToItsClocks()
    {
        QFETCH(int, direction);
        constexpr Clock length = 2000;
        CheckedList checked;
        checked.append(length);
        SeededRandom random(1);
        for (Clock i = 1; i < length; ++i)
            checked.cut(direction > 0 ? i : direction < 0 ? length - i : random.below(length));
        for (Clock i = 0; i < length; ++i)
            checked.cut(i);
        QCOMPARE(checked.list.size(), std::size_t{length});
        QVERIFY(checked.equalsModel());
    }

    void structsAreTakenOutAcrossRows_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("count");
        QTest::newRow("within a row") << 10 << 20;
        QTest::newRow("the rest of a row") << 10 << 245;
        QTest::newRow("up to the first of the next") << 10 << 246;
        QTest::newRow("the whole next row") << 255 << 256;
        QTest::newRow("from the end of a row into the next") << 255 << 1;
        QTest::newRow("several rows") << 100 << 700;
        QTest::newRow("several rows and no more") << 255 << 768;
        QTest::newRow("all but the first") << 0 << 1279;
        QTest::newRow("none") << 300 << 0;
    }
    void structsAreTakenOutAcrossRows()
    {
        QFETCH(int, first);
        QFETCH(int, count);
        CheckedList checked;
        for (int i = 0; i < 5 * 256; ++i)
            checked.append(3);
        QVERIFY(checked.finds(Clock(3 * (first + count)))); // a hint that what follows makes stale
        checked.join(Clock(3 * first), std::size_t(count));
        QVERIFY(checked.equalsModel());
        checked.cut(Clock(3 * first + 1));
        checked.append(7);
        for (Clock clock = 5; clock < checked.list.state(); clock += 5)
            checked.cut(clock);
        QVERIFY(checked.equalsModel());
    }

    void structsOfMoreThan32BitsAreCutAnywhere()
    {
        constexpr Clock huge = Clock{1} << 40;
        CheckedList checked;
        checked.append(2);
        checked.append(huge);
        for (int i = 0; i < 300; ++i)
            checked.append(1);
        checked.append(huge);
        checked.append(5);
        QVERIFY(checked.equalsModel());
        SeededRandom random(3);
        for (int i = 0; i < 600; ++i)
            checked.cut(1 + random.below(checked.list.state() - 1));
        for (const Clock clock : {Clock{UINT32_MAX} - 1, Clock{UINT32_MAX}, Clock{UINT32_MAX} + 1, Clock{UINT32_MAX} + 2,
                                  Clock{UINT32_MAX} + 3, huge + 1, huge + 2, huge + 3})
            checked.cut(clock);
        QVERIFY(checked.equalsModel());
        checked.join(0, 300);
        QVERIFY(checked.equalsModel());
        checked.cut(huge / 2 + 1);
        checked.cut(huge / 2);
        QVERIFY(checked.equalsModel());
    }

    void structsFillAllClocksThereAre()
    {
        constexpr Clock all = (Clock{1} << 53) - 1;
        CheckedList checked;
        checked.append(all - 10);
        checked.append(10);
        checked.cut(all - 1);
        checked.cut(all / 2);
        checked.cut(1);
        QVERIFY(checked.equalsModel());
        QCOMPARE(checked.list.state(), all);
    }

    void anyHistoryIsThatOfAMap_data() { addSeedRows(30); }
    void anyHistoryIsThatOfAMap()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        CheckedList checked;
        checked.append(1);
        const bool isHuge = seed % 3 == 0;
        Clock at = 0;
        for (int step = 0; step < 6000; ++step) {
            if (chance(random, 30))
                at = random.below(checked.list.state());
            at = std::min(at + random.below(6), checked.list.state() - 1);
            const std::uint64_t what = random.below(100);
            if (what < 35)
                checked.append(1 + random.below(isHuge && chance(random, 2) ? Clock{1} << 36 : 12));
            else if (what < 75)
                checked.cut(at);
            else if (what < 78)
                checked.join(at, random.below(chance(random, 10) ? 900 : 40));
            QVERIFY(checked.finds(at));
            QVERIFY(checked.finds(random.below(checked.list.state())));
            if (step % 1000 == 999)
                QVERIFY2(checked.equalsModel(), qPrintable(QString("step %1").arg(step)));
        }
    }
};

QTEST_APPLESS_MAIN(StructListTest)
#include "struct_list_test.moc"
