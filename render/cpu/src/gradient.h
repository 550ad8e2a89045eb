#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "pixel_source.h"

namespace tessera::cpu {

/// Colour of a gradient at t, prepared per paint: one straight line of colour per piece between stops.
class GradientRamp
{
public:
    GradientRamp(std::span<const strips::FrameStop> stops, float opacity);

    /// Remembers the piece of the last call: neighbours nearly always share it.
    [[nodiscard]] Pixel at(float t)
    {
        const Piece* piece = m_pieces.data() + m_last;
        if (!(t >= piece->from && t < piece->to)) {
            find(t);
            piece = m_pieces.data() + m_last;
        }
        const float d = t - piece->origin;
        const float alpha = (piece->base[3] + piece->slope[3] * d) * m_opacity;
        const float k = alpha * 255;
        Pixel p = static_cast<Pixel>(k + 0.5f) << 24;
        for (int i = 0; i < 3; ++i)
            p |= static_cast<Pixel>(std::min(piece->base[i] + piece->slope[i] * d, 1.0f) * k + 0.5f) << (8 * i);
        return p;
    }

private:
    struct Piece {
        float from, to;   ///< t within [from, to); the outer ones reach to infinity
        float origin;     ///< t of `base`
        float base[4];    ///< unpremultiplied
        float slope[4];   ///< per unit of t
    };
    void find(float t);

    std::vector<Piece> m_pieces;
    std::size_t m_last = 0;
    float m_opacity;
};

} // namespace tessera::cpu
