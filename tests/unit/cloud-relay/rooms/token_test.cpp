#include <QtTest>

#include <core/base/bytes.h>
#include <relay/rooms/token.h>

using namespace tessera;
using namespace tessera::relay;

namespace {

TokenKey::Seed seedOf(std::uint8_t byte)
{
    TokenKey::Seed seed;
    seed.fill(byte);
    return seed;
}

const Claims editor{RoomId{"room-1"}, collab::Role::editor, ShareId{"share1"}, 1000};

std::string payloadText(std::string_view token)
{
    const auto bytes = fromBase64Url(token.substr(0, token.find('.')));
    return bytes ? std::string(asText(*bytes)) : std::string();
}

} // namespace

class TokenTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFormatIsTheWires();
    void anIssuedTokenVerifies();
    void expiryIsCheckedEachTime();
    void anyChangedCharacterIsRefused();
    void anotherKeysTokenIsRefused();
    void brokenPayloadsAreNamed_data();
    void brokenPayloadsAreNamed();
    void theKeyFileIsMadeOnce();
    void aBrokenKeyFileIsNamed();
};

void TokenTest::theFormatIsTheWires()
{
    const std::string token = TokenKey(seedOf(7)).issue(editor);
    QCOMPARE(payloadText(token), std::string(R"({"v":1,"room":"room-1","role":"editor","share":"share1","exp":1000})"));
    // Ed25519 is deterministic: the same key and payload give the same token for ever.
    QCOMPARE(token, TokenKey(seedOf(7)).issue(editor));
    QCOMPARE(fromBase64Url(token.substr(token.find('.') + 1))->size(), std::size_t{64});
}

void TokenTest::anIssuedTokenVerifies()
{
    const TokenKey key(seedOf(7));
    const auto claims = key.verify(key.issue(editor), 999);
    QVERIFY(claims.hasValue());
    QVERIFY(*claims == editor);
}

void TokenTest::expiryIsCheckedEachTime()
{
    const TokenKey key(seedOf(7));
    const std::string token = key.issue(editor);
    QVERIFY(key.verify(token, 999).hasValue());
    const auto later = key.verify(token, 1000); // known by now, still expired
    QVERIFY(!later.hasValue());
    QCOMPARE(later.error().code, TokenErrc::expired);
    Claims endless = editor;
    endless.expiresAt = 0;
    QVERIFY(key.verify(key.issue(endless), 4'000'000'000).hasValue());
}

void TokenTest::anyChangedCharacterIsRefused()
{
    const TokenKey key(seedOf(7));
    const std::string token = key.issue(editor);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const auto claims = key.verify(changed, 0);
        // The last character of a base64 text may have spare bits; whatever decodes to the same bytes is the same token.
        if (claims)
            QVERIFY2(*claims == editor && i + 1 == token.size(), changed.c_str());
    }
    for (const std::string& shape : {std::string(), std::string("."), token + ".", "." + token, token.substr(0, 20),
                                     std::string(10'000, 'a')})
        QVERIFY2(!key.verify(shape, 0), shape.c_str());
}

void TokenTest::anotherKeysTokenIsRefused()
{
    const auto claims = TokenKey(seedOf(8)).verify(TokenKey(seedOf(7)).issue(editor), 0);
    QVERIFY(!claims.hasValue());
    QCOMPARE(claims.error().code, TokenErrc::badSignature);
}

void TokenTest::brokenPayloadsAreNamed_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("named");
    QTest::newRow("no JSON") << QByteArray("{") << "JSON";
    QTest::newRow("no object") << QByteArray("[1]") << "JSON";
    QTest::newRow("later version") << QByteArray(R"({"v":2,"room":"r","role":"editor","share":"s","exp":0})") << "version";
    QTest::newRow("room with a slash") << QByteArray(R"({"v":1,"room":"a/b","role":"editor","share":"s","exp":0})") << "room";
    QTest::newRow("unknown role") << QByteArray(R"({"v":1,"room":"r","role":"king","share":"s","exp":0})") << "role";
    QTest::newRow("no share") << QByteArray(R"({"v":1,"room":"r","role":"editor","exp":0})") << "share";
    QTest::newRow("expiry as text") << QByteArray(R"({"v":1,"room":"r","role":"editor","share":"s","exp":"0"})") << "expiry";
    QTest::newRow("expiry below zero") << QByteArray(R"({"v":1,"room":"r","role":"editor","share":"s","exp":-1})") << "expiry";
}

void TokenTest::brokenPayloadsAreNamed()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, named);
    const auto claims = parseClaims({json.constData(), static_cast<std::size_t>(json.size())});
    QVERIFY(!claims.hasValue());
    QCOMPARE(claims.error().code, TokenErrc::malformed);
    QVERIFY2(QString::fromStdString(claims.error().detail).contains(named), claims.error().detail.c_str());
}

void TokenTest::theKeyFileIsMadeOnce()
{
    const QTemporaryDir dir;
    const std::filesystem::path file = dir.path().toStdString() + "/relay.key";
    const auto first = TokenKey::load(file);
    const auto second = TokenKey::load(file);
    QVERIFY(first.hasValue() && second.hasValue());
    QVERIFY(second->verify(first->issue(editor), 0).hasValue());
}

void TokenTest::aBrokenKeyFileIsNamed()
{
    const QTemporaryDir dir;
    const std::filesystem::path file = dir.path().toStdString() + "/relay.key";
    QVERIFY(service::writeFileDurably(file, asBytes("too short")).hasValue());
    const auto key = TokenKey::load(file);
    QVERIFY(!key.hasValue());
    QCOMPARE(key.error().where, file.string());
}

QTEST_APPLESS_MAIN(TokenTest)
#include "token_test.moc"
