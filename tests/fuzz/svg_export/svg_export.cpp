#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <core/base/random.h>
#include <core/formats/svg_import.h>
#include <render/export/svg_export.h>

using namespace tessera;

namespace {

class NoAssets final : public exports::AssetSource
{
    std::optional<Bytes> bytes(const ContentHash&) override { return std::nullopt; }
};

} // namespace

/// Whatever imports is exported as a file that imports again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const formats::SvgLimits limits{.maxBytes = 1 << 16, .maxElements = 500, .maxDepth = 64};
    const auto imported = formats::importSvg({data, size}, "fuzz", limits);
    if (!imported)
        return 0;
    SeededRandom random(1);
    const auto document = document::Document::createBlank(random, "fuzz");
    if (!document::apply(*document, formats::toCommands(*imported, {document->tree().pages.front(), {}}, random), "fuzz"))
        return 0;
    text::FontLibrary fonts;
    NoAssets assets;
    const auto made = exports::exportSvg(*document, fonts, assets);
    if (!made)
        return 0;
    const auto again = formats::importSvg({reinterpret_cast<const std::uint8_t*>(made->text.data()), made->text.size()}, "again");
    if (!again && again.error().code != formats::ImportErrc::tooComplex)
        std::abort();
    return 0;
}
