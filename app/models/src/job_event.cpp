#include <app/models/generation_backend.h>

#include <app/models/qt_convert.h>

namespace tessera::app {
namespace {

using crdt::Any;

QString text(const Any& object, std::string_view key)
{
    const Any* member = object.find(key);
    const std::string* value = member ? member->string() : nullptr;
    return value ? toQt(*value) : QString();
}

int count(const Any& object, std::string_view key)
{
    const Any* member = object.find(key);
    const double* value = member ? member->number() : nullptr;
    return value && *value >= 0 && *value < 1e6 ? static_cast<int>(*value) : 0;
}

std::optional<JobState> parseState(const QString& name)
{
    constexpr std::pair<const char*, JobState> names[] = {{"queued", JobState::queued},
                                                          {"running", JobState::running},
                                                          {"done", JobState::done},
                                                          {"failed", JobState::failed},
                                                          {"cancelled", JobState::cancelled}};
    for (const auto& [word, state] : names) {
        if (name == QLatin1String(word))
            return state;
    }
    return std::nullopt;
}

} // namespace

Result<GenerationEvent, QString> parseJobEvent(const QByteArray& json)
{
    const auto parsed = crdt::parseJson(std::string_view(json.constData(), static_cast<std::size_t>(json.size())));
    if (!parsed)
        return fail(QStringLiteral("not JSON: %1").arg(toQt(describe(parsed.error()))));
    const Any& value = parsed.value();
    const auto state = parseState(text(value, "state"));
    GenerationEvent event;
    event.job = text(value, "job");
    if (event.job.isEmpty() || !state)
        return fail(QStringLiteral("a job event needs job and state"));
    event.state = *state;
    event.step = count(value, "step");
    event.steps = count(value, "steps");
    event.previewHash = text(value, "previewHash");
    event.resultHash = text(value, "resultHash");
    event.width = count(value, "width");
    event.height = count(value, "height");
    if (const Any* layers = value.find("layers"); layers && layers->array())
        event.layers = *layers;
    if (const Any* recipe = value.find("recipe"); recipe && recipe->object())
        event.recipe = *recipe;
    if (const Any* error = value.find("error")) {
        event.errorCode = text(*error, "code");
        event.errorDetail = text(*error, "detail");
    }
    return event;
}

} // namespace tessera::app
