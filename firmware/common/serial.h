#ifndef WHITTLE_FIRMWARE_COMMON_SERIAL_H_
#define WHITTLE_FIRMWARE_COMMON_SERIAL_H_

/* The board's serial line, output only: 115200 baud, 8 data bits, no parity, 1 stop bit. Each board
 * implements it in firmware/targets/<board>/serial.c. */

void serial_start(void);
/* Waits until the character is on its way. */
void serial_put(char character);

static inline void serial_write(const char* text) {
    while (*text != 0) serial_put(*text++);
}

#endif
