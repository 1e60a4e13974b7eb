#include "core/runtime/interpreter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/broadcast.h"
#include "core/base/random.h"
#include "core/base/window.h"
#include "core/compress/quantize.h"
#include "core/deploy/layer_times.h"
#include "core/deploy/program_image.h"
#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/ops/add/kernel_halved.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/fully_connected/kernel.h"
#include "core/ops/fully_connected/kernel_plain.h"
#include "core/ops/instruction_set.h"
#include "core/ops/mean/attributes.h"
#include "core/ops/pool.h"
#include "core/runtime/instruction_set.h"
#include "tests/support/op_harness.h"
#include "tests/support/random_int8_net.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

namespace {

std::vector<std::uint8_t> image_of(const Graph& graph, InstructionSet set) {
    const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, {}, set);
    REQUIRE(deployment.ok());
    auto image = make_program_image(*deployment);
    REQUIRE(image.ok());
    return std::move(image).value();
}

// An image of several operators: 2-5-3 with softmax, float32 or int8.
std::vector<std::uint8_t> make_image(bool int8) {
    Random random(3);
    GraphBuilder builder;
    const int input = builder.input("x", {2});
    const int hidden = builder.fully_connected(input, 5, Activation::relu, random);
    const int logits = builder.fully_connected(hidden, 3, Activation::none, random);
    const int silu = builder.apply(OpKind::silu, {logits});
    const int sum = builder.apply(OpKind::tanh, {silu});
    Graph graph = std::move(builder).finish({sum});
    if (int8) {
        std::vector<float> samples(64);
        for (float& value : samples) value = random.uniform(-1.0f, 1.0f);
        auto quantized = quantize_int8(graph, samples);
        REQUIRE(quantized.ok());
        graph = std::move(quantized).value();
    }
    return image_of(graph, InstructionSet::reference);
}

// An aligned copy of exactly as many bytes, so that the sanitizers see every step beyond.
class Aligned {
public:
    explicit Aligned(std::span<const std::uint8_t> bytes) : size_(bytes.size()) {
        data_ = static_cast<std::uint8_t*>(::operator new(bytes.empty() ? 1 : bytes.size()));
        if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
    }
    ~Aligned() { ::operator delete(data_); }
    Aligned(const Aligned&) = delete;
    Aligned& operator=(const Aligned&) = delete;
    std::uint8_t* data() const { return data_; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(size_); }

private:
    std::size_t size_;
    std::uint8_t* data_;
};

// Checks, and when the check passes runs, in an arena of just the size asked for.
WhittleProgramStatus check_and_run(std::span<const std::uint8_t> bytes) {
    const Aligned image(bytes);
    const WhittleProgramStatus status = whittle_program_check(image.data(), image.size(), 1u << 20);
    if (status != WHITTLE_OK) return status;
    const std::vector<std::uint8_t> zeros(whittle_program_arena_bytes(image.data()));
    const Aligned arena(zeros);
    whittle_program_run(image.data(), arena.data());
    return status;
}

void set_word(std::vector<std::uint8_t>& image, std::size_t offset, std::uint32_t value) {
    std::memcpy(image.data() + offset, &value, 4);
}

std::uint32_t word(const std::vector<std::uint8_t>& image, std::size_t offset) {
    std::uint32_t value;
    std::memcpy(&value, image.data() + offset, 4);
    return value;
}

// Where the parameters of the first operator stand.
std::size_t first_params(const std::vector<std::uint8_t>& image) {
    const std::size_t record = word(image, offsetof(WhittleProgramHeader, ops_offset));
    WhittleProgramOp op;
    std::memcpy(&op, image.data() + record, sizeof op);
    return record + sizeof op + 4u * op.operand_count;
}

void sign(std::vector<std::uint8_t>& image) {
    const auto size = word(image, offsetof(WhittleProgramHeader, image_bytes));
    if (size < sizeof(WhittleProgramHeader) || size > image.size()) return;
    set_word(image, offsetof(WhittleProgramHeader, checksum),
             whittle_program_checksum(image.data(), size));
}

}  // namespace

TEST_CASE("A program image runs; cut anywhere it is refused") {
    for (const bool int8 : {false, true}) {
        const std::vector<std::uint8_t> image = make_image(int8);
        CHECK(check_and_run(image) == WHITTLE_OK);
        for (std::size_t size = 0; size < image.size(); ++size) {
            CHECK(check_and_run(std::span(image).first(size)) != WHITTLE_OK);
        }
    }
}

TEST_CASE("A single flipped bit anywhere is noticed") {
    const std::vector<std::uint8_t> image = make_image(true);
    for (std::size_t i = 0; i < image.size(); ++i) {
        std::vector<std::uint8_t> damaged = image;
        damaged[i] ^= static_cast<std::uint8_t>(1u << i % 8);
        CHECK(check_and_run(damaged) != WHITTLE_OK);
    }
}

TEST_CASE("Wild values under a right checksum are refused, or run inside their buffers") {
    // What is refused is not the point here (many values are harmless): that nothing leaves its
    // buffers is, and the sanitizers watch it.
    std::size_t refused = 0;
    std::size_t tried = 0;
    for (const bool int8 : {false, true}) {
        const std::vector<std::uint8_t> image = make_image(int8);
        for (std::size_t offset = 16; offset + 4 <= image.size(); offset += 4) {
            for (const std::uint32_t value : {0u, 1u, 3u, 0x7Fu, 0xFFFFu, 0x10000u, 0x7FFFFFFFu,
                                              0x80000000u, 0x80000004u, 0xFFFFFFFCu, 0xFFFFFFFFu}) {
                std::vector<std::uint8_t> wild = image;
                set_word(wild, offset, value);
                sign(wild);
                refused += check_and_run(wild) != WHITTLE_OK;
                ++tried;
            }
        }
    }
    CHECK(tried > 2000);
    CHECK(refused > tried / 4);
}

TEST_CASE("Random words under a right checksum never leave their buffers") {
    Random random(17);
    const std::vector<std::uint8_t> image = make_image(true);
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::uint8_t> wild = image;
        for (std::uint32_t change = 0; change <= random.below(4); ++change) {
            const std::size_t offset =
                16 + 4 * random.below(static_cast<std::uint32_t>((image.size() - 16) / 4));
            const std::uint32_t value = random.next() >> random.below(32);
            set_word(wild, offset, value);
        }
        sign(wild);
        (void)check_and_run(wild);
    }
}

TEST_CASE("Wild numbers of a plain dense layer are refused, or run inside their buffers") {
    if (!whittle_set_runs_here(variant_of(InstructionSet::plain, 0))) return;
    Random random(43);
    std::vector<std::uint8_t> image;
    while (image.empty()) {
        const Graph layer = test::random_int8_layer(random, OpKind::fully_connected, 17, 7);
        const auto made =
            prepare_deployment(layer, InputsOutputs::in_arena, {}, InstructionSet::plain);
        REQUIRE(made.ok());
        if (made->ops[0].variant >> 8 == WHITTLE_SET_PLAIN) {
            image = image_of(layer, InstructionSet::plain);
        }
    }
    CHECK(check_and_run(image) == WHITTLE_OK);
    const std::size_t params = first_params(image);
    const auto status_with = [&](std::size_t field, std::uint32_t value) {
        std::vector<std::uint8_t> wild = image;
        set_word(wild, params + field, value);
        sign(wild);
        return check_and_run(wild);
    };
    const std::uint32_t rows = word(image, params);
    CHECK(status_with(offsetof(WhittleFullyConnectedPlain, rows), rows + 1) ==
          WHITTLE_BAD_OPERATOR);
    for (const std::uint32_t wild : {0u, 18u, 0x20000000u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
        CAPTURE(wild);
        CHECK(status_with(offsetof(WhittleFullyConnectedPlain, inputs), wild) ==
              WHITTLE_BAD_OPERATOR);
        CHECK(status_with(offsetof(WhittleFullyConnectedPlain, outputs), wild) ==
              WHITTLE_BAD_OPERATOR);
        const std::uint32_t stride = wild < 2 ? 2 : wild;
        CHECK(status_with(offsetof(WhittleFullyConnectedPlain, channel_stride), stride) ==
              WHITTLE_BAD_OPERATOR);
    }
    for (std::size_t offset = 16; offset + 4 <= image.size(); offset += 4) {
        for (const std::uint32_t value :
             {0u, 23u, 0xFFFFu, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
            std::vector<std::uint8_t> wild = image;
            set_word(wild, offset, value);
            sign(wild);
            (void)check_and_run(wild);
        }
    }
}

TEST_CASE("A dense layer of int16 with an int32 bias is refused where its numbers do not fit") {
    constexpr std::uint32_t kRows = 2, kInputs = 5, kOutputs = 3;
    Tensor input = test::activation(DType::int16, {kRows, kInputs});
    std::vector<Tensor> tensors =
        test::weights_and_bias(DType::int16, {kOutputs, kInputs}, kOutputs, 0);
    tensors.insert(tensors.begin(), input);
    tensors.back().dtype = DType::int32;
    tensors.back().data.resize(tensors.back().bytes());
    const Graph layer =
        test::single_node_graph(OpKind::fully_connected, Attributes::of(FullyConnectedAttributes{}),
                                tensors, {{0.001f}, {0}, 0});
    const std::vector<std::uint8_t> image = image_of(layer, InstructionSet::reference);
    CHECK(check_and_run(image) == WHITTLE_OK);
    const std::size_t params = first_params(image);
    const auto status_with = [&](std::size_t offset, std::uint32_t value) {
        std::vector<std::uint8_t> wild = image;
        set_word(wild, offset, value);
        sign(wild);
        return check_and_run(wild);
    };
    using Params = WhittleFullyConnectedInt16;
    for (const std::uint32_t wild : {16u, 0x20000000u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
        for (const std::size_t field :
             {offsetof(Params, rows), offsetof(Params, inputs), offsetof(Params, outputs),
              offsetof(Params, channel_stride)}) {
            CAPTURE(wild);
            CAPTURE(field);
            CHECK(status_with(params + field, wild) == WHITTLE_BAD_OPERATOR);
        }
    }
    for (std::size_t offset = 16; offset + 4 <= image.size(); offset += 4) {
        for (const std::uint32_t value :
             {0u, 1u, 4u, 0xFFFFu, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
            (void)status_with(offset, value);
        }
    }
}

TEST_CASE("The check of dense layers of int16 knows how long biases are and how far shifts go") {
    const WhittleFullyConnectedInt16 params{2, 5, 3, -32768, 32767, 1};
    const std::int32_t multipliers[3] = {1 << 30, 1 << 30, 1 << 30};
    std::int8_t shifts[3] = {-31, 0, 7};
    WhittleOperandInfo operands[6] = {{20, nullptr},     {15, nullptr}, {0, nullptr},
                                      {12, multipliers}, {3, shifts},   {12, nullptr}};
    const auto takes = [&](std::uint16_t variant, std::uint32_t bias_bytes) {
        operands[2].bytes = bias_bytes;
        const WhittleProgramOp op{static_cast<std::uint16_t>(OpKind::fully_connected), variant, 6,
                                  sizeof params / 4};
        return whittle_operator_check(&op, &params, operands) == WHITTLE_OK;
    };
    CHECK(takes(3, 12));
    CHECK_FALSE(takes(3, 11));
    CHECK(takes(2, 24));
    CHECK_FALSE(takes(2, 23));
    CHECK_FALSE(takes(4, 24));
    shifts[1] = 8;
    CHECK(takes(3, 12));
    CHECK_FALSE(takes(2, 24));
    shifts[1] = 30;
    CHECK(takes(3, 12));
    for (const int shift : {31, 127, -32, -128}) {
        shifts[1] = static_cast<std::int8_t>(shift);
        CHECK_FALSE(takes(3, 12));
    }
    shifts[1] = 0;
    for (WhittleOperandInfo& operand : operands) {
        const std::uint32_t bytes = &operand == &operands[2] ? 12 : operand.bytes;
        if (&operand != &operands[2]) operand.bytes = bytes - 1;
        CHECK_FALSE(takes(3, &operand == &operands[2] ? bytes - 1 : 12));
        operand.bytes = bytes;
    }
    operands[4].constant = nullptr;
    CHECK_FALSE(takes(3, 12));
}

TEST_CASE("Sizes whose product overflows are refused, or there is nothing to do") {
    const Tensor input = make_constant("x", {1, 2, 3}, std::vector<float>(6));
    Tensor activation = input;
    activation.constant = false;
    activation.data.clear();
    const Graph mean =
        test::single_node_graph(OpKind::mean, Attributes::of(MeanAttributes{1 << 1, true}),
                                {activation, test::int32_constant({1}, {1})});
    std::vector<std::uint8_t> image = image_of(mean, InstructionSet::reference);
    const std::size_t walk = first_params(image);
    for (std::size_t i = 0; i < 6; ++i) {
        set_word(image, walk + 4 * i, i == 5 ? 0u : 65536u);
        set_word(image, walk + 4 * (i + 6), 0);
    }
    sign(image);
    CHECK(check_and_run(image) == WHITTLE_OK);

    Random random(41);
    const Graph layer = test::random_int8_layer(random, OpKind::depthwise_conv2d, 8, 8);
    for (const InstructionSet set : host_instruction_sets()) {
        image = image_of(layer, set);
        const std::size_t window = first_params(image);
        for (const std::size_t field :
             {offsetof(WhittleWindow, kernel_height), offsetof(WhittleWindow, kernel_width)}) {
            set_word(image, window + field, 65536u);
        }
        sign(image);
        CHECK(check_and_run(image) == WHITTLE_BAD_OPERATOR);
    }

    // An addition of nothing, [65536, 1, 65536, 0], with far steps.
    const Graph sum = test::random_int8_layer(random, OpKind::add, 8, 0);
    for (const InstructionSet set : host_instruction_sets()) {
        image = image_of(sum, set);
        const std::size_t broadcast = first_params(image);
        for (std::size_t i = 0; i < 4; ++i) {
            set_word(image, broadcast + 4 * i, i == 1 ? 1u : i == 3 ? 0u : 65536u);
        }
        set_word(image, broadcast + offsetof(WhittleBroadcast, a_stride0), 1u << 27);
        sign(image);
        CHECK(check_and_run(image) == WHITTLE_BAD_OPERATOR);
    }
}

TEST_CASE("Fast poolings and sums of small cores refuse what they would get wrong") {
    if (!whittle_set_runs_here(variant_of(InstructionSet::plain, 1))) {
        MESSAGE("skipped: this build has no plain kernels");
        return;
    }
    struct Case {
        std::size_t field;
        std::uint32_t value;
        WhittleProgramStatus expected;
    };
    const auto check_all = [](const Graph& layer, std::span<const Case> cases) {
        const std::vector<std::uint8_t> whole = image_of(layer, InstructionSet::plain);
        for (const Case& each : cases) {
            CAPTURE(each.field);
            CAPTURE(each.value);
            std::vector<std::uint8_t> image = whole;
            set_word(image, first_params(image) + each.field, each.value);
            sign(image);
            CHECK(check_and_run(image) == each.expected);
        }
    };
    constexpr std::uint32_t kMinusOne = 0xFFFFFFFFu;
    Tensor input;
    input.name = "x";
    input.dtype = DType::int8;
    input.shape = {1, 5, 3, 2};
    input.quantization = {{0.1f}, {3}};
    const PoolAttributes two_rows{Activation::none, 2, 1, {Padding::same, 1, 1, 1, 1}};
    const Graph pooling = test::single_node_graph(OpKind::average_pool2d, Attributes::of(two_rows),
                                                  {input}, input.quantization);
    const Case of_pooling[] = {
        {offsetof(WhittleWindow, kernel_height), 256, WHITTLE_OK},
        {offsetof(WhittleWindow, kernel_height), 257, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleWindow, kernel_height), kMinusOne, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleWindow, dilation_height), 2, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleWindow, dilation_width), 2, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleWindow, input_height), 1u << 20, WHITTLE_BAD_OPERATOR}};
    check_all(pooling, of_pooling);

    const Graph sum = test::single_node_graph(OpKind::add, Attributes::of(AddAttributes{}),
                                              {input, input}, {{0.2f}, {-4}});
    const Case of_sum[] = {
        {offsetof(WhittleAddHalved, count), 29, WHITTLE_OK},
        {offsetof(WhittleAddHalved, count), 31, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, count), kMinusOne, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, a_zero_point), 128, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, b_zero_point), 0u - 129u, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, b_multiplier), kMinusOne, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, b_right), 31, WHITTLE_OK},
        {offsetof(WhittleAddHalved, b_right), 32, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, b_right), 0, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, output_multiplier), kMinusOne, WHITTLE_BAD_OPERATOR},
        {offsetof(WhittleAddHalved, output_offset), kMinusOne, WHITTLE_OK},
        {offsetof(WhittleAddHalved, output_right), 22, WHITTLE_OK},
        {offsetof(WhittleAddHalved, output_right), 23, WHITTLE_BAD_OPERATOR}};
    check_all(sum, of_sum);
}

TEST_CASE("A kernel for instructions that this machine does without is refused as that") {
    const std::vector<std::uint8_t> image = make_image(true);
    const std::uint32_t first = word(image, offsetof(WhittleProgramHeader, ops_offset));
    const std::uint32_t record = word(image, first);
    const std::span<const InstructionSet> here = host_instruction_sets();
    CHECK(here.front() == InstructionSet::reference);
    for (const std::uint32_t set : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 200u}) {
        std::vector<std::uint8_t> other = image;
        set_word(other, first, (record & 0xFFFFu) | WHITTLE_VARIANT(set, record >> 16) << 16);
        sign(other);
        const bool is_here = std::any_of(here.begin(), here.end(), [set](InstructionSet one) {
            return static_cast<std::uint32_t>(one) == set;
        });
        CAPTURE(set);
        CHECK((check_and_run(other) == WHITTLE_OTHER_INSTRUCTION_SET) == !is_here);
    }
    CHECK(std::count(here.begin(), here.end(), host_instruction_set()) == 1);
}

TEST_CASE("An inference run in pieces leaves the arena as a whole one does") {
    const std::vector<std::uint8_t> image = make_image(true);
    const Aligned whole(image);
    const std::vector<std::uint8_t> inputs(whittle_program_arena_bytes(whole.data()), 17);
    const Aligned expected(inputs);
    whittle_program_run(whole.data(), expected.data());

    const Aligned arena(inputs);
    const std::uint32_t count = whittle_program_operator_count(whole.data());
    REQUIRE(count > 3);
    std::uint32_t place = whittle_program_first_place(whole.data());
    place = whittle_program_run_part(whole.data(), arena.data(), place, 2);
    place = whittle_program_run_part(whole.data(), arena.data(), place, 0);
    for (std::uint32_t i = 2; i < count; ++i) {
        place = whittle_program_run_part(whole.data(), arena.data(), place, 1);
    }
    CHECK(std::memcmp(arena.data(), expected.data(), inputs.size()) == 0);
    CHECK(place == word(image, offsetof(WhittleProgramHeader, ops_offset)) +
                       word(image, offsetof(WhittleProgramHeader, ops_bytes)));
}

TEST_CASE("Timing a program times each of its operators and changes no output") {
    Random random(5);
    GraphBuilder builder;
    const int input = builder.input("x", {4});
    const int output = builder.fully_connected(input, 3, Activation::relu, random);
    const Graph graph = std::move(builder).finish({output});
    auto program = Program::from_graph(graph);
    REQUIRE(program.ok());
    const std::vector<std::uint8_t> inputs = random_inputs(graph);
    CHECK(inputs == random_inputs(graph));
    std::vector<std::uint8_t> before(program->output_bytes());
    program->run(inputs, before);
    const LayerTimes times = time_layers(*program, inputs, 2);
    CHECK(times.rounds == 2);
    CHECK(times.layers.size() == program->operator_count());
    std::vector<std::uint8_t> after(program->output_bytes());
    program->run(inputs, after);
    CHECK(before == after);
}

TEST_CASE("The check names what is wrong") {
    std::vector<std::uint8_t> image = make_image(false);
    const Aligned whole(image);
    CHECK(whittle_program_check(whole.data(), whole.size(), 0) == WHITTLE_ARENA_TOO_SMALL);
    CHECK(whittle_program_check(whole.data() + 1, whole.size() - 1, 4096) == WHITTLE_MISALIGNED);

    auto changed = image;
    set_word(changed, 0, 0x12345678u);
    CHECK(check_and_run(changed) == WHITTLE_BAD_MAGIC);
    changed = image;
    set_word(changed, offsetof(WhittleProgramHeader, version), 999u);
    CHECK(check_and_run(changed) == WHITTLE_BAD_VERSION);
    changed = image;
    changed.back() ^= 1u;
    CHECK(check_and_run(changed) == WHITTLE_BAD_CHECKSUM);
    changed = image;
    const std::size_t tensors = word(image, offsetof(WhittleProgramHeader, tensors_offset));
    set_word(changed, tensors, 1u << 20);
    sign(changed);
    CHECK(check_and_run(changed) == WHITTLE_BAD_TENSOR);
    changed = image;
    const std::size_t ops = word(image, offsetof(WhittleProgramHeader, ops_offset));
    set_word(changed, ops, 0x0000FFFFu);
    sign(changed);
    CHECK(check_and_run(changed) == WHITTLE_UNKNOWN_OPERATOR);
    changed = image;
    set_word(changed, ops + 8, 0xFFFFu);
    sign(changed);
    CHECK(check_and_run(changed) == WHITTLE_BAD_OPERATOR);
    for (int status = WHITTLE_OK; status <= WHITTLE_BAD_OVERLAP; ++status) {
        CHECK(std::string(whittle_program_status_text(static_cast<WhittleProgramStatus>(status))) !=
              "unknown status");
    }
}

}  // namespace whittle
