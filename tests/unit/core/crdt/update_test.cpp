#include <QtTest>

#include <core/base/random.h>
#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

std::vector<Bytes> randomHistory(std::uint64_t seed, std::uint64_t client)
{
    SeededRandom random(seed);
    Doc doc({.clientId = ClientId{client}});
    std::vector<Bytes> updates;
    const auto token = doc.onUpdate([&](ByteView update, const Origin&, bool) { updates.emplace_back(update.begin(), update.end()); });
    for (int step = 0; step < 12; ++step) {
        doc.transact({}, [&](Transaction& t) {
            Text text = doc.text("t");
            const std::size_t at = random.below(text.size() + 1);
            if (random.below(3) == 0)
                text.remove(t, at, 2);
            else
                text.insert(t, at, std::string(1 + random.below(3), static_cast<char>('a' + step)));
            doc.map("m").set(t, std::to_string(random.below(3)), NewType{.kind = TypeKind::array, .elements = {Any(step)}});
        });
    }
    return updates;
}

Bytes stateAfter(const std::vector<Bytes>& updates)
{
    Doc doc({.clientId = ClientId{99}});
    for (const Bytes& update : updates)
        [&] { QVERIFY(doc.applyUpdate(update)); }();
    return doc.encodeStateAsUpdate();
}

} // namespace

/// Updates and state vectors without a document.
class UpdateTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void stateVectorsReadAnyOrderAndWriteDescending()
    {
        const auto vector = decodeStateVector(fromHex("0301020a010503").value());
        QVERIFY(vector.hasValue());
        QCOMPARE(vector->size(), std::size_t{3});
        QCOMPARE(toHex(encodeStateVector(vector.value())), std::string("030a0105030102"));
    }

    void brokenStateVectorsNameTheReason_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<int>("code");
        QTest::newRow("nothing") << QByteArray("") << int(DecodeErrc::truncated);
        QTest::newRow("fewer than counted") << QByteArray("020102") << int(DecodeErrc::truncated);
        QTest::newRow("a huge count") << QByteArray("ffffffffffffff0f") << int(DecodeErrc::truncated);
        QTest::newRow("a client twice") << QByteArray("0201020103") << int(DecodeErrc::duplicateClient);
        QTest::newRow("more than counted") << QByteArray("01010203") << int(DecodeErrc::trailingBytes);
        QTest::newRow("a clock past 2^53") << QByteArray("0101ffffffffffffffff01") << int(DecodeErrc::varintTooLong);
    }
    void brokenStateVectorsNameTheReason()
    {
        QFETCH(QByteArray, hex);
        QFETCH(int, code);
        const auto vector = decodeStateVector(fromHex(hex.toStdString()).value());
        QVERIFY(!vector);
        QCOMPARE(int(vector.error().code), code);
    }

    void aSummaryTellsClientsClocksAndDeletes()
    {
        const auto summary = inspectUpdate(fromHex("01030100040101740161810100038401030265660101010103").value());
        QVERIFY(summary.hasValue());
        QCOMPARE(summary->from, (StateVector{{ClientId{1}, 0}}));
        QCOMPARE(summary->to, (StateVector{{ClientId{1}, 6}}));
        QCOMPARE(summary->deletedUnits, std::uint64_t{3});
        QVERIFY(inspectUpdate(fromHex("0000").value())->isEmpty());
        QVERIFY(isEmptyUpdate(fromHex("0000").value()));
        QVERIFY(!isEmptyUpdate(fromHex("00").value()));
    }

    void mergingIsTheSameAsApplyingInTurn_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 40; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void mergingIsTheSameAsApplyingInTurn()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        std::vector<Bytes> updates = randomHistory(seed, 1);
        for (Bytes& update : randomHistory(seed + 1000, 2))
            updates.push_back(std::move(update));
        for (std::size_t i = updates.size() - 1; i > 0; --i)
            std::swap(updates[i], updates[random.below(i + 1)]);
        QCOMPARE(stateAfter({mergeUpdates(updates).value()}), stateAfter(updates));

        // In parts, with holes and with repeats: every piece keeps what it was given.
        const std::size_t cut = random.below(updates.size());
        const std::vector<Bytes> left(updates.begin(), updates.begin() + std::ptrdiff_t(cut));
        const std::vector<Bytes> right(updates.begin() + std::ptrdiff_t(cut / 2), updates.end());
        const std::vector<Bytes> parts{mergeUpdates(right).value(), mergeUpdates(left).value()};
        QCOMPARE(stateAfter(parts), stateAfter(updates));
        QCOMPARE(stateAfter({mergeUpdates(parts).value()}), stateAfter(updates));
    }

    void mergingNothingIsTheEmptyUpdate()
    {
        QVERIFY(isEmptyUpdate(mergeUpdates({}).value()));
        const std::vector<Bytes> broken{fromHex("0000").value(), fromHex("01").value()};
        QCOMPARE(mergeUpdates(broken).error().code, DecodeErrc::truncated);
    }

    void aDiffCarriesWhatIsMissingAndNoMore()
    {
        Doc writer({.clientId = ClientId{1}});
        writer.transact({}, [&](Transaction& t) { writer.text("t").insert(t, 0, "a\U0001F600bc"); });
        for (Clock known = 0; known <= 5; ++known) {
            const Bytes diff = writer.encodeStateAsUpdate({{ClientId{1}, known}});
            const auto summary = inspectUpdate(diff);
            QCOMPARE(summary->from.empty(), known == 5);
            if (known < 5)
                QCOMPARE(summary->from.at(ClientId{1}), known);
        }
        QCOMPARE(toHex(writer.encodeStateAsUpdate({{ClientId{1}, 2}})), std::string("0101010284010105efbfbd626300"));
        QVERIFY(isEmptyUpdate(writer.encodeStateAsUpdate({{ClientId{1}, 500}})));
    }
};

QTEST_APPLESS_MAIN(UpdateTest)
#include "update_test.moc"
