#include "core/train/trainer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/bits.h"
#include "core/train/trainer_state.h"

namespace whittle {
namespace {

// Shuffling takes one stream of random numbers for each epoch, apart from those that data and
// weights are made from.
constexpr std::uint64_t kShuffleStreams = std::uint64_t{1} << 32;

bool all_finite(std::span<const float> values) {
    constexpr std::uint32_t kExponent = 0x7f800000u;
    std::uint32_t bad = 0;
    for (const float value : values) {
        bad |= (bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1u : 0u;
    }
    return bad == 0;
}

// Shuffles samples 2k and 2k + 1 together.
void shuffle_pairs(std::span<std::uint32_t> order, Random& random) {
    const std::span<std::uint32_t> pairs = order.first(order.size() / 2);
    random.shuffle(pairs);
    for (std::size_t k = pairs.size(); k-- > 0;) {
        const std::uint32_t first = 2 * order[k];
        order[2 * k] = first;
        order[2 * k + 1] = first + 1;
    }
}

}  // namespace

void Weights::save(const Graph& graph, const std::vector<int>& parameters) {
    copies_.resize(parameters.size());
    for (std::size_t p = 0; p < parameters.size(); ++p) {
        copies_[p] = graph.tensor(parameters[p]).data;
    }
}

void Weights::restore(Graph& graph, const std::vector<int>& parameters) const {
    for (std::size_t p = 0; p < copies_.size(); ++p) {
        std::copy(copies_[p].begin(), copies_[p].end(), graph.tensor(parameters[p]).data.begin());
    }
}

void Trainer::State::begin_epoch(int epoch) {
    position = 0;
    loss_sum = 0.0;
    std::iota(order.begin(), order.end(), 0u);
    if (!options.shuffle) return;
    Random random(options.seed, kShuffleStreams + static_cast<std::uint64_t>(epoch));
    if (takes_targets(options.loss)) {
        random.shuffle(order);
    } else {
        shuffle_pairs(order, random);
    }
}

// The samples' features into the executor, their targets into `targets`.
void Trainer::State::gather(Executor& executor, std::span<const std::uint32_t> samples, int epoch) {
    const std::span<float> features = executor.values(graph.inputs.front());
    const auto wanted = std::span<float>(targets).first(samples.size() * train.target_count());
    if (augmenter) {
        augmenter->gather(samples, static_cast<std::uint64_t>(epoch), features, wanted);
    } else {
        train.gather_features(samples, features);
        if (takes_targets(options.loss)) train.gather_targets(samples, wanted);
    }
    if (options.targets.changes_anything()) {
        shape_targets(options.targets, options.loss, columns, wanted);
    }
}

float Trainer::State::forward_backward(Executor& executor,
                                       std::span<const std::uint32_t> samples,
                                       int epoch) {
    gather(executor, samples, epoch);
    const std::size_t rows = takes_targets(options.loss) ? samples.size() : 0;
    const std::span<const float> wanted(targets.data(), rows * columns);
    const std::uint64_t step = static_cast<std::uint64_t>(epoch) << 32 | position;
    executor.forward(output, {.training = true, .seed = options.seed, .step = step});
    executor.clear_gradients();
    const float loss = evaluate_loss(options.loss, executor.values(output), wanted, columns,
                                     executor.gradient(output), options.loss_options, loss_scratch);
    executor.backward(output);
    return loss;
}

// The norm's sum runs over the parameters in order, in float64.
void Trainer::State::clip_gradients(Executor& executor) {
    double squares = 0.0;
    for (const int parameter : parameters) {
        for (const float g : executor.gradient(parameter)) squares += static_cast<double>(g) * g;
    }
    const double norm = std::sqrt(squares);
    if (!(norm > static_cast<double>(options.clip_norm))) return;
    const auto factor = static_cast<float>(options.clip_norm / norm);
    for (const int parameter : parameters) {
        for (float& g : executor.gradient(parameter)) g *= factor;
    }
}

void Trainer::State::update(Executor& executor, int epoch) {
    if (options.clip_norm > 0.0f) clip_gradients(executor);
    if (!options.schedule.empty()) {
        const auto steps = static_cast<std::int64_t>(steps_per_epoch());
        const std::int64_t step = epoch * steps + static_cast<std::int64_t>(position / batch);
        optimizer.set_learning_rate(learning_rate *
                                    rate_factor(options.schedule, step, steps, options.epochs));
    }
    optimizer.begin_step();
    for (std::size_t p = 0; p < parameters.size(); ++p) {
        optimizer.update(p, graph.tensor(parameters[p]).as<float>(),
                         executor.gradient(parameters[p]));
    }
}

bool Trainer::State::weights_are_finite() const {
    return std::all_of(parameters.begin(), parameters.end(), [&](int parameter) {
        return all_finite(graph.tensor(parameter).as<float>());
    });
}

Error Trainer::State::diverged(int epoch, const char* what, float value) {
    last_good.restore(graph, changing);
    failure = Error{.place = "epoch " + std::to_string(epoch + 1) + ", sample " +
                             std::to_string(position + 1) + " of " + std::to_string(train.size()),
                    .expected = std::string("a finite ") + what,
                    .found = std::to_string(value),
                    .hint = "training ran away: lower the learning rate (now " +
                            std::to_string(optimizer.options().learning_rate) +
                            "), or scale the data; the last good weights are kept"};
    return *failure;
}

Trainer::~Trainer() = default;

std::size_t Trainer::steps_per_epoch() const { return state_->steps_per_epoch(); }

void Trainer::set_learning_rate(float learning_rate) {
    assert(learning_rate > 0.0f && std::isfinite(learning_rate));
    state_->learning_rate = learning_rate;
    state_->optimizer.set_learning_rate(learning_rate);
}

void Trainer::set_regularization(float l1, float l2) {
    assert(l1 >= 0.0f && l2 >= 0.0f && std::isfinite(l1) && std::isfinite(l2));
    state_->optimizer.set_regularization(l1, l2);
}

bool Trainer::finished() const { return stopped_early_ || epoch_ >= state_->options.epochs; }

Result<float> Trainer::step() {
    State& state = *state_;
    if (state.failure) return *state.failure;
    if (state.position == state.train.size()) state.begin_epoch(epoch_);
    const std::size_t batch = state.batch_at(state.position);
    Executor& executor = batch == state.batch ? state.executors.front() : state.executors.back();
    const std::span<const std::uint32_t> order(state.order);
    const float loss =
        state.forward_backward(executor, order.subspan(state.position, batch), epoch_);
    if (!std::isfinite(loss)) return state.diverged(epoch_, "loss", loss);
    state.last_good.save(state.graph, state.changing);
    state.update(executor, epoch_);
    if (!state.weights_are_finite()) {
        return state.diverged(epoch_, "weight", std::numeric_limits<float>::quiet_NaN());
    }
    const bool is_sum = state.options.loss == Loss::half_squared_error;
    state.loss_sum += is_sum ? loss : static_cast<double>(loss) * static_cast<double>(batch);
    state.position += batch;
    if (state.position == state.train.size()) ++epoch_;
    return loss;
}

Result<EpochReport> Trainer::run_epoch() {
    State& state = *state_;
    const int before = epoch_;
    while (epoch_ == before) {
        if (const Result<float> loss = step(); !loss.ok()) return loss.status();
    }
    EpochReport report;
    report.epoch = epoch_;
    const bool is_sum = state.options.loss == Loss::half_squared_error;
    const auto samples = static_cast<double>(state.train.size());
    report.train_loss = static_cast<float>(is_sum ? state.loss_sum : state.loss_sum / samples);
    report.validation_loss = std::numeric_limits<float>::quiet_NaN();
    if (!state.validation_runner) return report;

    report.validation_loss =
        evaluate_loss(state.options.loss, state.validation_runner->run(), state.validation_targets,
                      state.columns, {}, state.options.loss_options, state.loss_scratch);
    const EpochReport& best = state.best_report;
    report.best = std::isfinite(report.validation_loss) &&
                  (best.epoch == 0 ||
                   report.validation_loss < best.validation_loss - state.options.min_delta);
    if (report.best) {
        state.best_report = report;
        state.best.save(state.graph, state.changing);
        state.epochs_since_best = 0;
    } else {
        ++state.epochs_since_best;
    }
    stopped_early_ =
        state.options.patience > 0 && state.epochs_since_best >= state.options.patience;
    return report;
}

EpochReport Trainer::restore_best_weights() {
    if (state_->best_report.epoch > 0) state_->best.restore(state_->graph, state_->changing);
    return state_->best_report;
}

Result<EpochReport> Trainer::run(const std::function<bool(const EpochReport&)>& progress) {
    EpochReport last;
    last.epoch = epoch_;
    while (!finished()) {
        const Result<EpochReport> report = run_epoch();
        if (!report.ok()) return report;
        last = *report;
        if (progress && !progress(last)) break;
    }
    if (state_->options.patience > 0 && state_->best_report.epoch > 0) {
        return restore_best_weights();
    }
    return last;
}

}  // namespace whittle
