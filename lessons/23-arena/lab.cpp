#include "lessons/23-arena/lab.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/memory/alignment.h"
#include "core/memory/greedy.h"
#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

// Enough for the nets here; the rest of a second on a slow machine.
constexpr std::uint64_t kMaxSearchNodes = 200'000;

std::vector<std::size_t> order_in_time(const std::vector<Buffer>& buffers) {
    std::vector<std::size_t> order = order_by_size(buffers);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].first_step < buffers[b].first_step;
    });
    return order;
}

std::vector<std::size_t> as_listed(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

}  // namespace

std::int64_t ArenaLab::alignment() const {
    constexpr std::int64_t kAlignments[] = {1, 4, 8, 16};
    return kAlignments[static_cast<std::size_t>(value(alignment_))];
}

std::size_t ArenaLab::chosen() const {
    const auto wanted = static_cast<std::size_t>(value(tensor_)) - 1;
    return tensors_.size() == 0 ? 0 : std::min(wanted, tensors_.size() - 1);
}

// --- The net

std::vector<double> ArenaLab::net_key() const {
    std::vector<double> key;
    for (const std::size_t parameter : {model_, numbers_, count_, seed_, alignment_}) {
        key.push_back(value(parameter));
    }
    key.push_back(static_cast<double>(own_.size()));
    for (const std::size_t saving : savings_) key.push_back(value(saving));
    return key;
}

bool ArenaLab::has_layers() const {
    switch (model()) {
        case Model::sine:
        case Model::keyword:
        case Model::resnet:
        case Model::branches: return true;
        default: return false;
    }
}

std::array<bool, kSavingsCount> ArenaLab::chosen_savings() const {
    std::array<bool, kSavingsCount> chosen{};
    for (std::size_t i = 0; i < kSavingsCount; ++i) chosen[i] = value(savings_[i]) != 0.0;
    return chosen;
}

std::int64_t ArenaLab::value_bytes() const { return value_text(numbers_) == "float32" ? 4 : 1; }

Graph ArenaLab::layers() const {
    switch (model()) {
        case Model::sine: return sine_layers();
        case Model::keyword: return keyword_layers();
        case Model::resnet: return resnet_layers();
        default: return branches_layers();
    }
}

ArenaTensors ArenaLab::make_tensors() const {
    const std::int64_t factor = value_bytes();
    switch (model()) {
        case Model::seven: return widened(seven_tensors(), factor);
        case Model::sine: return widened(sine_tensors(), factor);
        case Model::keyword: return widened(keyword_tensors(), factor);
        case Model::resnet: return widened(resnet_tensors(), factor);
        case Model::puzzle: return puzzle_tensors();
        case Model::tight: return tight_tensors();
        case Model::random:
            return random_tensors(static_cast<std::size_t>(value(count_)),
                                  static_cast<std::uint64_t>(value(seed_)));
        case Model::own: return own_;
        case Model::branches: return saved_tensors(layers(), Savings::none(), factor).tensors;
    }
    return {};
}

// What depends on the net alone; by hand one begins anew with it.
void ArenaLab::take_tensors() {
    key_ = net_key();
    overlaps_.clear();
    const std::array<bool, kSavingsCount> chosen = chosen_savings();
    if (has_layers() && std::find(chosen.begin(), chosen.end(), true) != chosen.end()) {
        SavedTensors saved = saved_tensors(layers(), savings_of(chosen), value_bytes());
        tensors_ = std::move(saved.tensors);
        overlaps_ = std::move(saved.overlaps);
    } else {
        tensors_ = make_tensors();
    }
    const std::vector<double> gains_key = {value(model_), value(numbers_)};
    if (gains_key != gains_key_) {
        gains_key_ = gains_key;
        gains_.reset();
        if (has_layers()) gains_ = gains_of(layers(), value_bytes());
    }
    const std::vector<Buffer>& buffers = tensors_.buffers;
    conflicts_ = conflict_graph(buffers);
    lower_bound_ = lower_bound_bytes(buffers, alignment(), overlaps_);
    planner_bytes_.clear();
    for (const PlannerInfo& info : all_planners()) {
        planner_bytes_.push_back(
            plan_with(info.planner, buffers, alignment(), overlaps_).arena_bytes);
    }
    hand_offsets_ = plan_with(Planner::none, buffers, alignment()).offsets;
}

void ArenaLab::forget() {
    own_ = {};
    key_.clear();
}

void ArenaLab::reset() {
    if (key_ != net_key()) take_tensors();
    plan();
    decisions_ = 0;
    mark_placed();
}

// These begin nothing anew: they say what the student looks at, or what an action will use.
void ArenaLab::changed(std::size_t parameter) {
    const std::size_t harmless[] = {tensor_, address_, new_bytes_, new_first_, new_last_};
    if (std::find(std::begin(harmless), std::end(harmless), parameter) != std::end(harmless))
        return;
    Lab::changed(parameter);
}

void ArenaLab::add_own_tensor() {
    if (own_.size() == kMaxArenaTensors) return;
    const auto first = static_cast<int>(value(new_first_));
    const auto last = std::max(first, static_cast<int>(value(new_last_)));
    own_.add("t" + std::to_string(own_.size() + 1), static_cast<std::int64_t>(value(new_bytes_)),
             first, last);
    reset();
}

Status ArenaLab::open_model(const Graph& graph) {
    const Result<ArenaTensors> found = tensors_of(graph, kMaxBytes, kMaxSteps);
    if (!found.ok()) return found.status();
    if (const Status status = set("model", "own"); !status.ok()) return status;
    if (const Status status = act("clear-own"); !status.ok()) return status;
    for (const Buffer& buffer : found->buffers) {
        set_value(new_bytes_, static_cast<double>(buffer.bytes));
        set_value(new_first_, buffer.first_step);
        set_value(new_last_, buffer.last_step);
        if (const Status status = act("add-tensor"); !status.ok()) return status;
    }
    // The link tells sizes and lifetimes; these are for the eye of who opened the file.
    own_.names = found->names;
    tensors_.names = found->names;
    return {};
}

// --- The plan

void ArenaLab::plan() {
    const std::vector<Buffer>& buffers = tensors_.buffers;
    walk_ = {};
    exact_ = {};
    const auto follow = [&](Planner planner, std::vector<std::size_t> order) {
        plan_offsets_ = plan_with(planner, buffers, alignment(), overlaps_).offsets;
        order_ = std::move(order);
    };
    switch (method()) {
        case Method::shared:
            walk_ = plan_with_shared_buffers(buffers, alignment());
            plan_offsets_ = walk_.plan.offsets;
            order_ = order_by_size(buffers);
            break;
        case Method::by_size: follow(Planner::greedy_by_size, order_by_size(buffers)); break;
        case Method::by_breadth:
            follow(Planner::greedy_by_breadth, order_by_breadth(buffers));
            break;
        case Method::best_fit: follow(Planner::best_fit_in_time, order_in_time(buffers)); break;
        case Method::none: follow(Planner::none, as_listed(buffers.size())); break;
        case Method::exact: {
            ExactOptions options;
            options.max_nodes = kMaxSearchNodes;
            exact_ = plan_exactly(buffers, alignment(), options, overlaps_);
            plan_offsets_ = exact_.plan.offsets;
            order_ = as_listed(buffers.size());
            break;
        }
        case Method::by_hand: order_.clear(); break;
    }
}

const std::vector<std::int64_t>& ArenaLab::offsets() const {
    return method() == Method::by_hand ? hand_offsets_ : plan_offsets_;
}

// The exact planner answers at once; by hand there is nothing to wait for.
std::size_t ArenaLab::decision_count() const {
    if (method() == Method::by_hand || tensors_.size() == 0) return 0;
    return method() == Method::exact ? 1 : tensors_.size();
}

int ArenaLab::latest() const {
    if (decisions_ == 0 || method() == Method::exact) return -1;
    return static_cast<int>(order_[decisions_ - 1]);
}

bool ArenaLab::do_step() {
    if (finished()) return false;
    ++decisions_;
    mark_placed();
    return true;
}

void ArenaLab::mark_placed() {
    const bool all = finished();
    placed_.assign(tensors_.size(), all);
    if (all) return;
    for (std::size_t i = 0; i < decisions_; ++i) placed_[order_[i]] = true;
}

void ArenaLab::place(std::int64_t offset) {
    if (tensors_.size() == 0) return;
    hand_offsets_[chosen()] = offset / alignment() * alignment();
}

std::vector<SharedBuffer> ArenaLab::shared_buffers() const {
    std::vector<SharedBuffer> buffers;
    if (method() != Method::shared) return buffers;
    for (SharedBuffer shared : walk_.shared_buffers) {
        std::vector<int> present;
        for (const int tenant : shared.tenants) {
            if (placed_[static_cast<std::size_t>(tenant)]) present.push_back(tenant);
        }
        shared.tenants = std::move(present);
        if (!shared.tenants.empty()) buffers.push_back(std::move(shared));
    }
    return buffers;
}

std::int64_t ArenaLab::peak() const {
    std::int64_t end = 0;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        if (placed_[i]) end = std::max(end, offsets()[i] + tensors_.buffers[i].bytes);
    }
    return end;
}

std::int64_t ArenaLab::whole_peak() const { return arena_bytes_of(tensors_.buffers, offsets()); }

std::int64_t ArenaLab::shared_bytes() const {
    const auto planners = all_planners();
    for (std::size_t i = 0; i < planners.size(); ++i) {
        if (planners[i].planner == Planner::shared_by_size) return planner_bytes_[i];
    }
    return 0;
}

std::int64_t ArenaLab::smallest_bytes() const {
    return *std::min_element(planner_bytes_.begin(), planner_bytes_.end());
}

// A whole plan without overlaps that needs less than so many bytes.
bool ArenaLab::beats(std::int64_t bytes) const {
    return finished() && tensors_.size() > 0 && peak() < bytes &&
           overlapping_pairs(tensors_.buffers, offsets(), overlaps_) == 0;
}

std::string ArenaLab::told() const {
    if (tensors_.size() == 0) return "There are no tensors yet: add some, or open a .tflite file.";
    if (method() == Method::by_hand) {
        const std::size_t pairs = overlapping_pairs(tensors_.buffers, hand_offsets_, overlaps_);
        if (pairs > 0) {
            return std::to_string(pairs) + (pairs == 1 ? " pair" : " pairs") +
                   " of tensors would overwrite each other.";
        }
        return peak() == lower_bound_ ? "No overlap, and no plan can be smaller."
                                      : "No overlap. Can it be smaller?";
    }
    if (decisions_ == 0) return "Nothing has a place yet.";
    const std::size_t step = decisions_ - 1;
    switch (method()) {
        case Method::shared: return whittle::told(tensors_, walk_, step);
        case Method::best_fit:
            return whittle::told(tensors_, plan_offsets_, order_, step,
                                 "the smallest hole it fits in, or the top,");
        case Method::none:
            return whittle::told(tensors_, plan_offsets_, order_, step, "a place of its own,");
        case Method::exact:
            return exact_.proved_optimal() ? "The search is over: no plan can be smaller."
                                           : "The search gave up; this is the best it found.";
        default:
            return whittle::told(tensors_, plan_offsets_, order_, step, "the lowest place free");
    }
}

// --- What is read

void ArenaLab::update() {
    const auto placed = std::count(placed_.begin(), placed_.end(), true);
    const bool whole = finished() && tensors_.size() > 0;
    const std::int64_t bytes = peak();
    const std::size_t pairs = method() == Method::by_hand
                                  ? overlapping_pairs(tensors_.buffers, hand_offsets_, overlaps_)
                                  : 0;
    const bool proved = pairs == 0 && (bytes == lower_bound_ ||
                                       (method() == Method::exact && exact_.proved_optimal()));
    double covered = 0.0;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        const Buffer& buffer = tensors_.buffers[i];
        if (placed_[i]) {
            covered +=
                static_cast<double>(buffer.bytes) * (buffer.last_step - buffer.first_step + 1);
        }
    }
    const auto room = static_cast<double>(bytes) * tensors_.steps();
    set_readout(shown_.placed, static_cast<double>(placed));
    set_readout(shown_.tensors, static_cast<double>(tensors_.size()));
    set_readout(shown_.peak, static_cast<double>(bytes));
    set_readout(shown_.lower_bound, static_cast<double>(lower_bound_));
    set_readout(shown_.waste, whole ? static_cast<double>(bytes - lower_bound_) : kNothing);
    set_readout(shown_.gap,
                whole
                    ? 100.0 * (static_cast<double>(bytes) / static_cast<double>(lower_bound_) - 1.0)
                    : kNothing);
    set_readout(shown_.used, bytes > 0 && pairs == 0 ? 100.0 * covered / room : kNothing);
    set_readout(shown_.proved, whole ? (proved ? 1.0 : 0.0) : kNothing);
    set_readout(shown_.nodes,
                method() == Method::exact && whole ? static_cast<double>(exact_.nodes) : kNothing);
    set_readout(shown_.overlaps, static_cast<double>(pairs));
    set_readout(shown_.shared_buffers, method() == Method::shared
                                           ? static_cast<double>(shared_buffers().size())
                                           : kNothing);
    update_tensor_readouts();
    update_saving_readouts();
}

void ArenaLab::update_saving_readouts() {
    const auto show = [this](std::size_t readout, std::int64_t bytes) {
        set_readout(readout, gains_ ? static_cast<double>(bytes) : kNothing);
    };
    const SavingGains gains = gains_.value_or(SavingGains{});
    for (std::size_t i = 0; i < kSavingsCount; ++i) {
        show(shown_.alone[i], gains.alone[i]);
        show(shown_.beside[i], gains.beside[i]);
    }
    show(shown_.all, gains.none_bytes - gains.all_bytes);
}

void ArenaLab::update_tensor_readouts() {
    if (tensors_.size() == 0) {
        for (const std::size_t readout :
             {shown_.bytes, shown_.offset, shown_.first, shown_.last, shown_.conflicts}) {
            set_readout(readout, kNothing);
        }
        return;
    }
    const std::size_t tensor = chosen();
    const Buffer& buffer = tensors_.buffers[tensor];
    set_readout(shown_.bytes, static_cast<double>(buffer.bytes));
    set_readout(shown_.offset, placed_[tensor] ? static_cast<double>(offsets()[tensor]) : kNothing);
    set_readout(shown_.first, buffer.first_step);
    set_readout(shown_.last, buffer.last_step);
    set_readout(shown_.conflicts, static_cast<double>(conflicts_[tensor].size()));
}

}  // namespace whittle
