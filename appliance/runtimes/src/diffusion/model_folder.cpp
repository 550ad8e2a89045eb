#include "model_folder.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <core/base/hash.h>

namespace tessera::appliance {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::uintmax_t maxTextBytes = 16u << 20;
constexpr std::size_t maxFiles = 1000;
constexpr std::size_t chunkBytes = 1u << 20;

Result<std::string, std::string> readText(const fs::path& file)
{
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error)
        return fail(file.string() + ": " + error.message());
    if (size > maxTextBytes)
        return fail(file.string() + ": " + std::to_string(size) + " bytes, greatest is " + std::to_string(maxTextBytes));
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<json::object, std::string> readObject(const fs::path& file)
{
    TESSERA_TRY(text, readText(file));
    json::error_code error;
    json::value value = json::parse(text, error);
    if (error || !value.is_object())
        return fail(file.string() + ": " + (error ? error.message() : std::string("not an object")));
    return std::move(value.as_object());
}

double numberOf(const json::object& object, const char* key, double fallback, double low, double high)
{
    const json::value* value = object.if_contains(key);
    if (value == nullptr || !value->is_number())
        return fallback;
    const double number = value->to_number<double>();
    return std::isfinite(number) ? std::clamp(number, low, high) : fallback;
}

/// BLAKE2b-256 over name and hash of every file, in name order: the pipeline's identity. Files are hashed by chunks.
Result<std::string, std::string> digestOf(const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (it->is_regular_file())
            files.push_back(it->path());
        if (files.size() > maxFiles)
            return fail(folder.string() + ": more than " + std::to_string(maxFiles) + " files");
    }
    if (error)
        return fail(folder.string() + ": " + error.message());
    std::sort(files.begin(), files.end());
    std::string listing;
    for (const fs::path& file : files) {
        listing += fs::relative(file, folder).string() + '\n';
        std::ifstream in(file, std::ios::binary);
        std::string chunk(chunkBytes, '\0');
        while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || in.gcount() > 0)
            listing += contentHash(asBytes(std::string_view(chunk).substr(0, static_cast<std::size_t>(in.gcount())))).hex + '\n';
    }
    return contentHash(asBytes(listing)).hex;
}

/// The usual map of Stable Diffusion 1 latents, used when a model brings none.
std::vector<std::array<float, 3>> defaultLatentRgb(int channels)
{
    std::vector<std::array<float, 3>> map{{0.298F, 0.207F, 0.208F}, {0.187F, 0.286F, 0.173F}, {-0.158F, 0.189F, 0.264F}, {-0.184F, -0.271F, -0.473F}};
    map.resize(static_cast<std::size_t>(channels), {0, 0, 0});
    return map;
}

void readOwnSettings(const json::object& index, ModelFolder& model)
{
    const json::value* own = index.if_contains("_tessera");
    if (own == nullptr || !own->is_object())
        return;
    const json::object& settings = own->as_object();
    if (const json::value* name = settings.if_contains("name"); name != nullptr && name->is_string())
        model.info.name = std::string(name->as_string()).substr(0, 200);
    model.info.defaultSteps = static_cast<std::uint32_t>(numberOf(settings, "steps", model.info.defaultSteps, 1, maxSteps));
    model.info.maxSizePx = static_cast<std::uint32_t>(numberOf(settings, "max_size", model.info.maxSizePx, 64, 4096));
    model.defaultGuidance = numberOf(settings, "guidance", model.defaultGuidance, 0, maxGuidance);
    const json::value* map = settings.if_contains("latent_rgb");
    if (map == nullptr || !map->is_array() || map->as_array().size() != model.latentRgb.size())
        return;
    for (std::size_t i = 0; i < model.latentRgb.size(); ++i) {
        const json::value& row = map->as_array()[i];
        for (std::size_t k = 0; k < 3 && row.is_array() && k < row.as_array().size(); ++k)
            model.latentRgb[i][k] = row.as_array()[k].is_number() ? row.as_array()[k].to_number<float>() : 0;
    }
}

} // namespace

Result<ModelFolder, std::string> ModelFolder::read(const fs::path& path)
{
    TESSERA_TRY(index, readObject(path / "model_index.json"));
    const json::value* pipeline = index.if_contains("_class_name");
    if (pipeline == nullptr || !pipeline->is_string() || pipeline->as_string() != "StableDiffusionPipeline")
        return fail((path / "model_index.json").string() + ": _class_name is not StableDiffusionPipeline, the one supported");
    for (const char* part : {"text_encoder", "unet", "vae_decoder"}) {
        if (!fs::exists(path / part / "model.onnx"))
            return fail((path / part / "model.onnx").string() + ": missing");
    }
    const auto optionalText = [](const fs::path& file) {
        auto text = readText(file);
        return text ? std::move(*text) : std::string();
    };
    const fs::path words = path / "tokenizer";
    TESSERA_TRY(vocabulary, readText(words / "vocab.json"));
    TESSERA_TRY(merges, readText(words / "merges.txt"));
    auto tokenizer = Tokenizer::create(vocabulary, merges, optionalText(words / "special_tokens_map.json"), optionalText(words / "tokenizer_config.json"));
    if (!tokenizer)
        return fail(words.string() + "/" + tokenizer.error());
    TESSERA_TRY(schedulerText, readText(path / "scheduler" / "scheduler_config.json"));
    auto scheduler = parseSchedulerConfig(schedulerText);
    if (!scheduler)
        return fail((path / "scheduler").string() + "/" + scheduler.error());
    ModelFolder model{path, {}, std::move(*tokenizer), *scheduler, 0.18215, 0, 4, 7.5, {}};
    if (fs::exists(path / "vae_decoder" / "config.json")) {
        TESSERA_TRY(vae, readObject(path / "vae_decoder" / "config.json"));
        model.scalingFactor = numberOf(vae, "scaling_factor", model.scalingFactor, 1e-6, 1e6);
        model.shiftFactor = numberOf(vae, "shift_factor", 0, -1e6, 1e6);
        model.latentChannels = static_cast<int>(numberOf(vae, "latent_channels", 4, 1, 32));
    }
    TESSERA_TRY(digest, digestOf(path));
    model.info = {path.filename().string(), path.filename().string(), "diffusion", ModelOutput::image, digest, 20, 1024};
    model.latentRgb = defaultLatentRgb(model.latentChannels);
    readOwnSettings(index, model);
    return model;
}

} // namespace tessera::appliance
