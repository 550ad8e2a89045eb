#pragma once

#include "source_text.h"

namespace tessera::text {

/// Changes the letters of upper, lower and title case runs in place: one unit stays one unit, so positions hold. Latin,
/// Greek, Cyrillic and Armenian; what has no single letter of the other case stays (ŉ), but ß becomes ẞ.
void applyCase(SourceText& text, const std::vector<Run>& runs);
[[nodiscard]] char16_t upperCase(char16_t c);
[[nodiscard]] char16_t lowerCaseUnit(char16_t c);

} // namespace tessera::text
