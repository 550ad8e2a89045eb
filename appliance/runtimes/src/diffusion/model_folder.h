#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <appliance/runtimes/generation.h>
#include <appliance/runtimes/scheduler.h>
#include <appliance/runtimes/tokenizer.h>

/// What a pipeline's folder says about itself, without its weights. Sizes are capped before files are read.
namespace tessera::appliance {

struct ModelFolder {
    std::filesystem::path path;
    ModelInfo info;
    Tokenizer tokenizer;
    SchedulerConfig scheduler;
    double scalingFactor = 0.18215; ///< of the latents, from vae_decoder/config.json
    double shiftFactor = 0;
    int latentChannels = 4;
    double defaultGuidance = 7.5;
    std::vector<std::array<float, 3>> latentRgb; ///< latent to RGB -1..1, for previews

    /// The error names the file.
    static Result<ModelFolder, std::string> read(const std::filesystem::path& path);
};

} // namespace tessera::appliance
