#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "ops/kernel_call.hpp"
#include "targets/target.hpp"

namespace mote {

/// What kernel calls cost when `mote tune` measured them: estimated cycles of one inference, or instructions where the target has
/// no cycle model. Kept as a JSON file; entries of other versions of the kernels are
/// never found.
class Tuning {
 public:
  /// Error when the file is not one of ours; empty when it does not exist.
  static Tuning read(const std::filesystem::path& file);
  void write(const std::filesystem::path& file) const;

  void set(const Target& target, const KernelCall& call, double cycles);
  /// Nothing when it has not been measured.
  std::optional<double> find(const Target& target, const KernelCall& call) const;
  std::size_t size() const { return cycles_.size(); }

 private:
  std::map<std::string, double> cycles_;
};

}  // namespace mote
