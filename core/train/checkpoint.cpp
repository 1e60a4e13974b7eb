#include "core/train/checkpoint.h"

#include <cmath>
#include <cstring>
#include <string>

#include "core/base/hash.h"
#include "core/train/trainer_state.h"

namespace whittle {
namespace {

using Arrays = Checkpoint::Arrays;

// Continues a hash over values of a type without padding.
template <class T>
void add(std::uint64_t& hash, std::span<const T> values) {
    hash = fnv1a({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()}, hash);
}
template <class T>
void add_number(std::uint64_t& hash, T value) {
    add<T>(hash, {&value, 1});
}
void add_text(std::uint64_t& hash, const std::string& text) {
    add<char>(hash, {text.data(), text.size() + 1});  // with the 0 behind it
}

std::uint64_t model_hash(const Graph& graph) {
    std::uint64_t hash = kFnvOffset;
    for (const Tensor& tensor : graph.tensors) {
        add_text(hash, tensor.name);
        add<std::int32_t>(hash, tensor.shape);
        add_number(hash, static_cast<std::uint32_t>(tensor.dtype));
        add_number(hash, static_cast<std::uint32_t>(tensor.constant ? 1 : 0));
        add_number(hash, static_cast<std::uint32_t>(tensor.trainable ? 1 : 0));
    }
    for (const Node& node : graph.nodes) {
        add_number(hash, static_cast<std::uint32_t>(node.op));
        add<int>(hash, node.inputs);
        add<int>(hash, node.outputs);
    }
    return hash;
}

void add_data(std::uint64_t& hash, const Dataset& data) {
    add<std::int32_t>(hash, data.feature_shape);
    std::visit(
        [&hash](const auto& rows) {
            using Value = typename std::decay_t<decltype(rows)>::value_type;
            add<Value>(hash, rows);
        },
        data.features);
    add<float>(hash, data.targets);
    add<std::uint32_t>(hash, data.labels);
}

std::uint64_t settings_hash(const TrainOptions& o) {
    std::uint64_t hash = kFnvOffset;
    add_text(hash, loss_name(o.loss));
    const Augmentation& a = o.augmentation;
    for (const float value :
         {o.loss_options.huber_delta, o.loss_options.temperature, o.targets.label_smoothing,
          o.optimizer.momentum, o.optimizer.beta1, o.optimizer.beta2, o.optimizer.rho,
          o.optimizer.epsilon, o.clip_norm, a.rotation_degrees, a.scale, a.shift, a.time_shift,
          a.gain, a.background_share, a.background_level, a.noise, a.mixup}) {
        add_number(hash, value);
    }
    add<float>(hash, o.targets.class_weights);
    add_number(hash, static_cast<std::uint32_t>(o.optimizer.kind));
    add_number(hash, static_cast<std::uint32_t>(o.optimizer.nesterov ? 1 : 0));
    for (const SchedulePart& part : o.schedule) {
        add_number(hash, static_cast<std::uint32_t>(part.kind));
        for (const float value : {part.epochs, part.factor, part.from}) add_number(hash, value);
        if (part.kind == SchedulePart::Kind::cosine) add_number(hash, o.epochs);
    }
    add_number(hash, o.batch_size);
    add_number(hash, o.seed);
    add_number(hash, static_cast<std::uint32_t>(o.shuffle ? 1 : 0));
    return hash;
}

Arrays as_bytes(const std::vector<std::vector<float>>& floats) {
    Arrays arrays(floats.size());
    for (std::size_t i = 0; i < floats.size(); ++i) {
        arrays[i].resize(floats[i].size() * sizeof(float));
        if (!floats[i].empty()) {
            std::memcpy(arrays[i].data(), floats[i].data(), arrays[i].size());
        }
    }
    return arrays;
}

void from_bytes(const Arrays& arrays, std::vector<std::vector<float>>& floats) {
    for (std::size_t i = 0; i < floats.size(); ++i) {
        if (!floats[i].empty()) std::memcpy(floats[i].data(), arrays[i].data(), arrays[i].size());
    }
}

bool same_sizes(const Arrays& a, const Arrays& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].size() != b[i].size()) return false;
    }
    return true;
}

std::vector<int> float_constants(const Graph& graph) {
    std::vector<int> constants;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const Tensor& tensor = graph.tensors[t];
        if (tensor.constant && tensor.dtype == DType::float32) {
            constants.push_back(static_cast<int>(t));
        }
    }
    return constants;
}

Error of_another(const char* what, const char* hint) {
    return {.place = std::string("the fingerprint of the ") + what,
            .expected = std::string("the ") + what + " that this training has",
            .found = std::string("another ") + what,
            .hint = hint};
}

Status check_fingerprints(const Checkpoint::Fingerprints& found,
                          const Checkpoint::Fingerprints& expected) {
    if (found.model != expected.model) {
        return of_another("model", "resume with the recipe that the checkpoint was made with");
    }
    if (found.data != expected.data) {
        return of_another("data set", "resume with the same --data and --seed");
    }
    if (found.settings != expected.settings) {
        return of_another("choice of settings",
                          "resume with the same seed, batch size, loss, optimizer and schedule");
    }
    return {};
}

}  // namespace

Checkpoint::Fingerprints fingerprints_of(const Graph& graph,
                                         const Dataset& train,
                                         const Dataset* validation,
                                         const TrainOptions& options) {
    Checkpoint::Fingerprints fingerprints{model_hash(graph), kFnvOffset, settings_hash(options)};
    add_data(fingerprints.data, train);
    if (validation != nullptr) add_data(fingerprints.data, *validation);
    return fingerprints;
}

const Checkpoint::Fingerprints& Trainer::State::fingerprints() {
    if (!known_fingerprints) {
        known_fingerprints = fingerprints_of(graph, train, validation, options);
    }
    return *known_fingerprints;
}

Checkpoint Trainer::State::snapshot() {
    Checkpoint c;
    c.fingerprints = fingerprints();
    c.position = position;
    c.loss_sum = loss_sum;
    c.learning_rate = learning_rate;
    c.l1 = optimizer.options().l1;
    c.l2 = optimizer.options().l2;
    c.beta1_power = optimizer.state().beta1_power;
    c.beta2_power = optimizer.state().beta2_power;
    c.best_epoch = static_cast<std::uint32_t>(best_report.epoch);
    c.best_train_loss = best_report.train_loss;
    c.best_validation_loss = best_report.validation_loss;
    c.epochs_since_best = static_cast<std::uint32_t>(epochs_since_best);
    for (const int tensor : float_constants(graph)) {
        c.constants.push_back(graph.tensor(tensor).data);
    }
    c.last_good = last_good.copies();
    c.best = best.copies();
    c.first = as_bytes(optimizer.state().first);
    c.second = as_bytes(optimizer.state().second);
    return c;
}

// Everything is checked before anything changes.
Status Trainer::State::check(const Checkpoint& c) {
    const Status status = check_fingerprints(c.fingerprints, fingerprints());
    if (!status.ok()) return status;
    const Checkpoint own = snapshot();
    const bool has_best = c.best_epoch > 0;
    const bool fits = same_sizes(c.constants, own.constants) &&
                      same_sizes(c.last_good, own.last_good) && same_sizes(c.first, own.first) &&
                      same_sizes(c.second, own.second) &&
                      same_sizes(c.best, has_best ? own.last_good : Arrays());
    const bool in_range = c.position <= train.size() &&
                          (c.position % batch == 0 || c.position == train.size()) &&
                          c.learning_rate > 0.0f && std::isfinite(c.learning_rate);
    if (fits && in_range && c.epoch <= 1'000'000'000u && c.best_epoch <= c.epoch) return {};
    return Error{.place = "the contents",
                 .expected = "weights and counts that fit the model and the data",
                 .found = "others",
                 .hint = "use an older checkpoint, or train from the beginning"};
}

void Trainer::State::go_on_from(const Checkpoint& c) {
    const std::vector<int> constants = float_constants(graph);
    for (std::size_t i = 0; i < constants.size(); ++i) {
        graph.tensor(constants[i]).data = c.constants[i];
    }
    last_good.copies() = c.last_good;
    best.copies() = c.best;
    from_bytes(c.first, optimizer.state().first);
    from_bytes(c.second, optimizer.state().second);
    optimizer.state().beta1_power = c.beta1_power;
    optimizer.state().beta2_power = c.beta2_power;
    learning_rate = c.learning_rate;
    optimizer.set_learning_rate(learning_rate);
    optimizer.set_regularization(c.l1, c.l2);
    best_report = {static_cast<int>(c.best_epoch), c.best_train_loss, c.best_validation_loss,
                   c.best_epoch > 0};
    epochs_since_best = static_cast<int>(c.epochs_since_best);
    failure.reset();
    if (c.position < train.size()) begin_epoch(static_cast<int>(c.epoch));
    position = static_cast<std::size_t>(c.position);
    loss_sum = c.loss_sum;
}

std::vector<std::uint8_t> Trainer::checkpoint() const {
    Checkpoint checkpoint = state_->snapshot();
    checkpoint.epoch = static_cast<std::uint32_t>(epoch_);
    checkpoint.stopped_early = stopped_early_ ? 1 : 0;
    return write_checkpoint(checkpoint);
}

Status Trainer::resume(std::span<const std::uint8_t> bytes) {
    const Result<Checkpoint> checkpoint = read_checkpoint(bytes);
    if (!checkpoint.ok()) return checkpoint.status();
    if (const Status status = state_->check(*checkpoint); !status.ok()) return status;
    state_->go_on_from(*checkpoint);
    epoch_ = static_cast<int>(checkpoint->epoch);
    stopped_early_ = checkpoint->stopped_early != 0;
    return {};
}

}  // namespace whittle
