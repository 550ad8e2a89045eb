#include "item.h"

#include <algorithm>
#include <new>

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

constexpr std::size_t sizeOf(bool hasOrigins) { return sizeof(Item) + (hasOrigins ? sizeof(Origins) : 0); }

} // namespace

void ItemPool::addBlock()
{
    const bool isHuge = m_totalBytes >= hugeFrom;
    const std::size_t bytes = isHuge ? hugeBytes : std::min(std::max(m_totalBytes, firstBlockBytes), maxBlockBytes);
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
}

void* ItemPool::take(bool hasOrigins)
{
    if (Free* free = m_free[hasOrigins]) {
        m_free[hasOrigins] = free->next;
        return free;
    }
    const std::size_t size = sizeOf(hasOrigins);
    if (static_cast<std::size_t>(m_end - m_next) < size) {
        addBlock();
    }
    void* taken = m_next;
    m_next += size;
    return taken;
}

Item* ItemPool::make(LocalId origin, LocalId rightOrigin)
{
    const bool hasOrigins = !origin.isNone() || !rightOrigin.isNone();
    void* memory = take(hasOrigins);
    Item* item = new (memory) Item();
    item->hasOrigins = hasOrigins;
    if (hasOrigins)
        new (item + 1) Origins{origin.clock, rightOrigin.clock, origin.client, rightOrigin.client};
    return item;
}

void ItemPool::release(Item* item)
{
    const bool hasOrigins = item->hasOrigins;
    item->~Item();
    m_free[hasOrigins] = new (item) Free{m_free[hasOrigins]};
}

} // namespace tessera::crdt
