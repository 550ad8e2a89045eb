#include <cstdlib>

#include <core/base/bytes.h>
#include <relay/rooms/token.h>

// No text that the key did not sign verifies, and a payload that reads is written back to one that reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    using namespace tessera::relay;
    static const TokenKey key{TokenKey::Seed{1, 2, 3}};
    const std::string_view text = asText({data, size});
    if (key.verify(text, 0))
        std::abort(); // nothing in the corpus is signed with this key
    if (const auto claims = parseClaims(text)) {
        const auto again = parseClaims(formatClaims(*claims));
        if (!again || *again != *claims)
            std::abort();
        const auto verified = key.verify(key.issue(*claims), 0);
        if (!verified || *verified != *claims)
            std::abort();
    }
    return 0;
}
