#pragma once

#include <array>
#include <memory>
#include <optional>

#include "core/deploy/codegen.h"
#include "core/train/batch_runner.h"
#include "core/train/metrics.h"
#include "core/train/trainer.h"
#include "lessons/06-neurons-and-layers/net.h"
#include "lessons/06-neurons-and-layers/points.h"
#include "lessons/kit/lab.h"
#include "lessons/kit/loss_history.h"

namespace whittle {

// A net that learns points of the plane: choose the points, the features, the layers, and watch
// what every neuron sees. One step is one epoch.
class NeuronsAndLayersLab : public Lab {
public:
    static constexpr std::size_t kMaxHidden = 6;   // layers
    static constexpr std::size_t kMaxNeurons = 8;  // of a layer
    static constexpr std::size_t kMaxOwnPoints = 500;
    static constexpr std::size_t kMaxClasses = 3;

    // Whether training can go on, and if not, why. The values of the readout "state".
    enum class State { ready, epochs_done, loss_reached, no_improvement, ran_away, no_points };

    // What there is to say about a set of points.
    struct Score {
        float loss;                                // mean over the points; NaN without any
        double accuracy;                           // NaN for regression and without points
        std::optional<ConfusionMatrix> confusion;  // classification only
    };

    NeuronsAndLayersLab();

    PlaygroundTask task() const { return task_; }
    // 2 or 3; 0 for regression.
    std::size_t classes() const { return classes_; }
    std::span<const PlaygroundPoint> points() const { return points_; }
    // The net, with its weights; layer 0 is the features that take part.
    const PlaygroundNet& net() const { return *net_; }
    // The answers of all neurons over the plane, for the weights of now.
    const ActivationMaps& maps() const;
    // The class that the net chooses in each cell of the maps; classification only.
    std::vector<std::uint8_t> class_map() const;
    // Whether the output is to be shown as its decision instead of its values, and whether test
    // points are to be shown.
    bool discretized() const { return value(discretize_) != 0.0; }
    bool shows_test_points() const { return value(show_test_) != 0.0; }

    const LossHistory& losses() const { return losses_; }
    int epoch() const { return epoch_; }
    const Score& train_score() const { return train_score_; }
    const Score& test_score() const { return test_score_; }
    State state() const;
    // Why the last action or step did nothing, or training stopped; empty if all is well.
    const std::string& message() const { return message_; }

    // The model as a .tflite file; its inputs are the features that take part, in order.
    std::vector<std::uint8_t> tflite() const;
    // The model as C code with float32 weights.
    Result<GeneratedCode> c_code() const;

protected:
    void forget() override { own_points_.clear(); }
    void reset() override;
    bool do_step() override;
    void changed(std::size_t parameter) override;
    void update() override;

private:
    void declare_data();
    void declare_net();
    void declare_training();
    void declare_edits();
    void declare_readouts();
    void declare_goals();

    int whole(std::size_t parameter) const { return static_cast<int>(value(parameter)); }
    bool chosen(std::size_t parameter, const char* choice) const {
        return value_text(parameter) == choice;
    }
    bool half_squared() const;
    PlaygroundNetOptions net_options() const;
    Loss loss() const;
    TrainOptions train_options() const;
    bool acts_on_other_layers(std::size_t parameter) const;
    void set_regularization(OptimizerOptions& options) const;

    void collect_points();
    void make_net();
    void make_trainer();
    void measure();
    Score score(BatchRunner& runner, const Dataset& data) const;
    float watched_loss() const;
    void add_point();
    void clear_points();
    void points_changed();
    void edit_weight();
    double collapse_difference() const;

    std::vector<PlaygroundPoint> own_points_;
    std::vector<PlaygroundPoint> points_;
    PlaygroundTask task_ = PlaygroundTask::binary;
    std::size_t classes_ = 2;
    Dataset train_;
    Dataset test_;
    std::unique_ptr<PlaygroundNet> net_;
    std::unique_ptr<Trainer> trainer_;  // null without training points
    std::optional<BatchRunner> train_runner_;
    std::optional<BatchRunner> test_runner_;
    mutable std::unique_ptr<ActivationMaps> maps_;
    mutable bool maps_are_fresh_ = false;

    int epoch_ = 0;
    bool ran_away_ = false;
    std::string message_;
    Score train_score_{};
    Score test_score_{};
    LossHistory losses_;
    float best_loss_ = 0.0f;
    int best_epoch_ = 0;

    std::size_t data_, noise_, samples_, train_share_, seed_;
    std::array<std::size_t, kFeatures> feature_toggles_;
    std::size_t layers_, activation_, biases_;
    std::array<std::size_t, kMaxHidden> neurons_;
    std::size_t loss_, optimizer_, learning_rate_, batch_size_, regularization_;
    std::size_t regularization_rate_, stop_epochs_, stop_loss_, stop_patience_;
    std::size_t discretize_, show_test_;
    std::size_t point_x_, point_y_, point_class_;
    std::size_t weight_layer_, weight_from_, weight_to_, weight_value_;
    struct {
        std::size_t state, epoch, train_loss, test_loss, train_accuracy, test_accuracy, parameters,
            macs, zero_weights, collapse_difference;
    } shown_;
};

}  // namespace whittle
