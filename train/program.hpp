#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/attribute_values.hpp"
#include "graph/types.hpp"

namespace mote {

/// Numbers that training moves, in slots: weights, biases, the logarithms of scales.
using Slots = std::vector<std::vector<float>>;

/// A network as training computes it: plain data, so that what differentiates it needs to know nothing else of mote. The leading
/// axis of every value that is no constant has extent 1 and stands for the samples of a batch.
struct Program {
  /// Whole steps that real values are rounded to: scale * (q - zero_point), q between lowest and highest.
  struct Grid {
    float scale = 1;
    std::int32_t zero_point = 0, lowest = -128, highest = 127;
    /// Training moves the scale: it is multiplied by e to the power of this grid's number in `grid_slot`.
    bool learned = true;
  };

  /// Weights that are codes times a scale. Per-channel scales lie along `axis`.
  struct Codes {
    std::vector<std::int8_t> codes;  ///< rising
    std::int32_t axis = 0;
    /// One, or one per channel; training multiplies them by e to the power of what stands in `slot`. Empty: the largest weight of a
    /// channel (or of all, unless `per_channel`) is the last code.
    std::vector<float> scales{};
    int slot = -1;
    bool per_channel = true;
  };

  struct Parameter {
    int slot = 0;
    std::optional<Codes> codes{};
    /// Its numbers, which no gradient moves, are 1 where a weight may differ from 0, else 0; -1: everywhere.
    int mask_slot = -1;
  };

  struct Value {
    std::string name;
    Shape shape;
    bool is_constant = false;
    std::vector<float> numbers{};          ///< of a constant that does not move
    std::vector<std::int32_t> integers{};  ///< of a constant of integers
    int parameter = -1;
    int grid = -1;  ///< rounded to this one when it is made
  };

  struct Step {
    std::string op, node;  ///< the operator's and the node's name
    std::vector<int> inputs;  ///< values; -1: none
    int output = 0;
    Attributes attributes;
  };

  std::vector<Value> values;
  std::vector<Step> steps;
  std::vector<int> inputs;
  std::vector<int> outputs;  ///< what is held against the teacher's
  std::vector<Parameter> parameters;
  std::vector<Grid> grids;
  Slots slots;  ///< where training begins
  int grid_slot = -1;
};

}  // namespace mote
