// A position that reads, as bytes or as JSON, is written and read back as the same one, and a document says where it is.
#include <cstdint>
#include <cstdlib>

#include <core/crdt/doc.h>
#include <core/crdt/relative_position.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

void check(const RelativePosition& position)
{
    if (!(relativePositionOfJson(toJsonForm(position)) == position))
        std::abort();
    Doc doc({.clientId = ClientId{1}});
    doc.transact({}, [&](Transaction& t) {
        doc.text("t").insert(t, 0, "abc");
        doc.text("t").remove(t, 1, 1);
        doc.array("a").push(t, {Any(1), NewType{.kind = TypeKind::text, .text = "in"}});
    });
    const auto at = resolve(doc, position);
    if (at && at->index > 3)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (const auto position = decodeRelativePosition({data, size})) {
        const auto again = decodeRelativePosition(encodeRelativePosition(position.value()));
        if (!again || !(again.value() == position.value()))
            std::abort();
        check(position.value());
    }
    const auto json = parseJson(asText({data, size}));
    if (const auto position = json ? relativePositionOfJson(json.value()) : std::nullopt)
        check(*position);
    return 0;
}
