#include <QtTest>

#include <cmath>
#include <limits>

#include <core/crdt/doc.h>
#include <core/crdt/update.h>

#include "json_file.h"
#include "scenarios.h"

using namespace tessera;
using namespace tessera::crdt;

namespace {

QString hexOf(const Bytes& bytes) { return QString::fromStdString(toHex(bytes)); }

const QJsonObject& golden()
{
    static const QJsonObject all =
        readJsonFile(qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/tests/golden/yjs/vectors.json");
    return all;
}

const std::map<std::string, Any>& namedValues()
{
    const double infinity = std::numeric_limits<double>::infinity();
    static const std::map<std::string, Any> values{
        {"undefined", Any()},
        {"null", nullptr},
        {"zero", 0},
        {"minusZero", -0.0},
        {"one", 1},
        {"minusOne", -1},
        {"sixtyFour", 64},
        {"maxInt31", 2147483647},
        {"minInt31", -2147483647},
        {"twoTo31", 2147483648.0},
        {"minusTwoTo31", -2147483648.0},
        {"half", 0.5},
        {"tenth", 0.1},
        {"nan", std::nan("")},
        {"infinity", infinity},
        {"minusInfinity", -infinity},
        {"huge", 1e300},
        {"tiny", 5e-324},
        {"true", true},
        {"false", false},
        {"emptyText", ""},
        {"text", "hi"},
        {"emoji", "\U0001F600"},
        {"list", Any::Array{1, "a"}},
        {"emptyList", Any::Array{}},
        {"members", Any::Object{{"b", 1}, {"a", nullptr}}},
        {"emptyObject", Any::Object{}},
        {"indexKeys", Any::Object{{"b", 1}, {"10", 2}, {"9", 3}, {"01", 4}}},
        {"nested", Any::Object{{"a", Any::Array{Any::Object{{"b", Any::Array{}}}}}}},
        {"bytes", Bytes{1, 2}},
        {"bigInt", Any::BigInt{123}},
        {"minusBigInt", Any::BigInt{-1}},
        {"undefinedMember", Any::Object{{"a", Any()}}},
    };
    return values;
}

Any rootValue(Doc& doc, const std::string& name, const QJsonValue& expected)
{
    if (expected.isString())
        return doc.text(name).toAny();
    return expected.isArray() ? doc.array(name).toAny() : doc.map(name).toAny();
}

Any deltaOf(const Text& text)
{
    Any::Array delta;
    for (const TextRun& run : text.runs()) {
        Any::Object op;
        if (const auto* plain = std::get_if<std::string>(&run.content))
            op.emplace_back("insert", *plain);
        else
            op.emplace_back("insert", std::get<Any>(run.content));
        if (!run.attributes.empty())
            op.emplace_back("attributes", run.attributes);
        delta.push_back(op);
    }
    return delta;
}

void compareContent(Doc& doc, const QJsonObject& entry)
{
    const QJsonObject roots = entry["value"].toObject(entry["json"].toObject());
    for (auto root = roots.begin(); root != roots.end(); ++root) {
        const Any actual = rootValue(doc, root.key().toStdString(), root.value());
        // The specification's JSON shows bytes as an object of indexes, as JSON.stringify does.
        QVERIFY2(parseJson(toJson(actual)).value() == anyOfJson(root.value()), toJson(actual).c_str());
    }
    if (entry.contains("delta"))
        QVERIFY2(deltaOf(doc.text("t")) == anyOfJson(entry["delta"]), toJson(deltaOf(doc.text("t"))).c_str());
}

void addUpdateRows(const QJsonArray& updates)
{
    QTest::addColumn<QJsonObject>("entry");
    for (const QJsonValue& update : updates)
        QTest::newRow(qPrintable(update["name"].toString())) << update.toObject();
}

} // namespace

/// Bytes made by yjs 13, read and written by this engine.
class GoldenTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyValuesReadAndWriteLikeLib0_data()
    {
        QTest::addColumn<QString>("hex");
        for (const QJsonValue& row : golden()["any"].toArray())
            QTest::newRow(qPrintable(row[0].toString())) << row[1].toString();
    }
    void anyValuesReadAndWriteLikeLib0()
    {
        QFETCH(QString, hex);
        const Any& value = namedValues().at(QTest::currentDataTag());
        ByteWriter writer;
        writeAny(writer, value);
        QCOMPARE(hexOf(writer.bytes()), hex);
        ByteReader reader(writer.bytes());
        QVERIFY(readAny(reader).value() == value);
        QVERIFY(reader.atEnd());
    }

    void jsonNumbersReadLikeJavaScript()
    {
        for (const QJsonValue& row : golden()["jsonNumbers"].toArray()) {
            const Bytes bits = bytesOfHex(row[0]);
            const double value = ByteReader(bits).readFloat64().value();
            QCOMPARE(toJson(value), row[1].toString().toStdString());
            QCOMPARE(*parseJson(toJson(value)).value().number(), value);
        }
    }
    void jsonTextsReadLikeJavaScript()
    {
        for (const QJsonValue& row : golden()["jsonTexts"].toArray()) {
            const std::string text = row[0].toString().toStdString();
            QCOMPARE(toJson(text), row[1].toString().toStdString());
            QCOMPARE(*parseJson(toJson(text)).value().string(), text);
        }
    }

    void updatesLoadAndSayTheSame_data() { addUpdateRows(golden()["updates"].toArray()); }
    void updatesLoadAndSayTheSame()
    {
        QFETCH(QJsonObject, entry);
        Doc doc({.clientId = ClientId{999}, .gc = entry["gc"].toBool(true)});
        QVERIFY(doc.applyUpdate(bytesOfHex(entry["update"])));
        if (entry.contains("stateVector") && entry["id"] != "pending")
            QCOMPARE(hexOf(encodeStateVector(doc.stateVector())), entry["stateVector"].toString());
        compareContent(doc, entry);
        if (entry["reloads"].toBool())
            QCOMPARE(hexOf(doc.encodeStateAsUpdate()), entry["update"].toString());
    }

    void sameCallsWriteTheSameBytes_data() { addUpdateRows(golden()["updates"].toArray()); }
    void sameCallsWriteTheSameBytes()
    {
        QFETCH(QJsonObject, entry);
        const auto scenario = test::scenarios().find(entry["id"].toString().toStdString());
        if (scenario == test::scenarios().end()) {
            QVERIFY2(entry.contains("inputs") || entry["onlyReload"].toBool(), "no scenario of this id");
            return;
        }
        const StateVector vector = decodeStateVector(bytesOfHex(entry["stateVector"])).value();
        ClientId client = vector.begin()->first;
        Doc doc({.clientId = client, .gc = entry["gc"].toBool(true)});
        scenario->second(doc);
        QCOMPARE(hexOf(doc.encodeStateAsUpdate()), entry["update"].toString());
        QCOMPARE(hexOf(encodeStateVector(doc.stateVector())), entry["stateVector"].toString());
        compareContent(doc, entry);
    }

    void updatesOfSeveralClientsCombineTheSame_data() { addUpdateRows(golden()["updates"].toArray()); }
    void updatesOfSeveralClientsCombineTheSame()
    {
        QFETCH(QJsonObject, entry);
        QJsonArray inputs = entry["inputs"].toArray();
        if (entry["merge"].toBool()) {
            std::vector<Bytes> updates;
            for (const QJsonValue& input : inputs)
                updates.push_back(bytesOfHex(input));
            QCOMPARE(hexOf(mergeUpdates(updates).value()), entry["update"].toString());
            return;
        }
        if (inputs.isEmpty())
            return;
        Doc doc({.clientId = ClientId{999}});
        for (const QJsonValue& input : inputs)
            QVERIFY(doc.applyUpdate(bytesOfHex(input)));
        const StateVector since = entry.contains("since") ? decodeStateVector(bytesOfHex(entry["since"])).value() : StateVector{};
        QCOMPARE(hexOf(doc.encodeStateAsUpdate(since)), entry["update"].toString());
        compareContent(doc, entry);
    }

    void everyTransactionEmitsTheSameUpdate()
    {
        const QJsonArray expected = golden()["streams"]["mixed"].toArray();
        Doc doc({.clientId = ClientId{5}});
        QStringList emitted;
        const auto token = doc.onUpdate([&](ByteView update, const Origin&, bool local) {
            QVERIFY(local);
            emitted << hexOf(Bytes(update.begin(), update.end()));
        });
        test::scenarios().at("mixed")(doc);
        QCOMPARE(emitted.size(), expected.size());
        for (int i = 0; i < expected.size(); ++i)
            QCOMPARE(emitted[i], expected[i].toString());
    }

    void syncMessagesCarryTheSamePayloads()
    {
        const QJsonObject messages = golden()["messages"].toObject();
        const auto message = [](std::uint64_t type, const Bytes& payload) {
            ByteWriter writer;
            writer.writeVarUint(type);
            writer.writeVarBuffer(payload);
            return hexOf(writer.bytes());
        };
        Doc doc({.clientId = ClientId{1}});
        QCOMPARE(message(0, encodeStateVector(doc.stateVector())), messages["step1Empty"].toString());
        doc.transact({}, [&](Transaction& t) { doc.text("t").insert(t, 0, "hi"); });
        QCOMPARE(message(0, encodeStateVector(doc.stateVector())), messages["step1"].toString());
        QCOMPARE(message(1, doc.encodeStateAsUpdate()), messages["step2"].toString());
        QCOMPARE(message(2, doc.encodeStateAsUpdate()), messages["update"].toString());
    }

    /// The project's specification has vectors of its own; they lie beside the checkout on some machines only.
    void specificationVectorsLoadAndReencode()
    {
        const QString path = qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/../shared/specs/yjs-wire-vectors.json";
        const QJsonArray updates = readJsonFile(path)["updates"].toArray();
        if (updates.isEmpty()) {
            qInfo("not checked: %s is not there", qPrintable(path));
            return;
        }
        for (const QJsonValue& value : updates) {
            const QJsonObject entry = value.toObject();
            const bool keepsDeleted = entry["name"].toString().contains("gc off");
            Doc doc({.clientId = ClientId{999}, .gc = !keepsDeleted});
            QVERIFY(doc.applyUpdate(bytesOfHex(entry["update_v1"])));
            if (entry["reload_reencodes_same"].toBool())
                QCOMPARE(hexOf(doc.encodeStateAsUpdate()), entry["update_v1"].toString());
            if (entry.contains("state_vector") && !entry["name"].toString().startsWith("pending: "))
                QCOMPARE(hexOf(encodeStateVector(doc.stateVector())), entry["state_vector"].toString());
            compareContent(doc, entry);
        }
        qInfo("checked %d updates of %s", int(updates.size()), qPrintable(path));
    }
};

QTEST_APPLESS_MAIN(GoldenTest)
#include "golden_test.moc"
