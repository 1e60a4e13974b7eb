#ifndef WHITTLE_CORE_RUNTIME_POOLED_H_
#define WHITTLE_CORE_RUNTIME_POOLED_H_

/* A convolution with the maximum pooling behind it, as one record of a program image: the variant
 * of the convolution's kernel with the flag WHITTLE_POOLED. The kernel's parameters stand behind
 * this struct, and behind its operands but the output stand the kept rows
 * (core/base/pooled_rows.h), which are scratch, and the pooling's output. C99 and C++17,
 * freestanding. */

#include "core/base/pooled_rows.h"
#include "core/ops/max_pool2d/program.h"
#include "core/runtime/overlap.h"

#define WHITTLE_POOLED 0x80u

/* No kernel of a convolution has more words of parameters. */
#define WHITTLE_POOLED_MOST_WORDS 32

typedef struct {
    uint32_t params_words;    /* of the convolution's kernel */
    uint32_t rows_operand;    /* where the kept rows stand among the operands */
    WhittleWindow window;     /* of the pooling */
    int32_t minimum, maximum; /* of the pooling, bits of a float for float32 */
} WhittlePooling;

/* The pooling's kernels are numbered by element types alone. */
static inline uint32_t whittle_pooling_variant(uint32_t variant) {
    const uint32_t kernel = variant & 127u;
    return kernel < 2 ? kernel : 2;
}

/* Which of them pools behind a convolution's kernel. */
static inline uint32_t whittle_pooling_kernel(uint32_t variant) {
    const uint32_t kernel = whittle_pooling_variant(variant);
    const int has_sibling = variant >> 8 == WHITTLE_SET_HELIUM && kernel == 1;
    return has_sibling ? WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u) : kernel;
}

static inline int whittle_pooled_check(WhittleCheckFunction check,
                                       uint32_t variant,
                                       const void* params,
                                       uint32_t params_bytes,
                                       const WhittleOperandInfo* operands,
                                       uint32_t operand_count) {
    const WhittlePooling* pooling = (const WhittlePooling*)params;
    const WhittleWindow* pool = &pooling->window;
    const WhittleWindow* w = (const WhittleWindow*)(pooling + 1);
    const uint32_t bytes = whittle_element_bytes(whittle_pooling_variant(variant));
    const WhittleOperandInfo whole = {0xFFFFFFFFu, NULL}; /* what never is */
    WhittleOperandInfo own[WHITTLE_MAX_OPERANDS];
    int32_t sizes[3];
    uint32_t i;
    if (params_bytes < sizeof *pooling + sizeof *w || operand_count < 3 ||
        pooling->params_words > WHITTLE_POOLED_MOST_WORDS ||
        params_bytes != sizeof *pooling + 4u * pooling->params_words ||
        pooling->rows_operand != operand_count - 2u) {
        return 0;
    }
    for (i = 0; i < operand_count - 2u; ++i) own[i] = operands[i];
    own[i] = whole;
    if (!check(variant & ~WHITTLE_POOLED, w, 4u * pooling->params_words, own, operand_count - 1u)) {
        return 0;
    }
    own[0] = whole;
    own[1] = operands[operand_count - 1u];
    if (!whittle_pool_fits(whittle_pooling_variant(variant), pool, sizeof(WhittleMaxPool2dInteger),
                           own, 2) ||
        pool->dilation_height != 1 || pool->dilation_width != 1 || pool->batches != w->batches ||
        pool->input_height != w->output_height || pool->input_width != w->output_width ||
        pool->input_channels != w->output_channels) {
        return 0;
    }
    sizes[0] = whittle_pooled_rows_kept(pool);
    sizes[1] = pool->input_width;
    sizes[2] = pool->input_channels;
    return whittle_operand_holds(&operands[operand_count - 2u], whittle_checked_volume(sizes, 3),
                                 bytes) &&
           operands[operand_count - 2u].constant == NULL;
}

static inline void whittle_pooled_run(WhittleRunFunction run,
                                      uint32_t variant,
                                      const void* params,
                                      void* const* operands) {
    const WhittlePooling* pooling = (const WhittlePooling*)params;
    const WhittleWindow* w = (const WhittleWindow*)(pooling + 1);
    const uint32_t rows = pooling->rows_operand;
    const uint32_t pool_variant = whittle_pooling_kernel(variant);
    const int32_t bytes = whittle_element_bytes(pool_variant);
    WhittleMaxPool2dInteger pool;
    union {
        WhittleWindow window;
        uint32_t words[WHITTLE_POOLED_MOST_WORDS];
    } make;
    WhittlePooledRows at;
    void* own[WHITTLE_MAX_OPERANDS];
    void* pooled[2];
    memcpy(make.words, w, 4u * pooling->params_words);
    memcpy(&pool, &pooling->window, sizeof pool);
    memcpy(own, operands, sizeof *own * rows);
    whittle_pooled_rows_begin(&at);
    while (whittle_pooled_rows_next(w, &pooling->window, bytes, &make.window, &pool.window,
                                    operands[rows], &at)) {
        own[0] = (char*)operands[0] + at.input * bytes;
        own[rows] = (char*)operands[rows] + at.made * bytes;
        pooled[0] = operands[rows];
        pooled[1] = (char*)operands[rows + 1u] + at.output * bytes;
        run(variant & ~WHITTLE_POOLED, make.words, own);
        whittle_max_pool2d_run(pool_variant, &pool, pooled);
    }
}

/* A row of the output is written once all rows between are made that it needs. */
static inline int64_t whittle_pooled_clearance(uint32_t variant,
                                               const void* params,
                                               uint32_t operand) {
    const WhittlePooling* pooling = (const WhittlePooling*)params;
    const WhittleWindow* w = (const WhittleWindow*)(pooling + 1);
    WhittleWindow make = *w;
    WhittleWindow pool = pooling->window;
    WhittlePooledRows at;
    int64_t clearance = 0;
    if (operand != 0) return WHITTLE_NEVER_OVERLAPS;
    if (pool.output_width < 1 || pool.output_channels < 1) return 0;
    whittle_pooled_rows_begin(&at);
    while (whittle_pooled_rows_next(w, &pooling->window, 1, &make, &pool, NULL, &at)) {
        if (make.output_height > 0 && at.output - at.input > clearance) {
            clearance = at.output - at.input;
        }
    }
    return clearance * whittle_element_bytes(whittle_pooling_variant(variant));
}

#endif
