#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/platform/files.h"
#include "core/graph/graph.h"
#include "core/train/recipe.h"
#include "core/train/trainer.h"
#include "tests/support/temporary_folder.h"

namespace whittle {
namespace {

const std::string kLine = R"({
    "name": "mine",
    "data": {"source": "line", "samples": 100},
    "input": {"name": "x", "shape": [1]},
    "layers": [{"layer": "dense", "units": 1}],
    "loss": "mse",
    "optimizer": {"kind": "sgd", "learning_rate": 0.05},
    "epochs": 2
})";

std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

Error refused(const std::string& text) {
    const auto recipe = Recipe::parse(text);
    REQUIRE_FALSE(recipe.ok());
    CAPTURE(recipe.error().message());
    CHECK(recipe.error().expected != "");
    CHECK(recipe.error().found != "");
    return recipe.error();
}

// The place of the error after one change to kLine.
std::string place_after(const std::string& from, const std::string& to) {
    return refused(with(kLine, from, to)).place;
}

// kLine with these layers on an image of 8 x 6 x 2.
std::string image_recipe(const std::string& layers) {
    std::string text = with(kLine, "[1]}", "[8, 6, 2]}");
    return with(text, R"([{"layer": "dense", "units": 1}])", "[" + layers + "]");
}

TEST_CASE("a recipe from JSON says what it trains, on what, and how") {
    const auto recipe = Recipe::parse(with(kLine, R"("epochs": 2)", R"("epochs": 7, "batch": 5,
        "seed": 3, "patience": 2, "min_delta": 0.5, "clip_norm": 2, "shuffle": false,
        "schedule": [{"kind": "warm-up", "epochs": 1.5}, {"kind": "step", "epochs": 2, "factor": 0.5},
                     {"kind": "cosine", "from": 1, "factor": 0.25}],
        "quantization": {"per_channel": false, "float_io": true})"));
    REQUIRE(recipe.ok());
    CHECK(recipe->name == "mine");
    CHECK_FALSE(recipe->needs_data);
    const TrainOptions& options = recipe->options;
    CHECK(options.loss == Loss::mean_squared_error);
    CHECK(options.optimizer.kind == OptimizerOptions::Kind::sgd);
    CHECK(options.optimizer.learning_rate == 0.05f);
    CHECK(options.epochs == 7);
    CHECK(options.batch_size == 5);
    CHECK(options.seed == 3);
    CHECK(options.patience == 2);
    CHECK(options.min_delta == 0.5f);
    CHECK(options.clip_norm == 2.0f);
    CHECK_FALSE(options.shuffle);
    REQUIRE(options.schedule.size() == 3);
    CHECK(options.schedule[0].kind == SchedulePart::Kind::warm_up);
    CHECK(options.schedule[0].epochs == 1.5f);
    CHECK(options.schedule[1].factor == 0.5f);
    CHECK(options.schedule[2].from == 1.0f);
    CHECK_FALSE(recipe->quantization.per_channel);
    CHECK(recipe->quantization.float_io);
    const auto data = recipe->data(std::nullopt, 1);
    REQUIRE(data.ok());
    CHECK(data->train.size() == 60);
}

TEST_CASE("optimizers by name") {
    const auto options = [](const std::string& optimizer) {
        const auto recipe =
            Recipe::parse(with(kLine, R"({"kind": "sgd", "learning_rate": 0.05})", optimizer));
        CAPTURE(optimizer);
        REQUIRE(recipe.ok());
        return recipe->options.optimizer;
    };
    using Kind = OptimizerOptions::Kind;
    const auto nesterov = options(R"({"kind": "nesterov", "learning_rate": 1, "momentum": 0.9})");
    CHECK(nesterov.kind == Kind::sgd);
    CHECK(nesterov.nesterov);
    CHECK(nesterov.momentum == 0.9f);
    const auto adamw = options(R"({"kind": "adamw", "learning_rate": 1, "weight_decay": 0.1})");
    CHECK(adamw.kind == Kind::adam);
    CHECK(adamw.l2 == 0.1f);
    const auto rmsprop = options(R"({"kind": "rmsprop", "learning_rate": 1, "rho": 0.8})");
    CHECK(rmsprop.kind == Kind::rmsprop);
    CHECK(rmsprop.rho == 0.8f);
    CHECK(options(R"({"kind": "adam", "learning_rate": 1, "l1": 0.5})").l1 == 0.5f);
}

TEST_CASE("errors point at the entry that is wrong") {
    CHECK(place_after(R"("units": 1)", R"("units": 0)") == "layers[0].units");
    CHECK(place_after(R"("units": 1)", R"("units": 1.5)") == "layers[0].units");
    CHECK(place_after(R"("units": 1)", R"("units": "one")") == "layers[0].units");
    CHECK(place_after(R"(, "units": 1)", "") == "layers[0].units");
    CHECK(place_after(R"([{"layer": "dense", "units": 1}])", "[]") == "layers");
    CHECK(place_after(R"({"layer": "dense", "units": 1})", "3") == "layers[0]");
    CHECK(place_after("[1]}", "[]}") == "input.shape");
    CHECK(place_after("[1]}", "[1, 0]}") == "input.shape[1]");
    CHECK(place_after("[1]}", "[65536, 65536]}") == "input.shape");
    CHECK(place_after("[1]}", "[65536, 65536, 65536, 65536]}") == "input.shape");
    CHECK(place_after(R"("epochs": 2)", R"("epochs": -1)") == "epochs");
    CHECK(place_after(R"(,
    "epochs": 2)",
                      "") == "epochs");
    CHECK(place_after("0.05", "0") == "optimizer.learning_rate");
    CHECK(place_after("0.05", "1e300") == "optimizer.learning_rate");
    CHECK(place_after(R"("samples": 100)", R"("samples": 0)") == "data.samples");
    CHECK(place_after(R"("samples": 100)", R"("split": {"train": 0.9, "validation": 0.2})") ==
          "data.split");
    CHECK(place_after(R"("epochs": 2)",
                      R"("epochs": 2, "schedule": [{"kind": "step", "epochs": 1}])") ==
          "schedule[0].factor");
    CHECK(place_after(R"("epochs": 2)", R"("epochs": 2, "output": "nowhere")") == "output");
    CHECK(place_after(R"("mse")", R"("cross-entropy")") == "loss, loss cross-entropy");
    CHECK(place_after(R"("epochs": 2)", R"("epochs": 2, "label_smoothing": 0.5)") ==
          "label smoothing");
    CHECK(place_after(R"("mse")", R"("nt-xent", "batch": 3)") == "batch");
    CHECK(place_after(R"("units": 1)", R"("units": 1, "kinks": [1])") == "layers[0].kinks");
    CHECK(refused("[]").place == "the document");
    CHECK(refused("7").place == "the document");
    CHECK(place_after(R"("name")", R"("")") == "the document");
    CHECK(place_after(R"("units": 1)", R"("units": 1, "": 1)") == "layers[0]");
}

TEST_CASE("unknown names come with the one that was meant") {
    const auto hint = [](const std::string& from, const std::string& to) {
        return refused(with(kLine, from, to)).hint;
    };
    CHECK(hint(R"("epochs")", R"("epoch")") == "did you mean 'epochs'?");
    CHECK(hint(R"("units")", R"("unit")") == "did you mean 'units'?");
    CHECK(hint(R"("dense")", R"("dence")") == "did you mean 'dense'?");
    CHECK(hint(R"("sgd")", R"("sdg")") == "did you mean 'sgd'?");
    CHECK(hint(R"("mse")", R"("mes")") == "did you mean 'mse'?");
    CHECK(hint(R"("source": "line")", R"("source": "lime")") == "did you mean 'line'?");
    CHECK(hint(R"("samples")", R"("smaples")") == "did you mean 'samples'?");
    CHECK(refused(with(kLine, R"("units": 1)", R"("units": 1, "momentum": 1)")).place ==
          "layers[0].momentum");
    // A field of another optimizer or data source is unknown, too.
    CHECK(place_after("0.05}", "0.05, \"beta1\": 0.5}") == "optimizer.beta1");
    CHECK(place_after(R"("samples": 100)", R"("classes": 3)") == "data.classes");
}

TEST_CASE("text that is not JSON is refused with line and column") {
    CHECK(refused("").place == "line 1, column 1");
    CHECK(refused("{\n  \"name\": }").place == "line 2, column 11");
    CHECK(refused("{\"name\": \"a\"").found == "the end of the text");
    CHECK(refused(R"({"name": "a", "name": "b"})").expected == "each name once in an object");
    CHECK(refused(std::string(100, '[')).expected == "at most 32 levels");
    CHECK(refused(std::string((1u << 20) + 1, ' ')).expected == "at most 1048576 bytes");
    CHECK(refused("{\"name\": \"\xff\"}").place != "");
    CHECK(refused(with(kLine, "0.05", "1e999")).place != "");
}

TEST_CASE("layers on images: shapes, and what does not fit") {
    const auto recipe = Recipe::parse(image_recipe(R"(
        {"layer": "conv2d", "filters": 4, "kernel": [3, 2], "padding": "same", "activation": "relu6"},
        {"layer": "depthwise-conv2d", "multiplier": 2, "kernel": 3, "stride": [2, 1], "activation": "tanh"},
        {"layer": "max-pool", "size": [1, 2]},
        {"layer": "average-pool", "size": 2, "stride": 1, "padding": "same"},
        {"layer": "silu"}, {"layer": "relu"}, {"layer": "relu6"}, {"layer": "tanh"},
        {"layer": "sigmoid"},
        {"layer": "reshape", "shape": [4, 12]}, {"layer": "flatten"},
        {"layer": "dense", "units": 1, "activation": "sigmoid"})"));
    REQUIRE(recipe.ok());
    const Graph graph = recipe->model(1);
    CHECK(validate(graph).ok());
    CHECK(cost_of(graph).parameters == (3 * 2 * 2 * 4 + 4) + (9 * 8 + 8) + (48 + 1));
    CHECK(weights_hash(graph) == weights_hash(recipe->model(1)));
    CHECK(weights_hash(graph) != weights_hash(recipe->model(2)));

    const auto place = [](const std::string& layers) {
        return refused(image_recipe(layers)).place;
    };
    CHECK(place(R"({"layer": "dense", "units": 1})") == "layers[0].layer");
    CHECK(place(R"({"layer": "flatten"}, {"layer": "max-pool", "size": 2})") == "layers[1].layer");
    CHECK(place(R"({"layer": "conv2d", "filters": 1, "kernel": 9})").find("layers[0].layer") == 0);
    CHECK(place(R"({"layer": "conv2d", "filters": 65536, "kernel": [1024, 1024]})") ==
          "layers[0].layer");
    CHECK(place(R"({"layer": "conv2d", "filters": 1, "kernel": [1, 2, 3]})") == "layers[0].kernel");
    CHECK(place(R"({"layer": "conv2d", "filters": 1, "kernel": 2, "padding": "some"})") ==
          "layers[0].padding");
    CHECK(place(R"({"layer": "reshape", "shape": [5]})") == "layers[0].shape");
    CHECK(place(R"({"layer": "reshape", "shape": [65536, 65536, 65536, 65536]})") ==
          "layers[0].shape");
    CHECK(place(R"({"layer": "relu", "inputs": []})") == "layers[0].inputs");
    CHECK(place(R"({"layer": "add", "inputs": ["input"]})") == "layers[0].inputs");
}

TEST_CASE("layers with a state of training, and activations beside the usual ones") {
    const auto recipe = Recipe::parse(image_recipe(R"(
        {"layer": "conv2d", "filters": 4, "kernel": 1, "activation": "hard-swish"},
        {"name": "a", "layer": "batch-norm"},
        {"name": "b", "layer": "leaky-relu", "slope": 0.1}, {"layer": "hard-swish"},
        {"layer": "concat", "inputs": ["a", "b", "input"]},
        {"layer": "concat", "inputs": ["a", "b"], "axis": 0},
        {"layer": "layer-norm"}, {"layer": "dropout", "rate": 0.5},
        {"layer": "flatten"}, {"layer": "batch-norm"}, {"layer": "dense", "units": 1})"));
    REQUIRE_MESSAGE(recipe.ok(), (recipe.ok() ? "" : recipe.error().message()));
    const Graph graph = recipe->model(1);
    REQUIRE(validate(graph).ok());
    std::vector<Shape> joined;
    for (const Node& node : graph.nodes) {
        if (node.op == OpKind::concat) joined.push_back(graph.tensor(node.outputs[0]).shape);
    }
    CHECK(joined == std::vector<Shape>{{1, 8, 6, 10}, {1, 16, 6, 4}});

    const auto place = [](const std::string& layers) {
        return refused(image_recipe(layers)).place;
    };
    CHECK(place(R"({"layer": "dropout"})") == "layers[0].rate");
    CHECK(place(R"({"layer": "dropout", "rate": 1})") == "layers[0].rate");
    CHECK(place(R"({"layer": "leaky-relu", "slope": -1})") == "layers[0].slope");
    CHECK(place(R"({"layer": "batch-norm", "momentum": 1})") == "layers[0].momentum");
    const auto many = [](std::size_t count) {
        std::string inputs = "\"input\"";
        for (std::size_t i = 1; i < count; ++i) inputs += ", \"input\"";
        return R"({"layer": "concat", "inputs": [)" + inputs + "]}";
    };
    const auto wide = Recipe::parse(
        image_recipe(many(500) + R"(, {"layer": "flatten"}, {"layer": "dense", "units": 1})"));
    REQUIRE_MESSAGE(wide.ok(), (wide.ok() ? "" : wide.error().message()));
    CHECK(wide->model(1).nodes[0].inputs.size() == 500);
    CHECK(place(many(501)) == "layers[0].inputs");
    CHECK(place(R"({"layer": "concat", "inputs": ["input"]})") == "layers[0].inputs");
    CHECK(place(R"({"layer": "concat", "inputs": ["input", "input"], "axis": 3})") ==
          "layers[0].axis");
    CHECK(place(R"({"name": "p", "layer": "max-pool", "size": 2},
                   {"layer": "concat", "inputs": ["input", "p"]})") == "layers[1].layer, input 1");
}

TEST_CASE("layers that enlarge, move and cut out, and blocks of several layers") {
    const auto last_shape = [](const std::string& layers) {
        const auto recipe = Recipe::parse(
            image_recipe(layers + R"(, {"layer": "flatten"}, {"layer": "dense", "units": 1})"));
        REQUIRE_MESSAGE(recipe.ok(), (recipe.ok() ? "" : recipe.error().message()));
        const Graph graph = recipe->model(1);
        REQUIRE(validate(graph).ok());
        CHECK(weights_hash(graph) == weights_hash(recipe->model(1)));
        const Node& flatten = graph.nodes[graph.nodes.size() - 2];
        return graph.tensor(flatten.inputs[0]).shape;
    };
    // Images of 8 x 6 x 2.
    CHECK(last_shape(R"({"layer": "transpose-conv", "filters": 3, "kernel": [3, 2], "stride": 2,
                         "padding": "same", "activation": "relu"})") == Shape{1, 16, 12, 3});
    CHECK(last_shape(R"({"layer": "transpose-conv", "filters": 3, "kernel": 4, "stride": [3, 1],
                         "activation": "silu"})") == Shape{1, 25, 9, 3});
    CHECK(last_shape(R"({"layer": "pad", "before": [1, 0, 0], "after": [2, 3, 0]})") ==
          Shape{1, 11, 9, 2});
    CHECK(last_shape(R"({"layer": "pad", "after": 1})") == Shape{1, 9, 7, 3});
    CHECK(last_shape(R"({"layer": "transpose", "order": [2, 0, 1]})") == Shape{1, 2, 8, 6});
    CHECK(last_shape(R"({"layer": "slice", "begin": [2, 0, 1]})") == Shape{1, 6, 6, 1});
    CHECK(last_shape(R"({"layer": "slice", "size": [8, 5, -1]})") == Shape{1, 8, 5, 2});
    CHECK(last_shape(R"({"layer": "residual", "filters": 4, "stride": 2})") == Shape{1, 4, 3, 4});
    CHECK(last_shape(R"({"layer": "residual", "filters": 2})") == Shape{1, 8, 6, 2});
    CHECK(last_shape(R"({"layer": "conv-pool", "filters": 5, "stride": 2, "pool": 3})") ==
          Shape{1, 1, 1, 5});
    CHECK(last_shape(R"({"layer": "conv-pool", "filters": 5, "kernel": 1, "pool": 1})") ==
          Shape{1, 8, 6, 5});

    const auto place = [](const std::string& layers) {
        return refused(image_recipe(layers)).place;
    };
    CHECK(place(R"({"layer": "transpose-conv", "filters": 1})") == "layers[0].kernel");
    CHECK(place(R"({"layer": "transpose-conv", "filters": 1, "kernel": 2, "dilation": 2})") ==
          "layers[0].dilation");
    CHECK(place(R"({"layer": "transpose-conv", "filters": 65536, "kernel": 1024})") ==
          "layers[0].layer");
    CHECK(place(R"({"layer": "transpose-conv", "filters": 1, "kernel": 1, "stride": 1024})") ==
          "layers[0].layer");
    CHECK(
        place(R"({"layer": "flatten"}, {"layer": "transpose-conv", "filters": 1, "kernel": 1})") ==
        "layers[1].layer");
    CHECK(place(R"({"layer": "pad"})") == "layers[0].before");
    CHECK(place(R"({"layer": "pad", "before": [1, 1]})") == "layers[0].before");
    CHECK(place(R"({"layer": "pad", "after": [0, -1, 0]})") == "layers[0].after[1]");
    CHECK(place(R"({"layer": "pad", "after": 65536})") == "layers[0].layer");
    CHECK(place(R"({"layer": "transpose"})") == "layers[0].order");
    CHECK(place(R"({"layer": "transpose", "order": [0, 1]})") == "layers[0].order");
    CHECK(place(R"({"layer": "transpose", "order": [0, 1, 1]})") == "layers[0].order");
    CHECK(place(R"({"layer": "transpose", "order": [1, 2, 3]})") == "layers[0].order[2]");
    CHECK(place(R"({"layer": "slice"})") == "layers[0].size");
    CHECK(place(R"({"layer": "slice", "begin": [0, 6, 0]})") == "layers[0].begin[1]");
    CHECK(place(R"({"layer": "slice", "begin": [4, 0, 0], "size": [5, 1, 1]})") ==
          "layers[0].size[0]");
    CHECK(place(R"({"layer": "slice", "size": [1, 1, 0]})") == "layers[0].size[2]");
    CHECK(place(R"({"layer": "residual"})") == "layers[0].filters");
    CHECK(place(R"({"layer": "residual", "filters": 65536})") == "layers[0].layer");
    CHECK(place(R"({"layer": "residual", "filters": 1, "stride": 0})") == "layers[0].stride");
    CHECK(place(R"({"layer": "flatten"}, {"layer": "residual", "filters": 1})") ==
          "layers[1].layer");
    CHECK(place(R"({"layer": "conv-pool", "filters": 1, "pool": 7})") == "layers[0].pool");
    CHECK(place(R"({"layer": "conv-pool", "filters": 1, "kernel": [3, 3]})") == "layers[0].kernel");
    CHECK(place(R"({"layer": "conv-pool"})") == "layers[0].filters");
}

TEST_CASE("every layer that is listed is known, with its fields") {
    CHECK(recipe_layers().size() > 30);
    for (const RecipeLayer& layer : recipe_layers()) {
        CAPTURE(std::string(layer.name));
        CHECK(layer.min_inputs <= layer.max_inputs);
        std::string inputs = "\"input\"";
        for (std::size_t i = 1; i < layer.min_inputs; ++i) inputs += ", \"input\"";
        std::string text =
            R"({"layer": ")" + std::string(layer.name) + R"(", "inputs": [)" + inputs + "]";
        for (const std::string_view field : layer.fields) {
            text += ", \"" + std::string(field) + "\": {}";  // no field is an object
        }
        const auto recipe = Recipe::parse(image_recipe(text + "}"));
        if (layer.fields.empty()) continue;
        REQUIRE_FALSE(recipe.ok());
        CHECK(recipe.error().expected != "a field that is known here");
    }
}

TEST_CASE("sounds become log-mel energies or cepstral coefficients") {
    const auto features = [](const std::string& mel) {
        return R"({"name": "sounds",
            "data": {"source": "sounds", "samples": 20, "rate": 8000, "length": 4000, "log-mel": )" +
               mel + R"(}, "input": {"shape": [1]}, "layers": [{"layer": "dense", "units": 1}],
            "loss": "mse", "optimizer": {"kind": "sgd", "learning_rate": 0.05}, "epochs": 2})";
    };
    const auto shape = [&](const std::string& mel) {
        const auto recipe = Recipe::parse(features(mel));
        REQUIRE_MESSAGE(recipe.ok(), (recipe.ok() ? "" : recipe.error().message()));
        const auto data = recipe->data(std::nullopt, 1);
        REQUIRE_MESSAGE(data.ok(), (data.ok() ? "" : data.error().message()));
        return data->train.feature_shape;
    };
    const std::string frames = R"({"frame": 256, "hop": 160, "bands": 20, "high": 3800)";
    CHECK(shape(frames + "}") == Shape{24, 20, 1});  // 1 + (4000 - 256) / 160
    CHECK(shape(frames + R"(, "coefficients": 13})") == Shape{24, 13, 1});
    CHECK(refused(features(R"({"coefficients": -1})")).place == "data.log-mel.coefficients");
    CHECK(refused(features(R"({"coefficient": 1})")).hint == "did you mean 'coefficients'?");
    const auto recipe = Recipe::parse(features(frames + R"(, "coefficients": 21})"));
    REQUIRE(recipe.ok());
    const auto data = recipe->data(std::nullopt, 1);
    REQUIRE_FALSE(data.ok());
    CHECK(data.error().expected.find("as there are bands, 20") != std::string::npos);
}

TEST_CASE("nets of the new layers train, and a logarithm of softmax is trained by its logits") {
    const auto trained = [](const std::string& end) {
        const auto recipe = Recipe::parse(R"({
            "name": "small", "data": {"source": "digits", "samples": 60},
            "input": {"shape": [28, 28, 1]},
            "layers": [
                {"layer": "conv-pool", "filters": 2, "stride": 2, "pool": 2},
                {"layer": "residual", "filters": 3, "stride": 2},
                {"layer": "transpose-conv", "filters": 2, "kernel": 2, "stride": 2},
                {"layer": "pad", "before": [1, 0, 0]}, {"layer": "transpose", "order": [1, 0, 2]},
                {"layer": "slice", "begin": [1, 0, 0]},
                {"layer": "flatten"}, {"layer": "dense", "units": 10}, {"layer": ")" +
                                          end + R"("}],
            "loss": "cross-entropy", "optimizer": {"kind": "adam", "learning_rate": 0.01},
            "batch": 16, "epochs": 3})");
        REQUIRE_MESSAGE(recipe.ok(), (recipe.ok() ? "" : recipe.error().message()));
        const auto data = recipe->data(std::nullopt, 1);
        REQUIRE(data.ok());
        Graph graph = recipe->model(1);
        const std::uint64_t before = weights_hash(graph);
        auto trainer = Trainer::make(graph, data->train, &data->validation, recipe->options);
        REQUIRE_MESSAGE(trainer.ok(), (trainer.ok() ? "" : trainer.status().error().message()));
        const auto first = (*trainer)->run_epoch();
        const auto second = (*trainer)->run_epoch();
        REQUIRE(second.ok());
        CHECK(second->train_loss < first->train_loss);
        CHECK(weights_hash(graph) != before);
        return weights_hash(graph);
    };
    CHECK(trained("softmax") == trained("log-softmax"));
}

// kLine with these layers on 7 steps of 5 features.
std::string sequence_recipe(const std::string& layers) {
    std::string text = with(kLine, "[1]}", "[7, 5]}");
    return with(text, R"([{"layer": "dense", "units": 1}])", "[" + layers + "]");
}

TEST_CASE("layers on sequences: shapes, and what does not fit") {
    const auto shape_after = [](const std::string& layers) {
        const auto recipe = Recipe::parse(sequence_recipe(layers));
        REQUIRE_MESSAGE(recipe.ok(), (recipe.ok() ? "" : recipe.error().message()));
        const Graph graph = recipe->model(1);
        REQUIRE(validate(graph).ok());
        return std::pair(graph.tensor(graph.outputs[0]).shape, cost_of(graph).parameters);
    };
    const std::string end = R"(, {"layer": "flatten"}, {"layer": "dense", "units": 1})";
    CHECK(shape_after(R"({"layer": "gru", "units": 4}, {"layer": "dense", "units": 1})") ==
          std::pair(Shape{1, 1}, std::int64_t{3 * 4 * (5 + 4 + 1) + 5}));
    CHECK(shape_after(R"({"layer": "lstm", "units": 4, "sequences": true})" + end) ==
          std::pair(Shape{1, 1}, std::int64_t{4 * 4 * (5 + 4 + 1) + 7 * 4 + 1}));
    const auto [scaled, scaled_count] =
        shape_after(R"({"layer": "self-attention", "features": 6})" + end);
    const auto [plain, plain_count] =
        shape_after(R"({"layer": "self-attention", "features": 6, "scaled": false})" + end);
    CHECK(plain_count == 3 * 6 * 5 + 7 * 6 + 1);
    CHECK(scaled_count == plain_count + 1);  // the constant 1 / sqrt d
    CHECK(shape_after(R"({"name": "keys", "layer": "gru", "units": 5, "sequences": true},
                         {"layer": "attention", "inputs": ["input", "keys", "input"],
                          "scaled": false})" +
                      end)
              .second == 3 * 5 * 11 + 7 * 5 + 1);

    const auto place = [](const std::string& layers) {
        return refused(sequence_recipe(layers)).place;
    };
    CHECK(place(R"({"layer": "flatten"}, {"layer": "gru", "units": 4})") == "layers[1].layer");
    CHECK(place(R"({"layer": "flatten"}, {"layer": "self-attention", "features": 4})") ==
          "layers[1].layer");
    CHECK(place(R"({"layer": "gru", "units": 0})") == "layers[0].units");
    CHECK(place(R"({"layer": "lstm", "units": 4, "sequences": 1})") == "layers[0].sequences");
    CHECK(place(R"({"layer": "self-attention", "units": 4})") == "layers[0].units");
    // More weights, or larger activations, than a recipe may have.
    CHECK(place(R"({"layer": "lstm", "units": 65536})") == "layers[0].layer");
    CHECK(refused(with(with(kLine, "[1]}", "[4096, 1]}"), R"("layer": "dense", "units": 1)",
                       R"("layer": "self-attention", "features": 1)"))
              .place == "layers[0].layer");
    CHECK(place(R"({"layer": "attention", "inputs": ["input", "input"]})") == "layers[0].inputs");
    const std::string narrow = R"({"name": "n", "layer": "gru", "units": 4, "sequences": true},)";
    CHECK(place(narrow + R"({"layer": "attention", "inputs": ["input", "n", "n"]})") ==
          "layers[1].inputs[1]");
}

TEST_CASE("named layers make a graph with skips") {
    const auto recipe = Recipe::parse(image_recipe(R"(
        {"name": "a", "layer": "conv2d", "filters": 2, "kernel": 1},
        {"name": "b", "layer": "relu"},
        {"layer": "add", "inputs": ["input", "b"], "activation": "relu"},
        {"name": "m", "layer": "mul", "inputs": ["a", "b"]},
        {"layer": "sub", "inputs": ["m", "input"]},
        {"layer": "global-average"},
        {"name": "y", "layer": "dense", "units": 1},
        {"layer": "softmax", "inputs": ["y"]})"));
    REQUIRE(recipe.ok());
    const Graph graph = recipe->model(1);
    REQUIRE(validate(graph).ok());
    CHECK(graph.nodes[2].inputs == std::vector<int>{graph.inputs[0], graph.nodes[1].outputs[0]});
    CHECK(graph.nodes[3].inputs ==
          std::vector<int>{graph.nodes[0].outputs[0], graph.nodes[1].outputs[0]});

    const Error unknown = refused(image_recipe(
        R"({"name": "stem", "layer": "relu"}, {"layer": "add", "inputs": ["input", "sten"]})"));
    CHECK(unknown.place == "layers[1].inputs[1]");
    CHECK(unknown.hint == "did you mean 'stem'?");
    CHECK(refused(image_recipe(R"({"name": "a", "layer": "relu"}, {"name": "a", "layer": "relu"})"))
              .place == "layers[1].name");
    CHECK(refused(image_recipe(R"({"name": "input", "layer": "relu"})")).place == "layers[0].name");
}

TEST_CASE("a recipe is found by its name, or in a file that is named in every error") {
    CHECK(find_recipe("sine").ok());
    const auto unknown = find_recipe("digits-cmm");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().hint == "did you mean 'digits-cnn'?");
    const auto missing = find_recipe("/no/such/recipe.json");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().file == "/no/such/recipe.json");

    const test::TemporaryFolder folder;
    const std::string path = folder.path() + "/mine.json";
    REQUIRE(write_file(path, kLine).ok());
    const auto mine = find_recipe(path);
    REQUIRE(mine.ok());
    CHECK(mine->json() == kLine);
    REQUIRE(write_file(path, with(kLine, R"("units": 1)", R"("units": 0)")).ok());
    const auto wrong = find_recipe(path);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message() ==
          path + ": layers[0].units: expected a whole number of 1 to 65536, found '0'");
}

TEST_CASE("a printed recipe trains to the same bits") {
    const Recipe& line = *recipe_named("line");
    const auto again = Recipe::parse(line.json());
    REQUIRE(again.ok());
    CHECK(weights_hash(again->model(1)) == weights_hash(line.model(1)));
    CHECK(again->options.epochs == line.options.epochs);
    CHECK(again->options.optimizer.learning_rate == line.options.optimizer.learning_rate);
}

}  // namespace
}  // namespace whittle
