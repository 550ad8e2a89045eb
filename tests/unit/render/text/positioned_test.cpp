#include <QtTest>

#include <cmath>
#include <numbers>

#include <render/text/font_files.h>
#include <render/text/layout.h>

using namespace tessera;
using namespace tessera::text;

namespace {

constexpr double pi = std::numbers::pi;

bool near(double a, double b, double tolerance = 1e-6) { return std::abs(a - b) <= tolerance; }

Path line(Point from, Point to)
{
    Path path;
    path.moveTo(from);
    path.lineTo(to);
    return path;
}

} // namespace

/// Text whose runs say where they stand, after SVG 2, chapter 11.
class PositionedTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(addBundledFonts(m_fonts).hasValue()); }

    void baselineStandsOnTheStart()
    {
        const Layout l = layout({at("ab", 30, 50)});
        QVERIFY(l.positioned);
        QCOMPARE(l.glyphs[0].at, (Point{30, 50}));
        QVERIFY(near(l.glyphs[1].at.x, 30 + l.cells[0].rect.width));
        QCOMPARE(l.lines.size(), std::size_t{1});
        QCOMPARE(l.lines[0].baseline, 50.0);
        QVERIFY(l.bounds.y < 50 && l.bounds.bottom() > 50 && near(l.bounds.x, 30));
    }
    void absoluteStartsMakeChunks()
    {
        const Layout l = layout({at("a", 10, 20), at("b", 100, 40), atX("c", 7)});
        QCOMPARE(l.lines.size(), std::size_t{3});
        QCOMPARE(l.glyphs[1].at, (Point{100, 40}));
        QCOMPARE(l.glyphs[2].at, (Point{7, 40})); // y goes on from where the last chunk ended
    }
    void aStartCountsForTheFirstCharacterOnly()
    {
        const Layout l = layout({at("abc", 10, 20)});
        QVERIFY(l.glyphs[0].at.x < l.glyphs[1].at.x && l.glyphs[1].at.x < l.glyphs[2].at.x);
        QCOMPARE(l.lines.size(), std::size_t{1});
    }
    void whatIsTypedBeforeTheFirstStartTakesItsPlace()
    {
        const Layout l = layout({Run{"x"}, at("abc", 10, 20), at("d", 90, 20)});
        QCOMPARE(l.glyphs[0].at, (Point{10, 20}));
        QVERIFY(near(l.glyphs[1].at.x, 10 + l.cells[0].rect.width, 1));
        QCOMPARE(l.lines.size(), std::size_t{2});
        QCOMPARE(l.glyphs[4].at, (Point{90, 20}));
        // A run with a shift is there on purpose: it stands at the origin.
        Run shifted{"x"};
        shifted.start = Start{std::nullopt, std::nullopt, 3, 0};
        QCOMPARE(layout({shifted, at("abc", 10, 20)}).glyphs[0].at, (Point{3, 0}));
    }
    void shiftsMoveAllThatFollows()
    {
        Run moved{"b"};
        moved.start = Start{std::nullopt, std::nullopt, 5, -3};
        const Layout plain = layout({at("abc", 0, 0)}), l = layout({at("a", 0, 0), moved, Run{"c"}});
        QCOMPARE(l.lines.size(), std::size_t{1});
        for (const std::size_t i : {1u, 2u}) {
            QVERIFY(near(l.glyphs[i].at.x, plain.glyphs[i].at.x + 5));
            QVERIFY(near(l.glyphs[i].at.y, -3));
        }
    }
    void anchorsCountPerChunk()
    {
        Run middle = at("wide", 50, 10), end = at("wide", 50, 30);
        middle.anchor = Anchor::middle;
        end.anchor = Anchor::end;
        const Layout l = layout({at("wide", 50, 0), middle, end});
        const double width = l.lines[0].width;
        QVERIFY(near(l.lines[0].left, 50));
        QVERIFY(near(l.lines[1].left, 50 - width / 2));
        QVERIFY(near(l.lines[2].left, 50 - width));
    }
    void theParagraphAlignsChunksThatDoNotSay()
    {
        const Layout l = layout({at("wide", 50, 0)}, Align::right);
        QVERIFY(near(l.lines[0].left + l.lines[0].width, 50));
    }
    void rotationTurnsEachCharacterOnItsOwn()
    {
        Run run = at("ab", 10, 20);
        run.rotation = 90;
        const Layout l = layout({run}), plain = layout({at("ab", 10, 20)});
        for (const std::size_t i : {0u, 1u}) {
            QVERIFY(near(l.glyphs[i].rotation, pi / 2));
            QVERIFY(near(l.glyphs[i].at.x, plain.glyphs[i].at.x));
            QVERIFY(near(l.glyphs[i].at.y, 20));
        }
        QVERIFY(l.cells[0].place.mapBounds(l.cells[0].rect).height < l.cells[0].rect.height); // lies on its side
    }
    void lineBreaksStartANewChunkBelow()
    {
        Run run = at("a\nb", 10, 20);
        run.style.lineHeight = 2;
        const Layout l = layout({run});
        QCOMPARE(l.lines.size(), std::size_t{2});
        QVERIFY(near(l.glyphs[1].at.x, 10));
        QVERIFY(near(l.glyphs[1].at.y, 20 + 2 * run.style.size));
    }

    void fitSpreadsTheGaps()
    {
        Run run = at("abcd", 10, 0);
        const double natural = layout({run}).lines[0].width;
        run.fit = Fit{natural + 30, false, 0};
        const Layout l = layout({run});
        QVERIFY(near(l.lines[0].width, natural + 30));
        for (std::size_t i = 1; i < 4; ++i) // three gaps, ten each
            QVERIFY(near(l.glyphs[i].at.x, layout({at("abcd", 10, 0)}).glyphs[i].at.x + 10.0 * static_cast<double>(i)));
        QCOMPARE(l.glyphs[0].stretch, 1.0);
    }
    void fitStretchesTheGlyphs()
    {
        Run run = at("abcd", 10, 0);
        const double natural = layout({run}).lines[0].width;
        run.fit = Fit{natural * 2, true, 0};
        const Layout l = layout({run});
        QVERIFY(near(l.lines[0].width, natural * 2));
        QVERIFY(near(l.glyphs[0].stretch, 2));
        QVERIFY(near(l.glyphs[1].at.x - 10, 2 * (layout({at("abcd", 10, 0)}).glyphs[1].at.x - 10)));
    }
    void fitReachesAcrossRunsOfOneGroup()
    {
        Run a = at("ab", 0, 0), b{"cd"};
        a.fit = b.fit = Fit{300, false, 1};
        b.style.weight = 700;
        const Layout l = layout({a, b});
        QVERIFY(near(l.lines[0].width, 300));
        b.fit->group = 2; // its own stretch
        QVERIFY(near(layout({a, b}).lines[0].width, 600));
    }
    void fitOfOneCharacterHasNoGap()
    {
        Run run = at("a", 0, 0);
        run.fit = Fit{300, false, 0};
        QVERIFY(layout({run}).lines[0].width < 30);
    }
    void fitLosesLetterSpacing()
    {
        Run run = at("abcd", 0, 0);
        run.style.letterSpacing = 50;
        run.fit = Fit{60, false, 0};
        QVERIFY(near(layout({run}).lines[0].width, 60));
    }
    void letterSpacingStandsBetweenOnly()
    {
        Run run = at("abcd", 0, 0);
        const double natural = layout({run}).lines[0].width;
        run.style.letterSpacing = 10;
        QVERIFY(near(layout({run}).lines[0].width, natural + 30, 0.5)); // kerning may differ
    }
    void wordSpacingWidensSpaces()
    {
        Run run = at("a b", 0, 0);
        const Layout plain = layout({run});
        run.style.wordSpacing = 25;
        QVERIFY(near(layout({run}).glyphs.back().at.x, plain.glyphs.back().at.x + 25));
    }

    void glyphsStandOnTheirMiddlesAlongAPath()
    {
        Run run{"ab"};
        run.onPath = OnPath{0, 10, false, 0};
        Options options = positioned();
        options.paths = {line({0, 100}, {0, 300})}; // straight down: text runs downwards, turned by 90°
        const Layout l = layoutText({run}, options, m_fonts);
        const double first = l.cells[0].rect.width;
        QVERIFY(near(l.glyphs[0].at.x, 0) && near(l.glyphs[0].at.y, 110));
        QVERIFY(near(l.glyphs[1].at.x, 0) && near(l.glyphs[1].at.y, 110 + first));
        QVERIFY(near(l.glyphs[1].rotation, pi / 2));
    }
    void aCornerTurnsTheCharacterWhoseMiddleIsBeyond()
    {
        Run run{"mmm"};
        run.onPath = OnPath{};
        Path corner = line({0, 0}, {20, 0});
        corner.lineTo({20, 200});
        Options options = positioned();
        options.paths = {corner};
        const Layout l = layoutText({run}, options, m_fonts);
        const double width = l.cells[0].rect.width; // middles at 0.5, 1.5 and 2.5 widths
        QVERIFY(width / 2 < 20 && 1.5 * width > 20);
        QVERIFY(near(l.glyphs[0].rotation, 0) && near(l.glyphs[1].rotation, pi / 2));
        // Turned around its middle, which is 1.5 widths along: the origin is half a width before.
        QVERIFY(near(l.glyphs[1].at.x, 20) && near(l.glyphs[1].at.y, 1.5 * width - 20 - width / 2));
    }
    void arcsAreMeasuredAlongTheCurve()
    {
        Run run{"i"};
        run.onPath = OnPath{0, 0.5, true, 0};
        run.anchor = Anchor::middle;
        Options options = positioned();
        options.paths = {ellipsePath({-100, -100, 200, 200})}; // from (100, 0), clockwise on screen
        const Layout l = layoutText({run}, options, m_fonts);
        const Point middle = l.cells[0].place.apply({l.cells[0].rect.width / 2, 0});
        QVERIFY(near(middle.x, -100, 0.05) && near(middle.y, 0, 0.05));
        QVERIFY(near(std::abs(l.glyphs[0].rotation), pi / 2, 1e-3));
    }
    void charactersOffThePathAreHidden()
    {
        Run run{"abcdefgh"};
        run.onPath = OnPath{};
        Options options = positioned();
        options.paths = {line({0, 0}, {25, 0})};
        const Layout l = layoutText({run}, options, m_fonts);
        QVERIFY(!l.glyphs.empty() && l.glyphs.size() < 8);
        QCOMPARE(l.cells.size(), l.glyphs.size());
        QCOMPARE(l.lines[0].carets.size(), std::size_t{9}); // but the caret reaches them
        run.onPath->offset = -1000;
        QVERIFY(layoutText({run}, options, m_fonts).glyphs.empty());
    }
    void aPathThatIsNotThereIsNoPath()
    {
        Run run = at("ab", 5, 6);
        run.onPath = OnPath{7, 0, false, 0};
        const Layout l = layout({run});
        QCOMPARE(l.glyphs[0].at, (Point{5, 6}));
    }

    void combiningMarksStayWithTheirBase()
    {
        Run mark{"\u0301"}; // its own run and start, as a list of positions gives it
        mark.start = Start{200, 200, 0, 0};
        const Layout l = layout({at("e", 10, 20), mark});
        QCOMPARE(l.lines.size(), std::size_t{1});
        for (const Glyph& glyph : l.glyphs)
            QVERIFY(glyph.at.x < 40 && glyph.at.y < 40);
    }
    void coloursDoNotBreakKerning()
    {
        const Layout one = layout({at("AVAVA", 0, 0)}), many = layout({at("A", 0, 0), Run{"V"}, Run{"A"}, Run{"V"}, Run{"A"}});
        QCOMPARE(one.glyphs.size(), many.glyphs.size());
        for (std::size_t i = 0; i < one.glyphs.size(); ++i)
            QVERIFY(near(one.glyphs[i].at.x, many.glyphs[i].at.x));
        QCOMPARE(many.glyphs[3].run, 3u);
    }
    void rightToLeftChunksRunLeftwardsFromTheirLeftEnd()
    {
        const Layout l = layout({at("\u05D0\u05D1\u05D2", 50, 0)});
        QVERIFY(caretAt(l, 0).top.x > caretAt(l, 1).top.x);
        QVERIFY(near(caretAt(l, 3).top.x, 50));
        QVERIFY(l.cells[0].rightToLeft);
    }
    void positionsCutRightToLeftTextIntoChunks()
    {
        const Layout l = layout({at("\u05D0", 10, 0), at("\u05D1\u05D2", 100, 0)});
        QVERIFY(caretAt(l, 0).top.x < caretAt(l, 2).top.x); // the second chunk stands where it says
        QVERIFY(caretAt(l, 1).top.x > caretAt(l, 2).top.x); // and runs leftwards in itself
    }

    void rulesUseTheFontsPlaceAndThickness()
    {
        Run run = at("ab", 10, 50);
        run.style.size = 100;
        run.style.rules = {{RuleKind::underline, {}}, {RuleKind::overline, {}}, {RuleKind::lineThrough, 7.0}};
        const Layout l = layout({run});
        const FaceMetrics& m = l.glyphs[0].face->metrics();
        QCOMPARE(l.rules.size(), std::size_t{3});
        QVERIFY(near(l.rules[0].rect.height, m.lineThickness * 100));
        QVERIFY(near(l.rules[0].rect.y + l.rules[0].rect.height / 2, m.underlineOffset * 100));
        QVERIFY(near(l.rules[1].rect.y + l.rules[1].rect.height / 2, -m.ascent * 100));
        QCOMPARE(l.rules[2].rect.height, 7.0);
        QVERIFY(near(l.rules[2].rect.y + 3.5, -m.strikeOffset * 100));
        QVERIFY(near(l.rules[0].rect.width, l.lines[0].width));
        QCOMPARE(l.rules[0].place.apply({0, 0}), (Point{10, 50}));
    }
    void rulesBreakWhereCharactersAreMoved()
    {
        Run a = at("ab", 0, 0), b{"cd"};
        a.style.rules = b.style.rules = {{RuleKind::underline, {}}};
        b.start = Start{std::nullopt, std::nullopt, 0, 10};
        QCOMPARE(layout({a, b}).rules.size(), std::size_t{2});
        a.rotation = 20;
        QCOMPARE(layout({a}).rules.size(), std::size_t{2}); // one for each turned character
    }

    void baselineShiftsAddUp()
    {
        Run super{"b"}, nested{"c"}, raised{"d"};
        super.style.baselineShift.superscripts = 1;
        nested.style.baselineShift.superscripts = 2;
        raised.style.baselineShift.rise = 4;
        const Layout l = layout({at("a", 0, 100), super, nested, raised});
        const double rise = 100 - l.glyphs[1].at.y;
        QVERIFY(rise > 2);
        QVERIFY(near(100 - l.glyphs[2].at.y, 2 * rise));
        QVERIFY(near(l.glyphs[3].at.y, 96));
    }
    void otherBaselinesMoveTheTextDown()
    {
        Run run = at("a", 0, 100);
        run.style.baselineAlign = BaselineAlign::middle;
        const Layout l = layout({run});
        QVERIFY(near(l.glyphs[0].at.y, 100 + l.glyphs[0].face->metrics().xHeight / 2 * run.style.size));
        run.style.baselineAlign = BaselineAlign::afterEdge;
        QVERIFY(layout({run}).glyphs[0].at.y < 100);
    }

    void pointsMapBackToTheirCaretOnTurnedText()
    {
        Run run{"hello"};
        run.onPath = OnPath{0, 20, false, 0};
        Options options = positioned();
        options.paths = {line({0, 0}, {300, 300})};
        const Layout l = layoutText({run}, options, m_fonts);
        for (std::uint32_t u = 0; u <= l.unitCount; ++u) {
            const Caret c = caretAt(l, u);
            QVERIFY(near(c.rotation, pi / 4));
            const Point middle = c.top + Point{-std::sin(c.rotation), std::cos(c.rotation)} * (c.height / 2);
            QCOMPARE(unitAt(l, middle), u);
        }
    }
    void aPointGoesToTheNearestChunk()
    {
        const Layout l = layout({at("one", 0, 0), at("two", 200, 0), at("three", 0, 100)});
        QVERIFY(unitAt(l, {205, 0}) >= 3 && unitAt(l, {205, 0}) <= 6);
        QCOMPARE(unitAt(l, {0, 95}), 6u);
        QCOMPARE(unitAt(l, {-100, -100}), 0u);
    }
    void selectionCoversEachChunk()
    {
        const Layout l = layout({at("one", 0, 0), at("two", 200, 50)});
        const auto rects = selectionRects(l, 0, l.unitCount);
        QCOMPARE(rects.size(), std::size_t{2});
        QVERIFY(near(rects[1].x, 200));
        QVERIFY(selectionRects(l, 3, 3).empty());
    }
    void emptyTextHasACaret()
    {
        const Layout l = layoutText({}, positioned(), m_fonts);
        QCOMPARE(l.lines.size(), std::size_t{1});
        QVERIFY(caretAt(l, 0).height > 10);
        QCOMPARE(unitAt(l, {9, 9}), 0u);
        QCOMPARE(l.bounds, Rect{});
    }
    void hostileNumbersStayFinite()
    {
        Run run = at("ab", NAN, INFINITY);
        run.start->dx = -INFINITY;
        run.rotation = NAN;
        run.fit = Fit{INFINITY, true, 0};
        run.style.baselineShift.rise = NAN;
        run.onPath = OnPath{0, NAN, true, 0};
        Options options = positioned();
        options.paths = {line({NAN, 0}, {1, INFINITY})};
        const Layout l = layoutText({run}, options, m_fonts);
        QVERIFY(std::isfinite(l.bounds.width) && std::isfinite(l.bounds.x));
        run.onPath.reset();
        QVERIFY(std::isfinite(layout({run}).glyphs[0].at.x));
        FontLibrary none;
        QCOMPARE(layoutText({at("a\nb", 1, 2)}, positioned(), none).lines.size(), std::size_t{2});
    }

private:
    static Options positioned()
    {
        Options options;
        options.positioned = true;
        return options;
    }
    static Run at(const std::string& text, double x, double y)
    {
        Run run{text};
        run.start = Start{x, y, 0, 0};
        return run;
    }
    static Run atX(const std::string& text, double x)
    {
        Run run{text};
        run.start = Start{x, std::nullopt, 0, 0};
        return run;
    }
    [[nodiscard]] Layout layout(const std::vector<Run>& runs, Align align = Align::left) const
    {
        Options options = positioned();
        options.align = align;
        return layoutText(runs, options, m_fonts);
    }
    FontLibrary m_fonts;
};

QTEST_APPLESS_MAIN(PositionedTest)
#include "positioned_test.moc"
