#include <algorithm>

#include "core/ops/softmax/tables.h"
#include "tests/conformance/families.h"

namespace whittle::conformance {

namespace {

// What a case calls its operator.
std::string operator_name(const Case& c) {
    const auto type = c.words.find("LAYER_TYPE");
    return type == c.words.end() ? c.name : type->second;
}

// --- Add, sub and mul ----------------------------------------------------------------------------

bool is_add(const Case& c) { return c.has("INPUT1_MULT") && c.has("LEFT_SHIFT"); }

// Their settings are those of add.
bool is_sub(const Case& c) { return is_add(c) && operator_name(c).rfind("sub", 0) == 0; }

bool is_mul(const Case& c) {
    return !is_add(c) && c.has("OUTPUT_MULT") && c.find({"input1"}) != nullptr &&
           c.find({"input2"}) != nullptr;
}

// Both inputs element by element, where a single value meets all of the other's.
std::vector<std::int32_t> plain_walk(std::size_t a, std::size_t b) {
    const auto count = static_cast<std::int32_t>(std::max(a, b));
    const std::int32_t a_stride = a == b || a != 1 ? 1 : 0;
    const std::int32_t b_stride = a == b || b != 1 ? 1 : 0;
    return {1, 1, 1, count, 0, 0, 0, a_stride, 0, 0, 0, b_stride};
}

Result<Values> run_pair(const Case& c, OpKind op, const std::vector<std::int32_t>& params) {
    const Array& a = c.array({"input1"});
    const Array& b = c.array({"input2"});
    const std::size_t sizes[2] = {a.values.size(), b.values.size()};
    if (sizes[0] != sizes[1] && sizes[0] != 1 && sizes[1] != 1) {
        return Error{.expected = "two inputs of one size, or one of a single value",
                     .found = std::to_string(sizes[0]) + " and " + std::to_string(sizes[1])};
    }
    std::vector<std::int32_t> all = plain_walk(sizes[0], sizes[1]);
    all.insert(all.end(), params.begin(), params.end());
    const DType dtype = dtype_of(a);
    return OneOp(op, dtype == DType::int16 ? 2 : 1, all)
        .input(dtype, a.values)
        .input(dtype, b.values)
        .output(dtype, static_cast<std::size_t>(all[3]))
        .run();
}

Result<Values> run_add_or_sub(const Case& c, OpKind op) {
    const std::int32_t headroom = dtype_of(c.array({"input1"})) == DType::int16 ? 15 : 20;
    if (c.number("LEFT_SHIFT") != headroom) {
        return Error{.expected = "a left shift of " + std::to_string(headroom),
                     .found = std::to_string(c.number("LEFT_SHIFT"))};
    }
    return run_pair(
        c, op,
        {c.negated("INPUT1_OFFSET"), c.negated("INPUT2_OFFSET"), c.number("OUTPUT_OFFSET"),
         c.number("INPUT1_MULT"), c.number("INPUT1_SHIFT"), c.number("INPUT2_MULT"),
         c.number("INPUT2_SHIFT"), c.number("OUTPUT_MULT"), c.number("OUTPUT_SHIFT"),
         c.number("OUT_ACTIVATION_MIN"), c.number("OUT_ACTIVATION_MAX")});
}

Result<Values> run_add(const Case& c) { return run_add_or_sub(c, OpKind::add); }

Result<Values> run_sub(const Case& c) { return run_add_or_sub(c, OpKind::sub); }

Result<Values> run_mul(const Case& c) {
    return run_pair(c, OpKind::mul,
                    {c.negated("INPUT1_OFFSET"), c.negated("INPUT2_OFFSET"),
                     c.number("OUTPUT_OFFSET"), c.number("OUTPUT_MULT"), c.number("OUTPUT_SHIFT"),
                     c.number("OUT_ACTIVATION_MIN"), c.number("OUT_ACTIVATION_MAX")});
}

// --- Minimum and maximum -------------------------------------------------------------------------

bool is_selection(const Case& c) {
    const std::string name = operator_name(c);
    return c.has("CHANNEL_1") && c.has("CHANNEL_2") &&
           (contains(name, "maximum") || contains(name, "minimum"));
}

Result<Values> run_selection(const Case& c) {
    const std::string name = operator_name(c);
    const OpKind op = contains(name, "maximum") ? OpKind::maximum : OpKind::minimum;
    const std::int32_t a[4] = {c.number("BATCH_1"), c.number("HEIGHT_1"), c.number("WIDTH_1"),
                               c.number("CHANNEL_1")};
    const std::int32_t b[4] = {c.number("BATCH_2"), c.number("HEIGHT_2"), c.number("WIDTH_2"),
                               c.number("CHANNEL_2")};
    std::vector<std::int32_t> sizes(4), a_strides(4), b_strides(4);
    std::int32_t a_step = 1, b_step = 1;
    for (int i = 3; i >= 0; --i) {
        const auto at = static_cast<std::size_t>(i);
        sizes[at] = a[i] == 1 ? b[i] : a[i];
        a_strides[at] = a[i] == 1 ? 0 : a_step;
        b_strides[at] = b[i] == 1 ? 0 : b_step;
        a_step = product_of({a_step, a[i]});
        b_step = product_of({b_step, b[i]});
    }
    std::vector<std::int32_t> params = sizes;
    params.insert(params.end(), a_strides.begin(), a_strides.end());
    params.insert(params.end(), b_strides.begin(), b_strides.end());
    const Array& first = c.array({"input_tensor_1", "input1"});
    const DType dtype = dtype_of(first);
    return OneOp(op, dtype == DType::int16 ? 2 : 1, params)
        .input(dtype, first.values)
        .input(dtype, c.array({"input_tensor_2", "input2"}).values)
        .output(dtype, volume_of({sizes[0], sizes[1], sizes[2], sizes[3]}))
        .run();
}

// --- Softmax -------------------------------------------------------------------------------------

bool is_softmax(const Case& c) {
    return c.has("NUM_ROWS") && c.has("ROW_SIZE") && c.find({"input", "input_tensor"}) != nullptr;
}

// The tables of exponentials and reciprocals are ours: cases do not carry any.
Result<Values> run_softmax_int16(const Case& c, const std::vector<std::int32_t>& params) {
    const SoftmaxTables tables = softmax_tables();
    return OneOp(OpKind::softmax, 2, params)
        .input(DType::int16, c.array({"input", "input_tensor"}).values)
        .constant(DType::int16, {tables.exponentials.begin(), tables.exponentials.end()})
        .constant(DType::int16, {tables.reciprocals.begin(), tables.reciprocals.end()})
        .output(DType::int16, volume_of({params[0], params[1]}))
        .run();
}

Result<Values> run_softmax(const Case& c) {
    const std::int32_t rows = c.number("NUM_ROWS");
    const std::int32_t columns = c.number("ROW_SIZE");
    std::vector<std::int32_t> params = {rows, columns, c.number({"INPUT_MULT", "MULT"}),
                                        c.number({"INPUT_LEFT_SHIFT", "SHIFT"})};
    const DType from = dtype_of(c.array({"input", "input_tensor"}));
    // A layer of a net has no expected output of its own.
    const Array* output = c.find({"output_ref", "output"});
    const DType to = output == nullptr ? from : dtype_of(*output);
    if (from == DType::int16 && to == DType::int16) return run_softmax_int16(c, params);
    if (from != DType::int8 || (to != DType::int8 && to != DType::int16)) return no_such_types();
    params.push_back(c.number("DIFF_MIN"));
    return OneOp(OpKind::softmax, to == DType::int8 ? 1 : 3, params)
        .input(from, c.array({"input", "input_tensor"}).values)
        .output(to, volume_of({rows, columns}))
        .run();
}

}  // namespace

std::vector<Family> elementwise_families() {
    return {{"selection", is_selection, run_selection},
            {"sub", is_sub, run_sub},
            {"add", is_add, run_add},
            {"mul", is_mul, run_mul},
            {"softmax", is_softmax, run_softmax}};
}

}  // namespace whittle::conformance
