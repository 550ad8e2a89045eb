#include <cstdlib>

#include <core/base/bytes.h>
#include <core/document/filter.h>

#include "effect_form.h"

using namespace tessera;

/// Stored effects, as JSON: what is read and written stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto stored = crdt::parseJson(asText({data, size}));
    if (!stored)
        return 0;
    const auto effects = document::readEffects(&*stored);
    const crdt::Any written = document::toAny(effects);
    const auto again = document::readEffects(&written);
    if (effects.size() != again.size())
        std::abort();
    for (std::size_t i = 0; i < effects.size(); ++i) { // lengths are rounded once; then they stay
        if (effects[i].kind != again[i].kind && effects[i].kind != document::EffectKind::filter)
            std::abort();
    }
    const crdt::Any settled = document::toAny(again);
    const auto third = document::readEffects(&settled);
    if (!(again == third))
        std::abort();
    return 0;
}
