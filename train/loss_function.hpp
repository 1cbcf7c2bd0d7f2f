#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "train/program.hpp"

namespace mote {

/// What makes a student like its teacher, output by output.
struct Objective {
  struct Output {
    /// Scores of classes before their softmax: the divergence of the students' probabilities from the teacher's at `temperature`. Else the
    /// mean square of the difference, divided by `spread`.
    bool is_scores = false;
    double spread = 1;
  };
  std::vector<Output> outputs;
  double temperature = 2;
  /// Weight of the right classes, where they are known, in the loss of the first output's scores; the teacher has the rest.
  double label_share = 0;
};

/// Samples that are computed together.
struct Batch {
  std::size_t count = 0;
  std::vector<std::vector<float>> inputs;  ///< [input][sample and element]
  std::vector<std::int32_t> labels;        ///< one per sample, -1 where it is not known; or none
};

/// How far a student is from its teacher, as a function of the numbers that training moves. The same numbers give the same results,
/// bit for bit, on one machine.
class LossFunction {
 public:
  virtual ~LossFunction() = default;
  /// The mean loss of a batch, and its gradient unless null (shaped like the slots).
  virtual double evaluate(const Batch& batch, const Slots& slots, Slots* gradient) = 0;
  /// The student's outputs, one after another: [output][sample and element].
  virtual std::vector<std::vector<float>> outputs(const Batch& batch, const Slots& slots) = 0;
};

/// Throws std::invalid_argument that names every operator that cannot be trained.
using MakeLossFunction = LossFunction* (*)(const Program& teacher, const Program& student, const Objective& objective);

/// What a module must answer to be the one that this program was built with.
inline constexpr int kLossModuleVersion = 2;
using LossModuleVersion = int (*)();
inline constexpr const char* kMakeLossFunctionSymbol = "mote_make_loss_function";
inline constexpr const char* kLossModuleVersionSymbol = "mote_loss_module_version";

}  // namespace mote
