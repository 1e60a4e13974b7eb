#include "core/base/platform/threads.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>

#include "tests/support/settings.h"

namespace whittle {
namespace {

TEST_CASE("every piece of a job is done once, with any number of threads") {
    for (const int threads : {1, 2, 4, 7}) {
        const test::WithThreads with(threads);
        CHECK((thread_count() == threads || thread_count() == 1));  // none in WebAssembly
        for (const int pieces : {0, 1, 2, 3, 8, 64}) {
            for (int again = 0; again < 20; ++again) {
                std::array<std::atomic<int>, 64> done{};
                run_in_pieces(
                    pieces, [&](int piece) { done[static_cast<std::size_t>(piece)].fetch_add(1); });
                int right = 0;
                for (int piece = 0; piece < 64; ++piece) {
                    right += done[static_cast<std::size_t>(piece)] == (piece < pieces ? 1 : 0);
                }
                CHECK(right == 64);
            }
        }
    }
    CHECK(thread_count() == 1);
    CHECK(processor_count() >= 1);
}

TEST_CASE("a job inside a piece runs to its end") {
    const test::WithThreads with(3);
    std::atomic<int> sum{0};
    run_in_pieces(5, [&](int outer) {
        run_in_pieces(4, [&](int inner) { sum.fetch_add(10 * outer + inner); });
    });
    CHECK(sum == 4 * 10 * (0 + 1 + 2 + 3 + 4) + 5 * (0 + 1 + 2 + 3));
}

}  // namespace
}  // namespace whittle
