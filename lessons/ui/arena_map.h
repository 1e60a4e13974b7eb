#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/ui/logic/arena_layout.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

// A map of an arena: time across, addresses up, tensors as boxes; over it their lifetimes, also of
// those that have no place yet.
struct ArenaMap {
    struct Tensor {
        std::string name;
        std::string tip;  // under the pointer
        Colour colour = 0;
        bool wrong = false;  // it shares bytes that it must not share
    };
    // A part of the arena with a name, beside the addresses.
    struct Part {
        std::string name;
        std::int64_t offset = 0;
        std::int64_t bytes = 0;
    };
    std::vector<Tensor> tensors;
    std::vector<ArenaBox> boxes;  // as many
    std::vector<Part> parts;
    int steps = 1;
    std::int64_t full_bytes = 1;  // at the upper edge
    std::int64_t lower_bound = 0;
    std::int64_t peak = 0;  // 0: nothing has a place
    int chosen = -1;
    int latest = -1;  // the one that was placed last
};

// Where the map itself lies, and what the pointer does on it. Call it before draw_arena_map(): what
// is dragged may be drawn at its new place at once.
struct ArenaMapPointer {
    ArenaLayout layout;
    Box lifetimes;                 // the strip above the map; empty where there is no room
    int over = -1;                 // the tensor under the pointer
    int clicked = -1;              // pressed and released without a move
    int dragged = -1;              // the tensor that is being moved
    bool dropped = false;          // it was let go in this frame
    std::int64_t moved_bytes = 0;  // since it was pressed, upwards
};
ArenaMapPointer point_at_arena_map(const ViewContext& context,
                                   Box box,
                                   const ArenaMap& map,
                                   bool movable);
void draw_arena_map(const ViewContext& context,
                    const ArenaMap& map,
                    const ArenaMapPointer& pointer);

}  // namespace whittle::ui
