#include "core/base/hash.h"

namespace whittle {

std::string to_hex(std::uint64_t value) {
    static const char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = digits[value & 15u];
    return text;
}

}  // namespace whittle
