#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/memory/exact.h"
#include "lessons/23-arena/placing.h"
#include "lessons/23-arena/savings.h"
#include "lessons/kit/lab.h"

namespace whittle {

// The tensors of a net find their places in one arena: by a planner, one decision after another, or
// by hand. One step is one decision.
class ArenaLab : public Lab {
public:
    enum class Model { seven, sine, keyword, resnet, puzzle, tight, random, own, branches };
    enum class Method { shared, by_size, by_breadth, best_fit, none, exact, by_hand };
    static constexpr std::int64_t kMaxBytes = std::int64_t{1} << 24;  // of a tensor and an address
    static constexpr int kMaxSteps = 256;

    ArenaLab();

    Model model() const { return static_cast<Model>(value(model_)); }
    Method method() const { return static_cast<Method>(value(method_)); }
    std::int64_t alignment() const;

    const ArenaTensors& tensors() const { return tensors_; }
    // Where they lie, or will lie: one for each tensor.
    const std::vector<std::int64_t>& offsets() const;
    // Has it a place yet?
    bool placed(std::size_t tensor) const { return placed_[tensor]; }
    bool finished() const { return decisions_ == decision_count(); }
    // The tensor that was placed last, or -1.
    int latest() const;
    // The one the student looks at; 0 when there are none.
    std::size_t chosen() const;
    // While a tensor is dragged it is drawn at the parameter "address".
    std::int64_t address() const { return static_cast<std::int64_t>(value(address_)); }

    std::int64_t lower_bound() const { return lower_bound_; }
    // What each planner of core/memory needs for this net, in the order of all_planners().
    const std::vector<std::int64_t>& planner_bytes() const { return planner_bytes_; }
    // Of what has a place.
    std::int64_t peak() const;
    // Of all, also of those that wait.
    std::int64_t whole_peak() const;
    // Whether the net has layers, whose kernels say what may be saved.
    bool has_layers() const;
    // Which tensors may lie over which, by the savings that are on.
    const std::vector<Overlap>& overlaps() const { return overlaps_; }
    // What each saving gains; nothing for nets without layers.
    const std::optional<SavingGains>& gains() const { return gains_; }
    // For each tensor those alive together with it.
    const std::vector<std::vector<int>>& conflicts() const { return conflicts_; }
    // The shared buffers that there are so far; empty with other planners.
    std::vector<SharedBuffer> shared_buffers() const;
    // What happened last, in words.
    std::string told() const;

    // Takes a net from a file in place of the student's own tensors, and chooses it.
    Status open_model(const Graph& graph);

protected:
    void forget() override;
    void reset() override;
    bool do_step() override;
    void changed(std::size_t parameter) override;
    void update() override;

private:
    void declare_model();
    void declare_method();
    void declare_savings();
    void declare_hand();
    void declare_own();
    void declare_plan_readouts();
    void declare_tensor_readouts();
    void declare_saving_readouts();
    void declare_goals();

    // Everything that a net is made from.
    std::vector<double> net_key() const;
    std::array<bool, kSavingsCount> chosen_savings() const;
    Graph layers() const;
    std::int64_t value_bytes() const;
    ArenaTensors make_tensors() const;
    void take_tensors();
    void plan();
    std::size_t decision_count() const;
    void mark_placed();
    void place(std::int64_t offset);
    void add_own_tensor();
    std::int64_t shared_bytes() const;    // what shared buffers need
    std::int64_t smallest_bytes() const;  // what the best of the planners needs
    bool beats(std::int64_t bytes) const;
    void update_tensor_readouts();
    void update_saving_readouts();

    std::vector<double> key_;  // of the net that is there
    ArenaTensors own_;
    ArenaTensors tensors_;
    std::vector<Overlap> overlaps_;
    std::optional<SavingGains> gains_;
    std::vector<double> gains_key_;  // of the net that they were counted for
    std::vector<std::vector<int>> conflicts_;
    std::int64_t lower_bound_ = 0;
    std::vector<std::int64_t> planner_bytes_;
    std::vector<std::int64_t> hand_offsets_;

    // The chosen planner's plan, and how far it was followed.
    std::vector<std::int64_t> plan_offsets_;
    std::vector<std::size_t> order_;
    SharedBufferPlan walk_;
    ExactPlan exact_;
    std::size_t decisions_ = 0;
    std::vector<bool> placed_;

    std::size_t model_, numbers_, count_, seed_, alignment_;
    std::size_t method_, tensor_, address_;
    std::size_t new_bytes_, new_first_, new_last_;
    std::array<std::size_t, kSavingsCount> savings_;
    struct {
        std::array<std::size_t, kSavingsCount> alone, beside;
        std::size_t all;
        std::size_t tensors, placed, peak, lower_bound, gap, waste, used, proved, nodes, overlaps,
            shared_buffers;
        std::size_t bytes, offset, first, last, conflicts;
    } shown_;
};

}  // namespace whittle
