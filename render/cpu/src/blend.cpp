#include "blend.h"

#include <cstring>

namespace tessera::cpu {

namespace {

// Vector types of both compilers; on x86-64 they become SSE2, on ARM NEON, in WebAssembly SIMD128.
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Words4 = std::uint32_t __attribute__((vector_size(16)));
using Halves8 = std::uint16_t __attribute__((vector_size(16)));
constexpr std::size_t rows = 4;

Words4 load(const Pixel* from)
{
    Words4 v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

void store(Pixel* to, Words4 v) { std::memcpy(to, &v, sizeof v); }

Words4 broadcast(std::uint32_t v) { return Words4{v, v, v, v}; }

/// A factor of 0..255 for each pixel, in both halves of its word.
Halves8 inBothHalves(Words4 v) { return reinterpret_cast<Halves8>(v | v << 16); }

/// A column's coverage: byte i for pixel i.
Halves8 factorsOf(std::uint32_t alphas)
{
    const Bytes16 bytes = reinterpret_cast<Bytes16>(Words4{alphas}), zero{};
    const auto halves = reinterpret_cast<Halves8>(__builtin_shufflevector(bytes, zero, 0, 16, 1, 17, 2, 18, 3, 19, 0, 16, 1, 17, 2, 18, 3, 19));
    return __builtin_shufflevector(halves, halves, 0, 0, 1, 1, 2, 2, 3, 3);
}

/// Each pixel's bytes times its factor / 255, rounded. Even and odd bytes are multiplied as 16-bit halves.
Words4 product(Words4 pixels, Halves8 factors)
{
    const auto half = [](Words4 v) { return reinterpret_cast<Halves8>(v); };
    const Words4 low = broadcast(0x00ff00ff);
    Halves8 even = half(pixels & low) * factors + 128;
    Halves8 odd = half((pixels >> 8) & low) * factors + 128;
    even = (even + (even >> 8)) >> 8;
    odd = odd + (odd >> 8);
    return reinterpret_cast<Words4>(even) | (reinterpret_cast<Words4>(odd) & broadcast(0xff00ff00));
}

/// Channels never carry: a premultiplied channel is at most its alpha.
Words4 over(Words4 source, Words4 below) { return source + product(below, inBothHalves(broadcast(255) - (source >> 24))); }

} // namespace

void blendColor(Pixel* out, std::size_t columns, Pixel color)
{
    const Words4 source = broadcast(color);
    const Halves8 rest = inBothHalves(broadcast(255 - (color >> 24)));
    for (const Pixel* end = out + columns * rows; out != end; out += rows)
        store(out, source + product(load(out), rest));
}

void blendColor(Pixel* out, std::size_t columns, Pixel color, const std::uint32_t* alphas)
{
    const Words4 source = broadcast(color);
    for (const Pixel* end = out + columns * rows; out != end; out += rows)
        store(out, over(product(source, factorsOf(*alphas++)), load(out)));
}

void blendPixels(Pixel* out, std::size_t columns, const Pixel* source)
{
    for (const Pixel* end = out + columns * rows; out != end; out += rows, source += rows)
        store(out, over(load(source), load(out)));
}

void blendPixels(Pixel* out, std::size_t columns, const Pixel* source, const std::uint32_t* alphas)
{
    for (const Pixel* end = out + columns * rows; out != end; out += rows, source += rows)
        store(out, over(product(load(source), factorsOf(*alphas++)), load(out)));
}

void blendPixels(Pixel* out, std::size_t columns, const Pixel* source, std::uint32_t opacity)
{
    const Halves8 factor = inBothHalves(broadcast(opacity));
    for (const Pixel* end = out + columns * rows; out != end; out += rows, source += rows)
        store(out, over(product(load(source), factor), load(out)));
}

} // namespace tessera::cpu
