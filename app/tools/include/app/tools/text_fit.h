#pragma once

#include <span>

#include <app/models/geometry_edits.h>
#include <core/document/document.h>
#include <render/text/font_library.h>

/// Text boxes that follow their content: layout results are never stored, but the size others see is.
namespace tessera::app {

/// Commands that give automatic text boxes among the nodes the size their content has now. Empty when all fit.
[[nodiscard]] Commands fitTextBoxes(const document::Document& document, std::span<const NodeId> nodes,
                                    text::FontLibrary& fonts);

} // namespace tessera::app
