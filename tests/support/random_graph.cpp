#include "tests/support/random_graph.h"

#include <algorithm>
#include <string>

#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/ops/pool.h"

namespace whittle::test {
namespace {

class RandomGraph {
public:
    explicit RandomGraph(Random& random) : random_(random) {}

    Graph make(int most_tensors) {
        const int inputs = 1 + pick(3);
        for (int i = 0; i < inputs; ++i) add_input(i);
        const int tensors = inputs + 1 + pick(std::max(1, most_tensors - inputs));
        while (static_cast<int>(tensors_.size()) < std::min(tensors, most_tensors)) add_node();
        std::vector<int> outputs;
        for (const Made& made : tensors_) {
            if (!made.is_read) outputs.push_back(made.index);
        }
        return std::move(builder_).finish(outputs);
    }

private:
    struct Made {
        int index;
        Shape shape;
        bool is_read;
    };

    int pick(int below) {
        return static_cast<int>(random_.below(static_cast<std::uint32_t>(below)));
    }

    void add_input(int number) {
        const Shape shape = {1 + pick(12), 1 + pick(12), 4 << pick(3)};
        const int index = builder_.input("x" + std::to_string(number), shape);
        tensors_.push_back({index, {1, shape[0], shape[1], shape[2]}, false});
    }

    // Mostly one that nobody has read yet, of the later ones.
    Made& any_tensor() {
        for (int attempt = 0; attempt < 4; ++attempt) {
            const int back = pick(std::min(8, static_cast<int>(tensors_.size())));
            Made& made = tensors_[tensors_.size() - 1 - static_cast<std::size_t>(back)];
            if (!made.is_read) return made;
        }
        return tensors_[static_cast<std::size_t>(pick(static_cast<int>(tensors_.size())))];
    }

    void add_node() {
        Made& from = any_tensor();
        switch (pick(5)) {
            case 0: return add_pool(from, from.shape[1], 1, 1, Padding::valid);
            case 1: return add_pool(from, 2, 2, 2, Padding::same);
            case 2: return add_pool(from, 3, 3, 1, Padding::same);
            case 3: return apply(OpKind::relu, {&from}, {}, from.shape);
            default: return add_sum(from);
        }
    }

    void add_pool(
        Made& from, std::int32_t height, std::int32_t width, int stride, Padding padding) {
        PoolAttributes attributes;
        attributes.kernel_height = height;
        attributes.kernel_width = width;
        attributes.steps.stride_height = attributes.steps.stride_width = stride;
        attributes.steps.padding = padding;
        const auto window = pool_window(from.shape, Attributes::of(attributes));
        const OpKind op = pick(2) == 0 ? OpKind::max_pool2d : OpKind::average_pool2d;
        apply(op, {&from}, Attributes::of(attributes), output_shape(*window));
    }

    void add_sum(Made& a) {
        for (int attempt = 0; attempt < 6; ++attempt) {
            Made& b = any_tensor();
            Shape shape = a.shape;
            bool fits = true;
            for (std::size_t d = 0; d < shape.size(); ++d) {
                fits = fits && (a.shape[d] == b.shape[d] || a.shape[d] == 1 || b.shape[d] == 1);
                shape[d] = std::max(a.shape[d], b.shape[d]);
            }
            if (!fits) continue;
            apply(OpKind::add, {&a, &b}, Attributes::of(AddAttributes{}), shape);
            return;
        }
        apply(OpKind::relu6, {&a}, {}, a.shape);
    }

    void apply(OpKind op,
               std::vector<Made*> from,
               const Attributes& attributes,
               const Shape& shape) {
        std::vector<int> inputs;
        for (Made* made : from) {
            inputs.push_back(made->index);
            made->is_read = true;
        }
        tensors_.push_back({builder_.apply(op, inputs, attributes), shape, false});
    }

    Random& random_;
    GraphBuilder builder_;
    std::vector<Made> tensors_;
};

}  // namespace

Graph random_graph(Random& random, int most_tensors) {
    return RandomGraph(random).make(most_tensors);
}

}  // namespace whittle::test
