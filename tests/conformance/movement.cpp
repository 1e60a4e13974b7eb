#include <algorithm>
#include <numeric>

#include "tests/conformance/families.h"

namespace whittle::conformance {

namespace {

// --- Pad -----------------------------------------------------------------------------------------

bool is_pad(const Case& c) { return c.has("PRE_PAD_W") && c.has("INPUT_W"); }

Result<Values> run_pad(const Case& c) {
    std::vector<std::int32_t> input = {1}, output = {1}, before = {0};
    for (const char* axis : {"N", "H", "W", "C"}) {
        const std::string name = axis;
        const std::int32_t size = c.number(("INPUT_" + name).c_str());
        const std::int32_t pre = c.number(("PRE_PAD_" + name).c_str());
        input.push_back(size);
        before.push_back(pre);
        const std::int64_t padded =
            std::int64_t{pre} + size + c.number(("POST_PAD_" + name).c_str());
        output.push_back(
            static_cast<std::int32_t>(std::clamp<std::int64_t>(padded, -1, INT32_MAX)));
    }
    std::vector<std::int32_t> params;
    for (const auto* part : {&input, &output, &before}) {
        for (const std::int32_t value : *part) params.push_back(value);
    }
    const Array& values = c.array({"input_tensor", "input"});
    const DType dtype = dtype_of(values);
    params.push_back(dtype == DType::int16 ? 2 : 1);
    params.push_back(c.number("PAD_VALUE"));
    return OneOp(OpKind::pad, 0, params)
        .input(dtype, values.values)
        .output(dtype, volume_of({output[1], output[2], output[3], output[4]}))
        .run();
}

// --- Transpose -----------------------------------------------------------------------------------

bool is_transpose(const Case& c) {
    return c.has("PERM_SIZE") && (c.words.count("PERM") > 0 || c.find({"perm"}) != nullptr);
}

Result<Values> transposed(DType dtype,
                          const Values& input,
                          const std::vector<std::int32_t>& sizes,
                          const std::vector<std::int32_t>& order) {
    const std::size_t rank = sizes.size();
    std::vector<std::int32_t> strides(rank, 1);
    for (std::size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * sizes[i];
    // Six sizes, six strides, the first index, the bytes of an element.
    std::vector<std::int32_t> params(14, 1);
    for (std::size_t i = 0; i < rank; ++i) {
        const auto from = static_cast<std::size_t>(order[i]);
        params[6 - rank + i] = sizes[from];
        params[12 - rank + i] = strides[from];
    }
    params[12] = 0;
    params[13] = dtype == DType::int16 ? 2 : 1;
    return OneOp(OpKind::transpose, 0, params)
        .input(dtype, input)
        .output(dtype, input.size())
        .run();
}

// Calls visit(sizes) for every way to write `count` as a product of `rank` sizes, until it says
// true.
template <class Visit>
bool for_each_shape(std::int32_t count,
                    std::size_t rank,
                    std::vector<std::int32_t>& sizes,
                    const Visit& visit) {
    if (sizes.size() + 1 == rank) {
        sizes.push_back(count);
        const bool done = visit(sizes);
        sizes.pop_back();
        return done;
    }
    for (std::int32_t size = 1; size <= count; ++size) {
        if (count % size != 0) continue;
        sizes.push_back(size);
        const bool done = for_each_shape(count / size, rank, sizes, visit);
        sizes.pop_back();
        if (done) return true;
    }
    return false;
}

// Whether transposing by `order` puts every value where the expected output has it. Decides without
// a program, as there may be thousands of shapes.
bool explains(const Values& input,
              const Values& output,
              const std::vector<std::int32_t>& sizes,
              const std::vector<std::int32_t>& order) {
    const std::size_t rank = sizes.size();
    std::vector<std::size_t> strides(rank, 1);
    for (std::size_t i = rank; i-- > 1;) {
        strides[i - 1] = strides[i] * static_cast<std::size_t>(sizes[i]);
    }
    std::vector<std::int32_t> index(rank, 0);
    for (const std::int64_t expected : output) {
        std::size_t from = 0;
        for (std::size_t i = 0; i < rank; ++i) {
            from +=
                static_cast<std::size_t>(index[i]) * strides[static_cast<std::size_t>(order[i])];
        }
        if (input[from] != expected) return false;
        for (std::size_t i = rank; i-- > 0;) {
            if (++index[i] < sizes[static_cast<std::size_t>(order[i])]) break;
            index[i] = 0;
        }
    }
    return true;
}

constexpr std::int32_t kLargestListed = 100'000'000;  // ten times as much and a digit fit int32
constexpr std::size_t kMostDimensions = 6;

// The numbers of a list such as "{0, 3, 1, 2}"; none where only a part of it was kept.
std::vector<std::int32_t> listed(const Case& c, const char* key) {
    std::vector<std::int32_t> numbers;
    const auto found = c.words.find(key);
    if (found == c.words.end()) return numbers;
    bool inside = false;
    for (const char letter : found->second) {
        const bool digit = letter >= '0' && letter <= '9';
        if (digit && !inside) numbers.push_back(0);
        if (digit && numbers.back() > kLargestListed) return {};
        if (digit) numbers.back() = 10 * numbers.back() + (letter - '0');
        inside = digit;
    }
    return numbers;
}

// Whether `order` names every dimension once, and `sizes` has `count` elements.
bool is_transposition(const std::vector<std::int32_t>& sizes,
                      const std::vector<std::int32_t>& order,
                      std::size_t count) {
    if (sizes.empty() || sizes.size() > kMostDimensions || sizes.size() != order.size()) {
        return false;
    }
    std::size_t product = 1;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto dimension = static_cast<std::int32_t>(i);
        if (std::find(order.begin(), order.end(), dimension) == order.end()) return false;
        if (sizes[i] < 1 || product > count) return false;
        product *= static_cast<std::size_t>(sizes[i]);
    }
    return product == count;
}

// Most files name neither shape nor order: their lists were lost. Our kernel then runs with the
// first shape and order that explain the expected output.
Result<Values> run_transpose(const Case& c) {
    const Array& array = c.array({"input_tensor", "input"});
    const Values& input = array.values;
    const std::vector<std::int32_t> given_shape = listed(c, "IN_DIM");
    const std::vector<std::int32_t> given_order = listed(c, "PERM");
    if (is_transposition(given_shape, given_order, input.size())) {
        return transposed(dtype_of(array), input, given_shape, given_order);
    }
    const Values& expected = expected_of(c).values;
    const std::int32_t rank = c.number("PERM_SIZE");
    if (rank < 1 || rank > 4 || input.size() != expected.size() || input.empty()) {
        return Error{.expected = "1 to 4 dimensions, and as many outputs as inputs",
                     .found = std::to_string(rank) + " dimensions"};
    }
    std::vector<std::int32_t> found_sizes, found_order, sizes;
    const bool found =
        for_each_shape(static_cast<std::int32_t>(input.size()), static_cast<std::size_t>(rank),
                       sizes, [&](const std::vector<std::int32_t>& shape) {
                           std::vector<std::int32_t> order(shape.size());
                           std::iota(order.begin(), order.end(), 0);
                           do {
                               if (!explains(input, expected, shape, order)) continue;
                               found_sizes = shape;
                               found_order = order;
                               return true;
                           } while (std::next_permutation(order.begin(), order.end()));
                           return false;
                       });
    if (!found) {
        return Error{.expected = "an output that some transposition of the input gives",
                     .found = "another one"};
    }
    return transposed(dtype_of(array), input, found_sizes, found_order);
}

// --- Batch matmul --------------------------------------------------------------------------------

bool is_batch_matmul(const Case& c) { return c.has("LHS_ROWS") && c.has("RHS_ROWS"); }

Result<Values> run_batch_matmul(const Case& c) {
    const Array& a = c.array({"lhs_input_tensor"});
    const Array& b = c.array({"rhs_input_tensor"});
    const std::int32_t x[4] = {c.number("LHS_BATCH"), c.number("LHS_HEIGHT"), c.number("LHS_ROWS"),
                               c.number("LHS_COLS")};
    const std::int32_t y[4] = {c.number("RHS_BATCH"), c.number("RHS_HEIGHT"), c.number("RHS_ROWS"),
                               c.number("RHS_COLS")};
    const bool adj_x = c.number_or("ADJ_X", 0) != 0;
    const bool adj_y = c.number_or("ADJ_Y", 0) != 0;
    const std::int32_t rows = adj_x ? x[3] : x[2];
    const std::int32_t depth = adj_x ? x[2] : x[3];
    const std::int32_t columns = adj_y ? y[2] : y[3];
    const auto step = [](std::int32_t size, std::int32_t stride) { return size == 1 ? 0 : stride; };
    const std::int32_t batch = std::max(x[0], y[0]);
    const std::int32_t height = std::max(x[1], y[1]);
    const std::vector<std::int32_t> params = {1,
                                              batch,
                                              height,
                                              rows,
                                              columns,
                                              depth,
                                              0,
                                              step(x[0], product_of({x[1], x[2], x[3]})),
                                              step(x[1], product_of({x[2], x[3]})),
                                              adj_x ? 1 : x[3],
                                              adj_x ? x[3] : 1,
                                              0,
                                              step(y[0], product_of({y[1], y[2], y[3]})),
                                              step(y[1], product_of({y[2], y[3]})),
                                              adj_y ? 1 : y[3],
                                              adj_y ? y[3] : 1,
                                              c.negated_or_zero("LHS_OFFSET"),
                                              c.negated_or_zero("RHS_OFFSET"),
                                              c.number_or("OUTPUT_OFFSET", 0),
                                              c.number("OUTPUT_MULTIPLIER"),
                                              c.number("OUTPUT_SHIFT"),
                                              c.number("ACTIVATION_MIN"),
                                              c.number("ACTIVATION_MAX")};
    const DType dtype = dtype_of(a);
    return OneOp(OpKind::batch_matmul, dtype == DType::int16 ? 2 : 1, params)
        .input(dtype, a.values)
        .input(dtype, b.values)
        .output(dtype, volume_of({batch, height, rows, columns}))
        .run();
}

}  // namespace

std::vector<Family> movement_families() {
    return {{"pad", is_pad, run_pad},
            {"transpose", is_transpose, run_transpose},
            {"batch_matmul", is_batch_matmul, run_batch_matmul}};
}

}  // namespace whittle::conformance
