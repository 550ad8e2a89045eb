#include <render/text/font_library.h>

#include "face.h"
#include "family_list.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace tessera::text {

namespace {

constexpr std::size_t maxFontBytes = 64u << 20;
constexpr std::size_t maxCachedQueries = 4096;
constexpr std::size_t maxVariants = 256;

/// Place of a weight in the order of CSS Fonts 4, 5.2: between 400 and 500 first up to 500, then lighter, then bolder;
/// lighter ones first lighter, bolder ones first bolder.
int weightRank(int weight, int wanted)
{
    constexpr int otherSide = 1000;
    if (wanted >= 400 && wanted <= 500) {
        if (weight >= wanted && weight <= 500)
            return weight - wanted;
        return weight < wanted ? otherSide + wanted - weight : 2 * otherSide + weight - wanted;
    }
    if (wanted < 400)
        return weight <= wanted ? wanted - weight : otherSide + weight - wanted;
    return weight >= wanted ? weight - wanted : otherSide + wanted - weight;
}

/// Smaller is better. Narrow text takes the narrower of two faces equally far away, wide text the wider.
auto rank(const HarfBuzzFace& face, const FaceQuery& query)
{
    const double width = face.hasAxis(fontTag("wdth")) ? query.widthPercent : face.widthPercent();
    const int weight = face.hasAxis(fontTag("wght")) ? query.weight : face.weight();
    const bool wrongSide = query.widthPercent <= 100 ? width > query.widthPercent : width < query.widthPercent;
    const double off = std::abs(width - query.widthPercent);
    return std::tuple(off < 0.5 ? 0.0 : off + (wrongSide ? 1000 : 0), face.isItalic() != query.italic,
                      weightRank(weight, query.weight));
}

std::string keyOf(const FaceQuery& query)
{
    std::string key(query.family);
    key += '\n' + std::to_string(query.weight) + (query.italic ? 'i' : 'n') + std::to_string(query.widthPercent);
    key += 'w' + std::to_string(query.sizePx);
    for (const AxisValue& axis : query.axes)
        key += std::string(axis.axis.data(), axis.axis.size()) + std::to_string(axis.value);
    return key;
}

/// What a variable font is set to: the axes asked for, and weight and width where the font has them.
std::vector<AxisValue> axesFor(const HarfBuzzFace& face, const FaceQuery& query)
{
    std::vector<AxisValue> axes;
    const auto named = [&](const FontTag& tag) {
        return std::any_of(query.axes.begin(), query.axes.end(), [&](const AxisValue& a) { return a.axis == tag; });
    };
    const auto add = [&](const char* name, double value, double usual) {
        if (const FontTag tag = fontTag(name); value != usual && !named(tag) && face.hasAxis(tag))
            axes.push_back({tag, value});
    };
    add("wght", query.weight, face.weight());
    add("wdth", query.widthPercent, face.widthPercent());
    if (query.sizePx > 0)
        add("opsz", query.sizePx, 0);
    for (const AxisValue& axis : query.axes) {
        if (std::isfinite(axis.value) && face.hasAxis(axis.axis))
            axes.push_back(axis);
    }
    return axes;
}

} // namespace

FontTag fontTag(std::string_view name)
{
    FontTag tag{' ', ' ', ' ', ' '};
    std::copy_n(name.begin(), std::min(name.size(), tag.size()), tag.begin());
    return tag;
}

struct FontLibrary::Impl {
    using FaceRef = std::shared_ptr<const HarfBuzzFace>;

    std::vector<FaceRef> faces;
    std::map<std::string, std::vector<FaceRef>> byFamily; ///< by lower-case name
    std::map<GenericFamily, std::vector<std::string>> generics{
        {GenericFamily::sansSerif, {"Noto Sans", "Inter"}},
        {GenericFamily::serif, {"Noto Serif", "Inter"}},
        {GenericFamily::monospace, {"Noto Mono", "Noto Sans Mono", "Inter"}},
        {GenericFamily::cursive, {"Yellowtail", "Inter"}},
        {GenericFamily::fantasy, {"Sedgwick Ave Display", "Inter"}}};
    std::map<std::string, std::vector<FaceRef>> matches;  ///< by query: of each listed family that is here, then of serif
    std::map<std::pair<const HarfBuzzFace*, std::string>, FaceRef> variants;

    void forget() { matches.clear(); }

    [[nodiscard]] FaceRef best(const std::vector<FaceRef>& candidates, const FaceQuery& query) const
    {
        FaceRef found;
        for (const FaceRef& face : candidates) {
            if (!found || rank(*face, query) < rank(*found, query))
                found = face;
        }
        return found;
    }

    FaceRef set(const FaceRef& face, const FaceQuery& query)
    {
        const std::vector<AxisValue> axes = axesFor(*face, query);
        if (axes.empty())
            return face;
        if (variants.size() > maxVariants) // a size that is dragged
            variants.clear();
        FaceQuery key;
        key.axes = axes;
        FaceRef& variant = variants[{face.get(), keyOf(key)}];
        if (!variant)
            variant = HarfBuzzFace::variant(face, axes);
        return variant;
    }

    void addFamily(std::vector<FaceRef>& out, const std::string& name, const FaceQuery& query)
    {
        if (const auto found = byFamily.find(name); found != byFamily.end())
            out.push_back(set(best(found->second, query), query));
    }

    void addGeneric(std::vector<FaceRef>& out, GenericFamily generic, const FaceQuery& query)
    {
        const std::size_t before = out.size();
        for (const std::string& name : generics[generic]) {
            addFamily(out, lowerCase(name), query);
            if (out.size() > before)
                return;
        }
    }

    const std::vector<FaceRef>& matching(const FaceQuery& query)
    {
        if (matches.size() > maxCachedQueries)
            forget();
        const auto [place, isNew] = matches.try_emplace(keyOf(query));
        if (!isNew)
            return place->second;
        std::vector<FaceRef>& out = place->second;
        for (const FamilyName& family : parseFamilyList(query.family)) {
            if (const auto generic = family.quoted ? std::nullopt : genericFamily(family.name))
                addGeneric(out, *generic, query);
            else
                addFamily(out, family.name, query);
        }
        addGeneric(out, GenericFamily::serif, query);
        if (out.empty() && !faces.empty())
            out.push_back(set(best(faces, query), query));
        return out;
    }
};

FontLibrary::FontLibrary() : m_impl(std::make_unique<Impl>()) {}
FontLibrary::~FontLibrary() = default;

Result<void, FontError> FontLibrary::add(Bytes bytes, std::string_view name)
{
    if (bytes.size() > maxFontBytes)
        return fail(FontError{FontErrc::tooLarge, std::string(name), std::to_string(bytes.size()) + " bytes"});
    TESSERA_TRY(face, HarfBuzzFace::create(std::move(bytes), name));
    m_impl->byFamily[lowerCase(face->family())].push_back(face);
    m_impl->faces.push_back(std::move(face));
    m_impl->forget();
    return {};
}

bool FontLibrary::isEmpty() const { return m_impl->faces.empty(); }

std::vector<std::string> FontLibrary::families() const
{
    std::set<std::string> names;
    for (const auto& face : m_impl->faces)
        names.insert(face->family());
    return {names.begin(), names.end()};
}

void FontLibrary::setGenericFamilies(GenericFamily generic, std::vector<std::string> families)
{
    m_impl->generics[generic] = std::move(families);
    m_impl->forget();
}

std::shared_ptr<const Face> FontLibrary::find(const FaceQuery& query) const
{
    const auto& matches = m_impl->matching(query);
    return matches.empty() ? nullptr : matches.front();
}

std::shared_ptr<const Face> FontLibrary::findFor(char32_t codePoint, const FaceQuery& query) const
{
    const auto& matches = m_impl->matching(query);
    for (const auto& face : matches) {
        if (face->covers(codePoint))
            return face;
    }
    Impl::FaceRef best;
    for (const auto& face : m_impl->faces) {
        if (face->covers(codePoint) && (!best || rank(*face, query) < rank(*best, query)))
            best = face;
    }
    if (best)
        return m_impl->set(best, query);
    return matches.empty() ? nullptr : matches.front();
}

} // namespace tessera::text
