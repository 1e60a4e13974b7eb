// What the student can set, do, read and reach.

#include "lessons/23-arena/lab.h"

namespace whittle {

namespace {

constexpr double kDecisionsPerSecond = 2.0;

}  // namespace

ArenaLab::ArenaLab() {
    declare_model();
    declare_method();
    declare_savings();
    declare_hand();
    declare_own();
    start_group("");
    add_steps("Next decision", kDecisionsPerSecond);
    declare_plan_readouts();
    declare_tensor_readouts();
    declare_saving_readouts();
    declare_goals();
    finish_declaration();
}

void ArenaLab::declare_model() {
    start_group("Net");
    model_ = add_parameter({.name = "model",
                            .title = "Net",
                            .kind = ParameterKind::choice,
                            .choices = {"seven-tensors", "sine", "keywords", "resnet", "puzzle",
                                        "tight", "random", "own", "branches"}});
    numbers_ = add_parameter({.name = "numbers",
                              .title = "Values",
                              .kind = ParameterKind::choice,
                              .choices = {"int8", "float32"},
                              .help = "1 byte or 4 bytes for each value; of the nets with layers"});
    count_ = add_parameter({.name = "tensors",
                            .title = "Tensors",
                            .kind = ParameterKind::integer,
                            .initial = 12,
                            .minimum = 2,
                            .maximum = 40,
                            .step = 1,
                            .help = "Of the random net"});
    seed_ = add_parameter({.name = "seed",
                           .title = "Seed",
                           .kind = ParameterKind::integer,
                           .initial = 1,
                           .minimum = 1,
                           .maximum = 9999,
                           .step = 1,
                           .help = "Another random net"});
    alignment_ = add_parameter({.name = "alignment",
                                .title = "Alignment",
                                .kind = ParameterKind::choice,
                                .initial = 3,
                                .choices = {"1", "4", "8", "16"},
                                .help = "Every address is a multiple of it, in bytes"});
}

void ArenaLab::declare_method() {
    start_group("Planner");
    method_ = add_parameter({.name = "planner",
                             .title = "Planner",
                             .kind = ParameterKind::choice,
                             .choices = {"shared-buffers", "by-size", "by-breadth", "best-fit",
                                         "none", "exact", "by-hand"}});
}

void ArenaLab::declare_savings() {
    start_group("Savings");
    constexpr const char* kTitles[] = {"Outputs in place of inputs", "Outputs that run into inputs",
                                       "Another order of layers", "Fused layers"};
    constexpr const char* kHelp[] = {
        "Where a kernel reads each value before it writes that place",
        "An output begins below an input, and runs into it as the input is used up",
        "The order that keeps least alive", "Two layers take turns, a few rows at a time"};
    for (std::size_t i = 0; i < kSavingsCount; ++i) {
        savings_[i] = add_parameter({.name = kSavingNames[i],
                                     .title = kTitles[i],
                                     .kind = ParameterKind::toggle,
                                     .help = kHelp[i]});
    }
}

void ArenaLab::declare_saving_readouts() {
    constexpr const char* kTitles[] = {"In place", "Running into", "Another order", "Fused"};
    const auto bytes = [this](std::string name, std::string title, const char* help) {
        return add_readout({.name = std::move(name),
                            .title = std::move(title),
                            .unit = "bytes",
                            .digits = 12,
                            .help = help});
    };
    for (std::size_t i = 0; i < kSavingsCount; ++i) {
        const std::string title = kTitles[i];
        shown_.alone[i] = bytes(std::string("alone-") + kSavingNames[i], title + " alone gains",
                                "Against no saving at all");
        shown_.beside[i] = bytes(std::string("beside-") + kSavingNames[i],
                                 title + " gains beside the others", "Against all the others");
    }
    shown_.all = bytes("all-savings", "All together gain", "Against no saving at all");
}

void ArenaLab::declare_hand() {
    start_group("A tensor, and your hand");
    tensor_ = add_parameter({.name = "tensor",
                             .title = "Tensor",
                             .kind = ParameterKind::integer,
                             .initial = 1,
                             .minimum = 1,
                             .maximum = kMaxArenaTensors,
                             .step = 1,
                             .help = "The one you look at, counted from 1 in time"});
    address_ = add_parameter({.name = "address",
                              .title = "Address",
                              .maximum = static_cast<double>(kMaxBytes),
                              .step = 1,
                              .unit = "bytes",
                              .help = "Where “Put it there” puts the tensor"});
    add_action({.name = "put",
                .title = "Put it there",
                .help = "By hand: the tensor goes to the address",
                .kept_by_reset = true},
               [this] { place(address()); });
    add_action(
        {.name = "fall",
         .title = "Let it fall",
         .help = "By hand: the tensor goes to the lowest place that is free",
         .kept_by_reset = true},
        [this] {
            if (tensors_.size() == 0) return;
            place(lowest_free_offset(tensors_.buffers, hand_offsets_, chosen(), alignment()));
        });
    add_action({.name = "stack",
                .title = "Stack them anew",
                .help = "By hand: each tensor on top of the others again",
                .kept_by_reset = true},
               [this] {
                   hand_offsets_ = plan_with(Planner::none, tensors_.buffers, alignment()).offsets;
               });
}

void ArenaLab::declare_own() {
    start_group("Own net");
    const auto step = [this](const char* name, const char* title, double initial) {
        return add_parameter({.name = name,
                              .title = title,
                              .kind = ParameterKind::integer,
                              .initial = initial,
                              .maximum = kMaxSteps - 1,
                              .step = 1});
    };
    new_bytes_ = add_parameter({.name = "new-bytes",
                                .title = "Bytes",
                                .initial = 1024,
                                .minimum = 1,
                                .maximum = static_cast<double>(kMaxBytes),
                                .step = 1});
    new_first_ = step("new-first", "Alive from step", 0);
    new_last_ = step("new-last", "Alive to step", 1);
    add_action({.name = "add-tensor",
                .title = "Add a tensor",
                .help = "To your own net",
                .kept_by_reset = true},
               [this] { add_own_tensor(); });
    add_action({.name = "clear-own",
                .title = "Take all away",
                .help = "From your own net",
                .kept_by_reset = true},
               [this] {
                   own_ = {};
                   reset();
               });
}

void ArenaLab::declare_plan_readouts() {
    shown_.placed = add_readout({.name = "placed", .title = "Tensors placed", .digits = 6});
    shown_.tensors = add_readout({.name = "of-tensors", .title = "Tensors", .digits = 6});
    shown_.peak = add_readout({.name = "peak",
                               .title = "Arena",
                               .unit = "bytes",
                               .digits = 12,
                               .help = "From address 0 to the end of the topmost tensor"});
    shown_.lower_bound = add_readout({.name = "lower-bound",
                                      .title = "Lower bound",
                                      .unit = "bytes",
                                      .digits = 12,
                                      .help = "What is alive at the fullest step"});
    shown_.waste =
        add_readout({.name = "waste", .title = "Above the bound", .unit = "bytes", .digits = 12});
    shown_.gap = add_readout({.name = "gap", .title = "Gap", .unit = "%", .digits = 3});
    shown_.used = add_readout({.name = "used",
                               .title = "Arena in use",
                               .unit = "%",
                               .digits = 3,
                               .help = "The share of the map that is covered: bytes times steps"});
    shown_.proved = add_readout({.name = "proved",
                                 .title = "Proved optimal",
                                 .help = "It meets the lower bound, or the exact search has tried "
                                         "everything smaller",
                                 .names = {"no", "yes"}});
    shown_.nodes = add_readout({.name = "nodes",
                                .title = "Positions searched",
                                .digits = 10,
                                .help = "By the exact planner, where greedy ones leave a gap"});
    shown_.overlaps = add_readout({.name = "overlaps",
                                   .title = "Overlaps",
                                   .digits = 6,
                                   .help = "Pairs alive together that share a byte: must be 0"});
    shown_.shared_buffers =
        add_readout({.name = "shared-buffers", .title = "Shared buffers", .digits = 6});
}

void ArenaLab::declare_tensor_readouts() {
    shown_.bytes = add_readout(
        {.name = "tensor-bytes", .title = "This tensor", .unit = "bytes", .digits = 12});
    shown_.offset = add_readout(
        {.name = "tensor-address", .title = "Its address", .unit = "bytes", .digits = 12});
    shown_.first = add_readout({.name = "tensor-first", .title = "Alive from step", .digits = 6});
    shown_.last = add_readout({.name = "tensor-last", .title = "Alive to step", .digits = 6});
    shown_.conflicts = add_readout({.name = "tensor-conflicts",
                                    .title = "Its conflicts",
                                    .digits = 6,
                                    .help = "Tensors alive at the same time"});
}

void ArenaLab::declare_goals() {
    add_goal({.name = "walk",
              .title = "Walk greedy by size with shared buffers to its end, on the seven tensors",
              .hint = "Choose the net seven-tensors and the planner shared-buffers, and press Next "
                      "decision until every tensor has a place.",
              .reached = [this] {
                  return model() == Model::seven && method() == Method::shared && finished();
              }});
    add_goal({.name = "offsets-win",
              .title = "Find a net where free addresses need less than shared buffers",
              .hint =
                  "A small tensor in a large shared buffer leaves the rest of it empty. Try the "
                  "puzzle or random nets with the planner by-size, and let it finish.",
              .reached = [this] {
                  const bool offsets = method() != Method::shared && method() != Method::none &&
                                       method() != Method::by_hand;
                  return offsets && beats(shared_bytes());
              }});
    add_goal({.name = "beat-greedy",
              .title = "By hand, pack the puzzle tighter than every greedy planner",
              .hint =
                  "b and f never meet, so both may lie at the bottom. d meets both of them, and e "
                  "all three: where do these two go?",
              .reached = [this] {
                  return model() == Model::puzzle && method() == Method::by_hand &&
                         beats(smallest_bytes());
              }});
    add_goal({.name = "savings",
              .title = "Get the branches into two fifths of what they need without savings",
              .hint = "The bars tell what each saving leaves when it is alone. Switch on the two "
                      "that go well together, choose the exact planner, and let it finish.",
              .reached = [this] {
                  return model() == Model::branches && gains_ && beats(gains_->none_bytes * 2 / 5);
              }});
    add_goal({.name = "above-the-bound",
              .title = "Find an optimum that lies above the lower bound, and have it proved",
              .hint = "It is rare: hardly one random net in a thousand. The net called tight was "
                      "made for it; the exact planner tries every smaller arena in vain.",
              .reached = [this] {
                  return method() == Method::exact && finished() && exact_.proved_optimal() &&
                         peak() > lower_bound_;
              }});
}

}  // namespace whittle
