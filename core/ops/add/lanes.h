#ifndef WHITTLE_CORE_OPS_ADD_LANES_H_
#define WHITTLE_CORE_OPS_ADD_LANES_H_

/* int8 addition of two dense tensors in lanes. Eight elements are read before they are written, so
 * the clearance is that of the reference. */

#include "core/ops/add/kernel.h"
#include "core/ops/int8_lanes.h"

/* blocks [3]: of a, of b, of the sum. */
static inline void whittle_add_int8_lanes(const WhittleLanes* lanes,
                                          const WhittleAddInt8* p,
                                          const int8_t* a,
                                          const int8_t* b,
                                          const WhittleLanesBlock* blocks,
                                          int8_t* output) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    const WhittleBroadcast* w = &p->walk;
    lanes->add(a, b, w->size0 * w->size1 * w->size2 * w->size3, blocks, &to, output);
}

#endif
