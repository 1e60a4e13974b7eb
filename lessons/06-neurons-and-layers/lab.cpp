#include "lessons/06-neurons-and-layers/lab.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/deploy/tflite_file.h"

namespace whittle {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr float kFloatNaN = std::numeric_limits<float>::quiet_NaN();

// The height that a drawn point stands for on a surface.
float height_of_class(float of_class) {
    static constexpr float heights[] = {-1.0f, 1.0f, 0.0f};
    return heights[static_cast<std::size_t>(of_class)];
}

}  // namespace

// --- From the parameters -------------------------------------------------------------------------

bool NeuronsAndLayersLab::half_squared() const {
    return task_ != PlaygroundTask::regression && chosen(loss_, "half-squared");
}

PlaygroundNetOptions NeuronsAndLayersLab::net_options() const {
    PlaygroundNetOptions options;
    for (std::size_t f = 0; f < kFeatures; ++f) {
        if (value(feature_toggles_[f]) != 0.0) options.features.push_back(static_cast<Feature>(f));
    }
    if (options.features.empty()) options.features = {Feature::x1};
    for (std::size_t layer = 0; layer < static_cast<std::size_t>(whole(layers_)); ++layer) {
        options.hidden.push_back(whole(neurons_[layer]));
    }
    options.activation = static_cast<HiddenActivation>(whole(activation_));
    options.biases = value(biases_) != 0.0;
    options.seed = static_cast<std::uint64_t>(whole(seed_));
    const auto classes = static_cast<std::int32_t>(classes_);
    switch (task_) {
        case PlaygroundTask::regression: options.output_activation = OutputActivation::none; break;
        case PlaygroundTask::binary: options.outputs = half_squared() ? classes : 1; break;
        case PlaygroundTask::multi_class:
            options.outputs = classes;
            options.output_activation =
                half_squared() ? OutputActivation::sigmoid : OutputActivation::softmax;
            break;
    }
    return options;
}

Loss NeuronsAndLayersLab::loss() const {
    if (task_ == PlaygroundTask::regression) return Loss::mean_squared_error;
    if (half_squared()) return Loss::half_squared_error;
    return task_ == PlaygroundTask::binary ? Loss::binary_cross_entropy
                                           : Loss::softmax_cross_entropy;
}

void NeuronsAndLayersLab::set_regularization(OptimizerOptions& options) const {
    const auto rate = static_cast<float>(value(regularization_rate_));
    options.l1 = chosen(regularization_, "l1") ? rate : 0.0f;
    options.l2 = chosen(regularization_, "l2") ? rate : 0.0f;
}

TrainOptions NeuronsAndLayersLab::train_options() const {
    TrainOptions options;
    options.loss = loss();
    options.optimizer.kind =
        chosen(optimizer_, "sgd") ? OptimizerOptions::Kind::sgd : OptimizerOptions::Kind::adam;
    options.optimizer.learning_rate = static_cast<float>(value(learning_rate_));
    set_regularization(options.optimizer);
    options.epochs = std::numeric_limits<int>::max();
    options.batch_size = whole(batch_size_);
    options.seed = static_cast<std::uint64_t>(whole(seed_));
    return options;
}

// --- Points, net and trainer ---------------------------------------------------------------------

void NeuronsAndLayersLab::collect_points() {
    points_.clear();
    classes_ = 2;
    const bool generated = !chosen(data_, "own");
    const auto set = static_cast<PointSet>(whole(data_));
    if (generated) {
        points_ = generated_points(set, static_cast<std::size_t>(whole(samples_)),
                                   static_cast<float>(value(noise_)),
                                   static_cast<float>(value(train_share_) / 100.0),
                                   static_cast<std::uint64_t>(whole(seed_)));
        classes_ = class_count(set);
    }
    for (const PlaygroundPoint& own : own_points_) {
        points_.push_back(own);
        if (classes_ == 0) {
            points_.back().target = height_of_class(own.target);
        } else {
            classes_ = std::max(classes_, static_cast<std::size_t>(own.target) + 1);
        }
    }
    task_ = classes_ == 0   ? PlaygroundTask::regression
            : classes_ == 2 ? PlaygroundTask::binary
                            : PlaygroundTask::multi_class;
}

void NeuronsAndLayersLab::make_net() {
    trainer_.reset();
    train_runner_.reset();
    test_runner_.reset();
    maps_.reset();
    net_ = std::make_unique<PlaygroundNet>(net_options());
}

void NeuronsAndLayersLab::make_trainer() {
    trainer_.reset();
    train_runner_.reset();
    test_runner_.reset();
    const PlaygroundNetOptions& options = net_->options();
    const auto outputs = static_cast<std::size_t>(options.outputs);
    train_ = points_dataset(points_, false, options.features, outputs);
    test_ = points_dataset(points_, true, options.features, outputs);
    Graph& graph = net_->graph();
    const Result<int> tensor = loss_tensor(graph, loss());
    assert(tensor.ok());
    if (test_.size() > 0)
        test_runner_ = std::move(BatchRunner::make(graph, test_, *tensor)).value();
    if (train_.size() == 0) return;
    train_runner_ = std::move(BatchRunner::make(graph, train_, *tensor)).value();
    auto trainer = Trainer::make(graph, train_, nullptr, train_options());
    assert(trainer.ok() && "net, points and options fit each other");
    trainer_ = std::move(trainer).value();
}

void NeuronsAndLayersLab::reset() {
    collect_points();
    make_net();
    make_trainer();
    epoch_ = 0;
    ran_away_ = false;
    message_.clear();
    losses_.clear();
    measure();
    best_loss_ = watched_loss();
    best_epoch_ = 0;
    losses_.add({0, train_score_.loss, test_score_.loss});
}

// --- Learning ------------------------------------------------------------------------------------

NeuronsAndLayersLab::Score NeuronsAndLayersLab::score(BatchRunner& runner,
                                                      const Dataset& data) const {
    const std::span<const float> outputs = runner.run();
    const std::size_t columns = data.target_count();
    Score score{evaluate_loss(loss(), outputs, data.targets, columns, {}), kNaN, {}};
    if (half_squared()) score.loss /= static_cast<float>(data.size());
    if (task_ == PlaygroundTask::regression) return score;
    score.confusion.emplace(classes_);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto row = outputs.subspan(i * columns, columns);
        const auto wanted = std::span(data.targets).subspan(i * columns, columns);
        // One output is a logit: above 0 means more likely than not.
        if (columns == 1) {
            score.confusion->add(wanted[0] > 0.5f ? 1 : 0, row[0] >= 0.0f ? 1 : 0);
        } else {
            score.confusion->add(argmax(wanted), argmax(row));
        }
    }
    score.accuracy = score.confusion->accuracy();
    return score;
}

void NeuronsAndLayersLab::measure() {
    maps_are_fresh_ = false;
    const Score nothing{kFloatNaN, kNaN, {}};
    train_score_ = train_runner_ ? score(*train_runner_, train_) : nothing;
    test_score_ = test_runner_ ? score(*test_runner_, test_) : nothing;
}

// Of the test points; where there are none, of the training points.
float NeuronsAndLayersLab::watched_loss() const {
    return test_runner_ ? test_score_.loss : train_score_.loss;
}

NeuronsAndLayersLab::State NeuronsAndLayersLab::state() const {
    if (!trainer_) return State::no_points;
    if (ran_away_) return State::ran_away;
    if (whole(stop_epochs_) > 0 && epoch_ >= whole(stop_epochs_)) return State::epochs_done;
    if (value(stop_loss_) > 0.0 && watched_loss() <= value(stop_loss_)) {
        return State::loss_reached;
    }
    if (whole(stop_patience_) > 0 && epoch_ - best_epoch_ >= whole(stop_patience_)) {
        return State::no_improvement;
    }
    return State::ready;
}

bool NeuronsAndLayersLab::do_step() {
    if (state() != State::ready) {
        if (state() == State::no_points) message_ = "There are no points to learn from: draw some.";
        return false;
    }
    message_.clear();
    const Result<EpochReport> report = trainer_->run_epoch();
    ++epoch_;
    if (!report.ok()) {
        ran_away_ = true;
        message_ = report.error().message();
    }
    measure();
    losses_.add({epoch_, train_score_.loss, test_score_.loss});
    if (watched_loss() < best_loss_) {
        best_loss_ = watched_loss();
        best_epoch_ = epoch_;
    }
    return true;
}

// --- Changes while it learns ---------------------------------------------------------------------

bool NeuronsAndLayersLab::acts_on_other_layers(std::size_t parameter) const {
    const auto found = std::find(neurons_.begin(), neurons_.end(), parameter);
    return found != neurons_.end() && found - neurons_.begin() >= whole(layers_);
}

void NeuronsAndLayersLab::changed(std::size_t parameter) {
    if (parameter == learning_rate_) {
        if (trainer_) trainer_->set_learning_rate(static_cast<float>(value(learning_rate_)));
        return;
    }
    if (parameter == regularization_ || parameter == regularization_rate_) {
        OptimizerOptions options;
        set_regularization(options);
        if (trainer_) trainer_->set_regularization(options.l1, options.l2);
        return;
    }
    const std::size_t harmless[] = {stop_epochs_,  stop_loss_,   stop_patience_, discretize_,
                                    show_test_,    point_x_,     point_y_,       point_class_,
                                    weight_layer_, weight_from_, weight_to_,     weight_value_};
    if (std::find(std::begin(harmless), std::end(harmless), parameter) != std::end(harmless)) {
        return;
    }
    if (!acts_on_other_layers(parameter)) Lab::changed(parameter);
}

// The weights stay, unless the points now have more or fewer classes.
void NeuronsAndLayersLab::points_changed() {
    collect_points();
    if (net_options() != net_->options()) {
        reset();
        return;
    }
    make_trainer();
    measure();
    best_loss_ = watched_loss();
    best_epoch_ = epoch_;
    ran_away_ = false;
}

void NeuronsAndLayersLab::add_point() {
    message_.clear();
    if (own_points_.size() >= kMaxOwnPoints) {
        message_ = "There is room for " + std::to_string(kMaxOwnPoints) + " points of your own.";
        return;
    }
    PlaygroundPoint point;
    point.x1 = static_cast<float>(value(point_x_));
    point.x2 = static_cast<float>(value(point_y_));
    point.target = static_cast<float>(value(point_class_));
    point.own = true;
    own_points_.push_back(point);
    points_changed();
}

void NeuronsAndLayersLab::clear_points() {
    message_.clear();
    own_points_.clear();
    points_changed();
}

void NeuronsAndLayersLab::edit_weight() {
    message_.clear();
    const auto layer = static_cast<std::size_t>(whole(weight_layer_));
    const auto from = static_cast<std::size_t>(whole(weight_from_));
    const auto to = static_cast<std::size_t>(whole(weight_to_)) - 1;
    const auto weight = static_cast<float>(value(weight_value_));
    if (layer > net_->last_layer() || to >= net_->units(layer) || from > net_->units(layer - 1)) {
        message_ = "The net has no such weight.";
        return;
    }
    if (from == 0 && value(biases_) == 0.0) {
        message_ = "The biases are off: they stay 0.";
        return;
    }
    if (from == 0) {
        net_->set_bias(layer, to, weight);
    } else {
        net_->set_weight(layer, from - 1, to, weight);
    }
    measure();
}

// --- What there is to see ------------------------------------------------------------------------

const ActivationMaps& NeuronsAndLayersLab::maps() const {
    if (!maps_) maps_ = std::make_unique<ActivationMaps>(*net_);
    if (!maps_are_fresh_) maps_->compute();
    maps_are_fresh_ = true;
    return *maps_;
}

std::vector<std::uint8_t> NeuronsAndLayersLab::class_map() const { return maps().classes(0.5f); }

double NeuronsAndLayersLab::collapse_difference() const {
    if (!chosen(activation_, "linear")) return kNaN;
    return maps().difference(collapse(*net_));
}

void NeuronsAndLayersLab::update() {
    set_readout(shown_.state, static_cast<double>(state()));
    set_readout(shown_.epoch, epoch_);
    set_readout(shown_.train_loss, train_score_.loss);
    set_readout(shown_.test_loss, test_score_.loss);
    set_readout(shown_.train_accuracy, train_score_.accuracy);
    set_readout(shown_.test_accuracy, test_score_.accuracy);
    set_readout(shown_.parameters, static_cast<double>(net_->parameters()));
    set_readout(shown_.macs, static_cast<double>(cost_of(net_->graph()).macs));
    set_readout(shown_.zero_weights, static_cast<double>(net_->zero_weights()));
    set_readout(shown_.collapse_difference, collapse_difference());
}

std::vector<std::uint8_t> NeuronsAndLayersLab::tflite() const {
    return write_tflite(net_->graph());
}

Result<GeneratedCode> NeuronsAndLayersLab::c_code() const {
    Result<GeneratedCode> code = generate_c(net_->graph(), "playground");
    if (!code.ok()) return code;
    std::string features;
    for (const Feature feature : net_->options().features) {
        features += (features.empty() ? "" : ", ") + std::string(feature_name(feature));
    }
    code->header.insert(0, "/* Inputs, in order: " + features + ". */\n");
    return code;
}

}  // namespace whittle
