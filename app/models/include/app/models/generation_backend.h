#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

#include <collab/session/job.h>
#include <core/base/result.h>
#include <core/crdt/any.h>

/// Who makes images: an appliance behind the relay of the shared room, or one reached directly. Answers and events come
/// on the GUI thread.
namespace tessera::app {

struct GenerationRequest {
    QString job;
    QString model;
    QString prompt;
    QStringList colors; ///< "#RRGGBB", most important first
    int width = 0;
    int height = 0;
    quint64 seed = 0;
    int steps = 0;      ///< 0: the model's own default
};

struct GenerationChoice {
    QString id;
    QString name;
    QString kind;
    bool makesLayers = false; ///< editable layers rather than an image
    int maxSize = 0;          ///< px; 0: not told
};

using collab::JobState;

/// One state of a job, complete in itself.
struct GenerationEvent {
    QString job;
    JobState state = JobState::queued;
    int step = 0;
    int steps = 0;
    QString previewHash;
    QString resultHash;
    crdt::Any layers; ///< undefined when the result is an image
    int width = 0;
    int height = 0;
    QString errorCode;
    QString errorDetail;
    crdt::Any recipe;
};
/// The event as the relay tells it.
[[nodiscard]] GenerationEvent eventOf(const collab::JobStatus& status);

struct GenerationError {
    QString code;
    QString detail;
};

class GenerationBackend : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    using Models = std::function<void(Result<std::vector<GenerationChoice>, GenerationError>)>;
    using Blob = std::function<void(Result<QByteArray, GenerationError>)>;

    /// Host and port, for messages.
    [[nodiscard]] virtual QString place() const = 0;
    virtual void listModels(Models answer) = 0;
    /// Every state comes by event(), refusals as a failed one.
    virtual void submit(const GenerationRequest& request) = 0;
    virtual void cancel(const QString& job) = 0;
    virtual void fetchBlob(const QString& hash, Blob answer) = 0;

Q_SIGNALS:
    void event(const tessera::app::GenerationEvent& event);
};

class Connection;
class BlobExchange;
/// Both must outlive the backend.
[[nodiscard]] std::unique_ptr<GenerationBackend> makeRelayGeneration(Connection& connection, BlobExchange& blobs);
/// `address`: HOST:PORT of an appliance's gRPC service. `author` goes into the recipe.
[[nodiscard]] std::unique_ptr<GenerationBackend> makeApplianceGeneration(const QString& address, const QString& author);

} // namespace tessera::app
