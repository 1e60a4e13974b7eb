#ifndef WHITTLE_CORE_RUNTIME_PROGRAM_H_
#define WHITTLE_CORE_RUNTIME_PROGRAM_H_

/* The program image: what a board runs. Flat, little-endian, versioned and checksummed; used in
 * place, so it may stand in flash. C99 and C++17, freestanding.
 *
 *   header | tensors | operators | input indices | output indices | constants
 *
 * All offsets are in bytes from the start of the image and multiples of 4; the image itself must be
 * aligned to 4 bytes, the arena to WHITTLE_ARENA_ALIGNMENT. */

#include <stddef.h>
#include <stdint.h>

#define WHITTLE_PROGRAM_MAGIC 0x4C544857u /* "WHTL" */
#define WHITTLE_PROGRAM_VERSION 1u
#define WHITTLE_ARENA_ALIGNMENT 4u
#define WHITTLE_MAX_OPERANDS 16u
#define WHITTLE_IN_IMAGE 0x80000000u /* flag of WhittleProgramTensor.location */

typedef struct {
    uint32_t magic;
    uint32_t version;
    uint32_t image_bytes;
    uint32_t checksum;    /* CRC-32 (IEEE 802.3) of all bytes after this field */
    uint32_t arena_bytes; /* what whittle_program_run needs */
    uint32_t tensor_count;
    uint32_t tensors_offset; /* WhittleProgramTensor[tensor_count] */
    uint32_t op_count;
    uint32_t ops_offset; /* WhittleProgramOp records, one after another */
    uint32_t ops_bytes;
    uint32_t input_count;
    uint32_t inputs_offset; /* uint32_t tensor indices */
    uint32_t output_count;
    uint32_t outputs_offset;
} WhittleProgramHeader;

typedef struct {
    uint32_t
        location; /* byte offset in the arena, or WHITTLE_IN_IMAGE | byte offset in the image */
    uint32_t bytes;
    uint32_t dtype;     /* as in a .tflite file: 0 float32, 9 int8, ... */
    float scale;        /* 0 when not quantized or quantized per channel */
    int32_t zero_point; /* 0 likewise */
} WhittleProgramTensor;

/* Followed by uint32_t operands[operand_count] (tensor indices; the last one is the output), then
 * uint32_t params[params_words] (the kernel's parameter struct). */
typedef struct {
    uint16_t op;      /* identifier in core/ops/registry.def */
    uint16_t variant; /* WHITTLE_VARIANT(set, kernel), kernels as the operator's program.h says */
    uint16_t operand_count;
    uint16_t params_words;
} WhittleProgramOp;

/* An operand as the check sees it. */
typedef struct {
    uint32_t bytes;
    const void* constant; /* its content where it stands in the image, NULL in the arena */
} WhittleOperandInfo;

/* Each operator's core/ops/<name>/program.h defines these two.
 * check: 1 when a record of this variant, with params of that many bytes and these operands, can
 * run without touching anything outside its operands and without undefined arithmetic; else 0. run:
 * calls the kernel. Only on records that passed check. */
typedef int (*WhittleCheckFunction)(uint32_t variant,
                                    const void* params,
                                    uint32_t params_bytes,
                                    const WhittleOperandInfo* operands,
                                    uint32_t operand_count);
typedef void (*WhittleRunFunction)(uint32_t variant, const void* params, void* const* operands);

/* The product of sizes that came from outside, for checks: saturates at 2^32 - 1, and is that too
 * when a size is negative. */
static inline uint32_t whittle_checked_product(int32_t a, int32_t b) {
    const uint64_t product = (uint64_t)(uint32_t)a * (uint32_t)b;
    if (a < 0 || b < 0 || product > 0xFFFFFFFFu) return 0xFFFFFFFFu;
    return (uint32_t)product;
}

/* Whether an operand holds at least `count` elements of `element_bytes`. A saturated count never
 * fits. */
static inline int whittle_operand_holds(const WhittleOperandInfo* operand,
                                        uint32_t count,
                                        uint32_t element_bytes) {
    return count != 0xFFFFFFFFu && (uint64_t)count * element_bytes <= operand->bytes;
}

/* Whether an operand is scratch of so many bytes: in the arena, as kernels write it. It may lie
 * over other operands only in images that give no sensible outputs. */
static inline int whittle_is_scratch(const WhittleOperandInfo* operand, uint32_t bytes) {
    return operand->constant == NULL && operand->bytes >= bytes;
}

/* Shifts that whittle_requantize takes, and zero points of int8 tensors. */
static inline int whittle_shift_in_range(int32_t shift) { return shift >= -31 && shift <= 30; }
static inline int whittle_zero_point_in_range(int32_t zero_point) {
    return zero_point >= -128 && zero_point <= 127;
}

#endif
