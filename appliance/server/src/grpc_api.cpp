#include <appliance/server/grpc_api.h>

#include <arpa/inet.h>
#include <atomic>

#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <tessera/appliance/v1/generation.grpc.pb.h>

#include <appliance/server/appliance.h>

#include "proto_form.h"

namespace tessera::appliance {
namespace {

using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;

constexpr int maxThreads = 128;
constexpr int maxStreams = 96; ///< the rest of the threads stay free for short calls
constexpr std::size_t chunkBytes = 256u << 10;

Status refused(const ApplianceError& error)
{
    StatusCode code = StatusCode::INTERNAL;
    switch (error.kind) {
    case Refusal::badRequest: code = StatusCode::INVALID_ARGUMENT; break;
    case Refusal::notFound: code = StatusCode::NOT_FOUND; break;
    case Refusal::busy: code = StatusCode::RESOURCE_EXHAUSTED; break;
    case Refusal::internal: break;
    }
    v1::Error detail;
    detail.set_code(error.code);
    detail.set_detail(error.detail);
    return {code, error.code + ": " + error.detail, detail.SerializeAsString()};
}

/// Counts a stream while it lives.
class StreamSlot
{
public:
    explicit StreamSlot(std::atomic<int>& count) : m_count(count), m_taken(m_count.fetch_add(1) < maxStreams) {}
    ~StreamSlot() { --m_count; }
    StreamSlot(const StreamSlot&) = delete;
    StreamSlot& operator=(const StreamSlot&) = delete;
    [[nodiscard]] bool isTaken() const { return m_taken; }

private:
    std::atomic<int>& m_count;
    bool m_taken;
};

class GenerationService final : public v1::Generation::Service
{
public:
    explicit GenerationService(Appliance& appliance) : m_appliance(appliance) {}
    void stop() { m_stopping = true; }

    Status Submit(ServerContext*, const v1::SubmitRequest* in, v1::SubmitResponse* out) override
    {
        const auto job = m_appliance.submit(JobId(in->request().job_id()), fromProto(in->request()), Audience::local);
        if (!job)
            return refused(job.error());
        *out->mutable_event() = toProto(*job);
        return Status::OK;
    }

    Status Watch(ServerContext* context, const v1::WatchRequest* in, grpc::ServerWriter<v1::JobEvent>* out) override
    {
        const StreamSlot slot(m_streams);
        if (!slot.isTaken())
            return refused({Refusal::busy, "too-many-streams", "no more than " + std::to_string(maxStreams)});
        const JobId id(in->job_id());
        // Listening first, so that nothing falls between the first event and the later ones.
        const auto subscription = m_appliance.feed().subscribe(id);
        auto job = m_appliance.find(id);
        if (!job)
            return refused(job.error());
        std::uint64_t told = 0;
        std::optional<Job> next = std::move(*job);
        while (!context->IsCancelled() && !m_stopping) {
            if (next && next->sequence > told) {
                told = next->sequence;
                if (!out->Write(toProto(*next)) || isFinal(next->state))
                    break;
            }
            next = subscription->next(std::chrono::milliseconds(250));
        }
        return Status::OK;
    }

    Status Cancel(ServerContext*, const v1::CancelRequest* in, v1::CancelResponse* out) override
    {
        const auto job = m_appliance.cancel(JobId(in->job_id()));
        if (!job)
            return refused(job.error());
        *out->mutable_event() = toProto(*job);
        return Status::OK;
    }

    Status ListModels(ServerContext*, const v1::ListModelsRequest*, v1::ListModelsResponse* out) override
    {
        for (const ModelInfo& model : m_appliance.models())
            *out->add_models() = toProto(model);
        return Status::OK;
    }

    Status GetBlob(ServerContext*, const v1::GetBlobRequest* in, grpc::ServerWriter<v1::BlobChunk>* out) override
    {
        const StreamSlot slot(m_streams);
        if (!slot.isTaken())
            return refused({Refusal::busy, "too-many-streams", "no more than " + std::to_string(maxStreams)});
        const BlobStore& blobs = m_appliance.blobs();
        const auto total = blobs.sizeBytes(in->hash());
        if (!total)
            return refused({Refusal::notFound, "unknown-blob", "no blob \"" + in->hash().substr(0, 64) + "\" here"});
        if (in->offset() > *total)
            return refused({Refusal::badRequest, "invalid-offset", "the blob has " + std::to_string(*total) + " bytes"});
        std::uint64_t offset = in->offset();
        do {
            const auto bytes = blobs.read(in->hash(), offset, chunkBytes);
            if (!bytes)
                return refused({Refusal::internal, "blob-unreadable", bytes.error().detail});
            v1::BlobChunk chunk;
            chunk.set_hash(in->hash());
            chunk.set_offset(offset);
            chunk.set_total(*total);
            chunk.set_data(bytes->data(), bytes->size());
            if (!out->Write(chunk))
                break;
            offset += bytes->size();
        } while (offset < *total && !m_stopping);
        return Status::OK;
    }

    Status Health(ServerContext*, const v1::HealthRequest*, v1::HealthResponse* out) override
    {
        const auto health = m_appliance.health();
        if (!health)
            return refused(health.error());
        out->set_serving(health->workers.workers > 0);
        out->set_version(std::string(applianceVersion));
        out->set_queued(health->jobs.queued);
        out->set_running(health->jobs.running);
        out->set_workers(static_cast<std::uint32_t>(std::max(0, health->workers.workers)));
        out->set_detail(health->workers.detail);
        return Status::OK;
    }

private:
    Appliance& m_appliance;
    std::atomic<int> m_streams{0};
    std::atomic<bool> m_stopping{false};
};

class Server final : public GrpcApi
{
public:
    Server(Appliance& appliance, const std::string& address) : m_service(appliance)
    {
        grpc::ServerBuilder builder;
        builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &m_port);
        // Without this two daemons would share a port in silence.
        builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
        builder.SetResourceQuota(grpc::ResourceQuota("generation").SetMaxThreads(maxThreads));
        builder.RegisterService(&m_service);
        m_server = builder.BuildAndStart();
    }
    ~Server() override
    {
        if (!m_server)
            return;
        m_service.stop();
        m_server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
        m_server->Wait();
    }
    [[nodiscard]] bool isListening() const { return m_server && m_port > 0; }
    [[nodiscard]] int port() const override { return m_port; }

private:
    GenerationService m_service;
    std::unique_ptr<grpc::Server> m_server;
    int m_port = 0;
};

} // namespace

bool isLoopback(const std::string& hostAndPort)
{
    const std::size_t colon = hostAndPort.rfind(':');
    if (colon == std::string::npos)
        return false;
    const std::string host = hostAndPort.substr(0, colon);
    in_addr address{};
    // The whole of it: a name such as 127.example.org is anybody's.
    if (::inet_pton(AF_INET, host.c_str(), &address) == 1)
        return (ntohl(address.s_addr) >> 24) == 127;
    return host == "localhost" || host == "[::1]";
}

Result<std::unique_ptr<GrpcApi>, std::string> GrpcApi::listen(Appliance& appliance, const std::string& address)
{
    if (!isLoopback(address))
        return fail(address + " is not loopback; reach this appliance through a relay");
    auto server = std::make_unique<Server>(appliance, address);
    if (!server->isListening())
        return fail("cannot listen on " + address);
    return std::unique_ptr<GrpcApi>(std::move(server));
}

} // namespace tessera::appliance
