#include "passes/passes.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "graph/operator.hpp"
#include "graph/print.hpp"
#include "passes/classical_patterns.hpp"
#include "passes/classifier_outputs.hpp"
#include "passes/fold_padding.hpp"
#include "passes/fold_scales.hpp"
#include "passes/fuse_activations.hpp"
#include "passes/layout.hpp"
#include "passes/leaf_functions.hpp"
#include "passes/remove_no_ops.hpp"
#include "passes/shrink.hpp"
#include "passes/sink_reshapes.hpp"
#include "passes/variables.hpp"
#include "support/error.hpp"

namespace mote {

const std::vector<Pass>& all_passes() {
  static const std::vector<Pass> list{
      {"layout", "chooses orders of axes so that little is transposed", layout},
      {"fold_scales", "takes scales and offsets per channel into the weights before them", fold_scales},
      {"sink_reshapes", "moves RESHAPEs behind operators that work on each value alone", sink_reshapes},
      {"fuse_activations", "makes RELU a part of the operator before it", fuse_activations},
      {"remove_no_ops", "drops operators that hand their input on unchanged", remove_no_ops},
      {"fuse_neighbors", "finds the nearest points without a list of all distances", fuse_neighbors, false},
      {"fuse_gaussian", "takes the steps of Gaussian log-likelihoods together", fuse_gaussian, false},
      {"fuse_softmax", "finds SOFTMAX in its steps", fuse_softmax},
      {"fold_leaf_functions", "computes what follows from a tree's leaf for each leaf beforehand", fold_leaf_functions, false},
      {"join_forests", "takes added trees together", join_forests, false},
      {"keep_integers", "hands integer inputs to operators that take them as they are", keep_integers, false},
      {"fuse_label", "takes ARG_MAX into the TREE_ENSEMBLE whose scores it reads", fuse_label, false},
      {"shrink", "takes out channels that are constant or unused, whatever the input", shrink_pass, true, false},
      {"fold_padding", "takes PAD into the convolution that reads it", fold_padding, false},
      {"make_windows", "keeps windows over time where they lie", make_windows, false},
      {"read_in_place", "reads variables without a copy", read_in_place, false},
  };
  return list;
}

void run_passes(Graph& graph, const PassOptions& options) {
  const auto& passes = all_passes();
  const auto log = [&](std::string_view text) {
    if (options.log) options.log(text);
  };
  if (!options.print_after.empty() &&
      std::none_of(passes.begin(), passes.end(), [&](const Pass& pass) { return pass.name == options.print_after; })) {
    std::vector<std::string_view> names;
    for (const Pass& pass : passes) names.push_back(pass.name);
    throw Error(fmt::format("there is no pass '{}'", options.print_after), fmt::format("passes: {}", fmt::join(names, ", ")));
  }
  for (std::size_t i = 0; i < passes.size() && (options.stop_after < 0 || i < static_cast<std::size_t>(options.stop_after));
       ++i) {
    if (options.scope == PassScope::kPortable && !passes[i].portable) continue;
    if (options.scope == PassScope::kKeepsTensors && !passes[i].keeps_tensors) continue;
    const std::size_t before = graph.nodes.size();
    const std::int64_t macs_before = total_macs(graph);
    if (passes[i].apply(graph)) {
      prune(graph);
      verify(graph);
      log(fmt::format("pass {} ({}): {} operators, {} before; {} MACs, {} before\n", i + 1, passes[i].name, graph.nodes.size(),
                      before, total_macs(graph), macs_before));
    }
    if (passes[i].name == options.print_after) log(print_graph(graph));
  }
}

}  // namespace mote
