#ifndef WHITTLE_CORE_BASE_INTEGER_ELEMENT_H_
#define WHITTLE_CORE_BASE_INTEGER_ELEMENT_H_

/* Elements of an integer type that is known only when the program runs. C99 and C++17,
 * freestanding. */

#include <stddef.h>
#include <stdint.h>

#define WHITTLE_ELEMENT_INT8 0
#define WHITTLE_ELEMENT_UINT8 1
#define WHITTLE_ELEMENT_INT16 2
#define WHITTLE_ELEMENT_INT32 3

static inline int32_t whittle_integer_bytes(int32_t type) {
    return type == WHITTLE_ELEMENT_INT32 ? 4 : type == WHITTLE_ELEMENT_INT16 ? 2 : 1;
}

static inline int32_t whittle_element_minimum(int32_t type) {
    return type == WHITTLE_ELEMENT_INT32   ? INT32_MIN
           : type == WHITTLE_ELEMENT_INT16 ? -32768
           : type == WHITTLE_ELEMENT_UINT8 ? 0
                                           : -128;
}

static inline int32_t whittle_element_maximum(int32_t type) {
    return type == WHITTLE_ELEMENT_INT32   ? INT32_MAX
           : type == WHITTLE_ELEMENT_INT16 ? 32767
           : type == WHITTLE_ELEMENT_UINT8 ? 255
                                           : 127;
}

static inline int32_t whittle_element_at(const void* data, int32_t type, int32_t i) {
    if (type == WHITTLE_ELEMENT_INT8) return ((const int8_t*)data)[i];
    if (type == WHITTLE_ELEMENT_UINT8) return ((const uint8_t*)data)[i];
    if (type == WHITTLE_ELEMENT_INT16) return ((const int16_t*)data)[i];
    return ((const int32_t*)data)[i];
}

/* The value saturated to the type. */
static inline void whittle_set_element(void* data, int32_t type, int32_t i, int32_t value) {
    const int32_t low = whittle_element_minimum(type);
    const int32_t high = whittle_element_maximum(type);
    const int32_t kept = value < low ? low : value > high ? high : value;
    if (type == WHITTLE_ELEMENT_INT8) {
        ((int8_t*)data)[i] = (int8_t)kept;
    } else if (type == WHITTLE_ELEMENT_UINT8) {
        ((uint8_t*)data)[i] = (uint8_t)kept;
    } else if (type == WHITTLE_ELEMENT_INT16) {
        ((int16_t*)data)[i] = (int16_t)kept;
    } else {
        ((int32_t*)data)[i] = kept;
    }
}

#endif
