#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <appliance/runtimes/runtime.h>

/// Diffusion pipelines in the diffusers ONNX layout, run by ONNX Runtime.
namespace tessera::appliance {

/// Where libonnxruntime.so.1 is: the explicit setting alone when there is one; else beside the running program,
/// ../lib/onnxruntime from there, $TESSERA_ONNXRUNTIME (file or folder), and last its bare name for the loader path.
[[nodiscard]] std::vector<std::filesystem::path> onnxRuntimeCandidates(const std::filesystem::path& setting);

struct DiffusionRuntime {
    std::unique_ptr<Runtime> runtime; ///< null when there is no library or no model
    std::string note;                 ///< why not, or which models were left out and why
};

/// Opens the library and reads every folder of the model store that has a model_index.json: names, digests, tokenizers,
/// schedulers. Weights are loaded at a model's first job. A damaged model is left out and named in the note.
[[nodiscard]] DiffusionRuntime makeDiffusionRuntime(const std::filesystem::path& modelStore, const std::filesystem::path& library);

} // namespace tessera::appliance
