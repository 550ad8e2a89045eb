#include <QtTest>

#include <appliance/runtimes/tokenizer.h>

using namespace tessera::appliance;

namespace {

/// "low" and "lower" merge, "er</w>" before "we"; ids are positions. Token 0..: single characters.
Tokenizer small()
{
    const char* vocabulary = R"({"l":0,"o":1,"w":2,"e":3,"r":4,"l</w>":5,"o</w>":6,"w</w>":7,"e</w>":8,"r</w>":9,
        "er</w>":10,"lo":11,"low":12,"low</w>":13,"lower</w>":14,"!</w>":15,"1</w>":16,"'s</w>":17,"'":18,"s</w>":19,
        "Ã":20,"¤</w>":21,"<|startoftext|>":22,"<|endoftext|>":23})";
    const char* merges = "#version: 0.2\ne r</w>\nl o\nlo w\nlo w</w>\nlow er</w>\n' s</w>\n";
    return Tokenizer::create(vocabulary, merges, R"({"pad_token":{"content":"!</w>"}})", R"({"model_max_length":8})").value();
}

std::vector<std::int32_t> framed(std::vector<std::int32_t> ids)
{
    ids.insert(ids.begin(), 22);
    ids.push_back(23);
    ids.resize(8, 15);
    return ids;
}

} // namespace

class TokenizerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void wordsMergeByRank()
    {
        const Tokenizer tokenizer = small();
        QCOMPARE(tokenizer.encode("low"), framed({13}));
        QCOMPARE(tokenizer.encode("lower"), framed({14}));
        QCOMPARE(tokenizer.encode("LoW  lower!"), framed({13, 14, 15}));
        QCOMPARE(tokenizer.encode("wer"), framed({2, 10}));
    }
    void theEmptyTextIsBeginEndAndPadding() { QCOMPARE(small().encode(""), framed({})); }
    void longTextsKeepTheirEndToken()
    {
        const auto ids = small().encode("l l l l l l l l l l");
        QCOMPARE(ids.size(), std::size_t{8});
        QCOMPARE(ids.back(), 23);
        QCOMPARE(ids[6], 5);
    }
    void bytesBeyondAsciiGoThroughTheByteTable() { QCOMPARE(small().encode("\u00e4"), framed({20, 21})); }
    void unknownTokensAreTheEndToken() { QCOMPARE(small().encode("z"), framed({23})); }

    void piecesAreCutAsClipCutsThem_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("pieces");
        QTest::newRow("contractions") << "it's we'll" << QStringList{"it", "'s", "we", "'ll"};
        QTest::newRow("digits stand alone") << "a12b" << QStringList{"a", "1", "2", "b"};
        QTest::newRow("marks run together") << "wow!!! (yes)" << QStringList{"wow", "!!!", "(", "yes", ")"};
        QTest::newRow("case and space") << " \tHELLO \n World " << QStringList{"hello", "world"};
        QTest::newRow("umlauts and greek") << QString::fromUtf8("Äpfel ΑΒΓ") << QStringList{QString::fromUtf8("äpfel"), QString::fromUtf8("αβγ")};
        QTest::newRow("emoji is no letter") << QString::fromUtf8("sun\U0001F31E") << QStringList{"sun", QString::fromUtf8("\U0001F31E")};
        QTest::newRow("empty") << "" << QStringList{};
    }
    void piecesAreCutAsClipCutsThem()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, pieces);
        QStringList got;
        for (const std::string& piece : Tokenizer::split(text.toStdString()))
            got << QString::fromStdString(piece);
        QCOMPARE(got, pieces);
    }

    void damagedFilesNameWhatIsWrong()
    {
        const auto reason = [](const char* vocabulary, const char* merges) { return Tokenizer::create(vocabulary, merges, "", "").error(); };
        QVERIFY(reason("{", "").starts_with("vocab.json"));
        QVERIFY(reason("[]", "").starts_with("vocab.json"));
        QVERIFY(reason(R"({"a":-1})", "").find("\"a\"") != std::string::npos);
        QVERIFY(reason(R"({"a":1})", "#v\nonlyone\n").find("line 2") != std::string::npos);
        QVERIFY(reason(R"({"a":1})", "").find("begin") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
