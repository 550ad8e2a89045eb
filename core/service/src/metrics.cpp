#include <core/service/metrics.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <fstream>

#include <unistd.h>

namespace tessera::service {
namespace {

std::string formatted(double value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

} // namespace

Histogram::Histogram(std::vector<double> upperBounds) : m_bounds(std::move(upperBounds)), m_counts(m_bounds.size() + 1)
{
    assert(std::is_sorted(m_bounds.begin(), m_bounds.end()));
}

void Histogram::observe(double value)
{
    const auto bucket = std::lower_bound(m_bounds.begin(), m_bounds.end(), value) - m_bounds.begin();
    const std::lock_guard lock(m_mutex);
    ++m_counts[static_cast<std::size_t>(bucket)];
    m_sum += value;
}

void Histogram::write(std::string& out, std::string_view name) const
{
    const std::lock_guard lock(m_mutex);
    const std::string prefix(name);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        total += m_counts[i];
        const std::string bound = i < m_bounds.size() ? formatted(m_bounds[i]) : "+Inf";
        out += prefix + "_bucket{le=\"" + bound + "\"} " + std::to_string(total) + "\n";
    }
    out += prefix + "_sum " + formatted(m_sum) + "\n" + prefix + "_count " + std::to_string(total) + "\n";
}

Metrics::Family& Metrics::family(const std::string& name, std::string_view help, std::string_view type)
{
    Family& family = m_families[name];
    assert(family.type.empty() || family.type == type);
    family.help = help;
    family.type = type;
    return family;
}

Counter& Metrics::counter(const std::string& name, std::string_view help, std::string_view labels)
{
    const std::lock_guard lock(m_mutex);
    return family(name, help, "counter").counters[std::string(labels)];
}

Histogram& Metrics::histogram(const std::string& name, std::string_view help, std::vector<double> upperBounds)
{
    const std::lock_guard lock(m_mutex);
    auto& histogram = family(name, help, "histogram").histogram;
    if (!histogram)
        histogram = std::make_unique<Histogram>(std::move(upperBounds));
    return *histogram;
}

void Metrics::gauge(const std::string& name, std::string_view help, std::function<double()> read)
{
    const std::lock_guard lock(m_mutex);
    family(name, help, "gauge").gauge = std::move(read);
}

std::string Metrics::text() const
{
    const std::lock_guard lock(m_mutex);
    std::string out;
    for (const auto& [name, family] : m_families) {
        out += "# HELP " + name + " " + family.help + "\n# TYPE " + name + " " + std::string(family.type) + "\n";
        for (const auto& [labels, counter] : family.counters)
            out += name + (labels.empty() ? "" : "{" + labels + "}") + " " + std::to_string(counter.value()) + "\n";
        if (family.histogram)
            family.histogram->write(out, name);
        if (family.gauge)
            out += name + " " + formatted(family.gauge()) + "\n";
    }
    return out;
}

std::uint64_t residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    std::uint64_t totalPages = 0, residentPages = 0;
    statm >> totalPages >> residentPages;
    return residentPages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace tessera::service
