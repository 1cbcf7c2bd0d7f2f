#include "semihosting.h"

enum {
  kSysOpen = 0x01,
  kSysClose = 0x02,
  kSysWrite0 = 0x04,
  kSysWrite = 0x05,
  kSysRead = 0x06,
  kSysExitExtended = 0x20,
  kApplicationExit = 0x20026,
  kModeReadBinary = 1,
  kModeWriteBinary = 5,
};

#ifdef __riscv
/// RISC-V Semihosting 0.3: the three instructions are known by their encoding and lie in one page.
__attribute__((naked, noinline, aligned(16))) static int call(int operation, const void* argument) {
  (void)operation, (void)argument;
  __asm__ volatile(
      ".option push\n"
      ".option norvc\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      "ret\n"
      ".option pop\n");
}
#else
static int call(int operation, const void* argument) {
  register int r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
#endif

static int open_file(const char* path, uint32_t mode) {
  uint32_t length = 0;
  while (path[length] != 0) ++length;
  const uint32_t block[3] = {(uint32_t)path, mode, length};
  return call(kSysOpen, block);
}

int semihosting_open_read(const char* path) { return open_file(path, kModeReadBinary); }
int semihosting_open_write(const char* path) { return open_file(path, kModeWriteBinary); }

uint32_t semihosting_read(int handle, void* to, uint32_t bytes) {
  const uint32_t block[3] = {(uint32_t)handle, (uint32_t)to, bytes};
  return (uint32_t)call(kSysRead, block);
}

uint32_t semihosting_write(int handle, const void* from, uint32_t bytes) {
  const uint32_t block[3] = {(uint32_t)handle, (uint32_t)from, bytes};
  return (uint32_t)call(kSysWrite, block);
}

void semihosting_close(int handle) {
  const uint32_t block[1] = {(uint32_t)handle};
  call(kSysClose, block);
}

void semihosting_print(const char* text) { call(kSysWrite0, text); }

void semihosting_exit(int status) {
  const uint32_t block[2] = {kApplicationExit, (uint32_t)status};
  call(kSysExitExtended, block);
  for (;;) {
  }
}
