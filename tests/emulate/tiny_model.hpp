#pragma once

#include <string>

#include "support/files.hpp"

namespace mote::test {

/// A library as codegen writes it, small enough to count by hand: one byte in, one byte out, which is the input plus one.
/// `run` is the assembly of Model::run(), after which `more` follows.
inline FileSet tiny_model(const std::string& run, const std::string& more = "", std::size_t arena_bytes = 16) {
  const std::string header = R"(#pragma once
#include <stddef.h>
#include <stdint.h>
namespace tiny {
inline constexpr int kInputCount = 1, kOutputCount = 1;
inline constexpr size_t kInputBytes[] = {1}, kOutputBytes[] = {1};
class Model {
 public:
  void* input_data(int) noexcept { return arena_; }
  const void* output_data(int) const noexcept { return arena_ + 4; }
  void run() noexcept;
  void reset() noexcept { arena_[8] = 2; }
  void restart() noexcept { reset(); }
 private:
  alignas(4) uint8_t arena_[)" + std::to_string(arena_bytes) + R"(];
};
}
)";
  return {{"tiny.hpp", header}, {"tiny.cpp", "#include \"tiny.hpp\"\n" + run + more}};
}

/// Two layers. Bytes of code: 32. Instructions: 25 and 7. Cortex-M4 cycles: 49 and 16. Stack: 8 bytes. RISC-V: the same counts.
inline FileSet counted_model(std::size_t arena_bytes = 16) {
  return tiny_model(R"(
#ifdef __riscv
__asm__(
    ".section .text.tiny, \"ax\", %progbits\n"
    ".global _ZN4tiny5Model3runEv\n"
    ".type _ZN4tiny5Model3runEv, %function\n"
    "_ZN4tiny5Model3runEv:\n"
    "  addi sp, sp, -8\n"  // layer 1
    "  sw ra, 0(sp)\n"
    "  lw a2, 0(a0)\n"
    "  c.jal first\n"
    "  c.jal second\n"     // layer 2
    "  lw ra, 0(sp)\n"
    "  addi sp, sp, 8\n"
    "  ret\n"
    ".size _ZN4tiny5Model3runEv, . - _ZN4tiny5Model3runEv\n"
    "first:\n"
    "  li a1, 9\n"
    "  nop\n"
    "1: addi a1, a1, -1\n"
    "  bnez a1, 1b\n"
    "  ret\n"
    "second:\n"
    "  addi a2, a2, 1\n"
    "  sw a2, 4(a0)\n"
    "  ret\n"
    ".previous\n");
#else
__asm__(
    ".syntax unified\n"
    ".section .text.tiny, \"ax\", %progbits\n"
    ".balign 4\n"
    ".global _ZN4tiny5Model3runEv\n"
    ".type _ZN4tiny5Model3runEv, %function\n"
    ".thumb_func\n"
    "_ZN4tiny5Model3runEv:\n"
    "  push {r4, lr}\n"      // layer 1: 3 cycles
    "  mov r4, r0\n"         // 1
    "  bl first\n"           // 1 + 2
    "  mov r0, r4\n"         // layer 2: 1
    "  bl second\n"          // 1 + 2
    "  pop {r4, pc}\n"       // 3 + 2
    ".size _ZN4tiny5Model3runEv, . - _ZN4tiny5Model3runEv\n"
    ".thumb_func\n"
    "first:\n"
    "  movs r0, #10\n"       // 1
    "1: subs r0, #1\n"       // 10 times 1
    "  bne 1b\n"             // 10 times 1, 9 times 2 more
    "  bx lr\n"              // 1 + 2
    ".thumb_func\n"
    "second:\n"
    "  ldrb r1, [r0]\n"      // 2
    "  adds r1, #1\n"        // 1
    "  strb r1, [r0, #4]\n"  // 1
    "  bx lr\n"              // 1 + 2
    ".previous\n");
#endif
)", "", arena_bytes);
}

/// The same answers by two layers, which call for reset() when nobody has before.
inline FileSet stateful_model() {
  return tiny_model(R"(
__attribute__((noinline)) void start(tiny::Model* model) { model->reset(); }
__attribute__((noinline)) void first(uint8_t* arena) { arena[5] = arena[0]; }
__attribute__((noinline)) void second(uint8_t* arena) { arena[4] = static_cast<uint8_t>(arena[5] + 1); }
void tiny::Model::run() noexcept {
  if (arena_[8] == 0) start(this);
  first(arena_);
  second(arena_);
  __asm__ volatile("");
}
)");
}

/// The same answers in C++ by two layers row by row: of four rows the first makes one at a time, the second two. Between them rows
/// move.
inline FileSet rows_model() {
  return tiny_model(R"(
namespace mote {
__attribute__((noinline)) void slide_rows(uint8_t* to, const uint8_t* from, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; ++i) to[i] = from[i];
}
}
__attribute__((noinline)) void first(uint8_t* arena) { arena[5] = arena[0]; }
__attribute__((noinline)) void second(uint8_t* arena) { arena[4] = static_cast<uint8_t>(arena[6] + 1); }
void tiny::Model::run() noexcept {
  for (int row = 0; row < 4; ++row) {
    first(arena_);
    mote::slide_rows(arena_ + 6, arena_ + 5, 1);
    if (row % 2 == 1) second(arena_);
  }
}
)");
}

/// The same answers in C++, with `before` in run() ahead of them.
inline FileSet plain_model(const std::string& before = "") {
  return tiny_model("void tiny::Model::run() noexcept {\n" + before + "\n  arena_[4] = static_cast<uint8_t>(arena_[0] + 1);\n}\n");
}

}  // namespace mote::test
