#include <algorithm>
#include <optional>

#include "tests/conformance/families.h"

namespace whittle::conformance {

namespace {

// The fields of WhittleWindow.
std::vector<std::int32_t> window_of(const Case& c) {
    return {c.number_or("INPUT_BATCHES", c.number_or("BATCH_SIZE", 1)),
            c.number("INPUT_H"),
            c.number("INPUT_W"),
            c.number("IN_CH"),
            c.number("OUTPUT_H"),
            c.number("OUTPUT_W"),
            c.number("OUT_CH"),
            c.number({"FILTER_Y", "FILTER_H"}),
            c.number({"FILTER_X", "FILTER_W"}),
            c.number({"STRIDE_Y", "STRIDE_H"}),
            c.number({"STRIDE_X", "STRIDE_W"}),
            c.number_or("DILATION_Y", 1),
            c.number_or("DILATION_X", 1),
            c.number({"PAD_Y", "PADDING_H"}),
            c.number({"PAD_X", "PADDING_W"})};
}

const Array& weights_of(const Case& c) {
    return c.array({"weights", "input_weights", "weights_tensor"});
}

const Array* bias_of(const Case& c) { return c.find({"biases", "bias", "input_bias"}); }

// Of int32. A case without a bias tells its kernel by its name.
bool has_narrow_bias(const Case& c) {
    const Array* bias = bias_of(c);
    return bias != nullptr ? bias->type == "int32_t" : contains(c.name, "int32");
}

// Of conv2d and depthwise_conv2d; `weight_count` of them.
Result<Values> run_convolution(const Case& c,
                               OpKind op,
                               std::optional<std::int32_t> extra,
                               std::size_t weight_count) {
    const Array& input = c.array({"input", "input_tensor"});
    const Array* bias = bias_of(c);
    const DType dtype = dtype_of(input);
    std::vector<std::int32_t> params = window_of(c);
    const std::size_t channels = volume_of({params[6]});
    if (extra) params.push_back(*extra);
    for (const std::int32_t value :
         {c.negated_or_zero("INPUT_OFFSET"), c.number_or("OUTPUT_OFFSET", 0),
          c.number("OUT_ACTIVATION_MIN"), c.number("OUT_ACTIVATION_MAX")}) {
        params.push_back(value);
    }
    const bool wide = dtype == DType::int16;
    const bool bias32 = wide && has_narrow_bias(c);
    Values bias_values = bias == nullptr ? Values(channels, 0) : bias->values;
    if (bias_values.size() != channels) {
        return Error{.expected = "a bias for each channel",
                     .found = std::to_string(bias_values.size())};
    }
    const std::size_t batch_inputs = volume_of({params[0], params[1], params[2], params[3]});
    Values in = input.values;
    if (in.size() > batch_inputs) in.resize(batch_inputs);
    OneOp one(op, !wide ? 1 : bias32 ? 3 : 2, params);
    one.input(dtype, in).constant(DType::int8,
                                  unpacked_weights(weights_of(c).values, weight_count));
    if (wide && !bias32) {
        one.constant(halves_of(bias_values, channels));
    } else {
        one.constant(narrow(bias_values));
    }
    one.constant(narrow(c.array({"output_mult", "output_multiplier"}).values))
        .constant(DType::int8, c.array({"output_shift"}).values)
        .output(dtype, volume_of({params[0], params[4], params[5], params[6]}));
    return one.run();
}

Result<Values> run_transpose_conv(const Case& c) {
    const std::size_t count = volume_of(
        {c.number("OUT_CH"), c.number("FILTER_Y"), c.number("FILTER_X"), c.number("IN_CH")});
    return run_convolution(c, OpKind::transpose_conv, std::nullopt, count);
}

Result<Values> run_conv2d(const Case& c) {
    const std::int32_t group_channels = c.number_or("FILTER_CH", c.number("IN_CH"));
    const std::size_t count = volume_of({c.number("OUT_CH"), c.number({"FILTER_Y", "FILTER_H"}),
                                         c.number({"FILTER_X", "FILTER_W"}), group_channels});
    return run_convolution(c, OpKind::conv2d, group_channels, count);
}

Result<Values> run_depthwise(const Case& c) {
    const std::int32_t inputs = c.number("IN_CH");
    const std::int32_t multiplier =
        c.number_or("CH_MULT", inputs > 0 ? c.number("OUT_CH") / inputs : 1);
    const std::size_t count = volume_of({c.number("OUT_CH"), c.number({"FILTER_Y", "FILTER_H"}),
                                         c.number({"FILTER_X", "FILTER_W"})});
    return run_convolution(c, OpKind::depthwise_conv2d, multiplier, count);
}

bool is_conv2d(const Case& c) {
    return c.has("IN_CH") && c.has("OUTPUT_W") && (c.has("FILTER_X") || c.has("FILTER_W")) &&
           c.find({"weights", "input_weights"}) != nullptr;
}

bool is_depthwise(const Case& c) {
    return is_conv2d(c) &&
           (c.has("CH_MULT") || contains(c.name, "depthwise") || c.name.rfind("dw_", 0) == 0);
}

// --- Cases of two generations --------------------------------------------------------------------
//
// Some cases carry the arrays of an earlier generation (weights, biases, output_mult, output_ref)
// beside later ones (input_weights, input_bias, output_multiplier, output), with one array "input"
// and one configuration for both. Where these two belong to different generations, the case is read
// with what its arrays' sizes leave open; it passes only when every output value is right.

struct Sizes {
    std::int32_t batches, in_height, in_width, out_height, out_width;
};

// Images of as many values as the input and the expected output have.
std::vector<Sizes> possible_sizes(const Case& c) {
    const std::size_t channels = volume_of({c.number("IN_CH")});
    const std::size_t outputs = volume_of({c.number("OUT_CH")});
    if (channels == 0 || outputs == 0) return {};
    const std::size_t in_pixels = c.array({"input", "input_tensor"}).values.size() / channels;
    const std::size_t out_pixels = expected_of(c).values.size() / outputs;
    const Sizes given{1, c.number("INPUT_H"), c.number("INPUT_W"), c.number("OUTPUT_H"),
                      c.number("OUTPUT_W")};
    const std::size_t in_image = volume_of({given.in_height, given.in_width});
    const std::size_t out_image = volume_of({given.out_height, given.out_width});
    if (in_image != 0 && out_image != 0 && in_pixels % in_image == 0 &&
        out_pixels == in_pixels / in_image * out_image) {
        Sizes sizes = given;
        sizes.batches = static_cast<std::int32_t>(in_pixels / in_image);
        return {sizes};
    }
    std::vector<Sizes> sizes;
    for (std::size_t h = 1; h <= in_pixels && h <= 256; ++h) {
        for (std::size_t k = 1; k <= out_pixels && k <= h; ++k) {
            if (in_pixels % h != 0 || out_pixels % k != 0) continue;
            sizes.push_back({1, static_cast<std::int32_t>(h),
                             static_cast<std::int32_t>(in_pixels / h), static_cast<std::int32_t>(k),
                             static_cast<std::int32_t>(out_pixels / k)});
        }
    }
    return sizes;
}

// The configuration's clamp, and those that the expected output may have come from.
std::vector<std::pair<std::int64_t, std::int64_t>> possible_clamps(const Case& c) {
    const Values& expected = expected_of(c).values;
    const auto [lowest, highest] = std::minmax_element(expected.begin(), expected.end());
    const std::int64_t low = c.number("OUT_ACTIVATION_MIN");
    const std::int64_t high = c.number("OUT_ACTIVATION_MAX");
    std::vector<std::pair<std::int64_t, std::int64_t>> clamps = {
        {low, high}, {*lowest, high}, {low, *highest}};
    if (*lowest < *highest) clamps.push_back({*lowest, *highest});
    return clamps;
}

// Zeros before the image with which `out` windows cover it, or -1 when no padding gives that many.
std::int32_t padding_for(std::int32_t in,
                         std::int32_t out,
                         std::int32_t kernel,
                         std::int32_t stride,
                         std::int32_t dilation) {
    constexpr std::int32_t most = 1 << 12;
    if (kernel < 1 || kernel > most || stride < 1 || stride > most) return -1;
    const std::int32_t reach = (kernel - 1) * dilation + 1;
    if (in >= reach && (in - reach) / stride + 1 == out) return 0;
    if ((in + stride - 1) / stride != out) return -1;
    return std::max(0, (out - 1) * stride + reach - in) / 2;
}

// The names whose numbers differ, with the new ones.
std::string difference(const Case& original, const Case& c) {
    std::string what;
    for (const auto& item : c.numbers) {
        const auto before = original.numbers.find(item.first);
        if (before != original.numbers.end() && before->second == item.second) continue;
        what += (what.empty() ? "" : " ") + item.first + "=" + std::to_string(item.second);
    }
    return what;
}

void add_readings(const Case& original,
                  const Sizes& sizes,
                  std::int32_t dilation_y,
                  std::int32_t dilation_x,
                  std::vector<Family::Reading>& readings) {
    const std::int32_t pad_y =
        padding_for(sizes.in_height, sizes.out_height, original.number("FILTER_Y"),
                    original.number("STRIDE_Y"), dilation_y);
    const std::int32_t pad_x =
        padding_for(sizes.in_width, sizes.out_width, original.number("FILTER_X"),
                    original.number("STRIDE_X"), dilation_x);
    if (pad_y < 0 || pad_x < 0) return;
    for (const std::int32_t offset : {original.number_or("INPUT_OFFSET", 0), 0, 128}) {
        for (const auto& clamp : possible_clamps(original)) {
            Case c = original;
            c.numbers["INPUT_BATCHES"] = sizes.batches;
            c.numbers["INPUT_H"] = sizes.in_height;
            c.numbers["INPUT_W"] = sizes.in_width;
            c.numbers["OUTPUT_H"] = sizes.out_height;
            c.numbers["OUTPUT_W"] = sizes.out_width;
            c.numbers["DILATION_Y"] = dilation_y;
            c.numbers["DILATION_X"] = dilation_x;
            c.numbers["PAD_Y"] = pad_y;
            c.numbers["PAD_X"] = pad_x;
            c.numbers["INPUT_OFFSET"] = offset;
            c.numbers["OUT_ACTIVATION_MIN"] = clamp.first;
            c.numbers["OUT_ACTIVATION_MAX"] = clamp.second;
            const std::string what = difference(original, c);
            readings.push_back({std::move(c), what});
        }
    }
}

std::int32_t dilation_or_one(const Case& c, const char* key) {
    return std::clamp(c.number_or(key, 1), 1, 1 << 12);
}

std::vector<Family::Reading> earlier_readings(const Case& original) {
    if (original.find({"weights"}) == nullptr || original.find({"input_weights"}) == nullptr ||
        expected_of(original).values.empty()) {
        return {};
    }
    std::vector<Family::Reading> readings;
    for (const Sizes& sizes : possible_sizes(original)) {
        for (const std::int32_t dilation_y : {dilation_or_one(original, "DILATION_Y"), 1, 2, 3}) {
            for (const std::int32_t dilation_x :
                 {dilation_or_one(original, "DILATION_X"), 1, 2, 3}) {
                add_readings(original, sizes, dilation_y, dilation_x, readings);
            }
        }
    }
    return readings;
}

// --- Transposed convolution ----------------------------------------------------------------------

bool is_transpose_conv(const Case& c) {
    return is_conv2d(c) && (c.has("PAD_X_WITH_OFFSET") || contains(c.name, "transpose_conv"));
}

// --- Fully connected -----------------------------------------------------------------------------

bool is_fully_connected(const Case& c) {
    return c.has("ACCUMULATION_DEPTH") && c.has("OUT_CH") && !c.has("FILTER_X") &&
           c.find({"weights", "input_weights"}) != nullptr;
}

Result<Values> run_fully_connected(const Case& c) {
    const std::int32_t rows = c.number_or("INPUT_BATCHES", c.number_or("BATCH_SIZE", 1));
    const std::int32_t inputs = c.number("ACCUMULATION_DEPTH");
    const std::int32_t outputs = c.number("OUT_CH");
    const std::int32_t x0 = c.negated_or_zero("INPUT_OFFSET");
    const std::int32_t w0 = c.negated_or_zero("FILTER_OFFSET");
    const Array& input = c.array({"input", "input_tensor"});
    const Values weights = unpacked_weights(weights_of(c).values, volume_of({inputs, outputs}));
    const Array* bias = bias_of(c);
    const std::size_t channels = volume_of({outputs});
    Values folded = bias == nullptr ? Values(channels, 0) : bias->values;
    if (folded.size() < channels || weights.size() < volume_of({inputs, outputs})) {
        return Error{.expected = "weights and a bias for each output", .found = "fewer"};
    }
    for (std::size_t o = 0; o < channels; ++o) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < volume_of({inputs}); ++i) {
            sum += weights[o * volume_of({inputs}) + i] - w0;
        }
        folded[o] -= x0 * sum;
    }
    const bool per_tensor = c.has("OUTPUT_MULTIPLIER");
    const std::int32_t stride = per_tensor ? 0 : 1;
    const Values multipliers = per_tensor ? Values{c.number("OUTPUT_MULTIPLIER")}
                                          : c.array({"output_mult", "output_multiplier"}).values;
    const Values shifts =
        per_tensor ? Values{c.number("OUTPUT_SHIFT")} : c.array({"output_shift"}).values;
    const std::int32_t low = c.number("OUT_ACTIVATION_MIN");
    const std::int32_t high = c.number("OUT_ACTIVATION_MAX");
    Values in = input.values;
    if (in.size() > volume_of({rows, inputs})) in.resize(volume_of({rows, inputs}));
    const bool wide = dtype_of(input) == DType::int16;
    const bool bias32 = wide && has_narrow_bias(c);
    OneOp one(OpKind::fully_connected,
              !wide    ? 1
              : bias32 ? 3
                       : 2,
              wide ? std::vector<std::int32_t>{rows, inputs, outputs, low, high, stride}
                   : std::vector<std::int32_t>{rows, inputs, outputs, w0,
                                               c.number_or("OUTPUT_OFFSET", 0), low, high, stride});
    one.input(dtype_of(input), in).constant(DType::int8, weights);
    if (wide && !bias32) {
        one.constant(halves_of(folded, channels));
    } else {
        one.constant(narrow(folded));
    }
    one.constant(narrow(multipliers))
        .constant(DType::int8, shifts)
        .output(dtype_of(input), volume_of({rows, outputs}));
    return one.run();
}

// --- Pooling -------------------------------------------------------------------------------------

bool is_pool(const Case& c) {
    return c.has("INPUT_C") && c.has("FILTER_W") && c.has("STRIDE_W") && contains(c.name, "pool");
}

Result<Values> run_pool(const Case& c) {
    const Array& input = c.array({"input_tensor", "input"});
    const DType dtype = dtype_of(input);
    const std::vector<std::int32_t> params = {c.number_or("BATCH_SIZE", c.number_or("INPUT_N", 1)),
                                              c.number("INPUT_H"),
                                              c.number("INPUT_W"),
                                              c.number("INPUT_C"),
                                              c.number("OUTPUT_H"),
                                              c.number("OUTPUT_W"),
                                              c.number_or("OUTPUT_C", c.number("INPUT_C")),
                                              c.number("FILTER_H"),
                                              c.number("FILTER_W"),
                                              c.number("STRIDE_H"),
                                              c.number("STRIDE_W"),
                                              1,
                                              1,
                                              c.number("PADDING_H"),
                                              c.number("PADDING_W"),
                                              c.number("ACTIVATION_MIN"),
                                              c.number("ACTIVATION_MAX")};
    const OpKind op = contains(c.name, "max") ? OpKind::max_pool2d : OpKind::average_pool2d;
    return OneOp(op, dtype == DType::int16 ? 2 : 1, params)
        .input(dtype, input.values)
        .output(dtype, volume_of({params[0], params[4], params[5], params[6]}))
        .run();
}

}  // namespace

std::vector<Family> convolution_families() {
    return {{"pooling", is_pool, run_pool},
            {"fully_connected", is_fully_connected, run_fully_connected},
            {"transpose_conv", is_transpose_conv, run_transpose_conv},
            {"depthwise_conv2d", is_depthwise, run_depthwise, earlier_readings},
            {"conv2d", is_conv2d, run_conv2d, earlier_readings}};
}

}  // namespace whittle::conformance
