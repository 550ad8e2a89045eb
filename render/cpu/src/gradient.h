#pragma once

#include <cstring>
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
        const Lanes color = piece->base + piece->slope * (t - piece->origin);
        const float k = color[3] * m_opacity * 255;
        Lanes level = color * k;
        level[3] = k;
        const auto bytes = __builtin_convertvector(__builtin_convertvector(level + 0.5f, Ints), Bytes);
        Pixel p;
        std::memcpy(&p, &bytes, sizeof p);
        return p;
    }

private:
    // Vector types of both compilers: the four channels of a pixel at once.
    using Lanes = float __attribute__((vector_size(16)));
    using Ints = std::int32_t __attribute__((vector_size(16)));
    using Bytes = std::uint8_t __attribute__((vector_size(4)));
    struct Piece {
        float from, to;   ///< t within [from, to); the outer ones reach to infinity
        float origin;     ///< t of `base`
        Lanes base;       ///< unpremultiplied
        Lanes slope;      ///< per unit of t
    };
    void find(float t);

    std::vector<Piece> m_pieces;
    std::size_t m_last = 0;
    float m_opacity;
};

} // namespace tessera::cpu
