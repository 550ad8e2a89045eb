#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/base/hash.h>
#include <core/document/node.h>

/// Filter graphs as plain data, after Filter Effects Module Level 1. Lengths in the node's own px; what an importer finds
/// in other units it resolves. Colours of primitives are 0..1. Safe on any thread.
namespace tessera::document {

/// What a primitive looks at. Results of primitives that come later count as nothing.
struct FilterInput {
    enum class From : std::uint8_t {
        sourceGraphic, ///< the node's picture
        sourceAlpha,   ///< its alpha, black
        nothing,       ///< transparent
        primitive
    };
    From from = From::sourceGraphic;
    std::size_t primitive = 0; ///< index of an earlier one
    friend bool operator==(const FilterInput&, const FilterInput&) = default;
};

/// Fills with one colour.
struct FloodFilter {
    Color color{0, 0, 0, 1};
    friend bool operator==(const FloodFilter&, const FloodFilter&) = default;
};
struct BlurFilter {
    double sigmaX = 0; ///< standard deviations; 0 leaves the axis alone
    double sigmaY = 0;
    friend bool operator==(const BlurFilter&, const BlurFilter&) = default;
};
struct OffsetFilter {
    Point by;
    friend bool operator==(const OffsetFilter&, const OffsetFilter&) = default;
};
/// The first input onto the second.
struct BlendFilter {
    BlendMode mode = BlendMode::normal;
    friend bool operator==(const BlendFilter&, const BlendFilter&) = default;
};
/// The first input with the second. Arithmetic: k[0] a b + k[1] a + k[2] b + k[3] of premultiplied values.
struct CompositeFilter {
    enum class Operator : std::uint8_t { over, in, out, atop, exclusiveOr, lighter, arithmetic };
    Operator with = Operator::over;
    std::array<double, 4> k{};
    friend bool operator==(const CompositeFilter&, const CompositeFilter&) = default;
};
/// Four rows of five, on unpremultiplied values.
struct ColorMatrixFilter {
    std::array<double, 20> rows{1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0};
    friend bool operator==(const ColorMatrixFilter&, const ColorMatrixFilter&) = default;
};
/// One channel of a component transfer, on unpremultiplied values.
struct TransferFunction {
    enum class Kind : std::uint8_t { identity, table, discrete, linear, gamma };
    Kind kind = Kind::identity;
    /// table, discrete: at least one; linear: slope, intercept; gamma: amplitude, exponent, offset
    std::vector<double> values;
    friend bool operator==(const TransferFunction&, const TransferFunction&) = default;
};
struct ComponentTransferFilter {
    std::array<TransferFunction, 4> channels; ///< r, g, b, a
    friend bool operator==(const ComponentTransferFilter&, const ComponentTransferFilter&) = default;
};
/// In device pixels, as no length is given for the kernel's unit.
struct ConvolveFilter {
    enum class Edge : std::uint8_t { duplicate, wrap, none };
    int columns = 3;
    int rows = 3;
    std::vector<double> kernel; ///< columns * rows, as in the file: applied turned by 180 degrees
    double divisor = 1;         ///< never 0
    double bias = 0;
    int targetX = 1;            ///< 0..columns - 1
    int targetY = 1;
    Edge edge = Edge::duplicate;
    bool preserveAlpha = false;
    friend bool operator==(const ConvolveFilter&, const ConvolveFilter&) = default;
};
struct MorphologyFilter {
    enum class Operator : std::uint8_t { erode, dilate };
    Operator with = Operator::erode;
    double radiusX = 0; ///< 0 leaves the picture alone
    double radiusY = 0;
    friend bool operator==(const MorphologyFilter&, const MorphologyFilter&) = default;
};
struct TurbulenceFilter {
    bool fractalNoise = false;
    double frequencyX = 0; ///< per px
    double frequencyY = 0;
    int octaves = 1;       ///< 0..maxFilterOctaves
    int seed = 0;
    bool stitch = false;   ///< the noise tiles over the primitive's area
    friend bool operator==(const TurbulenceFilter&, const TurbulenceFilter&) = default;
};
struct DistantLight {
    double azimuth = 0;   ///< degrees
    double elevation = 0;
    friend bool operator==(const DistantLight&, const DistantLight&) = default;
};
struct PointLight {
    Point at;
    double z = 0;
    friend bool operator==(const PointLight&, const PointLight&) = default;
};
struct SpotLight {
    Point at;
    double z = 0;
    Point pointsAt;
    double pointsAtZ = 0;
    double exponent = 1;
    std::optional<double> coneAngle; ///< degrees; absent: no cone
    friend bool operator==(const SpotLight&, const SpotLight&) = default;
};
using LightSource = std::variant<DistantLight, PointLight, SpotLight>;

/// The input's alpha as a surface that light falls on.
struct LightingFilter {
    bool specular = false;
    double surfaceScale = 1;
    double constant = 1; ///< diffuseConstant, specularConstant
    double exponent = 1; ///< specular
    Color color{1, 1, 1, 1};
    LightSource light;
    friend bool operator==(const LightingFilter&, const LightingFilter&) = default;
};
/// Moves the first input's pixels by channels of the second.
struct DisplacementFilter {
    double scale = 0;
    int channelX = 3; ///< 0..3: r, g, b, a
    int channelY = 3;
    friend bool operator==(const DisplacementFilter&, const DisplacementFilter&) = default;
};
/// A picture in the primitive's area, or what another node shows.
struct ImageFilter {
    std::optional<ContentHash> asset; ///< absent: nothing
    NodeId node;                      ///< not empty: what is below it, its origin at the area's top left; hidden nodes serve
    ImageFit fit = ImageFit::fit;
    friend bool operator==(const ImageFilter&, const ImageFilter&) = default;
};
/// All inputs, the first lowest.
struct MergeFilter {
    friend bool operator==(const MergeFilter&, const MergeFilter&) = default;
};
/// Repeats what is in the area of the primitive that made the input.
struct TileFilter {
    friend bool operator==(const TileFilter&, const TileFilter&) = default;
};
struct DropShadowFilter {
    Point by;
    double sigmaX = 0;
    double sigmaY = 0;
    Color color{0, 0, 0, 1};
    friend bool operator==(const DropShadowFilter&, const DropShadowFilter&) = default;
};

/// The order is that of `op` names in filter_form.cpp.
using FilterOperation =
    std::variant<FloodFilter, BlurFilter, OffsetFilter, BlendFilter, CompositeFilter, ColorMatrixFilter, ComponentTransferFilter,
                 ConvolveFilter, MorphologyFilter, TurbulenceFilter, LightingFilter, DisplacementFilter, ImageFilter, MergeFilter,
                 TileFilter, DropShadowFilter>;

struct FilterPrimitive {
    FilterOperation operation;
    std::vector<FilterInput> inputs; ///< filterInputCount() of them
    std::optional<Rect> area;        ///< nothing is painted outside; absent: the filter's region
    bool linear = true;              ///< works on linear-light values
    friend bool operator==(const FilterPrimitive&, const FilterPrimitive&) = default;
};

/// The last primitive's result replaces the node's picture. `filter` of an effect of that type in stored form:
/// {region: [x, y, width, height], primitives: [{op, in: [index | "source" | "alpha" | "nothing"], area, linear, …}]}.
struct Filter {
    Rect region; ///< never empty
    std::vector<FilterPrimitive> primitives; ///< at least one
    friend bool operator==(const Filter&, const Filter&) = default;
};

inline constexpr std::size_t maxFilterPrimitives = 128;
inline constexpr std::size_t maxFilterInputs = 64;       ///< of a merge
inline constexpr std::size_t maxTransferValues = 1024;
inline constexpr std::size_t maxConvolveKernel = 400;
inline constexpr int maxFilterOctaves = 10; ///< one more adds a quarter of a level

/// How many inputs an operation takes; absent for a merge: any number.
[[nodiscard]] std::optional<std::size_t> filterInputCount(const FilterOperation& operation);

/// Colour matrices of Filter Effects sections 9.6 and 12.
[[nodiscard]] ColorMatrixFilter saturateMatrix(double amount);
[[nodiscard]] ColorMatrixFilter hueRotateMatrix(double degrees);
[[nodiscard]] ColorMatrixFilter luminanceToAlphaMatrix();
[[nodiscard]] ColorMatrixFilter sepiaMatrix(double amount);
[[nodiscard]] ColorMatrixFilter grayscaleMatrix(double amount);

[[nodiscard]] crdt::Any toAny(const Filter& filter);

} // namespace tessera::document
