#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <core/formats/excalidraw_import.h>

/// Any bytes import or give an error; small limits keep one input quick.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::formats;
    const auto result = importExcalidraw({data, size}, "fuzz", {.maxBytes = 1 << 16, .maxElements = 500, .maxPoints = 20'000});
    if (!result && describe(result.error()).empty())
        std::abort();
    return 0;
}
