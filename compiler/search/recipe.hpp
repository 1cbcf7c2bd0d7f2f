#pragma once

#include <string>

#include "compress/code_books.hpp"

namespace mote {

/// What is done to a float model: how much is pruned, then the form of each layer's weights, then training.
struct Recipe {
  double pruned = 0;  ///< the share of the MACs that goes
  /// Layers, by name, whose weights are not plain int8; in the order of the graph.
  WantedForms forms{};
  std::string training{};  ///< "20 epochs", with all that makes it another training; none: not trained

  bool operator==(const Recipe&) const = default;
};

/// "pruned 50 %, conv_1 int4": tells recipes apart.
std::string recipe_text(const Recipe& recipe);

}  // namespace mote
