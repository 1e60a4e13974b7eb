#include <algorithm>

#include "tests/conformance/families.h"

namespace whittle::conformance {

namespace {

std::size_t size_of(std::int32_t a, std::int32_t b) { return volume_of({a, b}); }

// --- LSTM ----------------------------------------------------------------------------------------

const char* const kGates[4] = {"input", "forget", "cell", "output"};
const char* const kUpperGates[4] = {"INPUT", "FORGET", "CELL", "OUTPUT"};

bool is_lstm(const Case& c) { return c.has("TIME_STEPS") && c.has("HIDDEN_SIZE"); }

// The four gates' arrays of that name, one after another.
Values gathered(const Case& c, const std::string& name) {
    Values all;
    for (const char* gate : kGates) {
        const Values& values = c.array({(std::string(gate) + "_gate_" + name).c_str()}).values;
        all.insert(all.end(), values.begin(), values.end());
    }
    return all;
}

// bias - zero point * sum of the row.
std::vector<std::int32_t> folded(Values bias, const Values& weights, std::int32_t zero_point) {
    const std::size_t columns = bias.empty() ? 0 : weights.size() / bias.size();
    for (std::size_t row = 0; row < bias.size(); ++row) {
        for (std::size_t k = 0; k < columns; ++k)
            bias[row] -= zero_point * weights[row * columns + k];
    }
    return narrow(bias);
}

void add_gate_factors(const Case& c, const char* part, std::vector<std::int32_t>& params) {
    for (const char* what : {"_MULTIPLIER", "_SHIFT"}) {
        for (const char* gate : kUpperGates) {
            params.push_back(c.number((std::string(gate) + "_GATE_" + part + what).c_str()));
        }
    }
}

Result<Values> run_lstm(const Case& c) {
    const auto order = c.words.find("TIME_MAJOR");
    const bool time_major =
        order != c.words.end() ? order->second == "true" : c.number_or("TIME_MAJOR", 0) != 0;
    const std::int32_t batches = c.number("BATCH_SIZE");
    const std::int32_t steps = c.number("TIME_STEPS");
    const std::int32_t inputs = c.number("INPUT_SIZE");
    const std::int32_t units = c.number("HIDDEN_SIZE");
    const std::int32_t input_zero_point = c.negated("INPUT_ZERO_POINT");
    const std::int32_t output_zero_point = c.number("OUTPUT_ZERO_POINT");
    std::vector<std::int32_t> params = {batches, steps, inputs, units, time_major};
    add_gate_factors(c, "INPUT", params);
    add_gate_factors(c, "HIDDEN", params);
    const std::int32_t shift = 12 + std::clamp(c.number("CELL_SCALE_POWER"), -1000, 1000);
    params.insert(
        params.end(),
        {c.number("FORGET_TO_CELL_MULTIPLIER"), c.number("FORGET_TO_CELL_SHIFT"),
         c.number("INPUT_TO_CELL_MULTIPLIER"), c.number("INPUT_TO_CELL_SHIFT"),
         c.number("OUTPUT_MULTIPLIER"), c.number("OUTPUT_SHIFT"), output_zero_point,
         c.number("CELL_CLIP"), shift < 0 ? 3 : 3 << std::min(shift, 12), shift < 0 ? -shift : 0});
    const Values weights = gathered(c, "input_weights");
    const Values recurrent = gathered(c, "hidden_weights");
    const Values bias = gathered(c, "bias");
    const Array& input = c.array({"input_tensor", "input"});
    const DType dtype = dtype_of(input);
    OneOp one(OpKind::lstm, dtype == DType::int16 ? 2 : 1, params);
    one.input(dtype, input.values).constant(DType::int8, weights).constant(DType::int8, recurrent);
    if (dtype == DType::int16) {
        if (input_zero_point != 0 || output_zero_point != 0) return no_such_types();
        one.constant(halves_of(bias, bias.size()));
    } else {
        one.constant(folded(bias, weights, input_zero_point))
            .constant(folded(Values(bias.size(), 0), recurrent, output_zero_point));
    }
    return one.state(dtype, size_of(batches, units))
        .state(DType::int16, size_of(batches, units))
        .output(dtype, volume_of({batches, units, steps}))
        .run();
}

// Some cases carry the arrays of an earlier generation too, and its biases under the later one's
// names; the later one has none.
std::vector<Family::Reading> lstm_readings(const Case& original) {
    if (original.find({"input_to_input_w"}) == nullptr) return {};
    Case c = original;
    for (const char* gate : kGates) {
        for (std::int64_t& value : c.arrays[std::string(gate) + "_gate_bias"].values) value = 0;
    }
    return {{std::move(c), "biases of 0"}};
}

// --- SVDF ----------------------------------------------------------------------------------------

bool is_svdf(const Case& c) { return c.has("RANK") && c.has("FEATURE_BATCHES"); }

// The inputs of a sequence one after another; the output of the last one counts.
Result<Values> run_svdf(const Case& c) {
    const std::int32_t batches = c.number("INPUT_BATCHES");
    const std::int32_t inputs = c.number("INPUT_SIZE");
    const std::int32_t filters = c.number("FEATURE_BATCHES");
    const std::int32_t memory = c.number("TIME_BATCHES");
    const std::int32_t rank = c.number("RANK");
    const std::int32_t units = rank > 0 ? filters / rank : 0;
    const Array& time_weights = c.array({"weights_time"});
    const DType dtype = dtype_of(time_weights);
    const Values& sequence = c.array({"input_sequence", "input"}).values;
    const Values& initial = c.array({"state"}).values;
    if (std::any_of(initial.begin(), initial.end(), [](std::int64_t v) { return v != 0; })) {
        return Error{.expected = "a memory that begins with zeros", .found = "other values"};
    }
    const Array* bias = c.find({"biases", "bias"});
    const std::vector<std::int32_t> biases =
        bias == nullptr ? std::vector<std::int32_t>(size_of(units, 1)) : narrow(bias->values);
    const std::size_t step = size_of(batches, inputs);
    OneOp one(OpKind::svdf, dtype == DType::int16 ? 2 : 1,
              {batches, inputs, units, rank, memory, c.number_or("INPUT_OFFSET", 0),
               c.number_or("OUTPUT_OFFSET", 0), c.number("MULTIPLIER_IN"), c.number("SHIFT_1"),
               c.number("MULTIPLIER_OUT"), c.number("SHIFT_2"), c.number("IN_ACTIVATION_MIN"),
               c.number("IN_ACTIVATION_MAX"), c.number("OUT_ACTIVATION_MIN"),
               c.number("OUT_ACTIVATION_MAX"), 0});
    one.input(DType::int8, Values(step))
        .constant(DType::int8, c.array({"weights_feature"}).values)
        .constant(dtype, time_weights.values)
        .constant(biases)
        .state(dtype, volume_of({batches, filters, memory}))
        .output(DType::int8, size_of(batches, units));
    if (step == 0 || sequence.empty() || sequence.size() % step != 0) {
        return Error{.expected = "a sequence of inputs", .found = std::to_string(sequence.size())};
    }
    Result<Values> output = Values{};
    for (std::size_t at = 0; at < sequence.size() && output.ok(); at += step) {
        const auto begin = sequence.begin() + static_cast<std::ptrdiff_t>(at);
        one.set_input(0, Values(begin, begin + static_cast<std::ptrdiff_t>(step)));
        output = one.run();
    }
    return output;
}

}  // namespace

std::vector<Family> recurrent_families() {
    return {{"lstm", is_lstm, run_lstm, lstm_readings}, {"svdf", is_svdf, run_svdf}};
}

}  // namespace whittle::conformance
