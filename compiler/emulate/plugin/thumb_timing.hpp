#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "thumb.hpp"

namespace mote {

/// Kinds of instructions whose cycles differ between cores.
enum class ThumbKind : std::uint8_t {
  kFixed,  // the same everywhere it exists
  kLoad,   // may pipeline behind a load, and something behind it
  kLoadMultiple,
  kStore,
  kIndexedStore,  // may pipeline behind a load
  kStoreMultiple,
  kMultiply,
  kMultiplyAdd,
  kMultiplyLong,
  kMultiplyAddLong,
  kDivide,
  kBranchLink,
  kReturnFromStack,
  kSystem,
  kTakenBranch,
  kPipelinedLoads,
  // The rest may be left out of a data file.
  kVector,
  kVectorMemory,
  kVectorOverlap,
  kPercent,
};
constexpr std::size_t kThumbKinds = 20, kOptionalThumbKinds = 4;

/// What a core's manual says, from the target's data file. Cycles of each kind; of multiple loads and stores those besides one
/// per register; of a return from the stack what it takes more than another POP; of a taken branch what it adds;
/// `kPipelinedLoads` is 1 where a load or an indexed store right behind a single load takes a cycle less, unless its address
/// needs the loaded value. `kVector` and `kVectorMemory` are Helium's arithmetic and its loads and stores, `kVectorOverlap` what
/// either takes less right behind the other; `kPercent` what a core takes of the sum whose pipeline has no public table (0: all
/// of it).
struct ThumbCosts {
  std::array<std::uint8_t, kThumbKinds> cycles{};

  unsigned of(ThumbKind kind) const { return cycles[static_cast<std::size_t>(kind)]; }
  /// The cycles of code that sums up to `sum`.
  std::uint64_t scaled(std::uint64_t sum) const {
    return of(ThumbKind::kPercent) == 0 ? sum : (sum * of(ThumbKind::kPercent) + 50) / 100;
  }
};

/// Reads "load:2+store:1+...", every kind that may not be left out named; nothing when it is not so.
std::optional<ThumbCosts> parse_thumb_costs(std::string_view text);

/// Cycles of straight-line code on a core with these costs.
///
/// An estimate. Not counted: flash wait states, bus contention, a full store buffer, the stall of an address that the instruction
/// before has computed, folding of IT. Where a manual gives a range, the data file has one number of it.
class ThumbTiming {
 public:
  explicit ThumbTiming(const ThumbCosts& costs) : costs_(&costs) {}

  /// Cycles of the next instruction in a straight line. A block of code begins with a new ThumbTiming.
  unsigned issue(ThumbInstruction instruction);

 private:
  static constexpr int kNoLoad = -1;
  const ThumbCosts* costs_;
  int loaded_register_ = kNoLoad;                // of the instruction before, when it was a single load
  ThumbKind vector_before_ = ThumbKind::kFixed;  // the instruction before, when it was a vector instruction
};

}  // namespace mote
