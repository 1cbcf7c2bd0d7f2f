#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/types.hpp"
#include "support/npy.hpp"

namespace mote {

/// What was fitted to normal data, as arrays by name: the constants of an anomaly score, and perhaps a threshold.
class FittedParameters {
 public:
  FittedParameters() = default;
  static FittedParameters read(const std::filesystem::path& path);
  /// From the bytes of such a file; all of them untrusted.
  static FittedParameters parse(std::span<const std::uint8_t> bytes);
  /// A .npz archive; the same parameters give the same bytes.
  std::string bytes() const { return format_npz(arrays_); }

  bool has(const std::string& name) const { return arrays_.contains(name); }
  /// Error when there is none of that name.
  Shape shape(const std::string& name) const { return shape_of(array(name), name); }
  /// Of real numbers, single or double.
  std::vector<float> floats(const std::string& name) const;
  std::vector<std::int32_t> integers(const std::string& name) const;
  /// The array's one number.
  float number(const std::string& name) const;
  /// Above it a score is no longer normal.
  std::optional<float> threshold() const;

  void set(const std::string& name, const Shape& shape, const std::vector<float>& values);
  void set(const std::string& name, const Shape& shape, const std::vector<std::int32_t>& values);

 private:
  const NpyArray& array(const std::string& name) const;
  static Shape shape_of(const NpyArray& array, const std::string& name);
  std::map<std::string, NpyArray> arrays_;
};

}  // namespace mote
