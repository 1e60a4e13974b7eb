/* Runs the program image that stands in flash at whittle_program_start, in an arena that takes all
 * RAM between the static data and the stack. */

#include "core/runtime/interpreter.h"
#include "measured_run.h"

/* Set by the linker; only the addresses mean something. */
extern const uint32_t whittle_program_start[];
extern const uint32_t whittle_flash_end[];
extern uint32_t whittle_bss_end[];
extern uint32_t whittle_stack_bottom[];

static uint32_t bytes_between(const void* start, const void* end) {
    return (uint32_t)((uintptr_t)end - (uintptr_t)start);
}

static MeasuredBuffer buffer_of(const WhittleProgramTensor* tensor) {
    MeasuredBuffer buffer;
    buffer.data = whittle_program_data(whittle_program_start, whittle_bss_end, tensor);
    buffer.bytes = tensor->bytes;
    return buffer;
}

static MeasuredBuffer input(uint32_t index) {
    return buffer_of(whittle_program_input(whittle_program_start, index));
}

static MeasuredBuffer output(uint32_t index) {
    return buffer_of(whittle_program_output(whittle_program_start, index));
}

static void infer(void) { whittle_program_run(whittle_program_start, whittle_bss_end); }

int main(void) {
    const WhittleProgramStatus status =
        whittle_program_check(whittle_program_start,
                              bytes_between(whittle_program_start, whittle_flash_end),
                              bytes_between(whittle_bss_end, whittle_stack_bottom));
    MeasuredModel model;
    if (status != WHITTLE_OK) measured_run_failed(whittle_program_status_text(status));
    model.input_count = whittle_program_input_count(whittle_program_start);
    model.output_count = whittle_program_output_count(whittle_program_start);
    model.input = input;
    model.output = output;
    model.infer = infer;
    model.arena_bytes = whittle_program_arena_bytes(whittle_program_start);
    measured_run(&model);
}
