#include <QtTest>

#include <ctime>
#include <limits>

#include <chrono>

#include <core/base/random.h>
#include <core/crdt/update.h>

#include "golden_documents.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr UpdateFormat formats[] = {UpdateFormat::v1, UpdateFormat::v2};

Bytes bytesOf(std::string_view hex) { return fromHex(hex).value(); }

/// One struct block of client 1 and no deletes.
std::string block(int structs, int clock, const std::string& hex)
{
    return "01" + toHex(Bytes{std::uint8_t(structs), 1, std::uint8_t(clock)}) + hex + "00";
}

std::string merged(std::initializer_list<std::string> hex)
{
    std::vector<Bytes> updates;
    for (const std::string& one : hex)
        updates.push_back(bytesOf(one));
    const auto result = mergeUpdates(updates);
    return result ? toHex(result.value()) : describe(result.error());
}

std::string diff(const std::string& update, const StateVector& known)
{
    const auto result = diffUpdate(bytesOf(update), known);
    return result ? toHex(result.value()) : describe(result.error());
}

StateVector upTo(Clock clock, ClientId client = ClientId{1}) { return {{client, clock}}; }

std::vector<Bytes> updatesOf(const QJsonObject& document, UpdateFormat format)
{
    std::vector<Bytes> updates;
    for (const QJsonValue& pair : document["updates"].toArray())
        updates.push_back(bytesOfHex(pair[format == UpdateFormat::v1 ? 0 : 1]));
    return updates;
}

QString key(UpdateFormat format, const char* v1, const char* v2) { return format == UpdateFormat::v1 ? v1 : v2; }

/// `count` updates that each append one letter to a text, in the order of `client`.
std::vector<Bytes> typing(std::size_t count, std::uint64_t client = 1)
{
    std::vector<Bytes> updates;
    for (std::size_t i = 0; i < count; ++i) {
        ByteWriter writer;
        writer.writeBytes(bytesOf("0101"));
        writer.writeVarUint(client);
        writer.writeVarUint(i);
        if (i == 0) {
            writer.writeBytes(bytesOf("04010174"));
        } else {
            writer.writeByte(0x84);
            writer.writeVarUint(client);
            writer.writeVarUint(i - 1);
        }
        writer.writeVarString("x");
        writer.writeByte(0);
        updates.push_back(writer.take());
    }
    return updates;
}

template <class T> void shuffle(std::vector<T>& list, Random& random)
{
    for (std::size_t i = list.size(); i > 1; --i)
        std::swap(list[i - 1], list[random.below(i)]);
}

/// A random part of the list, in random order, some of it twice.
std::vector<Bytes> someOf(const std::vector<Bytes>& updates, Random& random)
{
    std::vector<Bytes> some;
    for (const Bytes& update : updates) {
        for (std::uint64_t times = random.below(3); times > 0; --times)
            some.push_back(update);
    }
    shuffle(some, random);
    return some;
}

std::vector<Bytes> joined(std::vector<Bytes> a, const std::vector<Bytes>& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// What an update says whatever its cuts: which clocks of each client it has, and its deletes.
struct Coverage {
    std::map<ClientId, std::vector<std::pair<Clock, Clock>>> clocks;
    std::uint64_t deletedUnits = 0;
    friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// Found without looking inside: a clock is known to the update when its diff from there on starts there.
Coverage coverageOf(const Bytes& update, UpdateFormat format)
{
    const UpdateSummary summary = inspectUpdate(update, format).value();
    Coverage coverage;
    coverage.deletedUnits = summary.deletedUnits;
    for (const auto& [client, end] : summary.to) {
        auto& ranges = coverage.clocks[client];
        for (Clock clock = 0; clock < end;) {
            const Clock start = inspectUpdate(diffUpdate(update, upTo(clock, client), format).value(), format)->from.at(client);
            if (ranges.empty() || ranges.back().second < start)
                ranges.emplace_back(start, start);
            clock = ++ranges.back().second;
        }
    }
    return coverage;
}

} // namespace

/// Updates made from updates, byte for byte as yjs makes them.
class UpdateMergeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void yjsUpdatesMergeAsInYjs_data() { addGoldenRows(); }
    void yjsUpdatesMergeAsInYjs()
    {
        QFETCH(QJsonObject, entry);
        for (const UpdateFormat format : formats) {
            const auto result = mergeUpdates(updatesOf(entry, format), format);
            QCOMPARE(toHex(result.value()), entry[key(format, "mergedV1", "mergedV2")].toString().toStdString());
        }
    }

    void yjsStatesAreCutAsInYjs_data() { addGoldenRows(); }
    void yjsStatesAreCutAsInYjs()
    {
        QFETCH(QJsonObject, entry);
        for (const QJsonValue& one : entry["diffs"].toArray()) {
            const StateVector since = decodeStateVector(bytesOfHex(one["since"])).value();
            for (const UpdateFormat format : formats) {
                const auto result = diffUpdate(bytesOfHex(entry[key(format, "v1", "v2")]), since, format);
                QCOMPARE(toHex(result.value()), one[key(format, "diffV1", "diffV2")].toString().toStdString());
            }
        }
    }

    void nothingMergesToTheEmptyUpdate()
    {
        QCOMPARE(merged({}), std::string("0000"));
        QCOMPARE(merged({"0000", "0000"}), std::string("0000"));
        QCOMPARE(toHex(mergeUpdates({}, UpdateFormat::v2).value()), std::string("00000000000001000000000000"));
    }

    void oneUpdateIsGivenBackAsItIs()
    {
        // Ascending clients, which nobody writes today.
        const std::string odd = "020101000401017401610102000401017401620" "0";
        QCOMPARE(merged({odd}), odd);
        QCOMPARE(merged({"01"}), describe(DecodeError{DecodeErrc::truncated, 1}));
    }

    void clientsAreWrittenInDescendingOrder()
    {
        QCOMPARE(merged({"0101010004010174016100", "0101020004010174016200"}),
                 std::string("02" "01020004010174" "0162" "01010004010174" "0161" "00"));
        QCOMPARE(merged({"0201010004010174016101020004010174016200", "0000"}),
                 std::string("02" "01020004010174" "0162" "01010004010174" "0161" "00"));
    }

    void whatSeveralUpdatesHaveIsWrittenOnce()
    {
        const std::string abc = block(1, 0, "0401017403616263");
        QCOMPARE(merged({abc, abc}), abc);
        QCOMPARE(merged({abc, abc, abc, block(1, 1, "84010001" "62")}), abc);
    }

    void anOverlapIsCutFromTheLaterStruct()
    {
        const std::string abc = block(1, 0, "0401017403616263");
        QCOMPARE(merged({abc, block(1, 2, "84010102" "6364")}), block(2, 0, "0401017403616263" "8401020164"));
        // Of two that start together the first is taken whole; the longer one only goes on after it.
        QCOMPARE(merged({block(1, 0, "04010174026162"), abc}), block(2, 0, "04010174026162" "8401010163"));
        QCOMPARE(merged({abc, block(1, 0, "04010174026162")}), abc);
    }

    void aHoleBecomesASkip()
    {
        const std::string first = block(1, 0, "0401017401" "61");
        const std::string third = block(1, 2, "8401010163");
        const std::string withHole = block(3, 0, "040101740161" "0a01" "8401010163");
        QCOMPARE(merged({first, third}), withHole);
        QCOMPARE(merged({third, first}), withHole);
        QCOMPARE(merged({withHole, withHole}), withHole);
        QCOMPARE(merged({withHole, block(1, 1, "8401000162")}), block(3, 0, "040101740161" "8401000162" "8401010163"));
    }

    void aHoleInFrontIsNotWritten()
    {
        const std::string late = block(1, 5, "8401040163");
        QCOMPARE(merged({late, "0000"}), late);
        // Also when a skip stands there.
        QCOMPARE(merged({block(2, 0, "0a05" "8401040163"), "0000"}), late);
    }

    void collectedStructsJoinWhereTwoUpdatesMeet()
    {
        QCOMPARE(merged({block(1, 0, "0003"), block(1, 3, "0002")}), block(1, 0, "0005"));
        QCOMPARE(merged({block(1, 0, "0003"), block(1, 1, "0006")}), block(1, 0, "0007"));
        // Inside one update they stay as they are.
        QCOMPARE(merged({block(2, 0, "0003" "0002"), "0000"}), block(2, 0, "0003" "0002"));
        // Tombstones with a place do not join.
        QCOMPARE(merged({block(1, 0, "0101017403"), block(1, 3, "81010202")}), block(2, 0, "0101017403" "81010202"));
    }

    void aPairCutInTwoBecomesReplacementCharacters()
    {
        const std::string pair = block(1, 0, "0401017406" "61f09f988062");
        QCOMPARE(diff(pair, upTo(2)), block(1, 2, "84010104efbfbd62"));
        QCOMPARE(merged({block(1, 0, "0401017404" "61efbfbd"), pair}), block(2, 0, "0401017404" "61efbfbd" "84010104efbfbd62"));
    }

    void deletesOfAllAreJoined()
    {
        // client 2: 0+3 and 2+3; client 5: 0+1 and 3+1
        QCOMPARE(merged({"0001" "0201" "0003", "0002" "0502" "0001" "0301" "0201" "0203"}),
                 std::string("0002" "0502" "0001" "0301" "0201" "0005"));
    }

    void aDiffStartsInsideAStruct()
    {
        const std::string abc = block(1, 0, "0401017403616263");
        QCOMPARE(diff(abc, {}), abc);
        QCOMPARE(diff(abc, upTo(1)), block(1, 1, "84010002" "6263"));
        QCOMPARE(diff(abc, upTo(3)), std::string("0000"));
        QCOMPARE(diff(abc, upTo(99)), std::string("0000"));
        QCOMPARE(diff(abc, upTo(3, ClientId{2})), abc);
        QCOMPARE(diff(block(1, 0, "0005"), upTo(2)), block(1, 2, "0003"));
        QCOMPARE(diff(block(1, 0, "0101017405"), upTo(2)), block(1, 2, "81010103"));
        QCOMPARE(diff(block(1, 0, "08010161" "03" "7d01" "7702" "6869" "7e"), upTo(1)), block(1, 1, "88010002" "7702" "6869" "7e"));
        QCOMPARE(diff(block(1, 0, "28010161016b" "01" "7d01"), upTo(0)), block(1, 0, "28010161016b" "01" "7d01"));
        // A key stays marked where it is no longer written.
        QCOMPARE(diff(block(1, 0, "21010161016b" "03"), upTo(1)), block(1, 1, "a1010002"));
        // What has a right origin keeps it.
        QCOMPARE(diff(block(1, 0, "440209" "03616263"), upTo(1)), block(1, 1, "c401000209" "026263"));
    }

    void aDiffDropsTheHoleItStartsWith()
    {
        const std::string withHole = block(3, 0, "040101740161" "0a02" "8401020163");
        QCOMPARE(diff(withHole, upTo(1)), block(1, 3, "8401020163"));
        QCOMPARE(diff(withHole, upTo(2)), block(1, 3, "8401020163"));
        QCOMPARE(diff(withHole, upTo(0)), withHole);
    }

    void aDiffKeepsAllDeletes()
    {
        const std::string update = "01010100" "0401017403616263" "0101010102";
        QCOMPARE(diff(update, upTo(3)), std::string("00" "0101010102"));
    }

    void aStateVectorEndsAtTheFirstHole()
    {
        const auto vectorOf = [](const std::string& hex) { return stateVectorOf(bytesOf(hex)).value(); };
        QCOMPARE(vectorOf("0000"), StateVector());
        QCOMPARE(vectorOf(block(1, 0, "0401017403616263")), upTo(3));
        QCOMPARE(vectorOf(block(1, 1, "84010002" "6263")), StateVector());
        QCOMPARE(vectorOf(block(3, 0, "040101740161" "0a02" "8401020163")), upTo(1));
        QCOMPARE(vectorOf(block(2, 0, "0a02" "8401010163")), StateVector());
        QCOMPARE(vectorOf("0201020004010174016201010004010174016100"), (StateVector{{ClientId{1}, 1}, {ClientId{2}, 1}}));
    }

    /// Numbers are read in one way near the end of the input and in another before.
    void clientsOfEverySizeAreRead()
    {
        for (const std::string& rest : {std::string("00" "0001" "00"), std::string("00" "04010174") + "20" + std::string(64, '6') + "00"}) {
            for (int bit = 0; bit < 53; ++bit) {
                for (const std::uint64_t number : {std::uint64_t{1} << bit, (std::uint64_t{2} << bit) - 1, 0x1555555555555555u >> (60 - bit)}) {
                    ByteWriter client;
                    client.writeVarUint(number);
                    const auto summary = inspectUpdate(bytesOf("0101" + toHex(client.bytes()) + rest));
                    QVERIFY(summary.hasValue());
                    QCOMPARE(summary->to.begin()->first, ClientId{number});
                }
            }
            for (const char* tooLong : {"8080808080808010", "ffffffffffffff7f", "ffffffffffffffff01"}) {
                const auto summary = inspectUpdate(bytesOf("0101" + std::string(tooLong) + rest));
                QCOMPARE(summary.error().code, DecodeErrc::varintTooLong);
                QCOMPARE(summary.error().offset, std::size_t{10});
            }
        }
    }

    void theFirstBrokenUpdateIsNamed()
    {
        const Bytes fine = bytesOf("0000");
        const std::vector<Bytes> updates{fine, bytesOf("000000"), bytesOf("01")};
        QCOMPARE(mergeUpdates(updates).error(), (DecodeError{DecodeErrc::trailingBytes, 2}));
    }

    void manyUpdatesComeToTheSameInAnyOrder()
    {
        // More than are sorted by insertion; two clients, some updates twice.
        std::vector<Bytes> updates = joined(typing(150, 1), typing(150, 2));
        const Bytes inOrder = mergeUpdates(updates).value();
        QCOMPARE(stateVectorOf(inOrder).value(), (StateVector{{ClientId{1}, 150}, {ClientId{2}, 150}}));
        SeededRandom random(1);
        for (int round = 0; round < 5; ++round) {
            shuffle(updates, random);
            QCOMPARE(mergeUpdates(updates).value(), inOrder);
            updates.push_back(updates[random.below(updates.size())]);
        }
        // And in groups.
        std::vector<Bytes> groups;
        for (std::size_t at = 0; at < updates.size(); at += 40)
            groups.push_back(mergeUpdates(std::span(updates).subspan(at, std::min<std::size_t>(40, updates.size() - at))).value());
        QCOMPARE(mergeUpdates(groups).value(), inOrder);
    }

    void mergingGrowsWithTheUpdatesNotTheirSquare()
    {
        const auto timeOf = [](std::size_t count) {
            const std::vector<Bytes> updates = typing(count);
            std::clock_t best = std::numeric_limits<std::clock_t>::max(); // of this process: others may be busy
            for (int round = 0; round < 3; ++round) {
                const std::clock_t start = std::clock();
                [&] { QVERIFY(mergeUpdates(updates).hasValue()); }();
                best = std::min(best, std::clock() - start);
            }
            return best;
        };
        // Thirty-two times the updates: less than a hundred and sixty times the time, where a square would take a thousand.
        QVERIFY(timeOf(32000) < 160 * timeOf(1000));
    }

    void mergingIsAssociativeAndIdempotent_data() { addGoldenRows(); }
    void mergingIsAssociativeAndIdempotent()
    {
        QFETCH(QJsonObject, entry);
        SeededRandom random(7);
        for (const UpdateFormat format : formats) {
            const std::vector<Bytes> all = updatesOf(entry, format);
            const std::vector<Bytes> left = someOf(all, random);
            const std::vector<Bytes> right = someOf(all, random);
            const Bytes whole = mergeUpdates(joined(left, right), format).value();
            const Bytes parts[] = {mergeUpdates(right, format).value(), mergeUpdates(left, format).value()};
            const Bytes inParts = mergeUpdates(parts, format).value();
            QVERIFY(coverageOf(whole, format) == coverageOf(inParts, format));
            const Bytes twice[] = {whole, inParts, whole};
            QCOMPARE(mergeUpdates(std::span(twice).first(1), format).value(), whole);
            QVERIFY(coverageOf(mergeUpdates(twice, format).value(), format) == coverageOf(whole, format));
        }
    }

    void whatADiffLeavesOutIsWhatTheVectorKnows_data() { addGoldenRows(); }
    void whatADiffLeavesOutIsWhatTheVectorKnows()
    {
        QFETCH(QJsonObject, entry);
        SeededRandom random(11);
        for (const UpdateFormat format : formats) {
            const Bytes whole = bytesOfHex(entry[key(format, "v1", "v2")]);
            StateVector known = inspectUpdate(whole, format)->to;
            for (auto& [client, clock] : known)
                clock = random.below(clock + 1);
            const Bytes rest = diffUpdate(whole, known, format).value();
            const UpdateSummary summary = inspectUpdate(rest, format).value();
            for (const auto& [client, from] : summary.from)
                QVERIFY(from >= known[client]);
            // The rest on top of the whole adds nothing, and a second diff takes nothing away.
            const Bytes both[] = {whole, rest};
            QVERIFY(coverageOf(mergeUpdates(both, format).value(), format) == coverageOf(whole, format));
            QCOMPARE(diffUpdate(rest, known, format).value(), rest);
        }
    }

    void bothFormatsMergeAndCutAlike_data() { addGoldenRows(); }
    void bothFormatsMergeAndCutAlike()
    {
        QFETCH(QJsonObject, entry);
        const auto asV1 = [](const Bytes& update) { return toHex(convertUpdate(update, UpdateFormat::v2, UpdateFormat::v1).value()); };
        SeededRandom random(13);
        std::vector<Bytes> first = someOf(joined(updatesOf(entry, UpdateFormat::v1), {bytesOf("0000")}), random);
        first.push_back(bytesOf("0000"));
        first.push_back(bytesOf("0000")); // at least two, as one is given back as it is
        std::vector<Bytes> second;
        for (const Bytes& update : first)
            second.push_back(convertUpdate(update, UpdateFormat::v1, UpdateFormat::v2).value());
        const Bytes one = mergeUpdates(first, UpdateFormat::v1).value();
        const Bytes other = mergeUpdates(second, UpdateFormat::v2).value();
        QCOMPARE(asV1(other), toHex(one));
        StateVector known = inspectUpdate(one)->to;
        for (auto& [client, clock] : known)
            clock = random.below(clock + 1);
        const Bytes rest = diffUpdate(other, known, UpdateFormat::v2).value();
        QCOMPARE(asV1(rest), toHex(convertUpdate(diffUpdate(one, known).value(), UpdateFormat::v1, UpdateFormat::v1).value()));
    }
};

QTEST_APPLESS_MAIN(UpdateMergeTest)
#include "update_merge_test.moc"
