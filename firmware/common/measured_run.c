#include "measured_run.h"

#include <string.h>

#include "semihosting.h"

/* Set by the linker script; only the addresses mean something. */
extern uint32_t whittle_stack_bottom[];
extern uint32_t whittle_data_start[];
extern uint32_t whittle_bss_end[];

#define STACK_PAINT 0xA5C35A3Cu

static char path[256];
static uint32_t folder_bytes;

/* noipa: never inlined, and never merged with another function that does as little. */
__attribute__((noipa)) void whittle_region_begin(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((noipa)) void whittle_region_end(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((noipa)) static void infer_nothing(void) { __asm__ volatile("" ::: "memory"); }

/* Opens a file of the folder that the command line names. */
static int32_t open_beside(const char* name, SemihostingMode mode) {
    const uint32_t name_bytes = (uint32_t)strlen(name);
    if (folder_bytes == 0) {
        if (!semihosting_command_line(path, sizeof path)) semihosting_exit(2);
        folder_bytes = (uint32_t)strlen(path);
        if (folder_bytes == 0) semihosting_exit(2);
    }
    if (folder_bytes + 1 + name_bytes >= sizeof path) semihosting_exit(2);
    path[folder_bytes] = '/';
    memcpy(path + folder_bytes + 1, name, name_bytes + 1);
    return semihosting_open(path, mode);
}

static void write_text(int32_t file, const char* text) {
    if (!semihosting_write(file, text, (uint32_t)strlen(text))) semihosting_exit(3);
}

static void write_figure(int32_t file, const char* name, uint32_t value) {
    char digits[11];
    char* first = digits + sizeof digits - 1;
    *first = 0;
    do {
        *--first = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    write_text(file, name);
    write_text(file, " ");
    write_text(file, first);
    write_text(file, "\n");
}

void measured_run_failed(const char* reason) {
    const int32_t report = open_beside("report.txt", SEMIHOSTING_WRITE);
    if (report < 0) semihosting_exit(3);
    write_text(report, "failed ");
    write_text(report, reason);
    write_text(report, "\n");
    semihosting_close(report);
    semihosting_exit(1);
}

static uint32_t* stack_pointer(void) {
    uint32_t* pointer;
#if defined(__riscv)
    __asm__ volatile("mv %0, sp" : "=r"(pointer));
#else
    __asm__ volatile("mov %0, sp" : "=r"(pointer));
#endif
    return pointer;
}

/* One inference between the region marks. Returns the deepest stack, in bytes below this function's
 * own frame, that it wrote to. */
__attribute__((noipa)) static uint32_t measure_inference(void (*infer)(void)) {
    uint32_t* const top = stack_pointer();
    volatile uint32_t* word;
    for (word = whittle_stack_bottom; word < top; ++word) *word = STACK_PAINT;
    whittle_region_begin();
    infer();
    whittle_region_end();
    for (word = whittle_stack_bottom; word < top && *word == STACK_PAINT; ++word) {
    }
    return (uint32_t)((uintptr_t)top - (uintptr_t)word);
}

static uint32_t total_input_bytes(const MeasuredModel* model) {
    uint32_t i, total = 0;
    for (i = 0; i < model->input_count; ++i) total += model->input(i).bytes;
    return total;
}

static void read_inputs(const MeasuredModel* model, int32_t file) {
    uint32_t i;
    for (i = 0; i < model->input_count; ++i) {
        const MeasuredBuffer buffer = model->input(i);
        if (!semihosting_read(file, buffer.data, buffer.bytes)) {
            measured_run_failed("inputs.bin ends within an inference");
        }
    }
}

static void write_outputs(const MeasuredModel* model, int32_t file) {
    uint32_t i;
    for (i = 0; i < model->output_count; ++i) {
        const MeasuredBuffer buffer = model->output(i);
        if (!semihosting_write(file, buffer.data, buffer.bytes)) {
            measured_run_failed("outputs.bin cannot be written");
        }
    }
}

static void write_report(const MeasuredModel* model, uint32_t inferences, uint32_t stack_bytes) {
    const int32_t report = open_beside("report.txt", SEMIHOSTING_WRITE);
    if (report < 0) semihosting_exit(3);
    write_figure(report, "inferences", inferences);
    write_figure(report, "stack_bytes", stack_bytes);
    write_figure(report, "arena_bytes", model->arena_bytes);
    write_figure(report,
                 "static_ram_bytes",
                 (uint32_t)((uintptr_t)whittle_bss_end - (uintptr_t)whittle_data_start));
    semihosting_close(report);
}

void measured_run(const MeasuredModel* model) {
    const uint32_t input_bytes = total_input_bytes(model);
    const int32_t inputs = open_beside("inputs.bin", SEMIHOSTING_READ);
    const int32_t outputs = open_beside("outputs.bin", SEMIHOSTING_WRITE);
    const int32_t file_bytes = inputs < 0 ? -1 : semihosting_file_bytes(inputs);
    uint32_t stack_bytes = 0;
    uint32_t inferences, i;
    if (file_bytes < 0) measured_run_failed("inputs.bin cannot be read");
    if (outputs < 0) measured_run_failed("outputs.bin cannot be written");
    if (input_bytes == 0) measured_run_failed("the model takes no input");
    if ((uint32_t)file_bytes % input_bytes != 0) {
        measured_run_failed("inputs.bin is no whole number of inferences");
    }
    inferences = (uint32_t)file_bytes / input_bytes;
    measure_inference(infer_nothing);
    for (i = 0; i < inferences; ++i) {
        uint32_t bytes;
        read_inputs(model, inputs);
        bytes = measure_inference(model->infer);
        if (bytes > stack_bytes) stack_bytes = bytes;
        write_outputs(model, outputs);
    }
    semihosting_close(inputs);
    semihosting_close(outputs);
    write_report(model, inferences, stack_bytes);
    semihosting_exit(0);
}
