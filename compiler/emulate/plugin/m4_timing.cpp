#include "m4_timing.hpp"

#include <bit>
#include <cstddef>
#include <span>

namespace mote {
namespace {

enum class Kind : std::uint8_t {
  kOther,
  kMultiple,       // one more cycle per bit set in `list`
  kFloatMultiple,  // one more cycle per word, whose number is the low byte
  kLoad,           // may pipeline behind a load, and something behind it
  kIndexedStore,   // may pipeline behind a load
};

/// Where a register's number is in the encoding; the stack pointer and the program counter are implied by some encodings.
enum Field : std::int8_t { kBit0 = 0, kBit3 = 3, kBit6 = 6, kBit8 = 8, kBit12 = 12, kBit16 = 16, kNone = -1, kSp = -2 };

struct Row {
  std::uint32_t mask, value;
  std::uint8_t cycles;
  Kind kind = Kind::kOther;
  std::uint32_t list = 0;
  Field target = kNone, base = kNone, index = kNone;
};

// In both tables the first row that matches counts, and what matches none takes 1 cycle: data processing, multiplication with and
// without accumulation, DSP, IT, branches (whose refill is added where they are taken), immediate stores.
constexpr Row kNarrowRows[] = {
    {0xF800, 0x4800, 2, Kind::kLoad, 0, kBit8},                        // LDR literal
    {0xFC00, 0x5000, 2, Kind::kIndexedStore, 0, kNone, kBit3, kBit6},  // STR, STRH register
    {0xFE00, 0x5400, 2, Kind::kIndexedStore, 0, kNone, kBit3, kBit6},  // STRB register
    {0xF000, 0x5000, 2, Kind::kLoad, 0, kBit0, kBit3, kBit6},          // LDR* register
    {0xF800, 0x6800, 2, Kind::kLoad, 0, kBit0, kBit3},                 // LDR immediate
    {0xF800, 0x7800, 2, Kind::kLoad, 0, kBit0, kBit3},                 // LDRB immediate
    {0xF800, 0x8800, 2, Kind::kLoad, 0, kBit0, kBit3},                 // LDRH immediate
    {0xF800, 0x9800, 2, Kind::kLoad, 0, kBit8, kSp},                   // LDR from the stack
    {0xFE00, 0xB400, 1, Kind::kMultiple, 0x1FF},                       // PUSH
    {0xFE00, 0xBC00, 1, Kind::kMultiple, 0x1FF},                       // POP
    {0xF000, 0xC000, 1, Kind::kMultiple, 0x0FF},                       // STM, LDM
};

constexpr Row kWideRows[] = {
    {0xFFE00000, 0xEC400000, 2},                                                // VMOV with two core registers
    {0xFF200F00, 0xED000A00, 2},                                                // VLDR, VSTR single
    {0xFF200F00, 0xED000B00, 3},                                                // VLDR, VSTR double
    {0xFE000E00, 0xEC000A00, 1, Kind::kFloatMultiple},                          // VLDM, VSTM, VPUSH, VPOP
    {0xFF000E10, 0xEE000A10, 1},                                                // VMOV with one core register, VMRS, VMSR
    {0xFFA00E00, 0xEE000A00, 3},                                                // VMLA, VMLS, VNMLA, VNMLS
    {0xFFB00E00, 0xEE900A00, 3},                                                // VFNMA, VFNMS
    {0xFFB00E00, 0xEEA00A00, 3},                                                // VFMA, VFMS
    {0xFFB00E00, 0xEE800A00, 14},                                               // VDIV
    {0xFFBF0EC0, 0xEEB10AC0, 14},                                               // VSQRT
    {0xFE400000, 0xE8000000, 1, Kind::kMultiple, 0xFFFF},                       // LDM, STM, PUSH, POP
    {0xFF400000, 0xE9400000, 3},                                                // LDRD, STRD
    {0xFE600000, 0xE8600000, 3},                                                // LDRD, STRD, post-indexed
    {0xFE400000, 0xE8400000, 2},                                                // exclusive accesses, TBB, TBH
    {0xFB80D000, 0xF3808000, 2},                                                // MSR, MRS, barriers, hints
    {0xFE50F000, 0xF810F000, 1},                                                // PLD
    {0xFE1F0000, 0xF81F0000, 2, Kind::kLoad, 0, kBit12},                        // LDR* literal
    {0xFE900FC0, 0xF8100000, 2, Kind::kLoad, 0, kBit12, kBit16, kBit0},         // LDR* register
    {0xFE100000, 0xF8100000, 2, Kind::kLoad, 0, kBit12, kBit16},                // LDR* immediate
    {0xFE900FC0, 0xF8000000, 2, Kind::kIndexedStore, 0, kNone, kBit16, kBit0},  // STR* register
    {0xFFD000F0, 0xFB9000F0, 6},                                                // SDIV, UDIV
};

constexpr Row kPlain = {0, 0, 1};

const Row& find_row(ThumbInstruction instruction) {
  const std::span<const Row> rows = instruction.wide ? std::span<const Row>(kWideRows) : std::span<const Row>(kNarrowRows);
  for (const Row& row : rows) {
    if ((instruction.bits & row.mask) == row.value) return row;
  }
  return kPlain;
}

int register_at(ThumbInstruction instruction, Field field) {
  if (field == kNone) return -1;
  if (field == kSp) return 13;
  return static_cast<int>(instruction.bits >> field & (instruction.wide ? 15 : 7));
}

}  // namespace

unsigned M4Timing::issue(ThumbInstruction instruction) {
  const Row& row = find_row(instruction);
  unsigned cycles = row.cycles;
  if (row.kind == Kind::kMultiple) cycles += static_cast<unsigned>(std::popcount(instruction.bits & row.list));
  if (row.kind == Kind::kFloatMultiple) cycles += instruction.bits & 0xFF;

  const bool pipelines = row.kind == Kind::kLoad || row.kind == Kind::kIndexedStore;
  if (pipelines && loaded_register_ != kNoLoad && register_at(instruction, row.base) != loaded_register_ &&
      register_at(instruction, row.index) != loaded_register_) {
    --cycles;
  }
  constexpr int kPc = 15;
  loaded_register_ = row.kind == Kind::kLoad ? register_at(instruction, row.target) : kNoLoad;
  if (loaded_register_ == kPc) loaded_register_ = kNoLoad;
  return cycles;
}

}  // namespace mote
