#include "stored_form.h"

#include <algorithm>
#include <cmath>

#include <core/base/utf.h>

#include "any_reader.h"

namespace tessera::document {
namespace {

using crdt::Any;

constexpr int maxDepth = 48; ///< decoders stop at 64, and the value stands inside other containers

constexpr std::string_view lengthKeys[] = {"size", "sw", "radii", "sDash", "path", "paths"};

bool isStorableAt(const Any& value, int depth)
{
    if (depth > maxDepth)
        return false;
    if (const double* number = value.number())
        return std::isfinite(*number);
    if (const Any::Array* array = value.array())
        return std::all_of(array->begin(), array->end(), [&](const Any& e) { return isStorableAt(e, depth + 1); });
    if (const Any::Object* object = value.object()) {
        return std::all_of(object->begin(), object->end(),
                           [&](const auto& member) { return isStorableAt(member.second, depth + 1); });
    }
    return true;
}

Any cleaned(const Any& value, bool roundNumbers)
{
    if (const double* number = value.number())
        return roundNumbers ? Any(rounded(*number)) : value;
    if (const std::string* text = value.string())
        return isUtf8(*text) ? value : Any(toValidUtf8(*text));
    if (const Any::Array* array = value.array()) {
        Any::Array elements;
        elements.reserve(array->size());
        for (const Any& element : *array)
            elements.push_back(cleaned(element, roundNumbers));
        return elements;
    }
    if (const Any::Object* object = value.object()) {
        Any::Object members;
        for (const auto& [key, member] : *object)
            members.emplace_back(toValidUtf8(key), cleaned(member, roundNumbers));
        return members;
    }
    return value;
}

} // namespace

bool isReservedKey(std::string_view key) { return key.empty() || key == "t" || key == "pi" || key == "text"; }

bool isStorable(const Any& value) { return isStorableAt(value, 0); }

Any storedForm(std::string_view key, const Any& value)
{
    if (key == "xf") {
        if (const auto transform = readTransform(&value))
            return toAny(*transform);
    }
    const bool isLength = std::find(std::begin(lengthKeys), std::end(lengthKeys), key) != std::end(lengthKeys);
    return cleaned(value, isLength);
}

} // namespace tessera::document
