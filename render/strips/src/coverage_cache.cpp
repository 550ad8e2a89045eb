#include "coverage_cache.h"

#include <algorithm>
#include <bit>

namespace tessera::strips {

namespace {

constexpr std::size_t maxBytes = 64u << 20;
constexpr std::size_t seenRows = 1u << 16; ///< 1 MiB

std::size_t bytesOf(const Coverage& c)
{
    return 200 + c.spans.capacity() * sizeof(Span) + c.alphas.capacity() * sizeof(std::uint32_t);
}

} // namespace

std::size_t CoverageCache::Hash::operator()(const CoverageKey& key) const noexcept
{
    std::uint64_t h = reinterpret_cast<std::uintptr_t>(key.geometry.get());
    const auto mix = [&h](std::uint64_t v) { h = (h ^ v) * 0x9e3779b97f4a7c15u, h ^= h >> 32; };
    for (double v : key.linear)
        mix(std::bit_cast<std::uint64_t>(v));
    mix(static_cast<std::uint64_t>(key.phaseX) << 32 | static_cast<std::uint32_t>(key.phaseY));
    mix(static_cast<std::uint64_t>(key.area.x0) << 32 | static_cast<std::uint32_t>(key.area.y0));
    mix(static_cast<std::uint64_t>(key.area.x1) << 32 | static_cast<std::uint32_t>(key.area.y1));
    mix(key.stroked ? std::bit_cast<std::uint64_t>(key.style.width) : static_cast<std::uint64_t>(key.rule));
    return static_cast<std::size_t>(h);
}

void CoverageCache::beginFrame()
{
    if (m_bytes > maxBytes) {
        std::erase_if(m_entries, [this](const auto& entry) {
            const bool old = entry.second.lastUse != m_frame;
            m_bytes -= old ? bytesOf(entry.second.coverage) : 0;
            return old;
        });
    }
    if (m_bytes > maxBytes)
        m_entries.clear(), m_bytes = 0;
    ++m_frame;
}

void CoverageCache::clear()
{
    m_entries.clear();
    m_bytes = 0;
    std::fill(m_seen.begin(), m_seen.end(), decltype(m_seen)::value_type{});
}

const Coverage* CoverageCache::find(const CoverageKey& key)
{
    if (m_entries.empty())
        return nullptr;
    const auto found = m_entries.find(key);
    if (found == m_entries.end())
        return nullptr;
    found->second.lastUse = m_frame;
    return &found->second.coverage;
}

/// Marks are kept in rows of four; a row that is full loses its oldest.
bool CoverageCache::seenBefore(std::uint64_t hash)
{
    if (m_seen.empty())
        m_seen.resize(seenRows);
    auto& row = m_seen[hash % seenRows];
    const auto mark = static_cast<std::uint32_t>(hash >> 32) | 1; // 0: nothing there yet
    if (std::find(row.begin(), row.end(), mark) != row.end())
        return true;
    std::copy_backward(row.begin(), row.end() - 1, row.end());
    row[0] = mark;
    return false;
}

void CoverageCache::offer(CoverageKey key, const Coverage& coverage)
{
    const std::uint64_t hash = Hash{}(key);
    if (!seenBefore(hash))
        return;
    Coverage kept = coverage;
    kept.spans.shrink_to_fit();
    kept.alphas.shrink_to_fit();
    m_bytes += bytesOf(kept);
    m_entries.insert_or_assign(std::move(key), Entry{std::move(kept), m_frame});
}

} // namespace tessera::strips
