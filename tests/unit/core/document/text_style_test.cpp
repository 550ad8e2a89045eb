#include <QtTest>

#include <algorithm>

#include <core/base/random.h>
#include <core/document/document.h>

using namespace tessera;
using namespace tessera::document;
using crdt::Any;

/// Attributes of runs and paragraphs, from their stored form to plain data and back.
class TextStyleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void absentAttributesAreTheDefaults()
    {
        QCOMPARE(style("{}"), TextStyle{});
        QCOMPARE(style("{'fill':7,'stroke':[],'decoration':5,'start':'x','fit':{},'onPath':{},'features':[],'axes':'wght'}"),
                 TextStyle{});
    }
    void aFillIsAColourOrAPaint()
    {
        QCOMPARE(style("{'fill':'#ff0000'}").fill, (Color{1, 0, 0, 1}));
        QVERIFY(!style("{'fill':'#ff0000'}").paint);
        const auto paint = style("{'fill':{'type':'gradient','gradient':'linear','units':'node','matrix':[1,0,0,1,0,0],"
                                 "'stops':[{'offset':0,'color':'#000000'},{'offset':1,'color':'#ffffff'}]}}").paint;
        QVERIFY(paint && paint->kind == PaintKind::linearGradient && paint->inNodeSpace);
        QCOMPARE(paint->stops.size(), std::size_t{2});
        const TextStyle none = style("{'fill':{'type':'solid','visible':false,'color':'#ff0000'}}");
        QVERIFY(none.paint && !none.paint->visible);
    }
    void strokesReadBackAsTheyWereWritten()
    {
        TextStroke stroke;
        stroke.paint = solidPaint({0, 0, 1, 1}, "s");
        stroke.style = {2.5, StrokeAlign::outside, LineCap::round, LineJoin::bevel, 7, {4, 2}, 1.5};
        const TextStyle read = styleOf({{"stroke", toAny(stroke)}});
        QVERIFY(read.stroke);
        QCOMPARE(*read.stroke, stroke);
        QVERIFY(!style("{'stroke':{'width':3}}").stroke); // without a paint there is none
    }
    void decorationsReadBackAsTheyWereWritten()
    {
        TextStroke outline;
        outline.paint = solidPaint({0, 0, 0, 1}, "s");
        const std::vector<TextDecoration> decorations{{DecorationLine::underline, std::nullopt, std::nullopt, std::nullopt},
                                                      {DecorationLine::lineThrough, solidPaint({1, 0, 0, 1}), outline, 3.0}};
        QCOMPARE(styleOf({{"decoration", toAny(decorations)}}).decorations, decorations);
    }
    void decorationsMayBeNames()
    {
        const auto both = style("{'decoration':'underline line-through'}").decorations;
        QCOMPARE(both.size(), std::size_t{2});
        QCOMPARE(both[1].line, DecorationLine::lineThrough);
        QCOMPARE(style("{'decoration':['overline','squiggle']}").decorations.size(), std::size_t{1});
        QVERIFY(style("{'decoration':'none'}").decorations.empty());
    }
    void lengthsMayBeRelative_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("letterSpacing");
        QTest::addColumn<double>("lineHeight");
        QTest::newRow("px and multiple") << "{'size':20,'letterSpacing':1.5,'lineHeight':1.25}" << 1.5 << 1.25;
        QTest::newRow("percent") << "{'size':20,'letterSpacing':'-5%','lineHeight':'150%'}" << -1.0 << 1.5;
        QTest::newRow("line height in px") << "{'size':20,'lineHeight':'30px'}" << 0.0 << 1.5;
        QTest::newRow("auto") << "{'size':20,'lineHeight':'auto'}" << 0.0 << -1.0;
        QTest::newRow("nonsense") << "{'size':20,'letterSpacing':'5','lineHeight':'1.2.3%'}" << 0.0 << -1.0;
        QTest::newRow("no size") << "{'size':0,'letterSpacing':'5%','lineHeight':'30px'}" << 0.0 << -1.0;
    }
    void lengthsMayBeRelative()
    {
        QFETCH(QString, text);
        QFETCH(double, letterSpacing);
        QFETCH(double, lineHeight);
        const TextStyle read = style(text.toStdString());
        QCOMPARE(read.letterSpacing, letterSpacing);
        QCOMPARE(read.lineHeight.value_or(-1), lineHeight);
    }
    void featuresAndAxesAreSortedByTag()
    {
        const TextStyle read = style("{'features':{'ss01':true,'kern':false,'cv01':2,'toolong':1,'bad!':'x'},'axes':{'wght':350.5}}");
        QCOMPARE(read.features, (std::vector<FontSetting>{{"cv01", 2}, {"kern", 0}, {"ss01", 1}}));
        QCOMPARE(read.axes, (std::vector<FontSetting>{{"wght", 350.5}}));
        QCOMPARE(read, style("{'axes':{'wght':350.5},'features':{'kern':0,'ss01':1,'cv01':2}}"));
    }
    void baselinesAddUp()
    {
        QCOMPARE(style("{'baseline':'super'}").baseline, (BaselineShift{0, 1, 0}));
        QCOMPARE(style("{'baseline':['super',3,'sub',-1,'super','up']}").baseline, (BaselineShift{2, 2, 1}));
        QCOMPARE(style("{'baseline':-4}").baseline, (BaselineShift{-4, 0, 0}));
        QCOMPARE(style("{'baselineAlign':'hanging'}").baselineAlign, BaselineAlign::hanging);
    }
    void positionsAreRead()
    {
        const TextStyle read = style("{'start':{'x':10,'dy':-2,'n':1},'anchor':'middle','rotate':30,"
                                     "'fit':{'length':120,'glyphs':true,'n':3},'onPath':{'path':1,'offset':'25%'},'case':'upper','lang':'ar','stretch':75,"
                                     "'strokeFirst':true,'wordSpacing':4}");
        QCOMPARE(*read.start, (TextStart{10, std::nullopt, 0, -2, 1}));
        QCOMPARE(*read.anchor, TextAnchor::middle);
        QCOMPARE(read.rotate, 30.0);
        QCOMPARE(*read.fit, (TextFit{120, true, 3}));
        QCOMPARE(*read.onPath, (TextOnPath{1, 0.25, true, 0}));
        QCOMPARE(read.letterCase, TextCase::upper);
        QCOMPARE(read.lang, std::string("ar"));
        QCOMPARE(read.stretch, 75.0);
        QCOMPARE(read.wordSpacing, 4.0);
        QVERIFY(read.strokeFirst);
        QVERIFY(!style("{'fit':{'length':-1},'onPath':{'path':-1}}").fit);
    }
    void equalNeighboursWithOtherNumbersStayTwoRuns()
    {
        const auto runs = formatted({{0, 1, "{'start':{'dx':5,'n':0}}"}, {1, 1, "{'start':{'dx':5,'n':1}}"}, {2, 2, "{'start':{'dx':5,'n':1}}"}});
        QCOMPARE(runs.size(), std::size_t{2});
        QCOMPARE(runs[1].text, std::string("bcd"));
    }
    void paragraphsCanBeCutAndPositioned()
    {
        const Node node = made({{"para", json("{'maxLines':3,'truncate':'ellipsis','layout':'positioned'}")},
                                {"paths", Any::Array{toAny(VectorPath{FillRule::nonzero, {{false, {{{0, 0}, {0, 0}, {0, 0}}, {{9, 9}, {9, 9}, {9, 9}}}}}}), 5}}});
        QCOMPARE(node.paragraph.maxLines, 3u);
        QVERIFY(node.paragraph.ellipsis && node.paragraph.positioned);
        QCOMPARE(node.textPaths.size(), std::size_t{2});
        QCOMPARE(node.textPaths[0].subPaths[0].points[1].at, (Point{9, 9}));
        QVERIFY(node.textPaths[1].subPaths.empty());
    }
    void gradientUnitsReadBack()
    {
        Paint paint;
        paint.kind = PaintKind::radialGradient;
        paint.inNodeSpace = true;
        paint.stops = {{0, {0, 0, 0, 1}}, {1, {1, 1, 1, 1}}};
        QCOMPARE(*styleOf({{"fill", toAny(paint)}}).paint, paint);
    }

private:
    struct Format {
        std::uint32_t at, count;
        const char* attributes;
    };
    static Node made(Properties properties, const std::vector<std::pair<Format, Properties>>& formats = {})
    {
        SeededRandom random{1};
        auto document = Document::createBlank(random, "text");
        const NodeId page = document->tree().pages.front();
        run(*document, CreateNode{NodeId{"t"}, NodeType::text, {page, {}}, std::move(properties), "abcd"});
        for (const auto& [format, attributes] : formats)
            run(*document, FormatText{NodeId{"t"}, format.at, format.count, attributes});
        return *document->node(NodeId{"t"});
    }
    static void run(Document& document, const Command& command)
    {
        if (const auto done = apply(document, command, "me"); !done)
            qFatal("%s", describe(done.error()).c_str());
    }
    /// JSON with ' for ".
    static Any json(std::string text)
    {
        std::replace(text.begin(), text.end(), '\'', '"');
        return crdt::parseJson(text).value();
    }
    static Properties parsed(const std::string& text) { return *json(text).object(); }
    static TextStyle styleOf(const Properties& attributes) { return made({}, {{{0, 4, ""}, attributes}}).text.at(0).style; }
    static TextStyle style(const std::string& text) { return styleOf(parsed(text)); }
    static std::vector<StyledRun> formatted(const std::vector<Format>& formats)
    {
        std::vector<std::pair<Format, Properties>> all;
        for (const Format& format : formats)
            all.emplace_back(format, parsed(format.attributes));
        return made({}, all).text;
    }
};

QTEST_APPLESS_MAIN(TextStyleTest)
#include "text_style_test.moc"
