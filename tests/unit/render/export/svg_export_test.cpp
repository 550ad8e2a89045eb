#include <QtTest>

#include <core/document/filter.h>
#include <render/export/codecs.h>
#include <render/export/svg_export.h>
#include <render/text/font_files.h>

#include "drawing.h"

using namespace tessera;
using namespace tessera::document;
using exports::SvgFile;
using exports::SvgOptions;

namespace {

/// Encoded images by hash.
class Assets final : public exports::AssetSource
{
public:
    ContentHash add(Drawing& drawing, int widthPx, int heightPx)
    {
        auto image = scene::Image::blank(widthPx, heightPx);
        std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{255});
        const Bytes png = exports::encodePng(image).value();
        const ContentHash hash = contentHash(png);
        drawing.run(AddAsset{hash, "image/png", png.size(), static_cast<std::uint32_t>(widthPx), static_cast<std::uint32_t>(heightPx), "image"});
        m_bytes[hash] = png;
        return hash;
    }
    std::optional<Bytes> bytes(const ContentHash& asset) override
    {
        const auto found = m_bytes.find(asset);
        return found == m_bytes.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::map<ContentHash, Bytes> m_bytes;
};

struct Sheet : Drawing {
    Assets assets;
    text::FontLibrary fonts;

    /// A frame of 100 x 100, which is what the file shows.
    NodeId frame = add("frame", NodeType::frame, {0, 0, 100, 100});
    NodeId put(const char* id, NodeType type, const Rect& box, Properties more = {}, const char* text = "") { return add(id, type, box, std::move(more), frame, text); }

    SvgFile file(SvgOptions options = {})
    {
        if (!options.node)
            options.node = frame;
        auto made = exports::exportSvg(*document, fonts, assets, options);
        if (!made)
            qFatal("%s", exports::describe(made.error()).c_str());
        return std::move(made).value();
    }
};

Paint gradientOf(PaintKind kind, const Transform& matrix)
{
    Paint paint;
    paint.id = "f";
    paint.kind = kind;
    paint.gradientMatrix = matrix;
    paint.stops = {{0, {1, 0, 0, 1}}, {1, {0, 0, 1, 0.5f}}};
    return paint;
}

std::pair<std::string, crdt::Any> fills(std::vector<Paint> paints) { return {"fills", toAny(paints)}; }
std::pair<std::string, crdt::Any> strokes(std::vector<Paint> paints) { return {"strokes", toAny(paints)}; }
Paint plain(float r, float g, float b, float a = 1) { return solidPaint({r, g, b, a}); }
/// Markup with ' for ", as moc cannot read raw strings in macros.
QString quoted(const char* markup) { return QString(markup).replace('\'', '"'); }
bool has(const std::string& text, const QString& part) { return QString::fromStdString(text).contains(part); }

const QString opening = "<svg xmlns=\"http://www.w3.org/2000/svg\"";
const Paint red = plain(1, 0, 0), blue = plain(0, 0, 1), black = plain(0, 0, 0);

/// A triangle, 10 px wide.
std::pair<std::string, crdt::Any> triangle(FillRule rule = FillRule::nonzero)
{
    VectorPath path{rule, {{true, {}}}};
    for (const Point p : {Point{0, 10}, Point{5, 0}, Point{10, 10}})
        path.subPaths[0].points.push_back({p, p, p});
    return {"path", toAny(path)};
}

crdt::Any effects(EffectKind kind, double blur, Point offset = {}, double spread = 0)
{
    Effect effect;
    effect.id = "e";
    effect.kind = kind;
    effect.blur = blur;
    effect.offset = offset;
    effect.spread = spread;
    return toAny(std::vector{effect});
}

using Build = std::function<void(Sheet&)>;

} // namespace
Q_DECLARE_METATYPE(Build)

/// Documents made in code, and the exact file of each.
class SvgExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesEachFeature_data();
    void writesEachFeature();
    void givesTheSameBytesEachTime();
    void saysWhatItCannotExpress_data();
    void saysWhatItCannotExpress();
    void keepsNamesWhenAsked();
    void escapesWhatXmlDoesNotAllow();
    void leavesOutNumbersThatNoRendererComputesWith();
    void aPageShowsAllThatIsOnIt();
    void aNodeShowsItself();
    void imagesUsedTwiceStandOnce();
    void linesOfTextStandWhereTheLayoutHasThem();
    void textBecomesOutlines();
    void refusesWithWords_data();
    void refusesWithWords();
};

void SvgExportTest::writesEachFeature_data()
{
    QTest::addColumn<Build>("build");
    QTest::addColumn<QString>("content"); // inside <svg>
    const auto row = [](const char* name, Build build, const char* content) { QTest::newRow(name) << build << quoted(content); };

    row("nothing", [](Sheet&) {}, "");
    row("a box", [](Sheet& s) { s.put("a", NodeType::rect, {10, 20, 30, 40}, {fills({red})}); }, "<rect x='10' y='20' width='30' height='40' fill='#f00'/>");
    row("black is the default", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 1, 1}, {fills({black})}); }, "<rect width='1' height='1'/>");
    row("equal radii", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 10, 8}, {fills({red}), {"radii", crdt::Any::Array{9, 9, 9, 9}}}); }, "<rect width='10' height='8' rx='4' fill='#f00'/>");
    row("own radius for each corner", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 10, 10}, {fills({red}), {"radii", crdt::Any::Array{5, 0, 0, 0}}}); }, "<path d='M5 0H10V10H0V5C0 2.2386 2.2386 0 5 0Z' fill='#f00'/>");
    row("circle", [](Sheet& s) { s.put("a", NodeType::ellipse, {10, 10, 20, 20}, {fills({red})}); }, "<circle cx='20' cy='20' r='10' fill='#f00'/>");
    row("ellipse", [](Sheet& s) { s.put("a", NodeType::ellipse, {0, 0, 20, 10}, {fills({red})}); }, "<ellipse cx='10' cy='5' rx='10' ry='5' fill='#f00'/>");
    row("line", [](Sheet& s) { s.put("a", NodeType::line, {0, 5, 20, 0}, {strokes({black}), {"sCap", "round"}, {"sDash", crdt::Any::Array{2, 3}}, {"sDashOffset", 1}}); },
        "<line y1='5' x2='20' y2='5' stroke='#000' stroke-linecap='round' stroke-dasharray='2 3' stroke-dashoffset='1'/>");
    row("path", [](Sheet& s) { s.put("a", NodeType::vector, {1, 1, 10, 10}, {fills({red}), triangle(FillRule::evenodd)}); }, "<path d='M1 11L6 1 11 11Z' fill-rule='evenodd' fill='#f00'/>");
    row("opacity of a colour and of its paint",
        [](Sheet& s) {
            Paint half = plain(0, 1, 0, 0.5f);
            half.opacity = 0.5;
            s.put("a", NodeType::rect, {0, 0, 1, 1}, {fills({half})});
        },
        "<rect width='1' height='1' fill='#0f0' fill-opacity='.25'/>");
    row("last fill and first stroke share an element",
        [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red, blue}), strokes({black, red}), {"sw", 2}}); },
        "<rect width='9' height='9' fill='#f00'/><rect width='9' height='9' fill='#00f' stroke='#000' stroke-width='2'/><rect width='9' height='9' fill='none' stroke='#f00' stroke-width='2'/>");
    row("joins", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {strokes({black}), {"sMiter", 8}}); }, "<rect width='9' height='9' fill='none' stroke='#000' stroke-miterlimit='8'/>");
    row("inside stroke of a box", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 20, 20}, {strokes({black}), {"sw", 4}, {"sAlign", "inside"}}); },
        "<rect x='2' y='2' width='16' height='16' fill='none' stroke='#000' stroke-width='4'/>");
    row("outside stroke of a circle", [](Sheet& s) { s.put("a", NodeType::ellipse, {10, 10, 20, 20}, {strokes({black}), {"sw", 4}, {"sAlign", "outside"}}); },
        "<circle cx='20' cy='20' r='12' fill='none' stroke='#000' stroke-width='4'/>");
    row("inside stroke of a path", [](Sheet& s) { s.put("a", NodeType::vector, {0, 0, 10, 10}, {strokes({black}), triangle(), {"sAlign", "inside"}}); }, "<defs><clipPath id='a'><path d='M0 10L5 0 10 10Z'/></clipPath></defs><path d='M0 10L5 0 10 10Z' fill='none' stroke='#000' stroke-width='2' clip-path='url(#a)'/>");
    row("outside stroke of a path", [](Sheet& s) { s.put("a", NodeType::vector, {0, 0, 10, 10}, {strokes({black}), triangle(), {"sAlign", "outside"}}); }, "<defs><mask id='a' maskUnits='userSpaceOnUse' x='-5' y='-5' width='20' height='20'><rect x='-5' y='-5' width='20' height='20' fill='#fff'/><path d='M0 10L5 0 10 10Z'/></mask></defs><path d='M0 10L5 0 10 10Z' fill='none' stroke='#000' stroke-width='2' mask='url(#a)'/>");
    row("linear gradient", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({gradientOf(PaintKind::linearGradient, {})})}); }, "<defs><linearGradient id='a'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></linearGradient></defs><rect width='9' height='9' fill='url(#a)'/>");
    row("linear gradient, upright, repeated",
        [](Sheet& s) {
            Paint paint = gradientOf(PaintKind::linearGradient, {0, 0.5, -0.5, 0, 0.5, 0});
            paint.spread = GradientSpread::repeat;
            s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({paint})});
        },
        "<defs><linearGradient id='a' x1='.5' x2='.5' y2='.5' spreadMethod='repeat'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></linearGradient></defs><rect width='9' height='9' fill='url(#a)'/>");
    row("radial gradient", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({gradientOf(PaintKind::radialGradient, {})})}); }, "<defs><radialGradient id='a'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></radialGradient></defs><rect width='9' height='9' fill='url(#a)'/>");
    row("radial gradient with a focus, skewed",
        [](Sheet& s) {
            Paint paint = gradientOf(PaintKind::radialGradient, {1, 0, 0.5, 1, 0, 0});
            paint.focus = Point{0.6, 0.5};
            s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({paint})});
        },
        "<defs><radialGradient id='a' fx='.6' gradientTransform='matrix(1 0 .5 1 0 0)'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></radialGradient></defs><rect width='9' height='9' fill='url(#a)'/>");
    row("gradients of lines are in px", [](Sheet& s) { s.put("a", NodeType::line, {0, 5, 20, 0}, {strokes({gradientOf(PaintKind::linearGradient, {})})}); }, "<defs><linearGradient id='a' y1='5' x2='20' y2='5' gradientUnits='userSpaceOnUse'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></linearGradient></defs><line y1='5' x2='20' y2='5' stroke='url(#a)'/>");
    row("equal definitions stand once",
        [](Sheet& s) {
            s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({gradientOf(PaintKind::linearGradient, {})})});
            s.put("b", NodeType::rect, {20, 0, 9, 9}, {fills({gradientOf(PaintKind::linearGradient, {})})});
        },
        "<defs><linearGradient id='a'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></linearGradient></defs><rect width='9' height='9' fill='url(#a)'/><rect x='20' width='9' height='9' fill='url(#a)'/>");
    row("pattern",
        [](Sheet& s) {
            s.put("cell", NodeType::group, {0, 0, 0, 0}, {{"vis", false}});
            s.add("dot", NodeType::ellipse, {1, 1, 2, 2}, {fills({red})}, NodeId{"cell"});
            Paint paint;
            paint.id = "f";
            paint.kind = PaintKind::pattern;
            paint.pattern = NodeId{"cell"};
            paint.cell = {0, 0, 4, 4};
            paint.gradientMatrix = Transform::scaling(2, 2);
            s.put("a", NodeType::rect, {0, 0, 50, 50}, {fills({paint})});
        },
        "<defs><pattern id='a' width='4' height='4' patternUnits='userSpaceOnUse' patternTransform='scale(2)'><circle cx='2' cy='2' r='1' fill='#f00'/></pattern></defs><rect width='50' height='50' fill='url(#a)'/>");
    row("turned group", [](Sheet& s) {
        s.put("g", NodeType::group, {0, 0, 0, 0}, {{"xf", toAny(Transform::rotation(std::acos(-1) / 4))}});
        s.add("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})}, NodeId{"g"});
        s.add("b", NodeType::rect, {9, 0, 9, 9}, {fills({blue})}, NodeId{"g"});
    }, "<g transform='rotate(45)'><rect width='9' height='9' fill='#f00'/><rect x='9' width='9' height='9' fill='#00f'/></g>");
    row("a group of one is no element", [](Sheet& s) {
        s.put("g", NodeType::group, {5, 0, 0, 0}, {{"op", 0.5}, {"blend", "multiply"}});
        s.add("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})}, NodeId{"g"});
    }, "<rect transform='translate(5)' width='9' height='9' fill='#f00' opacity='.5' style='mix-blend-mode:multiply'/>");
    row("isolation, where something blends", [](Sheet& s) {
        s.put("g", NodeType::group, {0, 0, 0, 0}, {{"blend", "normal"}});
        s.add("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})}, NodeId{"g"});
        s.add("b", NodeType::rect, {0, 0, 9, 9}, {fills({blue}), {"blend", "screen"}}, NodeId{"g"});
    }, "<g style='isolation:isolate'><rect width='9' height='9' fill='#f00'/><rect width='9' height='9' fill='#00f' style='mix-blend-mode:screen'/></g>");
    row("a frame clips", [](Sheet& s) {
        s.put("f", NodeType::frame, {10, 10, 20, 20}, {fills({red}), {"radii", crdt::Any::Array{2, 2, 2, 2}}});
        s.add("a", NodeType::ellipse, {10, 10, 20, 20}, {fills({blue})}, NodeId{"f"});
    }, "<defs><clipPath id='a'><rect width='20' height='20' rx='2'/></clipPath></defs><g transform='translate(10 10)'><rect width='20' height='20' rx='2' fill='#f00'/><circle cx='20' cy='20' r='10' fill='#00f' clip-path='url(#a)'/></g>");
    row("hidden nodes are left out", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red}), {"vis", false}}); }, "");
    row("what lies beside the picture is left out", [](Sheet& s) {
        s.put("a", NodeType::rect, {200, 0, 9, 9}, {fills({red})});
        s.put("b", NodeType::rect, {95, 0, 9, 9}, {fills({red})});
    }, "<rect x='95' width='9' height='9' fill='#f00'/>");
    row("an outline as mask is a clip", [](Sheet& s) {
        s.put("m", NodeType::ellipse, {0, 0, 10, 10}, {{"mask", "vector"}});
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})});
    }, "<defs><clipPath id='a'><circle cx='5' cy='5' r='5'/></clipPath></defs><rect width='9' height='9' fill='#f00' clip-path='url(#a)'/>");
    row("opaque shapes as mask are a clip", [](Sheet& s) {
        s.put("m", NodeType::group, {1, 1, 0, 0}, {{"mask", "alpha"}});
        s.add("m1", NodeType::rect, {0, 0, 5, 5}, {fills({black})}, NodeId{"m"});
        s.add("m2", NodeType::rect, {6, 0, 5, 5}, {fills({red})}, NodeId{"m"});
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})});
    }, "<defs><clipPath id='a'><rect transform='translate(1 1)' width='5' height='5'/><rect transform='translate(7 1)' width='5' height='5'/></clipPath></defs><rect width='9' height='9' fill='#f00' clip-path='url(#a)'/>");
    row("a mask by alpha is white", [](Sheet& s) {
        s.put("m", NodeType::rect, {0, 0, 10, 10}, {{"mask", "alpha"}, fills({plain(0, 0, 0, 0.5f)})});
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})});
        s.put("b", NodeType::rect, {0, 0, 9, 9}, {fills({blue})});
    }, "<defs><mask id='a' maskUnits='userSpaceOnUse' x='-1' y='-1' width='12' height='12'><rect width='10' height='10' fill-opacity='.5' fill='#fff'/></mask></defs><g mask='url(#a)'><rect width='9' height='9' fill='#f00'/><rect width='9' height='9' fill='#00f'/></g>");
    row("a gradient as mask by alpha", [](Sheet& s) {
        s.put("m", NodeType::rect, {0, 0, 10, 10}, {{"mask", "alpha"}, fills({gradientOf(PaintKind::linearGradient, {})})});
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})});
    }, "<defs><linearGradient id='a'><stop stop-color='#f00'/><stop offset='1' stop-color='#00f' stop-opacity='.5'/></linearGradient><filter id='b' filterUnits='userSpaceOnUse' x='-1' y='-1' width='12' height='12' color-interpolation-filters='sRGB'><feColorMatrix values='0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0'/></filter><mask id='c' maskUnits='userSpaceOnUse' x='-1' y='-1' width='12' height='12'><rect width='10' height='10' fill='url(#a)' filter='url(#b)'/></mask></defs><rect width='9' height='9' fill='#f00' mask='url(#c)'/>");
    row("a mask by luminance", [](Sheet& s) {
        s.put("m", NodeType::rect, {0, 0, 10, 10}, {{"mask", "luminance"}, fills({plain(1, 1, 1)})});
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red})});
    }, "<defs><mask id='a' maskUnits='userSpaceOnUse' x='-1' y='-1' width='12' height='12'><rect width='10' height='10' fill='#fff'/></mask></defs><rect width='9' height='9' fill='#f00' mask='url(#a)'/>");
    row("drop shadow", [](Sheet& s) { s.put("a", NodeType::rect, {10, 10, 9, 9}, {fills({red}), {"effects", effects(EffectKind::dropShadow, 4, {0, 2})}}); }, "<defs><filter id='a' filterUnits='userSpaceOnUse' x='-9' y='-9' width='27' height='27' color-interpolation-filters='sRGB'><feOffset dy='2'/><feGaussianBlur stdDeviation='2' result='b'/><feFlood flood-opacity='.25'/><feComposite in2='b' operator='in' result='c'/><feComposite in='SourceGraphic' in2='c'/></filter></defs><rect transform='translate(10 10)' width='9' height='9' fill='#f00' filter='url(#a)'/>");
    row("inner shadow", [](Sheet& s) { s.put("a", NodeType::rect, {10, 10, 9, 9}, {fills({red}), {"effects", effects(EffectKind::innerShadow, 4, {0, 2}, 1)}}); }, "<defs><filter id='a' filterUnits='userSpaceOnUse' x='-1' y='-1' width='11' height='11' color-interpolation-filters='sRGB'><feMorphology radius='1'/><feOffset dy='2'/><feGaussianBlur stdDeviation='2' result='c'/><feFlood flood-opacity='.25'/><feComposite in2='c' operator='out'/><feComposite in2='SourceGraphic' operator='atop'/></filter></defs><rect transform='translate(10 10)' width='9' height='9' fill='#f00' filter='url(#a)'/>");
    row("layer blur", [](Sheet& s) { s.put("a", NodeType::rect, {10, 10, 9, 9}, {fills({red}), {"effects", effects(EffectKind::layerBlur, 4)}}); }, "<defs><filter id='a' filterUnits='userSpaceOnUse' x='-7' y='-7' width='23' height='23' color-interpolation-filters='sRGB'><feGaussianBlur stdDeviation='2'/></filter></defs><rect transform='translate(10 10)' width='9' height='9' fill='#f00' filter='url(#a)'/>");
    row("filter graph", [](Sheet& s) {
        Effect effect;
        effect.id = "e";
        effect.kind = EffectKind::filter;
        Filter filter;
        filter.region = {-1, -1, 12, 12};
        filter.primitives.push_back({FloodFilter{{1, 0, 0, 1}}, {}, Rect{0, 0, 5, 5}, false});
        filter.primitives.push_back({OffsetFilter{{2, 0}}, {{FilterInput::From::sourceAlpha, 0}}, {}, true});
        filter.primitives.push_back({CompositeFilter{CompositeFilter::Operator::arithmetic, {0, 0.5, 0.5, 0}}, {{FilterInput::From::primitive, 0}, {FilterInput::From::primitive, 1}}, {}, true});
        filter.primitives.push_back({MergeFilter{}, {{FilterInput::From::primitive, 2}, {FilterInput::From::sourceGraphic, 0}}, {}, true});
        effect.filter = std::make_shared<const Filter>(filter);
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red}), {"effects", toAny(std::vector{effect})}});
    }, "<defs><filter id='a' filterUnits='userSpaceOnUse' x='-1' y='-1' width='12' height='12'><feFlood flood-color='#f00' result='a' x='0' y='0' width='5' height='5' color-interpolation-filters='sRGB'/><feOffset in='SourceAlpha' dx='2' result='b'/><feComposite in='a' in2='b' operator='arithmetic' k2='.5' k3='.5' result='c'/><feMerge><feMergeNode in='c'/><feMergeNode in='SourceGraphic'/></feMerge></filter></defs><rect width='9' height='9' fill='#f00' filter='url(#a)'/>");
    row("positioned text", [](Sheet& s) {
        s.put("t", NodeType::text, {10, 0, 50, 50}, {{"para", crdt::Any::Object{{"layout", "positioned"}}}}, "Ab  c");
        s.run(FormatText{NodeId{"t"}, 0, 5, {{"family", "Inter"}, {"start", crdt::Any::Object{{"x", 0}, {"y", 20}}}}});
        s.run(FormatText{NodeId{"t"}, 2, 3, {{"weight", 700}, {"fill", toAny(Color{1, 0, 0, 1})}, {"start", crdt::Any::Object{{"dx", 3}}}}});
    }, "<text x='10' y='20' font-family='Inter' font-size='16' xml:space='preserve'>Ab<tspan dx='3' font-weight='700' fill='#f00'>  c</tspan></text>");
    row("lines of another colour, a shift, small capitals", [](Sheet& s) {
        s.put("t", NodeType::text, {0, 0, 50, 50}, {{"para", crdt::Any::Object{{"layout", "positioned"}}}}, "ab2");
        TextDecoration line;
        line.fill = red;
        s.run(FormatText{NodeId{"t"}, 0, 3, {{"family", "Noto Sans"}, {"case", "smallCaps"}}});
        s.run(FormatText{NodeId{"t"}, 0, 2, {{"decoration", toAny(std::vector{line})}, {"start", crdt::Any::Object{{"x", 1}, {"y", 2}}}}});
        s.run(FormatText{NodeId{"t"}, 2, 1, {{"baseline", "super"}}});
    }, "<text font-family='Noto Sans' font-size='16' font-variant='small-caps'><tspan text-decoration='underline' fill='#f00'><tspan x='1' y='2' fill='#000'>ab</tspan></tspan><tspan baseline-shift='super'>2</tspan></text>");
    row("text on a path", [](Sheet& s) {
        VectorPath line{FillRule::nonzero, {{false, {{{0, 50}, {0, 50}, {0, 50}}, {{80, 50}, {80, 50}, {80, 50}}}}}};
        s.put("t", NodeType::text, {0, 0, 50, 50}, {{"para", crdt::Any::Object{{"layout", "positioned"}}}, {"paths", crdt::Any::Array{toAny(line)}}}, "along");
        s.run(FormatText{NodeId{"t"}, 0, 5, {{"onPath", crdt::Any::Object{{"path", 0}, {"offset", "10%"}}}}});
    }, "<defs><path id='a' d='M0 50H80'/></defs><text font-family='Inter' font-size='16'><textPath href='#a' startOffset='10%'>along</textPath></text>");
}

void SvgExportTest::writesEachFeature()
{
    QFETCH(Build, build);
    QFETCH(QString, content);
    Sheet sheet;
    build(sheet);
    const SvgFile made = sheet.file();
    const QString head = opening + quoted(" width='100' height='100' viewBox='0 0 100 100'");
    QString text = QString::fromStdString(made.text);
    QVERIFY2(text.startsWith(head) && text.endsWith('\n'), qPrintable(text));
    text.chop(1);
    QCOMPARE(text, content.isEmpty() ? head + "/>" : head + ">" + content + "</svg>");
    QVERIFY(made.notices.empty());
}

void SvgExportTest::givesTheSameBytesEachTime()
{
    const auto make = [] {
        Sheet sheet;
        for (int i = 0; i < 5; ++i)
            sheet.put(("n" + std::to_string(i)).c_str(), NodeType::rect, {10.0 * i, 0, 9, 9}, {fills({gradientOf(PaintKind::linearGradient, {1, 0, 0, 1, 0.1 * i, 0})})});
        return sheet.file().text;
    };
    QCOMPARE(make(), make());
}

void SvgExportTest::saysWhatItCannotExpress_data()
{
    QTest::addColumn<Build>("build");
    QTest::addColumn<QString>("what");
    const auto row = [](const char* name, Build build, const char* what) { QTest::newRow(name) << build << what; };
    row("angular gradient", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({gradientOf(PaintKind::angularGradient, {})})}); }, "an angular gradient becomes an image");
    row("diamond gradient", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({gradientOf(PaintKind::diamondGradient, {})})}); }, "a diamond gradient becomes an image");
    row("background blur", [](Sheet& s) { s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red}), {"effects", effects(EffectKind::backgroundBlur, 9)}}); }, "a background blur is left out: SVG has none");
    row("missing image", [](Sheet& s) { s.put("a", NodeType::image, {0, 0, 9, 9}, {{"asset", std::string(64, 'a')}}); }, "image aaaaaaaaaaaa is not at hand and left out");
    row("missing pattern", [](Sheet& s) {
        Paint paint;
        paint.id = "f";
        paint.kind = PaintKind::pattern;
        paint.pattern = NodeId{"nobody"};
        paint.cell = {0, 0, 1, 1};
        s.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({paint})});
    }, "refers to a pattern that is not there");
    row("blend modes inside a clip", [](Sheet& s) {
        s.put("f", NodeType::frame, {0, 0, 20, 20});
        s.add("a", NodeType::rect, {0, 0, 9, 9}, {fills({blue}), {"blend", "screen"}}, NodeId{"f"});
    }, "clips its content, so that blend modes in it see only what is inside");
}

void SvgExportTest::saysWhatItCannotExpress()
{
    QFETCH(Build, build);
    QFETCH(QString, what);
    Sheet sheet;
    build(sheet);
    const SvgFile made = sheet.file();
    QCOMPARE(made.notices.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(made.notices.front().what), what);
    QVERIFY(sheet.document->node(made.notices.front().node));
}

void SvgExportTest::keepsNamesWhenAsked()
{
    Sheet sheet;
    sheet.put("a", NodeType::rect, {0, 0, 9, 9}, {fills({red}), {"name", "Box & <co> \"1\""}});
    QVERIFY(sheet.file().text.find("data-name") == std::string::npos);
    SvgOptions options;
    options.names = true;
    QVERIFY(has(sheet.file(options).text, quoted("fill='#f00' data-name='Box &amp; &lt;co> &quot;1&quot;'/>")));
}

void SvgExportTest::escapesWhatXmlDoesNotAllow()
{
    Sheet sheet;
    sheet.put("t", NodeType::text, {0, 0, 90, 20}, {}, "a<b>&\x01\x08 c\xef\xbf\xbf]]>");
    const std::string text = sheet.file().text;
    QVERIFY2(text.find(">a&lt;b&gt;&amp; c]]&gt;</text>") != std::string::npos, text.c_str());
}

void SvgExportTest::leavesOutNumbersThatNoRendererComputesWith()
{
    Sheet sheet;
    sheet.put("a", NodeType::rect, {0, 0, 1e9, 9}, {fills({red})});
    sheet.put("b", NodeType::rect, {0, 0, 9, 9}, {fills({red}), {"xf", toAny(Transform::scaling(1e9, 1))}});
    sheet.put("c", NodeType::rect, {0, 0, 9, 9}, {strokes({red}), {"sw", 1e9}});
    const SvgFile made = sheet.file();
    QVERIFY2(made.notices.size() == 2, made.text.c_str());
    QVERIFY2(made.text.find("0000000") == std::string::npos && made.text.find("inf") == std::string::npos, made.text.c_str());
}

void SvgExportTest::aPageShowsAllThatIsOnIt()
{
    Drawing drawing;
    drawing.add("a", NodeType::rect, {-10, 5, 20, 20}, {fills({red})});
    drawing.add("b", NodeType::rect, {30, 5, 20, 20}, {fills({blue})});
    text::FontLibrary fonts;
    Assets assets;
    const auto made = exports::exportSvg(*drawing.document, fonts, assets);
    QVERIFY(made.hasValue());
    QCOMPARE(QString::fromStdString(made->text),
             opening + (quoted(" width='60' height='20' viewBox='-10 5 60 20'><rect x='-10' y='5' width='20' height='20' fill='#f00'/><rect x='30' y='5' width='20' height='20' fill='#00f'/></svg>")) + "\n");
}

void SvgExportTest::aNodeShowsItself()
{
    Sheet sheet;
    sheet.put("g", NodeType::group, {10, 10, 0, 0});
    SvgOptions options;
    options.node = sheet.add("a", NodeType::rect, {5, 5, 20, 20}, {fills({red})}, NodeId{"g"});
    QVERIFY(has(sheet.file(options).text, quoted("viewBox='15 15 20 20'><rect x='15' y='15' width='20' height='20' fill='#f00'/>")));
}

void SvgExportTest::imagesUsedTwiceStandOnce()
{
    Sheet sheet;
    const ContentHash hash = sheet.assets.add(sheet, 4, 2);
    sheet.put("a", NodeType::image, {0, 0, 40, 20}, {{"asset", hash.hex}});
    const std::string once = sheet.file().text;
    QVERIFY2(has(once, quoted("<image width='40' height='20' href='data:image/png;base64,")), once.c_str());
    sheet.put("b", NodeType::image, {50, 0, 20, 20}, {{"asset", hash.hex}, {"fit", "fit"}});
    const std::string twice = sheet.file().text;
    QCOMPARE(QString::fromStdString(twice).count("base64"), 1);
    QVERIFY2(has(twice, quoted("<use transform='scale(10)' href='#a'/><use transform='translate(50 5)scale(5)' href='#a'/>")), twice.c_str());
}

void SvgExportTest::linesOfTextStandWhereTheLayoutHasThem()
{
    Sheet sheet;
    QVERIFY(text::addBundledFonts(sheet.fonts).hasValue());
    sheet.put("t", NodeType::text, {0, 0, 60, 90}, {{"para", crdt::Any::Object{{"align", "center"}}}}, "Hello wide world\nend");
    const QString text = QString::fromStdString(sheet.file().text);
    QVERIFY2(text.contains(quoted("<text x='30' y=")) && text.contains(quoted("text-anchor='middle'")), qPrintable(text));
    QCOMPARE(text.count("<tspan x=\"30\" y="), 3);
    QVERIFY2(text.contains(">Hello<tspan") && text.contains(">wide</tspan>") && text.contains(">end</tspan></text>"), qPrintable(text));
}

void SvgExportTest::textBecomesOutlines()
{
    Sheet sheet;
    QVERIFY(text::addBundledFonts(sheet.fonts).hasValue());
    sheet.put("t", NodeType::text, {10, 0, 60, 90}, {}, "Hello");
    SvgOptions options;
    options.text = exports::SvgText::outlines;
    const QString text = QString::fromStdString(sheet.file(options).text);
    QVERIFY2(text.contains(quoted("<path transform='translate(10)' d='m")) && !text.contains("<text"), qPrintable(text));
}

void SvgExportTest::refusesWithWords_data()
{
    QTest::addColumn<QString>("node");
    QTest::addColumn<QString>("words");
    QTest::newRow("unknown node") << "nobody" << "no such node: nobody";
    QTest::newRow("nothing to draw") << "empty" << "nothing to draw in empty";
}

void SvgExportTest::refusesWithWords()
{
    QFETCH(QString, node);
    QFETCH(QString, words);
    Sheet sheet;
    sheet.put("empty", NodeType::group, {0, 0, 0, 0});
    SvgOptions options;
    options.node = NodeId{node.toStdString()};
    const auto made = exports::exportSvg(*sheet.document, sheet.fonts, sheet.assets, options);
    QVERIFY(!made);
    QCOMPARE(QString::fromStdString(exports::describe(made.error())), words);
}

QTEST_GUILESS_MAIN(SvgExportTest)
#include "svg_export_test.moc"
