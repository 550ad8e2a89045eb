#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/crdt/any.h>

/// What is done to a node's picture after it is painted. Lengths in the node's own px. Safe on any thread.
namespace tessera::document {

struct Filter;

enum class EffectKind : std::uint8_t { dropShadow, innerShadow, layerBlur, backgroundBlur, filter, unknown };

/// One item of `effects`. `type` values are the names of the kinds.
struct Effect {
    std::string id;
    EffectKind kind = EffectKind::layerBlur;
    bool visible = true;
    double blur = 0;   ///< all but filter: CSS blur radius, twice the standard deviation
    Color color{0, 0, 0, 0.25f}; ///< shadows
    Point offset;      ///< shadows
    double spread = 0; ///< shadows: how far the shape grows first
    std::shared_ptr<const Filter> filter; ///< filter; never null then
    crdt::Any rest;    ///< stored members that are not modelled here (unknown: all); toAny() keeps them
    friend bool operator==(const Effect& a, const Effect& b); ///< same content
};

[[nodiscard]] crdt::Any toAny(const Effect& effect);
[[nodiscard]] crdt::Any toAny(const std::vector<Effect>& effects);

} // namespace tessera::document
