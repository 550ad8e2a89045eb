#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/geometry.h>
#include <core/crdt/any.h>

/// Reading of stored values that anybody may have written: every function answers "nothing" for a value of another
/// kind, NaN, or out of range, and the caller takes its default.
namespace tessera::document {

inline constexpr double maxLength = 1e9; ///< document px; larger numbers are not lengths

[[nodiscard]] std::optional<double> readNumber(const crdt::Any* value, double low = -maxLength, double high = maxLength);
[[nodiscard]] std::optional<bool> readBool(const crdt::Any* value);
/// Null when it is no string.
[[nodiscard]] const std::string* readString(const crdt::Any* value);
/// All numbers of an array, or nothing when one of them is bad or the count is wrong (0: any count).
[[nodiscard]] std::optional<std::vector<double>> readNumbers(const crdt::Any* value, std::size_t count,
                                                             double low = -maxLength, double high = maxLength);
[[nodiscard]] std::optional<Transform> readTransform(const crdt::Any* value);

/// The enum value whose name the string is.
template <class Enum, std::size_t Count>
[[nodiscard]] std::optional<Enum> readEnum(const crdt::Any* value, const std::pair<std::string_view, Enum> (&names)[Count])
{
    const std::string* text = readString(value);
    if (text == nullptr)
        return std::nullopt;
    for (const auto& [name, result] : names) {
        if (*text == name)
            return result;
    }
    return std::nullopt;
}

} // namespace tessera::document
