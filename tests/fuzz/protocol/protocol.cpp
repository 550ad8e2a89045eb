#include <cstdlib>

#include <collab/protocol/message.h>
#include <collab/protocol/share_link.h>

// A frame that decodes encodes to a frame that decodes to the same; an error lies inside the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    using namespace tessera::collab;
    const ByteView frame{data, size};
    if (const auto message = decodeMessage(frame)) {
        const Bytes again = encodeMessage(*message);
        const auto decoded = decodeMessage(again);
        if (!decoded || decoded->index() != message->index() || encodeMessage(*decoded) != again)
            std::abort();
    } else if (message.error().offset > size) {
        std::abort();
    }
    if (const auto link = parseShareLink(asText(frame))) {
        const auto again = parseShareLink(formatShareLink(*link));
        if (!again || *again != *link)
            std::abort();
    }
    return 0;
}
