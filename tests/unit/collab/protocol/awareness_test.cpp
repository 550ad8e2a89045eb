#include <QtTest>
#include <QJsonArray>

#include <collab/protocol/awareness.h>
#include <core/crdt/any.h>

#include "golden.h"

using namespace tessera;
using namespace tessera::collab;
using namespace std::chrono_literals;
using crdt::ClientId;

namespace {

constexpr ClientId self{100};
constexpr ClientId ann{1};
constexpr ClientId ben{2};
using Clients = std::vector<ClientId>;

Bytes update(ClientId client, std::uint64_t clock, std::optional<std::string> state)
{
    const AwarenessEntry entry{client, clock, std::move(state)};
    return encodeAwareness({&entry, 1});
}

QJsonValue jsonOf(const std::string& text)
{
    return QJsonDocument::fromJson("[" + QByteArray::fromStdString(text) + "]").array().at(0);
}

QJsonObject statesOf(const Awareness& awareness)
{
    QJsonObject states;
    for (const auto& [client, state] : awareness.states())
        states[QString::number(crdt::number(client))] = jsonOf(state);
    return states;
}

/// The clocks that it knows of the clients that are keys of `asked`.
QJsonObject clocksOf(const Awareness& awareness, const QJsonObject& asked)
{
    QJsonObject clocks;
    for (const QString& key : asked.keys()) {
        const ClientId client{key.toULongLong()};
        const auto entries = decodeAwareness(awareness.encode({{client}}));
        if (entries && !entries->empty())
            clocks[key] = static_cast<qint64>(entries->front().clock);
    }
    return clocks;
}

} // namespace

class AwarenessTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void followsYProtocolsStepByStep();
    void endsWhereYProtocolsEndsAfterAnyHistory();
    void encodesAsYProtocolsDoes();
    void entriesSurviveARoundTrip();
    void brokenUpdatesNameTheByte_data();
    void brokenUpdatesNameTheByte();
    void aBrokenUpdateChangesNothing();
    void everyTruncationIsAnError();
    void theFirstLocalStateHasClockOne();
    void everyLocalSetRaisesTheClock();
    void ownStateIsRefreshedAfterFifteenSeconds();
    void anOfflineClientIsNotRefreshed();
    void silentPeersAreDroppedAfterThirtySeconds();
    void aRefreshKeepsAPeer();
    void theClockOfADroppedPeerIsKept();
    void removingAPeerKeepsItsClock();
    void removingOurselvesRaisesOurClock();
    void aRemoteNullForOurLiveStateIsAnswered();
    void aRemoteNullForOurselvesWhileOfflineIsTaken();
    void aNullForAnUnknownClientIsRememberedQuietly();
    void losingTheConnectionForgetsPeersAndClocks();
    void aRelayHasNoClientOfItsOwn();
    void equalJsonInOtherWordsIsNoChange();
    void clientsPastTheBoundAreIgnored();
    void clientsThatLeftMakeRoom();
    void unknownClientsAreNotEncoded();

private:
    ManualClock m_clock;
};

void AwarenessTest::followsYProtocolsStepByStep()
{
    const QJsonObject golden = test::protocolGolden()["awareness"].toObject();
    Awareness awareness{m_clock, self};
    awareness.setLocalState(R"({"name":"receiver"})");
    const QJsonArray steps = golden["steps"].toArray();
    QVERIFY(steps.size() >= 12);
    for (const QJsonValue& value : steps) {
        const QJsonObject step = value.toObject();
        const QByteArray name = step["name"].toString().toUtf8();
        const auto change = awareness.applyUpdate(test::bytesOf(step["hex"].toString()));
        QVERIFY2(change, name.constData());
        QVERIFY2(statesOf(awareness) == step["states"].toObject(), name.constData());
        QVERIFY2(clocksOf(awareness, step["clocks"].toObject()) == step["clocks"].toObject(), name.constData());
        // y-protocols tells its listeners of a raised own clock as if we had been removed; we call it an update.
        const bool isOwn = std::ranges::find(change->updated, self) != change->updated.end();
        QVERIFY2(change->shouldForward() == step["forward"].toBool(), name.constData());
        QVERIFY2(isOwn || change->isVisible() == step["visible"].toBool(), name.constData());
    }
}

void AwarenessTest::endsWhereYProtocolsEndsAfterAnyHistory()
{
    const QJsonArray histories = test::protocolGolden()["awareness"].toObject()["histories"].toArray();
    QVERIFY(histories.size() >= 40);
    for (qsizetype number = 0; number < histories.size(); ++number) {
        const QJsonObject history = histories[number].toObject();
        Awareness awareness{m_clock, self};
        awareness.setLocalState("{\"self\":" + std::to_string(number) + "}");
        for (const QJsonValue& update : history["updates"].toArray())
            QVERIFY(awareness.applyUpdate(test::bytesOf(update.toString())));
        const QByteArray name = "history " + QByteArray::number(number);
        QVERIFY2(statesOf(awareness) == history["states"].toObject(), name.constData());
        QVERIFY2(clocksOf(awareness, history["clocks"].toObject()) == history["clocks"].toObject(), name.constData());
    }
}

void AwarenessTest::encodesAsYProtocolsDoes()
{
    Awareness awareness{m_clock, ClientId{1}};
    awareness.setLocalState(R"({"x":1})");
    QCOMPARE(test::hexOf(awareness.encodeAll()), QString("010101077b2278223a317d"));
    awareness.setLocalState(std::nullopt);
    QCOMPARE(test::hexOf(awareness.encode({{ClientId{1}}})), QString("010102046e756c6c"));
    QCOMPARE(test::hexOf(awareness.encodeAll()), QString("00"));
}

void AwarenessTest::entriesSurviveARoundTrip()
{
    const std::vector<AwarenessEntry> entries{{ann, 7, R"({"a":[1,null,"ü"]})"},
                                              {ClientId{9'007'199'254'740'991}, 0, std::nullopt},
                                              {ben, 9'007'199'254'740'991, "true"}};
    const auto decoded = decodeAwareness(encodeAwareness(entries));
    QVERIFY(decoded);
    QCOMPARE(*decoded, entries);
}

void AwarenessTest::brokenUpdatesNameTheByte_data()
{
    QTest::addColumn<QString>("hex");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("offset");
    const auto row = [](const char* name, const QString& hex, DecodeErrc code, int offset) {
        QTest::newRow(name) << hex << static_cast<int>(code) << offset;
    };
    row("nothing", "", DecodeErrc::truncated, 0);
    row("count without entries", "01", DecodeErrc::truncated, 1);
    row("a count no update can hold", "ffffffffffffff0f", DecodeErrc::tooLarge, 0);
    row("bytes after the last entry", "0000", DecodeErrc::trailingBytes, 1);
    row("state that is not JSON", "010101037b2278", DecodeErrc::malformed, -1);
    row("state that says undefined", "01010109756e646566696e6564", DecodeErrc::malformed, 4);
    row("state of no characters", "01010100", DecodeErrc::malformed, 4);
    row("state that is not UTF-8", "0101010322c322", DecodeErrc::invalidUtf8, -1);
}

void AwarenessTest::brokenUpdatesNameTheByte()
{
    QFETCH(QString, hex);
    QFETCH(int, code);
    QFETCH(int, offset);
    const auto decoded = decodeAwareness(test::bytesOf(hex));
    QVERIFY(!decoded);
    QCOMPARE(static_cast<int>(decoded.error().code), code);
    if (offset >= 0)
        QCOMPARE(static_cast<int>(decoded.error().offset), offset);
    else
        QVERIFY(decoded.error().offset >= 3 && decoded.error().offset <= std::size_t(hex.size() / 2));
}

void AwarenessTest::aBrokenUpdateChangesNothing()
{
    Awareness awareness{m_clock, self};
    Bytes bytes = encodeAwareness(std::vector<AwarenessEntry>{{ann, 1, "{}"}, {ben, 1, "{}"}});
    bytes.pop_back();
    QVERIFY(!awareness.applyUpdate(bytes));
    QVERIFY(awareness.states().empty());
}

void AwarenessTest::everyTruncationIsAnError()
{
    const Bytes bytes = encodeAwareness(std::vector<AwarenessEntry>{{ann, 300, R"({"a":"bc"})"}, {ben, 1, std::nullopt}});
    QVERIFY(decodeAwareness(bytes));
    for (std::size_t length = 0; length < bytes.size(); ++length)
        QVERIFY(!decodeAwareness(ByteView{bytes}.first(length)));
    Bytes big = update(ann, 1, std::string(maxAwarenessStateBytes, '1'));
    QVERIFY(decodeAwareness(big));
    big = update(ann, 1, std::string(maxAwarenessStateBytes + 1, '1'));
    QCOMPARE(decodeAwareness(big).error().code, DecodeErrc::tooLarge);
    QCOMPARE(decodeAwareness(Bytes(maxAwarenessBytes + 1)).error().code, DecodeErrc::tooLarge);
}

void AwarenessTest::theFirstLocalStateHasClockOne()
{
    // Peers take nothing at clock 0 for a client they do not know, so a first state there would never be seen.
    Awareness awareness{m_clock, self};
    QVERIFY(!awareness.localState());
    const AwarenessChange change = awareness.setLocalState("{}");
    QCOMPARE(change.added, Clients{self});
    QCOMPARE(decodeAwareness(awareness.encodeAll())->front().clock, std::uint64_t{1});
}

void AwarenessTest::everyLocalSetRaisesTheClock()
{
    Awareness awareness{m_clock, self};
    awareness.setLocalState("{}");
    const AwarenessChange same = awareness.setLocalState("{}");
    QCOMPARE(same.updated, Clients{self});
    QVERIFY(same.changed.empty());
    const AwarenessChange other = awareness.setLocalState("1");
    QCOMPARE(other.changed, Clients{self});
    const AwarenessChange gone = awareness.setLocalState(std::nullopt);
    QCOMPARE(gone.removed, Clients{self});
    QCOMPARE(decodeAwareness(awareness.encode({{self}}))->front(), (AwarenessEntry{self, 4, std::nullopt}));
}

void AwarenessTest::ownStateIsRefreshedAfterFifteenSeconds()
{
    Awareness awareness{m_clock, self};
    awareness.setLocalState("{}");
    m_clock.advance(14'999ms);
    QVERIFY(!awareness.tick().shouldForward());
    m_clock.advance(1ms);
    const AwarenessChange change = awareness.tick();
    QCOMPARE(change.updated, Clients{self});
    QVERIFY(!change.isVisible());
    QVERIFY(!awareness.tick().shouldForward());
    QCOMPARE(decodeAwareness(awareness.encodeAll())->front().clock, std::uint64_t{2});
}

void AwarenessTest::anOfflineClientIsNotRefreshed()
{
    Awareness awareness{m_clock, self};
    m_clock.advance(60s);
    QVERIFY(!awareness.tick().shouldForward());
}

void AwarenessTest::silentPeersAreDroppedAfterThirtySeconds()
{
    Awareness awareness{m_clock, self};
    QVERIFY(awareness.applyUpdate(update(ann, 1, "{}")));
    m_clock.advance(29'999ms);
    QVERIFY(!awareness.tick().shouldForward());
    m_clock.advance(1ms);
    QCOMPARE(awareness.tick().removed, Clients{ann});
    QVERIFY(awareness.states().empty());
}

void AwarenessTest::aRefreshKeepsAPeer()
{
    Awareness awareness{m_clock, self};
    QVERIFY(awareness.applyUpdate(update(ann, 1, "{}")));
    m_clock.advance(20s);
    QVERIFY(awareness.applyUpdate(update(ann, 2, "{}")));
    m_clock.advance(20s);
    QVERIFY(!awareness.tick().shouldForward());
    QCOMPARE(awareness.states().size(), std::size_t{1});
}

void AwarenessTest::theClockOfADroppedPeerIsKept()
{
    Awareness awareness{m_clock, self};
    QVERIFY(awareness.applyUpdate(update(ann, 5, "{}")));
    m_clock.advance(31s);
    awareness.tick();
    QVERIFY(!awareness.applyUpdate(update(ann, 5, "{}"))->shouldForward());
    QCOMPARE(awareness.applyUpdate(update(ann, 6, "{}"))->added, Clients{ann});
}

void AwarenessTest::removingAPeerKeepsItsClock()
{
    Awareness awareness{m_clock};
    QVERIFY(awareness.applyUpdate(update(ann, 5, "{}")));
    const AwarenessChange change = awareness.remove(Clients{ann, ben});
    QCOMPARE(change.removed, Clients{ann});
    QCOMPARE(decodeAwareness(awareness.encode({{ann}}))->front(), (AwarenessEntry{ann, 5, std::nullopt}));
    QVERIFY(!awareness.remove(Clients{ann}).shouldForward());
}

void AwarenessTest::removingOurselvesRaisesOurClock()
{
    Awareness awareness{m_clock, self};
    awareness.setLocalState("{}");
    QCOMPARE(awareness.remove(Clients{self}).removed, Clients{self});
    QCOMPARE(decodeAwareness(awareness.encode({{self}}))->front(), (AwarenessEntry{self, 2, std::nullopt}));
}

void AwarenessTest::aRemoteNullForOurLiveStateIsAnswered()
{
    Awareness awareness{m_clock, self};
    awareness.setLocalState(R"("here")");
    const auto change = awareness.applyUpdate(update(self, 8, std::nullopt));
    QCOMPARE(change->updated, Clients{self});
    QVERIFY(change->removed.empty());
    QCOMPARE(decodeAwareness(awareness.encodeAll())->front(), (AwarenessEntry{self, 9, R"("here")"}));
}

void AwarenessTest::aRemoteNullForOurselvesWhileOfflineIsTaken()
{
    Awareness awareness{m_clock, self};
    QCOMPARE(awareness.applyUpdate(update(self, 8, std::nullopt))->removed, Clients{self});
    awareness.setLocalState("{}");
    QCOMPARE(decodeAwareness(awareness.encodeAll())->front().clock, std::uint64_t{9});
}

void AwarenessTest::aNullForAnUnknownClientIsRememberedQuietly()
{
    Awareness awareness{m_clock, self};
    QVERIFY(!awareness.applyUpdate(update(ann, 4, std::nullopt))->shouldForward());
    QVERIFY(!awareness.applyUpdate(update(ann, 4, "{}"))->shouldForward());
    QVERIFY(awareness.applyUpdate(update(ann, 5, "{}"))->isVisible());
}

void AwarenessTest::losingTheConnectionForgetsPeersAndClocks()
{
    Awareness awareness{m_clock, self};
    awareness.setLocalState("{}");
    QVERIFY(awareness.applyUpdate(update(ann, 5, "{}")));
    QCOMPARE(awareness.removeAllRemote().removed, Clients{ann});
    QVERIFY(awareness.localState());
    QCOMPARE(awareness.applyUpdate(update(ann, 5, "{}"))->added, Clients{ann});
}

void AwarenessTest::aRelayHasNoClientOfItsOwn()
{
    Awareness awareness{m_clock};
    QVERIFY(!awareness.localState());
    QVERIFY(awareness.applyUpdate(update(ClientId{0}, 1, "{}")));
    m_clock.advance(31s);
    QCOMPARE(awareness.tick().removed, Clients{ClientId{0}});
}

void AwarenessTest::equalJsonInOtherWordsIsNoChange()
{
    Awareness awareness{m_clock, self};
    QVERIFY(awareness.applyUpdate(update(ann, 1, R"({"a":1,"b":2})")));
    const auto change = awareness.applyUpdate(update(ann, 2, R"({ "b": 2.0, "a": 1 })"));
    QCOMPARE(change->updated, Clients{ann});
    QVERIFY(change->changed.empty());
}

void AwarenessTest::clientsPastTheBoundAreIgnored()
{
    Awareness awareness{m_clock};
    for (std::uint64_t i = 1; i <= maxAwarenessClients; ++i)
        QVERIFY(awareness.applyUpdate(update(ClientId{i}, 1, "1")));
    QVERIFY(!awareness.applyUpdate(update(ClientId{maxAwarenessClients + 1}, 1, "1"))->shouldForward());
    QCOMPARE(awareness.states().size(), maxAwarenessClients);
    QVERIFY(awareness.applyUpdate(update(ClientId{1}, 2, "2"))->isVisible());
}

void AwarenessTest::clientsThatLeftMakeRoom()
{
    Awareness awareness{m_clock};
    for (std::uint64_t i = 1; i <= maxAwarenessClients; ++i)
        QVERIFY(awareness.applyUpdate(update(ClientId{i}, 1, "1")));
    m_clock.advance(1s);
    awareness.remove(Clients{ClientId{5}});
    QVERIFY(awareness.applyUpdate(update(ClientId{maxAwarenessClients + 1}, 1, "1"))->isVisible());
    QCOMPARE(awareness.states().size(), maxAwarenessClients);
}

void AwarenessTest::unknownClientsAreNotEncoded()
{
    const Awareness awareness{m_clock, self};
    QCOMPARE(test::hexOf(awareness.encode(Clients{ann, ben})), QString("00"));
}

QTEST_APPLESS_MAIN(AwarenessTest)
#include "awareness_test.moc"
