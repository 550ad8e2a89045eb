#include "worker_arguments.h"

#include <charconv>

namespace tessera::appliance {

Result<WorkerArguments, std::string> parseWorkerArguments(const std::vector<std::string>& words)
{
    WorkerArguments arguments;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (i + 1 == words.size())
            return fail(words[i] + " needs a value");
        const std::string& value = words[i + 1];
        if (words[i] == "--models") {
            arguments.models = value;
        } else if (words[i] == "--onnxruntime") {
            arguments.onnxRuntime = value;
        } else if (words[i] == "--memory-bytes") {
            const auto parsed = std::from_chars(value.data(), value.data() + value.size(), arguments.memoryBytes);
            if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size())
                return fail("--memory-bytes " + value + " is no number");
        } else {
            return fail("unknown option " + words[i]);
        }
    }
    return arguments;
}

std::vector<std::string> toWords(const WorkerArguments& arguments)
{
    std::vector<std::string> words;
    if (!arguments.models.empty())
        words.insert(words.end(), {"--models", arguments.models.string()});
    if (!arguments.onnxRuntime.empty())
        words.insert(words.end(), {"--onnxruntime", arguments.onnxRuntime.string()});
    words.insert(words.end(), {"--memory-bytes", std::to_string(arguments.memoryBytes)});
    return words;
}

} // namespace tessera::appliance
