#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json_fields.h"
#include "core/graph/builder.h"

namespace whittle {

// Makes the layers of a recipe after checking that they fit. A layer that does not is reported, and
// its input returned in its place.
class LayerMaker {
public:
    // Values of all weights together, and of one activation for one sample.
    static constexpr std::int64_t kMaxElements = std::int64_t{1} << 22;

    // The values of a shape, or kMaxElements + 1 for more than kMaxElements.
    static std::int64_t bounded_count(const Shape& shape);

    LayerMaker(const std::string& name,
               Initialization initialization,
               std::uint64_t seed,
               JsonProblem& problem);

    int input(const std::string& name, const Shape& shape) { return builder_.input(name, shape); }
    const Shape& shape(int tensor) const { return builder_.graph().tensor(tensor).shape; }

    int apply(JsonFields& at,
              OpKind op,
              const std::vector<int>& inputs,
              Attributes attributes = {});
    // weights [units, features]; convolutions OHWI, and [1, H, W, channels * multiplier].
    int dense(JsonFields& at, int input, std::int32_t units, Activation activation);
    int conv2d(JsonFields& at,
               int input,
               std::int32_t filters,
               const std::vector<std::int32_t>& kernel,
               const Conv2dAttributes& attributes);
    int depthwise(JsonFields& at,
                  int input,
                  std::int32_t multiplier,
                  const std::vector<std::int32_t>& kernel,
                  const Conv2dAttributes& attributes);
    // spread_kinks() of the layer made last, once all weights are made.
    void spread_kinks_later(float low, float high);

    // An input of four dimensions, [N, H, W, C]; else reports.
    bool is_image(JsonFields& at, int input);
    // An input of three dimensions, [N, T, F]; else reports.
    bool is_sequence(JsonFields& at, int input);

    // What make(GraphBuilder&, Random&) adds: `weights` values that are learned or kept, and no
    // tensor of more than `values`. The caller has checked that it fits the input.
    template <class Make>
    int block(
        JsonFields& at, int input, std::int64_t weights, std::int64_t values, const Make& make) {
        return has_room(at, weights, values) ? make(builder_, random_) : input;
    }

    Graph finish(int output) &&;

private:
    struct Kinks {
        std::size_t node;
        float low;
        float high;
    };

    bool fits_with_weights(JsonFields& at,
                           OpKind op,
                           int input,
                           const Shape& weights,
                           std::int32_t outputs,
                           const Attributes& attributes);
    bool is_small_enough(JsonFields& at, int tensor);
    bool has_room(JsonFields& at, std::int64_t weights, std::int64_t values);

    GraphBuilder builder_;
    Random random_;
    JsonProblem& problem_;
    std::int64_t weights_ = 0;
    std::vector<Kinks> kinks_;
};

// One kind of layer: what a recipe may say of it, and how it is made.
struct LayerKind {
    std::string_view name;
    std::vector<std::string_view> fields;
    std::size_t min_inputs;
    std::size_t max_inputs;
    int (*make)(LayerMaker& maker, JsonFields& fields, const std::vector<int>& inputs);
};

// What "layer" of this entry names; reports and returns nullptr when there is no such kind.
const LayerKind* layer_kind(const nlohmann::json& layer,
                            const std::string& place,
                            JsonProblem& problem);

}  // namespace whittle
