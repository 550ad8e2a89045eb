#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/hash.h>
#include <core/base/ids.h>
#include <core/base/result.h>
#include <core/crdt/any.h>

/// Generation jobs as a room sees them (docs/wire.md). Pure; safe on any thread.
namespace tessera::collab {

struct JobRequest {
    JobId id; ///< the same id again is the same job; empty: the relay makes one
    std::string model;
    std::string prompt;
    std::vector<std::string> colors; ///< #RRGGBB
    std::uint32_t width{};
    std::uint32_t height{};
    std::uint64_t seed{};
    std::optional<std::uint32_t> steps;
};
[[nodiscard]] std::string toJson(const JobRequest& request);

enum class JobState : std::uint8_t { queued, running, done, failed, cancelled };
[[nodiscard]] std::string_view jobStateName(JobState state);

/// One job event: message 104, or the answer to GET jobs/J.
struct JobStatus {
    JobId job;
    JobState state{};
    std::uint32_t step{};
    std::uint32_t steps{};
    std::optional<ContentHash> preview; ///< blob of the room
    std::optional<ContentHash> result;  ///< blob of the room
    crdt::Any layers;                   ///< list of nodes to insert; undefined when there are none
    std::uint32_t width{};
    std::uint32_t height{};
    std::string errorCode;              ///< of a failed job
    std::string errorDetail;
    crdt::Any recipe;                   ///< undefined when there is none
    [[nodiscard]] bool isOver() const { return state != JobState::queued && state != JobState::running; }
    friend bool operator==(const JobStatus&, const JobStatus&) = default;
};

/// Errors: those of crdt::parseJson; malformed at offset 0 for no job id or an unknown state. Other members that are
/// missing or of another kind take their default.
Result<JobStatus, DecodeError> parseJobStatus(std::string_view json);

} // namespace tessera::collab
