#include "core/train/recipe.h"

#include <array>
#include <numeric>

#include "core/base/platform/files.h"
#include "core/base/random.h"
#include "core/data/generators.h"
#include "core/data/readers.h"
#include "core/graph/builder.h"
#include "core/ops/softmax/attributes.h"

namespace whittle {
namespace {

constexpr std::size_t kSamples = 1000;
constexpr float kNoise = 0.1f;  // standard deviation

// A stream of random numbers apart from the data's and the weights'.
constexpr std::uint64_t kDigitsStream = 2;

// 60 % to train on, 20 % to judge while training, 20 % held out.
DataSplit split_data(const Dataset& data, std::uint64_t seed) {
    return split(data, 0.6f, 0.2f, seed);
}

Result<DataSplit> read_csv_split(const std::string& path, std::uint64_t seed) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(path);
    if (!bytes.ok()) return bytes.status();
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    const Result<Dataset> data = read_csv(text);
    if (!data.ok()) return data.status().in_file(path);
    return split_data(*data, seed);
}

Result<DataSplit> line_data(const std::optional<std::string>& path, std::uint64_t seed) {
    if (path) return read_csv_split(*path, seed);
    LineData options;
    options.noise = kNoise;
    return split_data(make_line(kSamples, options, seed), seed);
}

Result<DataSplit> sine_data(const std::optional<std::string>& path, std::uint64_t seed) {
    if (path) return read_csv_split(*path, seed);
    return split_data(make_sine(kSamples, kNoise, seed), seed);
}

Result<DataSplit> cosine_data(const std::optional<std::string>& path, std::uint64_t seed) {
    if (path) return read_csv_split(*path, seed);
    return split_data(make_cosine(kSamples, kNoise, seed), seed);
}

// MNIST's own test set, and one in twelve of its training images (5,000) for validation.
Result<DataSplit> digits_data(const std::optional<std::string>& path, std::uint64_t seed) {
    if (!path) {
        return Error{.place = "recipe digits",
                     .expected = "--data FOLDER, a folder with MNIST's four files",
                     .found = "no data",
                     .hint =
                         "the files are train-images-idx3-ubyte, train-labels-idx1-ubyte, "
                         "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain or .gz"};
    }
    Result<TrainTestData> mnist = read_mnist(*path);
    if (!mnist.ok()) return mnist.status();
    std::vector<std::uint32_t> order(mnist->train.size());
    std::iota(order.begin(), order.end(), 0u);
    Random(seed, kDigitsStream).shuffle(order);
    const std::span<const std::uint32_t> all(order);
    const std::size_t held_out = order.size() / 12;
    DataSplit data;
    data.validation = mnist->train.subset(all.first(held_out));
    data.train = mnist->train.subset(all.subspan(held_out));
    data.test = std::move(mnist->test);
    return data;
}

Graph line_model(std::uint64_t seed) {
    Random random(seed, kWeightsStream);
    GraphBuilder builder("line");
    const int x = builder.input("x", {1});
    const int y = builder.fully_connected(x, 1, Activation::none, random);
    return std::move(builder).finish({y});
}

// 1-16-16-1: 32 + 272 + 17 = 321 parameters.
Graph wave_model(std::uint64_t seed) {
    return make_wave_model(std::array<std::int32_t, 2>{16, 16}, seed);
}

// 784-20-10: 15,700 + 210 = 15,910 parameters.
Graph digits_model(std::uint64_t seed) {
    Random random(seed, kWeightsStream);
    GraphBuilder builder("digits");
    const int image = builder.input("image", {784});
    const int hidden = builder.fully_connected(image, 20, Activation::relu, random);
    const int logits = builder.fully_connected(hidden, 10, Activation::none, random);
    const int probabilities =
        builder.apply(OpKind::softmax, {logits}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({probabilities});
}

TrainOptions line_options() {
    TrainOptions options;
    options.optimizer.kind = OptimizerOptions::Kind::sgd;
    options.optimizer.learning_rate = 0.05f;
    options.epochs = 50;
    return options;
}

TrainOptions wave_options() {
    TrainOptions options;
    options.optimizer.learning_rate = 0.005f;
    options.epochs = 500;
    options.patience = 100;
    return options;
}

TrainOptions digits_options() {
    TrainOptions options;
    options.loss = Loss::softmax_cross_entropy;
    options.optimizer.learning_rate = 0.001f;
    options.epochs = 20;
    options.patience = 5;
    return options;
}

const std::array<Recipe, 4>& recipes() {
    static const std::array<Recipe, 4> all = {
        Recipe{"sine", "a 1-16-16-1 net learns a noisy sine", false, wave_options(), wave_model,
               sine_data},
        Recipe{"cosine", "the same net learns a noisy cosine", false, wave_options(), wave_model,
               cosine_data},
        Recipe{"line", "one neuron finds slope and intercept of noisy points", false,
               line_options(), line_model, line_data},
        Recipe{"digits", "a 784-20-10 net reads handwritten digits (MNIST)", true, digits_options(),
               digits_model, digits_data},
    };
    return all;
}

}  // namespace

std::span<const Recipe> all_recipes() { return recipes(); }

const Recipe* recipe_named(std::string_view name) {
    for (const Recipe& recipe : all_recipes()) {
        if (recipe.name == name) return &recipe;
    }
    return nullptr;
}

}  // namespace whittle
