#include "blend.h"

#include <cstring>

namespace tessera::cpu {

namespace {

// Vector types of both compilers; on x86-64 they become SSE2, on ARM NEON, in WebAssembly SIMD128.
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Words4 = std::uint32_t __attribute__((vector_size(16)));
using Halves8 = std::uint16_t __attribute__((vector_size(16)));
constexpr std::size_t lanes = 4;

Words4 load(const std::uint32_t* from)
{
    Words4 v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

void store(Pixel* to, Words4 v) { std::memcpy(to, &v, sizeof v); }

Words4 broadcast(std::uint32_t v) { return Words4{v, v, v, v}; }

/// Each pixel's byte, 0..255 in a word, in all four of its bytes.
Words4 repeated(Words4 v)
{
    v |= v << 8;
    return v | v << 16;
}

/// Bytewise a * b / 255, rounded. Even and odd bytes are multiplied as 16-bit halves.
Words4 product(Words4 a, Words4 b)
{
    const auto half = [](Words4 v) { return reinterpret_cast<Halves8>(v); };
    const Words4 low = broadcast(0x00ff00ff);
    Halves8 even = half(a & low) * half(b & low) + 128;
    Halves8 odd = half((a >> 8) & low) * half((b >> 8) & low) + 128;
    even = (even + (even >> 8)) >> 8;
    odd = odd + (odd >> 8);
    return reinterpret_cast<Words4>(even) | (reinterpret_cast<Words4>(odd) & broadcast(0xff00ff00));
}

/// Channels never carry: a premultiplied channel is at most its alpha.
Words4 overFour(Words4 source, Words4 below) { return source + product(below, repeated(broadcast(255) - (source >> 24))); }

Words4 alphasOf(RowAlphas alphas, std::size_t x)
{
    return repeated((load(alphas.columns + x) >> (8 * alphas.row)) & broadcast(255));
}

/// Runs `four` on whole groups and `one` on the rest.
template <class Four, class One> void forRow(std::size_t count, Four four, One one)
{
    std::size_t x = 0;
    for (; x + lanes <= count; x += lanes)
        four(x);
    for (; x < count; ++x)
        one(x);
}

} // namespace

void blendColor(Pixel* out, std::size_t count, Pixel color)
{
    const Words4 source = broadcast(color), rest = repeated(broadcast(255 - (color >> 24)));
    forRow(
        count, [&](std::size_t x) { store(out + x, source + product(load(out + x), rest)); },
        [&](std::size_t x) { out[x] = over(color, out[x]); });
}

void blendColor(Pixel* out, std::size_t count, Pixel color, RowAlphas alphas)
{
    const Words4 source = broadcast(color);
    forRow(
        count, [&](std::size_t x) { store(out + x, overFour(product(source, alphasOf(alphas, x)), load(out + x))); },
        [&](std::size_t x) { out[x] = over(scaled(color, alphas.at(x)), out[x]); });
}

void blendPixels(Pixel* out, std::size_t count, const Pixel* source)
{
    forRow(
        count, [&](std::size_t x) { store(out + x, overFour(load(source + x), load(out + x))); },
        [&](std::size_t x) { out[x] = over(source[x], out[x]); });
}

void blendPixels(Pixel* out, std::size_t count, const Pixel* source, RowAlphas alphas)
{
    forRow(
        count,
        [&](std::size_t x) { store(out + x, overFour(product(load(source + x), alphasOf(alphas, x)), load(out + x))); },
        [&](std::size_t x) { out[x] = over(scaled(source[x], alphas.at(x)), out[x]); });
}

void blendPixels(Pixel* out, std::size_t count, const Pixel* source, std::uint32_t opacity)
{
    const Words4 factor = repeated(broadcast(opacity));
    forRow(
        count, [&](std::size_t x) { store(out + x, overFour(product(load(source + x), factor), load(out + x))); },
        [&](std::size_t x) { out[x] = over(scaled(source[x], opacity), out[x]); });
}

} // namespace tessera::cpu
