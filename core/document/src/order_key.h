#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Order keys below the public orderKeyBetween. A key is an integer part and a fraction, both in base 62 with digits
/// ordered as bytes. The integer part's first letter gives its length: 'a' one digit more, 'b' two ... 'z' 26 (zero
/// and up), 'Z' one, 'Y' two ... 'A' 26 (below zero). The fraction never ends in '0', so there is always room between
/// two keys. Pure; safe on any thread.
namespace tessera {
class Random;
}

namespace tessera::document {

inline constexpr std::size_t jitterDigits = 5;      ///< 5 base-62 digits, 29.8 bits
inline constexpr std::size_t maxOrderKeyChars = 64; ///< a longer key makes its siblings be keyed anew

[[nodiscard]] bool isOrderKey(std::string_view key);

/// The part of a new key before its jitter: what the golden files pin. Keys that are not order keys count as open
/// ends, and so does `before` unless it is above `after`.
[[nodiscard]] std::string orderKeyStem(std::string_view after, std::string_view before);

/// `count` ascending keys strictly between the two, spread so that they stay short.
[[nodiscard]] std::vector<std::string> orderKeysBetween(const std::string& after, const std::string& before,
                                                        std::size_t count, Random& random);

} // namespace tessera::document
