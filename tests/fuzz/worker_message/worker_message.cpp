#include <cstdlib>

#include <appliance/workers/messages.h>

// What a worker or a daemon reads from its pipe: a message that reads is written back to one that reads the same,
// however the stream is cut; a request inside it too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    using namespace tessera::appliance;
    const ByteView input{data, size};
    FrameReader whole(maxFrameToWorkerBytes);
    FrameReader pieces(maxFrameToWorkerBytes);
    whole.append(input);
    std::size_t fed = 0;
    for (;;) {
        auto message = whole.next();
        if (!message || !*message)
            break;
        auto piecewise = pieces.next();
        while (piecewise && !*piecewise && fed < size) {
            pieces.append(input.subspan(fed++, 1));
            piecewise = pieces.next();
        }
        if (!piecewise || !*piecewise || **piecewise != **message)
            std::abort();
        const Bytes frame = encodeFrame(**message);
        const auto again = decodeMessage(ByteView(frame).subspan(4));
        if (!again || *again != **message)
            std::abort();
        if (const auto* run = std::get_if<RunJob>(&**message)) {
            if (const auto request = decodeRequest(run->request); request && request->guidance == request->guidance) {
                const auto sameRequest = decodeRequest(encodeRequest(*request));
                if (!sameRequest || *sameRequest != *request)
                    std::abort();
            }
        }
    }
    return 0;
}
