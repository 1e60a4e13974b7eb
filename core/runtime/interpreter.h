#ifndef WHITTLE_CORE_RUNTIME_INTERPRETER_H_
#define WHITTLE_CORE_RUNTIME_INTERPRETER_H_

/* Runs a program image. Freestanding: no heap, no exceptions, caller-owned memory. */

#include "core/runtime/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    WHITTLE_OK = 0,
    WHITTLE_BAD_MAGIC = 1,        /* not a program image */
    WHITTLE_BAD_VERSION = 2,      /* made for another version of the runtime */
    WHITTLE_TRUNCATED = 3,        /* shorter than its header says */
    WHITTLE_BAD_CHECKSUM = 4,     /* damaged */
    WHITTLE_BAD_TENSOR = 5,       /* a tensor outside image or arena */
    WHITTLE_BAD_OPERATOR = 6,     /* a record that is malformed or does not fit its operands */
    WHITTLE_UNKNOWN_OPERATOR = 7, /* not in this build of the runtime */
    WHITTLE_MISALIGNED = 8,       /* image or arena not aligned */
    WHITTLE_ARENA_TOO_SMALL = 9,
    WHITTLE_BAD_OVERLAP = 10, /* an output over an input, closer than the operator's clearance */
    /* a kernel for instructions that this build of the runtime, or this processor, does without */
    WHITTLE_OTHER_INSTRUCTION_SET = 11
} WhittleProgramStatus;

/* What a status means, for people. Never NULL. */
const char* whittle_program_status_text(WhittleProgramStatus status);

/* Reads all of the image once and proves that running it stays inside the image and an arena of
 * arena_bytes; how long it takes is left open. Must succeed before any other call. Any bytes may
 * be passed. */
WhittleProgramStatus whittle_program_check(const void* image,
                                           uint32_t image_bytes,
                                           uint32_t arena_bytes);

/* An operator alone, or two in turns: whether parameters and operands fit what the record's first
 * words say, and the run of one that does. */
WhittleProgramStatus whittle_operator_check(const WhittleProgramOp* op,
                                            const void* params,
                                            const WhittleOperandInfo* operands);
void whittle_operator_run(const WhittleProgramOp* op, const void* params, void* const* operands);

/* Operators that two may take turns of (core/runtime/paired.h): those that make an image row by
 * row, whichever rows they are told to, and those that go over one with a window. */
int whittle_operator_makes_rows(uint16_t op);
int whittle_operator_takes_rows(uint16_t op);

/* How far the start of an operand must lie above the start of the output when the two overlap;
 * core/runtime/overlap.h says more. For a record that is well formed; `operand` is not its output.
 */
int64_t whittle_operator_clearance(uint16_t op,
                                   uint32_t variant,
                                   const void* params,
                                   uint32_t operand);

/* The checksum that the header must hold, over image_bytes >= sizeof header bytes. */
uint32_t whittle_program_checksum(const void* image, uint32_t image_bytes);

/* Arena bytes that the image asks for. Only the header is read; image_bytes >= sizeof header. */
uint32_t whittle_program_arena_bytes(const void* image);

uint32_t whittle_program_input_count(const void* image);
uint32_t whittle_program_output_count(const void* image);
/* The tensor's description; index < count. */
const WhittleProgramTensor* whittle_program_input(const void* image, uint32_t index);
const WhittleProgramTensor* whittle_program_output(const void* image, uint32_t index);
/* Where its bytes are: write inputs here before a run, read outputs here after it. Outputs that are
 * constants stand in the image. */
void* whittle_program_data(const void* image, void* arena, const WhittleProgramTensor* tensor);

/* One inference: runs all operators in order. Writes to the arena only. Inputs may be overwritten:
 * set them before every run. */
void whittle_program_run(const void* image, void* arena);

/* A part of an inference: `count` operators, the first of them where `place` says. Returns the
 * place of the operator after them. In this way an inference is run piece by piece, to time its
 * layers; its operators must be run in order, all of them once. */
uint32_t whittle_program_run_part(const void* image, void* arena, uint32_t place, uint32_t count);
uint32_t whittle_program_first_place(const void* image);
uint32_t whittle_program_operator_count(const void* image);

#ifdef __cplusplus
}
#endif

#endif
