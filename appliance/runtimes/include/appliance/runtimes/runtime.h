#pragma once

#include <memory>
#include <string>
#include <vector>

#include <appliance/runtimes/generation.h>

/// One way of making pictures. Every runtime passes the same conformance suite (tests/unit/appliance/runtimes).
/// Runs in the worker process; a runtime has one job at a time and one thread of ours.
namespace tessera::appliance {

struct Step {
    std::uint32_t step = 0;  ///< 1..steps, finished
    std::uint32_t steps = 0;
    Bytes previewPng;        ///< small; may be empty
};

enum class Continue : std::uint8_t { yes, no };

/// Hears of every finished step, and says whether to go on: Continue::no ends the job with code cancelled.
class StepSink
{
public:
    virtual ~StepSink() = default;
    virtual Continue stepDone(Step step) = 0;
};

struct Generation {
    Bytes png;              ///< the picture; of layers their rendering; empty only when it could not be drawn
    std::string layersJson; ///< models with ModelOutput::layers
    std::string recipeJson; ///< generation record of document-model section 9, without what only the daemon knows
};

class Runtime
{
public:
    virtual ~Runtime() = default;
    [[nodiscard]] virtual std::vector<ModelInfo> models() const = 0;
    /// The same request gives the same bytes on the same machine. Checks the request itself.
    virtual Result<Generation, GenerationError> generate(const GenerationRequest& request, StepSink& sink) = 0;
    /// From any thread: makes a model call in progress return early where the engine can. The sink still decides.
    virtual void interrupt() {}
};

/// Editable vector layers from words, colours and a seed. Needs nothing but itself.
[[nodiscard]] std::unique_ptr<Runtime> makeComposer();
/// The composer's model, for listings that must not make a runtime.
[[nodiscard]] ModelInfo composerModel();

} // namespace tessera::appliance
