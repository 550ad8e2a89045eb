#include <QtTest>

#include <bit>

#include <core/crdt/any.h>

#include "any_codec.h"
#include "column_reader.h"
#include "column_writer.h"
#include "delete_set_v2.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr std::uint64_t last53 = (1ull << 53) - 1;

/// Numbers of every length, with the edges more often than chance would have them.
std::uint64_t anyNumber(Random& random)
{
    const std::uint64_t edge = 1ull << random.below(54);
    switch (random.below(4)) {
    case 0:
        return std::min(edge, last53);
    case 1:
        return std::min(edge - 1, last53);
    case 2:
        return random.below(3);
    default:
        return random.below(edge);
    }
}

template <class T> bool isSame(const T& a, const T& b)
{
    return a == b;
}
bool isSame(const VarInt& a, const VarInt& b)
{
    return a.value == b.value && a.negativeZero == b.negativeZero;
}

/// The same read by the plain reader and by the fast one: value, place and error.
template <class Plain, class Fast> void readsAlike(const Bytes& bytes, Plain plain, Fast fast)
{
    ByteReader slow(bytes);
    WireReader quick(bytes);
    const auto expected = plain(slow);
    const auto value = fast(quick);
    QCOMPARE(quick.hasFailed(), !expected.hasValue());
    if (expected) {
        QVERIFY(isSame(value, *expected));
        QCOMPARE(quick.offset(), slow.offset());
    } else {
        QCOMPARE(describe(quick.error()), describe(expected.error()));
        QVERIFY(quick.atEnd());
        QCOMPARE(quick.varUint(), std::uint64_t{0}); // and stays so
        QCOMPARE(describe(quick.error()), describe(expected.error()));
    }
}

Bytes randomBytes(Random& random)
{
    Bytes bytes(random.below(14));
    random.fill(bytes);
    if (chance(random, 50)) {
        for (std::uint8_t& byte : bytes)
            byte |= chance(random, 85) ? 0x80 : 0;
    }
    if (chance(random, 30)) {
        for (std::uint8_t& byte : bytes)
            byte = chance(random, 70) ? 0xff : byte;
    }
    return bytes;
}

/// Numbers in runs, steps and alone, as columns are made for.
std::vector<std::uint64_t> anyRow(Random& random)
{
    std::vector<std::uint64_t> row;
    for (std::uint64_t part = random.below(8); part > 0; --part) {
        const std::uint64_t start = anyNumber(random);
        const std::uint64_t step = chance(random, 40) ? 0 : random.below(5);
        for (std::uint64_t i = chance(random, 50) ? 1 : random.below(40); i > 0; --i)
            row.push_back(std::min(last53, start + step * i));
    }
    return row;
}

template <class Writer, class Column, class Number>
void columnComesThrough(const std::vector<Number>& row)
{
    Writer writer;
    for (const Number value : row)
        writer.write(value);
    const ByteView bytes = writer.finish();
    WireReader update(bytes);
    Column column{bytes};
    for (const Number value : row)
        QCOMPARE(std::uint64_t(column.next(update)), std::uint64_t(value));
    QVERIFY(!update.hasFailed());
    // Nothing is written that the values before the cut did not need: a cut column runs out or ends
    // early.
    if (bytes.size() > 1) {
        const ByteView cut = bytes.first(bytes.size() - 1);
        WireReader cutUpdate(cut);
        Column rest{cut};
        bool readsAll = true;
        for (const Number value : row)
            readsAll = std::uint64_t(rest.next(cutUpdate)) == std::uint64_t(value) && readsAll;
        QVERIFY(!readsAll || cutUpdate.hasFailed());
    }
}

} // namespace

/// The fast readers and writers of the wire against the plain ones.
class WireTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyBytesReadAlike_data() { addSeedRows(20); }
    void anyBytesReadAlike()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int i = 0; i < 2000; ++i) {
            const Bytes bytes = randomBytes(random);
            readsAlike(
                bytes, [](ByteReader& r) { return r.readVarUint(); },
                [](WireReader& r) { return r.varUint(); });
            readsAlike(
                bytes, [](ByteReader& r) { return r.readVarInt(); },
                [](WireReader& r) { return r.varInt(); });
            readsAlike(
                bytes, [](ByteReader& r) { return r.readByte(); },
                [](WireReader& r) { return r.byte(); });
            readsAlike(
                bytes, [](ByteReader& r) { return r.readVarString(); },
                [](WireReader& r) { return r.varString(); });
            readsAlike(
                bytes, [](ByteReader& r) { return r.readBigInt64(); },
                [](WireReader& r) { return r.bigEndian<std::int64_t>(); });
        }
    }

    void anyNumberIsWrittenAlike_data() { addSeedRows(10); }
    void anyNumberIsWrittenAlike()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int i = 0; i < 3000; ++i) {
            const std::uint64_t number = anyNumber(random);
            const auto sign = static_cast<std::int64_t>(number) * (chance(random, 50) ? 1 : -1);
            ByteWriter plain;
            WireWriter fast;
            plain.writeVarUint(number);
            plain.writeVarInt(sign, sign == 0);
            fast.varUint(number);
            fast.varInt(sign, sign == 0);
            QCOMPARE(fast.copy(), plain.bytes());
            WireReader reader(fast.view());
            QCOMPARE(reader.varUint(), number);
            QVERIFY(isSame(reader.varInt(), VarInt{sign, sign == 0}));
            QVERIFY(reader.atEnd() && !reader.hasFailed());
        }
    }

    void offsetsCountFromTheUpdateNotFromTheColumn()
    {
        const Bytes bytes{0x80, 0x80};
        WireReader reader(bytes, 100);
        QCOMPARE(reader.offset(), std::size_t{100});
        reader.varUint();
        QVERIFY(reader.hasFailed());
        QCOMPARE(describe(reader.error()), describe(DecodeError{DecodeErrc::truncated, 102}));
        // The first error stays.
        reader.fail(DecodeErrc::malformed, 7);
        QCOMPARE(describe(reader.error().code), describe(DecodeErrc::truncated));
    }

    void columnsKeepAnyRow_data() { addSeedRows(40); }
    void columnsKeepAnyRow()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int i = 0; i < 50; ++i) {
            const std::vector<std::uint64_t> row = anyRow(random);
            columnComesThrough<UintColumnWriter, UintColumn>(row);
            columnComesThrough<StepColumnWriter, StepColumn>(row);
            std::vector<std::uint8_t> bytes;
            for (const std::uint64_t value : row)
                bytes.push_back(static_cast<std::uint8_t>(value));
            columnComesThrough<RunColumnWriter, RunColumn>(bytes);
        }
    }

    void columnsOfEqualValuesAreShort()
    {
        UintColumnWriter numbers;
        StepColumnWriter steps;
        RunColumnWriter runs;
        for (std::uint64_t i = 0; i < 100'000; ++i) {
            numbers.write(7);
            steps.write(i * 3);
            runs.write(9);
        }
        QCOMPARE(numbers.finish().size(), std::size_t{4});
        QCOMPARE(steps.finish().size(), std::size_t{5});
        QCOMPARE(runs.finish().size(), std::size_t{1});
    }

    void anExhaustedColumnIsTruncated()
    {
        const Bytes none;
        WireReader update(none);
        UintColumn numbers{ByteView(none)};
        QCOMPARE(numbers.next(update), std::uint64_t{0});
        QVERIFY(update.hasFailed());
        QCOMPARE(describe(update.error().code), describe(DecodeErrc::truncated));
    }

    void stepsThatLeaveTheNumbersAreMalformed_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("below zero") << QByteArray("42"); // a step of -1
        QTest::newRow("above 2^53 - 1") << QByteArray("beffffffffffff3f"
                                                      "04"); // the last number, then one more
    }
    void stepsThatLeaveTheNumbersAreMalformed()
    {
        QFETCH(QByteArray, hex);
        const Bytes bytes = fromHex(hex.toStdString()).value();
        WireReader update(bytes);
        StepColumn column{ByteView(bytes)};
        for (int i = 0; i < 2 && !update.hasFailed(); ++i)
            column.next(update);
        QVERIFY(update.hasFailed());
        QCOMPARE(describe(update.error().code), describe(DecodeErrc::malformed));
        QVERIFY(update.error().offset <= bytes.size());
    }

    void aRunIsNoLongerThanItSays()
    {
        // Minus one and a count less two: three ones; then a five.
        const Bytes bytes = fromHex("410105").value();
        WireReader update(bytes);
        UintColumn column{ByteView(bytes)};
        for (const std::uint64_t expected : {1, 1, 1, 5})
            QCOMPARE(column.next(update), expected);
        QVERIFY(!update.hasFailed());
        column.next(update);
        QVERIFY(update.hasFailed());
    }

    void anyValueIsPassedAsItIsRead_data() { addSeedRows(30); }
    void anyValueIsPassedAsItIsRead()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        for (int i = 0; i < 1000; ++i) {
            Bytes bytes = randomBytes(random);
            for (std::uint8_t& byte : bytes) {
                if (chance(random, 40))
                    byte = static_cast<std::uint8_t>(116 + random.below(12)); // tags
                else if (chance(random, 50))
                    byte = static_cast<std::uint8_t>(random.below(4)); // counts
            }
            ByteReader reader(bytes);
            const auto value = readAny(reader);
            WireReader skipper(bytes);
            skipAny(skipper);
            QCOMPARE(skipper.hasFailed(), !value.hasValue());
            if (!value) {
                QCOMPARE(describe(skipper.error().code), describe(value.error().code));
                continue;
            }
            QCOMPARE(skipper.offset(), reader.offset());
            ByteWriter again;
            writeAny(again, *value);
            ByteReader second(again.bytes());
            QVERIFY(readAny(second).value() == *value);
        }
    }

    void deleteSetsComeThroughInBothFormats_data() { addSeedRows(40); }
    void deleteSetsComeThroughInBothFormats()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        DeleteSet set;
        for (std::uint64_t i = random.below(30); i > 0; --i) {
            const std::uint64_t clock = anyNumber(random);
            set.add(ClientId{random.below(5) == 0 ? last53 : random.below(4)}, clock,
                    std::min(anyNumber(random), last53 - clock));
        }
        set.sortAndMerge();
        WireWriter out;
        writeDeleteSetV2(out, set);
        const Bytes bytes = out.copy();
        ByteReader reader(bytes);
        const auto read = readDeleteSetV2(reader);
        QVERIFY(read && *read == set && reader.atEnd());
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            ByteReader cut(ByteView(bytes).first(size));
            const auto broken = readDeleteSetV2(cut);
            QVERIFY(!broken && broken.error().code == DecodeErrc::truncated &&
                    broken.error().offset <= size);
        }
    }
};

QTEST_APPLESS_MAIN(WireTest)
#include "wire_test.moc"
