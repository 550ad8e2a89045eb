#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <core/formats/penpot_import.h>

#include "zip_writer.h"

namespace {

/// The text form of an archive: "@name" lines, each followed by the entry's content. Mutations reach the JSON that way; in a
/// zip they would break its checksum.
std::string archiveOf(std::string_view text)
{
    tessera::testing::ZipWriter zip;
    for (int entries = 0; !text.empty() && entries < 200; ++entries) {
        const std::string_view name = text.substr(1, text.find('\n') - 1);
        text.remove_prefix(std::min(text.size(), name.size() + 2));
        const std::size_t end = text.find("\n@");
        zip.add(name.substr(0, 200), text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return zip.take();
}

} // namespace

/// Any bytes import or give an error; small limits keep one input quick. What begins with '@' is packed first.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::formats;
    const PenpotLimits limits{.maxBytes = 1 << 17, .maxEntries = 300, .maxEntryBytes = 1 << 16, .maxUnpackedBytes = 1 << 18, .maxShapes = 300, .maxDepth = 32};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::string packed = text.starts_with('@') && size < (1 << 16) ? archiveOf(text) : std::string(text);
    const auto result = importPenpot(tessera::asBytes(packed), "fuzz", limits);
    if (!result && describe(result.error()).empty())
        std::abort();
    return 0;
}
