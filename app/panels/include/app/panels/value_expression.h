#pragma once

#include <functional>
#include <optional>

#include <QString>

/// What people type into number fields. Pure.
namespace tessera::app {

/// New value from the old one, so that arithmetic works for each item of a mixed selection.
using ValueChange = std::function<double(double)>;

/// "12", "12mm", "3*4+1", "+10", "*2", "/2", "50%". A comma is a point. Units: px, mm, cm, in, pt (96 px per inch).
/// Nothing when it is none of these.
[[nodiscard]] std::optional<ValueChange> parseValue(const QString& text);
/// At most two decimals, no trailing zeros.
[[nodiscard]] QString valueText(double value);

} // namespace tessera::app
