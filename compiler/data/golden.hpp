#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// One inference of a golden file with the outputs it must give.
struct GoldenStep {
  std::string case_name;
  bool starts_case = false;  ///< state is forgotten before it
  std::vector<Bytes> inputs, outputs;
};

/// A .npz of expected outputs: arrays CASE/xI and CASE/yJ_COLUMN, and `meta`, a JSON string whose "kind" is "single" (one
/// inference a case) or "seq" (the first axis counts steps that follow each other from a fresh state).
struct Golden {
  std::vector<GoldenStep> steps;
  int cases = 0;
};

/// `column`: "tflm", "ref", ... Error when the file does not fit the model or lacks the column.
Golden read_golden(const std::filesystem::path& path, const Graph& graph, const std::string& column);

/// The same from the file's bytes.
Golden parse_golden(std::span<const std::uint8_t> bytes, const Graph& graph, const std::string& column);

/// Floating point outputs may differ by this part of the largest expected value of their array in size.
inline constexpr double kFloatTolerance = 1e-4;

struct Comparison {
  std::int64_t values = 0, mismatching_values = 0;
  double max_abs_difference = 0;  ///< in stored units for integers
  std::string first_mismatch;     ///< case, output, index, expected and actual
};

/// Compares results with what is expected: integers bit for bit, floats within kFloatTolerance or, with `tolerance`, each within
/// that times max(1, |expected|).
Comparison compare(const Golden& golden, const std::vector<std::vector<Bytes>>& results, const Graph& graph,
                   std::optional<double> tolerance = {});

}  // namespace mote
