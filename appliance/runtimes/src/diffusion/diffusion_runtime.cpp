#include <appliance/runtimes/diffusion.h>

#include <algorithm>
#include <cstdlib>
#include <limits.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <appliance/runtimes/noise.h>
#include <core/base/color.h>

#include "model_folder.h"
#include "onnx/ort_library.h"
#include "picture.h"

namespace tessera::appliance {
namespace {

namespace fs = std::filesystem;
constexpr const char* libraryName = "libonnxruntime.so.1";
constexpr std::uint32_t latentScale = 8;

struct LoadedModel {
    std::string id;
    std::unique_ptr<ort::Model> textEncoder;
    std::unique_ptr<ort::Model> unet;
    std::unique_ptr<ort::Model> vaeDecoder;
};

GenerationError damaged(const std::string& detail)
{
    return {"model-damaged", detail};
}

/// The first of the names that the model has.
Result<std::string, GenerationError> inputNamed(const ort::Model& model, const char* part, std::initializer_list<const char*> names)
{
    for (const char* name : names) {
        if (model.input(name) != nullptr)
            return std::string(name);
    }
    return fail(damaged(std::string(part) + " has no input \"" + *names.begin() + "\""));
}

ort::Tensor plane(const std::vector<float>& values, int channels, int height, int width)
{
    return {{1, channels, height, width}, values, {}};
}

class OnnxDiffusion final : public Runtime
{
public:
    OnnxDiffusion(std::unique_ptr<ort::Library> library, std::vector<ModelFolder> folders)
        : m_library(std::move(library)), m_folders(std::move(folders))
    {
    }

    [[nodiscard]] std::vector<ModelInfo> models() const override
    {
        std::vector<ModelInfo> infos;
        for (const ModelFolder& folder : m_folders)
            infos.push_back(folder.info);
        return infos;
    }
    void interrupt() override { m_library->interrupt(); }

    Result<Generation, GenerationError> generate(const GenerationRequest& request, StepSink& sink) override
    {
        TESSERA_TRY(info, checkRequest(request, models()));
        const auto folder = std::find_if(m_folders.begin(), m_folders.end(), [&](const ModelFolder& f) { return f.info.id == info.id; });
        TESSERA_CHECK(load(*folder));
        return Job{*this, *folder, request, sink}.run();
    }

private:
    /// One request on its way through the pipeline.
    struct Job {
        OnnxDiffusion& runtime;
        const ModelFolder& model;
        const GenerationRequest& request;
        StepSink& sink;

        Result<Generation, GenerationError> run()
        {
            const int steps = static_cast<int>(request.steps == 0 ? model.info.defaultSteps : request.steps);
            const double guidance = request.guidance == 0 ? model.defaultGuidance : request.guidance;
            // Sizes go up to whole latents; the picture is cut back to what was asked.
            const int width = static_cast<int>((request.widthPx + latentScale - 1) / latentScale);
            const int height = static_cast<int>((request.heightPx + latentScale - 1) / latentScale);
            TESSERA_TRY(conditional, encodeText(promptWithColors()));
            ort::Tensor unconditional;
            if (guidance > 1) {
                TESSERA_TRY(encoded, encodeText(request.negative));
                unconditional = std::move(encoded);
            }
            const auto scheduler = makeScheduler(model.scheduler, steps);
            const auto count = static_cast<std::size_t>(model.latentChannels) * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
            std::vector<float> latent = TorchNoise(request.seed).normal(count), clean;
            for (float& value : latent)
                value *= static_cast<float>(scheduler->initialFactor());
            for (int i = 0; i < steps; ++i) {
                const auto at = static_cast<std::size_t>(i);
                std::vector<float> input = latent;
                for (float& value : input)
                    value *= static_cast<float>(scheduler->inputFactor(at));
                const ort::Tensor sample = plane(input, model.latentChannels, height, width);
                TESSERA_TRY(output, predict(sample, scheduler->timesteps()[at], conditional));
                if (guidance > 1) {
                    TESSERA_TRY(without, predict(sample, scheduler->timesteps()[at], unconditional));
                    for (std::size_t k = 0; k < count; ++k)
                        output[k] = without[k] + static_cast<float>(guidance) * (output[k] - without[k]);
                }
                scheduler->step(at, output, latent, clean);
                if (sink.stepDone({static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(steps), latentToPng(clean, width, height, model)}) ==
                    Continue::no)
                    return fail(GenerationError{"cancelled", "after step " + std::to_string(i + 1)});
            }
            Generation result;
            TESSERA_TRY(png, decode(latent, width, height));
            result.png = std::move(png);
            result.recipeJson = recipe(steps, guidance);
            return result;
        }

        /// Brand colours have no input of their own in this kind of model: their names join the prompt.
        std::string promptWithColors() const
        {
            std::string prompt = request.prompt;
            for (const std::string& hex : request.colors)
                prompt += " " + nearestColorName(hex);
            return prompt;
        }

        static std::string nearestColorName(const std::string& hex);

        Result<ort::Tensor, GenerationError> encodeText(const std::string& text)
        {
            ort::Tensor ids;
            for (const std::int32_t id : model.tokenizer.encode(text))
                ids.integers.push_back(id);
            ids.shape = {1, static_cast<std::int64_t>(ids.integers.size())};
            TESSERA_TRY(name, inputNamed(*runtime.m_loaded.textEncoder, "text_encoder", {"input_ids"}));
            return ran(runtime.m_loaded.textEncoder->run({{name, std::move(ids)}}, "last_hidden_state"), "text_encoder");
        }

        Result<std::vector<float>, GenerationError> predict(const ort::Tensor& sample, double timestep, const ort::Tensor& words)
        {
            ort::Model& unet = *runtime.m_loaded.unet;
            TESSERA_TRY(name, inputNamed(unet, "unet", {"timestep", "t"}));
            ort::Tensor time{{}, {static_cast<float>(timestep)}, {}};
            if (!unet.input(name)->shape.empty())
                time.shape = {1};
            TESSERA_TRY(output, ran(unet.run({{"sample", sample}, {name, std::move(time)}, {"encoder_hidden_states", words}}, unet.outputs().front()), "unet"));
            if (output.shape != sample.shape)
                return fail(damaged("unet answers another shape than it was given"));
            return std::move(output.floats);
        }

        Result<Bytes, GenerationError> decode(std::vector<float> latent, int width, int height)
        {
            for (float& value : latent)
                value = value / static_cast<float>(model.scalingFactor) + static_cast<float>(model.shiftFactor);
            ort::Model& vae = *runtime.m_loaded.vaeDecoder;
            TESSERA_TRY(name, inputNamed(vae, "vae_decoder", {"latent_sample"}));
            TESSERA_TRY(picture, ran(vae.run({{name, plane(latent, model.latentChannels, height, width)}}, vae.outputs().front()), "vae_decoder"));
            const int wide = width * static_cast<int>(latentScale), high = height * static_cast<int>(latentScale);
            if (picture.shape != std::vector<std::int64_t>{1, 3, high, wide})
                return fail(damaged("vae_decoder answers another shape than 1 x 3 x 8h x 8w"));
            Bytes png = pictureToPng(picture.floats, wide, high, static_cast<int>(request.widthPx), static_cast<int>(request.heightPx));
            if (png.empty())
                return fail(GenerationError{"internal", "the picture could not be encoded"});
            return png;
        }

        template <class T> static Result<T, GenerationError> ran(Result<T, std::string> result, const char* part)
        {
            if (!result)
                return fail(damaged(std::string(part) + ": " + result.error()));
            return std::move(*result);
        }

        std::string recipe(int steps, double guidance) const
        {
            boost::json::array colors;
            for (const std::string& hex : request.colors)
                colors.emplace_back(hex);
            return boost::json::serialize(boost::json::object{
                {"prompt", request.prompt}, {"negative", request.negative}, {"colors", std::move(colors)},
                {"runtime", "onnxruntime " + runtime.m_library->version() + " cpu"}, {"model", model.info.id},
                {"digest", model.info.digest}, {"seed", std::to_string(request.seed)}, {"generator", "torch-cpu"},
                {"steps", steps}, {"sampler", model.scheduler.kind}, {"guidance", guidance}, {"width", request.widthPx},
                {"height", request.heightPx}, {"author", request.author}});
        }
    };

    /// Keeps the model of the last job.
    Result<void, GenerationError> load(const ModelFolder& folder)
    {
        if (m_loaded.id == folder.info.id)
            return {};
        m_loaded = {};
        const auto part = [&](const char* name, std::unique_ptr<ort::Model>& into) -> Result<void, GenerationError> {
            auto model = m_library->load(folder.path / name / "model.onnx");
            if (!model)
                return fail(damaged(std::string(name) + ": " + model.error()));
            into = std::move(*model);
            return {};
        };
        LoadedModel loaded;
        TESSERA_CHECK(part("text_encoder", loaded.textEncoder));
        TESSERA_CHECK(part("unet", loaded.unet));
        TESSERA_CHECK(part("vae_decoder", loaded.vaeDecoder));
        loaded.id = folder.info.id;
        m_loaded = std::move(loaded);
        return {};
    }

    std::unique_ptr<ort::Library> m_library; ///< outlives the models
    std::vector<ModelFolder> m_folders;
    LoadedModel m_loaded;
};

struct NamedColor {
    const char* name;
    Color color;
};

std::string OnnxDiffusion::Job::nearestColorName(const std::string& hex)
{
    static const std::vector<NamedColor> names = [] {
        std::vector<NamedColor> made;
        for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
                 {"red", "#d62839"}, {"orange", "#f77f00"}, {"yellow", "#ffd23f"}, {"green", "#2d9d5a"}, {"teal", "#0f8b8d"},
                 {"cyan", "#22d3ee"}, {"blue", "#1d5fd0"}, {"navy", "#0f254d"}, {"purple", "#6f2dbd"}, {"magenta", "#d6338a"},
                 {"pink", "#f49ac2"}, {"brown", "#6f4e37"}, {"beige", "#e8dcc4"}, {"white", "#f6f5f2"}, {"gray", "#8d8f94"},
                 {"black", "#14161b"}})
            made.push_back({name, *parseHexColor(value)});
        return made;
    }();
    const Color wanted = parseHexColor(hex).value_or(Color{});
    const auto distance = [&](const NamedColor& named) {
        const float r = named.color.r - wanted.r, g = named.color.g - wanted.g, b = named.color.b - wanted.b;
        return r * r + g * g + b * b;
    };
    return std::min_element(names.begin(), names.end(), [&](const NamedColor& a, const NamedColor& b) { return distance(a) < distance(b); })->name;
}

fs::path ownFolder()
{
    char buffer[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    return length > 0 ? fs::path(std::string(buffer, static_cast<std::size_t>(length))).parent_path() : fs::path();
}

} // namespace

std::vector<fs::path> onnxRuntimeCandidates(const fs::path& setting)
{
    if (!setting.empty())
        return {setting};
    const fs::path folder = ownFolder();
    std::vector<fs::path> candidates{folder / libraryName, folder / "../lib/onnxruntime" / libraryName};
    if (const char* environment = std::getenv("TESSERA_ONNXRUNTIME"); environment != nullptr && *environment != '\0') {
        const fs::path given(environment);
        candidates.push_back(fs::is_directory(given) ? given / libraryName : given);
    }
    candidates.emplace_back(libraryName);
    return candidates;
}

DiffusionRuntime makeDiffusionRuntime(const fs::path& modelStore, const fs::path& setting)
{
    DiffusionRuntime made;
    std::vector<ModelFolder> folders;
    std::error_code error;
    std::vector<fs::path> paths;
    for (fs::directory_iterator it(modelStore, error), end; !error && it != end; it.increment(error)) {
        if (fs::exists(it->path() / "model_index.json"))
            paths.push_back(it->path());
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        auto folder = ModelFolder::read(path);
        if (folder)
            folders.push_back(std::move(*folder));
        else
            made.note += "model left out: " + folder.error() + ". ";
    }
    if (folders.empty()) {
        made.note += "no diffusion models in " + modelStore.string() + ". ";
        return made;
    }
    std::string problems;
    for (const fs::path& candidate : onnxRuntimeCandidates(setting)) {
        auto library = ort::Library::open(candidate);
        if (library) {
            made.runtime = std::make_unique<OnnxDiffusion>(std::move(*library), std::move(folders));
            return made;
        }
        problems = library.error();
    }
    made.note += "no ONNX Runtime: " + problems + ". ";
    return made;
}

} // namespace tessera::appliance
