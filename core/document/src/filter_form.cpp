#include "filter_form.h"

#include <algorithm>
#include <cmath>

#include "any_reader.h"
#include "paint_form.h"

namespace tessera::document {
namespace {

using crdt::Any;

template <class... F> struct Overload : F... {
    using F::operator()...;
};
template <class... F> Overload(F...) -> Overload<F...>;

/// In the order of FilterOperation.
constexpr std::string_view operationNames[] = {"flood",    "blur",       "offset",     "blend",    "composite",    "colorMatrix",
                                               "transfer", "convolve",   "morphology", "turbulence", "lighting",   "displacement",
                                               "image",    "merge",      "tile",       "dropShadow"};
static_assert(std::size(operationNames) == std::variant_size_v<FilterOperation>);

constexpr std::pair<std::string_view, CompositeFilter::Operator> compositeNames[] = {
    {"over", CompositeFilter::Operator::over},       {"in", CompositeFilter::Operator::in},
    {"out", CompositeFilter::Operator::out},         {"atop", CompositeFilter::Operator::atop},
    {"xor", CompositeFilter::Operator::exclusiveOr}, {"lighter", CompositeFilter::Operator::lighter},
    {"arithmetic", CompositeFilter::Operator::arithmetic}};
constexpr std::pair<std::string_view, TransferFunction::Kind> transferNames[] = {{"identity", TransferFunction::Kind::identity},
                                                                                 {"table", TransferFunction::Kind::table},
                                                                                 {"discrete", TransferFunction::Kind::discrete},
                                                                                 {"linear", TransferFunction::Kind::linear},
                                                                                 {"gamma", TransferFunction::Kind::gamma}};
constexpr std::pair<std::string_view, ConvolveFilter::Edge> edgeNames[] = {
    {"duplicate", ConvolveFilter::Edge::duplicate}, {"wrap", ConvolveFilter::Edge::wrap}, {"none", ConvolveFilter::Edge::none}};
constexpr std::pair<std::string_view, MorphologyFilter::Operator> morphologyNames[] = {
    {"erode", MorphologyFilter::Operator::erode}, {"dilate", MorphologyFilter::Operator::dilate}};
constexpr std::pair<std::string_view, ImageFit> fitNames[] = {
    {"fill", ImageFit::fill}, {"fit", ImageFit::fit}, {"tile", ImageFit::tile}, {"stretch", ImageFit::stretch}};
constexpr std::pair<std::string_view, FilterInput::From> inputNames[] = {{"source", FilterInput::From::sourceGraphic},
                                                                         {"alpha", FilterInput::From::sourceAlpha},
                                                                         {"nothing", FilterInput::From::nothing}};

template <class Enum, std::size_t Count>
std::string_view nameOf(Enum wanted, const std::pair<std::string_view, Enum> (&names)[Count])
{
    const auto* found = std::find_if(std::begin(names), std::end(names), [&](const auto& entry) { return entry.second == wanted; });
    return found == std::end(names) ? names[0].first : found->first;
}

/// Members of one stored primitive or light, each with its default.
struct Members {
    const Any& item;
    [[nodiscard]] double number(const char* key, double fallback, double low = -maxLength, double high = maxLength) const
    {
        return readNumber(item.find(key), low, high).value_or(fallback);
    }
    [[nodiscard]] int integer(const char* key, int fallback, int low, int high) const
    {
        return static_cast<int>(std::lround(number(key, fallback, low, high)));
    }
    [[nodiscard]] bool flag(const char* key, bool fallback = false) const { return readBool(item.find(key)).value_or(fallback); }
    [[nodiscard]] Color color(Color fallback) const { return readColor(item.find("color")).value_or(fallback); }
    [[nodiscard]] Point point(const char* key) const
    {
        const auto n = readNumbers(item.find(key), 2);
        return n ? Point{(*n)[0], (*n)[1]} : Point{};
    }
    /// One for both axes, or two.
    [[nodiscard]] Point axes(const char* key) const
    {
        const auto n = readNumbers(item.find(key), 2, 0);
        return n ? Point{(*n)[0], (*n)[1]} : Point{};
    }
    template <class Enum, std::size_t Count>
    [[nodiscard]] Enum oneOf(const char* key, const std::pair<std::string_view, Enum> (&names)[Count]) const
    {
        return readEnum(item.find(key), names).value_or(names[0].second);
    }
};

TransferFunction readTransfer(const Any& item)
{
    TransferFunction function{Members{item}.oneOf("kind", transferNames),
                              readNumbers(item.find("values"), 0).value_or(std::vector<double>{})};
    const std::size_t count = function.values.size();
    using Kind = TransferFunction::Kind;
    const bool fits = function.kind == Kind::linear  ? count == 2
                      : function.kind == Kind::gamma ? count == 3
                      : function.kind != Kind::identity && count > 0 && count <= maxTransferValues;
    return fits ? function : TransferFunction{};
}

std::optional<FilterOperation> readConvolve(const Members& from)
{
    ConvolveFilter f;
    f.columns = from.integer("columns", 0, 0, static_cast<int>(maxConvolveKernel));
    f.rows = from.integer("rows", 0, 0, static_cast<int>(maxConvolveKernel));
    const auto count = static_cast<std::size_t>(f.columns) * static_cast<std::size_t>(f.rows);
    auto kernel = readNumbers(from.item.find("kernel"), 0);
    f.divisor = from.number("divisor", 1);
    f.bias = from.number("bias", 0);
    f.targetX = from.integer("targetX", f.columns / 2, 0, std::max(0, f.columns - 1));
    f.targetY = from.integer("targetY", f.rows / 2, 0, std::max(0, f.rows - 1));
    f.edge = from.oneOf("edge", edgeNames);
    f.preserveAlpha = from.flag("preserveAlpha");
    if (!kernel || count == 0 || kernel->size() != count || count > maxConvolveKernel || f.divisor == 0)
        return std::nullopt;
    f.kernel = std::move(*kernel);
    return f;
}

NodeId readNode(const Any* value)
{
    const std::string* id = readString(value);
    return id ? NodeId{*id} : NodeId{};
}

LightSource readLight(const Any* value)
{
    const Any nothing;
    const Members from{value ? *value : nothing};
    const std::string* type = readString(from.item.find("type"));
    if (type && *type == "point")
        return PointLight{from.point("at"), from.number("z", 0)};
    if (type && *type == "spot")
        return SpotLight{from.point("at"),        from.number("z", 0),           from.point("pointsAt"), from.number("pointsAtZ", 0),
                         from.number("exponent", 1, 0, 1e4), readNumber(from.item.find("cone"), -360, 360)};
    return DistantLight{from.number("azimuth", 0), from.number("elevation", 0)};
}

FilterOperation readLighting(const Members& from)
{
    LightingFilter f;
    f.specular = from.flag("specular");
    f.surfaceScale = from.number("surfaceScale", 1, -1e6, 1e6);
    f.constant = from.number("constant", 1, 0, 1e6);
    f.exponent = from.number("exponent", 1, 0, 1e4);
    f.color = from.color(f.color);
    f.light = readLight(from.item.find("light"));
    return f;
}

std::optional<FilterOperation> readOperation(std::string_view name, const Members& from)
{
    if (name == "flood")
        return FloodFilter{from.color({0, 0, 0, 1})};
    if (name == "blur")
        return BlurFilter{from.axes("sigma").x, from.axes("sigma").y};
    if (name == "offset")
        return OffsetFilter{from.point("by")};
    if (name == "blend") {
        const std::string* mode = readString(from.item.find("mode"));
        return BlendFilter{mode ? parseBlendMode(*mode).value_or(BlendMode::normal) : BlendMode::normal};
    }
    if (name == "composite") {
        CompositeFilter f{from.oneOf("with", compositeNames), {}};
        if (const auto k = readNumbers(from.item.find("k"), 4))
            std::copy(k->begin(), k->end(), f.k.begin());
        return f;
    }
    if (name == "colorMatrix") {
        ColorMatrixFilter f;
        if (const auto rows = readNumbers(from.item.find("rows"), 20))
            std::copy(rows->begin(), rows->end(), f.rows.begin());
        return f;
    }
    if (name == "transfer") {
        ComponentTransferFilter f;
        const char* keys[] = {"r", "g", "b", "a"};
        for (std::size_t i = 0; i < 4; ++i) {
            if (const Any* item = from.item.find(keys[i]))
                f.channels[i] = readTransfer(*item);
        }
        return f;
    }
    if (name == "convolve")
        return readConvolve(from);
    if (name == "morphology")
        return MorphologyFilter{from.oneOf("with", morphologyNames), from.axes("radius").x, from.axes("radius").y};
    if (name == "turbulence")
        return TurbulenceFilter{from.flag("fractalNoise"), from.number("frequencyX", 0, 0, 1e6), from.number("frequencyY", 0, 0, 1e6),
                                from.integer("octaves", 1, 0, maxFilterOctaves), from.integer("seed", 0, -2'000'000'000, 2'000'000'000),
                                from.flag("stitch")};
    if (name == "lighting")
        return readLighting(from);
    if (name == "displacement")
        return DisplacementFilter{from.number("scale", 0), from.integer("channelX", 3, 0, 3), from.integer("channelY", 3, 0, 3)};
    if (name == "image")
        return ImageFilter{readHash(from.item.find("asset")), readNode(from.item.find("node")),
                           readEnum(from.item.find("fit"), fitNames).value_or(ImageFit::fit)};
    if (name == "merge")
        return MergeFilter{};
    if (name == "tile")
        return TileFilter{};
    if (name == "dropShadow")
        return DropShadowFilter{from.point("by"), from.axes("sigma").x, from.axes("sigma").y, from.color({0, 0, 0, 1})};
    return std::nullopt;
}

FilterInput readInput(const Any& value, std::size_t self)
{
    if (const auto index = readNumber(&value, 0, static_cast<double>(maxFilterPrimitives))) {
        const auto at = static_cast<std::size_t>(*index);
        return at < self ? FilterInput{FilterInput::From::primitive, at} : FilterInput{FilterInput::From::nothing, 0};
    }
    return {readEnum(&value, inputNames).value_or(FilterInput::From::nothing), 0};
}

std::optional<FilterPrimitive> readPrimitive(const Any& item, std::size_t self)
{
    const std::string* name = readString(item.find("op"));
    auto operation = name ? readOperation(*name, {item}) : std::nullopt;
    if (!operation)
        return std::nullopt;
    FilterPrimitive primitive;
    primitive.operation = std::move(*operation);
    const Any* inputs = item.find("in");
    if (const Any::Array* list = inputs ? inputs->array() : nullptr) {
        for (std::size_t i = 0; i < std::min(list->size(), maxFilterInputs); ++i)
            primitive.inputs.push_back(readInput((*list)[i], self));
    }
    if (const auto count = filterInputCount(primitive.operation))
        primitive.inputs.resize(*count, {FilterInput::From::nothing, 0});
    if (const auto area = readNumbers(item.find("area"), 4))
        primitive.area = Rect{(*area)[0], (*area)[1], (*area)[2], (*area)[3]};
    primitive.linear = readBool(item.find("linear")).value_or(true);
    return primitive;
}

Any rectForm(const Rect& r) { return Any::Array{rounded(r.x), rounded(r.y), rounded(r.width), rounded(r.height)}; }
Any pointForm(Point p) { return Any::Array{rounded(p.x), rounded(p.y)}; }
template <class Numbers> Any listForm(const Numbers& numbers) { return Any::Array(numbers.begin(), numbers.end()); }

Any lightForm(const LightSource& source)
{
    return std::visit(Overload{[](const DistantLight& l) {
                                   return Any(Any::Object{{"type", "distant"}, {"azimuth", l.azimuth}, {"elevation", l.elevation}});
                               },
                               [](const PointLight& l) {
                                   return Any(Any::Object{{"type", "point"}, {"at", pointForm(l.at)}, {"z", rounded(l.z)}});
                               },
                               [](const SpotLight& l) {
                                   Any::Object item{{"type", "spot"},
                                                    {"at", pointForm(l.at)},
                                                    {"z", rounded(l.z)},
                                                    {"pointsAt", pointForm(l.pointsAt)},
                                                    {"pointsAtZ", rounded(l.pointsAtZ)},
                                                    {"exponent", l.exponent}};
                                   if (l.coneAngle)
                                       item.emplace_back("cone", *l.coneAngle);
                                   return Any(std::move(item));
                               }},
                      source);
}

Any transferForm(const TransferFunction& function)
{
    return Any::Object{{"kind", nameOf(function.kind, transferNames)}, {"values", listForm(function.values)}};
}

/// The members that say what the operation does.
Any::Object operationForm(const FilterOperation& operation)
{
    using Object = Any::Object;
    return std::visit(
        Overload{[](const FloodFilter& f) { return Object{{"color", toAny(f.color)}}; },
                 [](const BlurFilter& f) { return Object{{"sigma", pointForm({f.sigmaX, f.sigmaY})}}; },
                 [](const OffsetFilter& f) { return Object{{"by", pointForm(f.by)}}; },
                 [](const BlendFilter& f) { return Object{{"mode", blendName(f.mode)}}; },
                 [](const CompositeFilter& f) {
                     Object item{{"with", nameOf(f.with, compositeNames)}};
                     if (f.with == CompositeFilter::Operator::arithmetic)
                         item.emplace_back("k", listForm(f.k));
                     return item;
                 },
                 [](const ColorMatrixFilter& f) { return Object{{"rows", listForm(f.rows)}}; },
                 [](const ComponentTransferFilter& f) {
                     return Object{{"r", transferForm(f.channels[0])},
                                   {"g", transferForm(f.channels[1])},
                                   {"b", transferForm(f.channels[2])},
                                   {"a", transferForm(f.channels[3])}};
                 },
                 [](const ConvolveFilter& f) {
                     return Object{{"columns", f.columns},       {"rows", f.rows},       {"kernel", listForm(f.kernel)},
                                   {"divisor", f.divisor},       {"bias", f.bias},       {"targetX", f.targetX},
                                   {"targetY", f.targetY},       {"edge", nameOf(f.edge, edgeNames)},
                                   {"preserveAlpha", f.preserveAlpha}};
                 },
                 [](const MorphologyFilter& f) {
                     return Object{{"with", nameOf(f.with, morphologyNames)}, {"radius", pointForm({f.radiusX, f.radiusY})}};
                 },
                 [](const TurbulenceFilter& f) {
                     return Object{{"fractalNoise", f.fractalNoise}, {"frequencyX", f.frequencyX}, {"frequencyY", f.frequencyY},
                                   {"octaves", f.octaves},           {"seed", f.seed},             {"stitch", f.stitch}};
                 },
                 [](const LightingFilter& f) {
                     return Object{{"specular", f.specular}, {"surfaceScale", f.surfaceScale}, {"constant", f.constant},
                                   {"exponent", f.exponent}, {"color", toAny(f.color)},        {"light", lightForm(f.light)}};
                 },
                 [](const DisplacementFilter& f) {
                     return Object{{"scale", rounded(f.scale)}, {"channelX", f.channelX}, {"channelY", f.channelY}};
                 },
                 [](const ImageFilter& f) {
                     Object item{{"fit", nameOf(f.fit, fitNames)}};
                     if (f.asset)
                         item.emplace_back("asset", f.asset->hex);
                     if (!f.node.isEmpty())
                         item.emplace_back("node", f.node.text());
                     return item;
                 },
                 [](const MergeFilter&) { return Object{}; }, [](const TileFilter&) { return Object{}; },
                 [](const DropShadowFilter& f) {
                     return Object{{"by", pointForm(f.by)}, {"sigma", pointForm({f.sigmaX, f.sigmaY})}, {"color", toAny(f.color)}};
                 }},
        operation);
}

Any inputForm(const FilterInput& input)
{
    if (input.from == FilterInput::From::primitive)
        return Any(static_cast<std::uint64_t>(input.primitive));
    return Any(nameOf(input.from, inputNames));
}

} // namespace

std::optional<std::size_t> filterInputCount(const FilterOperation& operation)
{
    return std::visit(Overload{[](const FloodFilter&) { return std::optional<std::size_t>{0}; },
                               [](const TurbulenceFilter&) { return std::optional<std::size_t>{0}; },
                               [](const ImageFilter&) { return std::optional<std::size_t>{0}; },
                               [](const BlendFilter&) { return std::optional<std::size_t>{2}; },
                               [](const CompositeFilter&) { return std::optional<std::size_t>{2}; },
                               [](const DisplacementFilter&) { return std::optional<std::size_t>{2}; },
                               [](const MergeFilter&) { return std::optional<std::size_t>{}; },
                               [](const auto&) { return std::optional<std::size_t>{1}; }},
                      operation);
}

std::shared_ptr<const Filter> readFilter(const Any* value)
{
    const auto region = value ? readNumbers(value->find("region"), 4) : std::nullopt;
    const Any* items = value ? value->find("primitives") : nullptr;
    const Any::Array* list = items ? items->array() : nullptr;
    if (!region || !list || list->empty() || list->size() > maxFilterPrimitives)
        return nullptr;
    auto filter = std::make_shared<Filter>();
    filter->region = {(*region)[0], (*region)[1], (*region)[2], (*region)[3]};
    if (filter->region.isEmpty())
        return nullptr;
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto primitive = readPrimitive((*list)[i], i);
        if (!primitive)
            return nullptr;
        filter->primitives.push_back(std::move(*primitive));
    }
    return filter;
}

crdt::Any toAny(const Filter& filter)
{
    Any::Array primitives;
    for (const FilterPrimitive& primitive : filter.primitives) {
        Any::Object item{{"op", operationNames[primitive.operation.index()]}};
        Any::Array inputs;
        std::transform(primitive.inputs.begin(), primitive.inputs.end(), std::back_inserter(inputs), inputForm);
        if (!inputs.empty())
            item.emplace_back("in", std::move(inputs));
        if (primitive.area)
            item.emplace_back("area", rectForm(*primitive.area));
        if (!primitive.linear)
            item.emplace_back("linear", false);
        for (auto& member : operationForm(primitive.operation))
            item.push_back(std::move(member));
        primitives.emplace_back(std::move(item));
    }
    return Any::Object{{"region", rectForm(filter.region)}, {"primitives", std::move(primitives)}};
}

} // namespace tessera::document
