#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <appliance/runtimes/generation.h>
#include <core/base/bytes.h>

/// What daemon and worker say to each other over two pipes. A frame is its length (32 bits, little endian) and that
/// many bytes: one byte of kind, then the body in lib0 primitives. Both sides bound the length before they keep
/// anything: the daemon does not trust a worker that has run a model. Pure; one thread per FrameReader.
namespace tessera::appliance {

inline constexpr std::size_t maxFrameToWorkerBytes = 256u << 10;
inline constexpr std::size_t maxFrameFromWorkerBytes = 72u << 20;
inline constexpr std::size_t maxLayersBytes = 4u << 20;
inline constexpr std::size_t maxModels = 256;

struct RunJob {
    std::string job;
    int attempt = 0;
    Bytes request; ///< encodeRequest
    friend bool operator==(const RunJob&, const RunJob&) = default;
};
struct CancelJob {
    std::string job;
    int attempt = 0;
    friend bool operator==(const CancelJob&, const CancelJob&) = default;
};
/// The worker is inside its sandbox and waits for a job.
struct WorkerReady {
    std::vector<ModelInfo> models;
    std::string note; ///< which runtime is absent and why; empty when all are there
    friend bool operator==(const WorkerReady&, const WorkerReady&) = default;
};
struct JobStep {
    std::string job;
    int attempt = 0;
    std::uint32_t step = 0;
    std::uint32_t steps = 0;
    Bytes previewPng;
    friend bool operator==(const JobStep&, const JobStep&) = default;
};
struct JobDone {
    std::string job;
    int attempt = 0;
    Bytes png;
    std::string layersJson;
    std::string recipeJson;
    friend bool operator==(const JobDone&, const JobDone&) = default;
};
struct JobFailed {
    std::string job;
    int attempt = 0;
    GenerationError error;
    friend bool operator==(const JobFailed&, const JobFailed&) = default;
};

using WorkerMessage = std::variant<RunJob, CancelJob, WorkerReady, JobStep, JobDone, JobFailed>;

/// A whole frame, length included.
[[nodiscard]] Bytes encodeFrame(const WorkerMessage& message);
/// A frame's bytes after its length.
Result<WorkerMessage, DecodeError> decodeMessage(ByteView body);

/// Cuts a stream into messages. After an error the stream is unusable.
class FrameReader
{
public:
    explicit FrameReader(std::size_t maxFrameBytes) : m_maxFrameBytes(maxFrameBytes) {}
    void append(ByteView bytes) { m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end()); }
    /// The next whole message; empty when more bytes are needed; tooLarge before such a frame is kept.
    Result<std::optional<WorkerMessage>, DecodeError> next();

private:
    std::size_t m_maxFrameBytes;
    Bytes m_bytes;
};

} // namespace tessera::appliance
