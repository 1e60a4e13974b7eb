/* The nRF51's UART, on the pin that leads to the micro:bit's USB interface chip. */

#include "serial.h"

#include <stdint.h>

static volatile uint32_t* uart_register(uint32_t offset) {
    return (volatile uint32_t*)(0x40002000u + offset);
}

enum {
    TASK_START_TRANSMIT = 0x008,
    EVENT_TRANSMITTED = 0x11C,
    ENABLE = 0x500,
    PIN_TRANSMIT = 0x50C,
    TRANSMIT_DATA = 0x51C,
    BAUD_RATE = 0x524,

    ENABLED = 4,
    USB_TRANSMIT_PIN = 24,
    BAUD_115200 = 0x01D7E000
};

void serial_start(void) {
    *uart_register(PIN_TRANSMIT) = USB_TRANSMIT_PIN;
    *uart_register(BAUD_RATE) = BAUD_115200;
    *uart_register(ENABLE) = ENABLED;
    *uart_register(TASK_START_TRANSMIT) = 1;
}

void serial_put(char character) {
    *uart_register(EVENT_TRANSMITTED) = 0;
    *uart_register(TRANSMIT_DATA) = (uint32_t)(unsigned char)character;
    while (*uart_register(EVENT_TRANSMITTED) == 0) {
    }
}
