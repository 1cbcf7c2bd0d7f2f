#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "graph/types.hpp"
#include "train/loss_function.hpp"

namespace mote {

/// Changes of samples that show a student more than the data has. The teacher sees the same, so none of them needs a right answer.
struct Augmentation {
  /// Images (inputs of four axes, at least 8 by 8) move by at most so many pixels; their edge is repeated.
  int shift = 1;
  /// Normal noise, as a share of the input's spread.
  double noise = 0.02;
  /// Half of the images are mirrored, left to right.
  bool flip = false;
  /// This share of a batch is mixed, each with another of its samples, in random proportion.
  double mix = 0.5;
};

using RandomBits = std::mt19937_64;

/// 0 up to, without, 1; the same on every machine.
double uniform(RandomBits& bits);
/// 0..count-1 in random order.
std::vector<std::size_t> random_order(std::size_t count, RandomBits& bits);

/// Changes a batch for inputs of these shapes (leading axis 1). `spreads`: of each input. Mixed samples lose their label.
void augment(Batch& batch, const std::vector<Shape>& shapes, const std::vector<double>& spreads, const Augmentation& how,
             RandomBits& bits);

}  // namespace mote
