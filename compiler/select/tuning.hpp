#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "ops/kernel_call.hpp"
#include "targets/target.hpp"

namespace mote {

/// What one kernel call cost on a target when it was measured.
struct TunedCost {
  double cycles = 0;  ///< estimated cycles of one inference; instructions where the target has no cycle model
  std::int64_t code_bytes = 0;
};

/// Costs that `mote tune` measured, by target and kernel call. Kept as a JSON file; entries of other versions of the kernels are
/// never found.
class Tuning {
 public:
  /// Error when the file is not one of ours; empty when it does not exist.
  static Tuning read(const std::filesystem::path& file);
  void write(const std::filesystem::path& file) const;

  void set(const Target& target, const KernelCall& call, TunedCost cost);
  /// Null when it has not been measured.
  const TunedCost* find(const Target& target, const KernelCall& call) const;
  std::size_t size() const { return costs_.size(); }

 private:
  std::map<std::string, TunedCost> costs_;
};

}  // namespace mote
