#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include <core/document/node.h>
#include <render/strips/coverage.h>

namespace tessera::strips {

/// What decides the coverage of a shape: its geometry, how it lies on the pixel grid, and its pen.
struct CoverageKey {
    std::shared_ptr<const void> geometry; ///< by address; held, so that no other geometry takes the address
    double linear[4]{};                   ///< a, b, c, d of local to device
    int phaseX{};                         ///< translation within a pixel, 1/256 px
    int phaseY{};                         ///< translation within a strip, 1/256 px
    PixelRect area;                       ///< device area less the whole-pixel part of the translation
    document::FillRule rule{};
    bool stroked = false;
    document::StrokeStyle style;          ///< when stroked
    friend bool operator==(const CoverageKey&, const CoverageKey&) = default;
};

/// Coverage by key, made once and used while it stays in place or moves by whole pixels. Bounded in bytes: over the bound,
/// what the last frame did not use goes first, then all.
class CoverageCache
{
public:
    void beginFrame();
    void clear();
    /// Null: not here. Valid until the next offer() or beginFrame().
    [[nodiscard]] const Coverage* find(const CoverageKey& key);
    /// Keeps a copy when the key is offered a second time: what is drawn once, as while zooming, costs no copy.
    void offer(CoverageKey key, const Coverage& coverage);

private:
    [[nodiscard]] bool seenBefore(std::uint64_t hash);
    struct Hash {
        std::size_t operator()(const CoverageKey& key) const noexcept;
    };
    struct Entry {
        Coverage coverage;
        std::uint64_t lastUse{};
    };
    std::unordered_map<CoverageKey, Entry, Hash> m_entries;
    std::vector<std::array<std::uint32_t, 4>> m_seen; ///< what was offered once, by hash
    std::uint64_t m_frame = 0;
    std::size_t m_bytes = 0;
};

} // namespace tessera::strips
