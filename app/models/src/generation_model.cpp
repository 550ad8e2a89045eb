#include <app/models/generation_model.h>

#include <algorithm>
#include <cmath>

#include <app/models/blob_exchange.h>
#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>

namespace tessera::app {
namespace {

constexpr int leastSidePx = 64;
constexpr int defaultMaxSidePx = 1024;

} // namespace

QString generationProblem(const QString& code, const QString& detail, const QString& place)
{
    const auto is = [&](const char* word) { return code == QLatin1String(word); };
    if (is("not-shared"))
        return QObject::tr("Generating needs a shared document or an appliance. Share the document to use the team's appliance.");
    if (is("no-appliance"))
        return QObject::tr("No appliance is connected to %1. Start one, then try again. Your prompt is kept.").arg(place);
    if (is("unreachable"))
        return QObject::tr("Could not reach %1. Your prompt and your work are kept; try again when it answers.").arg(place);
    if (is("unknown-model"))
        return QObject::tr("The appliance no longer has this model. Choose another one.");
    if (is("queue-full"))
        return QObject::tr("The appliance has too many jobs waiting. Try again in a minute.");
    if (is("worker-crashed"))
        return QObject::tr("The model stopped unexpectedly and trying again did not help. Nothing in the document was changed.");
    if (is("blob-missing") || is("blob-damaged"))
        return QObject::tr("The picture was made but did not arrive whole. Try again: the same seed gives the same picture.");
    if (is("frame-gone"))
        return QObject::tr("The document cannot be changed at the moment, so the result was not placed. Try again.");
    const QString what = detail.isEmpty() ? code : detail;
    return QObject::tr("The picture could not be made: %1. Nothing in the document was changed.").arg(what);
}

GenerationModel::GenerationModel(EditorSession& session, QObject* parent) : QObject(parent), m_session(session) {}
GenerationModel::~GenerationModel() = default;

void GenerationModel::setBackend(std::unique_ptr<GenerationBackend> backend)
{
    if (isBusy())
        finish(GenerationPhase::failed, QStringLiteral("unreachable"));
    m_backend = std::move(backend);
    m_models.clear();
    m_modelsProblem.clear();
    if (m_backend)
        connect(m_backend.get(), &GenerationBackend::event, this, &GenerationModel::receive);
    Q_EMIT modelsChanged();
    refreshModels();
}

void GenerationModel::refreshModels()
{
    if (!m_backend || m_loadingModels)
        return;
    m_loadingModels = true;
    Q_EMIT modelsChanged();
    m_backend->listModels([this](const Result<std::vector<GenerationChoice>, GenerationError>& answer) {
        m_loadingModels = false;
        if (answer) {
            m_models = answer.value();
            m_modelsProblem = m_models.empty() ? generationProblem(QStringLiteral("no-appliance"), {}, place()) : QString();
        } else {
            m_models.clear();
            m_modelsProblem = generationProblem(answer.error().code, answer.error().detail, place());
        }
        Q_EMIT modelsChanged();
    });
}

bool GenerationModel::isBusy() const
{
    return m_phase == GenerationPhase::sending || m_phase == GenerationPhase::queued ||
           m_phase == GenerationPhase::running || m_phase == GenerationPhase::inserting;
}

double GenerationModel::progress() const
{
    if (m_phase == GenerationPhase::done || m_phase == GenerationPhase::inserting)
        return 1;
    return m_phase == GenerationPhase::running && m_steps > 0 ? std::min(1.0, double(m_step) / m_steps) : -1;
}

std::optional<NodeId> GenerationModel::targetFrame() const
{
    const auto& selected = m_session.selection().nodes();
    if (selected.size() != 1)
        return std::nullopt;
    const document::Document& document = m_session.document();
    for (NodeId id = selected.front(); document.node(id);) {
        if (document.node(id)->type == document::NodeType::frame)
            return id;
        const auto parent = document.tree().shownParent.find(id);
        if (parent == document.tree().shownParent.end())
            break;
        id = parent->second;
    }
    return std::nullopt;
}

bool GenerationModel::generate(const NodeId& frame, const QString& model, const QString& prompt,
                               const QStringList& colors, quint64 seed)
{
    const document::Node* node = m_session.document().node(frame);
    if (!m_backend || isBusy() || !node || m_session.isReadOnly())
        return false;
    m_frame = frame;
    m_frameSize = node->size;
    m_framePlace = m_session.document().pageTransform(frame);

    const auto choice = std::ranges::find(m_models, model, &GenerationChoice::id);
    int maxSide = choice != m_models.end() && choice->maxSize > 0 ? choice->maxSize : defaultMaxSidePx;
    if (choice != m_models.end() && choice->makesLayers)
        maxSide = std::max(maxSide, static_cast<int>(std::ceil(std::max(m_frameSize.width, m_frameSize.height))));
    const double shrink = std::min(1.0, maxSide / std::max({m_frameSize.width, m_frameSize.height, 1.0}));
    const auto side = [&](double length) { return std::clamp(static_cast<int>(std::lround(length * shrink)), leastSidePx, maxSide); };

    m_request = {};
    m_request.job = toQt(makeIdText(m_session.services().random));
    m_request.model = model;
    m_request.prompt = prompt;
    m_request.colors = colors;
    m_request.width = side(m_frameSize.width);
    m_request.height = side(m_frameSize.height);
    m_request.seed = seed;
    m_step = m_steps = 0;
    m_preview = {};
    m_previewHash.clear();
    m_previewCount = 0;
    m_problem.clear();
    m_problemCode.clear();
    m_inserted.clear();
    m_phase = GenerationPhase::sending;
    Q_EMIT changed();
    m_backend->submit(m_request);
    return true;
}

void GenerationModel::cancel()
{
    if (m_backend && isBusy() && m_phase != GenerationPhase::inserting)
        m_backend->cancel(m_request.job);
}

void GenerationModel::receive(const GenerationEvent& event)
{
    if (event.job != m_request.job || !isBusy() || m_phase == GenerationPhase::inserting)
        return;
    m_step = event.step;
    m_steps = event.steps;
    switch (event.state) {
    case JobState::queued: m_phase = GenerationPhase::queued; break;
    case JobState::running:
        m_phase = GenerationPhase::running;
        showPreview(event.previewHash);
        break;
    case JobState::done: insertResult(event); return;
    case JobState::failed: finish(GenerationPhase::failed, event.errorCode, event.errorDetail); return;
    case JobState::cancelled: finish(GenerationPhase::cancelled); return;
    }
    Q_EMIT changed();
}

void GenerationModel::showPreview(const QString& hash)
{
    if (hash.isEmpty() || hash == m_previewHash)
        return;
    m_previewHash = hash;
    m_backend->fetchBlob(hash, [this, hash](const Result<QByteArray, GenerationError>& answer) {
        QImage image;
        if (answer && hash == m_previewHash && image.loadFromData(answer.value())) {
            m_preview = image;
            ++m_previewCount;
            Q_EMIT changed();
        }
    });
}

document::AddGeneration GenerationModel::record(const GenerationEvent& event) const
{
    document::AddGeneration add;
    add.id = event.job.toStdString();
    if (const crdt::Any::Object* recipe = event.recipe.object())
        add.record = *recipe;
    return add;
}

void GenerationModel::insertResult(const GenerationEvent& event)
{
    m_phase = GenerationPhase::inserting;
    Q_EMIT changed();
    if (event.layers.array()) {
        insertLayersOf(event);
        return;
    }
    m_backend->fetchBlob(event.resultHash, [this, event](const Result<QByteArray, GenerationError>& answer) {
        if (answer)
            insertImage(event, answer.value());
        else
            finish(GenerationPhase::failed, answer.error().code, answer.error().detail);
    });
}

void GenerationModel::insertLayersOf(const GenerationEvent& event)
{
    const document::Document& document = m_session.document();
    const bool frameIsThere = document.node(m_frame) && !document.tree().isInTrash(m_frame);
    const NodeId parent = frameIsThere ? m_frame : m_session.selection().page();
    const double scale = event.width > 0 ? m_frameSize.width / event.width : 1;
    const Transform map = (frameIsThere ? Transform{} : m_framePlace) * Transform::scaling(scale, scale);
    StructureEdit edit = insertLayers(event.layers, {parent, std::nullopt}, map, m_session.services().random);
    for (document::Command& command : edit.commands) {
        auto* create = std::get_if<document::CreateNode>(&command);
        if (create && std::ranges::find(edit.selection, create->id) != edit.selection.end())
            create->properties.emplace_back("genId", event.job.toStdString());
    }
    edit.commands.emplace_back(record(event));
    m_inserted = edit.selection;
    if (m_session.apply(edit.commands))
        finish(GenerationPhase::done);
    else
        finish(GenerationPhase::failed, QStringLiteral("frame-gone"));
}

void GenerationModel::insertImage(const GenerationEvent& event, const QByteArray& png)
{
    const auto* data = reinterpret_cast<const std::uint8_t*>(png.constData());
    const QImage image = QImage::fromData(png);
    if (image.isNull()) {
        finish(GenerationPhase::failed, QStringLiteral("blob-damaged"));
        return;
    }
    const ContentHash hash = m_session.blobs().put(Bytes(data, data + png.size()), "image/png");
    const document::Document& document = m_session.document();
    const bool frameIsThere = document.node(m_frame) && !document.tree().isInTrash(m_frame);

    document::CreateNode create;
    create.id = makeNodeId(m_session.services().random);
    create.type = document::NodeType::image;
    create.placement = {frameIsThere ? m_frame : m_session.selection().page(), std::nullopt};
    create.properties = {{"name", m_request.prompt.simplified().left(60).toStdString()},
                         {"xf", document::toAny(frameIsThere ? Transform{} : m_framePlace)},
                         {"size", document::toAny(m_frameSize)},
                         {"asset", hash.hex},
                         {"genId", event.job.toStdString()}};
    const document::AddAsset asset{hash, "image/png", static_cast<std::uint64_t>(png.size()),
                                   static_cast<std::uint32_t>(image.width()), static_cast<std::uint32_t>(image.height()),
                                   m_request.prompt.simplified().left(60).toStdString()};
    m_inserted = {create.id};
    if (m_session.apply({asset, create, record(event)}))
        finish(GenerationPhase::done);
    else
        finish(GenerationPhase::failed, QStringLiteral("frame-gone"));
}

void GenerationModel::finish(GenerationPhase phase, const QString& code, const QString& detail)
{
    m_phase = phase;
    m_problemCode = code;
    m_problem = phase == GenerationPhase::failed ? generationProblem(code, detail, place()) : QString();
    if (phase != GenerationPhase::done)
        m_inserted.clear();
    Q_EMIT changed();
    Q_EMIT finished();
}

} // namespace tessera::app
