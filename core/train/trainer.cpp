#include "core/train/trainer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "core/base/bits.h"
#include "core/base/hash.h"
#include "core/train/batch_runner.h"

namespace whittle {
namespace {

// Shuffling takes one stream of random numbers for each epoch, apart from those that data and
// weights are made from.
constexpr std::uint64_t kShuffleStreams = std::uint64_t{1} << 32;

std::vector<int> trainable_tensors(const Graph& graph) {
    std::vector<int> trainable;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const Tensor& tensor = graph.tensors[t];
        if (tensor.constant && tensor.trainable && tensor.dtype == DType::float32) {
            trainable.push_back(static_cast<int>(t));
        }
    }
    return trainable;
}

bool all_finite(std::span<const float> values) {
    constexpr std::uint32_t kExponent = 0x7f800000u;
    std::uint32_t bad = 0;
    for (const float value : values) {
        bad |= (bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1u : 0u;
    }
    return bad == 0;
}

// Copies of all parameters.
class Weights {
public:
    void save(const Graph& graph, const std::vector<int>& parameters) {
        copies_.resize(parameters.size());
        for (std::size_t p = 0; p < parameters.size(); ++p) {
            copies_[p] = graph.tensor(parameters[p]).data;
        }
    }
    void restore(Graph& graph, const std::vector<int>& parameters) const {
        for (std::size_t p = 0; p < copies_.size(); ++p) {
            std::copy(copies_[p].begin(), copies_[p].end(),
                      graph.tensor(parameters[p]).data.begin());
        }
    }

private:
    std::vector<std::vector<std::uint8_t>> copies_;
};

Status check_options(const TrainOptions& options, const Dataset* validation) {
    const auto complain = [](const char* place, const char* expected, const std::string& found) {
        return Error{.place = place, .expected = expected, .found = found};
    };
    if (options.epochs < 0) {
        return complain("epochs", "0 or more", std::to_string(options.epochs));
    }
    if (options.batch_size < 0) {
        return complain("batch size", "1 or more, or 0 for all samples at once",
                        std::to_string(options.batch_size));
    }
    const float rate = options.optimizer.learning_rate;
    if (!(rate > 0.0f) || !std::isfinite(rate)) {
        return complain("learning rate", "a number above 0", std::to_string(rate));
    }
    for (const float regularization : {options.optimizer.l1, options.optimizer.l2}) {
        if (regularization >= 0.0f && std::isfinite(regularization)) continue;
        return complain("regularization", "0 or more", std::to_string(regularization));
    }
    if (options.patience < 0) {
        return complain("patience", "0 or more", std::to_string(options.patience));
    }
    if (options.patience > 0 && validation == nullptr) {
        return complain("patience", "validation data for early stopping", "none");
    }
    return {};
}

// Every operator between a parameter and the loss must be able to go backward.
Status check_backward(const Graph& graph, Executor& executor) {
    for (const Node& node : graph.nodes) {
        const OpDefinition& definition = definition_of(node.op);
        if (definition.backward != nullptr || executor.gradient(node.outputs.front()).empty()) {
            continue;
        }
        return Error{.place = std::string("operator ") + definition.name,
                     .expected = "operators that can be trained through",
                     .found = "one without derivatives"};
    }
    return {};
}

}  // namespace

struct Trainer::State {
    State(Graph& graph_in, const Dataset& train_in, const TrainOptions& options_in)
        : graph(graph_in), train(train_in), options(options_in), optimizer({}, {}) {}

    std::size_t batch_at(std::size_t sample) const {
        return std::min(batch, train.size() - sample);
    }
    void begin_epoch(int epoch);
    float forward_backward(Executor& executor, std::span<const std::uint32_t> samples);
    void update(Executor& executor);
    bool weights_are_finite() const;
    Error diverged(int epoch, const char* what, float value);

    Graph& graph;
    const Dataset& train;
    const Dataset* validation = nullptr;
    TrainOptions options;
    int output = kNoTensor;  // what the loss is computed from
    std::size_t columns = 0;
    std::size_t batch = 0;
    std::vector<Executor> executors;  // for whole batches and for the rest, where there is one
    std::vector<int> parameters;
    Optimizer optimizer;

    std::vector<std::uint32_t> order;  // of the samples in this epoch
    std::size_t position = 0;          // samples of this epoch that are done
    double loss_sum = 0.0;             // of this epoch
    std::vector<float> targets;        // of one batch

    std::optional<BatchRunner> validation_runner;
    std::vector<float> validation_targets;
    Weights last_good;
    Weights best;
    EpochReport best_report;
    int epochs_since_best = 0;
    std::optional<Error> failure;
};

void Trainer::State::begin_epoch(int epoch) {
    position = 0;
    loss_sum = 0.0;
    std::iota(order.begin(), order.end(), 0u);
    if (!options.shuffle) return;
    Random(options.seed, kShuffleStreams + static_cast<std::uint64_t>(epoch)).shuffle(order);
}

float Trainer::State::forward_backward(Executor& executor, std::span<const std::uint32_t> samples) {
    train.gather_features(samples, executor.values(graph.inputs.front()));
    const std::span<float> wanted(targets.data(), samples.size() * columns);
    train.gather_targets(samples, wanted);
    executor.forward(output);
    executor.clear_gradients();
    const float loss = evaluate_loss(options.loss, executor.values(output), wanted, columns,
                                     executor.gradient(output));
    executor.backward(output);
    return loss;
}

void Trainer::State::update(Executor& executor) {
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
    last_good.restore(graph, parameters);
    failure = Error{.place = "epoch " + std::to_string(epoch + 1) + ", sample " +
                             std::to_string(position + 1) + " of " + std::to_string(train.size()),
                    .expected = std::string("a finite ") + what,
                    .found = std::to_string(value),
                    .hint = "training ran away: lower the learning rate (now " +
                            std::to_string(optimizer.options().learning_rate) +
                            "), or scale the data; the last good weights are kept"};
    return *failure;
}

Result<std::unique_ptr<Trainer>> Trainer::make(Graph& graph,
                                               const Dataset& train,
                                               const Dataset* validation,
                                               const TrainOptions& options) {
    if (const Status status = check_options(options, validation); !status.ok()) return status;
    if (const Status status = check_data(graph, train, "training data"); !status.ok()) {
        return status;
    }
    const Result<int> output = loss_tensor(graph, options.loss);
    if (!output.ok()) return output.status();

    std::unique_ptr<Trainer> trainer(new Trainer);
    trainer->state_ = std::make_unique<State>(graph, train, options);
    State& state = *trainer->state_;
    state.output = *output;
    state.columns = train.target_count();
    state.batch = options.batch_size == 0
                      ? train.size()
                      : std::min(static_cast<std::size_t>(options.batch_size), train.size());
    for (const std::size_t batch : {state.batch, train.size() % state.batch}) {
        if (batch == 0) continue;
        Result<Executor> executor = Executor::make(graph, static_cast<std::int32_t>(batch));
        if (!executor.ok()) return executor.status();
        state.executors.push_back(std::move(executor).value());
    }
    if (const Status status = check_backward(graph, state.executors.front()); !status.ok()) {
        return status;
    }
    state.parameters = trainable_tensors(graph);
    if (state.executors.front().gradient(state.output).empty()) {
        return Error{.place = "model",
                     .expected = "an output that depends on trainable tensors",
                     .found = std::to_string(state.parameters.size()) + " trainable tensors" +
                              (state.parameters.empty() ? "" : ", none before the output")};
    }
    std::vector<std::size_t> sizes;
    std::vector<bool> regularized;
    for (const int parameter : state.parameters) {
        sizes.push_back(graph.tensor(parameter).as<float>().size());
        regularized.push_back(graph.tensor(parameter).shape.size() >= 2);  // biases have one
    }
    state.optimizer = Optimizer(options.optimizer, sizes, regularized);
    state.order.resize(train.size());
    state.targets.resize(state.batch * state.columns);
    state.position = train.size();  // the first step begins an epoch
    state.last_good.save(graph, state.parameters);

    if (validation == nullptr) return trainer;
    if (const Status status = check_data(graph, *validation, "validation data"); !status.ok()) {
        return status;
    }
    state.validation = validation;
    Result<BatchRunner> runner = BatchRunner::make(graph, *validation, state.output);
    if (!runner.ok()) return runner.status();
    state.validation_runner = std::move(runner).value();
    state.validation_targets.resize(validation->size() * state.columns);
    std::vector<std::uint32_t> all(validation->size());
    std::iota(all.begin(), all.end(), 0u);
    validation->gather_targets(all, state.validation_targets);
    return trainer;
}

Trainer::~Trainer() = default;

std::size_t Trainer::steps_per_epoch() const {
    return (state_->train.size() + state_->batch - 1) / state_->batch;
}

void Trainer::set_learning_rate(float learning_rate) {
    assert(learning_rate > 0.0f && std::isfinite(learning_rate));
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
    const float loss = state.forward_backward(executor, order.subspan(state.position, batch));
    if (!std::isfinite(loss)) return state.diverged(epoch_, "loss", loss);
    state.last_good.save(state.graph, state.parameters);
    state.update(executor);
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

    report.validation_loss = evaluate_loss(state.options.loss, state.validation_runner->run(),
                                           state.validation_targets, state.columns, {});
    const EpochReport& best = state.best_report;
    report.best = std::isfinite(report.validation_loss) &&
                  (best.epoch == 0 ||
                   report.validation_loss < best.validation_loss - state.options.min_delta);
    if (report.best) {
        state.best_report = report;
        state.best.save(state.graph, state.parameters);
        state.epochs_since_best = 0;
    } else {
        ++state.epochs_since_best;
    }
    stopped_early_ =
        state.options.patience > 0 && state.epochs_since_best >= state.options.patience;
    return report;
}

EpochReport Trainer::restore_best_weights() {
    if (state_->best_report.epoch > 0) state_->best.restore(state_->graph, state_->parameters);
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

Result<std::vector<float>> predict(Graph& graph, const Dataset& data) {
    if (const Status status = check_features(graph, data, "data"); !status.ok()) return status;
    Result<BatchRunner> runner = BatchRunner::make(graph, data, graph.outputs.front());
    if (!runner.ok()) return runner.status();
    const std::span<const float> values = runner->run();
    return std::vector<float>(values.begin(), values.end());
}

Result<float> evaluate(Graph& graph, const Dataset& data, Loss loss) {
    if (const Status status = check_data(graph, data, "data"); !status.ok()) return status;
    const Result<int> output = loss_tensor(graph, loss);
    if (!output.ok()) return output.status();
    Result<BatchRunner> runner = BatchRunner::make(graph, data, *output);
    if (!runner.ok()) return runner.status();
    std::vector<std::uint32_t> all(data.size());
    std::iota(all.begin(), all.end(), 0u);
    std::vector<float> targets(data.size() * data.target_count());
    data.gather_targets(all, targets);
    return evaluate_loss(loss, runner->run(), targets, data.target_count(), {});
}

std::uint64_t weights_hash(const Graph& graph) {
    std::uint64_t hash = kFnvOffset;
    for (const int tensor : trainable_tensors(graph)) hash = fnv1a(graph.tensor(tensor).data, hash);
    return hash;
}

}  // namespace whittle
