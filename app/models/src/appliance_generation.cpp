#include <app/models/generation_backend.h>

#include <map>
#include <mutex>
#include <thread>

#include <grpcpp/grpcpp.h>
#include <tessera/appliance/v1/generation.grpc.pb.h>

#include <app/models/qt_convert.h>
#include <core/base/hash.h>

namespace tessera::app {
namespace {

namespace v1 = tessera::appliance::v1;

constexpr std::chrono::seconds callTimeout{20};
constexpr std::size_t maxBlobBytes = std::size_t{64} << 20;

GenerationError errorOf(const grpc::Status& status)
{
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
        return {QStringLiteral("unreachable"), toQt(status.error_message())};
    v1::Error details;
    if (!status.error_details().empty() && details.ParseFromString(status.error_details()) && !details.code().empty())
        return {toQt(details.code()), toQt(details.detail())};
    return {QStringLiteral("refused"), toQt(status.error_message())};
}

JobState stateOf(v1::JobState state)
{
    switch (state) {
    case v1::JOB_STATE_RUNNING: return JobState::running;
    case v1::JOB_STATE_DONE: return JobState::done;
    case v1::JOB_STATE_FAILED: return JobState::failed;
    case v1::JOB_STATE_CANCELLED: return JobState::cancelled;
    default: return JobState::queued;
    }
}

crdt::Any jsonOr(const std::string& text)
{
    auto parsed = text.empty() ? Result<crdt::Any, DecodeError>(crdt::Any()) : crdt::parseJson(text);
    return parsed ? std::move(parsed).value() : crdt::Any();
}

GenerationEvent eventOf(const v1::JobEvent& from)
{
    GenerationEvent event;
    event.job = toQt(from.job_id());
    event.state = stateOf(from.state());
    event.step = static_cast<int>(from.step());
    event.steps = static_cast<int>(from.steps());
    event.previewHash = toQt(from.preview_hash());
    event.resultHash = toQt(from.result_hash());
    event.layers = jsonOr(from.layers_json());
    event.width = static_cast<int>(from.width());
    event.height = static_cast<int>(from.height());
    event.errorCode = toQt(from.error().code());
    event.errorDetail = toQt(from.error().detail());
    event.recipe = jsonOr(from.recipe_json());
    return event;
}

/// Blocking calls on threads of their own; results are posted to the backend's thread. Its destructor cancels and joins.
class ApplianceGeneration final : public GenerationBackend
{
public:
    ApplianceGeneration(const QString& address, QString author)
        : m_address(address), m_author(std::move(author)),
          m_stub(v1::Generation::NewStub(
              grpc::CreateChannel(address.toStdString(), grpc::InsecureChannelCredentials())))
    {
    }

    ~ApplianceGeneration() override
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_closing = true;
            for (auto& [context, thread] : m_calls)
                context->TryCancel();
        }
        for (auto& [context, thread] : m_calls)
            thread.join();
    }

    QString place() const override { return m_address; }

    void listModels(Models answer) override
    {
        call([this, answer = std::move(answer)](grpc::ClientContext& context) {
            context.set_deadline(std::chrono::system_clock::now() + callTimeout);
            v1::ListModelsResponse response;
            const grpc::Status status = m_stub->ListModels(&context, {}, &response);
            Result<std::vector<GenerationChoice>, GenerationError> result = fail(errorOf(status));
            if (status.ok()) {
                std::vector<GenerationChoice> models;
                for (const v1::Model& model : response.models())
                    models.push_back({toQt(model.id()), toQt(model.name()), toQt(model.kind()),
                                      model.output() == "layers", static_cast<int>(model.max_size())});
                result = std::move(models);
            }
            post([answer, result] { answer(result); });
        });
    }

    void submit(const GenerationRequest& request) override
    {
        v1::SubmitRequest message;
        v1::GenerationRequest& wanted = *message.mutable_request();
        wanted.set_job_id(request.job.toStdString());
        wanted.set_model(request.model.toStdString());
        wanted.set_prompt(request.prompt.toStdString());
        for (const QString& color : request.colors)
            wanted.add_colors(color.toStdString());
        wanted.set_width(static_cast<std::uint32_t>(request.width));
        wanted.set_height(static_cast<std::uint32_t>(request.height));
        wanted.set_seed(request.seed);
        wanted.set_steps(static_cast<std::uint32_t>(request.steps));
        wanted.set_author(m_author.toStdString());
        call([this, message = std::move(message)](grpc::ClientContext& context) {
            context.set_deadline(std::chrono::system_clock::now() + callTimeout);
            v1::SubmitResponse response;
            const grpc::Status status = m_stub->Submit(&context, message, &response);
            const QString job = toQt(message.request().job_id());
            if (!status.ok()) {
                report(job, errorOf(status));
                return;
            }
            post([this, job, first = eventOf(response.event())] {
                Q_EMIT event(first);
                watch(job);
            });
        });
    }

    void cancel(const QString& job) override
    {
        call([this, job](grpc::ClientContext& context) {
            context.set_deadline(std::chrono::system_clock::now() + callTimeout);
            v1::CancelRequest request;
            request.set_job_id(job.toStdString());
            v1::CancelResponse response;
            if (m_stub->Cancel(&context, request, &response).ok())
                post([this, told = eventOf(response.event())] { Q_EMIT event(told); });
        });
    }

    void fetchBlob(const QString& hash, Blob answer) override
    {
        call([this, hash, answer = std::move(answer)](grpc::ClientContext& context) {
            v1::GetBlobRequest request;
            request.set_hash(hash.toStdString());
            const auto reader = m_stub->GetBlob(&context, request);
            Bytes bytes;
            v1::BlobChunk chunk;
            while (reader->Read(&chunk) && bytes.size() + chunk.data().size() <= maxBlobBytes)
                bytes.insert(bytes.end(), chunk.data().begin(), chunk.data().end());
            const grpc::Status status = reader->Finish();
            Result<QByteArray, GenerationError> result = fail(errorOf(status));
            if (status.ok() && contentHash(bytes).hex == hash.toStdString())
                result = QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
            else if (status.ok())
                result = fail(GenerationError{QStringLiteral("blob-damaged"), hash});
            post([answer, result] { answer(result); });
        });
    }

private:
    void watch(const QString& job)
    {
        call([this, job](grpc::ClientContext& context) {
            v1::WatchRequest request;
            request.set_job_id(job.toStdString());
            const auto reader = m_stub->Watch(&context, request);
            v1::JobEvent message;
            while (reader->Read(&message))
                post([this, told = eventOf(message)] { Q_EMIT event(told); });
            const grpc::Status status = reader->Finish();
            if (!status.ok() && status.error_code() != grpc::StatusCode::CANCELLED)
                report(job, errorOf(status));
        });
    }

    void report(const QString& job, const GenerationError& error)
    {
        GenerationEvent failed;
        failed.job = job;
        failed.state = JobState::failed;
        failed.errorCode = error.code;
        failed.errorDetail = error.detail;
        post([this, failed] { Q_EMIT event(failed); });
    }

    template <class Body> void post(Body body)
    {
        QMetaObject::invokeMethod(this, std::move(body), Qt::QueuedConnection);
    }

    void call(std::function<void(grpc::ClientContext&)> body)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closing)
            return;
        auto context = std::make_unique<grpc::ClientContext>();
        grpc::ClientContext* key = context.get();
        std::thread thread([body = std::move(body), context = key] { body(*context); });
        m_calls.emplace_back(std::move(context), std::move(thread));
    }

    QString m_address;
    QString m_author;
    std::unique_ptr<v1::Generation::Stub> m_stub;
    std::mutex m_mutex;
    bool m_closing = false;
    /// Kept until the backend goes: a context must outlive its call, and there are few calls.
    std::vector<std::pair<std::unique_ptr<grpc::ClientContext>, std::thread>> m_calls;
};

} // namespace

std::unique_ptr<GenerationBackend> makeApplianceGeneration(const QString& address, const QString& author)
{
    return std::make_unique<ApplianceGeneration>(address, author);
}

} // namespace tessera::app
