#ifndef WHITTLE_CORE_RUNTIME_PAIRED_H_
#define WHITTLE_CORE_RUNTIME_PAIRED_H_

/* A convolution and the convolution or pooling behind it as one record of a program image, taking
 * turns over some kept rows of the tensor between the two (core/base/kept_rows.h). The record is
 * one of the first operator whose variant has the flag WHITTLE_PAIRED. Its parameters: a
 * WhittlePair, those of the first kernel, those of the second. Its operands: those of the first
 * kernel but the output, the kept rows, which are scratch, and those of the second kernel but the
 * input. Both kernels' parameters begin with a window. C99 and C++17, freestanding. */

#include <string.h>

#include "core/base/kept_rows.h"
#include "core/runtime/overlap.h"
#include "core/runtime/window_check.h"

#define WHITTLE_PAIRED 0x80u

/* No kernel that takes turns has more words of parameters. */
#define WHITTLE_PAIR_MOST_WORDS 32

typedef struct {
    uint32_t first_words;    /* of the first kernel's parameters */
    uint32_t rows_operand;   /* where the kept rows stand among the operands */
    uint32_t second_op;      /* as in WhittleProgramOp */
    uint32_t second_variant; /* of its kernels */
} WhittlePair;

static inline const WhittleWindow* whittle_pair_first(const WhittlePair* pair) {
    return (const WhittleWindow*)(pair + 1);
}

static inline const WhittleWindow* whittle_pair_second(const WhittlePair* pair) {
    return (const WhittleWindow*)((const uint32_t*)(pair + 1) + pair->first_words);
}

/* Whether the record has room for what a pair says of it. */
static inline int whittle_pair_fits(const void* params,
                                    uint32_t params_bytes,
                                    uint32_t operand_count) {
    const WhittlePair* pair = (const WhittlePair*)params;
    const uint32_t most = 4u * WHITTLE_PAIR_MOST_WORDS;
    const uint32_t window = (uint32_t)sizeof(WhittleWindow);
    uint32_t first, second;
    if (params_bytes < sizeof *pair || pair->first_words > WHITTLE_PAIR_MOST_WORDS) return 0;
    first = 4u * pair->first_words;
    if (params_bytes < sizeof *pair + first) return 0;
    second = params_bytes - (uint32_t)sizeof *pair - first;
    return first >= window && second >= window && second <= most && pair->rows_operand >= 1 &&
           pair->rows_operand < operand_count - 1u;
}

/* For records that whittle_pair_fits() takes. first, second: the checks of the two operators. */
static inline int whittle_pair_check(WhittleCheckFunction first,
                                     uint32_t variant,
                                     WhittleCheckFunction second,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    const WhittlePair* pair = (const WhittlePair*)params;
    const WhittleWindow* made = whittle_pair_first(pair);
    const WhittleWindow* taken = whittle_pair_second(pair);
    const uint32_t first_bytes = 4u * pair->first_words;
    const uint32_t rows = pair->rows_operand;
    const int32_t element_bytes = whittle_element_bytes(variant & ~WHITTLE_PAIRED);
    const WhittleOperandInfo whole = {0xFFFFFFFFu, NULL}; /* what never is */
    WhittleOperandInfo own[WHITTLE_MAX_OPERANDS];
    int32_t sizes[3];
    uint32_t i;
    for (i = 0; i < rows; ++i) own[i] = operands[i];
    own[rows] = whole;
    if (!first(variant & ~WHITTLE_PAIRED, made, first_bytes, own, rows + 1u)) return 0;
    own[0] = whole;
    for (i = rows + 1u; i < operand_count; ++i) own[i - rows] = operands[i];
    if (!second(pair->second_variant, taken, params_bytes - (uint32_t)sizeof *pair - first_bytes,
                own, operand_count - rows)) {
        return 0;
    }
    if (element_bytes != whittle_element_bytes(pair->second_variant) ||
        taken->dilation_height != 1 || taken->dilation_width != 1 ||
        taken->batches != made->batches || taken->input_height != made->output_height ||
        taken->input_width != made->output_width ||
        taken->input_channels != made->output_channels) {
        return 0;
    }
    sizes[0] = whittle_kept_rows_count(taken);
    sizes[1] = taken->input_width;
    sizes[2] = taken->input_channels;
    return whittle_operand_holds(&operands[rows], whittle_checked_volume(sizes, 3),
                                 (uint32_t)element_bytes) &&
           operands[rows].constant == NULL;
}

/* first, second: how the two operators run. operand_count: of the whole record. */
static inline void whittle_pair_run(WhittleRunFunction first,
                                    uint32_t variant,
                                    WhittleRunFunction second,
                                    const void* params,
                                    uint32_t params_words,
                                    void* const* operands,
                                    uint32_t operand_count) {
    const WhittlePair* pair = (const WhittlePair*)params;
    const WhittleWindow* made = whittle_pair_first(pair);
    const WhittleWindow* taken = whittle_pair_second(pair);
    const uint32_t rows = pair->rows_operand;
    const int32_t bytes = whittle_element_bytes(variant & ~WHITTLE_PAIRED);
    union {
        WhittleWindow window;
        uint32_t words[WHITTLE_PAIR_MOST_WORDS];
    } make, take;
    WhittleKeptRows at;
    void* of_first[WHITTLE_MAX_OPERANDS];
    void* of_second[WHITTLE_MAX_OPERANDS];
    memcpy(make.words, made, 4u * pair->first_words);
    memcpy(take.words, taken,
           4u * (params_words - (uint32_t)(sizeof *pair / 4u) - pair->first_words));
    memcpy(of_first, operands, sizeof *operands * rows);
    memcpy(of_second, operands + rows, sizeof *operands * (operand_count - rows));
    whittle_kept_rows_begin(&at);
    while (whittle_kept_rows_next(made, taken, bytes, &make.window, &take.window, operands[rows],
                                  &at)) {
        of_first[0] = (char*)operands[0] + at.input * bytes;
        of_first[rows] = (char*)operands[rows] + at.made * bytes;
        of_second[operand_count - rows - 1u] =
            (char*)operands[operand_count - 1u] + at.output * bytes;
        first(variant & ~WHITTLE_PAIRED, make.words, of_first);
        second(pair->second_variant, take.words, of_second);
    }
}

/* A row of the output is written once all rows between are made that it needs. */
static inline int64_t whittle_pair_clearance(uint32_t variant,
                                             const void* params,
                                             uint32_t operand) {
    const WhittlePair* pair = (const WhittlePair*)params;
    const WhittleWindow* made = whittle_pair_first(pair);
    const WhittleWindow* taken = whittle_pair_second(pair);
    WhittleWindow make = *made;
    WhittleWindow take = *taken;
    WhittleKeptRows at;
    int64_t clearance = 0;
    if (operand != 0) return WHITTLE_NEVER_OVERLAPS;
    if (take.output_width < 1 || take.output_channels < 1) return 0;
    whittle_kept_rows_begin(&at);
    while (whittle_kept_rows_next(made, taken, 1, &make, &take, NULL, &at)) {
        if (make.output_height > 0 && at.output - at.input > clearance) {
            clearance = at.output - at.input;
        }
    }
    return clearance * whittle_element_bytes(variant & ~WHITTLE_PAIRED);
}

#endif
