#ifndef MOTE_SEMIHOSTING_H
#define MOTE_SEMIHOSTING_H

/// Arm semihosting: the emulated board asks the workstation for files (Arm "Semihosting for AArch32 and AArch64", M profile; RISC-V
/// Semihosting 0.3 has the same calls).

#include <stdint.h>

/// Opens `path` to read or, truncated, to write; a handle, or -1.
int semihosting_open_read(const char* path);
int semihosting_open_write(const char* path);

/// Number of bytes that were NOT read or written.
uint32_t semihosting_read(int handle, void* to, uint32_t bytes);
uint32_t semihosting_write(int handle, const void* from, uint32_t bytes);

void semihosting_close(int handle);

/// Prints on the workstation's console.
void semihosting_print(const char* text);

/// Ends the emulation; `status` becomes QEMU's exit code.
void semihosting_exit(int status) __attribute__((noreturn));

#endif
