#include "item.h"

#include <algorithm>
#include <new>

namespace tessera::crdt {
namespace {

constexpr std::size_t maxBlockBytes = std::size_t{1} << 18;

constexpr std::size_t sizeOf(bool hasOrigins) { return sizeof(Item) + (hasOrigins ? sizeof(Origins) : 0); }

} // namespace

void* ItemPool::take(bool hasOrigins)
{
    if (Free* free = m_free[hasOrigins]) {
        m_free[hasOrigins] = free->next;
        return free;
    }
    const std::size_t size = sizeOf(hasOrigins);
    if (static_cast<std::size_t>(m_end - m_next) < size) {
        m_blocks.push_back(std::make_unique_for_overwrite<std::byte[]>(m_blockBytes));
        m_next = m_blocks.back().get();
        m_end = m_next + m_blockBytes;
        m_blockBytes = std::min(m_blockBytes * 2, maxBlockBytes);
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
