#include <app/models/generation_backend.h>

#include <set>

#include <QTimer>

#include <app/models/blob_exchange.h>
#include <app/models/connection.h>
#include <app/models/qt_convert.h>

#include "guarded.h"

namespace tessera::app {
namespace {

constexpr int pollMs = 2000; ///< events come over the socket; asking covers the time it was down

class RelayGeneration final : public GenerationBackend
{
public:
    RelayGeneration(Connection& connection, BlobExchange& blobs) : m_connection(connection), m_blobs(blobs)
    {
        connect(&connection, &Connection::jobEvent, this, [this](const QByteArray& json) {
            if (const auto status = collab::parseJobStatus(json.toStdString()))
                receive(status.value());
        });
        m_poll.setInterval(pollMs);
        connect(&m_poll, &QTimer::timeout, this, &RelayGeneration::ask);
    }

    QString place() const override
    {
        const collab::RelayApi* api = m_connection.api();
        return api ? toQt(collab::httpOrigin(api->link())) : QString();
    }

    void listModels(Models answer) override
    {
        collab::RelayApi* api = m_connection.api();
        if (!api) {
            answer(fail(GenerationError{QStringLiteral("not-shared"), {}}));
            return;
        }
        using Got = Result<std::vector<collab::ModelInfo>, collab::RelayError>;
        api->models(guarded(this, [answer = std::move(answer)](const Got& got) {
            if (!got) {
                const RelayError error = errorOf(got.error());
                answer(fail(GenerationError{error.code, error.detail}));
                return;
            }
            std::vector<GenerationChoice> models;
            for (const collab::ModelInfo& model : got.value())
                models.push_back({toQt(model.id), toQt(model.name), toQt(model.kind), model.output == "layers", 0});
            answer(std::move(models));
        }));
    }

    void submit(const GenerationRequest& request) override
    {
        collab::RelayApi* api = m_connection.api();
        if (!api) {
            reportFailure(request.job, {0, QStringLiteral("not-shared"), {}});
            return;
        }
        collab::JobRequest wanted;
        wanted.id = JobId{request.job.toStdString()};
        wanted.model = request.model.toStdString();
        wanted.prompt = request.prompt.toStdString();
        for (const QString& color : request.colors)
            wanted.colors.push_back(color.toStdString());
        wanted.width = static_cast<std::uint32_t>(request.width);
        wanted.height = static_cast<std::uint32_t>(request.height);
        wanted.seed = request.seed;
        if (request.steps > 0)
            wanted.steps = static_cast<std::uint32_t>(request.steps);
        m_watched.insert(request.job);
        m_poll.start();
        api->submitJob(wanted, guarded(this, [this, job = request.job](const Result<JobId, collab::RelayError>& got) {
                           if (!got)
                               refuse(job, errorOf(got.error()));
                       }));
    }

    void cancel(const QString& job) override
    {
        if (collab::RelayApi* api = m_connection.api())
            api->cancelJob(JobId{job.toStdString()}, [](const Result<void, collab::RelayError>&) {});
    }

    void fetchBlob(const QString& hash, Blob answer) override
    {
        const ContentHash wanted{hash.toStdString()};
        m_blobs.fetch(wanted, this, [this, wanted, answer = std::move(answer)](bool ok) {
            const auto bytes = ok ? m_blobs.bytes(wanted) : std::nullopt;
            if (!bytes)
                answer(fail(GenerationError{QStringLiteral("blob-missing"), toQt(wanted.hex)}));
            else
                answer(QByteArray(reinterpret_cast<const char*>(bytes->data()), static_cast<qsizetype>(bytes->size())));
        });
    }

private:
    using GotStatus = Result<collab::JobStatus, collab::RelayError>;

    void ask()
    {
        collab::RelayApi* api = m_connection.api();
        if (!api)
            return;
        for (const QString& job : m_watched)
            api->job(JobId{job.toStdString()}, guarded(this, [this](const GotStatus& got) {
                         if (got)
                             receive(got.value());
                     }));
    }

    void receive(const collab::JobStatus& status)
    {
        const GenerationEvent told = eventOf(status);
        if (!m_watched.contains(told.job))
            return;
        if (status.isOver())
            stopWatching(told.job);
        Q_EMIT event(told);
    }

    void refuse(const QString& job, const RelayError& error)
    {
        collab::RelayApi* api = m_connection.api();
        if (error.status != 0 || !api) {
            reportFailure(job, error);
            return;
        }
        // Nobody answered: the relay may have the job all the same; asking goes on and tells.
        api->job(JobId{job.toStdString()},
                 guarded(this, [this, job, error](const GotStatus& got) {
                     if (!got)
                         reportFailure(job, error);
                 }));
    }

    void reportFailure(const QString& job, const RelayError& error)
    {
        stopWatching(job);
        GenerationEvent failed;
        failed.job = job;
        failed.state = JobState::failed;
        failed.errorCode = error.code;
        failed.errorDetail = error.detail;
        Q_EMIT event(failed);
    }

    void stopWatching(const QString& job)
    {
        m_watched.erase(job);
        if (m_watched.empty())
            m_poll.stop();
    }

    Connection& m_connection;
    BlobExchange& m_blobs;
    std::set<QString> m_watched;
    QTimer m_poll;
};

} // namespace

std::unique_ptr<GenerationBackend> makeRelayGeneration(Connection& connection, BlobExchange& blobs)
{
    return std::make_unique<RelayGeneration>(connection, blobs);
}

} // namespace tessera::app
