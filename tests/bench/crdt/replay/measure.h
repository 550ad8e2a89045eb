#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Times and memory, and the JSON line that carries them. One thread.
namespace tessera::bench {

/// Elapsed milliseconds: the smaller of wall time and CPU time of the process. Wall time also
/// counts waiting for a core, CPU time also counts helper threads; the smaller is nearer to what a
/// quiet machine would show.
class Stopwatch
{
public:
    Stopwatch();
    [[nodiscard]] double elapsedMs() const;

private:
    double m_wallMs;
    double m_cpuMs;
};

template <class Work> [[nodiscard]] double timeMs(Work&& work)
{
    const Stopwatch stopwatch;
    work();
    return stopwatch.elapsedMs();
}

/// Named numbers of one case in the order they were first given. Times of several repetitions are
/// kept, the line has the best under the name and the median under NAME_med_ms; of the others the
/// last stays.
class Metrics
{
public:
    void addTime(const std::string& name, double ms); ///< name ends in _ms
    void set(const std::string& name, std::uint64_t value);
    /// {"engine":"tessera","version":"…","case":"…",…}, without a line break.
    [[nodiscard]] std::string jsonLine(const std::string& caseName) const;

private:
    struct Metric {
        std::string name;
        std::vector<double> values;
        bool isTime = false;
    };
    Metric& metric(const std::string& name);
    std::vector<Metric> m_metrics;
};

/// Resident memory of this process; 0 where /proc is missing.
[[nodiscard]] std::uint64_t residentBytes();

/// What loading the update in `path` adds to the resident memory of a fresh process that holds the
/// update's bytes and has used a document before (`crdt-replay --memory FILE`). Empty when that
/// process fails.
[[nodiscard]] std::optional<std::uint64_t> memoryOfFreshProcess(const std::string& path);

/// The fresh process's part: loads, prints the number. Returns the exit status.
int measureMemory(const std::string& path);

} // namespace tessera::bench
