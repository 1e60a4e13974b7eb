/* From reset to main, for 32-bit RISC-V in machine mode: stack, traps, static data. */

#include <stdint.h>

/* Set by the linker script; only the addresses mean something. */
extern const uint32_t whittle_data_load[];
extern uint32_t whittle_data_start[];
extern uint32_t whittle_data_end[];
extern uint32_t whittle_bss_start[];
extern uint32_t whittle_bss_end[];

int main(void);
void reset_handler(void);
void fault_handler(void);
void start_program(void);

/* Stands first in flash, where the core begins. No interrupt is ever enabled: what comes through
 * mtvec is a fault. */
__attribute__((section(".vectors"), naked, used)) void reset_handler(void) {
    __asm__ volatile(
        ".option push\n\t"
        ".option arch, +zicsr\n\t"
        "la sp, whittle_stack_top\n\t"
        "la t0, fault_handler\n\t"
        "csrw mtvec, t0\n\t"
        "j start_program\n\t"
        ".option pop");
}

__attribute__((used)) void start_program(void) {
    const uint32_t* from = whittle_data_load;
    uint32_t* to;
    for (to = whittle_data_start; to < whittle_data_end; ++to) *to = *from++;
    for (to = whittle_bss_start; to < whittle_bss_end; ++to) *to = 0;
    main();
    fault_handler();
}

/* Ends an emulator or a debugger's session with exit status 70 (semihosting's SYS_EXIT_EXTENDED).
 * Without one the breakpoint traps to here again, so that nothing runs on after a fault. */
__attribute__((naked, aligned(16))) void fault_handler(void) {
    __asm__ volatile(
        ".option push\n\t"
        ".option norvc\n\t"
        "li a0, 0x20\n\t"
        "la a1, fault_report\n\t"
        ".balign 16\n\t"
        "slli x0, x0, 0x1f\n\t"
        "ebreak\n\t"
        "srai x0, x0, 7\n\t"
        "j .\n\t"
        ".balign 4\n"
        "fault_report:\n\t"
        ".word 0x20026, 70\n\t"
        ".option pop");
}
