#include "measure.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <fstream>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <core/crdt/any.h>
#include <core/crdt/doc.h>

#include "case_files.h"

namespace tessera::bench {

namespace {

double clockMs(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::string jsonNumber(double value)
{
    return crdt::toJson(crdt::Any(value));
}

std::string jsonText(const std::string& text)
{
    return crdt::toJson(crdt::Any(text));
}

} // namespace

Stopwatch::Stopwatch()
    : m_wallMs(clockMs(CLOCK_MONOTONIC)), m_cpuMs(clockMs(CLOCK_PROCESS_CPUTIME_ID))
{
}

double Stopwatch::elapsedMs() const
{
    return std::min(clockMs(CLOCK_MONOTONIC) - m_wallMs,
                    clockMs(CLOCK_PROCESS_CPUTIME_ID) - m_cpuMs);
}

Metrics::Metric& Metrics::metric(const std::string& name)
{
    const auto found = std::find_if(m_metrics.begin(), m_metrics.end(),
                                    [&](const Metric& metric) { return metric.name == name; });
    return found != m_metrics.end() ? *found : m_metrics.emplace_back(Metric{name, {}, false});
}

void Metrics::addTime(const std::string& name, double ms)
{
    Metric& time = metric(name);
    time.isTime = true;
    time.values.push_back(ms);
}

void Metrics::set(const std::string& name, std::uint64_t value)
{
    metric(name).values = {static_cast<double>(value)};
}

std::string Metrics::jsonLine(const std::string& caseName) const
{
    std::string line =
        R"({"engine":"tessera","version":")" TESSERA_VERSION R"(","case":)" + jsonText(caseName);
    std::string medians;
    for (const Metric& metric : m_metrics) {
        std::vector<double> sorted = metric.values;
        std::sort(sorted.begin(), sorted.end());
        line += ',' + jsonText(metric.name) + ':' + jsonNumber(sorted.front());
        if (metric.isTime) {
            const std::string stem = metric.name.substr(0, metric.name.size() - 3);
            medians +=
                ',' + jsonText(stem + "_med_ms") + ':' + jsonNumber(sorted[sorted.size() / 2]);
        }
    }
    return line + medians + '}';
}

std::uint64_t residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    statm >> total >> resident;
    return statm ? resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

std::optional<std::uint64_t> memoryOfFreshProcess(const std::string& path)
{
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
        return std::nullopt;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    std::string program = "/proc/self/exe";
    std::string option = "--memory";
    std::string file = path;
    std::array<char*, 4> arguments{program.data(), option.data(), file.data(), nullptr};
    pid_t child = 0;
    const int failed =
        posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::array<char, 64> answer{};
    const ssize_t size = failed ? 0 : read(ends[0], answer.data(), answer.size());
    close(ends[0]);
    int status = 0;
    if (failed || waitpid(child, &status, 0) != child || status != 0 || size <= 0)
        return std::nullopt;
    std::uint64_t bytes = 0;
    const auto parsed = std::from_chars(answer.data(), answer.data() + size, bytes);
    return parsed.ec == std::errc() ? std::optional(bytes) : std::nullopt;
}

int measureMemory(const std::string& path)
{
    const auto bytes = readFile(path);
    if (!bytes)
        return 1;
    {
        crdt::Doc warm({.clientId = crdt::ClientId{1}});
        warm.transact({}, [&](crdt::Transaction& transaction) {
            warm.text("text").insert(transaction, 0, "x");
        });
    }
    const std::uint64_t before = residentBytes();
    crdt::Doc doc;
    if (!doc.applyUpdate(bytes.value()))
        return 1;
    const std::uint64_t after = residentBytes();
    std::printf("%llu\n", static_cast<unsigned long long>(after > before ? after - before : 0));
    return 0;
}

} // namespace tessera::bench
