#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/result.h>

/// Diffusion schedulers, after diffusers: the noise schedule, the timesteps of N steps, and what one step does with the
/// model's output. Arithmetic in the precisions of the originals, so that results agree to the last digits.
/// Pure but for the scheduler's own position; one thread.
namespace tessera::appliance {

enum class Prediction : std::uint8_t { epsilon, velocity, sample };
enum class Spacing : std::uint8_t { linspace, leading, trailing };

struct SchedulerConfig {
    std::string kind = "DDIMScheduler"; ///< or EulerDiscreteScheduler
    std::string betaSchedule = "linear"; ///< linear, scaled_linear, squaredcos_cap_v2
    double betaStart = 0.0001;
    double betaEnd = 0.02;
    int trainSteps = 1000;
    Prediction prediction = Prediction::epsilon;
    Spacing spacing = Spacing::leading;
    int stepsOffset = 0;
    bool setAlphaToOne = true;
    bool clipSample = false;
    bool karrasSigmas = false;
};

/// scheduler_config.json; unknown classes and values are errors that name the key.
Result<SchedulerConfig, std::string> parseSchedulerConfig(std::string_view jsonText);

/// Running product of 1 - beta.
[[nodiscard]] std::vector<float> alphaProducts(const SchedulerConfig& config);

class Scheduler
{
public:
    virtual ~Scheduler() = default;
    /// What the model is asked at each step, first to last; fractional for Euler.
    [[nodiscard]] virtual const std::vector<double>& timesteps() const = 0;
    /// Factor of the initial noise.
    [[nodiscard]] virtual double initialFactor() const = 0;
    /// Factor of the latent on its way into the model at step `i`.
    [[nodiscard]] virtual double inputFactor(std::size_t i) const = 0;
    /// Replaces `latent` by that of the next step. `clean` becomes the estimate of the finished latent.
    virtual void step(std::size_t i, const std::vector<float>& output, std::vector<float>& latent,
                      std::vector<float>& clean) const = 0;
};

[[nodiscard]] std::unique_ptr<Scheduler> makeScheduler(const SchedulerConfig& config, int steps);

} // namespace tessera::appliance
