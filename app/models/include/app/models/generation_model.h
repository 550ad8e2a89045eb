#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QImage>
#include <QObject>
#include <QStringList>

#include <app/models/editor_session.h>
#include <app/models/generation_backend.h>

/// One generation at a time, from the question to the layers in the document: models to choose from, progress, preview,
/// cancel, and the result as one undoable edit with its `gen` record. GUI thread.
namespace tessera::app {

enum class GenerationPhase : std::uint8_t { idle, sending, queued, running, inserting, done, failed, cancelled };

class GenerationModel final : public QObject
{
    Q_OBJECT

public:
    explicit GenerationModel(EditorSession& session, QObject* parent = nullptr);
    ~GenerationModel() override;

    /// Null: nothing to generate with.
    void setBackend(std::unique_ptr<GenerationBackend> backend);
    [[nodiscard]] bool hasBackend() const { return m_backend != nullptr; }
    [[nodiscard]] QString place() const { return m_backend ? m_backend->place() : QString(); }
    void refreshModels();

    [[nodiscard]] const std::vector<GenerationChoice>& models() const { return m_models; }
    /// Why there are none; empty while unknown.
    [[nodiscard]] const QString& modelsProblem() const { return m_modelsProblem; }
    [[nodiscard]] bool isLoadingModels() const { return m_loadingModels; }

    [[nodiscard]] GenerationPhase phase() const { return m_phase; }
    [[nodiscard]] bool isBusy() const;
    [[nodiscard]] double progress() const; ///< 0..1; negative when unknown
    [[nodiscard]] const QImage& preview() const { return m_preview; }
    [[nodiscard]] int previewCount() const { return m_previewCount; }
    /// What happened, what to do; for people. Set when failed.
    [[nodiscard]] const QString& problem() const { return m_problem; }
    [[nodiscard]] const QString& problemCode() const { return m_problemCode; }
    [[nodiscard]] const QString& job() const { return m_request.job; }
    [[nodiscard]] const std::vector<NodeId>& insertedNodes() const { return m_inserted; }

    /// The frame that would take the result: the selected one, or the frame around what is selected.
    [[nodiscard]] std::optional<NodeId> targetFrame() const;
    /// Into `frame`, at its size (bounded by the model's). False when busy or impossible.
    bool generate(const NodeId& frame, const QString& model, const QString& prompt, const QStringList& colors,
                  quint64 seed);
    void cancel();

Q_SIGNALS:
    void modelsChanged();
    void changed();
    void finished();

private:
    void receive(const GenerationEvent& event);
    void showPreview(const QString& hash);
    void insertResult(const GenerationEvent& event);
    void insertLayersOf(const GenerationEvent& event);
    void insertImage(const GenerationEvent& event, const QByteArray& png);
    [[nodiscard]] document::AddGeneration record(const GenerationEvent& event) const;
    void finish(GenerationPhase phase, const QString& code = {}, const QString& detail = {});

    EditorSession& m_session;
    std::unique_ptr<GenerationBackend> m_backend;
    std::vector<GenerationChoice> m_models;
    QString m_modelsProblem;
    bool m_loadingModels = false;

    GenerationPhase m_phase = GenerationPhase::idle;
    GenerationRequest m_request;
    NodeId m_frame;
    Size m_frameSize;
    Transform m_framePlace; ///< on the page, in case the frame is gone when the result comes
    int m_step = 0;
    int m_steps = 0;
    QImage m_preview;
    QString m_previewHash;
    int m_previewCount = 0;
    QString m_problem;
    QString m_problemCode;
    std::vector<NodeId> m_inserted;
};

/// Text for people of an error code of generation.
[[nodiscard]] QString generationProblem(const QString& code, const QString& detail, const QString& place);

} // namespace tessera::app
