#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "train/optimizer.hpp"
#include "train/program.hpp"

namespace mote {

/// Losses of one epoch. Epoch 0 is the student before training, with its held-back loss alone.
struct EpochLoss {
  double training = 0, held_back = 0;
  bool operator==(const EpochLoss&) const = default;
};

/// All that training needs to go on as if it had not stopped. Random numbers of an epoch depend on the seed and the epoch alone.
struct TrainingState {
  int epochs_done = 0, best_epoch = 0;
  std::vector<EpochLoss> curve;
  Slots slots, best;
  OptimizerState optimizer;
};

/// A state in a file, with the fingerprint of what it is a state of.
struct Checkpoint {
  std::string fingerprint;
  TrainingState state;
};

std::string format_checkpoint(const Checkpoint& checkpoint);
/// Error that says what is damaged.
Checkpoint parse_checkpoint(std::span<const std::uint8_t> bytes);

}  // namespace mote
