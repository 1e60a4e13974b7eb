/* The machine's UART, a 16550. QEMU sends at once, whatever the divider says. */

#include "serial.h"

#include <stdint.h>

static volatile uint8_t* uart_register(uint32_t offset) {
    return (volatile uint8_t*)(0x10000000u + offset);
}

enum { TRANSMIT_DATA = 0, LINE_STATUS = 5, TRANSMIT_EMPTY = 1 << 5 };

void serial_start(void) {}

void serial_put(char character) {
    while ((*uart_register(LINE_STATUS) & TRANSMIT_EMPTY) == 0) {
    }
    *uart_register(TRANSMIT_DATA) = (uint8_t)character;
}
