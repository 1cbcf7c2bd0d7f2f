#ifdef __arm__

/// Boots a Cortex-M: vectors, floating point or Helium on, .data and .bss. A fault is told over semihosting and ends the
/// emulation with exit code 2.

#include <stdint.h>

#include "semihosting.h"

extern uint32_t mote_stack_low[], mote_stack_top[];
extern uint32_t mote_data_image[], mote_data_begin[], mote_data_end[], mote_bss_begin[], mote_bss_end[];
int main(void);
void timer_interrupt(void);

static volatile uint32_t* const kConfigurableFaultStatus = (volatile uint32_t*)0xE000ED28;
static volatile uint32_t* const kBusFaultAddress = (volatile uint32_t*)0xE000ED38;
static volatile uint32_t* const kCoprocessorAccess = (volatile uint32_t*)0xE000ED88;

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

/// `frame`: the stack pointer at the fault, which may point outside the stack.
__attribute__((used, noreturn)) static void report_fault(const uint32_t* frame) {
  const uint32_t status = *kConfigurableFaultStatus;
  if (frame < mote_stack_low) {
    semihosting_print("stack overflow");
  } else {
    print_hex("fault at 0x", frame[6]);
  }
  print_hex(" (CFSR 0x", status);
  print_hex(", BFAR 0x", *kBusFaultAddress);
  semihosting_print(")\n");
  semihosting_exit(2);
}

__attribute__((naked)) static void fault(void) {
  __asm__ volatile(
      ".syntax unified\n"
      "mrs r0, msp\n"
      "ldr r1, =mote_stack_top\n"
      "mov sp, r1\n"
      "ldr r1, =report_fault\n"
      "bx r1\n");
}

__attribute__((noinline, noreturn)) static void start(void) {
  const uint32_t* from = mote_data_image;
  for (uint32_t* to = mote_data_begin; to < mote_data_end; ++to) *to = *from++;
  for (uint32_t* to = mote_bss_begin; to < mote_bss_end; ++to) *to = 0;
  semihosting_exit(main());
}

void mote_reset(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  *kCoprocessorAccess |= 0xFu << 20;
  __asm__ volatile("dsb\nisb");
#else
  (void)kCoprocessorAccess;
#endif
  start();
}

__attribute__((section(".vectors"), used)) static const void* const kVectors[16] = {
    mote_stack_top, mote_reset, fault, fault, fault, fault, fault, fault,
    fault,          fault,      fault, fault, fault, fault, fault, timer_interrupt,
};

#else
typedef int mote_not_arm;
#endif
