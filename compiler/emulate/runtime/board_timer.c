#include "board_timer.h"

enum { kPeriodBits = 24, kReload = (1 << kPeriodBits) - 1, kEnable = 1, kInterrupt = 2, kProcessorClock = 4 };

#ifdef __riscv

/// The CLINT's mtime of QEMU's virt machine: 64 bits at 10 MHz, no interrupt needed.
static volatile uint32_t* const kTime = (volatile uint32_t*)0x0200BFF8;

void timer_start(void) {}

uint64_t timer_ticks(void) {
  uint32_t low, high;
  do {
    high = kTime[1];
    low = kTime[0];
  } while (high != kTime[1]);
  return ((uint64_t)high << 32) | low;
}

uint32_t timer_interrupts(void) { return 0; }

__attribute__((naked)) void timer_spin(__attribute__((unused)) uint32_t rounds) {
  __asm__ volatile(
      "1: addi a0, a0, -1\n"
      "bnez a0, 1b\n"
      "ret\n");
}

#else

static volatile uint32_t* const kControl = (volatile uint32_t*)0xE000E010;
static volatile uint32_t* const kReloadValue = (volatile uint32_t*)0xE000E014;
static volatile uint32_t* const kCurrentValue = (volatile uint32_t*)0xE000E018;

volatile uint32_t timer_wraps;

__attribute__((naked)) void timer_interrupt(void) {
  __asm__ volatile(
      ".syntax unified\n"
      "ldr r0, =timer_wraps\n"
      "ldr r1, [r0]\n"
      "adds r1, #1\n"
      "str r1, [r0]\n"
      "bx lr\n");
}

void timer_start(void) {
  *kReloadValue = kReload;
  *kCurrentValue = 0;
  *kControl = kEnable | kInterrupt | kProcessorClock;
}

uint64_t timer_ticks(void) {
  uint32_t wraps, left;
  do {
    wraps = timer_wraps;
    left = *kCurrentValue;
  } while (wraps != timer_wraps);
  return ((uint64_t)wraps << kPeriodBits) + (kReload - left);
}

uint32_t timer_interrupts(void) { return timer_wraps; }

__attribute__((naked)) void timer_spin(__attribute__((unused)) uint32_t rounds) {
  __asm__ volatile(
      ".syntax unified\n"
      "1: subs r0, #1\n"
      "bne 1b\n"
      "bx lr\n");
}

#endif
