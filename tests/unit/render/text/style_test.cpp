#include <QtTest>

#include <cmath>

#include <render/text/font_files.h>
#include <render/text/layout.h>

using namespace tessera;
using namespace tessera::text;

namespace {

bool near(double a, double b, double tolerance = 1e-6) { return std::abs(a - b) <= tolerance; }

std::vector<std::uint32_t> ids(const Layout& layout)
{
    std::vector<std::uint32_t> result;
    for (const Glyph& glyph : layout.glyphs)
        result.push_back(glyph.id);
    return result;
}

} // namespace

/// What a run's style does to shaping, faces and lines.
class StyleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(addBundledFonts(m_fonts).hasValue()); }

    void familyListsTakeTheFirstThatIsHere_data()
    {
        QTest::addColumn<QString>("list");
        for (const char* list : {"Inter", "inter", "\"Inter\"", "'Inter'", "No Such, Inter", "No Such,Inter , serif", "  Inter  ",
                                 "sans-serif", "serif", "monospace", "cursive", "fantasy", "No Such", "", ",,,", "\"unclosed"})
            QTest::newRow(list) << list;
    }
    void familyListsTakeTheFirstThatIsHere()
    {
        QFETCH(QString, list);
        const std::string family = list.toStdString();
        QCOMPARE(m_fonts.find({.family = family})->family(), std::string("Inter"));
    }
    void genericFamiliesCanBeSet()
    {
        FontLibrary fonts;
        QVERIFY(addBundledFonts(fonts).hasValue());
        fonts.setGenericFamilies(GenericFamily::cursive, {"Nobody Has This", "Inter"});
        QCOMPARE(fonts.find({.family = "cursive"})->family(), std::string("Inter"));
        fonts.setGenericFamilies(GenericFamily::serif, {});
        QVERIFY(fonts.find({.family = "serif"}) != nullptr);
        FontLibrary none;
        QVERIFY(none.find({.family = "serif"}) == nullptr);
        QVERIFY(none.findFor(U'a', {.family = "serif"}) == nullptr);
    }
    void weightsMatchAsCssSays_data()
    {
        QTest::addColumn<int>("wanted");
        QTest::addColumn<int>("found"); // of 400, 500, 600, 700
        QTest::newRow("thin goes up") << 100 << 400;
        QTest::newRow("450 goes up to 500") << 450 << 500;
        QTest::newRow("550 goes up") << 550 << 600;
        QTest::newRow("black goes down") << 900 << 700;
    }
    void weightsMatchAsCssSays()
    {
        QFETCH(int, wanted);
        QFETCH(int, found);
        QCOMPARE(m_fonts.find({.family = "Inter", .weight = wanted})->weight(), found);
    }

    void featuresChangeGlyphs()
    {
        Style slashed;
        slashed.features = {{fontTag("zero"), 1}};
        QVERIFY(ids(layout("0", slashed)) != ids(layout("0")));
        Style off = slashed;
        off.features[0].value = 0;
        QCOMPARE(ids(layout("0", off)), ids(layout("0")));
        Style unkerned;
        unkerned.features = {{fontTag("kern"), 0}};
        QVERIFY(layout("AVAV", unkerned).size.width > layout("AVAV").size.width);
    }
    void axesOfStaticFontsDoNothing()
    {
        Style style;
        style.axes = {{fontTag("wght"), 900}, {fontTag("wdth"), NAN}};
        QCOMPARE(ids(layout("abc", style)), ids(layout("abc")));
        QVERIFY(near(layout("abc", style).size.width, layout("abc").size.width));
    }

    void caseChangesWhatIsShownNotWhereItIs_data()
    {
        QTest::addColumn<int>("letterCase");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        const auto row = [](const char* name, Case letterCase, const char* text, const char* shown) {
            QTest::newRow(name) << int(letterCase) << text << shown;
        };
        row("upper", Case::upper, "aZ 1-é ÿ œ ж ђ σς", "AZ 1-É Ÿ Œ Ж Ђ ΣΣ");
        row("upper sharp s", Case::upper, "ß", "ẞ");
        row("lower", Case::lower, "AZ É Ÿ Œ Ж Ђ Σ", "az é ÿ œ ж ђ σ");
        row("title", Case::title, "don't stop-me now", "Don't Stop-Me Now");
        row("symbols stay", Case::upper, "×÷€ŉ", "×÷€ŉ");
    }
    void caseChangesWhatIsShownNotWhereItIs()
    {
        QFETCH(int, letterCase);
        QFETCH(QString, text);
        QFETCH(QString, shown);
        Style style;
        style.letterCase = static_cast<Case>(letterCase);
        const Layout l = layout(text.toStdString(), style);
        QCOMPARE(ids(l), ids(layout(shown.toStdString())));
        QCOMPARE(l.unitCount, std::uint32_t(text.size()));
    }

    void wordSpacingAddsToSpacesOnly()
    {
        Style style;
        style.wordSpacing = 12;
        QVERIFY(near(layout("a b c", style).size.width, layout("a b c").size.width + 24));
        QVERIFY(near(layout("abc", style).size.width, layout("abc").size.width));
    }
    void superscriptsRaiseTheLineTheyStandIn()
    {
        Style raised;
        raised.baselineShift.superscripts = 1;
        const Layout l = layoutText({{"a", {}}, {"2", raised}}, {}, m_fonts);
        QVERIFY(l.glyphs[1].at.y < l.glyphs[0].at.y);
        QVERIFY(l.lines[0].bottom - l.lines[0].top > layout("a2").lines[0].bottom);
        raised.baselineShift = {-5, 0, 0};
        const Layout lowered = layoutText({{"a", {}}, {"2", raised}}, {}, m_fonts);
        QVERIFY(near(lowered.glyphs[1].at.y - lowered.glyphs[0].at.y, 5));
    }

    void rulesFollowLinesAndAlignment()
    {
        Style style;
        style.rules = {{RuleKind::underline, {}}};
        Options options{.align = Align::right, .wrapWidth = 60, .box = {60, 0}};
        const Layout l = layoutText({{"hello world", style}}, options, m_fonts);
        QCOMPARE(l.lines.size(), std::size_t{2});
        QCOMPARE(l.rules.size(), std::size_t{2});
        for (std::size_t i = 0; i < 2; ++i) {
            const Rect box = l.rules[i].place.mapBounds(l.rules[i].rect);
            QVERIFY(near(box.x, l.lines[i].left) && near(box.width, l.lines[i].width)); // not under the trailing space
            QVERIFY(box.y > l.lines[i].baseline && box.bottom() < l.lines[i].bottom);
        }
    }
    void rulesBelongToTheirRuns()
    {
        Style lined;
        lined.rules = {{RuleKind::lineThrough, 3.0}};
        const Layout l = layoutText({{"plain ", {}}, {"struck", lined}, {" plain", {}}}, {}, m_fonts);
        QCOMPARE(l.rules.size(), std::size_t{1});
        QCOMPARE(l.rules[0].run, 1u);
        QCOMPARE(l.rules[0].rect.height, 3.0);
        QVERIFY(l.rules[0].place.e > 10);
    }

    void textBeyondTheLastLineIsLeftOut()
    {
        const std::string text = "The quick brown fox jumps over the lazy dog and runs away";
        const Layout l = layout(text, {}, {.wrapWidth = 100, .maxLines = 2});
        QCOMPARE(l.lines.size(), std::size_t{2});
        QVERIFY(l.truncated);
        QCOMPARE(l.unitCount, std::uint32_t(text.size()));
        QVERIFY(!layout("short", {}, {.wrapWidth = 100, .maxLines = 2}).truncated);
        QVERIFY(layout("a\nb\nc", {}, {.maxLines = 2}).truncated);
        QVERIFY(!layout("a\nb", {}, {.maxLines = 2}).truncated);
    }
    void theLastLineEndsInAnEllipsisThatFits()
    {
        const std::string text = "The quick brown fox jumps over the lazy dog and runs away";
        const Layout l = layout(text, {}, {.wrapWidth = 100, .maxLines = 2, .ellipsis = true});
        const std::uint32_t mark = ids(layout("\u2026")).front();
        QCOMPARE(l.glyphs.back().id, mark);
        QVERIFY(l.lines[1].width <= 100);
        QVERIFY(near(l.glyphs.back().at.x + layout("\u2026").size.width, l.lines[1].width));
        QVERIFY(l.lines[1].endUnit < text.size());
        QVERIFY(text[l.lines[1].endUnit - 1] != ' ');
        QCOMPARE(caretAt(l, l.unitCount).line, std::size_t{1}); // positions beyond stay at its end
        // Without wrapping, only further paragraphs are left out.
        const Layout unwrapped = layout("one\ntwo", {}, {.maxLines = 1, .ellipsis = true});
        QCOMPARE(unwrapped.glyphs.size(), std::size_t{4});
        QCOMPARE(unwrapped.glyphs.back().id, mark);
    }
    void anEllipsisStandsLeftOfRightToLeftText()
    {
        const Layout l = layout("\u05D0\u05D1 \u05D2\u05D3 \u05D4\u05D5", {}, {.wrapWidth = 40, .box = {40, 0}, .maxLines = 1, .ellipsis = true});
        QVERIFY(l.truncated);
        for (std::size_t i = 0; i + 1 < l.glyphs.size(); ++i)
            QVERIFY(l.glyphs.back().at.x < l.glyphs[i].at.x);
    }
    void anEllipsisAloneIsLeftWhereNothingFits()
    {
        const Layout l = layout("wide words here", {}, {.wrapWidth = 1, .maxLines = 1, .ellipsis = true});
        QCOMPARE(l.lines.size(), std::size_t{1});
        QCOMPARE(l.glyphs.size(), std::size_t{1});
    }

private:
    [[nodiscard]] Layout layout(const std::string& text, const Style& style = {}, const Options& options = {}) const
    {
        return layoutText({{text, style}}, options, m_fonts);
    }
    FontLibrary m_fonts;
};

QTEST_APPLESS_MAIN(StyleTest)
#include "style_test.moc"
