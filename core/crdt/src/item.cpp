#include "item.h"

#include <algorithm>
#include <new>

#include "ready_memory.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace tessera::crdt {
namespace {

constexpr std::size_t firstBlockBytes = 1024;
constexpr std::size_t maxBlockBytes = std::size_t{1} << 18;
/// A document that fills this many bytes gets blocks of whole huge pages: items are reached in no order, and every
/// small page among them costs a walk through the page tables.
constexpr std::size_t hugeFrom = std::size_t{1} << 22;
constexpr std::size_t hugeBytes = std::size_t{1} << 21;

} // namespace

void ItemPool::addBlock()
{
    const bool isHuge = m_totalBytes >= hugeFrom;
    const std::size_t wanted = std::max({m_expectedBytes, m_totalBytes, firstBlockBytes});
    const std::size_t bytes = isHuge ? hugeBytes : std::min(wanted, maxBlockBytes);
    const std::size_t alignment = isHuge ? hugeBytes : alignof(Item);
    auto* block = static_cast<std::byte*>(::operator new(bytes, std::align_val_t(alignment)));
#ifdef __linux__
    if (isHuge)
        ::madvise(block, bytes, MADV_HUGEPAGE); // a wish: nothing depends on it
#endif
    m_blocks.emplace_back(block, FreeBlock{alignment});
    m_totalBytes += bytes;
    m_next = block;
    m_end = block + bytes;
    if (!isHuge)
        makeReady(block, std::min(bytes, m_expectedBytes));
    m_expectedBytes -= std::min(m_expectedBytes, bytes);
}

void ItemPool::release(Item* item)
{
    const bool hasOrigins = item->hasOrigins;
    item->~Item();
    m_free[hasOrigins] = new (item) Free{m_free[hasOrigins]};
}

} // namespace tessera::crdt
