#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/data/augment.h"
#include "core/train/batch_runner.h"
#include "core/train/checkpoint.h"
#include "core/train/trainer.h"

namespace whittle {

// Copies of all parameters.
class Weights {
public:
    void save(const Graph& graph, const std::vector<int>& parameters);
    // Nothing happens when none have been saved.
    void restore(Graph& graph, const std::vector<int>& parameters) const;

    std::vector<std::vector<std::uint8_t>>& copies() { return copies_; }
    const std::vector<std::vector<std::uint8_t>>& copies() const { return copies_; }

private:
    std::vector<std::vector<std::uint8_t>> copies_;
};

// The float32 constants that training changes, in the graph's order.
std::vector<int> trainable_tensors(const Graph& graph);

// Everything that a trainer holds while it works; all memory is taken by Trainer::make().
struct Trainer::State {
    State(Graph& graph_in, const Dataset& train_in, const TrainOptions& options_in)
        : graph(graph_in), train(train_in), options(options_in), optimizer({}, {}) {}

    Status take_executors();
    Status take_parameters();
    Status take_validation(const Dataset& data);

    std::size_t batch_at(std::size_t sample) const {
        return std::min(batch, train.size() - sample);
    }
    std::size_t steps_per_epoch() const { return (train.size() + batch - 1) / batch; }
    void begin_epoch(int epoch);
    void gather(Executor& executor, std::span<const std::uint32_t> samples, int epoch);
    float forward_backward(Executor& executor, std::span<const std::uint32_t> samples, int epoch);
    void clip_gradients(Executor& executor);
    void update(Executor& executor, int epoch);
    bool weights_are_finite() const;
    Error diverged(int epoch, const char* what, float value);

    const Checkpoint::Fingerprints& fingerprints();
    Checkpoint snapshot();  // without what the trainer itself holds
    Status check(const Checkpoint& checkpoint);
    void go_on_from(const Checkpoint& checkpoint);

    Graph& graph;
    const Dataset& train;
    const Dataset* validation = nullptr;
    TrainOptions options;
    int output = kNoTensor;  // what the loss is computed from
    std::size_t columns = 0;
    std::size_t batch = 0;
    std::vector<Executor> executors;  // for whole batches and for the rest, where there is one
    std::vector<int> parameters;
    std::vector<int> changing;  // the parameters and running averages
    Optimizer optimizer;
    float learning_rate = 0.0f;  // before the schedule

    std::optional<Augmenter> augmenter;
    std::optional<Checkpoint::Fingerprints> known_fingerprints;

    std::vector<std::uint32_t> order;  // of the samples in this epoch
    std::size_t position = 0;          // samples of this epoch that are done
    double loss_sum = 0.0;             // of this epoch
    std::vector<float> targets;        // of one batch
    std::vector<double> loss_scratch;

    std::optional<BatchRunner> validation_runner;
    std::vector<float> validation_targets;
    Weights last_good;
    Weights best;
    EpochReport best_report;
    int epochs_since_best = 0;
    std::optional<Error> failure;
};

}  // namespace whittle
