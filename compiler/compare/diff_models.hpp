#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/compare_layers.hpp"
#include "support/npy.hpp"

namespace mote {

/// A model and where it runs.
struct DiffSide {
  Graph graph;
  Target target;
  SelectionOptions selection;
  std::string name;  ///< as the user called it
};

struct DiffOptions {
  std::optional<double> steps, relative;  ///< instead of the defaults below
  std::size_t samples = 0;                ///< the first so many of the data; 0 takes all
  Progress progress;
};

struct DiffResult {
  std::string a, b;
  Tolerance tolerance;
  std::size_t inferences = 0;
  std::size_t tensors_a = 0, tensors_b = 0;  ///< computed tensors, compared or not; 0 when not known
  std::vector<LayerDifference> layers;
};

/// Default tolerances. One model on two targets, or against dumped integers: 0 steps; kFloatTolerance for floating point.
/// Different models: so many steps of a layer alone.
inline constexpr double kStepsOfDifferentModels = 16;

/// Runs two models, or one on two targets, on the same data and compares the layers that stand for each other, in running order. Where one
/// side's input is quantized and the other's is not, the latter is given the quantized numbers. Two models on the reference are judged
/// layer by layer, both layers on the same numbers, so that rounding does not add up. Error when the inputs do not fit each other
/// or no layer does.
DiffResult diff_models(const DiffSide& a, const DiffSide& b, const std::filesystem::path& data, const DiffOptions& options);

/// Compares a model with the layer values that another runtime has dumped on the same data; see dump.hpp.
DiffResult diff_with_dump(const DiffSide& a, const std::filesystem::path& dump, const std::filesystem::path& data, const DiffOptions& options);

}  // namespace mote
