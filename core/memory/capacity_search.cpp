#include "core/memory/capacity_search.h"

#include <algorithm>
#include <limits>

namespace whittle {
namespace {

constexpr Units kUnlimited = std::numeric_limits<Units>::max() / 4;
constexpr std::uint64_t kNodesBetweenQuestions = 256;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

CapacitySearch::CapacitySearch(const Packing& packing)
    : packing_(packing), changed_in_(at(packing.clique_count()), 0) {
    positions_begin_ = {0};
    for (std::size_t i = 0; i < packing.size(); ++i) {
        const int cliques = packing.last_clique[i] - packing.first_clique[i] + 1;
        positions_begin_.push_back(positions_begin_.back() + at(cliques));
    }
    positions_.resize(positions_begin_.back());
}

CapacitySearch::Outcome CapacitySearch::run(const std::vector<Units>& highest_offsets,
                                            const std::vector<int>& order,
                                            std::uint64_t max_nodes,
                                            const std::function<bool()>& stop) {
    highest_ = highest_offsets;
    capacity_ = 0;
    for (std::size_t i = 0; i < packing_.size(); ++i) {
        capacity_ = std::max(capacity_, highest_[i] + packing_.heights[i]);
    }
    max_nodes_ = max_nodes;
    stop_ = &stop;
    reset(order);
    for (int k = 0; k < packing_.clique_count(); ++k) {
        if (!fits(k, 0)) return Outcome::impossible;
    }
    if (search_all()) return Outcome::found;
    return gave_up_ ? Outcome::gave_up : Outcome::impossible;
}

void CapacitySearch::reset(const std::vector<int>& order) {
    const std::size_t count = packing_.size();
    lowest_.assign(count, 0);
    placed_.assign(count, 0);
    blame_.assign(count, 0);
    rank_.assign(count, -1);
    int next_rank = 0;
    for (const int i : order) rank(i, next_rank);
    members_ = packing_.members;
    unplaced_end_.assign(packing_.clique_begin.begin() + 1, packing_.clique_begin.end());
    unplaced_height_.assign(at(packing_.clique_count()), 0);
    for (int k = 0; k < packing_.clique_count(); ++k) {
        for (int entry = packing_.clique_begin[at(k)]; entry < unplaced_end_[at(k)]; ++entry) {
            const std::size_t i = at(members_[at(entry)]);
            positions_[positions_begin_[i] + at(k - packing_.first_clique[i])] = entry;
            unplaced_height_[at(k)] += packing_.height_in(k, static_cast<int>(i));
        }
    }
    trail_.clear();
    stack_.clear();
    slices_.clear();
    nodes_ = 0;
    gave_up_ = false;
    stopped_ = false;
}

// After those that count as lying beneath it at the same offset.
void CapacitySearch::rank(int rectangle, int& next) {
    if (rank_[at(rectangle)] >= 0) return;
    for (const int beneath : packing_.at_same_offset[at(rectangle)]) rank(beneath, next);
    rank_[at(rectangle)] = next++;
}

bool CapacitySearch::search_all() {
    for (std::size_t i = 0; i < packing_.size(); ++i) stack_.push_back(static_cast<int>(i));
    std::stable_sort(stack_.begin(), stack_.end(), [&](int a, int b) {
        return packing_.first_clique[at(a)] < packing_.first_clique[at(b)];
    });
    const std::size_t parts = push_parts({0, stack_.size()}, -1);
    for (std::size_t i = 0; i < parts; ++i) {
        if (!search(slices_[i], {})) return false;
    }
    return true;
}

bool CapacitySearch::out_of_budget() {
    if (++nodes_ > max_nodes_) gave_up_ = true;
    if (nodes_ % kNodesBetweenQuestions == 0 && *stop_ && (*stop_)()) gave_up_ = stopped_ = true;
    return gave_up_;
}

bool CapacitySearch::search(Slice open, Previous previous) {
    if (open.begin == open.end) return true;
    if (out_of_budget()) return false;
    const Slice candidates = push_candidates(open, previous);
    bool found = false;
    for (std::size_t i = candidates.begin; i < candidates.end && !found && !gave_up_; ++i) {
        found = try_rectangle(open, stack_[i]);
    }
    stack_.resize(candidates.begin);
    return found;
}

bool CapacitySearch::try_rectangle(Slice open, int rectangle) {
    const std::size_t trail_mark = trail_.size();
    const std::size_t stack_mark = stack_.size();
    const std::size_t slices_mark = slices_.size();
    bool found = place(rectangle);
    if (found) {
        const Previous previous = {lowest_[at(rectangle)], rank_[at(rectangle)]};
        const std::size_t parts = push_parts(open, rectangle);
        for (std::size_t i = 0; i < parts && found; ++i) {
            found = search(slices_[slices_mark + i], previous);
        }
        stack_.resize(stack_mark);
        slices_.resize(slices_mark);
    }
    if (!found) undo_to(trail_mark);
    return found;
}

// The lowest first, then by rank.
CapacitySearch::Slice CapacitySearch::push_candidates(Slice open, Previous previous) {
    const std::size_t begin = stack_.size();
    const Units highest = highest_sensible_offset(open, previous);
    for (std::size_t entry = open.begin; entry < open.end; ++entry) {
        const int i = stack_[entry];
        const Units offset = lowest_[at(i)];
        const bool in_order =
            offset > previous.offset || (offset == previous.offset && rank_[at(i)] > previous.rank);
        if (in_order && offset <= highest) stack_.push_back(i);
    }
    std::sort(stack_.begin() + static_cast<std::ptrdiff_t>(begin), stack_.end(), [&](int a, int b) {
        if (lowest_[at(a)] != lowest_[at(b)]) return lowest_[at(a)] < lowest_[at(b)];
        return rank_[at(a)] < rank_[at(b)];
    });
    return {begin, stack_.size()};
}

// Above it, the next rectangle leaves room for another beneath it, or too little room in a clique
// for the rest of its members, which all come later and therefore higher.
Units CapacitySearch::highest_sensible_offset(Slice open, Previous previous) {
    Units highest = kUnlimited;
    int first_clique = packing_.clique_count();
    int last_clique = -1;
    for (std::size_t entry = open.begin; entry < open.end; ++entry) {
        const std::size_t i = at(stack_[entry]);
        highest = std::min(highest, lowest_[i] + packing_.heights[i] - 1);
        first_clique = std::min(first_clique, packing_.first_clique[i]);
        last_clique = std::max(last_clique, packing_.last_clique[i]);
    }
    int tightest = -1;
    for (int k = first_clique; k <= last_clique; ++k) {
        if (unplaced_height_[at(k)] == 0) continue;
        const Units highest_here = capacity_ - unplaced_height_[at(k)];
        if (highest_here < highest) {
            highest = highest_here;
            tightest = k;
        }
    }
    if (highest < previous.offset && tightest >= 0) blame_clique(tightest);
    return highest;
}

// `open` is sorted by first clique; so are the parts. The smallest part comes first.
std::size_t CapacitySearch::push_parts(Slice open, int placed) {
    const std::size_t first_slice = slices_.size();
    int end = -1;
    for (std::size_t entry = open.begin; entry < open.end; ++entry) {
        const int i = stack_[entry];
        if (i == placed) continue;
        if (packing_.first_clique[at(i)] > end) slices_.push_back({stack_.size(), stack_.size()});
        stack_.push_back(i);
        slices_.back().end = stack_.size();
        end = std::max(end, packing_.last_clique[at(i)]);
    }
    if (slices_.size() - first_slice > 1) {
        std::sort(slices_.begin() + static_cast<std::ptrdiff_t>(first_slice), slices_.end(),
                  [](const Slice& a, const Slice& b) {
                      const std::size_t a_size = a.end - a.begin;
                      const std::size_t b_size = b.end - b.begin;
                      return a_size != b_size ? a_size < b_size : a.begin < b.begin;
                  });
    }
    return slices_.size() - first_slice;
}

// Puts a rectangle at its lowest offset. False if that leaves too little room for others; undo_to()
// takes it back either way.
bool CapacitySearch::place(int rectangle) {
    const std::size_t i = at(rectangle);
    const Units offset = lowest_[i];
    for (int k = packing_.first_clique[i]; k <= packing_.last_clique[i]; ++k) {
        if (offset + unplaced_height_[at(k)] > capacity_) {
            blame_clique(k);
            return false;
        }
    }
    ++placements_;
    changed_.clear();
    placed_[i] = 1;
    trail_.push_back({rectangle, -1});
    take_out_of_cliques(rectangle);
    mark_changed(rectangle);
    if (!raise_conflicts(rectangle)) return false;
    for (const int k : changed_) {
        if (!fits(k, offset)) {
            blame_clique(k);
            return false;
        }
    }
    return true;
}

bool CapacitySearch::raise_conflicts(int rectangle) {
    const Units offset = lowest_[at(rectangle)];
    const Units top = offset + packing_.heights[at(rectangle)];
    for (const int other : packing_.conflicts_of(rectangle)) {
        if (!raise(other, top)) return false;
    }
    for (const auto& [above, distance] : packing_.overlaps_of(rectangle)) {
        if (!raise(above, offset + distance)) return false;
    }
    return true;
}

// An unplaced rectangle cannot lie below `offset`. False if that is too high.
bool CapacitySearch::raise(int rectangle, Units offset) {
    const std::size_t i = at(rectangle);
    if (placed_[i] != 0 || lowest_[i] >= offset) return true;
    if (offset > highest_[i]) {
        ++blame_[i];
        return false;
    }
    trail_.push_back({rectangle, lowest_[i]});
    lowest_[i] = offset;
    mark_changed(rectangle);
    return true;
}

void CapacitySearch::take_out_of_cliques(int rectangle) {
    const std::size_t i = at(rectangle);
    for (int k = packing_.first_clique[i]; k <= packing_.last_clique[i]; ++k) {
        unplaced_height_[at(k)] -= packing_.height_in(k, rectangle);
        const int last = --unplaced_end_[at(k)];
        const std::size_t other = at(members_[at(last)]);
        int& here = positions_[positions_begin_[i] + at(k - packing_.first_clique[i])];
        int& there = positions_[positions_begin_[other] + at(k - packing_.first_clique[other])];
        std::swap(members_[at(here)], members_[at(last)]);
        std::swap(here, there);
    }
}

void CapacitySearch::mark_changed(int rectangle) {
    const std::size_t i = at(rectangle);
    for (int k = packing_.first_clique[i]; k <= packing_.last_clique[i]; ++k) {
        if (changed_in_[at(k)] == placements_) continue;
        changed_in_[at(k)] = placements_;
        changed_.push_back(k);
    }
}

void CapacitySearch::undo_to(std::size_t mark) {
    for (; trail_.size() > mark; trail_.pop_back()) {
        const Change& change = trail_.back();
        const std::size_t i = at(change.rectangle);
        if (change.lowest_before >= 0) {
            lowest_[i] = change.lowest_before;
            continue;
        }
        placed_[i] = 0;
        // It still stands where it was put: just behind the unplaced ones.
        for (int k = packing_.first_clique[i]; k <= packing_.last_clique[i]; ++k) {
            ++unplaced_end_[at(k)];
            unplaced_height_[at(k)] += packing_.height_in(k, change.rectangle);
        }
    }
}

// Whether the unplaced members of a clique fit below the capacity, one on another in the order of
// the lowest offsets they can have; none can come below `floor`.
bool CapacitySearch::fits(int clique, Units floor) {
    const int begin = packing_.clique_begin[at(clique)];
    const int end = unplaced_end_[at(clique)];
    if (begin == end) return true;
    Units lowest = kUnlimited;
    Units highest = 0;
    for (int entry = begin; entry < end; ++entry) {
        const Units offset = std::max(floor, lowest_[at(members_[at(entry)])]);
        lowest = std::min(lowest, offset);
        highest = std::max(highest, offset);
    }
    const Units height = unplaced_height_[at(clique)];
    if (highest + height <= capacity_) return true;
    if (lowest + height > capacity_) return false;

    Units top = lowest;
    waiting_.clear();
    for (int entry = begin; entry < end; ++entry) {
        const int member = members_[at(entry)];
        const Units its_height = packing_.height_in(clique, member);
        if (lowest_[at(member)] <= lowest) {
            top += its_height;
        } else {
            waiting_.emplace_back(lowest_[at(member)], its_height);
        }
    }
    Units waiting_height = height - (top - lowest);
    while (!waiting_.empty()) {
        if (top + waiting_height > capacity_) return false;
        Units next = kUnlimited;
        const Units top_before = top;
        std::size_t kept = 0;
        for (const auto& [offset, its_height] : waiting_) {
            if (offset <= top_before) {
                top += its_height;
                waiting_height -= its_height;
            } else {
                next = std::min(next, offset);
                waiting_[kept++] = {offset, its_height};
            }
        }
        waiting_.resize(kept);
        if (top == top_before && !waiting_.empty()) top = next;
    }
    return top <= capacity_;
}

void CapacitySearch::blame_clique(int clique) {
    for (int entry = packing_.clique_begin[at(clique)]; entry < unplaced_end_[at(clique)];
         ++entry) {
        ++blame_[at(members_[at(entry)])];
    }
}

}  // namespace whittle
