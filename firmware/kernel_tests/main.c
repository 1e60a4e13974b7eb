/* Runs the kernels' cases and prints one line for each on the serial line, then "done". Exit status
 * 0, or 1 when a kernel wrote outside its output. */

#include "semihosting.h"
#include "serial.h"
#include "tests/board/kernel_cases.h"

int main(void) {
    char line[KERNEL_CASE_LINE_BYTES];
    uint32_t index, status = 0;
    serial_start();
    for (index = 0; index < kernel_case_count(); ++index) {
        if (!kernel_case_run(index, line)) status = 1;
        serial_write(line);
        serial_write("\n");
    }
    serial_write("done\n");
    semihosting_exit(status);
}
