/* From reset to main, for every Cortex-M: vector table, static data, floating-point unit. */

#include <stdint.h>

/* Set by the linker script; only the addresses mean something. */
extern uint32_t whittle_stack_top[];
extern const uint32_t whittle_data_load[];
extern uint32_t whittle_data_start[];
extern uint32_t whittle_data_end[];
extern uint32_t whittle_bss_start[];
extern uint32_t whittle_bss_end[];

int main(void);
void reset_handler(void);
void fault_handler(void);

/* The exception vectors of Arm's architecture manual. No interrupt is ever enabled, so the vectors
 * of the chip's own interrupts are left out. */
typedef struct {
    uint32_t* initial_stack;
    void (*handlers[15])(void);
} VectorTable;

__attribute__((section(".vectors"), used)) static const VectorTable vectors = {
    whittle_stack_top,
    {reset_handler,
     fault_handler, /* NMI */
     fault_handler, /* hard fault */
     fault_handler, /* memory management */
     fault_handler, /* bus fault */
     fault_handler, /* usage fault */
     fault_handler,
     fault_handler,
     fault_handler,
     fault_handler,
     fault_handler, /* SVCall */
     fault_handler, /* debug monitor */
     fault_handler,
     fault_handler,  /* PendSV */
     fault_handler}, /* SysTick */
};

#if defined(__ARM_FP)
/* Coprocessors 10 and 11 are the floating-point unit; it is off after reset. */
static void enable_floating_point(void) {
    volatile uint32_t* const coprocessor_access = (volatile uint32_t*)0xE000ED88u;
    *coprocessor_access |= 0xFu << 20;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}
#else
static void enable_floating_point(void) {}
#endif

void reset_handler(void) {
    const uint32_t* from = whittle_data_load;
    uint32_t* to;
    enable_floating_point();
    for (to = whittle_data_start; to < whittle_data_end; ++to) *to = *from++;
    for (to = whittle_bss_start; to < whittle_bss_end; ++to) *to = 0;
    main();
    fault_handler();
}

/* Ends an emulator or a debugger's session with exit status 70 (semihosting's SYS_EXIT_EXTENDED).
 * Without one the breakpoint locks the core up, so that nothing runs on after a fault. */
__attribute__((naked)) void fault_handler(void) {
    __asm__ volatile(
        "movs r0, #0x20\n\t"
        "ldr r1, =fault_report\n\t"
        "bkpt 0xAB\n\t"
        "b .\n\t"
        ".align 2\n"
        "fault_report:\n\t"
        ".word 0x20026, 70\n\t"
        ".ltorg");
}
