#include "core/train/bench_tasks.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <numeric>

#include "core/base/exact_math.h"
#include "core/base/platform/process.h"
#include "core/base/random.h"
#include "core/data/generators.h"
#include "core/graph/builder.h"
#include "core/ops/fully_connected/multiply_add.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/train/batch_runner.h"
#include "core/train/recipe.h"

namespace whittle {
namespace {

constexpr int kTaskBatch = 32;
constexpr std::int32_t kSide = 28;  // pixels
constexpr std::size_t kClasses = 10;
constexpr float kNoise = 0.1f;  // standard deviation of the sine's points

Dataset sine_data(std::size_t samples, std::uint64_t seed) {
    return make_sine(samples, kNoise, seed);
}

Graph sine_model(std::uint64_t seed) {
    return make_wave_model(std::array<std::int32_t, 2>{16, 16}, seed);
}

Graph finish_classifier(GraphBuilder builder, int features, Random& random) {
    const int logits = builder.fully_connected(features, kClasses, Activation::none, random);
    const int probabilities =
        builder.apply(OpKind::softmax, {logits}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({probabilities});
}

Graph mlp_model(std::uint64_t seed) {
    Random random(seed);
    GraphBuilder builder("mlp");
    const int image = builder.input("image", {kSide * kSide});
    const int hidden = builder.fully_connected(image, 20, Activation::relu, random);
    return finish_classifier(std::move(builder), hidden, random);
}

Graph cnn_model(std::uint64_t seed) {
    Random random(seed);
    GraphBuilder builder("cnn");
    const Conv2dAttributes relu{.activation = Activation::relu};
    const PoolAttributes halved{
        .kernel_height = 2, .kernel_width = 2, .steps = {Padding::valid, 2, 2}};
    int layer = builder.input("image", {kSide, kSide, 1});
    for (const std::int32_t filters : {8, 16}) {
        layer = builder.conv2d(layer, filters, 3, 3, relu, random);
        layer = builder.apply(OpKind::max_pool2d, {layer}, Attributes::of(halved));
    }
    // 28 - 2 = 26, 13, 13 - 2 = 11, 5: 5 x 5 x 16 values
    const ReshapeAttributes flat{2, {-1, 5 * 5 * 16}};
    layer = builder.apply(OpKind::reshape, {layer}, Attributes::of(flat));
    return finish_classifier(std::move(builder), layer, random);
}

constexpr std::array<BenchTask, 3> kTasks = {{
    {"sine", "1-16-16-1 on 1,000 points, 100 epochs", 1000, 100, Loss::mean_squared_error, 0.01f,
     sine_model, sine_data},
    {"mlp", "784-20-10 on 10,000 images, one epoch", 10000, 1, Loss::softmax_cross_entropy, 0.001f,
     mlp_model, make_bench_images},
    {"cnn", "two convolutions with pooling on 2,000 images, one epoch", 2000, 1,
     Loss::softmax_cross_entropy, 0.001f, cnn_model, make_bench_images},
}};

// The pattern of a class: the product of a wave across and a wave down, 0 ... 1. Larger than an
// image, so that it can be shifted.
constexpr std::int32_t kLargestShift = 3;
constexpr std::int32_t kPatternSide = kSide + kLargestShift;

std::vector<float> pattern_of_class(Random& random) {
    const float across = random.uniform(0.15f, 0.6f);
    const float down = random.uniform(0.15f, 0.6f);
    const float slant = random.uniform(-0.3f, 0.3f);
    std::vector<float> pattern;
    for (std::int32_t y = 0; y < kPatternSide; ++y) {
        for (std::int32_t x = 0; x < kPatternSide; ++x) {
            const auto fx = static_cast<float>(x);
            const auto fy = static_cast<float>(y);
            pattern.push_back(0.5f + 0.5f * whittle_sinf(across * fx + slant * fy) *
                                         whittle_sinf(down * fy));
        }
    }
    return pattern;
}

void add_image(const std::vector<float>& pattern, Random& random, std::vector<std::uint8_t>& to) {
    const auto top = static_cast<std::int32_t>(random.below(kLargestShift + 1));
    const auto left = static_cast<std::int32_t>(random.below(kLargestShift + 1));
    for (std::int32_t y = 0; y < kSide; ++y) {
        for (std::int32_t x = 0; x < kSide; ++x) {
            const float value =
                pattern[static_cast<std::size_t>((y + top) * kPatternSide + x + left)];
            const float noise = random.uniform(-60.0f, 60.0f);
            to.push_back(
                static_cast<std::uint8_t>(std::clamp(200.0f * value + noise, 0.0f, 255.0f)));
        }
    }
}

TrainOptions options_of(const BenchTask& task, std::uint64_t seed) {
    TrainOptions options;
    options.loss = task.loss;
    options.optimizer.learning_rate = task.learning_rate;
    options.epochs = task.epochs;
    options.batch_size = kTaskBatch;
    options.seed = seed;
    return options;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2.0;
}

// An operator's times in every batch.
struct Samples {
    std::vector<double> forward;
    std::vector<double> backward;
};

double seconds_of(const auto& work) {
    const double began = monotonic_seconds();
    work();
    return monotonic_seconds() - began;
}

// Forward and backward on one batch, operator by operator; `nodes` of them lead to the logits.
void time_batch(const BenchTask& task,
                std::span<const float> targets,
                std::size_t columns,
                int output,
                Executor& executor,
                std::vector<Samples>& nodes) {
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        nodes[n].forward.push_back(seconds_of([&] { executor.forward_node(n); }));
    }
    executor.clear_gradients();
    evaluate_loss(task.loss, executor.values(output), targets, columns, executor.gradient(output));
    for (std::size_t n = nodes.size(); n-- > 0;) {
        nodes[n].backward.push_back(seconds_of([&] { executor.backward_node(n); }));
    }
}

OperatorTime summary_of(const Graph& graph, std::size_t n, Samples samples, Executor& executor) {
    const Node& node = graph.nodes[n];
    const OpDefinition& definition = definition_of(node.op);
    OperatorTime time;
    time.name = std::string(definition.name) + " " + std::to_string(n + 1);
    time.forward_seconds = median(std::move(samples.forward));
    time.backward_seconds = median(std::move(samples.backward));
    if (definition.macs == nullptr) return time;
    const NodeTensorList tensors(graph, node);
    const auto macs = static_cast<double>(definition.macs(tensors.view(), node.attributes));
    time.forward_operations = 2.0 * macs * kTaskBatch;
    const bool wants_input = !executor.gradient(node.inputs.front()).empty();
    time.backward_operations = time.forward_operations * (wants_input ? 2.0 : 1.0);
    return time;
}

// The operators up to the one that makes a tensor.
std::size_t nodes_before(const Graph& graph, int tensor) {
    std::size_t count = 0;
    while (graph.nodes[count].outputs.front() != tensor) ++count;
    return count + 1;
}

}  // namespace

std::span<const BenchTask> all_bench_tasks() { return kTasks; }

const BenchTask* bench_task_named(std::string_view name) {
    for (const BenchTask& task : kTasks) {
        if (name == task.name) return &task;
    }
    return nullptr;
}

Dataset make_bench_images(std::size_t samples, std::uint64_t seed) {
    Random random(seed);
    std::vector<std::vector<float>> patterns;
    Dataset data;
    for (std::size_t c = 0; c < kClasses; ++c) {
        patterns.push_back(pattern_of_class(random));
        data.class_names.push_back(std::to_string(c));
    }
    std::vector<std::uint8_t> pixels;
    pixels.reserve(samples * kSide * kSide);
    for (std::size_t i = 0; i < samples; ++i) {
        const std::uint32_t label = random.below(kClasses);
        data.labels.push_back(label);
        add_image(patterns[label], random, pixels);
    }
    data.name = "waves";
    data.feature_shape = {kSide, kSide, 1};
    data.feature_scale = 1.0f / 255.0f;
    data.features = std::move(pixels);
    data.target_shape = {kClasses};
    return data;
}

Result<BenchRun> run_bench_task(const BenchTask& task, const Dataset& data, std::uint64_t seed) {
    const double began = monotonic_seconds();
    const std::clock_t processor_began = std::clock();
    Graph graph = task.model(seed);
    auto trainer = Trainer::make(graph, data, nullptr, options_of(task, seed));
    if (!trainer.ok()) return trainer.status();
    const Result<EpochReport> report = (*trainer)->run({});
    if (!report.ok()) return report.status();
    BenchRun run;
    run.seconds = monotonic_seconds() - began;
    run.processor_seconds =
        static_cast<double>(std::clock() - processor_began) / static_cast<double>(CLOCKS_PER_SEC);
    run.loss = report->train_loss;
    run.weights_hash = weights_hash(graph);
    return run;
}

Result<std::vector<OperatorTime>> time_operators(const BenchTask& task,
                                                 const Dataset& data,
                                                 std::uint64_t seed,
                                                 int batches) {
    Graph graph = task.model(seed);
    if (const Status status = check_data(graph, data, "data"); !status.ok()) return status;
    const Result<int> output = loss_tensor(graph, task.loss);
    if (!output.ok()) return output.status();
    Result<Executor> executor = Executor::make(graph, kTaskBatch);
    if (!executor.ok()) return executor.status();
    std::vector<Samples> nodes(nodes_before(graph, *output));
    std::vector<std::uint32_t> indices(kTaskBatch);
    std::vector<float> targets(kTaskBatch * data.target_count());
    for (int batch = 0; batch < batches; ++batch) {
        for (std::size_t i = 0; i < indices.size(); ++i) {
            indices[i] = static_cast<std::uint32_t>(
                (static_cast<std::size_t>(batch) * kTaskBatch + i) % data.size());
        }
        data.gather_features(indices, executor->values(graph.inputs.front()));
        data.gather_targets(indices, targets);
        time_batch(task, targets, data.target_count(), *output, *executor, nodes);
    }
    std::vector<OperatorTime> times;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        times.push_back(summary_of(graph, n, std::move(nodes[n]), *executor));
    }
    return times;
}

double measure_peak_operations() {
    const ProductLoops& loops = product_loops(simd_level());
    constexpr std::ptrdiff_t kRounds = 200'000;  // less than a millisecond
    constexpr int kRuns = 9;
    double best = 0.0;
    for (int run = 0; run < kRuns; ++run) {
        volatile float keep = 0.0f;  // so that the loop is not left out
        const double seconds = seconds_of([&] { keep = loops.spin(kRounds); });
        best = std::max(best, static_cast<double>(kRounds * loops.operations_of_a_round) / seconds);
    }
    return best;
}

}  // namespace whittle
