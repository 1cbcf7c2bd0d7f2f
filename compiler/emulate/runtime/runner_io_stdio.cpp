#include <cstdio>
#include <cstdlib>

#include "runner_io.h"

namespace {
std::FILE* g_input = nullptr;
std::FILE* g_output = nullptr;
}  // namespace

void io_fail(const char* message) {
  std::fprintf(stderr, "%s\n", message);
  std::exit(1);
}

void io_open(void) {
  g_input = std::fopen("input.bin", "rb");
  g_output = std::fopen("output.bin", "wb");
  if (g_input == nullptr || g_output == nullptr) io_fail("input.bin or output.bin cannot be opened");
}

void io_read(void* to, uint32_t bytes) {
  if (std::fread(to, 1, bytes, g_input) != bytes) io_fail("input.bin ends too early");
}

void io_write(const void* from, uint32_t bytes) {
  if (std::fwrite(from, 1, bytes, g_output) != bytes) io_fail("output.bin cannot be written");
}

void io_close(void) {
  std::fclose(g_input);
  if (std::fclose(g_output) != 0) io_fail("output.bin cannot be written");
}
