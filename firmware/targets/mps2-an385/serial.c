/* UART 0 of the Cortex-M System Design Kit ("CMSDK APB UART"), clocked at 25 MHz. */

#include "serial.h"

#include <stdint.h>

typedef struct {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t control;
    volatile uint32_t interrupt;
    volatile uint32_t baud_divider;
} CmsdkUart;

enum { TRANSMIT_BUFFER_FULL = 1 << 0, TRANSMIT_ENABLE = 1 << 0 };

static CmsdkUart* uart(void) { return (CmsdkUart*)0x40004000u; }

void serial_start(void) {
    uart()->baud_divider = 25000000u / 115200u;
    uart()->control = TRANSMIT_ENABLE;
}

void serial_put(char character) {
    while (uart()->state & TRANSMIT_BUFFER_FULL) {
    }
    uart()->data = (uint32_t)(unsigned char)character;
}
