#include "coverage_cache.h"

#include <bit>

namespace tessera::strips {

namespace {

constexpr std::size_t maxBytes = 64u << 20;

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

const Coverage* CoverageCache::find(const CoverageKey& key)
{
    const auto found = m_entries.find(key);
    if (found == m_entries.end())
        return nullptr;
    found->second.lastUse = m_frame;
    return &found->second.coverage;
}

const Coverage& CoverageCache::put(CoverageKey key, Coverage coverage)
{
    coverage.spans.shrink_to_fit();
    coverage.alphas.shrink_to_fit();
    m_bytes += bytesOf(coverage);
    return m_entries.insert_or_assign(std::move(key), Entry{std::move(coverage), m_frame}).first->second.coverage;
}

} // namespace tessera::strips
