#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/data/dataset.h"
#include "core/graph/graph.h"
#include "core/train/executor.h"
#include "core/train/train_options.h"

namespace whittle {

struct EpochReport {
    int epoch = 0;  // from 1
    // Over all training samples, each with the weights of its step. A mean over the samples, except
    // for the half-squared loss, which is a sum.
    float train_loss = 0.0f;
    float validation_loss = 0.0f;  // NaN without validation data
    bool best = false;  // a validation loss lower than the best one before it by min_delta
};

// Trains a graph in place, one step or one epoch at a time, so that a page stays alive between
// them.
class Trainer {
public:
    // Everything is checked here: shapes against the data, a softmax or logistic output for a loss
    // on logits, at least one trainable tensor, a non-empty training set; for a loss of pairs, that
    // samples 2k and 2k + 1 can be one: they then stay together in a batch, whatever the order.
    // Graph and data stay owned by the caller and must outlive the trainer. `validation` may be
    // null.
    static Result<std::unique_ptr<Trainer>> make(Graph& graph,
                                                 const Dataset& train,
                                                 const Dataset* validation,
                                                 const TrainOptions& options);

    // One minibatch: forward, backward, update. Returns its loss. A loss or weight that is not
    // finite is an error that says what to change; the graph then holds the last good weights: the
    // latest ones that gave a finite loss. After such an error every further call returns it again.
    Result<float> step();
    // Steps to the end of the epoch (a whole one if the last step ended one), then the validation
    // loss.
    Result<EpochReport> run_epoch();
    // Epochs until finished(). `progress` may be empty; returning false stops after that epoch.
    // With early stopping the graph ends with the best weights. The report is that of the epoch
    // whose weights the graph holds in the end.
    Result<EpochReport> run(const std::function<bool(const EpochReport&)>& progress);

    int epoch() const { return epoch_; }  // finished epochs
    // Whether options.epochs are done or early stopping has had enough.
    bool finished() const;
    bool stopped_early() const { return stopped_early_; }
    // Puts the weights of the best epoch so far into the graph, and returns its report; without
    // validation data, or before the first run_epoch(), nothing changes and epoch is 0.
    EpochReport restore_best_weights();
    std::size_t steps_per_epoch() const;

    // The training at this point, as bytes that core/train/checkpoint.h describes.
    std::vector<std::uint8_t> checkpoint() const;
    // Goes on from such bytes, to the same bits as if it had never stopped: for a trainer of the
    // same model, data and settings, though epochs (unless the schedule depends on them), patience
    // and min_delta may differ. After an error nothing has changed.
    Status resume(std::span<const std::uint8_t> checkpoint);

    // For the steps that follow; the schedule's factor applies to it. learning_rate > 0, l1 >= 0,
    // l2 >= 0, all finite.
    void set_learning_rate(float learning_rate);
    void set_regularization(float l1, float l2);

    ~Trainer();

private:
    Trainer() = default;
    struct State;
    std::unique_ptr<State> state_;
    int epoch_ = 0;
    bool stopped_early_ = false;
};

// Predictions of a float32 graph for all samples: the values of its first output, row after row.
Result<std::vector<float>> predict(Graph& graph, const Dataset& data);
// The loss over all samples (on logits for the losses that take them).
Result<float> evaluate(Graph& graph,
                       const Dataset& data,
                       Loss loss,
                       const LossOptions& options = {});

// FNV-1a, 64 bits, over the bytes of all trainable tensors in order: equal on every target after
// the same training.
std::uint64_t weights_hash(const Graph& graph);

}  // namespace whittle
