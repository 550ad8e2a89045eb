#include "json_values.h"

#include <cmath>

#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;

const Any& memberOf(const Any& object, std::string_view key)
{
    static const Any absent;
    const Any* found = object.find(key);
    return found ? *found : absent;
}

std::optional<double> numberAt(const Any& object, std::string_view key)
{
    constexpr double longest = 1e9; // what core/document takes for a length
    const Any& member = memberOf(object, key);
    std::optional<double> number;
    if (const double* stored = member.number())
        number = *stored;
    else if (const std::string* text = member.string())
        if (const auto parsed = parseNumberWithUnit(*text))
            number = parsed->value;
    return number && std::abs(*number) <= longest ? number : std::nullopt;
}

double numberOr(const Any& object, std::string_view key, double fallback) { return numberAt(object, key).value_or(fallback); }

std::string_view textOf(const Any& object, std::string_view key)
{
    const std::string* text = memberOf(object, key).string();
    return text ? std::string_view(*text) : std::string_view();
}

bool isSet(const Any& object, std::string_view key)
{
    const bool* flag = memberOf(object, key).boolean();
    return flag && *flag;
}

const Any::Array& listOf(const Any& object, std::string_view key)
{
    static const Any::Array none;
    const Any::Array* list = memberOf(object, key).array();
    return list ? *list : none;
}

Point pointOf(const Any& object, std::string_view x, std::string_view y) { return {numberOr(object, x, 0), numberOr(object, y, 0)}; }

} // namespace tessera::formats
