#include "gradient.h"

#include <algorithm>
#include <limits>

namespace tessera::cpu {

GradientRamp::GradientRamp(std::span<const strips::FrameStop> stops, float opacity) : m_opacity(opacity)
{
    constexpr float infinite = std::numeric_limits<float>::infinity();
    const auto flat = [&](float from, float to, const strips::FrameStop& stop) {
        m_pieces.push_back({from, to, 0, Lanes{stop.color[0], stop.color[1], stop.color[2], stop.color[3]}, Lanes{}});
    };
    flat(-infinite, stops.front().offset, stops.front());
    for (std::size_t i = 1; i < stops.size(); ++i) {
        const strips::FrameStop &a = stops[i - 1], &b = stops[i];
        if (!(b.offset > a.offset))
            continue;
        Piece piece{a.offset, b.offset, a.offset, {}, {}};
        for (int c = 0; c < 4; ++c) {
            piece.base[c] = a.color[c];
            piece.slope[c] = (b.color[c] - a.color[c]) / (b.offset - a.offset);
        }
        m_pieces.push_back(piece);
    }
    flat(stops.back().offset, infinite, stops.back());
}

/// NaN, of a transform that overflows, takes the first piece.
void GradientRamp::find(float t)
{
    const auto found = std::find_if(m_pieces.begin(), m_pieces.end(), [t](const Piece& p) { return t >= p.from && t < p.to; });
    if (found != m_pieces.end())
        m_last = static_cast<std::size_t>(found - m_pieces.begin());
    else
        m_last = t > 0 ? m_pieces.size() - 1 : 0;
}

} // namespace tessera::cpu
