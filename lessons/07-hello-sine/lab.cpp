#include "lessons/07-hello-sine/lab.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/exact_math.h"
#include "core/base/random.h"
#include "core/compress/quantize.h"
#include "core/data/generators.h"
#include "core/deploy/predict.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/train/metrics.h"
#include "core/train/recipe.h"

namespace whittle {

namespace {

constexpr float kTwoPi = 6.28318530717958648f;
constexpr float kOutlier = 2.0f;
constexpr std::uint64_t kOutlierStream = 2;  // points and noise take streams 0 and 1 of the seed

// Every y is 2 too large with this probability.
void add_outliers(Dataset& data, float share, std::uint64_t seed) {
    Random random(seed, kOutlierStream);
    for (float& y : data.targets) {
        if (random.uniform() < share) y += kOutlier;
    }
}

Dataset make_curve(bool cosine, std::size_t points) {
    Dataset curve;
    curve.name = "curve";
    curve.feature_shape = {1};
    curve.target_shape = {1};
    std::vector<float> xs;
    for (std::size_t i = 0; i < points; ++i) {
        const float x = kTwoPi * (static_cast<float>(i) + 0.5f) / static_cast<float>(points);
        xs.push_back(x);
        curve.targets.push_back(cosine ? whittle_cosf(x) : whittle_sinf(x));
    }
    curve.features = std::move(xs);
    return curve;
}

std::optional<BatchRunner> make_runner(Graph& graph, const Dataset& data) {
    Result<BatchRunner> runner = BatchRunner::make(graph, data, graph.outputs.front());
    assert(runner.ok() && "a wave net runs in float32");
    return std::move(runner).value();
}

}  // namespace

Loss HelloSineLab::loss() const {
    return chosen(loss_, "mse") ? Loss::mean_squared_error : Loss::mean_absolute_error;
}

// The settings of the recipe "sine", and what the student changed.
TrainOptions HelloSineLab::train_options() const {
    TrainOptions options;
    options.loss = loss();
    options.optimizer.learning_rate = static_cast<float>(value(learning_rate_));
    options.epochs = std::numeric_limits<int>::max();
    options.batch_size = whole(batch_size_);
    options.patience = whole(patience_);
    options.seed = static_cast<std::uint64_t>(whole(seed_));
    return options;
}

void HelloSineLab::make_data() {
    const bool cosine = chosen(function_, "cosine");
    const auto samples = static_cast<std::size_t>(whole(samples_));
    const auto noise = static_cast<float>(value(noise_));
    const auto seed = static_cast<std::uint64_t>(whole(seed_));
    Dataset all = cosine ? make_cosine(samples, noise, seed) : make_sine(samples, noise, seed);
    add_outliers(all, static_cast<float>(value(outliers_) / 100.0), seed);
    const double train_share = value(train_share_) / 100.0;
    data_ = split(all, static_cast<float>(train_share),
                  static_cast<float>((1.0 - train_share) / 2.0), seed);
    curve_ = make_curve(cosine, kCurvePoints);
    curve_xs_ = std::get<std::vector<float>>(curve_.features);
}

void HelloSineLab::make_trainer() {
    trainer_.reset();
    const std::vector<std::int32_t> hidden = chosen(architecture_, "1-16-1")
                                                 ? std::vector<std::int32_t>{16}
                                                 : std::vector<std::int32_t>{16, 16};
    graph_ = make_wave_model(hidden, static_cast<std::uint64_t>(whole(seed_)));
    auto trainer = Trainer::make(graph_, data_.train, &data_.validation, train_options());
    assert(trainer.ok() && "net, points and options fit each other");
    trainer_ = std::move(trainer).value();
    train_runner_ = make_runner(graph_, data_.train);
    validation_runner_ = make_runner(graph_, data_.validation);
    test_runner_ = make_runner(graph_, data_.test);
    curve_runner_ = make_runner(graph_, curve_);
    file_bytes_ = write_tflite(graph_).size();  // the weights' values do not change it
}

void HelloSineLab::reset() {
    make_data();
    make_trainer();
    epoch_ = 0;
    ran_away_ = false;
    message_.clear();
    losses_.clear();
    forget_int8();
    measure();
    losses_.add({0, float_net_.train_loss, float_net_.validation_loss});
}

void HelloSineLab::measure() {
    const auto loss_of = [&](BatchRunner& runner, const Dataset& data) {
        return evaluate_loss(loss(), runner.run(), data.targets, 1, {});
    };
    float_net_.train_loss = loss_of(*train_runner_, data_.train);
    float_net_.validation_loss = loss_of(*validation_runner_, data_.validation);
    const std::span<const float> answers = test_runner_->run();
    float_net_.test_loss = evaluate_loss(loss(), answers, data_.test.targets, 1, {});
    float_net_.rmse = root_mean_squared_error(answers, data_.test.targets);
    float_net_.mae = mean_absolute_error(answers, data_.test.targets);
    const std::span<const float> curve = curve_runner_->run();
    float_curve_.assign(curve.begin(), curve.end());
    float_net_.curve_error = root_mean_squared_error(curve, curve_.targets);
}

HelloSineLab::State HelloSineLab::state() const {
    if (ran_away_) return State::ran_away;
    if (trainer_->stopped_early()) return State::stopped_early;
    return epoch_ >= whole(epochs_) ? State::epochs_done : State::ready;
}

bool HelloSineLab::do_step() {
    if (state() != State::ready) return false;
    message_.clear();
    forget_int8();
    const Result<EpochReport> report = trainer_->run_epoch();
    ++epoch_;
    if (!report.ok()) {
        ran_away_ = true;
        message_ = report.error().message();
    }
    measure();
    losses_.add({epoch_, float_net_.train_loss, float_net_.validation_loss});
    if (state() == State::ready || ran_away_ || whole(patience_) == 0) return true;
    trainer_->restore_best_weights();
    measure();
    return true;
}

void HelloSineLab::changed(std::size_t parameter) {
    if (parameter == learning_rate_) {
        trainer_->set_learning_rate(static_cast<float>(value(learning_rate_)));
    } else if (parameter != epochs_) {
        Lab::changed(parameter);
    }
}

void HelloSineLab::forget_int8() {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    int8_graph_.reset();
    int8_curve_.clear();
    int8_net_ = {kNaN, kNaN, kNaN, kNaN, kNaN};
}

void HelloSineLab::quantize() {
    forget_int8();
    message_.clear();
    auto quantized = quantize_int8(graph_, std::get<std::vector<float>>(data_.train.features));
    if (!quantized.ok()) {
        message_ = quantized.error().message();
        return;
    }
    const auto answers = predict_with_program(*quantized, data_.test);
    const auto curve = predict_with_program(*quantized, curve_);
    const auto deployment = prepare_deployment(*quantized, InputsOutputs::in_arena);
    assert(answers.ok() && curve.ok() && deployment.ok() && "int8 wave nets run");
    int8_net_.rmse = root_mean_squared_error(*answers, data_.test.targets);
    int8_net_.change = 100.0 * (int8_net_.rmse / float_net_.rmse - 1.0);
    int8_net_.parameter_bytes = static_cast<double>(cost_of(*quantized).parameter_bytes);
    int8_net_.file_bytes = static_cast<double>(write_tflite(*quantized).size());
    int8_net_.arena_bytes = static_cast<double>(deployment->plan.arena_bytes);
    int8_curve_ = *curve;
    int8_graph_ = std::move(quantized).value();
}

void HelloSineLab::update() {
    const Cost cost = cost_of(graph_);
    set_readout(shown_.state, static_cast<double>(state()));
    set_readout(shown_.epoch, epoch_);
    set_readout(shown_.train_loss, float_net_.train_loss);
    set_readout(shown_.validation_loss, float_net_.validation_loss);
    set_readout(shown_.test_loss, float_net_.test_loss);
    set_readout(shown_.rmse, float_net_.rmse);
    set_readout(shown_.mae, float_net_.mae);
    set_readout(shown_.curve_error, float_net_.curve_error);
    set_readout(shown_.parameters, static_cast<double>(cost.parameters));
    set_readout(shown_.float_bytes, static_cast<double>(cost.parameter_bytes));
    set_readout(shown_.macs, static_cast<double>(cost.macs));
    set_readout(shown_.tflite_bytes, static_cast<double>(file_bytes_));
    set_readout(shown_.int8_rmse, int8_net_.rmse);
    set_readout(shown_.int8_change, int8_net_.change);
    set_readout(shown_.int8_bytes, int8_net_.parameter_bytes);
    set_readout(shown_.int8_tflite_bytes, int8_net_.file_bytes);
    set_readout(shown_.arena_bytes, int8_net_.arena_bytes);
}

std::vector<std::uint8_t> HelloSineLab::tflite() const { return write_tflite(graph_); }

std::vector<std::uint8_t> HelloSineLab::int8_tflite() const {
    return int8_graph_ ? write_tflite(*int8_graph_) : std::vector<std::uint8_t>{};
}

Result<GeneratedCode> HelloSineLab::c_code() const {
    return generate_c(int8_graph_ ? *int8_graph_ : graph_,
                      chosen(function_, "sine") ? "sine" : "cosine");
}

}  // namespace whittle
