#include <QtTest>

#include <chrono>

#include <core/base/random.h>
#include <core/crdt/update.h>

#include "columns_v2.h"
#include "golden_documents.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

Q_DECLARE_METATYPE(ColumnsV2)

namespace {

constexpr auto v1 = UpdateFormat::v1;
constexpr auto v2 = UpdateFormat::v2;

QJsonObject goldenDocument(const char* id)
{
    for (const QJsonValue& entry : goldenDocuments()) {
        if (entry["id"].toString() == id)
            return entry.toObject();
    }
    return {};
}

Bytes bytesOf(std::string_view hex) { return fromHex(hex).value(); }

std::string hexAsV1(const Bytes& update)
{
    const auto converted = convertUpdate(update, v2, v1);
    return converted ? toHex(converted.value()) : describe(converted.error());
}

std::string hexAsV2(std::string_view update)
{
    const auto converted = convertUpdate(bytesOf(update), v1, v2);
    return converted ? toHex(converted.value()) : describe(converted.error());
}

} // namespace

/// The columns of an update v2: what yjs writes is read and written again byte for byte; anything else is refused.
class UpdateV2Test : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void yjsDocumentsConvertBothWays_data() { addGoldenRows(); }
    void yjsDocumentsConvertBothWays()
    {
        QFETCH(QJsonObject, entry);
        const Bytes first = bytesOfHex(entry["v1"]);
        const Bytes second = bytesOfHex(entry["v2"]);
        QCOMPARE(toHex(convertUpdate(first, v1, v2).value()), entry["v1AsV2"].toString().toStdString());
        QCOMPARE(hexAsV1(second), entry["v2AsV1"].toString().toStdString());
        // And each into itself. As in yjs, an item that takes its key from a neighbour loses the mark that it has one.
        QCOMPARE(toHex(convertUpdate(first, v1, v1).value()), entry["v2AsV1"].toString().toStdString());
        QCOMPARE(toHex(convertUpdate(second, v2, v2).value()), entry["v1AsV2"].toString().toStdString());
    }

    void yjsUpdatesInBothFormatsAreTheSameUpdate_data() { addGoldenRows(); }
    void yjsUpdatesInBothFormatsAreTheSameUpdate()
    {
        QFETCH(QJsonObject, entry);
        for (const QJsonValue& pair : entry["updates"].toArray()) {
            const Bytes first = bytesOfHex(pair[0]);
            const Bytes second = bytesOfHex(pair[1]);
            QCOMPARE(toHex(convertUpdate(first, v1, v2).value()), toHex(convertUpdate(second, v2, v2).value()));
            QCOMPARE(hexAsV1(second), toHex(convertUpdate(first, v1, v1).value()));
            const UpdateSummary one = inspectUpdate(first, v1).value();
            const UpdateSummary other = inspectUpdate(second, v2).value();
            QCOMPARE(one.from, other.from);
            QCOMPARE(one.to, other.to);
            QCOMPARE(one.deletedUnits, other.deletedUnits);
            QCOMPARE(stateVectorOf(first, v1).value(), stateVectorOf(second, v2).value());
        }
    }

    void anEmptyUpdateHasEmptyColumns()
    {
        QCOMPARE(hexAsV2("0000"), std::string("00000000000001000000000000"));
        QCOMPARE(hexAsV1(bytesOf("00000000000001000000000000")), std::string("0000"));
        QVERIFY(inspectUpdate(bytesOf("00000000000001000000000000"), v2)->isEmpty());
    }

    void aFormatIsNotGuessed()
    {
        const std::string text = "01010100040101740361626300";
        QVERIFY(inspectUpdate(bytesOf(text), v1));
        QVERIFY(!inspectUpdate(bytesOf(text), v2));
        QVERIFY(!inspectUpdate(bytesOf(hexAsV2(text)), v1));
    }

    void deletesAreCountedFromTheRangeBefore()
    {
        // client 5: 3+2, 10+1; client 1: 0+4
        QCOMPARE(hexAsV2("000205020302" "0a01" "01010004"), std::string("0000000000000100000000" "0002" "0502" "0301" "0500" "0101" "0003" ""));
        QCOMPARE(hexAsV1(bytesOf("000000000000010000000000020502030105000101" "0003")), std::string("0002050203020a0101010004"));
    }

    void aRunOfEqualValuesTakesItsCount()
    {
        // 40 deleted units as 40 structs of length 1: each column is a run, whatever the number.
        const std::string forty = toHex(ColumnsV2{.clients = "01", .infos = "00", .lengths = "4126", .rest = "01280000"}.bytes());
        ByteWriter collected;
        collected.writeBytes(bytesOf("01280100"));
        for (int i = 0; i < 40; ++i)
            collected.writeBytes(bytesOf("0001"));
        collected.writeByte(0);
        QCOMPARE(hexAsV2(toHex(collected.bytes())), forty);
        QCOMPARE(hexAsV1(bytesOf(forty)), toHex(collected.bytes()));
        QCOMPARE(inspectUpdate(bytesOf(forty), v2)->to.at(ClientId{1}), Clock{40});
    }

    void aRunOfZerosHasMinusZeroAsItsMark()
    {
        // Client 0 stands in the column of clients as often as it is named.
        const std::string text = "01020000" "04" "01017401" "61" "8400000162" "00";
        const std::string converted = hexAsV2(text);
        QVERIFY(converted.starts_with("0000024000")); // no keys; clients: minus 0, twice
        QCOMPARE(hexAsV1(bytesOf(converted)), text);
    }

    void stepsBetweenTheFarthestClocksAreKept()
    {
        // Origins at clock 0 and 2^53 - 2 of another client: twice the step passes what yjs can read, not what we do.
        const std::string far = "01020900" "84010001" "61" "8401feffffffffffff0f01" "62" "00";
        QCOMPARE(hexAsV1(bytesOf(hexAsV2(far))), far);
        const std::string back = "01020900" "8401feffffffffffff0f01" "61" "84010001" "62" "00";
        QCOMPARE(hexAsV1(bytesOf(hexAsV2(back))), back);
    }

    void everyKeyGetsItsOwnNumber()
    {
        const QJsonObject entry = goldenDocument("formats");
        QVERIFY(!entry.isEmpty());
        QCOMPARE(toHex(convertUpdate(bytesOfHex(entry["v1"]), v1, v2).value()), entry["v1AsV2"].toString().toStdString());
    }

    /// Yjs reads, but does not write, the number of an earlier key in place of the key.
    void aKeyToldByNumberIsTheEarlierKey()
    {
        // Four formats in root "t": keys 0 "b", 1 "i", 0 again, 1 again; all values are true.
        const ColumnsV2 columns{.keyNumbers = "00" "02" "42" "02", .clients = "4102", .leftClocks = "00" "0300", .infos = "0600" "86",
                                .strings = "tbi", .stringLengths = "4101", .parentInfos = "01", .rest = "010400" "78787878" "00"};
        const std::string expected = "01040100" "0601017401620474727565" "8601000169" "0474727565" "8601010162" "0474727565" "8601020169" "0474727565" "00";
        QCOMPARE(hexAsV1(columns.bytes()), expected);
        // Also when the structs are read again from the middle.
        const Bytes parts[] = {columns.bytes(), bytesOf("00000000000001000000000000")};
        const auto merged = mergeUpdates(parts, v2);
        QVERIFY(merged.hasValue());
        QCOMPARE(hexAsV1(merged.value()), expected);
    }

    void aKeyOfALaterNumberIsANewKey()
    {
        const ColumnsV2 columns{.keyNumbers = "0e", .clients = "01", .infos = "06", .strings = "tb", .stringLengths = "4100",
                                .parentInfos = "01", .rest = "0101007800"};
        QCOMPARE(hexAsV1(columns.bytes()), std::string("010101000601017401620474727565" "00"));
    }

    void aStringCutInsideAPairGivesReplacementCharacters()
    {
        // "a😀b" as one string, cut into texts of 2, 1 and 1 units.
        const ColumnsV2 columns{.clients = "4101", .leftClocks = "0300", .infos = "0400" "84", .strings = "ta\xf0\x9f\x98\x80" "b",
                                .stringLengths = "01" "02" "4100", .parentInfos = "01", .rest = "01030000"};
        QCOMPARE(hexAsV1(columns.bytes()),
                 std::string("01030100" "0401017404" "61efbfbd" "84010103efbfbd" "8401020162" "00"));
    }

    void aTextInTheMiddleOfAPairKeepsItsWholeCharacters()
    {
        // "😀😀" cut into 1, 2 and 1 units: the middle has half of each.
        const ColumnsV2 columns{.clients = "4101", .leftClocks = "00" "04", .infos = "04008401", .strings = "t\xf0\x9f\x98\x80\xf0\x9f\x98\x80",
                                .stringLengths = "4100" "02" "01", .parentInfos = "01", .rest = "01030000"};
        QCOMPARE(hexAsV1(columns.bytes()),
                 std::string("01030100" "0401017403" "efbfbd" "84010006efbfbdefbfbd" "84010203efbfbd" "00"));
        QCOMPARE(inspectUpdate(columns.bytes(), v2)->to.at(ClientId{1}), Clock{4});
    }

    void oldJsonValuesAreStringsOfTheirOwn()
    {
        const std::string old = "01010100" "02" "010161" "04" "0131" "03226122" "09756e646566696e6564" "0a7b2262223a6e756c6c7d" "00";
        const std::string converted = hexAsV2(old);
        QCOMPARE(hexAsV1(bytesOf(converted)), old);
        const auto rest = diffUpdate(bytesOf(converted), {{ClientId{1}, 2}}, v2);
        QCOMPARE(hexAsV1(rest.value()), std::string("01010102" "82" "0101" "02" "09756e646566696e6564" "0a7b2262223a6e756c6c7d" "00"));
    }

    void anEmbedIsAValueAndInV1ItsJson()
    {
        const std::string embed = "01010100" "05010174" "1a" + toHex(asBytes(R"({"img":"u","n":[1.5,null]})")) + "00";
        const std::string converted = hexAsV2(embed);
        QVERIFY(converted.ends_with("7602" "03696d67" "770175" "016e" "7502" "7c3fc00000" "7e" "00"));
        QCOMPARE(hexAsV1(bytesOf(converted)), embed);
    }

    void aValueThatJsonLacksBecomesNull()
    {
        // Undefined as an embed: there is no JSON text for it.
        const ColumnsV2 columns{.clients = "01", .infos = "05", .strings = "t", .stringLengths = "01", .parentInfos = "01", .rest = "0101007f00"};
        QCOMPARE(hexAsV1(columns.bytes()), std::string("01010100" "05010174" "046e756c6c" "00"));
    }

    void brokenColumnsNameTheReason_data()
    {
        QTest::addColumn<ColumnsV2>("columns");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const ColumnsV2& columns, DecodeErrc code) { QTest::newRow(name) << columns << int(code); };
        const ColumnsV2 whole{.clients = "01", .infos = "04", .strings = "tabc", .stringLengths = "0103", .parentInfos = "01", .rest = "01010000"};
        row("nothing wrong", whole, DecodeErrc{});
        const auto with = [&](std::string ColumnsV2::*column, const char* value) {
            ColumnsV2 changed = whole;
            changed.*column = value;
            return changed;
        };
        row("no client", with(&ColumnsV2::clients, ""), DecodeErrc::truncated);
        row("a run of clients without count", with(&ColumnsV2::clients, "41"), DecodeErrc::truncated);
        row("a client that goes on for ever", with(&ColumnsV2::clients, "ffffffffffffffffff"), DecodeErrc::varintTooLong);
        row("no info", with(&ColumnsV2::infos, ""), DecodeErrc::truncated);
        row("an info of no kind", with(&ColumnsV2::infos, "0b"), DecodeErrc::unknownTag);
        row("an info run of broken count", with(&ColumnsV2::infos, "0480"), DecodeErrc::truncated);
        row("no parent info", with(&ColumnsV2::parentInfos, ""), DecodeErrc::truncated);
        row("no left clock for the parent", with(&ColumnsV2::parentInfos, "00"), DecodeErrc::truncated);
        row("no lengths of strings", with(&ColumnsV2::stringLengths, ""), DecodeErrc::truncated);
        row("more units than there are", with(&ColumnsV2::stringLengths, "0104"), DecodeErrc::truncated);
        row("strings that are not UTF-8", with(&ColumnsV2::strings, "t\xc3(b"), DecodeErrc::invalidUtf8);
        row("no rest", with(&ColumnsV2::rest, ""), DecodeErrc::truncated);
        row("no deletes", with(&ColumnsV2::rest, "010100"), DecodeErrc::truncated);
        row("a byte behind the deletes", with(&ColumnsV2::rest, "0101000000"), DecodeErrc::trailingBytes);
        row("a delete past the last clock", with(&ColumnsV2::rest, "010100" "010101" "01feffffffffffff0f"), DecodeErrc::varintTooLong);
        row("a client twice", {.clients = "4100", .infos = "00", .lengths = "01", .rest = "0201000101" "00"}, DecodeErrc::truncated);
        row("a client in two blocks", {.clients = "4100", .infos = "00", .lengths = "4100", .rest = "020100010100"}, DecodeErrc::duplicateClient);
        row("a type of no kind", {.clients = "01", .infos = "07", .strings = "t", .stringLengths = "01", .parentInfos = "01", .typeRefs = "07", .rest = "01010000"},
            DecodeErrc::unknownTag);
        row("its own future as origin", {.clients = "4100", .leftClocks = "02", .infos = "84", .strings = "a", .stringLengths = "01", .rest = "01010000"},
            DecodeErrc::malformed);
        row("a clock below zero", {.clients = "0102", .leftClocks = "42", .infos = "84", .strings = "a", .stringLengths = "01", .rest = "01010000"},
            DecodeErrc::malformed);
        row("a clock past the last", {.clients = "010200", .leftClocks = "bfffffffffffffff7f", .infos = "84", .strings = "a", .stringLengths = "01", .rest = "01010000"},
            DecodeErrc::varintTooLong);
        row("an old value that is no JSON", {.clients = "01", .infos = "02", .strings = "t{", .stringLengths = "4100", .parentInfos = "01", .lengths = "01", .rest = "01010000"},
            DecodeErrc::malformed);
        row("a value of no kind", {.clients = "01", .infos = "05", .strings = "t", .stringLengths = "01", .parentInfos = "01", .rest = "0101000100"},
            DecodeErrc::unknownTag);
        ColumnsV2 deep{.clients = "01", .infos = "05", .strings = "t", .stringLengths = "01", .parentInfos = "01", .rest = "010100"};
        for (int i = 0; i < 70; ++i)
            deep.rest += "7501";
        deep.rest += "7e00";
        row("a value nested too deep", deep, DecodeErrc::nestedTooDeep);
    }
    void brokenColumnsNameTheReason()
    {
        QFETCH(ColumnsV2, columns);
        QFETCH(int, code);
        const Bytes update = columns.bytes();
        const auto summary = inspectUpdate(update, v2);
        if (code == 0) {
            QVERIFY(summary.hasValue());
            return;
        }
        QVERIFY(!summary);
        QCOMPARE(describe(summary.error().code), describe(DecodeErrc(code)));
        QVERIFY(summary.error().offset <= update.size());
        // Everybody who reads updates says the same.
        const Bytes parts[] = {bytesOf("00000000000001000000000000"), update};
        QCOMPARE(mergeUpdates(parts, v2).error(), summary.error());
        QCOMPARE(diffUpdate(update, {}, v2).error(), summary.error());
        QCOMPARE(convertUpdate(update, v2, v1).error(), summary.error());
        QCOMPARE(stateVectorOf(update, v2).error(), summary.error());
    }

    void anUnknownFeatureIsRefused()
    {
        Bytes update = bytesOf("00000000000001000000000000");
        update[0] = 1;
        QCOMPARE(inspectUpdate(update, v2).error(), (DecodeError{DecodeErrc::unknownTag, 0}));
    }

    void everyPrefixIsTruncated()
    {
        const Bytes whole = bytesOfHex(goldenDocument("random3")["v2"]);
        QVERIFY(whole.size() > 200);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto summary = inspectUpdate(ByteView(whole).first(size), v2);
            QVERIFY2(!summary, qPrintable(QString::number(size)));
            QVERIFY(summary.error().offset <= size);
        }
    }

    void aFewBytesDoNotStandForMoreStructsThanTheLimit_data()
    {
        QTest::addColumn<ColumnsV2>("columns");
        const std::string most = "ffffffffffffff0f"; // 2^53 - 1
        QTest::newRow("collected structs of length 1") << ColumnsV2{.clients = "01", .infos = "00", .lengths = "41" + most, .rest = "01" + most + "0000"};
        QTest::newRow("collected structs of length 0") << ColumnsV2{.clients = "01", .infos = "00", .lengths = "40" + most, .rest = "01" + most + "0000"};
        QTest::newRow("empty texts") << ColumnsV2{.clients = "41" + most, .infos = "04", .stringLengths = "40" + most, .parentInfos = "01",
                                                  .rest = "01" + most + "0000"};
        QTest::newRow("types") << ColumnsV2{.clients = "41" + most, .leftClocks = "03" + most, .infos = "0700" "87", .strings = "t", .stringLengths = "01",
                                            .parentInfos = "01", .typeRefs = "40" + most, .rest = "01" + most + "0000"};
        QTest::newRow("formats of an empty key") << ColumnsV2{.keyNumbers = "01" + most, .clients = "41" + most, .infos = "06", .stringLengths = "40" + most,
                                                              .parentInfos = "01", .rest = "01" + most + "0000"};
        QTest::newRow("many clients with many structs")
            << ColumnsV2{.clients = "03" "04" "05", .infos = "00", .lengths = "41" + most, .rest = "03" "80808001" "00" "80808001" "00" "80808001" "0000"};
    }
    void aFewBytesDoNotStandForMoreStructsThanTheLimit()
    {
        QFETCH(ColumnsV2, columns);
        const auto start = std::chrono::steady_clock::now();
        const auto summary = inspectUpdate(columns.bytes(), v2);
        QVERIFY(!summary);
        QCOMPARE(describe(summary.error().code), describe(DecodeErrc::tooLarge));
        QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
    }

    void aHugeCountOfAnythingElseRunsOutOfBytes_data()
    {
        QTest::addColumn<ColumnsV2>("columns");
        const std::string most = "ffffffffffffff0f";
        QTest::newRow("clients") << ColumnsV2{.clients = "41" + most, .infos = "00", .lengths = "41" + most, .rest = most + "0100"};
        QTest::newRow("values") << ColumnsV2{.clients = "01", .infos = "08", .strings = "t", .stringLengths = "01", .parentInfos = "01",
                                             .lengths = "bfffffffffffff0f", .rest = "010100" "7e7e"};
        QTest::newRow("old values") << ColumnsV2{.clients = "01", .infos = "02", .strings = "t1111", .stringLengths = "41" + most, .parentInfos = "01",
                                                 .lengths = "bfffffffffffff0f", .rest = "01010000"};
        QTest::newRow("deleted ranges") << ColumnsV2{.rest = "000101" + most + "0000"};
    }
    void aHugeCountOfAnythingElseRunsOutOfBytes()
    {
        QFETCH(ColumnsV2, columns);
        const auto summary = inspectUpdate(columns.bytes(), v2);
        QVERIFY(!summary);
        QVERIFY(summary.error().code == DecodeErrc::truncated || summary.error().code == DecodeErrc::varintTooLong);
    }

    void keysToldByNumberAreNotMoreThanTheBytes()
    {
        // A thousand XML elements in a root without a name: 999 names without a letter, then the first one again.
        const ColumnsV2 columns{.keyNumbers = "00" "03e407" "cc1f", .clients = "01", .infos = "07", .stringLengths = "40cd0f",
                                .parentInfos = "01", .typeRefs = "43e607", .rest = "01e8070000"};
        QCOMPARE(describe(inspectUpdate(columns.bytes(), v2).error().code), describe(DecodeErrc::tooLarge));
        ColumnsV2 ownNames = columns;
        ownNames.keyNumbers = "00" "03e507";
        ownNames.stringLengths = "40ce0f";
        QCOMPARE(inspectUpdate(ownNames.bytes(), v2)->to.at(ClientId{1}), Clock{1000});
    }

    void anyChangedByteIsRefusedOrHarmless_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 20; ++seed)
            QTest::addRow("seed %d", int(seed)) << seed;
    }
    void anyChangedByteIsRefusedOrHarmless()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        const Bytes whole = bytesOfHex(goldenDocuments()[int(random.below(std::uint64_t(goldenDocuments().size())))]["v2"]);
        for (int round = 0; round < 300; ++round) {
            Bytes changed = whole;
            for (std::uint64_t i = 0; i <= random.below(3); ++i)
                changed[random.below(changed.size())] ^= std::uint8_t(1 << random.below(8));
            const auto summary = inspectUpdate(changed, v2);
            const auto converted = convertUpdate(changed, v2, v1);
            QCOMPARE(converted.hasValue(), summary.hasValue());
            if (!summary) {
                QCOMPARE(converted.error(), summary.error());
                QVERIFY(summary.error().offset <= changed.size());
                continue;
            }
            // Whatever was taken in, what is made of it can be read again and says the same.
            const auto again = inspectUpdate(converted.value(), v1);
            QVERIFY(again.hasValue());
            QCOMPARE(again->from, summary->from);
            QCOMPARE(again->to, summary->to);
            QCOMPARE(again->deletedUnits, summary->deletedUnits);
            QCOMPARE(hexAsV1(convertUpdate(changed, v2, v2).value()), toHex(converted.value()));
        }
    }
};

QTEST_APPLESS_MAIN(UpdateV2Test)
#include "update_v2_test.moc"
