#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/result.h>

/// What is asked of a model, what a model is, and the checks every request passes before it is queued and again before
/// it is run. Plain data; pure; safe on any thread.
namespace tessera::appliance {

struct GenerationRequest {
    std::string model;
    std::string prompt;   ///< UTF-8
    std::string negative; ///< UTF-8
    std::vector<std::string> colors; ///< hex, most important first
    std::uint32_t widthPx = 0;
    std::uint32_t heightPx = 0;
    std::uint64_t seed = 0;
    std::uint32_t steps = 0; ///< 0: the model's own
    double guidance = 0;     ///< 0: the model's own
    std::string author;
    friend bool operator==(const GenerationRequest&, const GenerationRequest&) = default;
};

enum class ModelOutput : std::uint8_t { layers = 1, image = 2 };

struct ModelInfo {
    std::string id;
    std::string name;
    std::string kind;    ///< procedural, diffusion
    ModelOutput output = ModelOutput::image;
    std::string digest;  ///< BLAKE2b-256 of the files in name order; of the runtime's version when it has none
    std::uint32_t defaultSteps = 1;
    std::uint32_t maxSizePx = 2048;
    friend bool operator==(const ModelInfo&, const ModelInfo&) = default;
};

/// What went wrong: a kebab-case code that clients may branch on, and a detail that names what and where.
/// Codes: unknown-model, invalid-size, invalid-color, invalid-prompt, invalid-steps, invalid-guidance, cancelled,
/// model-damaged, runtime-missing, out-of-memory, malformed-message, internal.
struct GenerationError {
    std::string code;
    std::string detail;
    friend bool operator==(const GenerationError&, const GenerationError&) = default;
};

inline constexpr std::size_t maxPromptBytes = 8'000;
inline constexpr std::size_t maxColors = 16;
inline constexpr std::uint32_t minSizePx = 16;
inline constexpr std::uint32_t maxSteps = 150;
inline constexpr double maxGuidance = 30;

/// The model the request names, once everything in the request fits it.
Result<ModelInfo, GenerationError> checkRequest(const GenerationRequest& request, const std::vector<ModelInfo>& models);

/// Stored form of a request, in the journal and on the worker's pipe.
[[nodiscard]] Bytes encodeRequest(const GenerationRequest& request);
Result<GenerationRequest, DecodeError> decodeRequest(ByteView bytes);

} // namespace tessera::appliance
