#include "lessons/23-arena/placing.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/memory/alignment.h"

namespace whittle {

namespace {

bool is_allowed(const std::vector<std::int64_t>& offsets,
                const std::vector<Overlap>& overlaps,
                std::size_t a,
                std::size_t b) {
    return std::any_of(overlaps.begin(), overlaps.end(), [&](const Overlap& overlap) {
        const auto below = static_cast<std::size_t>(overlap.below);
        const auto above = static_cast<std::size_t>(overlap.above);
        return ((below == a && above == b) || (below == b && above == a)) &&
               offsets[above] - offsets[below] >= overlap.clearance_bytes;
    });
}

bool share_bytes(const std::vector<Buffer>& buffers,
                 const std::vector<std::int64_t>& offsets,
                 std::size_t a,
                 std::size_t b) {
    return alive_together(buffers[a], buffers[b]) && offsets[a] < offsets[b] + buffers[b].bytes &&
           offsets[b] < offsets[a] + buffers[a].bytes;
}

std::string size_of(const ArenaTensors& tensors, std::size_t tensor) {
    return tensors.names[tensor] + " (" + bytes_text(tensors.buffers[tensor].bytes) + ")";
}

std::string shared_name(int shared) { return "B" + std::to_string(shared + 1); }

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
        text += parts[i];
    }
    return text;
}

// Why shared buffers were passed over: "B1 (n0) and B2 (n1) are taken at that time; "
std::string told(const ArenaTensors& tensors, const std::vector<SharedBufferTrial>& trials) {
    std::vector<std::string> taken;
    std::vector<std::string> small;
    for (const SharedBufferTrial& trial : trials) {
        const std::string name = shared_name(trial.shared_buffer);
        if (!trial.large_enough) {
            small.push_back(name);
        } else if (trial.conflict >= 0) {
            taken.push_back(name + " (" + tensors.names[static_cast<std::size_t>(trial.conflict)] +
                            ")");
        }
    }
    std::string text;
    if (!taken.empty()) {
        text += joined(taken) + (taken.size() == 1 ? " is" : " are") + " taken at that time, ";
    }
    if (!small.empty())
        text += joined(small) + (small.size() == 1 ? " is" : " are") + " too small, ";
    return text;
}

}  // namespace

std::string bytes_text(std::int64_t bytes) {
    std::string digits = std::to_string(bytes);
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits + " B";
}

std::vector<bool> overlapping(const std::vector<Buffer>& buffers,
                              const std::vector<std::int64_t>& offsets,
                              const std::vector<Overlap>& overlaps) {
    std::vector<bool> result(buffers.size(), false);
    for (std::size_t a = 0; a < buffers.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (share_bytes(buffers, offsets, a, b) && !is_allowed(offsets, overlaps, a, b))
                result[a] = result[b] = true;
        }
    }
    return result;
}

std::size_t overlapping_pairs(const std::vector<Buffer>& buffers,
                              const std::vector<std::int64_t>& offsets,
                              const std::vector<Overlap>& overlaps) {
    std::size_t pairs = 0;
    for (std::size_t a = 0; a < buffers.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (share_bytes(buffers, offsets, a, b) && !is_allowed(offsets, overlaps, a, b))
                ++pairs;
        }
    }
    return pairs;
}

std::int64_t lowest_free_offset(const std::vector<Buffer>& buffers,
                                const std::vector<std::int64_t>& offsets,
                                std::size_t tensor,
                                std::int64_t alignment) {
    std::vector<std::pair<std::int64_t, std::int64_t>> taken;  // begin, end
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (i == tensor || !alive_together(buffers[i], buffers[tensor])) continue;
        taken.emplace_back(offsets[i], offsets[i] + buffers[i].bytes);
    }
    std::sort(taken.begin(), taken.end());
    std::int64_t candidate = 0;
    for (const auto& [begin, end] : taken) {
        if (candidate + buffers[tensor].bytes <= begin) break;
        candidate = std::max(candidate, align_up(end, alignment));
    }
    return candidate;
}

std::int64_t snapped_offset(const std::vector<Buffer>& buffers,
                            const std::vector<std::int64_t>& offsets,
                            std::size_t tensor,
                            std::int64_t wanted,
                            std::int64_t alignment,
                            std::int64_t reach) {
    wanted = std::max<std::int64_t>(wanted, 0);
    std::vector<std::int64_t> places = {0};
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (i == tensor || !alive_together(buffers[i], buffers[tensor])) continue;
        places.push_back(align_up(offsets[i] + buffers[i].bytes, alignment));
        const std::int64_t below = offsets[i] - buffers[tensor].bytes;
        if (below >= 0) places.push_back(below / alignment * alignment);
    }
    const auto distance = [&](std::int64_t place) { return std::abs(place - wanted); };
    const std::int64_t nearest = *std::min_element(
        places.begin(), places.end(),
        [&](std::int64_t a, std::int64_t b) { return distance(a) < distance(b); });
    if (distance(nearest) <= reach) return nearest;
    return (wanted + alignment / 2) / alignment * alignment;
}

std::string told(const ArenaTensors& tensors, const SharedBufferPlan& walk, std::size_t step) {
    const SharedBufferStep& decision = walk.steps[step];
    std::string text = size_of(tensors, static_cast<std::size_t>(decision.buffer)) + ": ";
    text += told(tensors, decision.trials);
    const std::string chosen = shared_name(decision.chosen);
    if (!decision.created)
        return text + (text.ends_with(", ") ? "so it moves into " : "it moves into ") + chosen +
               ".";
    return text + (decision.trials.empty() ? "it gets the first" : "so it gets a new") +
           " shared buffer, " + chosen + ".";
}

std::string told(const ArenaTensors& tensors,
                 const std::vector<std::int64_t>& offsets,
                 const std::vector<std::size_t>& order,
                 std::size_t step,
                 const std::string& rule) {
    const std::size_t tensor = order[step];
    std::string above;
    for (std::size_t i = 0; i < step; ++i) {
        const std::size_t other = order[i];
        const bool touches =
            alive_together(tensors.buffers[other], tensors.buffers[tensor]) &&
            offsets[other] <
                offsets[tensor] + std::max<std::int64_t>(1, tensors.buffers[tensor].bytes);
        if (touches) above += (above.empty() ? "" : ", ") + tensors.names[other];
    }
    return size_of(tensors, tensor) + " goes to address " + std::to_string(offsets[tensor]) +
           (above.empty() ? ": nothing alive with it lies there."
                          : ": " + rule + " above " + above + ".");
}

}  // namespace whittle
