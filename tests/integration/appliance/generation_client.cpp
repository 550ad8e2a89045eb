#include "generation_client.h"

#include <chrono>

#include <grpcpp/create_channel.h>
#include <tessera/appliance/v1/generation.grpc.pb.h>

namespace tessera::appliance {
namespace {

void setDeadline(grpc::ClientContext& context)
{
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

ClientEvent eventOf(const v1::JobEvent& event)
{
    return {event.job_id(), static_cast<int>(event.state()), event.sequence(), event.attempt(), event.step(), event.steps(),
            event.result_hash(), event.layers_json(), event.recipe_json(), event.error().code()};
}

template <class T> void note(Answer<T>& answer, const grpc::Status& status)
{
    if (status.ok())
        return;
    v1::Error error;
    error.ParseFromString(status.error_details());
    answer.code = error.code().empty() ? "unreachable" : error.code();
    answer.detail = error.code().empty() ? status.error_message() : error.detail();
}

} // namespace

struct GenerationClient::Stub {
    std::unique_ptr<v1::Generation::Stub> rpc;
};

GenerationClient::GenerationClient(int port) : m_stub(new Stub)
{
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    m_stub->rpc = v1::Generation::NewStub(
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
}

GenerationClient::~GenerationClient() = default;

Answer<ClientEvent> GenerationClient::submit(const ClientRequest& request)
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::SubmitRequest in;
    v1::GenerationRequest& to = *in.mutable_request();
    to.set_job_id(request.id);
    to.set_model(request.model);
    to.set_prompt(request.prompt);
    for (const std::string& color : request.colors)
        to.add_colors(color);
    to.set_width(request.width);
    to.set_height(request.height);
    to.set_seed(request.seed);
    to.set_steps(request.steps);
    v1::SubmitResponse out;
    Answer<ClientEvent> answer;
    note(answer, m_stub->rpc->Submit(&context, in, &out));
    answer.value = eventOf(out.event());
    return answer;
}

Answer<ClientEvent> GenerationClient::cancel(const std::string& job)
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::CancelRequest in;
    in.set_job_id(job);
    v1::CancelResponse out;
    Answer<ClientEvent> answer;
    note(answer, m_stub->rpc->Cancel(&context, in, &out));
    answer.value = eventOf(out.event());
    return answer;
}

Answer<ClientEvent> GenerationClient::watch(const std::string& job, const std::function<bool(const ClientEvent&)>& seen)
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::WatchRequest in;
    in.set_job_id(job);
    const auto stream = m_stub->rpc->Watch(&context, in);
    Answer<ClientEvent> answer;
    v1::JobEvent event;
    bool stopped = false;
    while (!stopped && stream->Read(&event)) {
        answer.value = eventOf(event);
        stopped = seen && !seen(answer.value);
    }
    if (stopped)
        context.TryCancel();
    const grpc::Status status = stream->Finish();
    if (!stopped)
        note(answer, status);
    return answer;
}

Answer<std::string> GenerationClient::blob(const std::string& hash)
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::GetBlobRequest in;
    in.set_hash(hash);
    const auto stream = m_stub->rpc->GetBlob(&context, in);
    Answer<std::string> answer;
    v1::BlobChunk chunk;
    while (stream->Read(&chunk))
        answer.value += chunk.data();
    note(answer, stream->Finish());
    return answer;
}

Answer<std::vector<std::string>> GenerationClient::models()
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::ListModelsResponse out;
    Answer<std::vector<std::string>> answer;
    note(answer, m_stub->rpc->ListModels(&context, {}, &out));
    for (const v1::Model& model : out.models())
        answer.value.push_back(model.id());
    return answer;
}

Answer<unsigned> GenerationClient::workers()
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::HealthResponse out;
    Answer<unsigned> answer;
    note(answer, m_stub->rpc->Health(&context, {}, &out));
    answer.value = out.workers();
    return answer;
}

} // namespace tessera::appliance
