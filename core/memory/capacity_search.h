#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/memory/packing.h"

namespace whittle {

// Looks for a packing below a capacity, depth first.
//
// A packing in which no rectangle can sink lets every rectangle lie on the ground or on another; if
// any packing fits, one of these does. They are built upwards: each rectangle placed has an offset
// of at least that of the one before, and lies on what is already there. What is pruned:
//   - A clique in which the unplaced rectangles, each at the lowest place it can still have, do not
//     fit below the capacity one above another.
//   - A rectangle placed so high that another, unplaced one would fit wholly beneath it: the other
//     could sink there, so that packing is met elsewhere.
//   - Rectangles of equal offset in any but one order.
// All of this holds with overlaps too: a rectangle put down raises what may overlap it from above
// by their distance only, and since nothing is put down lower afterwards, what comes later and lies
// beneath in such a pair must lie wholly above. Members of a clique count without what they can
// have in common, so that no packing is missed. Once all rectangles that span a moment are placed,
// what remains before and after it is searched separately.
class CapacitySearch {
public:
    enum class Outcome { found, impossible, gave_up };

    // Keeps a reference to the packing.
    explicit CapacitySearch(const Packing& packing);

    // `highest_offsets`: what each rectangle may have at most, all >= 0. `order`: rectangles, the
    // preferred first. Gives up after so many nodes, or when `stop` says so, which is asked now and
    // then.
    Outcome run(const std::vector<Units>& highest_offsets,
                const std::vector<int>& order,
                std::uint64_t max_nodes,
                const std::function<bool()>& stop);

    // After found.
    const std::vector<Units>& offsets() const { return lowest_; }
    // How often each rectangle was among those that did not fit, in the last run.
    const std::vector<std::uint64_t>& blame() const { return blame_; }
    // Nodes of the last run.
    std::uint64_t nodes() const { return nodes_; }
    bool stopped() const { return stopped_; }

private:
    // Rectangles [begin, end) of stack_.
    struct Slice {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    // The rectangle placed last.
    struct Previous {
        Units offset = 0;
        int rank = -1;
    };
    struct Change {
        int rectangle;
        Units lowest_before;  // -1: the rectangle was placed
    };

    void reset(const std::vector<int>& order);
    void rank(int rectangle, int& next);
    bool search_all();
    bool search(Slice open, Previous previous);
    bool try_rectangle(Slice open, int rectangle);
    Slice push_candidates(Slice open, Previous previous);
    Units highest_sensible_offset(Slice open, Previous previous);
    // Puts the parts of `open` without `placed` that have no moment in common on the stacks; says
    // how many.
    std::size_t push_parts(Slice open, int placed);
    bool place(int rectangle);
    bool raise_conflicts(int rectangle);
    bool raise(int rectangle, Units offset);
    void take_out_of_cliques(int rectangle);
    void undo_to(std::size_t mark);
    bool fits(int clique, Units floor);
    bool out_of_budget();
    void blame_clique(int clique);
    void mark_changed(int rectangle);

    const Packing& packing_;
    std::vector<Units> highest_;
    Units capacity_ = 0;         // the largest end any rectangle may have
    std::vector<Units> lowest_;  // offset of what is placed; else what the placed ones leave
    std::vector<char> placed_;
    std::vector<int> rank_;

    // The members of each clique, the unplaced ones in front, and where each stands in each of its
    // cliques.
    std::vector<int> members_;
    std::vector<int> unplaced_end_;
    std::vector<std::size_t> positions_begin_;
    std::vector<int> positions_;
    std::vector<Units> unplaced_height_;

    std::vector<Change> trail_;
    std::vector<int> stack_;
    std::vector<Slice> slices_;
    std::vector<int> changed_;
    std::vector<std::uint64_t> changed_in_;  // the placement that last changed a clique
    std::uint64_t placements_ = 0;
    std::vector<std::pair<Units, Units>> waiting_;  // scratch of fits()

    std::vector<std::uint64_t> blame_;
    std::uint64_t nodes_ = 0;
    std::uint64_t max_nodes_ = 0;
    const std::function<bool()>* stop_ = nullptr;
    bool gave_up_ = false;
    bool stopped_ = false;
};

}  // namespace whittle
