#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <core/base/clock.h>
#include <core/base/ids.h>
#include <relay/rooms/blob_store.h>
#include <relay/rooms/room_hub.h>

/// Generation jobs of all rooms: kept on disk from the moment they are accepted, handed to the attached appliance, and
/// told to the rooms as they go on. A job survives a cut, a restart of the relay and one of the appliance. Everything
/// on the loop's thread.
namespace tessera::relay {

struct ModelInfo {
    std::string id;
    std::string name;
    std::string kind;   ///< procedural, diffusion
    std::string output; ///< layers, image
};

struct JobRequest {
    JobId id; ///< empty: one is made
    RoomId room;
    std::string model;
    std::string prompt;
    std::vector<std::string> colors; ///< "#RRGGBB", most important first
    std::uint32_t widthPx = 0;
    std::uint32_t heightPx = 0;
    std::uint64_t seed = 0;  ///< below 2^53
    std::uint32_t steps = 0; ///< 0: the model's default
    std::string author;      ///< goes into the recipe
};

enum class JobErrc : std::uint8_t {
    noAppliance = 1,
    unknownModel = 2,
    invalid = 3,      ///< `where` names the member
    otherRoom = 4,    ///< the id is taken by a job of another room
    unknownJob = 5,
    tooMany = 6,
    disk = 7,
};
using JobError = ErrorOf<JobErrc>;

inline constexpr std::size_t maxPromptBytes = 8000;
inline constexpr std::size_t maxJobColors = 32;
inline constexpr std::uint32_t maxJobSizePx = 8192;
inline constexpr std::size_t maxOpenJobsPerRoom = 64;

/// Body of POST /api/rooms/R/jobs. Pure.
Result<JobRequest, JobError> parseJobRequest(const RoomId& room, std::string_view json);
[[nodiscard]] std::string formatJobRequest(const JobRequest& request);

/// One state of a job as the appliance tells it; complete in itself.
struct JobUpdate {
    JobId job;
    std::uint64_t sequence = 0; ///< grows with each; 0: the appliance refused the job
    std::string state;          ///< queued, running, done, failed, cancelled
    std::uint32_t step = 0;
    std::uint32_t steps = 0;
    std::string previewHash;
    std::string resultHash;
    std::string layersJson;     ///< JSON array, or empty
    std::uint32_t widthPx = 0;
    std::uint32_t heightPx = 0;
    std::string errorCode;
    std::string errorDetail;
    std::string recipeJson;     ///< JSON object, or empty

    [[nodiscard]] bool isFinal() const { return state == "done" || state == "failed" || state == "cancelled"; }
};

/// The job event of docs/wire.md. Parts that are not JSON are left out. Pure.
[[nodiscard]] std::string formatJobEvent(const JobUpdate& update);

/// What the board says to the attached appliance.
class ApplianceSender
{
public:
    virtual ~ApplianceSender() = default;
    virtual void submit(const JobRequest& request) = 0;
    virtual void cancel(const JobId& job) = 0;
    virtual void settle(const JobId& job) = 0;
    /// `received` bytes from the start are here; all of them: stored. An error code: the blob is not wanted.
    virtual void acknowledgeBlob(const std::string& hash, std::uint64_t received, const std::string& errorCode,
                                 const std::string& detail) = 0;
};

class JobBoard
{
public:
    using SubmitDone = std::function<void(Result<JobId, JobError>)>;

    /// All references must outlive this.
    JobBoard(RoomStore& store, RoomHub& hub, BlobStore& blobs, const Clock& clock);
    /// Reads the jobs that were open when the relay stopped.
    Result<void, SqliteError> load();

    [[nodiscard]] bool hasAppliance() const { return m_appliance != nullptr; }
    [[nodiscard]] const std::vector<ModelInfo>& models() const { return m_models; }
    /// `done` after the job is on disk. The same id again is the same job, whatever else the request says.
    void submit(JobRequest request, SubmitDone done);
    /// The last event, JSON. Empty: the room has no such job.
    Result<std::optional<std::string>, SqliteError> lastEvent(const RoomId& room, const JobId& job);
    Result<void, JobError> cancel(const RoomId& room, const JobId& job);

    /// From the link. A new appliance takes the place of the one before.
    void attach(ApplianceSender& appliance, std::vector<ModelInfo> models);
    void detach(const ApplianceSender& appliance);
    void onUpdate(const JobUpdate& update);
    void onBlobOffer(const JobId& job, const std::string& hash, std::uint64_t totalBytes, const std::string& mime);
    void onBlobChunk(const std::string& hash, std::uint64_t offset, std::string_view bytes);

private:
    struct OpenJob {
        JobRequest request;
        std::uint64_t sequence = 0;
        std::string lastState;
        std::string lastEvent;
        bool isDurable = false;
        bool isClosing = false; ///< its final event is on the way to the disk
    };
    struct IncomingBlob {
        std::map<RoomId, std::uint32_t> rooms; ///< who gets it: id and number
        std::uint64_t totalBytes = 0;
        std::string mime;
        std::string content;
        bool isStoring = false;
    };

    Result<std::optional<RoomId>, SqliteError> roomOf(const JobId& job);
    void persist(const JobId& job, const OpenJob& open, bool isFinal, LogWriter::Done done);
    void tellRoom(const RoomId& room, const std::string& event);
    bool adoptBlobOf(const JobUpdate& update, const RoomId& room);
    void refuseBlob(const std::string& hash, const std::string& code, const std::string& detail);
    void storeBlob(const std::string& hash, IncomingBlob& blob);
    void linkNextRoom(const std::string& hash);

    RoomStore& m_store;
    RoomHub& m_hub;
    BlobStore& m_blobs;
    const Clock& m_clock;
    ApplianceSender* m_appliance = nullptr;
    std::vector<ModelInfo> m_models;
    std::map<JobId, OpenJob> m_open;
    std::map<std::string, IncomingBlob> m_incoming; ///< by hash
};

} // namespace tessera::relay
