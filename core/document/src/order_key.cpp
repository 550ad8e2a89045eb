#include "order_key.h"

#include <optional>

#include <core/base/ids.h>
#include <core/base/random.h>
#include <core/document/tree.h>

namespace tessera::document {
namespace {

constexpr int base = 62;

/// -1 for what is no base-62 digit.
int digitValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 36;
    return -1;
}

char digit(int value) { return base62Digits[static_cast<std::size_t>(value)]; }

/// Characters of the integer part, its head included; 0 when `head` is no letter.
std::size_t integerLength(char head)
{
    if (head >= 'a' && head <= 'z')
        return static_cast<std::size_t>(head - 'a') + 2;
    if (head >= 'A' && head <= 'Z')
        return static_cast<std::size_t>('Z' - head) + 2;
    return 0;
}

struct Parts {
    std::string integer;
    std::string fraction;
};

std::optional<Parts> split(std::string_view key)
{
    if (key.empty())
        return std::nullopt;
    const std::size_t length = integerLength(key.front());
    if (length == 0 || key.size() < length)
        return std::nullopt;
    for (const char c : key) {
        if (digitValue(c) < 0)
            return std::nullopt;
    }
    Parts parts{std::string(key.substr(0, length)), std::string(key.substr(length))};
    const bool lowest = parts.integer == "A" + std::string(26, '0');
    if (parts.fraction.empty() ? lowest : parts.fraction.back() == '0')
        return std::nullopt;
    return parts;
}

/// The next integer part; empty above the highest.
std::optional<std::string> incremented(std::string integer)
{
    for (std::size_t i = integer.size() - 1; i > 0; --i) {
        const int value = digitValue(integer[i]) + 1;
        integer[i] = digit(value % base);
        if (value < base)
            return integer;
    }
    if (integer.front() == 'z')
        return std::nullopt;
    if (integer.front() == 'Z')
        return "a0";
    const char head = static_cast<char>(integer.front() + 1);
    return head + std::string(integerLength(head) - 1, '0');
}

/// The integer part before; empty below the lowest.
std::optional<std::string> decremented(std::string integer)
{
    for (std::size_t i = integer.size() - 1; i > 0; --i) {
        const int value = digitValue(integer[i]) - 1;
        integer[i] = digit((value + base) % base);
        if (value >= 0)
            return integer;
    }
    if (integer.front() == 'A')
        return std::nullopt;
    if (integer.front() == 'a')
        return "Zz";
    const char head = static_cast<char>(integer.front() - 1);
    return head + std::string(integerLength(head) - 1, digit(base - 1));
}

/// A fraction above `low` and below `high` (open above when absent), of which `high` is no continuation and which is
/// no continuation of `low`: any digits may follow it. Precondition: low < high, high does not end in '0'.
std::string fractionBetween(std::string_view low, std::optional<std::string_view> high)
{
    std::string out;
    for (std::size_t i = 0;; ++i) {
        const int lowDigit = i < low.size() ? digitValue(low[i]) : 0;
        const int highDigit = !high ? base : i < high->size() ? digitValue((*high)[i]) : 0;
        if (highDigit - lowDigit >= 2) {
            out += digit((lowDigit + highDigit) / 2);
            return out;
        }
        out += digit(lowDigit);
        if (highDigit != lowDigit)
            high.reset(); // already below it: the rest only has to be above low
    }
}

std::string jitter(Random& random)
{
    std::string out;
    for (std::size_t i = 0; i + 1 < jitterDigits; ++i)
        out += digit(static_cast<int>(random.below(base)));
    out += digit(1 + static_cast<int>(random.below(base - 1)));
    return out;
}

void fillBetween(const std::string& after, const std::string& before, std::size_t count, Random& random,
                 std::vector<std::string>& out)
{
    if (count == 0)
        return;
    const std::string middle = orderKeyBetween(after, before, random);
    fillBetween(after, middle, count / 2, random, out);
    out.push_back(middle);
    fillBetween(middle, before, count - count / 2 - 1, random, out);
}

} // namespace

bool isOrderKey(std::string_view key) { return split(key).has_value(); }

std::string orderKeyStem(std::string_view after, std::string_view before)
{
    const std::optional<Parts> low = split(after);
    std::optional<Parts> high = split(before);
    if (low && high && after >= before)
        high.reset();
    if (!low && !high)
        return "a0";
    if (!low) {
        if (const auto integer = decremented(high->integer))
            return *integer;
        return high->integer + fractionBetween("", high->fraction);
    }
    if (high && low->integer == high->integer)
        return low->integer + fractionBetween(low->fraction, high->fraction);
    const auto next = incremented(low->integer);
    if (next && (!high || *next < high->integer))
        return *next;
    return low->integer + fractionBetween(low->fraction, std::nullopt);
}

std::string orderKeyBetween(const std::string& after, const std::string& before, Random& random)
{
    return orderKeyStem(after, before) + jitter(random);
}

std::vector<std::string> orderKeysBetween(const std::string& after, const std::string& before, std::size_t count,
                                          Random& random)
{
    std::vector<std::string> keys;
    keys.reserve(count);
    if (after.empty() || before.empty()) {
        // An open end has integers to count with: no need to halve anything.
        for (std::size_t i = 0; i < count; ++i) {
            const std::string& neighbour = keys.empty() ? (before.empty() ? after : before) : keys.back();
            keys.push_back(before.empty() ? orderKeyBetween(neighbour, "", random)
                                          : orderKeyBetween("", neighbour, random));
        }
        if (!before.empty())
            keys = {keys.rbegin(), keys.rend()};
        return keys;
    }
    fillBetween(after, before, count, random, keys);
    return keys;
}

} // namespace tessera::document
