#include <appliance/runtimes/scheduler.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace tessera::appliance {
namespace {

namespace json = boost::json;

std::vector<double> evenly(double from, double to, int count)
{
    std::vector<double> values(static_cast<std::size_t>(count), from);
    for (int i = 1; i < count; ++i)
        values[static_cast<std::size_t>(i)] = i == count - 1 ? to : from + (to - from) * i / (count - 1);
    return values;
}

/// np.interp over x = 0..n-1.
double interpolated(const std::vector<double>& table, double x)
{
    const double clamped = std::clamp(x, 0.0, static_cast<double>(table.size() - 1));
    const auto low = std::min(static_cast<std::size_t>(clamped), table.size() - 2);
    return table[low] + (table[low + 1] - table[low]) * (clamped - static_cast<double>(low));
}

std::vector<double> spacedTimesteps(const SchedulerConfig& config, int steps)
{
    const int train = config.trainSteps;
    std::vector<double> list;
    switch (config.spacing) {
    case Spacing::linspace:
        list = evenly(0, train - 1, steps);
        std::reverse(list.begin(), list.end());
        break;
    case Spacing::leading:
        for (int i = steps - 1; i >= 0; --i)
            list.push_back(static_cast<double>(i) * (train / steps) + config.stepsOffset);
        break;
    case Spacing::trailing:
        for (int i = 0; i < steps; ++i)
            list.push_back(std::nearbyint(train - i * static_cast<double>(train) / steps) - 1);
        break;
    }
    for (double& value : list)
        value = std::clamp(value, 0.0, static_cast<double>(train - 1));
    return list;
}

class Ddim final : public Scheduler
{
public:
    Ddim(const SchedulerConfig& config, int steps)
        : m_config(config), m_alphas(alphaProducts(config)), m_timesteps(spacedTimesteps(config, steps)), m_stride(config.trainSteps / steps)
    {
        for (double& t : m_timesteps)
            t = std::nearbyint(t);
    }
    [[nodiscard]] const std::vector<double>& timesteps() const override { return m_timesteps; }
    [[nodiscard]] double initialFactor() const override { return 1; }
    [[nodiscard]] double inputFactor(std::size_t) const override { return 1; }
    void step(std::size_t i, const std::vector<float>& output, std::vector<float>& latent, std::vector<float>& clean) const override
    {
        const int t = static_cast<int>(m_timesteps[i]);
        const int previous = t - m_stride;
        const float alpha = m_alphas[static_cast<std::size_t>(t)];
        const float alphaPrevious = previous >= 0 ? m_alphas[static_cast<std::size_t>(previous)] : m_config.setAlphaToOne ? 1.0F : m_alphas[0];
        const float a = std::sqrt(alpha), s = std::sqrt(1 - alpha);
        const float nextA = std::sqrt(alphaPrevious), nextS = std::sqrt(1 - alphaPrevious);
        clean.resize(latent.size());
        for (std::size_t k = 0; k < latent.size(); ++k) {
            const float x = latent[k], m = output[k];
            float x0 = m, eps = m;
            switch (m_config.prediction) {
            case Prediction::epsilon: x0 = (x - s * m) / a; break;
            case Prediction::velocity: x0 = a * x - s * m; eps = a * m + s * x; break;
            case Prediction::sample: eps = (x - a * x0) / s; break;
            }
            if (m_config.clipSample)
                x0 = std::clamp(x0, -1.0F, 1.0F);
            clean[k] = x0;
            latent[k] = nextA * x0 + nextS * eps;
        }
    }

private:
    SchedulerConfig m_config;
    std::vector<float> m_alphas;
    std::vector<double> m_timesteps;
    int m_stride;
};

class Euler final : public Scheduler
{
public:
    Euler(const SchedulerConfig& config, int steps) : m_config(config), m_timesteps(spacedTimesteps(config, steps))
    {
        std::vector<double> table;
        for (const float alpha : alphaProducts(config))
            table.push_back(std::sqrt((1 - static_cast<double>(alpha)) / static_cast<double>(alpha)));
        for (const double t : m_timesteps)
            m_sigmas.push_back(interpolated(table, t));
        if (config.karrasSigmas)
            useKarras(table);
        m_sigmas.push_back(0);
        // Of the table, not of the first step: leading spacing starts below it.
        m_initial = config.spacing == Spacing::leading ? std::sqrt(m_sigmas[0] * m_sigmas[0] + 1) : m_sigmas[0];
    }
    [[nodiscard]] const std::vector<double>& timesteps() const override { return m_timesteps; }
    [[nodiscard]] double initialFactor() const override { return m_initial; }
    [[nodiscard]] double inputFactor(std::size_t i) const override { return 1 / std::sqrt(m_sigmas[i] * m_sigmas[i] + 1); }
    void step(std::size_t i, const std::vector<float>& output, std::vector<float>& latent, std::vector<float>& clean) const override
    {
        const auto sigma = static_cast<float>(m_sigmas[i]), next = static_cast<float>(m_sigmas[i + 1]);
        const float squared = sigma * sigma + 1;
        clean.resize(latent.size());
        for (std::size_t k = 0; k < latent.size(); ++k) {
            const float x = latent[k], m = output[k];
            float x0 = m;
            switch (m_config.prediction) {
            case Prediction::epsilon: x0 = x - sigma * m; break;
            case Prediction::velocity: x0 = m * (-sigma / std::sqrt(squared)) + x / squared; break;
            case Prediction::sample: break;
            }
            clean[k] = x0;
            latent[k] = x + (x - x0) / sigma * (next - sigma);
        }
    }

private:
    void useKarras(const std::vector<double>& table)
    {
        const double low = std::pow(m_sigmas.back(), 1 / 7.0), high = std::pow(m_sigmas.front(), 1 / 7.0);
        const std::size_t count = m_sigmas.size();
        for (std::size_t i = 0; i < count; ++i) {
            const double share = count == 1 ? 0 : static_cast<double>(i) / static_cast<double>(count - 1);
            m_sigmas[i] = std::pow(high + share * (low - high), 7);
            const auto above = std::upper_bound(table.begin(), table.end(), m_sigmas[i]);
            const auto at = std::clamp<std::ptrdiff_t>(above - table.begin() - 1, 0, static_cast<std::ptrdiff_t>(table.size()) - 2);
            const double from = std::log(table[static_cast<std::size_t>(at)]), to = std::log(table[static_cast<std::size_t>(at) + 1]);
            m_timesteps[i] = static_cast<double>(at) + std::clamp((std::log(m_sigmas[i]) - from) / (to - from), 0.0, 1.0);
        }
    }
    SchedulerConfig m_config;
    std::vector<double> m_timesteps;
    std::vector<double> m_sigmas;
    double m_initial = 1;
};

/// Reads members with their types checked; remembers the first that does not fit.
class ConfigReader
{
public:
    explicit ConfigReader(const json::object& object) : m_object(object) {}
    std::string text(const char* key, std::string fallback)
    {
        const json::value* value = present(key);
        if (value != nullptr && !value->is_string())
            refuse(key);
        return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::move(fallback);
    }
    double number(const char* key, double fallback, double low, double high)
    {
        const json::value* value = present(key);
        if (value == nullptr)
            return fallback;
        const double read = value->is_number() ? value->to_number<double>() : std::nan("");
        if (!(read >= low && read <= high))
            refuse(key);
        return m_error.empty() ? read : fallback;
    }
    bool flag(const char* key, bool fallback)
    {
        const json::value* value = present(key);
        if (value != nullptr && !value->is_bool())
            refuse(key);
        return value != nullptr && value->is_bool() ? value->as_bool() : fallback;
    }
    void refuse(const std::string& key)
    {
        if (m_error.empty())
            m_error = "scheduler_config.json: " + key + " has a value that is not supported";
    }
    [[nodiscard]] const std::string& error() const { return m_error; }

private:
    const json::value* present(const char* key) const
    {
        const json::value* value = m_object.if_contains(key);
        return value == nullptr || value->is_null() ? nullptr : value;
    }
    const json::object& m_object;
    std::string m_error;
};

} // namespace

Result<SchedulerConfig, std::string> parseSchedulerConfig(std::string_view jsonText)
{
    json::error_code error;
    const json::value value = json::parse(jsonText, error);
    if (error || !value.is_object())
        return fail("scheduler_config.json: " + (error ? error.message() : std::string("not an object")));
    ConfigReader reader(value.as_object());
    SchedulerConfig config;
    config.kind = reader.text("_class_name", config.kind);
    config.betaSchedule = reader.text("beta_schedule", config.betaSchedule);
    config.betaStart = reader.number("beta_start", config.betaStart, 1e-9, 0.999);
    config.betaEnd = reader.number("beta_end", config.betaEnd, 1e-9, 0.999);
    config.trainSteps = static_cast<int>(reader.number("num_train_timesteps", config.trainSteps, 160, 100'000));
    config.stepsOffset = static_cast<int>(reader.number("steps_offset", 0, 0, 10));
    config.setAlphaToOne = reader.flag("set_alpha_to_one", true);
    config.clipSample = reader.flag("clip_sample", config.kind == "DDIMScheduler");
    config.karrasSigmas = reader.flag("use_karras_sigmas", false);
    const std::string prediction = reader.text("prediction_type", "epsilon");
    const std::string spacing = reader.text("timestep_spacing", config.kind == "EulerDiscreteScheduler" ? "linspace" : "leading");
    if (prediction == "v_prediction")
        config.prediction = Prediction::velocity;
    else if (prediction == "sample")
        config.prediction = Prediction::sample;
    else if (prediction != "epsilon")
        reader.refuse("prediction_type");
    if (spacing == "linspace")
        config.spacing = Spacing::linspace;
    else if (spacing == "trailing")
        config.spacing = Spacing::trailing;
    else if (spacing != "leading")
        reader.refuse("timestep_spacing");
    if (config.betaSchedule != "linear" && config.betaSchedule != "scaled_linear" && config.betaSchedule != "squaredcos_cap_v2")
        reader.refuse("beta_schedule");
    if (config.kind != "DDIMScheduler" && config.kind != "EulerDiscreteScheduler")
        reader.refuse("_class_name");
    if (reader.flag("rescale_betas_zero_snr", false))
        reader.refuse("rescale_betas_zero_snr");
    if (!reader.error().empty())
        return fail(reader.error());
    return config;
}

std::vector<float> alphaProducts(const SchedulerConfig& config)
{
    std::vector<float> betas;
    if (config.betaSchedule == "squaredcos_cap_v2") {
        const auto f = [](double u) {
            const double c = std::cos((u + 0.008) / 1.008 * std::numbers::pi / 2);
            return c * c;
        };
        for (int i = 0; i < config.trainSteps; ++i)
            betas.push_back(static_cast<float>(std::min(1 - f((i + 1.0) / config.trainSteps) / f(static_cast<double>(i) / config.trainSteps), 0.999)));
    } else {
        const bool scaled = config.betaSchedule == "scaled_linear";
        const double from = scaled ? std::sqrt(config.betaStart) : config.betaStart;
        const double to = scaled ? std::sqrt(config.betaEnd) : config.betaEnd;
        for (const double value : evenly(from, to, config.trainSteps)) {
            const auto narrow = static_cast<float>(value);
            betas.push_back(scaled ? narrow * narrow : narrow);
        }
    }
    std::vector<float> products;
    float product = 1;
    for (const float beta : betas) {
        product *= 1 - beta;
        products.push_back(product);
    }
    return products;
}

std::unique_ptr<Scheduler> makeScheduler(const SchedulerConfig& config, int steps)
{
    if (config.kind == "EulerDiscreteScheduler")
        return std::make_unique<Euler>(config, steps);
    return std::make_unique<Ddim>(config, steps);
}

} // namespace tessera::appliance
