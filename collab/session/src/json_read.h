#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <core/crdt/any.h>

/// Members of a JSON object that came from outside, with a default for what is missing or of another kind.
namespace tessera::collab::json {

inline std::string text(const crdt::Any& object, std::string_view key)
{
    const crdt::Any* member = object.find(key);
    return member && member->string() ? *member->string() : std::string{};
}

inline double number(const crdt::Any& object, std::string_view key)
{
    const crdt::Any* member = object.find(key);
    return member && member->number() ? *member->number() : 0;
}

/// 0 for a number that is negative, not finite or too large.
inline std::uint32_t count32(const crdt::Any& object, std::string_view key)
{
    const double value = number(object, key);
    return value >= 0 && value <= std::numeric_limits<std::uint32_t>::max() ? static_cast<std::uint32_t>(value) : 0;
}

inline bool flag(const crdt::Any& object, std::string_view key)
{
    const crdt::Any* member = object.find(key);
    return member && member->boolean() && *member->boolean();
}

} // namespace tessera::collab::json
