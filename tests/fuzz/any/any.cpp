// Values: lib0 bytes and JSON text that read are written and read back as the same value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <core/crdt/any.h>

using namespace tessera;
using namespace tessera::crdt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    ByteReader reader({data, size});
    if (const auto value = readAny(reader)) {
        ByteWriter writer;
        writeAny(writer, value.value());
        ByteReader second(writer.bytes());
        const auto again = readAny(second);
        if (!again || !(again.value() == value.value()) || !second.atEnd())
            std::abort();
        if (!parseJson(toJson(value.value())))
            std::abort();
    }
    if (const auto value = parseJson({reinterpret_cast<const char*>(data), size})) {
        const std::string text = toJson(value.value());
        const auto again = parseJson(text);
        if (!again || toJson(again.value()) != text)
            std::abort();
    }
    return 0;
}
