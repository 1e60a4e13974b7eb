#ifndef WHITTLE_FIRMWARE_COMMON_SEMIHOSTING_H_
#define WHITTLE_FIRMWARE_COMMON_SEMIHOSTING_H_

/* Files of the host computer, through a debugger or an emulator (Arm, "Semihosting for AArch32 and
 * AArch64"; RISC-V has the same calls). Without one attached the first call stops the core. */

#include <stdint.h>

typedef enum { SEMIHOSTING_READ = 1, SEMIHOSTING_WRITE = 5 } SemihostingMode; /* "rb", "wb" */

/* A handle, or -1. */
int32_t semihosting_open(const char* path, SemihostingMode mode);
void semihosting_close(int32_t handle);
/* 1 when all `bytes` were transferred, 0 otherwise. */
int semihosting_read(int32_t handle, void* data, uint32_t bytes);
int semihosting_write(int32_t handle, const void* data, uint32_t bytes);
/* Bytes of the file, or -1. */
int32_t semihosting_file_bytes(int32_t handle);
/* The command line, with a closing 0. 1 when it fits in `bytes`, 0 otherwise. */
int semihosting_command_line(char* line, uint32_t bytes);
__attribute__((noreturn)) void semihosting_exit(uint32_t status);

#endif
