#pragma once

#include <memory>
#include <optional>

#include "core/data/dataset.h"
#include "core/deploy/codegen.h"
#include "core/graph/graph.h"
#include "core/train/batch_runner.h"
#include "core/train/trainer.h"
#include "lessons/kit/lab.h"
#include "lessons/kit/loss_history.h"

namespace whittle {

// The hello world of TinyML: noisy points of a sine, a small net that learns them, and the same net
// in int8. With the settings it starts with it is the recipe "sine", bit for bit. One step is one
// epoch.
class HelloSineLab : public Lab {
public:
    static constexpr std::size_t kCurvePoints = 256;

    // The values of the readout "state".
    enum class State { ready, epochs_done, stopped_early, ran_away };

    HelloSineLab();

    // Samples of one feature (x) and one target (y).
    const Dataset& train() const { return data_.train; }
    const Dataset& validation() const { return data_.validation; }
    const Dataset& test() const { return data_.test; }

    // Over one period, [kCurvePoints] each: x, the function without noise, the net's answer, and
    // the int8 net's answer (empty until there is one).
    std::span<const float> curve_x() const { return curve_xs_; }
    std::span<const float> true_curve() const { return curve_.targets; }
    std::span<const float> float_curve() const { return float_curve_; }
    std::span<const float> int8_curve() const { return int8_curve_; }

    const LossHistory& losses() const { return losses_; }
    int epoch() const { return epoch_; }
    State state() const;
    // Why training ended badly, or the net could not be quantized; empty if all is well.
    const std::string& message() const { return message_; }

    const Graph& float_graph() const { return graph_; }
    bool is_quantized() const { return int8_graph_.has_value(); }
    // After quantization, until training goes on.
    const Graph& int8_graph() const { return *int8_graph_; }

    std::vector<std::uint8_t> tflite() const;
    std::vector<std::uint8_t> int8_tflite() const;  // empty until quantized
    // C code of the int8 net, or of the float net while there is none.
    Result<GeneratedCode> c_code() const;

protected:
    void reset() override;
    bool do_step() override;
    void changed(std::size_t parameter) override;
    void update() override;

private:
    void declare_parameters();
    void declare_readouts();
    void declare_int8_readouts();
    void declare_goals();

    int whole(std::size_t parameter) const { return static_cast<int>(value(parameter)); }
    bool chosen(std::size_t parameter, const char* choice) const {
        return value_text(parameter) == choice;
    }
    Loss loss() const;
    TrainOptions train_options() const;
    void make_data();
    void make_trainer();
    void measure();
    void quantize();
    void forget_int8();

    DataSplit data_;
    Dataset curve_;  // kCurvePoints samples without noise
    std::vector<float> curve_xs_;
    Graph graph_;
    std::size_t file_bytes_ = 0;  // as a .tflite file
    std::unique_ptr<Trainer> trainer_;
    std::optional<BatchRunner> train_runner_;
    std::optional<BatchRunner> validation_runner_;
    std::optional<BatchRunner> test_runner_;
    std::optional<BatchRunner> curve_runner_;
    std::optional<Graph> int8_graph_;
    std::vector<float> float_curve_;
    std::vector<float> int8_curve_;

    int epoch_ = 0;
    bool ran_away_ = false;
    std::string message_;
    LossHistory losses_;
    // What was last measured.
    struct {
        float train_loss, validation_loss, test_loss;
        double rmse, mae, curve_error;
    } float_net_{};
    struct {
        double rmse, change, parameter_bytes, file_bytes, arena_bytes;
    } int8_net_{};

    std::size_t function_, samples_, noise_, outliers_, train_share_, seed_;
    std::size_t architecture_, loss_, learning_rate_, batch_size_, epochs_, patience_;
    struct {
        std::size_t state, epoch, train_loss, validation_loss, test_loss, rmse, mae, curve_error,
            parameters, float_bytes, macs, tflite_bytes;
        std::size_t int8_rmse, int8_change, int8_bytes, int8_tflite_bytes, arena_bytes;
    } shown_;
};

}  // namespace whittle
