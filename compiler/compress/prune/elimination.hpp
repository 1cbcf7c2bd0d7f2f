#pragma once

#include <vector>

#include "compress/gram.hpp"

namespace mote {

/// A layer as the units that it reads see it.
struct Reader {
  Gram gram;                                       ///< of its input columns
  std::vector<float> weights;                      ///< [output][tap]
  std::size_t outputs = 0;
  std::vector<std::vector<std::size_t>> columns;   ///< [unit of the group]: which of its taps read it
};

/// The weights of the readers after some units went: those of the units that went are zero, the others make up for them.
struct EliminationStep {
  std::size_t removed = 0;
  struct Changed {
    std::vector<float> weights;
    std::vector<float> bias_change;
  };
  std::vector<Changed> readers;
};

struct Elimination {
  std::vector<std::size_t> order;   ///< units of the group, the first to go first; the last one stays
  std::vector<double> error;        ///< [units removed]: what the readers' sums lose by it, each by its own spread, added up
  std::vector<EliminationStep> steps;///< at the counts that were asked for
};

/// Takes out, again and again, the unit without which the readers lose least when their other weights make up for it (block-wise
/// optimal brain surgeon, from the inverse of the second moments). `counts`: ascending numbers of removed units at which to look.
Elimination eliminate(const std::vector<Reader>& readers, std::size_t units, const std::vector<std::size_t>& counts);

}  // namespace mote
