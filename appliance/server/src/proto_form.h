#pragma once

#include <tessera/appliance/v1/job.pb.h>

#include <appliance/jobs/job.h>
#include <appliance/runtimes/generation.h>

/// Our values in the form of the wire. Pure.
namespace tessera::appliance {

[[nodiscard]] v1::JobEvent toProto(const Job& job);
[[nodiscard]] v1::Model toProto(const ModelInfo& model);
[[nodiscard]] GenerationRequest fromProto(const v1::GenerationRequest& request);

} // namespace tessera::appliance
