#include <chrono>
#include <mutex>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <tessera/appliance/v1/link.grpc.pb.h>

#include <appliance/server/appliance.h>
#include <appliance/server/relay_link.h>

#include "proto_form.h"

namespace tessera::appliance {
namespace {

constexpr std::uint32_t protocolVersion = 1;

void fill(v1::ApplianceMessage& out, const link::Hello& hello)
{
    v1::Hello& to = *out.mutable_hello();
    to.set_protocol(protocolVersion);
    to.set_enrolment_key(hello.enrolmentKey);
    to.set_appliance_id(hello.applianceId);
    to.set_version(std::string(applianceVersion));
    for (const ModelInfo& model : hello.models)
        *to.add_models() = toProto(model);
}

void fill(v1::ApplianceMessage& out, const Job& job)
{
    *out.mutable_event() = toProto(job);
}

void fill(v1::ApplianceMessage& out, const link::BlobOffer& offer)
{
    v1::BlobOffer& to = *out.mutable_blob_offer();
    to.set_job_id(offer.job.text());
    to.set_hash(offer.hash);
    to.set_total(offer.total);
    to.set_mime("image/png");
}

void fill(v1::ApplianceMessage& out, const link::BlobChunk& chunk)
{
    v1::BlobChunk& to = *out.mutable_blob_chunk();
    to.set_hash(chunk.hash);
    to.set_offset(chunk.offset);
    to.set_total(chunk.total);
    to.set_data(chunk.data.data(), chunk.data.size());
}

void fill(v1::ApplianceMessage& out, const link::Heartbeat&)
{
    using namespace std::chrono;
    out.mutable_heartbeat()->set_wall_ms(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

/// Messages of newer relays read as heartbeats: they show that it is there.
link::FromRelay messageOf(const v1::RelayMessage& message)
{
    switch (message.message_case()) {
    case v1::RelayMessage::kWelcome: return link::Welcome{message.welcome().relay_id()};
    case v1::RelayMessage::kSubmit:
        return link::Submit{JobId(message.submit().request().job_id()), fromProto(message.submit().request())};
    case v1::RelayMessage::kCancel: return link::Cancel{JobId(message.cancel().job_id())};
    case v1::RelayMessage::kWatch: return link::Watch{JobId(message.watch().job_id())};
    case v1::RelayMessage::kSettle: return link::Settle{JobId(message.settle().job_id())};
    case v1::RelayMessage::kBlobAck: {
        const v1::BlobAck& ack = message.blob_ack();
        link::BlobAck out{ack.hash(), ack.received(), std::nullopt};
        if (ack.has_error())
            out.error = JobError{ack.error().code(), ack.error().detail()};
        return out;
    }
    default: return link::Heartbeat{};
    }
}

class GrpcStream final : public link::Stream
{
public:
    explicit GrpcStream(std::shared_ptr<grpc::Channel> channel)
        : m_stub(v1::ApplianceLink::NewStub(std::move(channel))), m_stream(m_stub->Attach(&m_context))
    {
    }
    ~GrpcStream() override
    {
        close();
        finish();
    }

    bool write(const link::ToRelay& message) override
    {
        v1::ApplianceMessage out;
        std::visit([&](const auto& value) { fill(out, value); }, message);
        return m_stream->Write(out);
    }
    std::optional<link::FromRelay> read() override
    {
        v1::RelayMessage message;
        if (!m_stream->Read(&message))
            return std::nullopt;
        return messageOf(message);
    }
    void close() override { m_context.TryCancel(); }
    std::string endReason() override
    {
        finish();
        return m_status.ok() ? "the relay closed the link" : m_status.error_message();
    }

private:
    void finish()
    {
        if (!m_finished)
            m_status = m_stream->Finish();
        m_finished = true;
    }
    std::unique_ptr<v1::ApplianceLink::Stub> m_stub;
    grpc::ClientContext m_context;
    std::unique_ptr<grpc::ClientReaderWriter<v1::ApplianceMessage, v1::RelayMessage>> m_stream;
    grpc::Status m_status;
    bool m_finished = false;
};

} // namespace

link::Dial dialByGrpc(const std::string& address, const std::string& caPem)
{
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    if (!caPem.empty()) {
        grpc::SslCredentialsOptions options;
        options.pem_root_certs = caPem;
        credentials = grpc::SslCredentials(options);
    }
    return [address, credentials]() -> std::unique_ptr<link::Stream> {
        grpc::ChannelArguments arguments;
        // Our own pause between attempts is the one that counts, so every dial is a fresh connection.
        arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        return std::make_unique<GrpcStream>(grpc::CreateCustomChannel(address, credentials, arguments));
    };
}

} // namespace tessera::appliance
