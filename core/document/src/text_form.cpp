#include "text_form.h"

#include "any_reader.h"
#include "paint_form.h"

namespace tessera::document {
namespace {

using crdt::Any;

constexpr std::string_view objectReplacement = "\xef\xbf\xbc";

constexpr std::pair<std::string_view, TextAlign> alignNames[] = {{"left", TextAlign::left},
                                                                 {"center", TextAlign::center},
                                                                 {"right", TextAlign::right},
                                                                 {"justify", TextAlign::justify}};
constexpr std::pair<std::string_view, VerticalAlign> verticalNames[] = {
    {"top", VerticalAlign::top}, {"middle", VerticalAlign::middle}, {"bottom", VerticalAlign::bottom}};
constexpr std::pair<std::string_view, AutoSize> autoSizeNames[] = {{"none", AutoSize::none},
                                                                   {"widthAndHeight", AutoSize::widthAndHeight},
                                                                   {"width-and-height", AutoSize::widthAndHeight},
                                                                   {"height", AutoSize::height}};

const Any* findEither(const Any* object, std::string_view key, std::string_view otherKey)
{
    if (object == nullptr)
        return nullptr;
    const Any* found = object->find(key);
    return found != nullptr ? found : object->find(otherKey);
}

void append(std::vector<StyledRun>& runs, std::string text, const TextStyle& style)
{
    if (text.empty())
        return;
    if (!runs.empty() && runs.back().style == style)
        runs.back().text += text;
    else
        runs.push_back({std::move(text), style});
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
    style.fill = readColor(attributes.find("fill")).value_or(style.fill);
    style.letterSpacing = readNumber(attributes.find("letterSpacing"), -1e5, 1e5).value_or(0);
    style.lineHeight = readNumber(attributes.find("lineHeight"), 0, 1e3);
    return style;
}

std::vector<StyledRun> readText(const crdt::Value& value)
{
    std::vector<StyledRun> runs;
    if (const Any* plain = std::get_if<Any>(&value)) {
        if (const std::string* text = plain->string())
            append(runs, *text, TextStyle{});
        return runs;
    }
    const auto* type = std::get_if<crdt::SharedType>(&value);
    const crdt::Text text = type ? type->asText() : crdt::Text();
    if (text.isNull())
        return runs;
    for (const crdt::TextRun& run : text.runs()) {
        const std::string* content = std::get_if<std::string>(&run.content);
        append(runs, content != nullptr ? *content : std::string(objectReplacement), readTextStyle(Any(run.attributes)));
    }
    return runs;
}

ParagraphStyle readParagraph(const Any* value)
{
    ParagraphStyle style;
    style.align = readEnum(findEither(value, "align", "h"), alignNames).value_or(style.align);
    style.verticalAlign = readEnum(findEither(value, "verticalAlign", "v"), verticalNames).value_or(style.verticalAlign);
    style.autoSize = readEnum(findEither(value, "autoSize", "autosize"), autoSizeNames).value_or(style.autoSize);
    return style;
}

} // namespace tessera::document
