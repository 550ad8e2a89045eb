#include <cstdlib>

#include <core/service/http.h>
#include <core/service/listen_address.h>

// A request target that splits gives an absolute path without NUL; text of any kind becomes one JSON string.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::service;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    RequestHead head;
    if (splitTarget(text, head) && (head.path.front() != '/' || head.path.find('\0') != std::string::npos))
        std::abort();
    for (const char c : escapedJson(text))
        if (static_cast<unsigned char>(c) < 0x20)
            std::abort();
    static_cast<void>(parseListenAddress(text));
    return 0;
}
