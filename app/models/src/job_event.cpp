#include <app/models/generation_backend.h>

#include <app/models/qt_convert.h>

namespace tessera::app {
namespace {

/// 0 for what no job has: a relay's number is not believed blindly.
int count(std::uint32_t told)
{
    return told < 1'000'000 ? static_cast<int>(told) : 0;
}

} // namespace

GenerationEvent eventOf(const collab::JobStatus& status)
{
    GenerationEvent event;
    event.job = toQt(status.job.text());
    event.state = status.state;
    event.step = count(status.step);
    event.steps = count(status.steps);
    event.previewHash = status.preview ? toQt(status.preview->hex) : QString();
    event.resultHash = status.result ? toQt(status.result->hex) : QString();
    event.layers = status.layers;
    event.width = count(status.width);
    event.height = count(status.height);
    event.errorCode = toQt(status.errorCode);
    event.errorDetail = toQt(status.errorDetail);
    event.recipe = status.recipe;
    return event;
}

} // namespace tessera::app
