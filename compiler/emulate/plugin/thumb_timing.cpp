#include "thumb_timing.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <span>

namespace mote {
namespace {

using Kind = ThumbKind;

/// Where a register's number is in the encoding; the stack pointer and the program counter are implied by some encodings.
enum Field : std::int8_t { kBit0 = 0, kBit3 = 3, kBit6 = 6, kBit8 = 8, kBit12 = 12, kBit16 = 16, kNone = -1, kSp = -2 };

struct Row {
  std::uint32_t mask, value;
  Kind kind = Kind::kFixed;
  std::uint8_t cycles = 1;  // of kFixed
  std::uint32_t list = 0;   // one more cycle per bit set here
  Field target = kNone, base = kNone, index = kNone;
  bool counts_words = false;  // one more cycle per word, whose number is the low byte
};

// In both tables the first row that matches counts, and what matches none takes 1 cycle: data processing, DSP, IT, branches
// (whose refill is added where they are taken). Floating point is the Cortex-M4's (its manual, 7.2.3).
constexpr Row kNarrowRows[] = {
    {0xFFC0, 0x4340, Kind::kMultiply},
    {0xF800, 0x4800, Kind::kLoad, 1, 0, kBit8},                        // LDR literal
    {0xFC00, 0x5000, Kind::kIndexedStore, 1, 0, kNone, kBit3, kBit6},  // STR, STRH register
    {0xFE00, 0x5400, Kind::kIndexedStore, 1, 0, kNone, kBit3, kBit6},  // STRB register
    {0xF000, 0x5000, Kind::kLoad, 1, 0, kBit0, kBit3, kBit6},          // LDR* register
    {0xF800, 0x6800, Kind::kLoad, 1, 0, kBit0, kBit3},                 // LDR immediate
    {0xF800, 0x7800, Kind::kLoad, 1, 0, kBit0, kBit3},                 // LDRB immediate
    {0xF800, 0x8800, Kind::kLoad, 1, 0, kBit0, kBit3},                 // LDRH immediate
    {0xF800, 0x9800, Kind::kLoad, 1, 0, kBit8, kSp},                   // LDR from the stack
    {0xE800, 0x6000, Kind::kStore},                                    // STR, STRB immediate
    {0xF800, 0x8000, Kind::kStore},                                    // STRH immediate
    {0xF800, 0x9000, Kind::kStore},                                    // STR to the stack
    {0xFE00, 0xB400, Kind::kStoreMultiple, 1, 0x1FF},                  // PUSH
    {0xFF00, 0xBD00, Kind::kReturnFromStack, 1, 0x1FF},                // POP with PC
    {0xFE00, 0xBC00, Kind::kLoadMultiple, 1, 0x1FF},                   // POP
    {0xF800, 0xC000, Kind::kStoreMultiple, 1, 0x0FF},                  // STM
    {0xF800, 0xC800, Kind::kLoadMultiple, 1, 0x0FF},                   // LDM
};

constexpr Row kWideRows[] = {
    {0xFFE00000, 0xEC400000, Kind::kFixed, 2},                                  // VMOV with two core registers
    {0xFF200F00, 0xED000A00, Kind::kFixed, 2},                                  // VLDR, VSTR single
    {0xFF200F00, 0xED000B00, Kind::kFixed, 3},                                  // VLDR, VSTR double
    {0xFE000E00, 0xEC000A00, Kind::kFixed, 1, 0, kNone, kNone, kNone, true},    // VLDM, VSTM, VPUSH, VPOP
    {0xFF000E10, 0xEE000A10, Kind::kFixed, 1},                                  // VMOV with one core register, VMRS, VMSR
    {0xFFA00E00, 0xEE000A00, Kind::kFixed, 3},                                  // VMLA, VMLS, VNMLA, VNMLS
    {0xFFB00E00, 0xEE900A00, Kind::kFixed, 3},                                  // VFNMA, VFNMS
    {0xFFB00E00, 0xEEA00A00, Kind::kFixed, 3},                                  // VFMA, VFMS
    {0xFFB00E00, 0xEE800A00, Kind::kFixed, 14},                                 // VDIV
    {0xFFBF0EC0, 0xEEB10AC0, Kind::kFixed, 14},                                 // VSQRT
    {0xFE500000, 0xE8100000, Kind::kLoadMultiple, 1, 0xFFFF},                   // LDM, POP
    {0xFE500000, 0xE8000000, Kind::kStoreMultiple, 1, 0xFFFF},                  // STM, PUSH
    {0xFF400000, 0xE9400000, Kind::kFixed, 3},                                  // LDRD, STRD
    {0xFE600000, 0xE8600000, Kind::kFixed, 3},                                  // LDRD, STRD, post-indexed
    {0xFE400000, 0xE8400000, Kind::kFixed, 2},                                  // exclusive accesses, TBB, TBH
    {0xF800D000, 0xF000D000, Kind::kBranchLink},                                // BL
    {0xFB80D000, 0xF3808000, Kind::kSystem},                                    // MSR, MRS, barriers, hints
    {0xFE50F000, 0xF810F000, Kind::kFixed, 1},                                  // PLD
    {0xFE1F0000, 0xF81F0000, Kind::kLoad, 1, 0, kBit12},                        // LDR* literal
    {0xFE900FC0, 0xF8100000, Kind::kLoad, 1, 0, kBit12, kBit16, kBit0},         // LDR* register
    {0xFE100000, 0xF8100000, Kind::kLoad, 1, 0, kBit12, kBit16},                // LDR* immediate
    {0xFE900FC0, 0xF8000000, Kind::kIndexedStore, 1, 0, kNone, kBit16, kBit0},  // STR* register
    {0xFE100000, 0xF8000000, Kind::kStore},                                     // STR* immediate
    {0xFFF0F0F0, 0xFB00F000, Kind::kMultiply},                                  // MUL
    {0xFFF000E0, 0xFB000000, Kind::kMultiplyAdd},                               // MLA, MLS
    {0xFFD000F0, 0xFB800000, Kind::kMultiplyLong},                              // SMULL, UMULL
    {0xFFD000F0, 0xFBC00000, Kind::kMultiplyAddLong},                           // SMLAL, UMLAL
    {0xFFD000F0, 0xFB9000F0, Kind::kDivide},                                    // SDIV, UDIV
};

constexpr Row kPlain = {0, 0};

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr KindName kKindNames[] = {
    {"load", Kind::kLoad},
    {"load_multiple", Kind::kLoadMultiple},
    {"store", Kind::kStore},
    {"store_indexed", Kind::kIndexedStore},
    {"store_multiple", Kind::kStoreMultiple},
    {"multiply", Kind::kMultiply},
    {"multiply_add", Kind::kMultiplyAdd},
    {"multiply_long", Kind::kMultiplyLong},
    {"multiply_add_long", Kind::kMultiplyAddLong},
    {"divide", Kind::kDivide},
    {"branch_link", Kind::kBranchLink},
    {"return_from_stack", Kind::kReturnFromStack},
    {"system", Kind::kSystem},
    {"taken_branch", Kind::kTakenBranch},
    {"pipelined_loads", Kind::kPipelinedLoads},
};
static_assert(std::size(kKindNames) + 1 == kThumbKinds, "every kind but the fixed one has a name");

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

std::optional<ThumbCosts> parse_thumb_costs(std::string_view text) {
  ThumbCosts costs;
  unsigned seen = 0;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find('+'));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t colon = item.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const KindName* found = nullptr;
    for (const KindName& each : kKindNames) {
      if (each.name == item.substr(0, colon)) found = &each;
    }
    if (found == nullptr) return std::nullopt;
    const auto index = static_cast<std::size_t>(found->kind);
    const auto [end, error] = std::from_chars(item.data() + colon + 1, item.data() + item.size(), costs.cycles[index]);
    if (error != std::errc{} || end != item.data() + item.size()) return std::nullopt;
    seen |= 1U << index;
  }
  constexpr unsigned kAllNamed = (1U << kThumbKinds) - 2;
  return seen == kAllNamed ? std::optional(costs) : std::nullopt;
}

unsigned ThumbTiming::issue(ThumbInstruction instruction) {
  const Row& row = find_row(instruction);
  unsigned cycles = row.kind == Kind::kFixed ? row.cycles : costs_->of(row.kind);
  if (row.kind == Kind::kReturnFromStack) cycles += costs_->of(Kind::kLoadMultiple);
  cycles += static_cast<unsigned>(std::popcount(instruction.bits & row.list));
  if (row.counts_words) cycles += instruction.bits & 0xFF;

  const bool may_pipeline = row.kind == Kind::kLoad || row.kind == Kind::kIndexedStore;
  if (costs_->of(Kind::kPipelinedLoads) != 0 && may_pipeline && loaded_register_ != kNoLoad &&
      register_at(instruction, row.base) != loaded_register_ && register_at(instruction, row.index) != loaded_register_) {
    --cycles;
  }
  constexpr int kPc = 15;
  loaded_register_ = row.kind == Kind::kLoad ? register_at(instruction, row.target) : kNoLoad;
  if (loaded_register_ == kPc) loaded_register_ = kNoLoad;
  return cycles;
}

}  // namespace mote
