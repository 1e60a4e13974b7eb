#include "semihosting.h"

#include <string.h>

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_FLEN = 0x0C,
    SYS_GET_CMDLINE = 0x15,
    SYS_EXIT_EXTENDED = 0x20,
    APPLICATION_EXIT = 0x20026
};

#if defined(__riscv)
/* The three instructions are the call only as they stand, uncompressed and on one page. */
static int32_t call(uint32_t operation, void* arguments) {
    register uint32_t a0 __asm__("a0") = operation;
    register void* a1 __asm__("a1") = arguments;
    __asm__ volatile(
        ".option push\n\t"
        ".option norvc\n\t"
        ".balign 16\n\t"
        "slli x0, x0, 0x1f\n\t"
        "ebreak\n\t"
        "srai x0, x0, 7\n\t"
        ".option pop"
        : "+r"(a0)
        : "r"(a1)
        : "memory");
    return (int32_t)a0;
}
#else
static int32_t call(uint32_t operation, void* arguments) {
    register uint32_t r0 __asm__("r0") = operation;
    register void* r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}
#endif

int32_t semihosting_open(const char* path, SemihostingMode mode) {
    uint32_t arguments[3];
    arguments[0] = (uint32_t)(uintptr_t)path;
    arguments[1] = (uint32_t)mode;
    arguments[2] = (uint32_t)strlen(path);
    return call(SYS_OPEN, arguments);
}

void semihosting_close(int32_t handle) {
    uint32_t arguments[1];
    arguments[0] = (uint32_t)handle;
    call(SYS_CLOSE, arguments);
}

/* The host answers with the number of bytes that it did not transfer. */
static int transfer(uint32_t operation, int32_t handle, uintptr_t data, uint32_t bytes) {
    uint32_t arguments[3];
    arguments[0] = (uint32_t)handle;
    arguments[1] = (uint32_t)data;
    arguments[2] = bytes;
    return call(operation, arguments) == 0;
}

int semihosting_read(int32_t handle, void* data, uint32_t bytes) {
    return transfer(SYS_READ, handle, (uintptr_t)data, bytes);
}

int semihosting_write(int32_t handle, const void* data, uint32_t bytes) {
    return transfer(SYS_WRITE, handle, (uintptr_t)data, bytes);
}

int32_t semihosting_file_bytes(int32_t handle) {
    uint32_t arguments[1];
    arguments[0] = (uint32_t)handle;
    return call(SYS_FLEN, arguments);
}

int semihosting_command_line(char* line, uint32_t bytes) {
    uint32_t arguments[2];
    arguments[0] = (uint32_t)(uintptr_t)line;
    arguments[1] = bytes;
    return call(SYS_GET_CMDLINE, arguments) == 0;
}

void semihosting_exit(uint32_t status) {
    uint32_t arguments[2];
    arguments[0] = APPLICATION_EXIT;
    arguments[1] = status;
    call(SYS_EXIT_EXTENDED, arguments);
    for (;;) {
    }
}
