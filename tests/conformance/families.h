#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/conformance/case.h"
#include "tests/conformance/one_op.h"

namespace whittle::conformance {

// How the cases of one operator are recognised and run.
struct Family {
    const char* name;
    bool (*matches)(const Case& c);
    // The output for the case's configuration and arrays.
    Result<Values> (*run)(const Case& c);
    // Other readings of a case whose configuration and arrays do not belong together, with what
    // each takes otherwise; nullptr for none.
    struct Reading {
        Case c;
        std::string what;
    };
    std::vector<Reading> (*readings)(const Case& c) = nullptr;
};

// The first family that matches a case is its own.
const std::vector<Family>& all_families();

// Shared by the families' files.
bool contains(const std::string& text, const char* part);
// The product of sizes, negative ones counted as 0; at most kMostElements, which no case has.
inline constexpr std::size_t kMostElements = std::size_t{1} << 24;
std::size_t volume_of(std::initializer_list<std::int32_t> sizes);
// The product of strides; 0 where it leaves int32.
std::int32_t product_of(std::initializer_list<std::int32_t> sizes);
// A case of an operator that we have, in types that it has not.
Error no_such_types();
DType dtype_of(const Array& array);
// The array of results to compare with.
const Array& expected_of(const Case& c);
// int64 values as pairs of int32, low half first.
std::vector<std::int32_t> halves_of(const Values& values, std::size_t count);
// As int32: what kernels take.
std::vector<std::int32_t> narrow(const Values& values);
// Weights, of which two stand in a byte where there are half as many bytes as weights.
Values unpacked_weights(const Values& bytes, std::size_t count);

std::vector<Family> convolution_families();
std::vector<Family> elementwise_families();
std::vector<Family> movement_families();
std::vector<Family> recurrent_families();

}  // namespace whittle::conformance
