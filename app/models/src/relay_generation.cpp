#include <app/models/generation_backend.h>

#include <set>

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

#include <app/models/blob_exchange.h>
#include <app/models/connection.h>
#include <app/models/qt_convert.h>

namespace tessera::app {
namespace {

constexpr int pollMs = 2000; ///< events come over the socket; asking covers the time it was down

GenerationError errorOf(const RelayError& error)
{
    return {error.code, error.detail};
}

class RelayGeneration final : public GenerationBackend
{
public:
    RelayGeneration(Connection& connection, BlobExchange& blobs) : m_connection(connection), m_blobs(blobs)
    {
        connect(&connection, &Connection::jobEvent, this, &RelayGeneration::receive);
        m_poll.setInterval(pollMs);
        connect(&m_poll, &QTimer::timeout, this, &RelayGeneration::ask);
    }

    QString place() const override { return m_connection.api() ? m_connection.api()->origin() : QString(); }

    void listModels(Models answer) override
    {
        RelayApi* api = m_connection.api();
        if (!api) {
            answer(fail(GenerationError{QStringLiteral("not-shared"), {}}));
            return;
        }
        api->get(path(QStringLiteral("models")), this, [answer = std::move(answer)](Result<QJsonObject, RelayError> got) {
            if (!got) {
                answer(fail(errorOf(got.error())));
                return;
            }
            std::vector<GenerationChoice> models;
            for (const QJsonValue& value : got->value(QLatin1String("models")).toArray()) {
                const QJsonObject model = value.toObject();
                models.push_back({model.value(QLatin1String("id")).toString(),
                                  model.value(QLatin1String("name")).toString(),
                                  model.value(QLatin1String("kind")).toString(),
                                  model.value(QLatin1String("output")).toString() == QLatin1String("layers"),
                                  model.value(QLatin1String("maxSize")).toInt()});
            }
            answer(std::move(models));
        });
    }

    void submit(const GenerationRequest& request) override
    {
        RelayApi* api = m_connection.api();
        if (!api) {
            refuse(request.job, {0, QStringLiteral("not-shared"), {}});
            return;
        }
        QJsonObject body{{QStringLiteral("id"), request.job},
                         {QStringLiteral("model"), request.model},
                         {QStringLiteral("prompt"), request.prompt},
                         {QStringLiteral("colors"), QJsonArray::fromStringList(request.colors)},
                         {QStringLiteral("width"), request.width},
                         {QStringLiteral("height"), request.height},
                         {QStringLiteral("seed"), static_cast<qint64>(request.seed)}};
        if (request.steps > 0)
            body.insert(QStringLiteral("steps"), request.steps);
        m_watched.insert(request.job);
        m_poll.start();
        api->post(path(QStringLiteral("jobs")), body, this, [this, job = request.job](Result<QJsonObject, RelayError> got) {
            if (!got)
                refuse(job, got.error());
        });
    }

    void cancel(const QString& job) override
    {
        if (RelayApi* api = m_connection.api())
            api->remove(path(QStringLiteral("jobs/%1").arg(job)), this, [](const Result<QJsonObject, RelayError>&) {});
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
    QString path(const QString& rest) const
    {
        return QStringLiteral("/api/rooms/%1/%2").arg(m_connection.room(), rest);
    }

    void ask()
    {
        RelayApi* api = m_connection.api();
        for (const QString& job : m_watched) {
            if (api)
                api->get(path(QStringLiteral("jobs/%1").arg(job)), this, [this](Result<QJsonObject, RelayError> got) {
                    if (got && !got->isEmpty())
                        receive(QJsonDocument(got.value()).toJson(QJsonDocument::Compact));
                });
        }
    }

    void receive(const QByteArray& json)
    {
        const auto parsed = parseJobEvent(json);
        if (!parsed || !m_watched.contains(parsed->job))
            return;
        if (parsed->state != JobState::queued && parsed->state != JobState::running)
            stopWatching(parsed->job);
        Q_EMIT event(parsed.value());
    }

    void refuse(const QString& job, const RelayError& error)
    {
        // Nobody answered: the relay may have the job all the same; asking goes on and tells.
        if (error.status == 0 && error.code == QLatin1String("unreachable") && m_connection.api()) {
            RelayApi* api = m_connection.api();
            api->get(path(QStringLiteral("jobs/%1").arg(job)), this, [this, job, error](Result<QJsonObject, RelayError> got) {
                if (!got)
                    reportFailure(job, error);
            });
            return;
        }
        reportFailure(job, error);
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
