#include "face.h"

#include <algorithm>
#include <cmath>

#include <hb-ot.h>

namespace tessera::text {

namespace {

struct OutlinePen {
    Path path;
    double scale;
    [[nodiscard]] Point at(float x, float y) const { return {x * scale, -y * scale}; }
};

OutlinePen& pen(void* data) { return *static_cast<OutlinePen*>(data); }

hb_draw_funcs_t* makeDrawFunctions()
{
    hb_draw_funcs_t* f = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(
        f, [](hb_draw_funcs_t*, void* d, hb_draw_state_t*, float x, float y, void*) { pen(d).path.moveTo(pen(d).at(x, y)); },
        nullptr, nullptr);
    hb_draw_funcs_set_line_to_func(
        f, [](hb_draw_funcs_t*, void* d, hb_draw_state_t*, float x, float y, void*) { pen(d).path.lineTo(pen(d).at(x, y)); },
        nullptr, nullptr);
    hb_draw_funcs_set_quadratic_to_func(
        f,
        [](hb_draw_funcs_t*, void* d, hb_draw_state_t*, float cx, float cy, float x, float y, void*) {
            pen(d).path.quadTo(pen(d).at(cx, cy), pen(d).at(x, y));
        },
        nullptr, nullptr);
    hb_draw_funcs_set_cubic_to_func(
        f,
        [](hb_draw_funcs_t*, void* d, hb_draw_state_t*, float ax, float ay, float bx, float by, float x, float y, void*) {
            pen(d).path.cubicTo(pen(d).at(ax, ay), pen(d).at(bx, by), pen(d).at(x, y));
        },
        nullptr, nullptr);
    hb_draw_funcs_set_close_path_func(
        f, [](hb_draw_funcs_t*, void* d, hb_draw_state_t*, void*) { pen(d).path.close(); }, nullptr, nullptr);
    return f;
}

hb_tag_t hbTag(FontTag tag) { return HB_TAG(tag[0], tag[1], tag[2], tag[3]); }

std::string nameEntry(hb_face_t* face, hb_ot_name_id_t id)
{
    char text[256] = {};
    unsigned size = sizeof text;
    hb_ot_name_get_utf8(face, id, HB_LANGUAGE_INVALID, &size, text);
    if (text[0] == 0) {
        size = sizeof text;
        hb_ot_name_get_utf8(face, id, hb_language_from_string("en", -1), &size, text);
    }
    return text;
}

} // namespace

Result<std::shared_ptr<const HarfBuzzFace>, FontError> HarfBuzzFace::create(Bytes bytes, std::string_view name)
{
    std::shared_ptr<HarfBuzzFace> result(new HarfBuzzFace);
    result->m_bytes = std::move(bytes);
    hb_blob_t* blob = hb_blob_create(reinterpret_cast<const char*>(result->m_bytes.data()),
                                     static_cast<unsigned>(result->m_bytes.size()), HB_MEMORY_MODE_READONLY, nullptr, nullptr);
    if (hb_face_count(blob) == 0) {
        hb_blob_destroy(blob);
        return fail(FontError{FontErrc::notAFont, std::string(name), "no OpenType tables"});
    }
    hb_face_t* face = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    result->m_font = hb_font_create(face);
    hb_face_destroy(face);
    if (hb_face_get_glyph_count(face) == 0)
        return fail(FontError{FontErrc::noGlyphs, std::string(name), "no glyphs"});
    hb_ot_font_set_funcs(result->m_font);
    result->readNames();
    result->readMetrics();
    return std::shared_ptr<const HarfBuzzFace>(std::move(result));
}

std::shared_ptr<const HarfBuzzFace> HarfBuzzFace::variant(std::shared_ptr<const HarfBuzzFace> base,
                                                          const std::vector<AxisValue>& axes)
{
    std::shared_ptr<HarfBuzzFace> result(new HarfBuzzFace);
    result->m_font = hb_font_create(hb_font_get_face(base->m_font));
    result->m_family = base->m_family;
    result->m_weight = base->m_weight;
    result->m_italic = base->m_italic;
    result->m_widthPercent = base->m_widthPercent;
    std::vector<hb_variation_t> variations;
    for (const AxisValue& axis : axes) {
        variations.push_back({hbTag(axis.axis), static_cast<float>(axis.value)});
        if (axis.axis == fontTag("wght"))
            result->m_weight = std::clamp(static_cast<int>(std::lround(axis.value)), 1, 1000);
        if (axis.axis == fontTag("slnt") || axis.axis == fontTag("ital"))
            result->m_italic = result->m_italic || axis.value != 0;
    }
    hb_font_set_variations(result->m_font, variations.data(), static_cast<unsigned>(variations.size()));
    hb_ot_font_set_funcs(result->m_font);
    result->m_base = std::move(base);
    result->readMetrics();
    return result;
}

HarfBuzzFace::~HarfBuzzFace() { hb_font_destroy(m_font); }

void HarfBuzzFace::readNames()
{
    hb_face_t* face = hb_font_get_face(m_font);
    m_family = nameEntry(face, HB_OT_NAME_ID_TYPOGRAPHIC_FAMILY);
    if (m_family.empty())
        m_family = nameEntry(face, HB_OT_NAME_ID_FONT_FAMILY);
    m_weight = std::clamp(static_cast<int>(std::lround(hb_style_get_value(m_font, HB_STYLE_TAG_WEIGHT))), 1, 1000);
    m_widthPercent = hb_style_get_value(m_font, HB_STYLE_TAG_WIDTH);
    m_italic = hb_style_get_value(m_font, HB_STYLE_TAG_ITALIC) != 0 || hb_style_get_value(m_font, HB_STYLE_TAG_SLANT_ANGLE) != 0;
}

void HarfBuzzFace::readMetrics()
{
    m_unitsPerEm = std::max(1u, hb_face_get_upem(hb_font_get_face(m_font)));
    hb_font_extents_t extents{};
    hb_font_get_h_extents(m_font, &extents);
    m_metrics = {extents.ascender / m_unitsPerEm, -extents.descender / m_unitsPerEm, extents.line_gap / m_unitsPerEm};
    if (!(m_metrics.ascent + m_metrics.descent > 0))
        m_metrics = {0.8, 0.2, 0};
    const auto metric = [this](hb_ot_metrics_tag_t tag, double fallbackEm) {
        hb_position_t units = 0;
        return hb_ot_metrics_get_position(m_font, tag, &units) != 0 ? units / m_unitsPerEm : fallbackEm;
    };
    // Without a stated x-height, what browsers assume: 45 % of the height.
    m_metrics.xHeight = metric(HB_OT_METRICS_TAG_X_HEIGHT, 0);
    if (!(m_metrics.xHeight > 0))
        m_metrics.xHeight = (m_metrics.ascent + m_metrics.descent) * 0.45;
    m_metrics.underlineOffset = -metric(HB_OT_METRICS_TAG_UNDERLINE_OFFSET, -1.0 / 9);
    m_metrics.lineThickness = metric(HB_OT_METRICS_TAG_UNDERLINE_SIZE, 0);
    if (!(m_metrics.lineThickness > 0))
        m_metrics.lineThickness = 1.0 / 12;
    m_metrics.strikeOffset = metric(HB_OT_METRICS_TAG_STRIKEOUT_OFFSET, m_metrics.xHeight / 2);
    m_metrics.superscriptRise = metric(HB_OT_METRICS_TAG_SUPERSCRIPT_EM_Y_OFFSET, 0.4);
    m_metrics.subscriptDrop = metric(HB_OT_METRICS_TAG_SUBSCRIPT_EM_Y_OFFSET, 0.2);
}

bool HarfBuzzFace::hasAxis(FontTag axis) const
{
    hb_ot_var_axis_info_t info;
    return hb_ot_var_find_axis_info(hb_font_get_face(m_font), hbTag(axis), &info) != 0;
}

bool HarfBuzzFace::covers(char32_t codePoint) const
{
    hb_codepoint_t glyph = 0;
    return hb_font_get_nominal_glyph(m_font, codePoint, &glyph) != 0;
}

std::shared_ptr<const Path> HarfBuzzFace::outline(std::uint32_t glyph) const
{
    const auto found = m_outlines.find(glyph);
    if (found != m_outlines.end())
        return found->second;
    OutlinePen state{{}, 1 / m_unitsPerEm};
    hb_draw_funcs_t* functions = makeDrawFunctions();
    hb_font_get_glyph_shape(m_font, glyph, functions, &state);
    hb_draw_funcs_destroy(functions);
    auto path = state.path.isEmpty() ? nullptr : std::make_shared<const Path>(std::move(state.path));
    m_outlines.emplace(glyph, path);
    return path;
}

} // namespace tessera::text
