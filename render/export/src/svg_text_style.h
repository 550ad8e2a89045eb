#pragma once

#include "svg_parts.h"

/// Character attributes of text as SVG's. The export's thread.
namespace tessera::exports {

/// The span with all that the style says; inside further spans where SVG needs them (decorations of another paint,
/// baseline shifts that add up).
[[nodiscard]] SvgElement styledSpan(SvgExport& file, const document::Node& node, SvgElement span, const document::TextStyle& style, const SvgArea& area);

/// What all spans below a text say alike goes to the text, and spans that say nothing more go away.
void hoistStyle(SvgElement& text);

} // namespace tessera::exports
