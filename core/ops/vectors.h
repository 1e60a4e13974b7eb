#pragma once

// Floats that are computed on at once, by the vectors that GCC and Clang offer on every target. All
// of this stands in an unnamed namespace and calls nothing from the standard library, because files
// that include it are compiled for different instruction sets: the linker must never take one
// file's function for another's.

#include <cstdint>

namespace whittle {
namespace {

template <int Lanes>
struct VectorOf {
    typedef float Type __attribute__((vector_size(Lanes * sizeof(float))));
    // The same wherever floats may stand in memory.
    typedef float Anywhere
        __attribute__((vector_size(Lanes * sizeof(float)), aligned(sizeof(float)), may_alias));
    typedef std::int32_t Indices __attribute__((vector_size(Lanes * sizeof(std::int32_t))));
};
template <>
struct VectorOf<1> {
    using Type = float;
    using Anywhere = float;
    using Indices = std::int32_t;
};

template <int Lanes>
inline void load(const float* from, typename VectorOf<Lanes>::Type& values) {
    values = *reinterpret_cast<const typename VectorOf<Lanes>::Anywhere*>(from);
}

template <int Lanes>
inline void store(const typename VectorOf<Lanes>::Type& values, float* to) {
    *reinterpret_cast<typename VectorOf<Lanes>::Anywhere*>(to) = values;
}

}  // namespace
}  // namespace whittle
