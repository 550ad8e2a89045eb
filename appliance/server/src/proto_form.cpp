#include "proto_form.h"

namespace tessera::appliance {

v1::JobEvent toProto(const Job& job)
{
    v1::JobEvent event;
    event.set_job_id(job.id.text());
    event.set_sequence(job.sequence);
    event.set_state(static_cast<v1::JobState>(job.state)); // the numbers are the same
    event.set_attempt(static_cast<std::uint32_t>(job.attempt));
    event.set_step(job.step);
    event.set_steps(job.steps);
    event.set_preview_hash(job.previewHash);
    event.set_result_hash(job.outcome.resultHash);
    event.set_layers_json(job.outcome.layersJson);
    event.set_recipe_json(job.outcome.recipeJson);
    event.set_width(job.widthPx);
    event.set_height(job.heightPx);
    if (job.state == JobState::failed) {
        event.mutable_error()->set_code(job.error.code);
        event.mutable_error()->set_detail(job.error.detail);
    }
    return event;
}

v1::Model toProto(const ModelInfo& model)
{
    v1::Model out;
    out.set_id(model.id);
    out.set_name(model.name);
    out.set_kind(model.kind);
    out.set_output(model.output == ModelOutput::layers ? "layers" : "image");
    out.set_digest(model.digest);
    out.set_default_steps(model.defaultSteps);
    out.set_max_size(model.maxSizePx);
    return out;
}

GenerationRequest fromProto(const v1::GenerationRequest& request)
{
    GenerationRequest out;
    out.model = request.model();
    out.prompt = request.prompt();
    out.negative = request.negative();
    out.colors.assign(request.colors().begin(), request.colors().end());
    out.widthPx = request.width();
    out.heightPx = request.height();
    out.seed = request.seed();
    out.steps = request.steps();
    out.guidance = request.guidance();
    out.author = request.author().substr(0, 256);
    return out;
}

} // namespace tessera::appliance
