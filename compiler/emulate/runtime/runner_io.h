#ifndef MOTE_RUNNER_IO_H
#define MOTE_RUNNER_IO_H

/// What the runner needs from outside, over semihosting on a board and over stdio on the workstation. Whatever fails ends the
/// program with a message and a nonzero exit code.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens `input.bin` and `output.bin` in the working directory.
void io_open(void);

/// Reads or writes all `bytes`.
void io_read(void* to, uint32_t bytes);
void io_write(const void* from, uint32_t bytes);

/// Closes both files.
void io_close(void);

void io_fail(const char* message) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
