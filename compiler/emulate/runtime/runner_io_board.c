#include "runner_io.h"
#include "semihosting.h"

static int g_input, g_output;

void io_fail(const char* message) {
  semihosting_print(message);
  semihosting_print("\n");
  semihosting_exit(1);
}

void io_open(void) {
  g_input = semihosting_open_read("input.bin");
  g_output = semihosting_open_write("output.bin");
  if (g_input < 0 || g_output < 0) io_fail("input.bin or output.bin cannot be opened");
}

void io_read(void* to, uint32_t bytes) {
  if (semihosting_read(g_input, to, bytes) != 0) io_fail("input.bin ends too early");
}

void io_write(const void* from, uint32_t bytes) {
  if (semihosting_write(g_output, from, bytes) != 0) io_fail("output.bin cannot be written");
}

void io_close(void) {
  semihosting_close(g_input);
  semihosting_close(g_output);
}
