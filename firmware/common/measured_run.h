#ifndef WHITTLE_FIRMWARE_COMMON_MEASURED_RUN_H_
#define WHITTLE_FIRMWARE_COMMON_MEASURED_RUN_H_

/* Runs a model over a file of inputs that the host computer hands over by semihosting, and measures
 * it. The command line is a folder on the host:
 *   inputs.bin   read: all inputs of inference 0, then of inference 1, ...
 *   outputs.bin  written: all outputs in the same order
 *   report.txt   written: "name value" lines, "failed REASON" when something went wrong */

#include <stdint.h>

typedef struct {
    void* data;
    uint32_t bytes;
} MeasuredBuffer;

typedef struct {
    uint32_t input_count;
    uint32_t output_count;
    MeasuredBuffer (*input)(uint32_t index);
    MeasuredBuffer (*output)(uint32_t index);
    void (*infer)(void);
    uint32_t arena_bytes;
} MeasuredModel;

/* Ends the program: exit status 0, or 1 when an input or output failed. */
__attribute__((noreturn)) void measured_run(const MeasuredModel* model);
/* Writes why there is nothing to run, and ends the program with exit status 1. */
__attribute__((noreturn)) void measured_run_failed(const char* reason);

/* An instruction counter counts from the entry of the first to the entry of the second. The first
 * region of a run is empty: what it costs is subtracted from the others, one for each inference. */
void whittle_region_begin(void);
void whittle_region_end(void);

#endif
