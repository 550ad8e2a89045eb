// A delete set that reads, in either format, is written and read back as the same one; an error lies inside it.
// The input is the delete set alone; in front of it go the bytes of an update without structs.
#include <cstdint>
#include <cstdlib>

#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

void readAndWrite(ByteView set, UpdateFormat format, Bytes update)
{
    const std::size_t start = update.size();
    update.insert(update.end(), set.begin(), set.end());
    const auto summary = inspectUpdate(update, format);
    if (!summary) {
        if (summary.error().offset < start || summary.error().offset > update.size())
            std::abort();
        return;
    }
    for (const UpdateFormat to : {UpdateFormat::v1, UpdateFormat::v2}) {
        const auto written = convertUpdate(update, format, to);
        const auto again = inspectUpdate(written.value(), to);
        if (!again || again->deletedUnits != summary->deletedUnits || !again->to.empty())
            std::abort();
        if (convertUpdate(written.value(), to, to).value() != written.value())
            std::abort();
    }
    Doc doc({.clientId = ClientId{1}});
    doc.transact({}, [&](Transaction& t) { doc.text("t").insert(t, 0, "a\U0001F600b"); });
    if (!doc.applyUpdate(convertUpdate(update, format, UpdateFormat::v1).value()) || !inspectUpdate(doc.encodeStateAsUpdate()))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    readAndWrite({data, size}, UpdateFormat::v1, {0});
    readAndWrite({data, size}, UpdateFormat::v2, {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0});
    return 0;
}
