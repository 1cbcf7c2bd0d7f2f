#pragma once

/// How a run is observed on an emulated board: markers for the counting plugin, stack high water, timer.

#include <stdint.h>

#include "board_timer.h"
#include "run_format.h"
#include "runner_io.h"

extern "C" {

extern uint32_t mote_stack_low[];

/// The window that the plugin counts opens with the first and closes before the second.
[[gnu::noipa]] inline void mote_begin() {}
[[gnu::noipa]] inline void mote_end() {}

}  // extern "C"

class Watch {
 public:
  explicit Watch(uint32_t options) : timed_((options & MOTE_OPTION_TIMER) != 0) {
    if (timed_) timer_start();
  }

  template <typename Model>
  void run(Model& model) {
    const uint32_t stack_bytes = timed_ ? time(model) : mark(model);
    if (stack_bytes > stack_bytes_) stack_bytes_ = stack_bytes;
  }

  void fill(RunTrailer& trailer) {
    trailer.stack_bytes = stack_bytes_;
    if (!timed_) return;
    trailer.timer_interrupts = interrupts_;
    trailer.run_ticks = ticks_;
    Nothing nothing;
    trailer.empty_ticks = elapsed(nothing);
    trailer.calibration_ticks = spin(MOTE_CALIBRATION_INSTRUCTIONS / 2 + 1) - spin(1);
  }

 private:
  static constexpr uint32_t kPaint = 0xA5A5A5A5;

  struct Nothing {
    [[gnu::noipa]] void run() noexcept {}
  };

  /// Stack bytes of run(): below this function's frame the stack is painted before and searched after.
  template <typename Model>
  [[gnu::noinline]] static uint32_t mark(Model& model) {
    uint32_t* top;
#ifdef __riscv
    __asm__ volatile("mv %0, sp" : "=r"(top));
#else
    __asm__ volatile("mov %0, sp" : "=r"(top));
#endif
    for (uint32_t* word = mote_stack_low; word < top; ++word) *word = kPaint;
    mote_begin();
    model.run();
    mote_end();
    const uint32_t* word = mote_stack_low;
    while (word < top && *word == kPaint) ++word;
    if (word == mote_stack_low) io_fail("stack overflow");
    return static_cast<uint32_t>(top - word) * sizeof(uint32_t);
  }

  template <typename Model>
  uint32_t time(Model& model) {
    const uint32_t before = timer_interrupts();
    ticks_ = elapsed(model);
    interrupts_ = timer_interrupts() - before;
    return 0;
  }

  /// One code for every Model, so that the difference of two is that of their run().
  template <typename Model>
  [[gnu::noinline]] static uint64_t elapsed(Model& model) {
    const uint64_t start = timer_ticks();
    model.run();
    return timer_ticks() - start;
  }

  [[gnu::noinline]] static uint64_t spin(uint32_t rounds) {
    const uint64_t start = timer_ticks();
    timer_spin(rounds);
    return timer_ticks() - start;
  }

  bool timed_;
  uint32_t stack_bytes_ = 0;
  uint32_t interrupts_ = 0;
  uint64_t ticks_ = 0;
};
