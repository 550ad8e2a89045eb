#include <algorithm>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <appliance/runtimes/runtime.h>
#include <core/base/hash.h>
#include <core/base/utf.h>

#include "compositions.h"
#include "headline.h"
#include "layer_painter.h"

namespace tessera::appliance {
namespace {

/// Raised whenever the same request would compose something else: it is part of the model's digest.
constexpr std::string_view composerVersion = "tessera-composer 1";
constexpr std::uint32_t stepCount = 2;
constexpr double previewSidePx = 256;
constexpr double resultSidePx = 1600;

/// Every part of the request that is allowed to change the picture goes into the random state.
std::uint64_t randomSeed(const GenerationRequest& request)
{
    GenerationRequest shaping = request;
    shaping.author.clear();
    shaping.steps = 0;
    shaping.guidance = 0;
    const std::string hex = contentHash(encodeRequest(shaping)).hex;
    return std::stoull(hex.substr(0, 16), nullptr, 16);
}

const Style& chooseStyle(const std::vector<std::string>& words, Random& random)
{
    const std::vector<Style>& all = styles();
    for (const std::string& word : words) {
        for (const Style& style : all) {
            if (std::find(style.words.begin(), style.words.end(), word) != style.words.end())
                return style;
        }
    }
    return all[random.below(all.size())];
}

/// Width of a line in ems of a bold grotesque, on the generous side so that nothing wraps unasked.
double widthEm(const std::string& line)
{
    double width = 0;
    for (const char16_t unit : toUtf16(line)) {
        if (unit == u'i' || unit == u'l' || unit == u'j' || unit == u'.' || unit == u'\'' || unit == u'I')
            width += 0.33;
        else if (unit == u'm' || unit == u'w' || unit == u'M' || unit == u'W')
            width += 0.95;
        else if (unit > 0x2e80)
            width += 1.05; // CJK
        else if (unit >= u'A' && unit <= u'Z')
            width += 0.74;
        else
            width += unit == u' ' ? 0.3 : 0.63;
    }
    return std::max(width, 0.5);
}

struct FittedText {
    std::string text;
    double sizePx = 0;
    std::size_t lines = 1;
};

/// The greatest size at which the text, broken into at most 4 lines, fits the room.
FittedText fitted(const std::string& text, Size room, double maxSizePx, double lineHeight)
{
    FittedText best;
    for (std::size_t lineCount = 1; lineCount <= 4; ++lineCount) {
        const std::vector<std::string> lines = balancedLines(text, lineCount);
        double widest = 0;
        std::string joined;
        for (const std::string& line : lines) {
            widest = std::max(widest, widthEm(line));
            joined += (joined.empty() ? "" : "\n") + line;
        }
        const double size = std::min({maxSizePx, room.width / widest, room.height / (static_cast<double>(lines.size()) * lineHeight)});
        if (size > best.sizePx * 1.08)
            best = {joined, size, lines.size()};
    }
    best.sizePx = std::max(1.0, std::floor(best.sizePx * 2) / 2);
    return best;
}

void addWords(LayerList& layers, const Canvas& canvas, const Composition& composition, const Headline& headline)
{
    constexpr double titleLine = 1.06, subtitleLine = 1.3;
    const Rect& room = composition.words;
    const bool hasSubtitle = !headline.subtitle.empty();
    const double titleShare = hasSubtitle ? 0.74 : 1;
    const FittedText title = fitted(headline.title, {room.width, room.height * titleShare}, canvas.unit() * 0.17, titleLine);
    const double titleHeight = title.sizePx * titleLine * static_cast<double>(title.lines);
    FittedText subtitle;
    double gap = 0, subtitleHeight = 0;
    if (hasSubtitle) {
        gap = title.sizePx * 0.28;
        subtitle = fitted(headline.subtitle, {room.width, room.height - titleHeight - gap}, title.sizePx * 0.38, subtitleLine);
        subtitleHeight = subtitle.sizePx * subtitleLine * static_cast<double>(subtitle.lines);
    }
    const double total = titleHeight + gap + subtitleHeight;
    const double top = composition.verticalAlign == "middle" ? room.y + (room.height - total) / 2 : room.y;
    TextLook look{title.sizePx, 700, canvas.palette.text, titleLine, -title.sizePx * 0.015, composition.align};
    layers.text("Headline", {room.x, top, room.width, titleHeight}, title.text, look);
    if (hasSubtitle) {
        look = {subtitle.sizePx, 400, canvas.palette.text, subtitleLine, 0, composition.align};
        layers.text("Subtitle", {room.x, top + titleHeight + gap, room.width, subtitleHeight}, subtitle.text, look);
    }
}

class Composer final : public Runtime
{
public:
    [[nodiscard]] std::vector<ModelInfo> models() const override { return {composerModel()}; }

    Result<Generation, GenerationError> generate(const GenerationRequest& request, StepSink& sink) override
    {
        TESSERA_TRY(model, checkRequest(request, models()));
        SeededRandom random(randomSeed(request));
        const std::vector<std::string> words = promptWords(request.prompt);
        std::vector<Color> brand;
        for (const std::string& hex : request.colors)
            brand.push_back(*parseHexColor(hex));
        const Style& style = chooseStyle(words, random);
        const Canvas canvas{{static_cast<double>(request.widthPx), static_cast<double>(request.heightPx)},
                            makePalette(brand, words, random)};
        Composition composition = style.compose(canvas, random);
        LayerList sketch = composition.shapes;
        const std::string sketchJson = std::move(sketch).toFrameJson("Sketch", canvas.size, composition.background);
        if (sink.stepDone({1, stepCount, m_painter.paint(sketchJson, canvas.size, previewSidePx)}) == Continue::no)
            return fail(GenerationError{"cancelled", "after step 1"});

        const Headline headline = makeHeadline(request.prompt);
        addWords(composition.shapes, canvas, composition, headline);
        Generation result;
        result.layersJson = std::move(composition.shapes).toFrameJson(headline.title, canvas.size, composition.background);
        boost::json::array colors(request.colors.begin(), request.colors.end());
        result.recipeJson = boost::json::serialize(boost::json::object{
            {"prompt", request.prompt}, {"negative", request.negative}, {"colors", std::move(colors)}, {"runtime", "composer"}, {"model", model.id},
            {"digest", model.digest},   {"seed", std::to_string(request.seed)},  {"steps", stepCount}, {"sampler", style.name},
            {"width", request.widthPx}, {"height", request.heightPx}, {"author", request.author}});
        result.png = m_painter.paint(result.layersJson, canvas.size, resultSidePx);
        if (sink.stepDone({2, stepCount, {}}) == Continue::no)
            return fail(GenerationError{"cancelled", "after step 2"});
        return result;
    }

private:
    LayerPainter m_painter;
};

} // namespace

ModelInfo composerModel()
{
    return {"composer", "Layout composer", "procedural", ModelOutput::layers, contentHash(asBytes(composerVersion)).hex, stepCount, 10'000};
}

std::unique_ptr<Runtime> makeComposer()
{
    return std::make_unique<Composer>();
}

} // namespace tessera::appliance
