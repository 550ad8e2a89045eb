#include <QtTest>

#include <collab/protocol/message.h>

#include "golden.h"

using namespace tessera;
using namespace tessera::collab;
using test::bytesOf;
using test::hexOf;

namespace {

QString text(const std::string& s) { return QString::fromStdString(s); }
const std::string someHash(64, 'a');

} // namespace

class MessageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsWhatYProtocolsWrites_data();
    void readsWhatYProtocolsWrites();
    void writesWhatYProtocolsWrites_data() { readsWhatYProtocolsWrites_data(); }
    void writesWhatYProtocolsWrites();
    void ownMessagesHaveTheBytesOfTheWireContract_data();
    void ownMessagesHaveTheBytesOfTheWireContract();
    void everyMessageSurvivesARoundTrip_data() { ownMessagesHaveTheBytesOfTheWireContract_data(); }
    void everyMessageSurvivesARoundTrip();
    void everyTruncationIsAnError_data() { ownMessagesHaveTheBytesOfTheWireContract_data(); }
    void everyTruncationIsAnError();
    void brokenFramesNameTheByte_data();
    void brokenFramesNameTheByte();
    void viewsPointIntoTheFrame();
    void boundsHold();
    void everyMessageHasAName();
    void rolesHaveNames();
};

void MessageTest::readsWhatYProtocolsWrites_data()
{
    QTest::addColumn<QJsonObject>("golden");
    const QJsonObject messages = test::protocolGolden()["messages"].toObject();
    QVERIFY(messages.size() >= 8);
    for (auto it = messages.begin(); it != messages.end(); ++it)
        QTest::newRow(qPrintable(it.key())) << it.value().toObject();
}

void MessageTest::readsWhatYProtocolsWrites()
{
    QFETCH(QJsonObject, golden);
    const Bytes frame = bytesOf(golden["hex"].toString());
    const auto message = decodeMessage(frame);
    QVERIFY2(message, message ? "" : describe(message.error()).c_str());
    if (golden.contains("stateVector")) {
        crdt::StateVector expected;
        const QJsonObject entries = golden["stateVector"].toObject();
        for (auto it = entries.begin(); it != entries.end(); ++it)
            expected[crdt::ClientId{it.key().toULongLong()}] = it.value().toInteger();
        QCOMPARE(std::get<SyncStep1>(*message).stateVector, expected);
    } else if (golden.contains("step2")) {
        QCOMPARE(hexOf(std::get<SyncStep2>(*message).update), golden["step2"].toString());
    } else if (golden.contains("update")) {
        QCOMPARE(hexOf(std::get<SyncUpdate>(*message).update), golden["update"].toString());
    } else if (golden.contains("denied")) {
        QCOMPARE(text(std::get<AuthDenied>(*message).reason), golden["denied"].toString());
    } else {
        QVERIFY(golden["query"].toBool());
        QVERIFY(std::holds_alternative<QueryAwareness>(*message));
    }
}

void MessageTest::writesWhatYProtocolsWrites()
{
    QFETCH(QJsonObject, golden);
    const Bytes frame = bytesOf(golden["hex"].toString());
    const auto message = decodeMessage(frame);
    QVERIFY(message);
    QCOMPARE(hexOf(encodeMessage(*message)), golden["hex"].toString());
}

void MessageTest::ownMessagesHaveTheBytesOfTheWireContract_data()
{
    QTest::addColumn<QString>("hex");
    QTest::newRow("sync step 1") << "000003010102";
    QTest::newRow("sync step 2") << "0001020000";
    QTest::newRow("sync update") << "0002020000";
    QTest::newRow("awareness") << "010100";
    QTest::newRow("auth denied with an empty reason") << "020000";
    QTest::newRow("query awareness") << "03";
    QTest::newRow("acknowledgement of nothing yet") << "640000";
    QTest::newRow("acknowledgement of 300 messages of two clients") << "64ac0202" "0905" "0102";
    QTest::newRow("permission owner") << "6500";
    QTest::newRow("permission viewer") << "6503";
    QTest::newRow("notice that the relay restarts") << "66010462796521";
    QTest::newRow("notice of a later version") << "66ac0200";
    QTest::newRow("blob offer") << "6740" + QString(128, u'x').replace("xx", "61") + "8080801f";
    QTest::newRow("job event") << "68027b7d";
}

void MessageTest::ownMessagesHaveTheBytesOfTheWireContract()
{
    QFETCH(QString, hex);
    const Bytes frame = bytesOf(hex);
    QVERIFY(!frame.empty());
    const auto message = decodeMessage(frame);
    QVERIFY2(message, message ? "" : describe(message.error()).c_str());
    const std::string tag = QTest::currentDataTag();
    if (tag == "acknowledgement of 300 messages of two clients") {
        const DurableAck expected{300, {{crdt::ClientId{9}, 5}, {crdt::ClientId{1}, 2}}};
        QCOMPARE(std::get<DurableAck>(*message), expected);
    } else if (tag == "permission viewer") {
        QCOMPARE(std::get<Permission>(*message).role, Role::viewer);
    } else if (tag == "notice that the relay restarts") {
        QCOMPARE(std::get<RoomNotice>(*message), (RoomNotice{NoticeCode::relayRestarting, "bye!"}));
    } else if (tag == "notice of a later version") {
        QCOMPARE(static_cast<std::uint64_t>(std::get<RoomNotice>(*message).code), std::uint64_t{300});
    } else if (tag == "blob offer") {
        QCOMPARE(std::get<BlobOffer>(*message), (BlobOffer{ContentHash{someHash}, std::uint64_t{31} << 21}));
    } else if (tag == "job event") {
        QCOMPARE(std::get<JobEvent>(*message), JobEvent{"{}"});
    }
}

void MessageTest::everyMessageSurvivesARoundTrip()
{
    QFETCH(QString, hex);
    const Bytes frame = bytesOf(hex);
    const auto message = decodeMessage(frame);
    QVERIFY(message);
    QCOMPARE(hexOf(encodeMessage(*message)), hex);
}

void MessageTest::everyTruncationIsAnError()
{
    QFETCH(QString, hex);
    const Bytes frame = bytesOf(hex);
    for (std::size_t length = 0; length < frame.size(); ++length) {
        const auto message = decodeMessage(ByteView{frame}.first(length));
        QVERIFY2(!message, qPrintable(QString("%1 bytes were taken for a message").arg(length)));
        QVERIFY(message.error().offset <= length);
    }
    Bytes longer = frame;
    longer.push_back(0);
    const auto message = decodeMessage(longer);
    QVERIFY(!message);
    QCOMPARE(message.error().code, DecodeErrc::trailingBytes);
    QCOMPARE(message.error().offset, frame.size());
}

void MessageTest::brokenFramesNameTheByte_data()
{
    QTest::addColumn<QString>("hex");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("offset");
    const auto row = [](const char* name, const char* hex, DecodeErrc code, int offset) {
        QTest::newRow(name) << QString(hex) << static_cast<int>(code) << offset;
    };
    row("nothing", "", DecodeErrc::truncated, 0);
    row("unknown outer number", "04", DecodeErrc::unknownTag, 0);
    row("unknown outer number of two bytes", "8001", DecodeErrc::unknownTag, 0);
    row("unknown sync message", "000300", DecodeErrc::unknownTag, 1);
    row("unknown auth message", "020100", DecodeErrc::unknownTag, 1);
    row("role past the last", "6504", DecodeErrc::unknownTag, 1);
    row("outer number too long", "ffffffffffffffffff01", DecodeErrc::varintTooLong, 8);
    row("state vector promises more than it has", "00000102", DecodeErrc::truncated, 4);
    row("state vector with bytes after it", "0000020000", DecodeErrc::trailingBytes, 4);
    row("state vector naming a client twice", "00000502010101" "02", DecodeErrc::duplicateClient, 6);
    row("update longer than the frame", "000205" "0000", DecodeErrc::truncated, 3);
    row("reason that is not UTF-8", "020002" "c328", DecodeErrc::invalidUtf8, 2);
    row("hash that is no hash", "6702" "6161" "01", DecodeErrc::malformed, 1);
    row("acknowledgement naming a client twice", "6401020101" "0102", DecodeErrc::duplicateClient, 5);
}

void MessageTest::brokenFramesNameTheByte()
{
    QFETCH(QString, hex);
    QFETCH(int, code);
    QFETCH(int, offset);
    const Bytes frame = bytesOf(hex);
    const auto message = decodeMessage(frame);
    QVERIFY(!message);
    QCOMPARE(static_cast<int>(message.error().code), code);
    QCOMPARE(static_cast<int>(message.error().offset), offset);
}

void MessageTest::viewsPointIntoTheFrame()
{
    const Bytes frame = bytesOf("0002020000");
    const auto message = decodeMessage(frame);
    QVERIFY(message);
    QCOMPARE(std::get<SyncUpdate>(*message).update.data(), frame.data() + 3);
}

void MessageTest::boundsHold()
{
    const auto codeOf = [](const Message& message) {
        const Bytes frame = encodeMessage(message);
        const auto decoded = decodeMessage(frame);
        return decoded ? DecodeErrc{} : decoded.error().code;
    };
    QCOMPARE(codeOf(AuthDenied{std::string(maxReasonBytes, 'a')}), DecodeErrc{});
    QCOMPARE(codeOf(AuthDenied{std::string(maxReasonBytes + 1, 'a')}), DecodeErrc::tooLarge);
    QCOMPARE(codeOf(RoomNotice{NoticeCode::roomReadOnly, std::string(maxReasonBytes + 1, 'a')}), DecodeErrc::tooLarge);
    QCOMPARE(codeOf(JobEvent{std::string(maxJobEventBytes, 'a')}), DecodeErrc{});
    QCOMPARE(codeOf(JobEvent{std::string(maxJobEventBytes + 1, 'a')}), DecodeErrc::tooLarge);
    const Bytes fits(maxAwarenessBytes);
    const Bytes over(maxAwarenessBytes + 1);
    QCOMPARE(codeOf(AwarenessMessage{fits}), DecodeErrc{});
    QCOMPARE(codeOf(AwarenessMessage{over}), DecodeErrc::tooLarge);

    const Bytes huge(maxFrameBytes + 1);
    QCOMPARE(decodeMessage(huge).error(), (DecodeError{DecodeErrc::tooLarge, maxFrameBytes}));
}

void MessageTest::everyMessageHasAName()
{
    QCOMPARE(messageName(SyncStep1{}), std::string_view{"sync step 1"});
    QCOMPARE(messageName(QueryAwareness{}), std::string_view{"query awareness"});
    QCOMPARE(messageName(DurableAck{}), std::string_view{"durable acknowledgement"});
    QCOMPARE(messageName(JobEvent{}), std::string_view{"job event"});
}

void MessageTest::rolesHaveNames()
{
    for (const Role role : {Role::owner, Role::editor, Role::commenter, Role::viewer})
        QCOMPARE(parseRole(roleName(role)), std::optional{role});
    QVERIFY(!parseRole("Owner"));
    QVERIFY(!parseRole(""));
    QVERIFY(canEdit(Role::owner) && canEdit(Role::editor) && !canEdit(Role::commenter) && !canEdit(Role::viewer));
    QVERIFY(canShare(Role::owner) && !canShare(Role::editor));
}

QTEST_APPLESS_MAIN(MessageTest)
#include "message_test.moc"
