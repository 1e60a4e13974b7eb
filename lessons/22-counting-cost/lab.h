#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/deploy/boards.h"
#include "lessons/22-counting-cost/designs.h"
#include "lessons/kit/lab.h"

namespace whittle {

// A net is designed, its cost is counted, and what its firmware takes on every board of the
// catalogue is predicted (core/deploy/cost_model.h) before anything is compiled.
class CountingCostLab : public Lab {
public:
    struct Layer {
        std::string name;   // "1 conv2d"
        std::string shape;  // of its output
        std::int64_t parameters = 0;
        std::int64_t macs = 0;
    };
    // Generated code with the kernels for this board. Where no code was ever measured, flash holds
    // the constants alone, RAM no stack, and the rest is unknown.
    struct Fit {
        const Board* board = nullptr;
        std::int64_t ram_bytes = 0;    // arena, inputs, outputs and stack
        std::int64_t flash_bytes = 0;  // constants and code
        std::optional<std::int64_t> stack_bytes{};
        std::optional<std::int64_t> instructions{};  // of one inference
        std::optional<double> seconds{};             // at the board's clock
        bool ram = false;
        bool flash = false;

        bool both() const { return ram && flash; }
    };

    CountingCostLab();

    NetDesign design() const;
    bool int8() const { return value_text(numbers_) == "int8"; }
    const std::vector<Layer>& layers() const { return layers_; }
    const std::vector<Fit>& fits() const { return fits_; }
    const Fit& chosen_fit() const { return fits_[static_cast<std::size_t>(value(board_))]; }
    std::int64_t arena_bytes() const { return arena_bytes_; }
    std::int64_t image_bytes() const { return image_bytes_; }
    std::int64_t macs() const { return macs_; }

protected:
    void reset() override;
    void changed(std::size_t parameter) override;
    void update() override;

private:
    void declare_net();
    void declare_board();
    void declare_readouts();
    void declare_goals();
    bool fits_on(const char* board) const;
    void predict(const Graph& graph);

    std::vector<Layer> layers_;
    std::vector<Fit> fits_;
    std::int64_t parameters_ = 0;
    std::int64_t parameter_bytes_ = 0;
    std::int64_t macs_ = 0;
    std::int64_t plain_macs_ = 0;  // with whole convolutions in place of separable ones
    std::int64_t arena_bytes_ = 0;
    std::int64_t kept_apart_bytes_ = 0;  // the arena if no output could lie over an input
    std::int64_t image_bytes_ = 0;

    std::size_t kind_, inputs_, units_, side_, channels_, filters_, count_, classes_, numbers_;
    std::size_t board_, guessed_parameters_, guessed_macs_;
    struct {
        std::size_t parameters, weight_bytes, macs, saving, arena, kept_apart, image;
        std::size_t ram, flash, stack, instructions, predicted_time;
        std::size_t ram_share, flash_share, fits, boards, time, guess;
    } shown_;
};

}  // namespace whittle
