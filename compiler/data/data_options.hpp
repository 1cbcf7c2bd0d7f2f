#pragma once

#include <string>
#include <vector>

namespace mote {

/// How a user's data is to be read.
struct DataOptions {
  /// Columns of a .csv that hold the answers, by name or number from 1; the array of a .npz. Empty: "y" in a .npz; in a .csv with a
  /// column more than the model takes, the one named label, class, target or y, else the last.
  std::vector<std::string> labels = {};
  std::vector<std::string> ignored = {};  ///< columns of a .csv to leave out, by name or number
  /// Real value = (value - mean) * scale, one for all or one per channel (innermost axis). Both empty: values are taken as they are,
  /// and pixels and sound by what the input takes (see folder.hpp).
  std::vector<double> mean = {}, scale = {};
  bool allow_nan = false;  ///< NaN and missing cells reach the model as NaN

  bool rescales() const { return !mean.empty() || !scale.empty(); }
};

}  // namespace mote
