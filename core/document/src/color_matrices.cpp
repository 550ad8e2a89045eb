#include <cmath>
#include <numbers>

#include <core/document/filter.h>

namespace tessera::document {
namespace {

using Rgb = std::array<double, 9>;

ColorMatrixFilter ofRgb(const Rgb& m)
{
    return {{m[0], m[1], m[2], 0, 0, m[3], m[4], m[5], 0, 0, m[6], m[7], m[8], 0, 0, 0, 0, 0, 1, 0}};
}

/// From `whole` where amount is 1 to the identity where it is 0.
ColorMatrixFilter mixed(const Rgb& whole, double amount)
{
    Rgb m = whole;
    for (std::size_t i = 0; i < 9; ++i)
        m[i] = whole[i] * amount + (i % 4 == 0 ? 1 - amount : 0);
    return ofRgb(m);
}

} // namespace

ColorMatrixFilter saturateMatrix(double amount)
{
    return mixed({0.213, 0.715, 0.072, 0.213, 0.715, 0.072, 0.213, 0.715, 0.072}, 1 - amount);
}

ColorMatrixFilter hueRotateMatrix(double degrees)
{
    const double radians = degrees * std::numbers::pi / 180, c = std::cos(radians), s = std::sin(radians);
    return ofRgb({0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715, 0.072 - c * 0.072 + s * 0.928,
                  0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.140, 0.072 - c * 0.072 - s * 0.283,
                  0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715, 0.072 + c * 0.928 + s * 0.072});
}

ColorMatrixFilter luminanceToAlphaMatrix() { return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.2125, 0.7154, 0.0721, 0, 0}}; }

ColorMatrixFilter sepiaMatrix(double amount)
{
    return mixed({0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131}, amount);
}

ColorMatrixFilter grayscaleMatrix(double amount)
{
    return mixed({0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722}, amount);
}

} // namespace tessera::document
