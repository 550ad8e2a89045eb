#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <core/formats/svg_import.h>

/// Any bytes import or give an error; small limits keep one input quick.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto result = tessera::formats::importSvg({data, size}, "fuzz", {.maxBytes = 1 << 16, .maxElements = 2000, .maxDepth = 64});
    if (!result && tessera::formats::describe(result.error()).empty())
        std::abort();
    return 0;
}
