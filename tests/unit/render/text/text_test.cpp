#include <QtTest>

#include <cmath>

#include <render/text/font_files.h>
#include <render/text/layout.h>

using namespace tessera;
using namespace tessera::text;

class TextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bundledFontsCoverTheirStyles();
    void refusesBytesThatAreNoFont();
    void unknownFamilyFallsBack();
    void emptyTextHasOneLineWithCaret();
    void wrapsAtSpacesWithinTheWidth();
    void breaksLongWordsRatherThanOverflow();
    void everyLineEndStartsALine();
    void alignmentMovesLinesInTheBox();
    void justifiedLinesFillTheWidthExceptTheLast();
    void letterSpacingAddsUpPerCharacter();
    void lineHeightScalesLines();
    void caretsNeverStandInsideGraphemes();
    void pointsMapBackToTheirCaret();
    void upstreamCaretStaysOnTheUpperLine();
    void rightToLeftTextRunsLeftwards();
    void selectionCoversWholeLines();
    void emphasisUsesItsOwnFace();
    void hostileSizesStayFinite();

private:
    [[nodiscard]] Layout layout(const std::string& text, const Options& options = {}, const Style& style = {}) const
    {
        return layoutText({{text, style}}, options, m_fonts);
    }
    FontLibrary m_fonts;
};

void TextTest::initTestCase()
{
    const auto added = addBundledFonts(m_fonts);
    QVERIFY2(added.hasValue(), added ? "" : added.error().detail.c_str());
}

void TextTest::bundledFontsCoverTheirStyles()
{
    QCOMPARE(m_fonts.families(), std::vector<std::string>{"Inter"});
    for (int weight : {400, 500, 600, 700})
        QCOMPARE(m_fonts.find({"inter", weight, false})->weight(), weight);
    QVERIFY(m_fonts.find({"Inter", 400, true})->isItalic());
    QVERIFY(m_fonts.find({"Inter", 700, true})->isItalic());
    const auto face = m_fonts.find({"Inter"});
    QVERIFY(face->metrics().ascent > 0.9 && face->metrics().ascent < 1.1);
    QVERIFY(face->covers(U'ß'));
    QVERIFY(!face->covers(U'\U0001F9A9'));
}

void TextTest::refusesBytesThatAreNoFont()
{
    FontLibrary library;
    const auto added = library.add(Bytes{'n', 'o', ' ', 'f', 'o', 'n', 't'}, "note.txt");
    QVERIFY(!added);
    QCOMPARE(added.error().where, std::string("note.txt"));
    QVERIFY(library.isEmpty());
    QVERIFY(!addFontFolder(library, "/nonexistent"));
    // Without any font a layout still has its lines and carets.
    QCOMPARE(layoutText({{"a\nb", {}}}, {}, library).lines.size(), std::size_t{2});
}

void TextTest::unknownFamilyFallsBack()
{
    QCOMPARE(m_fonts.find({"No Such Family", 700, false})->weight(), 700);
}

void TextTest::emptyTextHasOneLineWithCaret()
{
    const Layout l = layout("");
    QCOMPARE(l.lines.size(), std::size_t{1});
    QCOMPARE(l.unitCount, 0u);
    QVERIFY(caretAt(l, 0).height > 15);
    QCOMPARE(unitAt(l, {100, 100}), 0u);
    QCOMPARE(layoutText({}, {}, m_fonts).lines.size(), std::size_t{1});
}

void TextTest::wrapsAtSpacesWithinTheWidth()
{
    const std::string text = "The quick brown fox jumps over the lazy dog";
    const Layout l = layout(text, {.wrapWidth = 120});
    QVERIFY(l.lines.size() >= 3);
    for (const Line& line : l.lines)
        QVERIFY2(line.width <= 120, qPrintable(QString::number(line.width)));
    for (std::size_t i = 1; i < l.lines.size(); ++i) {
        QCOMPARE(l.lines[i].firstUnit, l.lines[i - 1].endUnit);
        QCOMPARE(text[l.lines[i].firstUnit - 1], ' ');
        QCOMPARE(l.lines[i].top, l.lines[i - 1].bottom);
    }
}

void TextTest::breaksLongWordsRatherThanOverflow()
{
    const Layout l = layout("Donaudampfschifffahrtsgesellschaft", {.wrapWidth = 60});
    QVERIFY(l.lines.size() >= 4);
    for (const Line& line : l.lines)
        QVERIFY(line.width <= 60);
    // Narrower than any glyph: one grapheme a line, and it ends.
    QCOMPARE(layout("abc", {.wrapWidth = 0.5}).lines.size(), std::size_t{3});
}

void TextTest::everyLineEndStartsALine()
{
    const Layout l = layout("a\r\nb\nc\u2028d\u2029\n");
    QCOMPARE(l.lines.size(), std::size_t{6});
    QCOMPARE(l.lines[1].firstUnit, 3u);
    QCOMPARE(l.lines[5].firstUnit, l.unitCount);
}

void TextTest::alignmentMovesLinesInTheBox()
{
    const Options box{.box = {200, 100}};
    Options center = box, right = box;
    center.align = Align::center;
    right.align = Align::right;
    center.verticalAlign = VerticalAlign::middle;
    right.verticalAlign = VerticalAlign::bottom;
    const Layout c = layout("abc", center), r = layout("abc", right);
    QVERIFY(std::abs(c.lines[0].left - (200 - c.lines[0].width) / 2) < 1e-9);
    QVERIFY(std::abs(r.lines[0].left + r.lines[0].width - 200) < 1e-9);
    QVERIFY(std::abs((c.lines[0].top + c.lines[0].bottom) / 2 - 50) < 1e-9);
    QVERIFY(std::abs(r.lines[0].bottom - 100) < 1e-9);
    QVERIFY(std::abs(r.glyphs[0].at.x - r.lines[0].left) < 1e-9);
}

void TextTest::justifiedLinesFillTheWidthExceptTheLast()
{
    const Layout l = layout("aaa bbb ccc ddd eee fff ggg hhh", {.align = Align::justify, .wrapWidth = 110, .box = {110, 0}});
    QVERIFY(l.lines.size() > 2);
    for (std::size_t i = 0; i + 1 < l.lines.size(); ++i)
        QVERIFY(std::abs(l.lines[i].width - 110) < 1e-6);
    QVERIFY(l.lines.back().width < 109);
}

void TextTest::letterSpacingAddsUpPerCharacter()
{
    Style spaced;
    spaced.letterSpacing = 10;
    const double plain = layout("HHHH").size.width, wide = layout("HHHH", {}, spaced).size.width;
    QVERIFY2(std::abs(wide - plain - 40) < 1e-6, qPrintable(QString::number(wide - plain)));
}

void TextTest::lineHeightScalesLines()
{
    Style style;
    style.size = 20;
    style.lineHeight = 2;
    const Layout l = layout("a\nb", {}, style);
    QVERIFY(std::abs(l.size.height - 80) < 1e-9);
    QVERIFY(std::abs(l.lines[1].baseline - l.lines[0].baseline - 40) < 1e-9);
}

void TextTest::caretsNeverStandInsideGraphemes()
{
    // e + combining acute, a flag, a family joined by ZWJ, a surrogate pair.
    const Layout l = layout("e\u0301x\U0001F1E9\U0001F1EA\U0001F468\u200D\U0001F469\U0001D11E");
    std::vector<std::uint32_t> units;
    for (const CaretStop& c : l.lines[0].carets)
        units.push_back(c.unit);
    QCOMPARE(units, (std::vector<std::uint32_t>{0, 2, 3, 7, 12, 14}));
    QCOMPARE(nextStop(l, 0), 2u);
    QCOMPARE(previousStop(l, 12), 7u);
    QCOMPARE(nextStop(l, 14), 14u);
    QCOMPARE(caretAt(l, 1).top.x, caretAt(l, 0).top.x);
}

void TextTest::pointsMapBackToTheirCaret()
{
    const Layout l = layout("Hello, wide world\nsecond line", {.wrapWidth = 90});
    for (std::uint32_t u = 0; u <= l.unitCount; ++u) {
        const Caret c = caretAt(l, u);
        QCOMPARE(unitAt(l, {c.top.x, c.top.y + c.height / 2}), u);
    }
}

void TextTest::upstreamCaretStaysOnTheUpperLine()
{
    const Layout l = layout("aaaa bbbb", {.wrapWidth = 50});
    QCOMPARE(l.lines.size(), std::size_t{2});
    QCOMPARE(caretAt(l, l.lines[1].firstUnit).line, std::size_t{1});
    QCOMPARE(caretAt(l, l.lines[1].firstUnit, Affinity::upstream).line, std::size_t{0});
}

void TextTest::rightToLeftTextRunsLeftwards()
{
    const Layout l = layout("\u05D0\u05D1\u05D2", {.box = {100, 0}});
    QVERIFY(caretAt(l, 0).top.x > caretAt(l, 1).top.x);
    QVERIFY(caretAt(l, 1).top.x > caretAt(l, 3).top.x);
    QVERIFY(std::abs(caretAt(l, 0).top.x - 100) < 1e-6);
    // Latin inside stays left to right, after the Hebrew in reading order, so to its left.
    const Layout mixed = layout("\u05D0\u05D1 ab", {.box = {100, 0}});
    QVERIFY(caretAt(mixed, 3).top.x < caretAt(mixed, 4).top.x);
    QVERIFY(caretAt(mixed, 4).top.x < caretAt(mixed, 0).top.x);
}

void TextTest::selectionCoversWholeLines()
{
    const Layout l = layout("one two three four", {.wrapWidth = 80});
    const auto rects = selectionRects(l, 0, l.unitCount);
    QCOMPARE(rects.size(), l.lines.size());
    QCOMPARE(selectionRects(l, 2, 2).size(), std::size_t{0});
    const auto part = selectionRects(l, 1, 3);
    QCOMPARE(part.size(), std::size_t{1});
    QVERIFY(std::abs(part[0].x - caretAt(l, 1).top.x) < 1e-9);
    QVERIFY(std::abs(part[0].right() - caretAt(l, 3).top.x) < 1e-9);
}

void TextTest::emphasisUsesItsOwnFace()
{
    Style bold;
    bold.weight = 700;
    const Layout l = layoutText({{"plain ", {}}, {"bold", bold}}, {}, m_fonts);
    QCOMPARE(l.glyphs.front().face->weight(), 400);
    QCOMPARE(l.glyphs.back().face->weight(), 700);
    QCOMPARE(l.glyphs.back().run, 1u);
    QVERIFY(l.glyphs.back().face->outline(l.glyphs.back().id) != nullptr);
}

void TextTest::hostileSizesStayFinite()
{
    Style style;
    style.size = std::nan("");
    style.letterSpacing = INFINITY;
    style.lineHeight = -1e300;
    const Layout l = layout("abc def", {.wrapWidth = 10}, style);
    QVERIFY(std::isfinite(l.size.width) && std::isfinite(l.size.height));
}

QTEST_APPLESS_MAIN(TextTest)
#include "text_test.moc"
