#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <core/base/result.h>

/// Command line of tessera-worker; its only caller is WorkerPool.
namespace tessera::appliance {

struct WorkerArguments {
    std::filesystem::path models;      ///< empty: none
    std::filesystem::path onnxRuntime; ///< the library; empty: none
    std::uint64_t memoryBytes = 0;     ///< 0: no limit
    [[nodiscard]] std::vector<std::filesystem::path> readable() const
    {
        return models.empty() ? std::vector<std::filesystem::path>() : std::vector{models};
    }
};

Result<WorkerArguments, std::string> parseWorkerArguments(const std::vector<std::string>& words);
[[nodiscard]] std::vector<std::string> toWords(const WorkerArguments& arguments);

} // namespace tessera::appliance
