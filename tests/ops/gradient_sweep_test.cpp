#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/graph/blocks.h"
#include "core/ops/batch_norm/attributes.h"
#include "core/ops/gru/attributes.h"
#include "core/ops/lstm/attributes.h"
#include "core/train/loss.h"
#include "tests/support/float_cases.h"

namespace whittle::test {

namespace {

// The largest error of each operator's derivatives over all cases below, relative to the derivative
// or to 1 where that is smaller. The bounds are about twice what was measured, and the same bits
// everywhere keep it so. What is left is float32: an output of size s moves in steps of 2^-24 s,
// and a difference over 2 h = 1/64 multiplies that by 64, for each of the outputs that one input
// reaches: 2e-6 where an output is one of the inputs. Curved functions add h^2 / 6 = 1e-5 times
// their third derivative.
struct Bound {
    OpKind op;
    double relative_error;
};
constexpr Bound kBounds[] = {
    {OpKind::add, 4e-6},
    {OpKind::average_pool2d, 1e-5},
    {OpKind::batch_matmul, 1e-4},
    {OpKind::batch_norm, 2e-4},
    {OpKind::concat, 2e-6},
    {OpKind::conv2d, 4e-4},
    {OpKind::depthwise_conv2d, 1e-4},
    {OpKind::dropout, 2e-5},
    {OpKind::fully_connected, 3e-4},
    {OpKind::gru, 3e-4},
    {OpKind::hard_swish, 2e-5},
    {OpKind::layer_norm, 1e-4},
    {OpKind::leaky_relu, 2e-6},
    {OpKind::log_softmax, 4e-5},
    {OpKind::logistic, 1e-5},
    {OpKind::lstm, 2e-4},
    {OpKind::max_pool2d, 2e-6},
    {OpKind::maximum, 2e-6},
    {OpKind::mean, 2e-6},
    {OpKind::minimum, 2e-6},
    {OpKind::mul, 4e-3},  // with a fused ReLU6, whose kinks count from this size on
    {OpKind::pad, 2e-6},
    {OpKind::pad_v2, 2e-6},
    {OpKind::relu, 2e-6},
    {OpKind::relu6, 2e-6},
    {OpKind::relu_n1_to_1, 2e-6},
    {OpKind::reshape, 2e-6},
    {OpKind::rsqrt, 1e-5},
    {OpKind::silu, 5e-5},
    {OpKind::slice, 2e-6},
    {OpKind::softmax, 1e-5},
    {OpKind::strided_slice, 2e-6},
    {OpKind::sub, 2e-6},
    {OpKind::tanh, 4e-5},
    {OpKind::transpose, 2e-6},
    {OpKind::transpose_conv, 2e-4},
};

const Bound* bound_of(OpKind op) {
    for (const Bound& bound : kBounds) {
        if (bound.op == op) return &bound;
    }
    return nullptr;
}

// One layer whose inputs are all trainable constants, so that every derivative is there to compare.
struct GraphCase {
    OpKind op;
    Graph graph;
    RunMode mode{};
};

int random_parameter(
    GraphBuilder& builder, const Shape& shape, float low, float high, Random& random) {
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    for (float& value : values) value = random.uniform(low, high);
    return builder.parameter("x", shape, values);
}

// The graph of one block over a parameter of that shape.
template <class Block>
Graph graph_of(const Shape& shape, Block block) {
    Random random(31);
    GraphBuilder builder;
    const int x = random_parameter(builder, shape, -2.0f, 2.0f, random);
    const int y = block(builder, x, random);
    return std::move(builder).finish({y});
}

std::vector<GraphCase> normalization_cases() {
    std::vector<GraphCase> cases;
    for (const Shape& shape : {Shape{5}, Shape{1, 2}, Shape{3, 7}, Shape{2, 3, 4}}) {
        cases.push_back({OpKind::layer_norm, graph_of(shape, [](GraphBuilder& b, int x, Random&) {
                             return layer_norm(b, x);
                         })});
        for (const bool training : {false, true}) {
            if (training && element_count(shape) == shape.back()) continue;  // nothing to average
            cases.push_back(
                {OpKind::batch_norm,
                 graph_of(shape, [](GraphBuilder& b, int x, Random&) { return batch_norm(b, x); }),
                 {.training = training}});
        }
    }
    return cases;
}

std::vector<GraphCase> dropout_cases() {
    std::vector<GraphCase> cases;
    for (const float rate : {0.0f, 0.3f, 0.9f}) {
        for (const bool training : {false, true}) {
            cases.push_back({OpKind::dropout,
                             graph_of({4, 9}, [rate](GraphBuilder& b, int x,
                                                     Random&) { return dropout(b, x, rate); }),
                             {.training = training, .seed = 5, .step = 2}});
        }
    }
    return cases;
}

std::vector<GraphCase> recurrent_cases() {
    std::vector<GraphCase> cases;
    for (const Shape& shape : {Shape{1, 1, 1}, Shape{2, 1, 3}, Shape{1, 7, 2}, Shape{3, 4, 5}}) {
        for (const std::int32_t units : {1, 4}) {
            for (const bool sequences : {false, true}) {
                const auto make_lstm = [=](GraphBuilder& b, int x, Random& random) {
                    return lstm(b, x, units, sequences, random);
                };
                const auto make_gru = [=](GraphBuilder& b, int x, Random& random) {
                    return gru(b, x, units, sequences, random);
                };
                cases.push_back({OpKind::lstm, graph_of(shape, make_lstm)});
                cases.push_back({OpKind::gru, graph_of(shape, make_gru)});
            }
        }
    }
    // Cells at their clip, and time before the batch.
    Graph clipped = cases[cases.size() - 2].graph;
    clipped.nodes[0].attributes = Attributes::of(LstmAttributes{.cell_clip = 0.3f});
    cases.push_back({OpKind::lstm, clipped});
    return cases;
}

void check_bounds(const std::map<OpKind, GradientError>& errors) {
    for (const auto& entry : errors) {
        const OpKind op = entry.first;
        const GradientError& error = entry.second;
        CAPTURE(std::string(definition_of(op).name));
        MESSAGE(std::string(definition_of(op).name), ": ", error.worst, " over ", error.elements,
                " derivatives, ", error.kinks, " kinks");
        const Bound* bound = bound_of(op);
        REQUIRE(bound != nullptr);
        CHECK(error.worst <= bound->relative_error);
        CHECK(error.elements > 0);
    }
}

void add(std::map<OpKind, GradientError>& errors, OpKind op, const GradientError& error) {
    GradientError& all = errors[op];
    all.worst = std::max(all.worst, error.worst);
    all.kinks += error.kinks;
    all.elements += error.elements;
}

}  // namespace

TEST_CASE("Every operator's gradients agree with finite differences within its bound") {
    std::map<OpKind, GradientError> errors;
    for (const auto& cases : all_float_cases()) {
        for (const OpCase& c : cases) add(errors, c.op, gradient_error(c));
    }
    for (const auto& cases : {normalization_cases(), dropout_cases(), recurrent_cases()}) {
        for (const GraphCase& c : cases) {
            CAPTURE(std::string(definition_of(c.op).name));
            add(errors, c.op, graph_gradient_error(c.graph, c.mode));
        }
    }
    check_bounds(errors);
    // Nothing that can be trained is left out.
    for (const OpDefinition* definition : all_definitions()) {
        CAPTURE(std::string(definition->name));
        CHECK((definition->backward != nullptr) == (errors.count(definition->kind) == 1));
        CHECK((definition->backward != nullptr) == (bound_of(definition->kind) != nullptr));
    }
}

TEST_CASE("Every loss's gradients agree with finite differences") {
    // The value is one float32 of up to 10: 2^-24 of it times 64 is 4e-5; the losses' third
    // derivatives are at most about 1 / temperature^3 = 8 of the contrastive one, and h^2 / 6 =
    // 1e-5.
    constexpr double bound = 2e-4;
    Random random(3);
    int losses = 0;
    for (; loss_name(static_cast<Loss>(losses))[0] != '\0'; ++losses) {
        const auto loss = static_cast<Loss>(losses);
        CAPTURE(std::string(loss_name(loss)));
        GradientError error;
        for (const auto& [rows, columns] :
             {std::pair<std::size_t, std::size_t>{2, 1}, {2, 3}, {4, 5}, {6, 2}}) {
            std::vector<float> predictions(rows * columns);
            std::vector<float> targets(rows * columns);
            for (float& value : predictions) value = random.uniform(-3.0f, 3.0f);
            for (float& value : targets) value = random.uniform();
            if (!takes_targets(loss)) targets.clear();
            std::vector<float> gradient(predictions.size());
            std::vector<double> scratch(loss_scratch_doubles(loss, rows, columns));
            const auto value = [&, width = columns] {
                return static_cast<double>(
                    evaluate_loss(loss, predictions, targets, width, {}, {}, scratch));
            };
            (void)evaluate_loss(loss, predictions, targets, columns, gradient, {}, scratch);
            for (std::size_t i = 0; i < predictions.size(); ++i) {
                add_difference(predictions[i], static_cast<double>(gradient[i]), value, error);
            }
        }
        MESSAGE(std::string(loss_name(loss)), ": ", error.worst, ", ", error.kinks, " kinks");
        CHECK(error.worst <= bound);
        CHECK(error.kinks <= error.elements / 5);
    }
    CHECK(losses >= 5);
}

TEST_CASE("Blocks' gradients agree with finite differences") {
    const auto check = [](const char* name, const Shape& shape, auto block) {
        CAPTURE(name);
        // Sums of hundreds of products, each rounded, and up to six operators deep.
        CHECK(graph_gradient_error(graph_of(shape, block), {.training = true}).worst <= 1e-2);
    };
    for (const bool scaled : {false, true}) {
        check("self-attention", {2, 3, 4}, [=](GraphBuilder& b, int x, Random& random) {
            return self_attention(b, x, 5, scaled, random);
        });
    }
    check("convolution and pooling", {1, 5, 4, 2}, [](GraphBuilder& b, int x, Random& random) {
        return convolution_pool_block(b, x, {.filters = 3}, random);
    });
    for (const std::int32_t stride : {1, 2}) {
        check("residual", {1, 3, 4, 2}, [=](GraphBuilder& b, int x, Random& random) {
            return residual_block(b, x, stride + 1, stride, random);
        });
    }
}

}  // namespace whittle::test
