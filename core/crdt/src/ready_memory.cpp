#include "ready_memory.h"

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace tessera::crdt {

void makeReady([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes)
{
#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
    constexpr std::uintptr_t pageBytes = 4096;
    constexpr std::size_t worthFrom = 8 * pageBytes;
    const auto address = reinterpret_cast<std::uintptr_t>(begin);
    const std::uintptr_t first = (address + pageBytes - 1) / pageBytes * pageBytes;
    const std::uintptr_t last = (address + bytes) / pageBytes * pageBytes;
    if (bytes >= worthFrom)
        ::madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_WRITE);
#endif
}

} // namespace tessera::crdt
