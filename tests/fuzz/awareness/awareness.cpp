#include <cstdlib>

#include <collab/protocol/awareness.h>
#include <collab/protocol/presence.h>

// An update that decodes survives a round trip, is applied twice to the same effect, and every state in it can be read
// as presence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    using namespace tessera::collab;
    const ByteView update{data, size};
    const auto entries = decodeAwareness(update);
    if (!entries) {
        if (entries.error().offset > size)
            std::abort();
        return 0;
    }
    const auto again = decodeAwareness(encodeAwareness(*entries));
    if (!again || *again != *entries)
        std::abort();
    const ManualClock clock;
    Awareness awareness{clock, crdt::ClientId{1}};
    awareness.setLocalState("{}");
    awareness.applyEntries(*entries);
    const auto states = awareness.states();
    awareness.applyEntries(*entries);
    if (awareness.states() != states || !awareness.localState())
        std::abort();
    for (const auto& [client, state] : states) {
        const auto presence = parsePresence(state);
        if (!presence || *parsePresence(toJson(*presence)) != *parsePresence(toJson(*parsePresence(toJson(*presence)))))
            std::abort();
    }
    return 0;
}
