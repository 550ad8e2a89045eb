#include "svg_writer.h"

#include <cstdio>

namespace tessera::testing {

namespace {

std::string number(double v)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", v);
    return text;
}

std::string matrix(const Transform& t)
{
    return "matrix(" + number(t.a) + " " + number(t.b) + " " + number(t.c) + " " + number(t.d) + " " + number(t.e) + " " +
           number(t.f) + ")";
}

std::string colorText(const Color& c)
{
    return "rgb(" + number(100.0 * c.r) + "%," + number(100.0 * c.g) + "%," + number(100.0 * c.b) + "%)";
}

std::string pathData(const Path& path)
{
    std::string out;
    std::size_t next = 0;
    const auto points = [&](int count) {
        for (int i = 0; i < count; ++i, ++next)
            out += number(path.points()[next].x) + " " + number(path.points()[next].y) + " ";
    };
    for (PathVerb verb : path.verbs()) {
        out += verb == PathVerb::move ? 'M' : verb == PathVerb::line ? 'L' : verb == PathVerb::cubic ? 'C' : 'Z';
        points(verb == PathVerb::cubic ? 3 : verb == PathVerb::close ? 0 : 1);
    }
    return out;
}

class Writer
{
public:
    explicit Writer(const scene::View& view)
    {
        m_out = "<svg xmlns='http://www.w3.org/2000/svg' width='" + std::to_string(view.widthPx) + "' height='" +
                std::to_string(view.heightPx) + "'><g transform='" + matrix(view.pageToDevice) + "'>\n";
    }

    void add(const scene::Item& item)
    {
        const std::string place = " transform='" + matrix(item.toPage) + "'";
        if (const auto* fill = std::get_if<scene::FillPath>(&item.content))
            m_out += "<path" + place + paint("fill", fill->paint) + rule("fill-rule", fill->rule) + data(*fill->path);
        else if (const auto* stroke = std::get_if<scene::StrokePath>(&item.content))
            m_out += "<path" + place + " fill='none'" + paint("stroke", stroke->paint) + pen(stroke->style) + data(*stroke->path);
        else if (const auto* run = std::get_if<std::shared_ptr<const scene::GlyphRun>>(&item.content))
            glyphs(**run, place);
        else if (const auto* clip = std::get_if<scene::PushClip>(&item.content))
            pushClip(*clip, place);
        else if (const auto* layer = std::get_if<scene::PushLayer>(&item.content))
            m_out += "<g opacity='" + number(layer->opacity) + "'>\n";
        else
            m_out += "</g>\n"; // of a clip or a layer
    }

    std::string take() { return m_out + "</g></svg>\n"; }

private:
    static std::string data(const Path& path) { return " d='" + pathData(path) + "'/>\n"; }
    static std::string rule(const char* name, scene::FillRule rule)
    {
        return rule == scene::FillRule::evenodd ? std::string(" ") + name + "='evenodd'" : "";
    }

    std::string paint(const std::string& kind, const scene::Paint& paint)
    {
        if (const auto* color = std::get_if<Color>(&paint.source))
            return " " + kind + "='" + colorText(*color) + "' " + kind + "-opacity='" + number(color->a * paint.opacity) + "'";
        const auto& gradient = **std::get_if<std::shared_ptr<const scene::Gradient>>(&paint.source);
        const std::string id = "p" + std::to_string(m_count++);
        const bool isLinear = gradient.kind == scene::GradientKind::linear;
        m_out += isLinear ? "<linearGradient x1='0' y1='0' x2='1' y2='0'" : "<radialGradient cx='0.5' cy='0.5' r='0.5'";
        m_out += " id='" + id + "' gradientUnits='userSpaceOnUse' gradientTransform='" + matrix(gradient.toLocal) + "'>";
        for (const auto& stop : gradient.stops)
            m_out += "<stop offset='" + number(stop.offset) + "' stop-color='" + colorText(stop.color) + "' stop-opacity='" +
                     number(stop.color.a) + "'/>";
        m_out += isLinear ? "</linearGradient>\n" : "</radialGradient>\n";
        return " " + kind + "='url(#" + id + ")' " + kind + "-opacity='" + number(paint.opacity) + "'";
    }

    static std::string pen(const document::StrokeStyle& style)
    {
        const char* caps[] = {"butt", "round", "square"};
        const char* joins[] = {"miter", "round", "bevel"};
        std::string out = " stroke-width='" + number(style.width) + "' stroke-linecap='" + caps[static_cast<int>(style.cap)] +
                          "' stroke-linejoin='" + joins[static_cast<int>(style.join)] + "' stroke-miterlimit='" +
                          number(style.miterLimit) + "'";
        if (!style.dash.empty()) {
            out += " stroke-dasharray='";
            for (double d : style.dash)
                out += number(d) + " ";
            out += "'";
        }
        return out;
    }

    void glyphs(const scene::GlyphRun& run, const std::string& place)
    {
        const std::string fill = paint("fill", run.paint);
        Path all;
        for (const scene::PlacedGlyph& g : run.glyphs)
            all.append(*g.outline, g.toLocal());
        m_out += "<path" + place + fill + data(all);
    }

    void pushClip(const scene::PushClip& clip, const std::string& place)
    {
        const std::string id = "c" + std::to_string(m_count++);
        m_out += "<clipPath id='" + id + "'><path" + place + rule("clip-rule", clip.rule) + data(*clip.path) +
                 "</clipPath><g clip-path='url(#" + id + ")'>\n";
    }

    std::string m_out;
    int m_count = 0;
};

} // namespace

std::string toSvg(const scene::DisplayList& list, const scene::View& view)
{
    Writer writer(view);
    for (const scene::Item& item : list.items)
        writer.add(item);
    return writer.take();
}

} // namespace tessera::testing
