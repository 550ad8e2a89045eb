#pragma once

#include <vector>

#include <render/text/layout.h>

namespace tessera::text {

/// How far below the baseline the middle of a rule of this kind is, in em.
[[nodiscard]] double ruleOffset(RuleKind kind, const FaceMetrics& metrics);
/// One piece for each of the run's rules: `width` long, from the origin of `place`, whose x axis is the baseline.
void addRules(std::vector<Rule>& out, const std::vector<Run>& runs, std::uint32_t run, const FaceMetrics& metrics, double width,
              const Transform& place);

/// How far below the alphabetic baseline the text's own goes, in layout units: negative is up.
[[nodiscard]] double baselineOffset(const Style& style, const FaceMetrics& metrics);

} // namespace tessera::text
