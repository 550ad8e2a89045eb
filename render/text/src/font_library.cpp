#include <render/text/font_library.h>

#include "face.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace tessera::text {

namespace {

constexpr std::size_t maxFontBytes = 64u << 20;

std::string lowered(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

/// Smaller is better. Slant counts more than weight: a wrong slant is the more visible mistake.
int distance(const Face& face, const FaceQuery& query)
{
    return std::abs(face.weight() - query.weight) + (face.isItalic() != query.italic ? 2000 : 0);
}

} // namespace

struct FontLibrary::Impl {
    std::vector<std::shared_ptr<const HarfBuzzFace>> faces;
};

FontLibrary::FontLibrary() : m_impl(std::make_unique<Impl>()) {}
FontLibrary::~FontLibrary() = default;

Result<void, FontError> FontLibrary::add(Bytes bytes, std::string_view name)
{
    if (bytes.size() > maxFontBytes)
        return fail(FontError{FontErrc::tooLarge, std::string(name), std::to_string(bytes.size()) + " bytes"});
    TESSERA_TRY(face, HarfBuzzFace::create(std::move(bytes), name));
    m_impl->faces.push_back(std::move(face));
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

std::shared_ptr<const Face> FontLibrary::find(const FaceQuery& query) const
{
    const std::string family = lowered(query.family);
    std::shared_ptr<const Face> best;
    int bestDistance = 0;
    for (const auto& face : m_impl->faces) {
        const int d = distance(*face, query) + (lowered(face->family()) != family ? 10000 : 0);
        if (!best || d < bestDistance)
            best = face, bestDistance = d;
    }
    return best;
}

std::shared_ptr<const Face> FontLibrary::findFor(char32_t codePoint, const FaceQuery& query) const
{
    auto match = find(query);
    if (!match || match->covers(codePoint))
        return match;
    std::shared_ptr<const Face> best;
    for (const auto& face : m_impl->faces) {
        if (face->covers(codePoint) && (!best || distance(*face, query) < distance(*best, query)))
            best = face;
    }
    return best ? best : match;
}

} // namespace tessera::text
