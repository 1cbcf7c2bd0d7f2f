#pragma once

#include <algorithm>
#include <cstdint>
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
  AddressRange run;                                // Model::run()
  AddressRange runner;                             // what calls it; its instructions in a window are overhead
  std::size_t layer_count = 0;
  unsigned taken_branch_cycles = 0;
};

/// What runs in a window, told apart: Model::run() with all that it calls, by layer, and the call's own overhead. A layer is one
/// call made by run(); what run() itself executes belongs to the layer about to be called, and after the last one to the last.
class Profile {
 public:
  explicit Profile(const ProfileOptions& options) : options_(options), current_(options.layer_count) {}

  /// The next block in the order of execution.
  void execute(const CodeBlock& block);

  std::uint64_t windows() const { return windows_; }
  const Counts& first_run() const { return first_run_; }
  const Counts& first_overhead() const { return first_overhead_; }
  const CostSpread& runs() const { return runs_; }

  /// Of the first window. They sum to `first_run` when `first_calls` is the number of layers.
  const std::vector<Counts>& first_layers() const { return first_layers_; }
  std::uint64_t first_calls() const { return first_calls_; }

 private:
  enum class Place { kRunner, kRun, kLayer };

  void open_window();
  void close_window();
  Counts& cost_here();

  ProfileOptions options_;
  bool open_ = false;
  Place place_ = Place::kRunner;
  std::uint64_t previous_end_ = 0;
  std::uint64_t calls_ = 0;
  Counts overhead_, outside_layers_;
  std::vector<Counts> current_;

  std::uint64_t windows_ = 0, first_calls_ = 0;
  Counts first_run_, first_overhead_;
  CostSpread runs_;
  std::vector<Counts> first_layers_;
};

}  // namespace mote
