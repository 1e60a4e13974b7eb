#pragma once

namespace whittle {

// The bytes of one value seen as another type of the same size: std::bit_cast, which the standard
// library of Emscripten's LLVM 14 does not have.
template <class To, class From>
constexpr To bit_cast(const From& from) {
    static_assert(sizeof(To) == sizeof(From));
    return __builtin_bit_cast(To, from);
}

}  // namespace whittle
