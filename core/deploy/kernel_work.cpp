#include "core/deploy/kernel_work.h"

#include <algorithm>
#include <cmath>

#include "core/base/plain.h"
#include "core/ops/window.h"
#include "core/runtime/paired.h"

namespace whittle {
namespace {

// The parameter of that name, or `missing`.
std::int32_t parameter_in(const std::vector<PreparedParam>& params,
                          std::string_view name,
                          std::int32_t missing) {
    for (const PreparedParam& param : params) {
        if (name == param.name) return static_cast<std::int32_t>(param.bits);
    }
    return missing;
}

std::int32_t parameter(const PreparedOp& op, std::string_view name, std::int32_t missing) {
    return parameter_in(op.params, name, missing);
}

// How many (output position, tap) pairs of one dimension lie inside the image.
double pairs_inside(const std::vector<PreparedParam>& params,
                    const std::string& length,
                    const std::string& pad) {
    const std::int64_t input = parameter_in(params, "window.input_" + length, 0);
    const std::int64_t output = parameter_in(params, "window.output_" + length, 0);
    const std::int64_t taps = parameter_in(params, "window.kernel_" + length, 1);
    const std::int64_t stride = parameter_in(params, "window.stride_" + length, 1);
    const std::int64_t dilation = parameter_in(params, "window.dilation_" + length, 1);
    const std::int64_t before = parameter_in(params, pad, 0);
    double inside = 0.0;
    for (std::int64_t position = 0; position < output; ++position) {
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t at = position * stride - before + tap * dilation;
            if (at >= 0 && at < input) inside += 1.0;
        }
    }
    return inside;
}

// The same where the window's roles are exchanged: how many pairs of an input position and a tap
// reach the output.
double pairs_reached(const std::vector<PreparedParam>& params,
                     const std::string& length,
                     const std::string& pad) {
    const std::int64_t input = parameter_in(params, "window.input_" + length, 0);
    const std::int64_t output = parameter_in(params, "window.output_" + length, 0);
    const std::int64_t taps = parameter_in(params, "window.kernel_" + length, 1);
    const std::int64_t stride = parameter_in(params, "window.stride_" + length, 1);
    const std::int64_t before = parameter_in(params, pad, 0);
    double reached = 0.0;
    for (std::int64_t position = 0; position < input; ++position) {
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t to = position * stride - before + tap;
            if (to >= 0 && to < output) reached += 1.0;
        }
    }
    return reached;
}

double& at(Work& work, WorkTerm term) { return work[static_cast<std::size_t>(term)]; }

// The terms of a kernel whose parameters begin with a window (core/base/window.h).
void add_window_work(OpKind kind, const std::vector<PreparedParam>& params, Work& work) {
    const double height = parameter_in(params, "window.output_height", 0);
    const double width = parameter_in(params, "window.output_width", 0);
    const double batches = parameter_in(params, "window.batches", 0);
    const double kernel_height = parameter_in(params, "window.kernel_height", 1);
    const double kernel_width = parameter_in(params, "window.kernel_width", 1);
    const double channels = parameter_in(params, "window.output_channels", 0);
    double inside = batches * channels * pairs_inside(params, "height", "window.pad_top") *
                    pairs_inside(params, "width", "window.pad_left");
    const double outputs = batches * height * width * channels;
    double depth = parameter_in(params, "group_channels", 1);
    if (kind == OpKind::transpose_conv) {
        inside = batches * channels * pairs_reached(params, "height", "window.pad_top") *
                 pairs_reached(params, "width", "window.pad_left");
        depth = parameter_in(params, "window.input_channels", 1);
    }
    at(work, WorkTerm::rows) = batches * height * width;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::tap_rows) = outputs * kernel_height;
    at(work, WorkTerm::taps) = outputs * kernel_height * kernel_width;
    at(work, WorkTerm::inside_taps) = inside;
    at(work, WorkTerm::macs) = inside * depth;
}

double rounded_up(double value, double step) { return std::ceil(value / step) * step; }

// Of each output position of one dimension, how many taps lie inside the image.
std::vector<double> counts_inside(const std::vector<PreparedParam>& params,
                                  const std::string& length,
                                  const std::string& pad) {
    const std::int32_t input = parameter_in(params, "window.input_" + length, 0);
    const std::int32_t taps = parameter_in(params, "window.kernel_" + length, 1);
    const std::int32_t stride = parameter_in(params, "window.stride_" + length, 1);
    std::int32_t first = -parameter_in(params, pad, 0);
    std::vector<double> counts;
    for (int i = parameter_in(params, "window.output_" + length, 0); i > 0; --i, first += stride) {
        counts.push_back(std::max(std::min(first + taps, input) - std::max(first, 0), 0));
    }
    return counts;
}

// How often the plain kernel divides: where the number of taps is another than before.
double divisors_of(const std::vector<PreparedParam>& params) {
    const std::vector<double> columns = counts_inside(params, "width", "window.pad_left");
    double divisors = 0.0;
    double last = 1.0;
    for (const double rows : counts_inside(params, "height", "window.pad_top")) {
        for (const double width : columns) {
            if (rows * width < 1.0 || rows * width == last) continue;
            last = rows * width;
            divisors += 1.0;
        }
    }
    return divisors;
}

// Of poolings that find the taps inside at once.
void add_pooling_work(const PreparedOp& op, Work& work) {
    const std::vector<PreparedParam>& params = op.params;
    const double rows = at(work, WorkTerm::rows);
    const double outputs = at(work, WorkTerm::outputs);
    const double inside = at(work, WorkTerm::inside_taps);
    const double height = parameter_in(params, "window.output_height", 0);
    const double rows_inside =
        height > 0 ? pairs_inside(params, "height", "window.pad_top") / height : 0.0;
    const bool divides = std::string_view(op.kernel) == "whittle_average_pool2d_int8_plain";
    work = Work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::tap_rows) = outputs * rows_inside;
    at(work, WorkTerm::inside_taps) = inside;
    at(work, WorkTerm::row_values) = divides ? divisors_of(params) : 0.0;
}

// Of the kernels for Arm's DSP extension, which work on blocks of four and take all taps. Clamps to
// less than int8 are a pass of their own: their outputs stand in `tap_rows`.
void add_arm_dsp_work(OpKind kind, const PreparedOp& op, Work& work) {
    const bool clamps =
        parameter(op, "minimum", -128) > -128 || parameter(op, "maximum", 127) < 127;
    const double outputs = at(work, WorkTerm::outputs);
    const double rows = at(work, WorkTerm::rows);
    work = Work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::tap_rows) = clamps ? outputs : 0.0;
    if (kind == OpKind::fully_connected) {
        const std::int32_t inputs = parameter(op, "inputs", 0);
        const double blocks = rows * rounded_up(parameter(op, "outputs", 0), 4) / 4;
        at(work, WorkTerm::outputs) = outputs;
        at(work, WorkTerm::taps) = blocks;
        at(work, WorkTerm::inside_taps) = inputs >= 4 ? blocks : 0.0;
        at(work, WorkTerm::row_taps) = inputs % 4 != 0 ? blocks : 0.0;
        at(work, WorkTerm::row_values) = blocks * (inputs % 4);
        at(work, WorkTerm::macs) = blocks * (inputs / 4) * 16;
        return;
    }
    const double taps =
        parameter(op, "window.kernel_height", 1) * parameter(op, "window.kernel_width", 1);
    at(work, WorkTerm::row_taps) = rows * taps;
    if (kind == OpKind::depthwise_conv2d) {
        at(work, WorkTerm::outputs) = outputs;
        at(work, WorkTerm::macs) = outputs * rounded_up(taps, 3);
        return;
    }
    const double channels = parameter(op, "window.input_channels", 0);
    const double depth = rounded_up(taps * channels, 8);
    const double blocks = rounded_up(rows, 4) / 4 * parameter(op, "window.output_channels", 0);
    const bool gathers = parameter(op, "window.input_channels", 0) % 4 != 0;
    at(work, gathers ? WorkTerm::inputs : WorkTerm::row_values) = rows * taps * channels;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::taps) = blocks;
    at(work, WorkTerm::macs) = 4 * blocks * depth;
}

// Of the plain kernels, which take two pixels and two channels, or four outputs, at once, and so
// many products until their sums are taken apart.
void add_plain_work(OpKind kind, const PreparedOp& op, Work& work) {
    constexpr double kProducts = WHITTLE_PLAIN_PRODUCTS;
    if (kind == OpKind::fully_connected) {
        const std::int32_t inputs = parameter(op, "inputs", 0);
        const double fours =
            at(work, WorkTerm::rows) * rounded_up(parameter(op, "outputs", 0), 4) / 4;
        at(work, WorkTerm::taps) = fours;
        at(work, WorkTerm::inside_taps) = fours * rounded_up(inputs, kProducts) / kProducts;
        at(work, WorkTerm::row_values) = fours * (inputs % 4);
        at(work, WorkTerm::macs) = fours * (inputs / 4) * 16;
        return;
    }
    const double channels = parameter(op, "window.output_channels", 1);
    const double taps =
        parameter(op, "window.kernel_height", 1) * parameter(op, "window.kernel_width", 1);
    const double rows = at(work, WorkTerm::rows);
    const double outputs = rows * channels;
    const double inside = at(work, WorkTerm::inside_taps) / channels;
    work = Work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::row_taps) = rows * taps;
    if (kind == OpKind::depthwise_conv2d) {
        at(work, WorkTerm::inputs) = channels;  // the line of zero points
        at(work, WorkTerm::inside_taps) = inside;
        at(work, WorkTerm::macs) = outputs * rounded_up(taps, 3);
        return;
    }
    const double depth = taps * parameter(op, "window.input_channels", 0);
    const double pairs = rounded_up(rows, 2) / 2;
    at(work, WorkTerm::row_values) = rows * depth;
    at(work, WorkTerm::inside_taps) = inside * parameter(op, "window.input_channels", 0);
    at(work, WorkTerm::taps) = pairs * channels;
    at(work, WorkTerm::tap_rows) =
        pairs * rounded_up(channels, 2) / 2 * rounded_up(depth, kProducts) / kProducts;
    at(work, WorkTerm::macs) = pairs * rounded_up(channels, 2) * rounded_up(depth, 4);
}

// How many positions of the window along one dimension lie inside the image, where also the
// position `before` places earlier does.
double positions_inside(const std::vector<PreparedParam>& params,
                        const std::string& length,
                        const std::string& pad,
                        std::int64_t before) {
    const std::int64_t input = parameter_in(params, "window.input_" + length, 0);
    const std::int64_t output = parameter_in(params, "window.output_" + length, 0);
    const std::int64_t taps = parameter_in(params, "window.kernel_" + length, 1);
    const std::int64_t stride = parameter_in(params, "window.stride_" + length, 1);
    const std::int64_t dilation = parameter_in(params, "window.dilation_" + length, 1);
    double inside = 0.0;
    for (std::int64_t position = before; position < output; ++position) {
        const std::int64_t first = (position - before) * stride - parameter_in(params, pad, 0);
        const std::int64_t last = first + before * stride + (taps - 1) * dilation;
        if (first >= 0 && last < input) inside += 1.0;
    }
    return inside;
}

// Pooling takes `lanes` channels at once.
void pool_in_lanes(const std::vector<PreparedParam>& params, double lanes, Work& work) {
    const double channels = std::max(parameter_in(params, "window.input_channels", 1), 1);
    const double share = rounded_up(channels, lanes) / lanes / channels;
    for (const WorkTerm term : {WorkTerm::outputs, WorkTerm::tap_rows, WorkTerm::taps,
                                WorkTerm::inside_taps, WorkTerm::macs}) {
        at(work, term) *= share;
    }
}

// Of depthwise convolutions, which take 16 channels at once. Pixels whose window lies inside the
// image like that of the one before them do with its table.
void add_helium_depthwise_work(const PreparedOp& op, double rows, Work& work) {
    const double channels = parameter(op, "window.output_channels", 0);
    const double taps =
        parameter(op, "window.kernel_height", 1) * parameter(op, "window.kernel_width", 1);
    const double blocks = rows * rounded_up(channels, 16) / 16;
    const double tables = rows - parameter(op, "window.batches", 0) *
                                     positions_inside(op.params, "height", "window.pad_top", 0) *
                                     positions_inside(op.params, "width", "window.pad_left", 1);
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::inputs) = channels;  // the pixel of zero points
    at(work, WorkTerm::row_taps) = tables * taps;
    at(work, WorkTerm::outputs) = blocks;
    at(work, WorkTerm::macs) = blocks * taps;
}

// Of sums of two dense tensors.
void add_sum_work(const PreparedOp& op, Work& work) {
    const bool clamps =
        parameter(op, "minimum", -128) > -128 || parameter(op, "maximum", 127) < 127;
    const double outputs = at(work, WorkTerm::outputs);
    const bool has_pass = clamps && std::string_view(op.kernel).ends_with("_arm_dsp");
    work = Work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::tap_rows) = has_pass ? outputs : 0.0;
}

// Of the kernels for Helium, whose vectors hold 16 values, or 4 sums.
void add_helium_work(OpKind kind, const PreparedOp& op, Work& work) {
    if (kind == OpKind::average_pool2d) return pool_in_lanes(op.params, 8, work);
    if (kind == OpKind::max_pool2d) return pool_in_lanes(op.params, 16, work);
    const double outputs = at(work, WorkTerm::outputs);
    if (kind == OpKind::softmax) {
        const double columns = parameter(op, "columns", 1);
        at(work, WorkTerm::taps) = at(work, WorkTerm::rows) * rounded_up(columns, 4) / 4;
        at(work, WorkTerm::outputs) = 0.0;
        return;
    }
    if (kind == OpKind::add) {
        at(work, WorkTerm::taps) = rounded_up(outputs, 4) / 4;
        return;
    }
    const double rows = at(work, WorkTerm::rows);
    double depth = parameter(op, "inputs", 0);
    double channels = parameter(op, "outputs", 0);
    if (kind != OpKind::fully_connected) {
        const double height = parameter(op, "window.kernel_height", 1);
        const double width = parameter(op, "window.kernel_width", 1);
        const double inputs = parameter(op, "window.input_channels", 0);
        channels = parameter(op, "window.output_channels", 0);
        depth = height * width * inputs;
        const double inside = at(work, WorkTerm::inside_taps) / std::max(channels, 1.0) * inputs;
        work = Work{};
        at(work, WorkTerm::call) = 1.0;
        if (kind == OpKind::depthwise_conv2d) return add_helium_depthwise_work(op, rows, work);
        // A window of one pixel inside the image is read where it stands.
        const bool gathers = height * width > 1;
        at(work, WorkTerm::tap_rows) = gathers ? rows * height : 0.0;
        at(work, WorkTerm::row_taps) =
            gathers ? rows * height * rounded_up(width * inputs, 16) / 16 : 0.0;
        at(work, WorkTerm::inside_taps) = rows * depth - inside;  // those outside, byte by byte
    }
    const double blocks = rows * rounded_up(channels, 4) / 4;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::taps) = blocks;
    at(work, WorkTerm::outputs) = 0.0;
    at(work, WorkTerm::macs) = blocks * rounded_up(depth, 16) / 16;
}

// Sums over the input and over what is kept from before are of different kinds.
void add_recurrent_work(const PreparedOp& op, Work& work) {
    const double units = parameter(op, "sizes.units", 0);
    if (units > 0) {
        const double gates = 4.0 * at(work, WorkTerm::outputs);
        at(work, WorkTerm::macs) = gates * parameter(op, "sizes.inputs", 0);
        at(work, WorkTerm::taps) = gates * units;
        at(work, WorkTerm::rows) = at(work, WorkTerm::outputs) / units;
        return;
    }
    const double filters = at(work, WorkTerm::outputs) * parameter(op, "rank", 1);
    at(work, WorkTerm::rows) = filters;
    at(work, WorkTerm::macs) = filters * parameter(op, "inputs", 0);
    at(work, WorkTerm::taps) = filters * parameter(op, "memory", 1);
}

// Of kernels that move rows: how many of them there are.
void add_row_moves(OpKind kind, const PreparedOp& op, Work& work) {
    if (kind == OpKind::concat) {
        double inputs = 0.0;
        double bytes = 0.0;
        for (const PreparedParam& param : op.params) {
            const bool is_rows = std::string_view(param.name) == "rows";
            if (is_rows || param.bits == 0) continue;
            inputs += 1.0;
            bytes += static_cast<std::int32_t>(param.bits);
        }
        at(work, WorkTerm::taps) = at(work, WorkTerm::rows) * inputs;
        at(work, WorkTerm::outputs) = at(work, WorkTerm::rows) * bytes;
        at(work, WorkTerm::inputs) = 0.0;
        return;
    }
    double outputs = 1.0;
    double inputs = 1.0;
    for (const char* dimension : {"0", "1", "2", "3"}) {
        outputs *= parameter(op, std::string("output") + dimension, 1);
        inputs *= parameter(op, std::string("input") + dimension, 1);
    }
    at(work, WorkTerm::rows) = outputs;
    at(work, WorkTerm::taps) = inputs;
}

void add_sibling_work(OpKind kind, const PreparedOp& op, Work& work) {
    const std::string_view kernel = op.kernel;
    const bool pools = kind == OpKind::average_pool2d || kind == OpKind::max_pool2d;
    if (kernel.ends_with("_helium")) return add_helium_work(kind, op, work);
    if (!kernel.ends_with("_arm_dsp") && !kernel.ends_with("_plain")) return;
    if (pools) return add_pooling_work(op, work);
    if (kind == OpKind::add) return add_sum_work(op, work);
    if (kernel.ends_with("_arm_dsp")) return add_arm_dsp_work(kind, op, work);
    add_plain_work(kind, op, work);
}

// Of a kernel that goes over an image with a window, called so often for parts of it.
Work windows_work(OpKind kind, const PreparedOp& op, std::int64_t calls) {
    Work work{};
    at(work, WorkTerm::call) = 1.0;
    add_window_work(kind, op.params, work);
    add_sibling_work(kind, op, work);
    at(work, WorkTerm::call) = static_cast<double>(calls);
    return work;
}

}  // namespace

std::vector<const char*> functions_called(const PreparedOp& op) {
    if (!op.second) return {op.kernel};
    return {op.kernel, op.second->kernel, kTurnsFunction, "whittle_kept_rows_begin",
            "whittle_kept_rows_copy"};
}

std::int64_t turns_of(const PreparedOp& op) {
    return std::int64_t{parameter_in(op.second->params, "window.batches", 0)} *
           parameter_in(op.second->params, "window.output_height", 0);
}

Work second_work_of(const PreparedOp& op) {
    PreparedOp second;
    second.kernel = op.second->kernel;
    second.params = op.second->params;
    return windows_work(op.second->op, second, turns_of(op));
}

// Each turn moves the rows that the one before it has left.
Work turns_work_of(const PreparedOp& op) {
    const WhittleWindow first = window_of(op.params);
    const WhittleWindow second = window_of(op.second->params);
    WhittleWindow make = first;
    WhittleWindow take = second;
    WhittleKeptRows walk;
    Work work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = static_cast<double>(turns_of(op));
    whittle_kept_rows_begin(&walk);
    for (bool moves = false;
         whittle_kept_rows_next(&first, &second, 1, &make, &take, nullptr, &walk);
         moves = walk.row * second.stride_height > second.pad_top) {
        if (!moves) continue;
        at(work, WorkTerm::row_values) +=
            static_cast<double>(walk.made) * whittle_element_bytes(op.variant & ~WHITTLE_PAIRED);
    }
    return work;
}

Work work_of(const Deployment& deployment, std::size_t op) {
    const Graph& graph = deployment.graph;
    const Node& node = graph.nodes[op];
    const PreparedOp& prepared = deployment.ops[op];
    if (parameter(prepared, "window.kernel_height", 0) > 0) {
        return windows_work(node.op, prepared, prepared.second ? turns_of(prepared) : 1);
    }
    Work work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = parameter(prepared, "rows", 0);
    for (const int output : node.outputs) {
        at(work, WorkTerm::outputs) += static_cast<double>(graph.tensor(output).elements());
    }
    for (const int input : node.inputs) {
        if (input == kNoTensor || graph.tensor(input).constant) continue;
        at(work, WorkTerm::inputs) += static_cast<double>(graph.tensor(input).elements());
    }
    at(work, WorkTerm::macs) = static_cast<double>(prepared.macs);
    if (node.op == OpKind::lstm || node.op == OpKind::svdf) add_recurrent_work(prepared, work);
    if (node.op == OpKind::concat || node.op == OpKind::pad || node.op == OpKind::pad_v2) {
        add_row_moves(node.op, prepared, work);
    }
    add_sibling_work(node.op, prepared, work);
    return work;
}

}  // namespace whittle
