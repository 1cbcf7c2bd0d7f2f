#pragma once

#include <string>
#include <vector>

#include "compress/quality.hpp"
#include "compress/scheme.hpp"

namespace mote {

/// What it costs to compute one node with integers and all others with floats.
struct LayerCost {
  std::size_t node = 0;
  std::string name, op;
  Quality quality;
};

/// The answers that a scheme's quality is measured against.
struct Yardstick {
  const SampleInputs& samples;
  const std::vector<std::int32_t>& labels;
  const Answers& exact;
  const OutputForm& form;
};

/// One entry for each node that `scheme` computes with integers and that does more than move values, in running order.
std::vector<LayerCost> sensitivity(const Graph& graph, const Scheme& scheme, const Yardstick& yardstick,
                                   const QuantizeProgress& progress);

/// Quality of a graph made from the float graph.
Quality measure(const Graph& graph, const Graph& made, const Yardstick& yardstick, const QuantizeProgress& progress,
                std::string_view stage);

}  // namespace mote
