#include <core/base/ids.h>

#include <core/base/random.h>

namespace tessera {

std::string makeIdText(Random& random)
{
    __extension__ using Wide = unsigned __int128;
    Wide bits = static_cast<Wide>(random.next()) << 64 | random.next();
    std::string text(22, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
        *digit = base62Digits[static_cast<std::size_t>(bits % 62)];
        bits /= 62;
    }
    return text;
}

} // namespace tessera
