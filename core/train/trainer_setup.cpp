#include <numeric>
#include <string>

#include "core/train/trainer_state.h"

namespace whittle {
namespace {

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

Status Trainer::State::take_executors() {
    batch = options.batch_size == 0
                ? train.size()
                : std::min(static_cast<std::size_t>(options.batch_size), train.size());
    for (const std::size_t size : {batch, train.size() % batch}) {
        if (size == 0) continue;
        Result<Executor> executor = Executor::make(graph, static_cast<std::int32_t>(size));
        if (!executor.ok()) return executor.status();
        executors.push_back(std::move(executor).value());
    }
    columns = executors.front().values(output).size() / batch;
    targets.resize(batch * train.target_count());
    order.resize(train.size());
    position = train.size();  // the first step begins an epoch
    return check_backward(graph, executors.front());
}

Status Trainer::State::take_parameters() {
    parameters = trainable_tensors(graph);
    if (executors.front().gradient(output).empty()) {
        return Error{.place = "model",
                     .expected = "an output that depends on trainable tensors",
                     .found = std::to_string(parameters.size()) + " trainable tensors" +
                              (parameters.empty() ? "" : ", none before the output")};
    }
    std::vector<std::size_t> sizes;
    std::vector<bool> regularized;
    for (const int parameter : parameters) {
        sizes.push_back(graph.tensor(parameter).as<float>().size());
        regularized.push_back(graph.tensor(parameter).shape.size() >= 2);  // biases have one
    }
    optimizer = Optimizer(options.optimizer, sizes, regularized);
    learning_rate = options.optimizer.learning_rate;
    changing = training_state(graph);
    last_good.save(graph, changing);
    return {};
}

Status Trainer::State::take_validation(const Dataset& data) {
    const Status status = check_samples(graph, data, options.loss, "validation data");
    if (!status.ok()) return status;
    validation = &data;
    Result<BatchRunner> runner = BatchRunner::make(graph, data, output);
    if (!runner.ok()) return runner.status();
    validation_runner = std::move(runner).value();
    if (!takes_targets(options.loss)) return {};
    validation_targets.resize(data.size() * columns);
    std::vector<std::uint32_t> all(data.size());
    std::iota(all.begin(), all.end(), 0u);
    data.gather_targets(all, validation_targets);
    return {};
}

Result<std::unique_ptr<Trainer>> Trainer::make(Graph& graph,
                                               const Dataset& train,
                                               const Dataset* validation,
                                               const TrainOptions& options) {
    if (const Status status = check_options(options, validation != nullptr); !status.ok()) {
        return status;
    }
    const Status samples = check_samples(graph, train, options.loss, "training data");
    if (!samples.ok()) return samples;
    const Result<int> output = loss_tensor(graph, options.loss);
    if (!output.ok()) return output.status();

    std::unique_ptr<Trainer> trainer(new Trainer);
    trainer->state_ = std::make_unique<State>(graph, train, options);
    State& state = *trainer->state_;
    state.output = *output;
    if (const Status status = state.take_executors(); !status.ok()) return status;
    const Status shaping = check_target_shaping(options.targets, options.loss, state.columns);
    if (!shaping.ok()) return shaping;
    if (const Status status = state.take_parameters(); !status.ok()) return status;
    if (changes_anything(options.augmentation)) {
        Result<Augmenter> augmenter = Augmenter::make(train, options.augmentation, options.seed);
        if (!augmenter.ok()) return augmenter.status();
        state.augmenter = std::move(augmenter).value();
    }
    std::size_t largest_evaluation = state.batch;
    if (validation != nullptr) {
        if (const Status status = state.take_validation(*validation); !status.ok()) return status;
        largest_evaluation = std::max(largest_evaluation, validation->size());
    }
    state.loss_scratch.resize(
        loss_scratch_doubles(options.loss, largest_evaluation, state.columns));
    return trainer;
}

}  // namespace whittle
