#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

/// Counters, gauges and histograms in the Prometheus text format 0.0.4. Any thread.
namespace tessera::service {

class Counter
{
public:
    void add(std::uint64_t by = 1) { m_value.fetch_add(by, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> m_value{0};
};

/// Cumulative buckets with fixed upper bounds.
class Histogram
{
public:
    explicit Histogram(std::vector<double> upperBounds);
    void observe(double value);
    void write(std::string& out, std::string_view name) const;

private:
    mutable std::mutex m_mutex;
    std::vector<double> m_bounds;
    std::vector<std::uint64_t> m_counts; ///< one more than bounds
    double m_sum = 0;
};

/// Owns the metrics it hands out; they live as long as the registry. Names are Prometheus names, labels are written
/// as they stand in the braces, for example `role="viewer"`.
class Metrics
{
public:
    Counter& counter(const std::string& name, std::string_view help, std::string_view labels = {});
    Histogram& histogram(const std::string& name, std::string_view help, std::vector<double> upperBounds);
    /// `read` is called by text(), on its thread.
    void gauge(const std::string& name, std::string_view help, std::function<double()> read);
    [[nodiscard]] std::string text() const;

private:
    struct Family {
        std::string help;
        std::string_view type;
        std::map<std::string, Counter> counters; ///< by labels
        std::unique_ptr<Histogram> histogram;
        std::function<double()> gauge;
    };
    Family& family(const std::string& name, std::string_view help, std::string_view type);

    mutable std::mutex m_mutex;
    std::map<std::string, Family> m_families;
};

/// Resident memory of this process in bytes; 0 where /proc does not tell.
[[nodiscard]] std::uint64_t residentBytes();

} // namespace tessera::service
