#include <collab/session/job.h>

#include <array>

#include "json_read.h"

namespace tessera::collab {

namespace {

using crdt::Any;

constexpr std::array<std::string_view, 5> stateNames{"queued", "running", "done", "failed", "cancelled"};

} // namespace

std::string toJson(const JobRequest& request)
{
    Any::Object object;
    if (!request.id.isEmpty())
        object.emplace_back("id", request.id.text());
    object.emplace_back("model", request.model);
    object.emplace_back("prompt", request.prompt);
    Any::Array colors;
    for (const std::string& color : request.colors)
        colors.emplace_back(color);
    object.emplace_back("colors", std::move(colors));
    object.emplace_back("width", std::uint64_t{request.width});
    object.emplace_back("height", std::uint64_t{request.height});
    object.emplace_back("seed", request.seed);
    if (request.steps)
        object.emplace_back("steps", std::uint64_t{*request.steps});
    return crdt::toJson(object);
}

std::string_view jobStateName(JobState state)
{
    const auto index = static_cast<std::size_t>(state);
    return index < stateNames.size() ? stateNames[index] : std::string_view{};
}

Result<JobStatus, DecodeError> parseJobStatus(std::string_view json)
{
    TESSERA_TRY(object, crdt::parseJson(json));
    JobStatus status;
    status.job = JobId{json::text(object, "job")};
    const std::string state = json::text(object, "state");
    bool isKnown = false;
    for (std::size_t index = 0; index < stateNames.size(); ++index) {
        if (stateNames[index] == state) {
            status.state = static_cast<JobState>(index);
            isKnown = true;
        }
    }
    if (status.job.isEmpty() || status.job.text().size() > maxIdBytes || !isKnown)
        return fail(DecodeError{DecodeErrc::malformed, 0});
    status.step = json::count32(object, "step");
    status.steps = json::count32(object, "steps");
    status.preview = parseContentHash(json::text(object, "previewHash"));
    status.result = parseContentHash(json::text(object, "resultHash"));
    status.width = json::count32(object, "width");
    status.height = json::count32(object, "height");
    if (const Any* layers = object.find("layers"); layers && layers->array())
        status.layers = *layers;
    if (const Any* error = object.find("error")) {
        status.errorCode = json::text(*error, "code");
        status.errorDetail = json::text(*error, "detail");
    }
    if (const Any* recipe = object.find("recipe"); recipe && recipe->object())
        status.recipe = *recipe;
    return status;
}

} // namespace tessera::collab
