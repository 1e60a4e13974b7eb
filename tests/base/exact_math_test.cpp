#include "core/base/exact_math.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>

#include "tests/base/exact_math_sweep.h"

namespace {

// The reference is x87's long double (64-bit mantissa), which is fast and 2^11 times finer than
// double. Elsewhere long double is double itself, or a slow emulation: there we take double, whose
// own error (about 1 ULP of double, 2^-29 ULP of float) is invisible here, and fewer samples.
#if LDBL_MANT_DIG == 64
using Reference = long double;
constexpr std::uint32_t kStep = 2003;  // 2.14 million patterns a function
#else
using Reference = double;
constexpr std::uint32_t kStep = 65537;
#endif

// The header states 0.501 ULP; correct rounding alone has 0.5.
constexpr double kMaxUlp = 0.501;

float from_bits(std::uint32_t bits) { return whittle_float_from_bits(bits); }
std::uint32_t to_bits(float value) { return whittle_bits_from_float(value); }

// The distance of `got` from `exact` in units of float's spacing at `exact`. Infinity is right from
// FLT_MAX plus half a unit on.
double ulp_error(float got, Reference exact) {
    if (std::isnan(exact)) return to_bits(got) == 0x7fc00000u ? 0.0 : HUGE_VAL;
    const Reference overflow = Reference(FLT_MAX) + std::scalbn(Reference(1), 127 - 24);
    if (std::isinf(got)) return got * exact > 0 && std::abs(exact) >= overflow ? 0.0 : HUGE_VAL;
    if (std::isinf(exact)) return HUGE_VAL;
    const int exponent = exact == 0 ? -126 : std::max(std::ilogb(exact), -126);
    const Reference unit = std::scalbn(Reference(1), exponent - 23);
    return static_cast<double>(std::abs(Reference(got) - exact) / unit);
}

template <class Function>
void check_whole_domain(const std::string& name, whittle_function function, Function reference) {
    double worst = 0.0;
    std::uint32_t worst_bits = 0;
    std::uint32_t samples = 0;
    for (std::uint64_t pattern = 0; pattern <= 0xffffffffu; pattern += kStep, ++samples) {
        const float x = from_bits(static_cast<std::uint32_t>(pattern));
        const double error = ulp_error(function(x), reference(Reference(x)));
        if (error > worst) {
            worst = error;
            worst_bits = static_cast<std::uint32_t>(pattern);
        }
    }
    MESSAGE(name << ": " << samples << " samples, largest error " << worst << " ULP at "
                 << from_bits(worst_bits));
    CHECK_MESSAGE(worst <= kMaxUlp, name << " at bits " << worst_bits);
}

Reference logistic(Reference x) { return Reference(1) / (Reference(1) + std::exp(-x)); }

TEST_CASE("exact math: the error stays in bounds over the whole float domain") {
    check_whole_domain("exp", whittle_expf, [](Reference x) { return std::exp(x); });
    check_whole_domain("log", whittle_logf, [](Reference x) { return std::log(x); });
    check_whole_domain("tanh", whittle_tanhf, [](Reference x) { return std::tanh(x); });
    check_whole_domain("logistic", whittle_logisticf, logistic);
    check_whole_domain("sin", whittle_sinf, [](Reference x) { return std::sin(x); });
    check_whole_domain("cos", whittle_cosf, [](Reference x) { return std::cos(x); });
    check_whole_domain("sqrt", whittle_sqrtf, [](Reference x) { return std::sqrt(x); });
}

// Intervals where a range reduction changes its step are visited densely.
template <class Function>
void check_interval(whittle_function function, Function reference, float low, float high) {
    double worst = 0.0;
    const int steps = 200000;
    for (int i = 0; i <= steps; ++i) {
        const float x = low + (high - low) * (static_cast<float>(i) / steps);
        worst = std::max(worst, ulp_error(function(x), reference(Reference(x))));
    }
    INFO("interval " << low << " to " << high);
    CHECK(worst <= kMaxUlp);
}

TEST_CASE("exact math: the intervals that matter, densely") {
    const auto exp = [](Reference x) { return std::exp(x); };
    const auto log = [](Reference x) { return std::log(x); };
    const auto tanh = [](Reference x) { return std::tanh(x); };
    const auto sin = [](Reference x) { return std::sin(x); };
    const auto cos = [](Reference x) { return std::cos(x); };
    check_interval(whittle_expf, exp, -105.0f, -86.0f);  // denormal results
    check_interval(whittle_expf, exp, -2.0f, 2.0f);
    check_interval(whittle_expf, exp, 88.0f, 89.5f);  // overflow
    check_interval(whittle_logf, log, 0.5f, 2.0f);
    check_interval(whittle_logf, log, 0.999f, 1.001f);
    check_interval(whittle_tanhf, tanh, -0.001f, 0.001f);
    check_interval(whittle_tanhf, tanh, -10.0f, 10.0f);
    check_interval(whittle_logisticf, logistic, -20.0f, 20.0f);
    check_interval(whittle_logisticf, logistic, -105.0f, -86.0f);
    check_interval(whittle_sinf, sin, -7.0f, 7.0f);
    check_interval(whittle_cosf, cos, -7.0f, 7.0f);
    check_interval(whittle_sinf, sin, 1.0e5f, 1.0e5f + 1000.0f);
    check_interval(whittle_cosf, cos, 1.0e5f, 1.0e5f + 1000.0f);
}

TEST_CASE("exact math: special values") {
    const float infinity = std::numeric_limits<float>::infinity();
    const std::uint32_t nan = 0x7fc00000u;
    const std::uint32_t negative_zero = 0x80000000u;
    const whittle_function all[] = {whittle_expf, whittle_logf,  whittle_tanhf,    whittle_sinf,
                                    whittle_cosf, whittle_sqrtf, whittle_logisticf};
    for (const whittle_function function : all) {
        CHECK(to_bits(function(from_bits(0x7fc00000u))) == nan);
        CHECK(to_bits(function(from_bits(0xffc12345u))) == nan);
        CHECK(to_bits(function(from_bits(0x7f800001u))) == nan);  // signalling
    }
    CHECK(whittle_expf(0.0f) == 1.0f);
    CHECK(to_bits(whittle_expf(-infinity)) == 0);
    CHECK(whittle_expf(infinity) == infinity);
    CHECK(whittle_expf(88.72283f) < infinity);
    CHECK(whittle_expf(88.72284f) == infinity);
    CHECK(to_bits(whittle_expf(-103.97f)) == 1);
    CHECK(to_bits(whittle_expf(-103.98f)) == 0);
    CHECK(whittle_logf(0.0f) == -infinity);
    CHECK(whittle_logf(-0.0f) == -infinity);
    CHECK(whittle_logf(infinity) == infinity);
    CHECK(to_bits(whittle_logf(1.0f)) == 0);
    CHECK(to_bits(whittle_logf(-1.0f)) == nan);
    CHECK(to_bits(whittle_logf(-infinity)) == nan);
    CHECK(to_bits(whittle_tanhf(-0.0f)) == negative_zero);
    CHECK(whittle_tanhf(infinity) == 1.0f);
    CHECK(whittle_tanhf(-infinity) == -1.0f);
    CHECK(to_bits(whittle_tanhf(from_bits(1))) == 1);
    CHECK(whittle_logisticf(0.0f) == 0.5f);
    CHECK(whittle_logisticf(infinity) == 1.0f);
    CHECK(to_bits(whittle_logisticf(-infinity)) == 0);
    CHECK(to_bits(whittle_sinf(-0.0f)) == negative_zero);
    CHECK(to_bits(whittle_sinf(from_bits(0x80000001u))) == 0x80000001u);
    CHECK(to_bits(whittle_sinf(infinity)) == nan);
    CHECK(to_bits(whittle_cosf(-infinity)) == nan);
    CHECK(whittle_cosf(0.0f) == 1.0f);
    CHECK(to_bits(whittle_sqrtf(-0.0f)) == negative_zero);
    CHECK(whittle_sqrtf(infinity) == infinity);
    CHECK(to_bits(whittle_sqrtf(-1.0f)) == nan);
}

// Arguments that lie closest to multiples of pi/2 among floats, and the largest ones.
TEST_CASE("exact math: hard angles") {
    for (const std::uint32_t bits :
         {0x6ef9be45u, 0x3fc90fdbu, 0x40490fdbu, 0x4096cbe4u, 0x53b14600u, 0x7f7fffffu, 0x7f000000u,
          0x4b7fffffu, 0x3f400000u, 0x3f400001u}) {
        const float x = from_bits(bits);
        INFO("x = " << x);
        CHECK(ulp_error(whittle_sinf(x), std::sin(Reference(x))) <= kMaxUlp);
        CHECK(ulp_error(whittle_cosf(x), std::cos(Reference(x))) <= kMaxUlp);
        CHECK(whittle_sinf(-x) == -whittle_sinf(x));
        CHECK(whittle_cosf(-x) == whittle_cosf(x));
    }
}

TEST_CASE("exact math: the root by digits equals the processor's") {
    for (std::uint64_t pattern = 1; pattern < 0x7f800000u; pattern += 1009) {
        const float x = from_bits(static_cast<std::uint32_t>(pattern));
        if (whittle_sqrt_by_digits(x) != std::sqrt(x)) {
            FAIL("differs at " << x);
        }
    }
    for (const std::uint32_t bits : {1u, 2u, 3u, 0x7fffffu, 0x800000u, 0x800001u, 0x7f7fffffu,
                                     0x3f7fffffu, 0x3f800000u, 0x3f800001u, 0x40000000u}) {
        CHECK(whittle_sqrt_by_digits(from_bits(bits)) == std::sqrt(from_bits(bits)));
    }
}

// The literals are what x86-64 computes; every other target must reach the same bits.
TEST_CASE("exact math: the same bits on every target") {
    CHECK(whittle_sweep_hash(whittle_expf, WHITTLE_SWEEP_STEP) == 0x2870d59a3922015fu);
    CHECK(whittle_sweep_hash(whittle_logf, WHITTLE_SWEEP_STEP) == 0x177fa4ed6531496fu);
    CHECK(whittle_sweep_hash(whittle_tanhf, WHITTLE_SWEEP_STEP) == 0xe3e229b719734f3cu);
    CHECK(whittle_sweep_hash(whittle_logisticf, WHITTLE_SWEEP_STEP) == 0x308984d0a8232964u);
    CHECK(whittle_sweep_hash(whittle_sinf, WHITTLE_SWEEP_STEP) == 0xe8c2abb1422cd42eu);
    CHECK(whittle_sweep_hash(whittle_cosf, WHITTLE_SWEEP_STEP) == 0x84c360907614a153u);
    CHECK(whittle_sweep_hash(whittle_sqrtf, WHITTLE_SWEEP_STEP) == 0x0ceb1b84d533a934u);
}

}  // namespace
