#include "core/ops/fully_connected/multiply_add.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/base/random.h"
#include "core/graph/builder.h"
#include "core/ops/fully_connected/kernel.h"
#include "core/train/executor.h"
#include "tests/support/settings.h"

namespace whittle {
namespace {

constexpr std::ptrdiff_t kSizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 17, 20, 39};
constexpr float kGuardValue = 12345.0f;

std::vector<float> random_values(Random& random, std::ptrdiff_t count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = random.normal();
    return values;
}

TEST_CASE("multiply_add gives the bits of the plain triple loop, and writes nothing else") {
    Random random(1);
    for (const std::ptrdiff_t rows : kSizes) {
        for (const std::ptrdiff_t columns : kSizes) {
            for (const std::ptrdiff_t depth : {0, 1, 2, 33}) {
                for (const bool transposed : {false, true}) {
                    const std::vector<float> a = random_values(random, rows * depth);
                    const std::vector<float> b = random_values(random, depth * columns);
                    std::vector<float> c = random_values(random, rows * columns);
                    std::vector<float> expected = c;
                    c.insert(c.end(), 8, kGuardValue);
                    const MatrixView view =
                        transposed ? MatrixView{a.data(), 1, rows} : MatrixView{a.data(), depth, 1};
                    for (std::ptrdiff_t r = 0; r < rows; ++r) {
                        for (std::ptrdiff_t j = 0; j < columns; ++j) {
                            float& sum = expected[static_cast<std::size_t>(r * columns + j)];
                            for (std::ptrdiff_t k = 0; k < depth; ++k) {
                                sum += view.data[r * view.row_stride + k * view.column_stride] *
                                       b[static_cast<std::size_t>(k * columns + j)];
                            }
                        }
                    }
                    expected.insert(expected.end(), 8, kGuardValue);
                    for (const SimdLevel level : simd_levels()) {
                        const test::WithSimd with(level);
                        std::vector<float> found = c;
                        multiply_add(rows, depth, columns, view, b.data(), found.data());
                        CHECK(found == expected);
                    }
                }
            }
        }
    }
}

TEST_CASE("training's forward has the bits of the kernel that boards run") {
    for (const std::int32_t rows : {1, 3, 4, 5, 33}) {
        for (const std::int32_t inputs : {1, 2, 16, 65}) {
            for (const std::int32_t outputs : {1, 3, 4, 8, 10, 20}) {
                Random random(7);
                GraphBuilder builder;
                const int x = builder.input("x", {inputs});
                const int y = builder.fully_connected(x, outputs, Activation::relu6, random);
                Graph graph = std::move(builder).finish({y});
                for (float& bias : graph.tensor(graph.nodes[0].inputs[2]).as<float>()) {
                    bias = random.normal();
                }
                Result<Executor> executor = Executor::make(graph, rows);
                REQUIRE(executor.ok());
                for (float& value : executor->values(x)) value = 3.0f * random.normal();
                const WhittleFullyConnectedFloat32 params = {rows, inputs, outputs, 0.0f, 6.0f};
                std::vector<float> expected(static_cast<std::size_t>(rows * outputs));
                whittle_fully_connected_float32(&params, executor->values(x).data(),
                                                executor->values(graph.nodes[0].inputs[1]).data(),
                                                executor->values(graph.nodes[0].inputs[2]).data(),
                                                expected.data());
                for (const SimdLevel level : simd_levels()) {
                    const test::WithSimd with(level);
                    executor->forward();
                    const std::span<const float> found = executor->values(y);
                    CHECK(std::vector<float>(found.begin(), found.end()) == expected);
                }
            }
        }
    }
}

}  // namespace
}  // namespace whittle
