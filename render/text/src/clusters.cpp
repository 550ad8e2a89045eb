#include "clusters.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tessera::text {

namespace {

/// Letters of these scripts join or hang together, so nothing may come between them (CSS Text 3, 8.2).
bool isCursive(char32_t c)
{
    constexpr std::array cursive = {HB_SCRIPT_ARABIC, HB_SCRIPT_SYRIAC,   HB_SCRIPT_NKO,  HB_SCRIPT_MANICHAEAN,
                                    HB_SCRIPT_PSALTER_PAHLAVI, HB_SCRIPT_MANDAIC, HB_SCRIPT_MONGOLIAN, HB_SCRIPT_PHAGS_PA,
                                    HB_SCRIPT_DEVANAGARI, HB_SCRIPT_BENGALI, HB_SCRIPT_GURMUKHI, HB_SCRIPT_MODI,
                                    HB_SCRIPT_SHARADA, HB_SCRIPT_SYLOTI_NAGRI, HB_SCRIPT_TIRHUTA, HB_SCRIPT_OGHAM};
    const hb_script_t script = hb_unicode_script(hb_unicode_funcs_get_default(), c);
    return std::find(cursive.begin(), cursive.end(), script) != cursive.end();
}

double finite(double value) { return std::isfinite(value) ? value : 0; }

void appendItem(const ShapedItem& item, const SourceText& text, std::vector<Cluster>& out)
{
    std::vector<std::uint32_t> starts;
    for (const ShapedGlyph& glyph : item.glyphs)
        starts.push_back(glyph.unit);
    std::sort(starts.begin(), starts.end());
    bool first = true;
    for (const ShapedGlyph& glyph : item.glyphs) {
        if (first || out.back().unit != glyph.unit) {
            const auto next = std::upper_bound(starts.begin(), starts.end(), glyph.unit);
            Cluster cluster;
            cluster.unit = glyph.unit;
            cluster.endUnit = next == starts.end() ? item.endUnit : *next;
            cluster.run = text.runOf[glyph.unit];
            cluster.face = item.face;
            cluster.rightToLeft = item.level % 2 != 0;
            out.push_back(std::move(cluster));
        }
        first = false;
        out.back().glyphs.push_back(glyph);
        out.back().width += glyph.advance;
        out.back().advance = out.back().width;
    }
}

} // namespace

std::vector<Cluster> visualClusters(const ShapedParagraph& paragraph, const SourceText& text)
{
    struct Reference {
        const ShapedItem* item;
        std::uint8_t level;
    };
    std::vector<Reference> order;
    for (const ShapedItem& item : paragraph.items)
        order.push_back({&item, item.level});
    reorderVisually(order);
    std::vector<Cluster> clusters;
    for (const Reference& reference : order)
        appendItem(*reference.item, text, clusters);
    return clusters;
}

void applySpacing(std::vector<Cluster>& clusters, const SourceText& text, const std::vector<Run>& runs)
{
    for (Cluster& cluster : clusters) {
        const Style& style = runs[cluster.run].style;
        const char32_t c = codePointAt(text.units, cluster.unit);
        if (&cluster != &clusters.back() && style.letterSpacing != 0 && !isCursive(c)) {
            cluster.advance += finite(style.letterSpacing);
            if (cluster.advance < 0) // as browsers do: squeezed away
                cluster.advance = cluster.width = 0, cluster.glyphs.clear();
        }
        if (isWordSeparator(c))
            cluster.advance += finite(style.wordSpacing);
    }
}

void applyFit(std::vector<Cluster>& clusters, const std::vector<Run>& runs)
{
    std::vector<bool> done(clusters.size(), false);
    for (std::size_t i = 0; i < clusters.size(); ++i) {
        const auto& fit = runs[clusters[i].run].fit;
        if (done[i] || !fit || !(fit->length >= 0) || !std::isfinite(fit->length))
            continue;
        std::vector<std::size_t> members;
        double width = 0;
        for (std::size_t k = i; k < clusters.size(); ++k) {
            if (runs[clusters[k].run].fit == fit) {
                members.push_back(k);
                width += clusters[k].width;
                done[k] = true;
            }
        }
        const double gap = members.size() > 1 ? (fit->length - width) / static_cast<double>(members.size() - 1) : 0;
        const double factor = width > 0 ? fit->length / width : 0;
        for (const std::size_t k : members) {
            Cluster& cluster = clusters[k];
            if (!fit->glyphs) {
                cluster.advance = cluster.width + (k == members.back() ? 0 : gap);
            } else if (factor > 1e-3) {
                cluster.stretch = factor;
                cluster.advance = cluster.width * factor;
            }
        }
    }
}

} // namespace tessera::text
