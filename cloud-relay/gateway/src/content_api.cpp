// Blobs, models and jobs over HTTP.
#include <relay/gateway/gateway.h>

#include <core/crdt/any.h>

#include "access.h"
#include "route.h"

namespace tessera::relay {

using crdt::Any;
using service::Request;
using service::Response;

namespace {

Response blobProblem(const BlobError& error)
{
    switch (error.code) {
    case BlobErrc::wrongHash: return Response::problem(422, "wrong-hash", "The bytes do not have this hash", error.detail);
    case BlobErrc::tooLarge: return Response::problem(413, "body-too-large", "The blob is too large", error.detail);
    case BlobErrc::missing: return Response::problem(404, "no-blob", "The room has no such blob", error.where);
    case BlobErrc::busy: return Response::problem(503, "busy", "The relay is busy; try again", error.detail);
    case BlobErrc::disk: break;
    }
    return Response::problem(503, "disk", "The relay cannot reach its storage", error.detail);
}

Response jobProblem(const JobError& error)
{
    switch (error.code) {
    case JobErrc::noAppliance:
        return Response::problem(503, "no-appliance", "No appliance is connected", error.detail);
    case JobErrc::unknownModel: return Response::problem(422, "unknown-model", "There is no such model", error.detail);
    case JobErrc::invalid:
        return Response::problem(400, "bad-body", "The body is not valid", error.where + " " + error.detail);
    case JobErrc::otherRoom: return Response::problem(409, "id-taken", "The job id is taken", error.detail);
    case JobErrc::unknownJob: return Response::problem(404, "no-job", "The room has no such job", error.where);
    case JobErrc::tooMany: return Response::problem(429, "too-many-jobs", "Too many unfinished jobs", error.detail);
    case JobErrc::disk: break;
    }
    return Response::problem(503, "disk", "The relay cannot reach its storage", error.detail);
}

/// A content type as a client may say it; anything odd becomes bytes.
std::string safeMime(std::string_view given)
{
    const std::string_view type = given.substr(0, given.find(';'));
    const bool plain = !type.empty() && type.size() <= 100 && std::all_of(type.begin(), type.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '-' || c == '+';
    });
    return plain ? std::string(type) : "application/octet-stream";
}

} // namespace

void Gateway::putBlob(const Route& route, Request request, const Answer& answer)
{
    const auto record = recordOf(route.room);
    if (!record)
        return answer(record.error());
    const ContentHash hash{route.id};
    const std::uint64_t sizeBytes = request.body.size();
    m_parts.blobs.put(record->number, hash, safeMime(request.head.header("content-type")), std::move(request.body),
                      [this, answer, hash, sizeBytes, room = route.room](const Result<BlobStore::Stored, BlobError>& stored) {
                          if (!stored)
                              return answer(blobProblem(stored.error()));
                          const bool isNew = *stored == BlobStore::Stored::added;
                          if (isNew)
                              m_parts.hub.announce(room, collab::BlobOffer{hash, sizeBytes});
                          answer(Response::json(isNew ? 201 : 200, "{\"hash\":\"" + hash.hex + "\",\"bytes\":" +
                                                                       std::to_string(sizeBytes) + "}"));
                      });
}

void Gateway::getBlob(const Route& route, const service::RequestHead& head, const Answer& answer)
{
    const auto record = m_parts.store.find(route.room);
    const ContentHash hash{route.id};
    if (!record)
        return answer(blobProblem({BlobErrc::disk, hash.hex, record.error().detail}));
    const auto info = *record ? m_parts.blobs.info((*record)->number, hash) : std::optional<BlobInfo>();
    if (!info)
        return answer(blobProblem({BlobErrc::disk, hash.hex, info.error().detail}));
    if (!*info)
        return answer(blobProblem({BlobErrc::missing, hash.hex, {}}));
    const std::string etag = "\"" + hash.hex + "\"";
    // A blob may be any file a peer chose: as a document of its own it gets no scripts and no origin.
    Response response{200,
                      {{"Content-Type", (*info)->mime},
                       {"Cache-Control", "private, max-age=31536000, immutable"},
                       {"ETag", etag},
                       {"Content-Security-Policy", "default-src 'none'; sandbox"}},
                      {}};
    if (head.header("if-none-match").find(etag) != std::string_view::npos) {
        response.status = 304;
        return answer(std::move(response));
    }
    m_parts.blobs.read(hash, [answer, response = std::move(response)](Result<Bytes, BlobError> content) mutable {
        if (!content)
            return answer(blobProblem(content.error()));
        response.body.assign(content->begin(), content->end());
        answer(std::move(response));
    });
}

void Gateway::listModels(const Answer& answer)
{
    Any::Array models;
    for (const ModelInfo& model : m_parts.jobs.models())
        models.emplace_back(
            Any::Object{{"id", model.id}, {"name", model.name}, {"kind", model.kind}, {"output", model.output}});
    answer(Response::json(200, crdt::toJson(Any::Object{{"models", std::move(models)}})));
}

void Gateway::submitJob(const Route& route, const Request& request, const Answer& answer)
{
    auto job = parseJobRequest(route.room, request.body);
    if (!job)
        return answer(jobProblem(job.error()));
    if (const auto record = recordOf(route.room); !record)
        return answer(record.error());
    m_parts.jobs.submit(std::move(job).value(), [answer](const Result<JobId, JobError>& submitted) {
        if (!submitted)
            return answer(jobProblem(submitted.error()));
        answer(Response::json(202, crdt::toJson(Any::Object{{"job", submitted->text()}})));
    });
}

void Gateway::describeJob(const Route& route, const Answer& answer)
{
    const auto event = m_parts.jobs.lastEvent(route.room, JobId{route.id});
    if (!event)
        return answer(jobProblem({JobErrc::disk, route.id, event.error().detail}));
    if (!*event)
        return answer(jobProblem({JobErrc::unknownJob, route.id, {}}));
    answer(Response::json(200, **event));
}

void Gateway::cancelJob(const Route& route, const Answer& answer)
{
    const auto cancelled = m_parts.jobs.cancel(route.room, JobId{route.id});
    if (!cancelled)
        return answer(jobProblem(cancelled.error()));
    answer(Response::json(202, crdt::toJson(Any::Object{{"job", route.id}})));
}

} // namespace tessera::relay
