#include "any_reader.h"

#include <cmath>

namespace tessera::document {

std::optional<double> readNumber(const crdt::Any* value, double low, double high)
{
    if (value == nullptr)
        return std::nullopt;
    double number = 0;
    if (const double* found = value->number())
        number = *found;
    else if (const auto* big = value->bigInt())
        number = static_cast<double>(big->value);
    else
        return std::nullopt;
    if (!(number >= low && number <= high)) // NaN fails both
        return std::nullopt;
    return number;
}

std::optional<bool> readBool(const crdt::Any* value)
{
    if (value == nullptr || value->boolean() == nullptr)
        return std::nullopt;
    return *value->boolean();
}

const std::string* readString(const crdt::Any* value) { return value == nullptr ? nullptr : value->string(); }

std::optional<std::vector<double>> readNumbers(const crdt::Any* value, std::size_t count, double low, double high)
{
    const crdt::Any::Array* array = value == nullptr ? nullptr : value->array();
    if (array == nullptr || (count != 0 && array->size() != count))
        return std::nullopt;
    std::vector<double> numbers;
    numbers.reserve(array->size());
    for (const crdt::Any& element : *array) {
        const auto number = readNumber(&element, low, high);
        if (!number)
            return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

std::optional<Transform> readTransform(const crdt::Any* value)
{
    const auto n = readNumbers(value, 6);
    if (!n)
        return std::nullopt;
    return Transform{(*n)[0], (*n)[1], (*n)[2], (*n)[3], (*n)[4], (*n)[5]};
}

} // namespace tessera::document
