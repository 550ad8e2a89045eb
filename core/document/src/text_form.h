#pragma once

#include <vector>

#include <core/crdt/types.h>
#include <core/document/node.h>

/// Styled text and paragraph properties out of their stored form.
namespace tessera::document {

/// A Y.Text, or a string that some script stored instead. An embed stands as U+FFFC, so that positions stay those of
/// the Y.Text.
[[nodiscard]] std::vector<StyledRun> readText(const crdt::Value& value);
[[nodiscard]] TextStyle readTextStyle(const crdt::Any& attributes);
[[nodiscard]] ParagraphStyle readParagraph(const crdt::Any* value);

} // namespace tessera::document
