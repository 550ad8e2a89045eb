#include "filter_color.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tessera::cpu {
namespace {

using Table = std::array<std::uint8_t, 256>;

template <class Curve> Table tableOf(Curve curve)
{
    Table table{};
    for (std::size_t i = 0; i < 256; ++i)
        table[i] = static_cast<std::uint8_t>(std::lround(std::clamp(curve(static_cast<double>(i) / 255), 0.0, 1.0) * 255));
    return table;
}

double toLinear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }
double toEncoded(double c) { return c <= 0.0031308 ? c * 12.92 : 1.055 * std::pow(c, 1 / 2.4) - 0.055; }

const Table& curveTo(ColorSpace space)
{
    static const Table linear = tableOf(toLinear), encoded = tableOf(toEncoded);
    return space == ColorSpace::linear ? linear : encoded;
}

/// 255 / a in 1/65536, for a of 0 none.
const std::array<std::uint32_t, 256>& reciprocals()
{
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> t{};
        for (std::uint32_t a = 1; a < 256; ++a)
            t[a] = (255 * 65536 + a / 2) / a;
        return t;
    }();
    return table;
}

Pixel mapped(Pixel p, const Table& table) { return packed(table[p & 255], table[(p >> 8) & 255], table[(p >> 16) & 255], p >> 24); }

double transferred(const document::TransferFunction& f, double c)
{
    using Kind = document::TransferFunction::Kind;
    const auto& v = f.values;
    switch (f.kind) {
    case Kind::table: {
        const std::size_t n = v.size() - 1;
        const auto k = std::min(static_cast<std::size_t>(c * static_cast<double>(n)), n);
        return k == n ? v[n] : v[k] + (c * static_cast<double>(n) - static_cast<double>(k)) * (v[k + 1] - v[k]);
    }
    case Kind::discrete:
        return v[std::min(static_cast<std::size_t>(c * static_cast<double>(v.size())), v.size() - 1)];
    case Kind::linear:
        return v[0] * c + v[1];
    case Kind::gamma:
        return v[0] * std::pow(c, v[1]) + v[2];
    case Kind::identity:
        break;
    }
    return c;
}

Table tableOf(const document::TransferFunction& f)
{
    return tableOf([&](double c) {
        const double value = transferred(f, c);
        return value == value ? value : 0; // NaN: 0 to a negative power, times 0
    });
}

} // namespace

Pixel unpremultiplied(Pixel p)
{
    const std::uint32_t a = p >> 24;
    if (a == 255 || a == 0)
        return a == 0 ? 0 : p;
    const std::uint32_t k = reciprocals()[a];
    const auto channel = [&](int i) { return std::min(255u, (channelOf(p, i) * k + 32768) >> 16); };
    return packed(channel(0), channel(1), channel(2), a);
}

Pixel premultiplied(Pixel p) { return scaled(p | 0xff000000, p >> 24); }

void convert(PixelView picture, ColorSpace from, ColorSpace to)
{
    if (from == to)
        return;
    const Table& table = curveTo(to);
    for (std::size_t i = 0; i < picture.count(); ++i) {
        Pixel& p = picture.pixels[i];
        if (p >> 24 == 255)
            p = mapped(p, table);
        else if (p >> 24 != 0)
            p = premultiplied(mapped(unpremultiplied(p), table));
    }
}

Pixel toPixel(const Color& color, ColorSpace space)
{
    const Pixel p = packed(toByte(color.r), toByte(color.g), toByte(color.b), toByte(color.a));
    return premultiplied(space == ColorSpace::linear ? mapped(p, curveTo(space)) : p);
}

void applyMatrix(PixelView picture, const document::ColorMatrixFilter& matrix)
{
    std::array<float, 20> m{};
    std::transform(matrix.rows.begin(), matrix.rows.end(), m.begin(), [](double v) { return static_cast<float>(v); });
    for (std::size_t i = 0; i < picture.count(); ++i) {
        const Pixel p = unpremultiplied(picture.pixels[i]);
        const float in[4] = {static_cast<float>(p & 255) / 255, static_cast<float>((p >> 8) & 255) / 255,
                             static_cast<float>((p >> 16) & 255) / 255, static_cast<float>(p >> 24) / 255};
        const auto row = [&](std::size_t r) {
            return toByte(m[r] * in[0] + m[r + 1] * in[1] + m[r + 2] * in[2] + m[r + 3] * in[3] + m[r + 4]);
        };
        picture.pixels[i] = premultiplied(packed(row(0), row(5), row(10), row(15)));
    }
}

void applyTransfer(PixelView picture, const document::ComponentTransferFilter& transfer)
{
    const std::array<Table, 4> tables{tableOf(transfer.channels[0]), tableOf(transfer.channels[1]), tableOf(transfer.channels[2]),
                                      tableOf(transfer.channels[3])};
    for (std::size_t i = 0; i < picture.count(); ++i) {
        const Pixel p = unpremultiplied(picture.pixels[i]);
        picture.pixels[i] =
            premultiplied(packed(tables[0][p & 255], tables[1][(p >> 8) & 255], tables[2][(p >> 16) & 255], tables[3][p >> 24]));
    }
}

} // namespace tessera::cpu
