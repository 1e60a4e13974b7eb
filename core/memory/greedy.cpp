#include "core/memory/greedy.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/memory/alignment.h"
#include "core/memory/placed_buffers.h"

namespace whittle {
namespace {

std::vector<std::size_t> all_indices(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

// Bytes alive at each step where a buffer begins, the fullest first; then in order of time.
std::vector<int> steps_by_breadth(const std::vector<Buffer>& buffers) {
    std::vector<std::pair<std::int64_t, std::int64_t>> changes;
    for (const Buffer& buffer : buffers) {
        changes.emplace_back(buffer.first_step, buffer.bytes);
        changes.emplace_back(std::int64_t{buffer.last_step} + 1, -buffer.bytes);
    }
    std::sort(changes.begin(), changes.end());
    std::vector<std::pair<std::int64_t, int>> breadths;
    std::int64_t alive = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        alive += changes[i].second;
        const bool step_is_whole =
            i + 1 == changes.size() || changes[i + 1].first != changes[i].first;
        if (step_is_whole && changes[i].first <= std::numeric_limits<int>::max()) {
            breadths.emplace_back(-alive, static_cast<int>(changes[i].first));
        }
    }
    std::sort(breadths.begin(), breadths.end());
    std::vector<int> steps;
    for (const auto& [negative_bytes, step] : breadths) steps.push_back(step);
    return steps;
}

}  // namespace

std::vector<std::size_t> order_by_size(const std::vector<Buffer>& buffers) {
    std::vector<std::size_t> order = all_indices(buffers.size());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].bytes > buffers[b].bytes;
    });
    return order;
}

std::vector<std::size_t> latest_first(const std::vector<Buffer>& buffers) {
    std::vector<std::size_t> order = all_indices(buffers.size());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].first_step > buffers[b].first_step;
    });
    return order;
}

std::vector<std::size_t> order_by_breadth(const std::vector<Buffer>& buffers) {
    const std::vector<int> steps = steps_by_breadth(buffers);
    std::vector<std::size_t> position_of_step(steps.size());
    std::vector<std::pair<int, std::size_t>> in_time;  // step, its position in `steps`
    for (std::size_t i = 0; i < steps.size(); ++i) in_time.emplace_back(steps[i], i);
    std::sort(in_time.begin(), in_time.end());

    // The fullest step of each lifetime: the smallest position in a range of time.
    std::vector<std::vector<std::size_t>> smallest(1);
    for (const auto& [step, position] : in_time) smallest[0].push_back(position);
    for (std::size_t width = 2; width <= in_time.size(); width *= 2) {
        const std::vector<std::size_t>& half = smallest.back();
        std::vector<std::size_t> whole(in_time.size() - width + 1);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            whole[i] = std::min(half[i], half[i + width / 2]);
        }
        smallest.push_back(std::move(whole));
    }
    const auto index_of = [&](int step) {
        return static_cast<std::size_t>(
            std::lower_bound(in_time.begin(), in_time.end(), std::pair(step, std::size_t{0})) -
            in_time.begin());
    };
    std::vector<std::size_t> fullest(buffers.size());
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        const std::size_t begin = index_of(buffers[i].first_step);
        const std::size_t end = buffers[i].last_step == std::numeric_limits<int>::max()
                                    ? in_time.size()
                                    : index_of(buffers[i].last_step + 1);
        std::size_t level = 0;
        while ((std::size_t{2} << level) <= end - begin) ++level;
        fullest[i] =
            std::min(smallest[level][begin], smallest[level][end - (std::size_t{1} << level)]);
    }
    std::vector<std::size_t> order = order_by_size(buffers);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return fullest[a] < fullest[b]; });
    return order;
}

std::vector<std::int64_t> lowest_offsets_in_order(const std::vector<Buffer>& buffers,
                                                  const std::vector<std::size_t>& order,
                                                  std::int64_t alignment,
                                                  std::span<const Overlap> overlaps) {
    std::vector<std::int64_t> offsets(buffers.size(), 0);
    PlacedBuffers placed(buffers, alignment, overlaps);
    for (const std::size_t index : order) {
        if (buffers[index].bytes == 0) continue;
        offsets[index] = placed.lowest_free_offset(index);
        placed.insert(index, offsets[index]);
    }
    return offsets;
}

std::vector<std::int64_t> best_fit_offsets(const std::vector<Buffer>& buffers,
                                           std::int64_t alignment) {
    std::vector<std::size_t> order = order_by_size(buffers);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].first_step < buffers[b].first_step;
    });
    struct Hold {
        std::int64_t begin;
        std::int64_t end;  // aligned
        int last_step;
    };
    std::vector<std::int64_t> offsets(buffers.size(), 0);
    std::vector<Hold> alive;  // sorted by offset
    for (const std::size_t index : order) {
        const Buffer& buffer = buffers[index];
        if (buffer.bytes == 0) continue;
        std::erase_if(alive,
                      [&](const Hold& other) { return other.last_step < buffer.first_step; });
        std::int64_t hole_begin = 0;
        std::int64_t best_hole = std::numeric_limits<std::int64_t>::max();
        std::size_t best_position = alive.size();
        std::int64_t best_offset = alive.empty() ? 0 : alive.back().end;
        for (std::size_t i = 0; i < alive.size(); ++i) {
            const std::int64_t hole = alive[i].begin - hole_begin;
            if (hole >= buffer.bytes && hole < best_hole) {
                best_hole = hole;
                best_position = i;
                best_offset = hole_begin;
            }
            hole_begin = alive[i].end;
        }
        offsets[index] = best_offset;
        alive.insert(
            alive.begin() + static_cast<std::ptrdiff_t>(best_position),
            {best_offset, best_offset + align_up(buffer.bytes, alignment), buffer.last_step});
    }
    return offsets;
}

}  // namespace whittle
