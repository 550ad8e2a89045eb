#include "text_form.h"

#include <algorithm>
#include <cmath>

#include "any_reader.h"
#include "paint_form.h"

namespace tessera::document {
namespace {

using crdt::Any;

constexpr std::pair<std::string_view, TextCase> caseNames[] = {
    {"upper", TextCase::upper}, {"lower", TextCase::lower}, {"title", TextCase::title}, {"smallCaps", TextCase::smallCaps}};
constexpr std::pair<std::string_view, BaselineAlign> baselineNames[] = {{"middle", BaselineAlign::middle},
                                                                        {"central", BaselineAlign::central},
                                                                        {"hanging", BaselineAlign::hanging},
                                                                        {"mathematical", BaselineAlign::mathematical},
                                                                        {"ideographic", BaselineAlign::ideographic},
                                                                        {"beforeEdge", BaselineAlign::beforeEdge},
                                                                        {"afterEdge", BaselineAlign::afterEdge}};
constexpr std::pair<std::string_view, TextAnchor> anchorNames[] = {
    {"start", TextAnchor::start}, {"middle", TextAnchor::middle}, {"end", TextAnchor::end}};
constexpr std::pair<std::string_view, DecorationLine> lineNames[] = {{"underline", DecorationLine::underline},
                                                                     {"overline", DecorationLine::overline},
                                                                     {"line-through", DecorationLine::lineThrough}};
constexpr std::pair<std::string_view, LineCap> capNames[] = {
    {"butt", LineCap::butt}, {"round", LineCap::round}, {"square", LineCap::square}};
constexpr std::pair<std::string_view, LineJoin> joinNames[] = {
    {"miter", LineJoin::miter}, {"round", LineJoin::round}, {"bevel", LineJoin::bevel}};
constexpr std::pair<std::string_view, StrokeAlign> alignNames[] = {
    {"center", StrokeAlign::center}, {"inside", StrokeAlign::inside}, {"outside", StrokeAlign::outside}};

constexpr double maxScripts = 100;

/// The number before a unit: 20 of "20px" for "px".
std::optional<double> numberBefore(const Any* value, std::string_view unit)
{
    const std::string* text = readString(value);
    if (text == nullptr || !text->ends_with(unit) || text->size() > 32)
        return std::nullopt;
    double number = 0, scale = 0;
    bool negative = false, any = false;
    for (const char c : std::string_view(*text).substr(0, text->size() - unit.size())) {
        if (c == '-' && !any && !negative) {
            negative = true;
        } else if (c == '.' && scale == 0) {
            scale = 1;
        } else if (c >= '0' && c <= '9') {
            any = true;
            number = number * 10 + (c - '0');
            scale *= 10;
        } else {
            return std::nullopt;
        }
    }
    if (!any)
        return std::nullopt;
    return (negative ? -number : number) / (scale > 0 ? scale : 1);
}

double readSpacing(const Any* value, double size)
{
    if (const auto percent = numberBefore(value, "%"))
        return std::clamp(*percent / 100 * size, -1e5, 1e5);
    return readNumber(value, -1e5, 1e5).value_or(0);
}

std::optional<double> readLineHeight(const Any* value, double size)
{
    if (const auto percent = numberBefore(value, "%"); percent && *percent >= 0)
        return *percent / 100;
    if (const auto px = numberBefore(value, "px"); px && *px >= 0 && size > 0)
        return *px / size;
    return readNumber(value, 0, 1e3);
}

std::vector<FontSetting> readSettings(const Any* value)
{
    std::vector<FontSetting> settings;
    if (value == nullptr || value->object() == nullptr)
        return settings;
    for (const auto& [tag, setting] : *value->object()) {
        const auto flag = readBool(&setting);
        const auto number = flag ? std::optional<double>(*flag ? 1 : 0) : readNumber(&setting, -1e6, 1e6);
        if (number && tag.size() == 4)
            settings.push_back({tag, *number});
    }
    std::stable_sort(settings.begin(), settings.end(), [](const auto& a, const auto& b) { return a.tag < b.tag; });
    return settings;
}

std::optional<TextStroke> readStroke(const Any* value)
{
    auto paint = value == nullptr ? std::nullopt : readOnePaint(value->find("paint"));
    if (!paint)
        return std::nullopt;
    TextStroke stroke;
    stroke.paint = std::move(*paint);
    StrokeStyle& style = stroke.style;
    style.width = readNumber(value->find("width"), 0).value_or(1);
    style.align = readEnum(value->find("align"), alignNames).value_or(style.align);
    style.cap = readEnum(value->find("cap"), capNames).value_or(style.cap);
    style.join = readEnum(value->find("join"), joinNames).value_or(style.join);
    style.miterLimit = readNumber(value->find("miter"), 1).value_or(style.miterLimit);
    style.dash = readNumbers(value->find("dash"), 0, 0).value_or(std::vector<double>{});
    if (std::all_of(style.dash.begin(), style.dash.end(), [](double d) { return d == 0; }))
        style.dash.clear();
    style.dashOffset = readNumber(value->find("dashOffset")).value_or(0);
    return stroke;
}

std::vector<TextDecoration> readDecorations(const Any* value)
{
    std::vector<TextDecoration> decorations;
    if (const std::string* text = readString(value)) {
        for (const auto& [name, line] : lineNames) {
            if (text->find(name) != std::string::npos)
                decorations.push_back({line, std::nullopt, std::nullopt, std::nullopt});
        }
    }
    if (value == nullptr || value->array() == nullptr)
        return decorations;
    for (const Any& element : *value->array()) {
        const auto line = readEnum(element.string() != nullptr ? &element : element.find("line"), lineNames);
        if (line)
            decorations.push_back({*line, readOnePaint(element.find("fill")), readStroke(element.find("stroke")),
                                   readNumber(element.find("thickness"), 0)});
    }
    return decorations;
}

void addShift(BaselineShift& shift, const Any& value)
{
    if (const auto rise = readNumber(&value, -1e5, 1e5))
        shift.rise += *rise;
    const std::string* name = value.string();
    shift.superscripts += name != nullptr && *name == "super" && shift.superscripts < maxScripts;
    shift.subscripts += name != nullptr && *name == "sub" && shift.subscripts < maxScripts;
}

BaselineShift readBaseline(const Any* value)
{
    BaselineShift shift;
    if (value != nullptr && value->array() != nullptr) {
        for (const Any& element : *value->array())
            addShift(shift, element);
    } else if (value != nullptr) {
        addShift(shift, *value);
    }
    return shift;
}

std::uint32_t readCount(const Any* value) { return static_cast<std::uint32_t>(readNumber(value, 0, 4e9).value_or(0)); }

std::optional<TextStart> readStart(const Any* value)
{
    if (value == nullptr || value->object() == nullptr)
        return std::nullopt;
    return TextStart{readNumber(value->find("x")), readNumber(value->find("y")), readNumber(value->find("dx")).value_or(0),
                     readNumber(value->find("dy")).value_or(0), readCount(value->find("n"))};
}

std::optional<TextFit> readFit(const Any* value)
{
    const auto length = value == nullptr ? std::nullopt : readNumber(value->find("length"), 0);
    if (!length)
        return std::nullopt;
    return TextFit{*length, readBool(value->find("glyphs")).value_or(false), readCount(value->find("n"))};
}

std::optional<TextOnPath> readOnPath(const Any* value)
{
    const auto path = value == nullptr ? std::nullopt : readNumber(value->find("path"), 0, 1e6);
    if (!path)
        return std::nullopt;
    TextOnPath onPath;
    onPath.path = static_cast<std::size_t>(*path);
    const Any* offset = value->find("offset");
    const auto share = numberBefore(offset, "%");
    onPath.isShare = share.has_value();
    onPath.offset = share ? *share / 100 : readNumber(offset).value_or(0);
    onPath.n = readCount(value->find("n"));
    return onPath;
}

template <class Enum, std::size_t Count>
std::string_view nameOf(Enum wanted, const std::pair<std::string_view, Enum> (&names)[Count])
{
    const auto found = std::find_if(std::begin(names), std::end(names), [&](const auto& entry) { return entry.second == wanted; });
    return found == std::end(names) ? names[0].first : found->first;
}

} // namespace

TextStyle readTextStyle(const Any& attributes)
{
    TextStyle style;
    if (const std::string* family = readString(attributes.find("family")); family != nullptr && !family->empty())
        style.family = *family;
    style.size = readNumber(attributes.find("size"), 0, 1e5).value_or(style.size);
    style.weight = static_cast<int>(readNumber(attributes.find("weight"), 1, 1000).value_or(style.weight));
    style.italic = readBool(attributes.find("italic")).value_or(false);
    const Any* fill = attributes.find("fill");
    if (fill != nullptr && fill->object() != nullptr && fill->find("type") != nullptr)
        style.paint = readOnePaint(fill);
    else
        style.fill = readColor(fill).value_or(style.fill);
    style.stroke = readStroke(attributes.find("stroke"));
    style.strokeFirst = readBool(attributes.find("strokeFirst")).value_or(false);
    style.letterSpacing = readSpacing(attributes.find("letterSpacing"), style.size);
    style.wordSpacing = readSpacing(attributes.find("wordSpacing"), style.size);
    style.lineHeight = readLineHeight(attributes.find("lineHeight"), style.size);
    style.stretch = readNumber(attributes.find("stretch"), 10, 1000).value_or(style.stretch);
    style.letterCase = readEnum(attributes.find("case"), caseNames).value_or(style.letterCase);
    style.features = readSettings(attributes.find("features"));
    style.axes = readSettings(attributes.find("axes"));
    if (const std::string* lang = readString(attributes.find("lang")); lang != nullptr && lang->size() < 64)
        style.lang = *lang;
    style.decorations = readDecorations(attributes.find("decoration"));
    style.baseline = readBaseline(attributes.find("baseline"));
    style.baselineAlign = readEnum(attributes.find("baselineAlign"), baselineNames).value_or(style.baselineAlign);
    style.start = readStart(attributes.find("start"));
    style.anchor = readEnum(attributes.find("anchor"), anchorNames);
    style.rotate = readNumber(attributes.find("rotate")).value_or(0);
    style.fit = readFit(attributes.find("fit"));
    style.onPath = readOnPath(attributes.find("onPath"));
    return style;
}

crdt::Any toAny(const TextStroke& stroke)
{
    const StrokeStyle& style = stroke.style;
    Any::Object form{{"paint", toAny(stroke.paint)}, {"width", rounded(style.width)}};
    if (style.align != StrokeAlign::center)
        form.emplace_back("align", nameOf(style.align, alignNames));
    if (style.cap != LineCap::butt)
        form.emplace_back("cap", nameOf(style.cap, capNames));
    if (style.join != LineJoin::miter)
        form.emplace_back("join", nameOf(style.join, joinNames));
    if (style.miterLimit != StrokeStyle{}.miterLimit)
        form.emplace_back("miter", rounded(style.miterLimit));
    if (!style.dash.empty()) {
        Any::Array dash;
        for (const double length : style.dash)
            dash.emplace_back(rounded(length));
        form.emplace_back("dash", std::move(dash));
    }
    if (style.dashOffset != 0)
        form.emplace_back("dashOffset", rounded(style.dashOffset));
    return form;
}

crdt::Any toAny(const std::vector<TextDecoration>& decorations)
{
    Any::Array list;
    for (const TextDecoration& decoration : decorations) {
        Any::Object form{{"line", nameOf(decoration.line, lineNames)}};
        if (decoration.fill)
            form.emplace_back("fill", toAny(*decoration.fill));
        if (decoration.stroke)
            form.emplace_back("stroke", toAny(*decoration.stroke));
        if (decoration.thickness)
            form.emplace_back("thickness", rounded(*decoration.thickness));
        list.emplace_back(std::move(form));
    }
    return list;
}

} // namespace tessera::document
