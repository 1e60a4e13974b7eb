#include "lessons/22-counting-cost/designs.h"

#include <utility>

#include "core/base/random.h"
#include "core/graph/builder.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/softmax/attributes.h"

namespace whittle {

namespace {

constexpr std::uint64_t kSeed = 22;
constexpr std::int32_t kKernel = 3;

Conv2dAttributes steps_of(std::int32_t stride) {
    return {.activation = Activation::relu,
            .steps = {.padding = Padding::same, .stride_height = stride, .stride_width = stride}};
}

int add_convolutions(GraphBuilder& builder, const NetDesign& design, int image, Random& random) {
    std::int32_t filters = design.filters;
    std::int32_t side = design.side;
    for (std::int32_t layer = 0; layer < design.layers; ++layer) {
        if (layer > 0 && design.kind == NetDesign::Kind::separable) {
            image = builder.depthwise_conv2d(image, 1, kKernel, kKernel, steps_of(2), random);
            image = builder.conv2d(image, filters, 1, 1, steps_of(1), random);
        } else {
            image = builder.conv2d(image, filters, kKernel, kKernel, steps_of(2), random);
        }
        filters *= 2;
        side = (side + 1) / 2;
    }
    const PoolAttributes whole = {.kernel_height = side, .kernel_width = side};
    return builder.apply(OpKind::average_pool2d, {image}, Attributes::of(whole));
}

}  // namespace

Shape NetDesign::input_shape() const {
    return kind == Kind::dense ? Shape{inputs} : Shape{side, side, channels};
}

Graph make_design(const NetDesign& design) {
    Random random(kSeed);
    GraphBuilder builder;
    int at = builder.input("input", design.input_shape());
    if (design.kind == NetDesign::Kind::dense) {
        for (std::int32_t layer = 0; layer < design.layers; ++layer) {
            at = builder.fully_connected(at, design.units, Activation::relu, random);
        }
    } else {
        at = add_convolutions(builder, design, at, random);
    }
    at = builder.fully_connected(at, design.classes, Activation::none, random);
    at = builder.apply(OpKind::softmax, {at}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({at});
}

}  // namespace whittle
