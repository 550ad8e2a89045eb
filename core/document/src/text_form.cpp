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
    if (value != nullptr) {
        style.maxLines = static_cast<std::uint32_t>(readNumber(value->find("maxLines"), 0, 1e6).value_or(0));
        const std::string* truncate = readString(value->find("truncate"));
        style.ellipsis = truncate != nullptr && *truncate == "ellipsis";
        const std::string* layout = readString(value->find("layout"));
        style.positioned = layout != nullptr && *layout == "positioned";
    }
    return style;
}

} // namespace tessera::document
