#include "core/train/optimizer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "core/base/random.h"

namespace whittle {
namespace {

std::vector<float> random_values(Random& random, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = random.normal();
    return values;
}

// One element by algorithm 1 of Kingma and Ba, in double.
struct ReferenceAdam {
    double w, m = 0.0, v = 0.0;
    int t = 0;
    void step(double g, const OptimizerOptions& o) {
        ++t;
        m = o.beta1 * m + (1.0 - o.beta1) * g;
        v = o.beta2 * v + (1.0 - o.beta2) * g * g;
        const double m_hat = m / (1.0 - std::pow(static_cast<double>(o.beta1), t));
        const double v_hat = v / (1.0 - std::pow(static_cast<double>(o.beta2), t));
        w -= o.learning_rate * m_hat / (std::sqrt(v_hat) + o.epsilon);
    }
};

TEST_CASE("Adam follows the paper, at lengths around the width of a vector") {
    for (const std::size_t count : {1u, 3u, 4u, 5u, 7u, 8u, 9u, 16u, 17u}) {
        Random random(count);
        const OptimizerOptions options;
        Optimizer optimizer(options, {count});
        std::vector<float> w = random_values(random, count);
        std::vector<ReferenceAdam> reference;
        for (const float value : w) reference.push_back({value});
        for (int step = 0; step < 200; ++step) {
            const std::vector<float> g = random_values(random, count);
            optimizer.begin_step();
            optimizer.update(0, w, g);
            for (std::size_t i = 0; i < count; ++i) reference[i].step(g[i], options);
        }
        // 200 steps of about 0.01, each and each sum w (about 1) rounded to 6e-8.
        for (std::size_t i = 0; i < count; ++i) CHECK(std::fabs(w[i] - reference[i].w) < 2e-5);
    }
}

TEST_CASE("Adam's first step is the learning rate against the gradient's sign") {
    OptimizerOptions options;
    options.learning_rate = 0.125f;
    Optimizer optimizer(options, {3});
    std::vector<float> w = {0.0f, 0.0f, 0.0f};
    optimizer.begin_step();
    optimizer.update(0, w, std::vector<float>{4.0f, -1000.0f, 0.0f});
    CHECK(w[0] == doctest::Approx(-0.125).epsilon(1e-5));  // epsilon and float roundings
    CHECK(w[1] == doctest::Approx(0.125).epsilon(1e-5));
    CHECK(w[2] == 0.0f);
}

TEST_CASE("gradient descent, plain and with momentum") {
    OptimizerOptions options;
    options.kind = OptimizerOptions::Kind::sgd;
    options.learning_rate = 0.5f;
    const std::vector<float> g = {1.0f, -2.0f, 4.0f, 0.0f, 8.0f};
    std::vector<float> w(5, 1.0f);
    Optimizer plain(options, {5});
    for (int step = 0; step < 2; ++step) {
        plain.begin_step();
        plain.update(0, w, g);
    }
    CHECK(w == std::vector<float>{0.0f, 3.0f, -3.0f, 1.0f, -7.0f});

    options.momentum = 0.5f;
    w.assign(5, 0.0f);
    Optimizer heavy(options, {5});
    for (int step = 0; step < 3; ++step) {
        heavy.begin_step();
        heavy.update(0, w, g);
    }
    // Velocities g, 1.5 g, 1.75 g: together 4.25 g, times 0.5.
    for (std::size_t i = 0; i < 5; ++i) CHECK(w[i] == -2.125f * g[i]);
}

TEST_CASE("Nesterov's momentum looks ahead") {
    OptimizerOptions options;
    options.kind = OptimizerOptions::Kind::sgd;
    options.learning_rate = 0.5f;
    options.momentum = 0.5f;
    options.nesterov = true;
    const std::vector<float> g = {1.0f, -2.0f, 4.0f, 0.0f, 8.0f};
    std::vector<float> w(5, 0.0f);
    Optimizer optimizer(options, {5});
    for (int step = 0; step < 3; ++step) {
        optimizer.begin_step();
        optimizer.update(0, w, g);
    }
    // Velocities g, 1.5 g, 1.75 g; steps g + v / 2: 1.5 g, 1.75 g, 1.875 g, together 5.125 g.
    for (std::size_t i = 0; i < 5; ++i) CHECK(w[i] == -0.5f * 5.125f * g[i]);
}

TEST_CASE("Nesterov's momentum is that of its paper, seen from the point it looks at") {
    // Sutskever and others 2013, equations 3 and 4, on f = a / 2 w^2: v' = mu v - rate f'(w + mu
    // v), w' = w + v'. Ours holds w + mu v.
    const double mu = 0.75, rate = 0.125, a = 2.0;
    OptimizerOptions options;
    options.kind = OptimizerOptions::Kind::sgd;
    options.learning_rate = static_cast<float>(rate);
    options.momentum = static_cast<float>(mu);
    options.nesterov = true;
    Optimizer optimizer(options, {1});
    std::vector<float> ahead = {1.0f};
    double w = 1.0, v = 0.0;
    for (int step = 0; step < 20; ++step) {
        v = mu * v - rate * a * (w + mu * v);
        w += v;
        optimizer.begin_step();
        optimizer.update(0, ahead, std::vector<float>{static_cast<float>(a) * ahead[0]});
        CHECK(ahead[0] == doctest::Approx(w + mu * v).epsilon(1e-5));  // 20 float roundings
    }
}

TEST_CASE("RMSprop follows its formula, with and without momentum") {
    for (const float momentum : {0.0f, 0.9f}) {
        for (const std::size_t count : {1u, 4u, 5u, 9u}) {
            Random random(count);
            OptimizerOptions options;
            options.kind = OptimizerOptions::Kind::rmsprop;
            options.momentum = momentum;
            Optimizer optimizer(options, {count});
            std::vector<float> w = random_values(random, count);
            std::vector<double> wanted(w.begin(), w.end()), squares(count, 0.0), v(count, 0.0);
            for (int step = 0; step < 100; ++step) {
                const std::vector<float> g = random_values(random, count);
                optimizer.begin_step();
                optimizer.update(0, w, g);
                for (std::size_t i = 0; i < count; ++i) {
                    const double wide = g[i];
                    squares[i] = options.rho * squares[i] + (1.0 - options.rho) * wide * wide;
                    v[i] = momentum * v[i] + wide / (std::sqrt(squares[i]) + options.epsilon);
                    wanted[i] -= options.learning_rate * v[i];
                }
            }
            // 100 steps of about 0.01 (0.1 with momentum), each rounded to 6e-8 of w (up to 5).
            for (std::size_t i = 0; i < count; ++i) CHECK(std::fabs(w[i] - wanted[i]) < 1e-4);
        }
    }
}

TEST_CASE("Adam with l2 is AdamW") {
    OptimizerOptions options;
    options.l2 = 0.1f;
    Random random(3);
    Optimizer optimizer(options, {4});
    std::vector<float> w = random_values(random, 4);
    std::vector<ReferenceAdam> reference;
    for (const float value : w) reference.push_back({value});
    for (int step = 0; step < 100; ++step) {
        const std::vector<float> g = random_values(random, 4);
        optimizer.begin_step();
        optimizer.update(0, w, g);
        for (std::size_t i = 0; i < 4; ++i) {
            // Loshchilov and Hutter, algorithm 2, line 12: the decay takes the weight before the
            // step, and is not divided by the gradient's size.
            const double decay = options.learning_rate * options.l2 * reference[i].w;
            reference[i].step(g[i], options);
            reference[i].w -= decay;
        }
    }
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::fabs(w[i] - reference[i].w) < 2e-5);
}

TEST_CASE("an optimizer goes on from a state as if nothing had happened") {
    for (const auto kind : {OptimizerOptions::Kind::sgd, OptimizerOptions::Kind::adam,
                            OptimizerOptions::Kind::rmsprop}) {
        Random random(4);
        OptimizerOptions options;
        options.kind = kind;
        options.momentum = 0.5f;
        Optimizer through(options, {5});
        std::vector<float> w = random_values(random, 5);
        std::vector<std::vector<float>> gradients;
        for (int step = 0; step < 6; ++step) gradients.push_back(random_values(random, 5));
        const auto steps = [&gradients](Optimizer& optimizer, std::vector<float>& weights,
                                        int from) {
            for (int step = from; step < from + 3; ++step) {
                optimizer.begin_step();
                optimizer.update(0, weights, gradients[static_cast<std::size_t>(step)]);
            }
        };
        steps(through, w, 0);
        Optimizer later(options, {5});
        later.state() = through.state();
        std::vector<float> copy = w;
        steps(through, w, 3);
        steps(later, copy, 3);
        CHECK(copy == w);
    }
}

TEST_CASE("weights come to rest when their gradient stays 0") {
    for (const auto kind : {OptimizerOptions::Kind::adam, OptimizerOptions::Kind::sgd,
                            OptimizerOptions::Kind::rmsprop}) {
        OptimizerOptions options;
        options.kind = kind;
        options.momentum = 0.9f;
        Optimizer optimizer(options, {1});
        std::vector<float> w = {0.0f};
        optimizer.begin_step();
        optimizer.update(0, w, std::vector<float>{1e-3f});
        // 0.9^700 is 1e-32: by then the first moment or velocity is below 1e-30 and counts as 0, so
        // even a weight of 0, which any number would move, stays.
        for (int step = 0; step < 700; ++step) {
            optimizer.begin_step();
            optimizer.update(0, w, std::vector<float>{0.0f});
        }
        CHECK(w[0] < 0.0f);
        w[0] = 0.0f;
        for (int step = 0; step < 10; ++step) {
            optimizer.begin_step();
            optimizer.update(0, w, std::vector<float>{0.0f});
        }
        CHECK(w[0] == 0.0f);
    }
}

TEST_CASE("l2 goes down the gradient of half the squared weights, l1 stops at exactly 0") {
    OptimizerOptions options;
    options.kind = OptimizerOptions::Kind::sgd;
    options.learning_rate = 0.5f;
    options.l2 = 0.25f;
    std::vector<float> w = {8.0f, -16.0f, 0.0f};
    Optimizer ridge(options, {3});
    ridge.begin_step();
    ridge.update(0, w, std::vector<float>{2.0f, 0.0f, 0.0f});
    // w - rate * (g + l2 * w)
    CHECK(w == std::vector<float>{6.0f, -14.0f, 0.0f});

    options.l2 = 0.0f;
    options.l1 = 0.25f;
    w = {1.0f, -1.0f, 0.125f, -0.125f, 0.0625f, 0.0f};
    Optimizer lasso(options, {6});
    lasso.begin_step();
    lasso.update(0, w, std::vector<float>{0.5f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f});
    CHECK(w == std::vector<float>{0.625f, -0.875f, 0.0f, 0.0f, 0.0f, 0.0f});
}

TEST_CASE("regularization can be changed, leaves out what it is told to, and works with Adam") {
    OptimizerOptions options;
    options.learning_rate = 0.125f;
    Optimizer optimizer(options, {1, 1}, {true, false});
    std::vector<float> weight = {1.0f};
    std::vector<float> bias = {1.0f};
    const std::vector<float> none = {0.0f};
    const auto step = [&] {
        optimizer.begin_step();
        optimizer.update(0, weight, none);
        optimizer.update(1, bias, none);
    };
    step();
    CHECK(weight[0] == 1.0f);
    optimizer.set_regularization(0.0f, 2.0f);
    step();
    CHECK(weight[0] == 0.75f);
    optimizer.set_regularization(2.0f, 0.0f);
    step();
    CHECK(weight[0] == 0.5f);
    CHECK(bias[0] == 1.0f);
}

TEST_CASE("parameters of one optimizer do not disturb each other; empty ones are fine") {
    Random random(5);
    const std::vector<float> g = random_values(random, 6);
    Optimizer together({}, {6, 0, 6});
    Optimizer alone({}, {6});
    std::vector<float> a(6, 1.0f), b(6, 1.0f), c(6, 1.0f), none;
    const std::vector<float> other = random_values(random, 6);
    for (int step = 0; step < 5; ++step) {
        together.begin_step();
        together.update(0, a, g);
        together.update(1, none, {});
        together.update(2, b, other);
        alone.begin_step();
        alone.update(0, c, g);
    }
    CHECK(a == c);
    CHECK(a != b);
}

}  // namespace
}  // namespace whittle
