// crdt-replay DIR: runs the work that lies in DIR as plain files (formats: case_files.h), checks
// every result and prints one JSON line per case. Exit status: 0, 1 when a file is unreadable or
// damaged or a result differs, 2 for wrong use.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "cases.h"

using namespace tessera;
using namespace tessera::bench;

namespace {

constexpr const char* usage =
    "crdt-replay DIR [--only REGEX] [--reps N] [--no-memory]\n"
    "Replays what lies in DIR (NAME.ops, NAME.conc, design.*), checks texts, values and bytes,\n"
    "prints one JSON line per case. Times are the smaller of wall and CPU time, best of N (3, or 2\n"
    "for 50,000 nodes and more; or $REPS).\n";

struct Arguments {
    std::filesystem::path folder;
    std::optional<std::regex> only;
    std::size_t repeats = 0; ///< 0: the case's own
    bool memory = true;
};

std::optional<std::size_t> countOf(const char* text)
{
    std::size_t count = 0;
    const char* end = text + std::strlen(text);
    const auto parsed = std::from_chars(text, end, count);
    if (parsed.ec != std::errc() || parsed.ptr != end || count == 0)
        return std::nullopt;
    return count;
}

std::optional<std::regex> regexOf(const char* text)
{
    try {
        return std::regex(text, std::regex::ECMAScript);
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
}

/// Empty when the program is used in another way than `usage` says.
std::optional<Arguments> parseArguments(int count, char** values)
{
    Arguments arguments;
    if (const char* repeats = std::getenv("REPS"))
        arguments.repeats = countOf(repeats).value_or(0);
    for (int i = 1; i < count; ++i) {
        const std::string_view option = values[i];
        if (option == "--no-memory") {
            arguments.memory = false;
        } else if (option == "--only" && i + 1 < count) {
            arguments.only = regexOf(values[++i]);
            if (!arguments.only)
                return std::nullopt;
        } else if (option == "--reps" && i + 1 < count) {
            const auto repeats = countOf(values[++i]);
            if (!repeats)
                return std::nullopt;
            arguments.repeats = *repeats;
        } else if (!option.empty() && option.front() != '-' && arguments.folder.empty()) {
            arguments.folder = option;
        } else {
            return std::nullopt;
        }
    }
    return arguments.folder.empty() ? std::nullopt : std::optional(arguments);
}

struct Case {
    std::string title;
    std::string name; ///< of its files
    Result<Metrics, CaseError> (*run)(const CaseOptions&) = nullptr;
    std::size_t repeats = 3;
};

/// "D1 design 50k nodes": twelve values make a node; D1 is 50,000 nodes, a smaller one is D1s.
Case designCase(const std::filesystem::path& folder)
{
    constexpr std::uint64_t valuesPerNode = 12;
    constexpr std::uint64_t fullNodes = 50'000;
    const auto sum = readDesignSum(folder);
    const std::uint64_t nodes = sum ? sum->values / valuesPerNode : 0;
    const bool full = nodes >= fullNodes;
    const std::string count =
        nodes % 1000 == 0 ? std::to_string(nodes / 1000) + "k" : std::to_string(nodes);
    return {(full ? "D1 design " : "D1s design ") + count + " nodes", "design", runDesign,
            full ? 2u : 3u};
}

/// Every name that a file of a case stands under is a case, so that a missing file is an error and
/// not silence.
std::vector<Case> casesOf(const std::filesystem::path& folder)
{
    std::map<std::string, std::set<std::string>> suffixesOf;
    std::error_code code;
    for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end;
         entry.increment(code))
        suffixesOf[entry->path().stem().string()].insert(entry->path().extension().string());
    std::vector<Case> cases;
    for (const auto& [name, suffixes] : suffixesOf) {
        const auto has = [&](const char* suffix) { return suffixes.contains(suffix); };
        if (has(".conc"))
            cases.push_back({"C " + name, name, runConcurrent});
        if (has(".load") || has(".after"))
            cases.push_back({"L " + name, name, runLoad});
        if (has(".parts") || has(".merged"))
            cases.push_back({"M " + name, name, runMerge});
        if (has(".ops") || has(".yjs") || has(".start") || (has(".end") && !has(".conc")))
            cases.push_back({(name == "automerge-paper" ? "B4 " : "T ") + name, name, runTrace});
        if (name == "design" &&
            (has(".base") || has(".full") || has(".diffs") || has(".small") || has(".sum")))
            cases.push_back(designCase(folder));
    }
    std::sort(cases.begin(), cases.end(),
              [](const Case& a, const Case& b) { return a.title < b.title; });
    return cases;
}

} // namespace

int main(int count, char** values)
{
    if (count == 3 && std::string_view(values[1]) == "--memory")
        return measureMemory(values[2]);
    const auto arguments = parseArguments(count, values);
    if (!arguments) {
        std::fputs(usage, stderr);
        return 2;
    }
    std::size_t ran = 0;
    bool failed = false;
    for (const Case& one : casesOf(arguments->folder)) {
        if (arguments->only && !std::regex_search(one.title, *arguments->only))
            continue;
        ++ran;
        const std::size_t repeats = arguments->repeats ? arguments->repeats : one.repeats;
        const auto metrics = one.run({arguments->folder, one.name, repeats, arguments->memory});
        if (metrics) {
            std::printf("%s\n", metrics->jsonLine(one.title).c_str());
            std::fflush(stdout);
        } else {
            const CaseError& error = metrics.error();
            std::fprintf(stderr, "crdt-replay: %s: %s %s\n", one.title.c_str(), error.file.c_str(),
                         error.what.c_str());
            failed = true;
        }
    }
    if (ran == 0)
        std::fprintf(stderr, "crdt-replay: %s holds no case\n", arguments->folder.c_str());
    return failed || ran == 0 ? 1 : 0;
}
