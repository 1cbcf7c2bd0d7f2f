#ifdef __riscv

/// Boots an RV32 board in machine mode: stack, thread pointer (picolibc keeps errno there), .data and .bss. A trap is told over
/// semihosting and ends the emulation with exit code 2.

#include <stdint.h>

#include "semihosting.h"

extern uint32_t mote_stack_low[], mote_stack_top[];
extern uint32_t mote_data_image[], mote_data_begin[], mote_data_end[], mote_bss_begin[], mote_bss_end[];
int main(void);

static void print_hex(const char* name, uint32_t value) {
  char digits[9];
  for (int i = 0; i < 8; ++i) {
    const uint32_t digit = (value >> (28 - 4 * i)) & 15;
    digits[i] = (char)(digit + (digit < 10 ? '0' : 'a' - 10));
  }
  digits[8] = 0;
  semihosting_print(name);
  semihosting_print(digits);
}

__attribute__((used, noreturn)) static void report_trap(uint32_t stack) {
  uint32_t cause, at, value;
  __asm__ volatile(".option arch, +zicsr\n csrr %0, mcause\n csrr %1, mepc\n csrr %2, mtval"
                   : "=r"(cause), "=r"(at), "=r"(value));
  if (stack < (uint32_t)mote_stack_low) {
    semihosting_print("stack overflow");
  } else {
    print_hex("fault at 0x", at);
  }
  print_hex(" (mcause 0x", cause);
  print_hex(", mtval 0x", value);
  semihosting_print(")\n");
  semihosting_exit(2);
}

__attribute__((naked, aligned(4))) static void trap(void) {
  __asm__ volatile(
      "mv a0, sp\n"
      "la sp, mote_stack_top\n"
      "la t0, report_trap\n"
      "jr t0\n");
}

__attribute__((used, noinline, noreturn)) static void start(void) {
  __asm__ volatile(".option arch, +zicsr\n csrw mtvec, %0" : : "r"(trap));
  const uint32_t* from = mote_data_image;
  for (uint32_t* to = mote_data_begin; to < mote_data_end; ++to) *to = *from++;
  for (uint32_t* to = mote_bss_begin; to < mote_bss_end; ++to) *to = 0;
  semihosting_exit(main());
}

/// The first instruction of the board's memory, where QEMU's boot ROM jumps to.
__attribute__((naked, used, section(".vectors"))) void mote_reset(void) {
  __asm__ volatile(
      "la sp, mote_stack_top\n"
      "la tp, mote_tls_begin\n"
      "la t0, start\n"
      "jr t0\n");
}

#else
typedef int mote_not_riscv;
#endif
