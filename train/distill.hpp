#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "compress/calibrate.hpp"
#include "compress/scheme.hpp"
#include "train/augment.hpp"
#include "train/checkpoint.hpp"
#include "train/loss_module.hpp"
#include "train/optimizer.hpp"

namespace mote {

struct DistillOptions {
  int epochs = 40;
  std::uint64_t seed = 1;
  std::size_t batch = 64;
  OptimizerKind optimizer = OptimizerKind::kAdam;
  double rate = 1e-3;
  /// Temperature at which the probabilities of classes are compared.
  double temperature = 2;
  /// Weight of labels beside the teacher, where there are any.
  double label_share = 0.1;
  Augmentation augmentation{};
  /// This share of the samples is not learned from: it says which epoch was the best.
  double held_back = 0.1;
  /// Written after every epoch and read at the start, if it is there; none: nothing is kept.
  std::filesystem::path checkpoint{};
  std::filesystem::path module = default_loss_module();
};

/// What to learn from: inputs of the float graphs, and the right class of each, or none.
struct DistillData {
  const SampleInputs& inputs;
  const std::vector<std::int32_t>& labels;
};

struct DistillResult {
  Graph graph;    ///< the student with what it learned
  Scheme scheme;  ///< makes the integers of it that training saw
  std::vector<EpochLoss> curve;
  int best_epoch = 0;     ///< 0: the student as it was
  /// Zeros of sparse forms were chosen up to this epoch, so that none before it can be the best; 0: there was nothing to choose.
  int zeros_chosen_in = 0;
  int resumed_after = 0;  ///< epochs that a checkpoint brought
  bool stopped = false;   ///< before the last epoch
  std::size_t learned_from = 0, held_back = 0;
};

/// Asked after every batch; true ends training, with the best so far.
using StopRequest = std::function<bool()>;

/// Trains the student, a float graph that `scheme` will turn into integers, to give the teacher's outputs on the samples. Needs no
/// labels. The same inputs, seed and machine give the same numbers, whether training was interrupted or not. Errors: graphs whose
/// inputs or outputs differ, operators that cannot be trained, a checkpoint of something else, LibTorch missing.
DistillResult distill(const Graph& teacher, const Graph& student, const Scheme& scheme, const DistillData& data,
                      const DistillOptions& options, const QuantizeProgress& progress = {}, const StopRequest& stop = {});

}  // namespace mote
