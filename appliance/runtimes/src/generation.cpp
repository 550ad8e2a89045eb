#include <appliance/runtimes/generation.h>

#include <algorithm>
#include <cmath>

#include <core/base/color.h>
#include <core/base/utf.h>

namespace tessera::appliance {
namespace {

constexpr std::uint64_t requestFormat = 1;

Result<void, GenerationError> checkText(const char* name, const std::string& text)
{
    if (text.size() > maxPromptBytes)
        return fail(GenerationError{"invalid-prompt", std::string(name) + " has " + std::to_string(text.size()) +
                                                          " bytes, greatest is " + std::to_string(maxPromptBytes)});
    if (!isUtf8(text))
        return fail(GenerationError{"invalid-prompt", std::string(name) + " is not UTF-8"});
    return {};
}

Result<void, GenerationError> checkSide(const char* name, std::uint32_t valuePx, std::uint32_t maxPx)
{
    if (valuePx < minSizePx || valuePx > maxPx)
        return fail(GenerationError{"invalid-size", std::string(name) + " is " + std::to_string(valuePx) +
                                                        " px, allowed are " + std::to_string(minSizePx) + " to " +
                                                        std::to_string(maxPx)});
    return {};
}

} // namespace

Result<ModelInfo, GenerationError> checkRequest(const GenerationRequest& request, const std::vector<ModelInfo>& models)
{
    const auto model = std::find_if(models.begin(), models.end(),
                                    [&](const ModelInfo& candidate) { return candidate.id == request.model; });
    if (model == models.end())
        return fail(GenerationError{"unknown-model", "no model \"" + request.model.substr(0, 80) + "\" here"});
    TESSERA_CHECK(checkText("prompt", request.prompt));
    TESSERA_CHECK(checkText("negative", request.negative));
    TESSERA_CHECK(checkSide("width", request.widthPx, model->maxSizePx));
    TESSERA_CHECK(checkSide("height", request.heightPx, model->maxSizePx));
    if (request.colors.size() > maxColors)
        return fail(GenerationError{"invalid-color", std::to_string(request.colors.size()) +
                                                         " colours, greatest number is " + std::to_string(maxColors)});
    for (std::size_t i = 0; i < request.colors.size(); ++i) {
        if (!parseHexColor(request.colors[i]))
            return fail(GenerationError{"invalid-color", "colors[" + std::to_string(i) + "] is \"" +
                                                             request.colors[i].substr(0, 40) + "\", expected #rrggbb"});
    }
    if (request.steps > maxSteps)
        return fail(GenerationError{"invalid-steps", std::to_string(request.steps) + " steps, greatest number is " +
                                                         std::to_string(maxSteps)});
    if (!std::isfinite(request.guidance) || request.guidance < 0 || request.guidance > maxGuidance)
        return fail(GenerationError{"invalid-guidance", "guidance has to be 0 to " +
                                                            std::to_string(static_cast<int>(maxGuidance))});
    return *model;
}

Bytes encodeRequest(const GenerationRequest& request)
{
    ByteWriter writer;
    writer.writeVarUint(requestFormat);
    for (const std::string* text : {&request.model, &request.prompt, &request.negative, &request.author})
        writer.writeVarString(*text);
    writer.writeVarUint(request.colors.size());
    for (const std::string& color : request.colors)
        writer.writeVarString(color);
    writer.writeVarUint(request.widthPx);
    writer.writeVarUint(request.heightPx);
    writer.writeBigInt64(static_cast<std::int64_t>(request.seed));
    writer.writeVarUint(request.steps);
    writer.writeFloat64(request.guidance);
    return writer.take();
}

Result<GenerationRequest, DecodeError> decodeRequest(ByteView bytes)
{
    ByteReader reader{bytes};
    GenerationRequest request;
    TESSERA_TRY(format, reader.readVarUint());
    if (format != requestFormat)
        return fail(reader.errorHere(DecodeErrc::unknownTag));
    for (std::string* text : {&request.model, &request.prompt, &request.negative, &request.author}) {
        TESSERA_TRY(value, reader.readVarString());
        *text = value;
    }
    TESSERA_TRY(colorCount, reader.readVarUint());
    if (colorCount > maxColors)
        return fail(reader.errorHere(DecodeErrc::tooLarge));
    for (std::uint64_t i = 0; i < colorCount; ++i) {
        TESSERA_TRY(color, reader.readVarString());
        request.colors.emplace_back(color);
    }
    TESSERA_TRY(width, reader.readVarUint());
    TESSERA_TRY(height, reader.readVarUint());
    TESSERA_TRY(seed, reader.readBigInt64());
    TESSERA_TRY(steps, reader.readVarUint());
    TESSERA_TRY(guidance, reader.readFloat64());
    if (std::max({width, height, steps}) > UINT32_MAX)
        return fail(reader.errorHere(DecodeErrc::tooLarge));
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    request.widthPx = static_cast<std::uint32_t>(width);
    request.heightPx = static_cast<std::uint32_t>(height);
    request.seed = static_cast<std::uint64_t>(seed);
    request.steps = static_cast<std::uint32_t>(steps);
    request.guidance = guidance;
    return request;
}

} // namespace tessera::appliance
