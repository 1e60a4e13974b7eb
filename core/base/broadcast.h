#ifndef WHITTLE_CORE_BASE_BROADCAST_H_
#define WHITTLE_CORE_BASE_BROADCAST_H_

/* How an element-wise operator of two inputs walks over them. C99 and C++17, freestanding. */

#include <stdint.h>

/* Four dimensions, outermost first; the output is dense. A stride of 0 repeats the input along that
 * dimension. Strides count elements. Kernels' parameters begin with this struct. */
typedef struct {
    int32_t size0, size1, size2, size3;                 /* each >= 0 */
    int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* each >= 0 */
    int32_t b_stride0, b_stride1, b_stride2, b_stride3; /* each >= 0 */
} WhittleBroadcast;

#endif
