#include "lighting.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::cpu {
namespace {

struct Vector {
    float x, y, z;
};
float dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
float lengthOf(Vector v) { return std::sqrt(dot(v, v)); }
Vector normalized(Vector v)
{
    const float l = lengthOf(v);
    return l > 0 ? Vector{v.x / l, v.y / l, v.z / l} : v;
}
/// Whole exponents by products: the same on every machine.
float power(float base, float exponent)
{
    if (exponent != std::floor(exponent) || !(exponent >= 0 && exponent <= 1024))
        return std::pow(base, exponent);
    float result = 1;
    for (auto rest = static_cast<unsigned>(exponent); rest > 0; rest >>= 1, base *= base)
        result *= rest & 1 ? base : 1;
    return result;
}

/// The light's place in what all kinds share: distant ones have only a direction.
struct Light {
    bool distant = false;
    Vector toLight{0, 0, 1}; ///< distant
    Vector at{};
    bool spot = false;
    Vector axis{};           ///< spot: from the light to what it points at
    float exponent = 1;
    float leastCosine = -1;  ///< spot: at the cone's edge
};

Light lightOf(const document::LightSource& source)
{
    const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
    const auto vector = [](Point p, double z) { return Vector{static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(z)}; };
    Light light;
    if (const auto* distant = std::get_if<document::DistantLight>(&source)) {
        const double a = radians(distant->azimuth), e = radians(distant->elevation);
        light.distant = true;
        light.toLight = vector({std::cos(a) * std::cos(e), std::sin(a) * std::cos(e)}, std::sin(e));
    } else if (const auto* point = std::get_if<document::PointLight>(&source)) {
        light.at = vector(point->at, point->z);
    } else if (const auto* spot = std::get_if<document::SpotLight>(&source)) {
        light.spot = true;
        light.at = vector(spot->at, spot->z);
        light.axis = normalized(vector(spot->pointsAt - spot->at, spot->pointsAtZ - spot->z));
        light.exponent = static_cast<float>(spot->exponent);
        light.leastCosine = spot->coneAngle ? static_cast<float>(std::cos(radians(*spot->coneAngle))) : -1;
    }
    return light;
}

/// How much of the light's colour goes that way.
float brightness(const Light& light, Vector toLight)
{
    if (!light.spot)
        return 1;
    const float along = -dot(toLight, light.axis);
    return along <= 0 || along < light.leastCosine ? 0 : power(along, light.exponent);
}

/// Slopes of the alpha in 1/255, by Sobel's weights; at the edges by what there is of them.
class Surface
{
public:
    explicit Surface(const Picture& in) : m_in(in) {}
    [[nodiscard]] float height(int x, int y) const { return static_cast<float>(m_in.row(y)[x] >> 24); }
    [[nodiscard]] float slopeX(int x, int y) const
    {
        const int left = std::max(x - 1, 0), right = std::min(x + 1, m_in.width() - 1);
        return slope(y, m_in.height(), right - left, [&](int j) { return height(right, j) - height(left, j); });
    }
    [[nodiscard]] float slopeY(int x, int y) const
    {
        const int top = std::max(y - 1, 0), bottom = std::min(y + 1, m_in.height() - 1);
        return slope(x, m_in.width(), bottom - top, [&](int i) { return height(i, bottom) - height(i, top); });
    }

private:
    template <class Difference> [[nodiscard]] static float slope(int at, int size, int distance, Difference difference)
    {
        if (distance == 0)
            return 0;
        float sum = 2 * difference(at), weights = 2;
        if (at > 0)
            sum += difference(at - 1), weights += 1;
        if (at + 1 < size)
            sum += difference(at + 1), weights += 1;
        return sum * 2 / (static_cast<float>(distance) * weights);
    }
    const Picture& m_in;
};

float specularFactor(Vector normal, Vector toLight, float exponent)
{
    const Vector half{toLight.x, toLight.y, toLight.z + 1}; // the eye is straight above
    const float l = lengthOf(half) * lengthOf(normal);
    return l > 0 ? power(std::max(0.0f, dot(normal, half) / l), exponent) : 0;
}

} // namespace

Picture lit(const Picture& in, const document::LightingFilter& lighting, ColorSpace space)
{
    const Light light = lightOf(lighting.light);
    const Surface surface(in);
    const auto scale = static_cast<float>(lighting.surfaceScale / 255), constant = static_cast<float>(lighting.constant),
               exponent = static_cast<float>(lighting.exponent);
    const Pixel color = toPixel({lighting.color.r, lighting.color.g, lighting.color.b, 1}, space);
    const float red = static_cast<float>(color & 255), green = static_cast<float>((color >> 8) & 255),
                blue = static_cast<float>((color >> 16) & 255);
    Picture out(in.width(), in.height());
    for (int y = 0; y < in.height(); ++y) {
        for (int x = 0; x < in.width(); ++x) {
            const Vector normal{-scale * surface.slopeX(x, y), -scale * surface.slopeY(x, y), 1};
            const Vector here{static_cast<float>(x), static_cast<float>(y), scale * surface.height(x, y)};
            const Vector toLight =
                light.distant ? light.toLight : normalized({light.at.x - here.x, light.at.y - here.y, light.at.z - here.z});
            const float shine = lighting.specular ? specularFactor(normal, toLight, exponent) : dot(normal, toLight) / lengthOf(normal);
            const float factor = constant * shine * brightness(light, toLight) / 255;
            const std::uint32_t r = toByte(red * factor), g = toByte(green * factor), b = toByte(blue * factor);
            out.row(y)[x] = packed(r, g, b, lighting.specular ? std::max({r, g, b}) : 255);
        }
    }
    return out;
}

} // namespace tessera::cpu
