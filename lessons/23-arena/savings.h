#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/deploy/savings.h"
#include "core/graph/graph.h"
#include "lessons/23-arena/nets.h"

namespace whittle {

// What a deployment saves beside the planner's work (core/deploy/savings.h), and what each gains.

inline constexpr std::size_t kSavingsCount = 4;
inline constexpr std::array<const char*, kSavingsCount> kSavingNames = {"in-place", "overlap",
                                                                        "reorder", "fuse"};

Savings savings_of(const std::array<bool, kSavingsCount>& chosen);

// The nets of nets.h as layers, in float32: 1-16-16-1, the DS-CNN, the ResNet-8.
Graph sine_layers();
Graph keyword_layers();
Graph resnet_layers();
// Four convolutions of one picture, each pooled; their maps side by side, mixed and pooled. Its
// layers stand in an order that keeps all four wide tensors alive.
Graph branches_layers();

// The tensors of layers with savings, scratch of their kernels among them, and which may lie over
// which. `value_bytes`: 4, or 1 for int8.
struct SavedTensors {
    ArenaTensors tensors;
    std::vector<Overlap> overlaps;
};
SavedTensors saved_tensors(const Graph& layers, const Savings& savings, std::int64_t value_bytes);

// Bytes that a saving takes off the arena, planned as deployments are.
struct SavingGains {
    std::array<std::int64_t, kSavingsCount> alone{};   // with this one only
    std::array<std::int64_t, kSavingsCount> beside{};  // with all, more than with all others
    std::int64_t none_bytes = 0;                       // the arena without any
    std::int64_t all_bytes = 0;                        // with all
};
SavingGains gains_of(const Graph& layers, std::int64_t value_bytes);

}  // namespace whittle
