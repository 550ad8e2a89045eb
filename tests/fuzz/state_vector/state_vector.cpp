// A state vector that reads is written and read back as the same one, and a document answers it.
#include <cstdint>
#include <cstdlib>

#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto decoded = decodeStateVector({data, size});
    if (!decoded)
        return 0;
    const auto again = decodeStateVector(encodeStateVector(decoded.value()));
    if (!again || again.value() != decoded.value())
        std::abort();
    Doc doc({.clientId = ClientId{1}});
    doc.transact({}, [&](Transaction& t) { doc.text("t").insert(t, 0, "a\U0001F600b"); });
    if (!inspectUpdate(doc.encodeStateAsUpdate(decoded.value())))
        std::abort();
    return 0;
}
