#include <QtTest>

#include <app/tools/text_editing.h>
#include <core/base/utf.h>
#include <render/text/font_files.h>

using namespace tessera;
using namespace tessera::app;

namespace {

/// A text with a layout by the bundled font, edited as the canvas does.
struct Typing {
    text::FontLibrary fonts;
    std::u16string content;
    TextEditing editing{NodeId("text")};

    explicit Typing(const char16_t* initial) : content(initial)
    {
        [&] { QVERIFY(text::addBundledFonts(fonts).hasValue()); }();
    }
    [[nodiscard]] text::Layout layout() const { return text::layoutText({{toUtf8(content), {}}}, {}, fonts); }
    void take(const Commands& commands)
    {
        for (const document::Command& command : commands) {
            const auto& edit = std::get<document::EditText>(command);
            content.replace(edit.at, edit.removeCount, toUtf16(edit.insert));
        }
    }
    void move(CaretMove move, CaretMode mode = CaretMode::move) { editing.moveCaret(layout(), content, move, mode); }
};

} // namespace

class TextEditingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void typingReplacesTheSelection();
    void backspaceTakesAWholeGrapheme();
    void arrowsCollapseASelection();
    void wordsAreJumpedOver();
    void upAndDownKeepTheColumn();
    void removingAtTheEndsIsNothing();
    void theCaretFollowsATeammatesEdit_data();
    void theCaretFollowsATeammatesEdit();
};

void TextEditingTest::typingReplacesTheSelection()
{
    Typing typing(u"Hello world");
    typing.editing.selectAll(typing.layout());
    typing.take(typing.editing.insert("Hi"));
    QCOMPARE(typing.content, std::u16string(u"Hi"));
    QCOMPARE(typing.editing.caret(), 2U);
}

void TextEditingTest::backspaceTakesAWholeGrapheme()
{
    Typing typing(u"a\U0001F600");
    typing.move(CaretMove::textEnd);
    typing.take(typing.editing.removeBackward(typing.layout()));
    QCOMPARE(typing.content, std::u16string(u"a"));
}

void TextEditingTest::arrowsCollapseASelection()
{
    Typing typing(u"Hello");
    typing.editing.selectAll(typing.layout());
    typing.move(CaretMove::left);
    QVERIFY(!typing.editing.hasSelection());
    QCOMPARE(typing.editing.caret(), 0U);
}

void TextEditingTest::wordsAreJumpedOver()
{
    Typing typing(u"one two, three");
    typing.move(CaretMove::wordRight);
    QCOMPARE(typing.editing.caret(), 3U);
    typing.move(CaretMove::wordRight);
    QCOMPARE(typing.editing.caret(), 7U);
    typing.move(CaretMove::wordLeft);
    QCOMPARE(typing.editing.caret(), 4U);
}

void TextEditingTest::upAndDownKeepTheColumn()
{
    Typing typing(u"wwwww\ni\nwwwww");
    typing.move(CaretMove::lineEnd);
    typing.move(CaretMove::down);
    QCOMPARE(typing.editing.caret(), 7U);
    typing.move(CaretMove::down);
    QCOMPARE(typing.editing.caret(), 13U);
}

void TextEditingTest::removingAtTheEndsIsNothing()
{
    Typing typing(u"x");
    QVERIFY(typing.editing.removeBackward(typing.layout()).empty());
    typing.move(CaretMove::textEnd);
    QVERIFY(typing.editing.removeForward(typing.layout()).empty());
}

void TextEditingTest::theCaretFollowsATeammatesEdit_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addColumn<uint>("caret");
    QTest::addColumn<uint>("expected");
    QTest::newRow("insert before") << "Hello" << "Oh, Hello" << 5U << 9U;
    QTest::newRow("insert behind") << "Hello" << "Hello!" << 2U << 2U;
    QTest::newRow("delete before") << "Hello" << "lo" << 5U << 2U;
    QTest::newRow("delete around") << "Hello world" << "Hd" << 6U << 1U;
}

void TextEditingTest::theCaretFollowsATeammatesEdit()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    QFETCH(uint, caret);
    QFETCH(uint, expected);
    Typing typing(u"");
    typing.content = before.toStdU16String();
    while (typing.editing.caret() < caret)
        typing.move(CaretMove::right);
    typing.editing.followRemoteEdit(before.toStdU16String(), after.toStdU16String());
    QCOMPARE(typing.editing.caret(), expected);
}

QTEST_APPLESS_MAIN(TextEditingTest)
#include "text_editing_test.moc"
