#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mote {

struct AddressRange {
  std::uint64_t begin = 0, end = 0;

  bool contains(std::uint64_t address) const { return address >= begin && address < end; }
};

/// Straight-line code as the emulator runs it: entered at `begin` and, short of a fault, executed up to `end`.
struct CodeBlock {
  std::uint64_t begin = 0, end = 0;
  std::uint32_t instructions = 0, cycles = 0;
};

struct Counts {
  std::uint64_t instructions = 0, cycles = 0;

  Counts& operator+=(const Counts& other) {
    instructions += other.instructions;
    cycles += other.cycles;
    return *this;
  }
  bool operator==(const Counts&) const = default;
};

/// Least, greatest and sum over all windows.
struct CostSpread {
  Counts least, greatest, sum;

  void add(const Counts& cost, bool is_first);
};

struct ProfileOptions {
  std::uint64_t window_begin = 0, window_end = 0;  // entering the first opens a window, entering the second closes it
  std::vector<AddressRange> run;                   // Model::run(), all its parts
  std::vector<std::uint64_t> helpers;              // entries of functions that run() may call and that are no layers
  AddressRange runner;                             // what calls it; its instructions in a window are overhead
  unsigned taken_branch_cycles = 0;
};

/// What runs in a window, told apart: Model::run() with all that it calls, by layer, and the call's own overhead. A layer is a
/// place in run() that calls, however often it does, with all that is called there; layers are in the order in which they are
/// first called. What run() itself and its helpers execute belongs to the layer that is called next, and after the last call to
/// the layer called last.
class Profile {
 public:
  explicit Profile(ProfileOptions options) : options_(std::move(options)) {}

  /// The next block in the order of execution.
  void execute(const CodeBlock& block);

  std::uint64_t windows() const { return windows_; }
  const Counts& first_run() const { return first_run_; }
  const Counts& first_overhead() const { return first_overhead_; }
  const CostSpread& runs() const { return runs_; }

  /// Of the first window. They sum to `first_run` unless run() called nothing.
  const std::vector<Counts>& first_layers() const { return first_layers_; }

 private:
  enum class Place { kRunner, kRun, kHelper, kLayer };

  void open_window();
  void close_window();
  Place place_of(std::uint64_t address) const;
  /// The code of run() that ends at this address has called.
  void enter_layer(std::uint64_t call_end);
  Counts& cost_here();

  ProfileOptions options_;
  bool open_ = false;
  Place place_ = Place::kRunner;
  std::uint64_t previous_end_ = 0;
  Counts overhead_, between_;  // in this window: of the runner; of run() since it called last
  std::vector<Counts> layers_;
  std::size_t layer_ = 0;                                    // the one called last
  std::unordered_map<std::uint64_t, std::size_t> layer_at_;  // by the end of the code that calls it

  std::uint64_t windows_ = 0;
  Counts first_run_, first_overhead_;
  CostSpread runs_;
  std::vector<Counts> first_layers_;
};

}  // namespace mote
