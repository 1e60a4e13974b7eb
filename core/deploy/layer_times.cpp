#include "core/deploy/layer_times.h"

#include <algorithm>

#include "core/base/platform/process.h"
#include "core/base/random.h"

namespace whittle {
namespace {

constexpr double kSecondsByDefault = 0.5;
constexpr int kFewestRounds = 5;
constexpr int kMostRounds = 1000;
constexpr double kCoarseClock = 1e-6;  // seconds between readings
constexpr double kCoarseTurn = 4e-3;   // seconds worth timing with a clock as coarse as browsers'
constexpr double kStepsOfTurn = 100.0;
constexpr int kMostRepeats = 1 << 20;

double median_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Seconds from one reading of the clock to the next that differs: what it takes to read it, or, in
// browsers, how coarse they made it.
double clock_step() {
    std::vector<double> steps;
    double before = monotonic_seconds();
    while (steps.size() < 16) {
        const double now = monotonic_seconds();
        if (now > before) steps.push_back(now - before);
        before = now;
    }
    return median_of(std::move(steps));
}

// Seconds of one run of an operator that is repeated so many times. The arena is as after one run.
double time_operator(Program& program,
                     std::uint32_t place,
                     int repeats,
                     std::vector<std::uint8_t>& saved_arena) {
    const std::span<std::uint8_t> arena = program.arena();
    // Operators may write over their inputs.
    if (repeats > 1) saved_arena.assign(arena.begin(), arena.end());
    const double began = monotonic_seconds();
    for (int i = 0; i < repeats; ++i) program.run_operator(place);
    const double seconds = monotonic_seconds() - began;
    if (repeats > 1) {
        std::copy(saved_arena.begin(), saved_arena.end(), arena.begin());
        program.run_operator(place);
    }
    return seconds / repeats;
}

// How often something is to be repeated, `time` of which says how many seconds each of N takes.
template <class Time>
int repeats_worth_timing(double least_seconds, const Time& time) {
    int repeats = 1;
    while (repeats < kMostRepeats && time(repeats) * repeats < least_seconds) repeats *= 2;
    return repeats;
}

// One program, timed in rounds.
class LayerTimer {
public:
    LayerTimer(Program& program, std::span<const std::uint8_t> inputs)
        : program_(program), inputs_(inputs), outputs_(program.output_bytes()) {
        const double step = clock_step();
        // What reading a fine clock takes is known; of a coarse one, what lies between its readings
        // is not.
        const bool coarse = step > kCoarseClock;
        reading_ = coarse ? 0.0 : step;
        const double least_seconds = std::min(kStepsOfTurn * step, kCoarseTurn);
        program_.set_inputs(inputs_);
        std::uint32_t place = program_.first_place();
        for (std::uint32_t i = 0; i < program_.operator_count(); ++i) {
            places_.push_back(place);
            repeats_.push_back(coarse ? operator_repeats(place, least_seconds) : 1);
            place = program_.run_operator(place);
        }
        whole_repeats_ = repeats_worth_timing(least_seconds,
                                              [this](int repeats) { return time_whole(repeats); });
        layers_.resize(places_.size());
    }

    void round() {
        program_.set_inputs(inputs_);
        for (std::size_t i = 0; i < places_.size(); ++i) {
            const double seconds =
                time_operator(program_, places_[i], repeats_[i], saved_arena_) - reading_;
            layers_[i].push_back(std::max(seconds, 0.0));
        }
        wholes_.push_back(time_whole(whole_repeats_));
    }

    LayerTimes medians() {
        LayerTimes times;
        for (std::vector<double>& layer : layers_) {
            times.layers.push_back(median_of(std::move(layer)));
        }
        times.rounds = static_cast<int>(wholes_.size());
        times.total = median_of(std::move(wholes_));
        return times;
    }

private:
    // The arena is as before.
    int operator_repeats(std::uint32_t place, double least_seconds) {
        const std::span<std::uint8_t> arena = program_.arena();
        const std::vector<std::uint8_t> before(arena.begin(), arena.end());
        const int repeats = repeats_worth_timing(least_seconds, [&](int count) {
            return time_operator(program_, place, count, saved_arena_);
        });
        std::copy(before.begin(), before.end(), arena.begin());
        return repeats;
    }

    double time_whole(int repeats) {
        const double began = monotonic_seconds();
        for (int i = 0; i < repeats; ++i) program_.run(inputs_, outputs_);
        return (monotonic_seconds() - began) / repeats;
    }

    Program& program_;
    std::span<const std::uint8_t> inputs_;
    std::vector<std::uint8_t> outputs_;
    std::vector<std::uint8_t> saved_arena_;
    std::vector<std::uint32_t> places_;
    std::vector<int> repeats_;
    double reading_ = 0.0;  // seconds that reading the clock adds to what it times
    int whole_repeats_ = 1;
    std::vector<std::vector<double>> layers_;
    std::vector<double> wholes_;
};

}  // namespace

std::vector<Layer> layers_of(const Deployment& deployment) {
    std::vector<Layer> layers;
    for (std::size_t i = 0; i < deployment.ops.size(); ++i) {
        const Node& node = deployment.graph.nodes[i];
        const Tensor& output = deployment.graph.tensor(node.outputs[0]);
        layers.push_back({.name = output.name,
                          .op = definition_of(node.op).title,
                          .kernel = deployment.ops[i].kernel,
                          .output = to_string(output.shape),
                          .macs = deployment.ops[i].macs});
    }
    return layers;
}

std::vector<std::uint8_t> random_inputs(const Graph& graph) {
    Random random(1);
    std::vector<std::uint8_t> bytes;
    for (const int input : graph.inputs) {
        const Tensor& tensor = graph.tensor(input);
        if (tensor.dtype == DType::float32) {
            for (std::int64_t i = 0; i < tensor.elements(); ++i) {
                const float value = random.uniform(-1.0f, 1.0f);
                const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
                bytes.insert(bytes.end(), from, from + sizeof value);
            }
        } else {
            for (std::size_t i = 0; i < tensor.bytes(); ++i) {
                bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
            }
        }
    }
    return bytes;
}

LayerTimes time_layers(Program& program, std::span<const std::uint8_t> inputs, int rounds) {
    LayerTimer timer(program, inputs);
    if (rounds > 0) {
        for (int i = 0; i < rounds; ++i) timer.round();
    } else {
        const double began = monotonic_seconds();
        for (int i = 0; i < kFewestRounds ||
                        (i < kMostRounds && monotonic_seconds() - began < kSecondsByDefault);
             ++i) {
            timer.round();
        }
    }
    return timer.medians();
}

}  // namespace whittle
