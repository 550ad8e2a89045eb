#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <core/base/bytes.h>
#include <core/base/ids.h>
#include <core/base/result.h>

/// A generation job as the journal knows it. What is asked for (`request`) and what came out are opaque here.
/// Plain data; safe on any thread.
namespace tessera::appliance {

/// Numbers are stored; never reused.
enum class JobState : std::uint8_t { queued = 1, running = 2, done = 3, failed = 4, cancelled = 5 };
[[nodiscard]] std::string_view stateName(JobState state);
[[nodiscard]] constexpr bool isFinal(JobState state)
{
    return state == JobState::done || state == JobState::failed || state == JobState::cancelled;
}

/// Why a job failed: a kebab-case code for programs and a detail for people.
struct JobError {
    std::string code;
    std::string detail;
    friend bool operator==(const JobError&, const JobError&) = default;
};

/// What a finished job leaves. Hashes name blobs of the BlobStore.
struct JobOutcome {
    std::string resultHash;
    std::string layersJson; ///< empty unless the model makes layers
    std::string recipeJson;
    friend bool operator==(const JobOutcome&, const JobOutcome&) = default;
};

struct Job {
    JobId id;
    Bytes request;
    JobState state = JobState::queued;
    int attempt = 0;              ///< attempts started so far; 0 while first queued
    std::uint64_t sequence = 0;   ///< grows with every change that is told, across restarts
    std::uint32_t step = 0;
    std::uint32_t steps = 0;
    std::string previewHash;
    std::uint32_t widthPx = 0;
    std::uint32_t heightPx = 0;
    JobOutcome outcome;
    JobError error;               ///< failed only
    bool cancelRequested = false;
    bool settled = false;         ///< no relay waits for the final event: none asked, or it has it on disk
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
};

enum class JobErrc : std::uint8_t {
    database = 1,     ///< SQLite failed; detail is its message
    queueFull = 2,
    unknownJob = 3,
    staleAttempt = 4, ///< the attempt that reports is no longer the running one
    missingBlob = 5,  ///< a result names a blob that is not stored
    invalidId = 6,
    io = 7,
    wrongHash = 8,
    newerFormat = 9,  ///< the journal was written by a newer version
};
using JournalError = ErrorOf<JobErrc>;

/// 1-64 characters of A-Z a-z 0-9 _ -.
[[nodiscard]] bool isValidJobId(std::string_view text);

} // namespace tessera::appliance
