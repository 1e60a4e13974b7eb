#pragma once

#include "core/base/platform/threads.h"
#include "core/base/simd.h"

namespace whittle::test {

// Instructions or threads for one scope.
class WithSimd {
public:
    explicit WithSimd(SimdLevel level) { set_simd_level(level); }
    ~WithSimd() { set_simd_level(before_); }
    WithSimd(const WithSimd&) = delete;
    WithSimd& operator=(const WithSimd&) = delete;

private:
    SimdLevel before_ = simd_level();
};

class WithThreads {
public:
    explicit WithThreads(int count) { set_thread_count(count); }
    ~WithThreads() { set_thread_count(before_); }
    WithThreads(const WithThreads&) = delete;
    WithThreads& operator=(const WithThreads&) = delete;

private:
    int before_ = thread_count();
};

}  // namespace whittle::test
