#include "shape.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fribidi.h>

namespace tessera::text {

namespace {

/// Embedding level of each unit of the paragraph.
std::vector<std::uint8_t> bidiLevels(const std::u16string& units, std::uint32_t first, std::uint32_t end, std::uint8_t& base)
{
    std::vector<FriBidiChar> chars;
    std::vector<std::uint32_t> unitOf;
    for (std::size_t i = first; i < end;) {
        const char32_t c = codePointAt(units, i);
        chars.push_back(c);
        unitOf.push_back(static_cast<std::uint32_t>(i - first));
        i += unitsOf(c);
    }
    const auto count = static_cast<FriBidiStrIndex>(chars.size());
    std::vector<FriBidiCharType> types(chars.size());
    std::vector<FriBidiBracketType> brackets(chars.size());
    std::vector<FriBidiLevel> levels(chars.size());
    fribidi_get_bidi_types(chars.data(), count, types.data());
    fribidi_get_bracket_types(chars.data(), count, types.data(), brackets.data());
    FriBidiParType direction = FRIBIDI_PAR_ON;
    std::vector<std::uint8_t> result(end - first, 0);
    base = 0;
    if (chars.empty() ||
        fribidi_get_par_embedding_levels_ex(types.data(), brackets.data(), count, &direction, levels.data()) == 0)
        return result;
    base = FRIBIDI_IS_RTL(direction) ? 1 : 0;
    for (std::size_t k = 0; k < chars.size(); ++k) {
        const std::size_t next = k + 1 < chars.size() ? unitOf[k + 1] : result.size();
        std::fill(result.begin() + unitOf[k], result.begin() + static_cast<std::ptrdiff_t>(next),
                  static_cast<std::uint8_t>(std::max<FriBidiLevel>(0, levels[k])));
    }
    return result;
}

/// Script of each unit; common and inherited characters take their neighbour's.
std::vector<hb_script_t> scripts(const std::u16string& units, std::uint32_t first, std::uint32_t end)
{
    std::vector<hb_script_t> result(end - first, HB_SCRIPT_COMMON);
    hb_script_t current = HB_SCRIPT_COMMON;
    for (std::size_t i = first; i < end;) {
        const char32_t c = codePointAt(units, i);
        const hb_script_t script = hb_unicode_script(hb_unicode_funcs_get_default(), c);
        if (script != HB_SCRIPT_COMMON && script != HB_SCRIPT_INHERITED && script != HB_SCRIPT_UNKNOWN) {
            if (current == HB_SCRIPT_COMMON)
                std::fill(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(i - first), script);
            current = script;
        }
        for (std::size_t k = 0; k < unitsOf(c) && i + k < end; ++k)
            result[i - first + k] = current;
        i += unitsOf(c);
    }
    return result;
}

/// Do two runs give the same glyphs and advances? Then ligatures and kerning reach across their border.
bool shapeAlike(const Style& a, const Style& b)
{
    const auto smallCaps = [](const Style& s) { return s.letterCase == Case::smallCaps; };
    return a.family == b.family && a.size == b.size && a.weight == b.weight && a.italic == b.italic &&
           a.widthPercent == b.widthPercent && a.features == b.features && a.axes == b.axes && a.language == b.language &&
           (a.letterSpacing != 0) == (b.letterSpacing != 0) && smallCaps(a) == smallCaps(b);
}

std::vector<hb_feature_t> featuresOf(const Style& style)
{
    std::vector<hb_feature_t> features;
    const auto add = [&](FontTag tag, std::uint32_t value) {
        features.push_back({HB_TAG(tag[0], tag[1], tag[2], tag[3]), value, 0, static_cast<unsigned>(-1)});
    };
    if (style.letterSpacing != 0) { // pulls ligatures apart (CSS Text 3, 8.2)
        for (const char* ligatures : {"liga", "clig", "calt"})
            add(fontTag(ligatures), 0);
    }
    if (style.letterCase == Case::smallCaps)
        add(fontTag("smcp"), 1);
    for (const Feature& feature : style.features)
        add(feature.tag, feature.value);
    return features;
}

std::shared_ptr<const HarfBuzzFace> asHarfBuzz(const std::shared_ptr<const Face>& face)
{
    return std::static_pointer_cast<const HarfBuzzFace>(face); // a library holds nothing else
}

void shape(ShapedItem& item, const std::u16string& units, std::uint32_t first, std::uint32_t end, hb_script_t script,
           const Style& style)
{
    hb_buffer_t* buffer = hb_buffer_create();
    hb_buffer_add_utf16(buffer, reinterpret_cast<const std::uint16_t*>(units.data() + first), static_cast<int>(end - first),
                        item.firstUnit - first, static_cast<int>(item.endUnit - item.firstUnit));
    hb_buffer_set_direction(buffer, item.level % 2 != 0 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, script);
    if (!style.language.empty())
        hb_buffer_set_language(buffer, hb_language_from_string(style.language.data(), static_cast<int>(style.language.size())));
    const auto features = featuresOf(style);
    hb_shape(item.face->font(), buffer, features.data(), static_cast<unsigned>(features.size()));
    unsigned count = 0;
    const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer, &count);
    const double scale = honouredSize(style) / item.face->unitsPerEm();
    for (unsigned i = 0; i < count; ++i)
        item.glyphs.push_back({infos[i].codepoint, infos[i].cluster + first, positions[i].x_advance * scale,
                               {positions[i].x_offset * scale, -positions[i].y_offset * scale}});
    hb_buffer_destroy(buffer);
}

} // namespace

FaceQuery queryOf(const Style& style) { return {style.family, style.weight, style.italic, style.widthPercent, style.axes, honouredSize(style)}; }

double honouredSize(const Style& style) { return std::isfinite(style.size) ? std::clamp(style.size, 0.0, 10000.0) : 0; }

Extent extentOf(const Style& style, const FontLibrary& fonts)
{
    const auto face = fonts.find(queryOf(style));
    const FaceMetrics m = face ? face->metrics() : FaceMetrics{0.8, 0.2, 0};
    const double size = honouredSize(style);
    const double height = style.lineHeight && std::isfinite(*style.lineHeight) ? std::clamp(*style.lineHeight, 0.0, 100.0) : m.lineHeight();
    const double leading = (height - m.ascent - m.descent) / 2;
    return {(m.ascent + leading) * size, (m.descent + leading) * size};
}

ShapedParagraph shapeParagraph(const SourceText& text, const std::vector<Run>& runs, std::uint32_t first,
                               std::uint32_t end, const FontLibrary& fonts)
{
    ShapedParagraph result;
    const auto levels = bidiLevels(text.units, first, end, result.baseLevel);
    const auto script = scripts(text.units, first, end);
    std::shared_ptr<const HarfBuzzFace> face, primary;
    std::optional<std::uint32_t> faceRun; ///< the run that `face` and `primary` are of
    for (std::uint32_t i = first; i < end;) {
        const char32_t c = codePointAt(text.units, i);
        const std::uint32_t run = text.runOf[i];
        const Style& style = runs[run].style;
        const bool alike = faceRun && (run == *faceRun || shapeAlike(style, runs[*faceRun].style));
        if (!alike)
            primary = asHarfBuzz(fonts.find(queryOf(style)));
        if (!primary)
            return result; // no fonts at all
        // Spaces and marks stay in the face of what they follow.
        const bool neutral = face && alike && (isSpace(c) || !text.graphemeStart[i]);
        const auto wanted = neutral && face->covers(c) ? face
                            : primary->covers(c)       ? primary
                                                       : asHarfBuzz(fonts.findFor(c, queryOf(style)));
        const bool same = !result.items.empty() && face == wanted && alike && result.items.back().level == levels[i - first] &&
                          script[i - first] == script[i - first - 1];
        if (!same)
            result.items.push_back({i, i, run, levels[i - first], wanted, {}});
        face = wanted, faceRun = run;
        i += static_cast<std::uint32_t>(unitsOf(c));
        result.items.back().endUnit = std::min(i, end);
    }
    for (ShapedItem& item : result.items)
        shape(item, text.units, first, end, script[item.firstUnit - first], runs[item.run].style);
    return result;
}

} // namespace tessera::text
