#ifndef MOTE_BOARD_TIMER_H
#define MOTE_BOARD_TIMER_H

/// SysTick on the processor clock, extended to 64 bits by its interrupt. Under QEMU's -icount it tells how many instructions ran.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void timer_start(void);
uint64_t timer_ticks(void);

/// Interrupts since the start. Each executes 5 instructions.
uint32_t timer_interrupts(void);

/// Executes 2 instructions per round and a constant number besides.
void timer_spin(uint32_t rounds);

#ifdef __cplusplus
}
#endif

#endif
