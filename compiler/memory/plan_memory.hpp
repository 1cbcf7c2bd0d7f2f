#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "graph/operator.hpp"
#include "ops/kernel_call.hpp"
#include "rows/row_region.hpp"

namespace mote {

/// What a node asks of memory besides its tensors.
struct NodeMemory {
  std::int64_t scratch_bytes = 0;
  /// Inputs whose bytes output 0 may take over.
  std::vector<int> in_place = {};
  /// Outputs that can be views of inputs (or inputs of the output), so that the node need not run.
  std::vector<Alias> aliases = {};
  /// Inputs that output 0 may lie close to.
  std::vector<Overlap> overlaps = {};
};

struct MemoryOptions {
  /// Scratch of at most 2 KB that would raise the peak lies on the stack instead. Not where the stack counts, too.
  bool scratch_on_stack = true;
  /// How long offsets are improved beyond greedy orders.
  int turns = 400;
};

/// Bytes of the arena that hold something from one node to another, both included: what a picture of the arena shows.
struct PlacedBuffer {
  std::vector<TensorId> tensors;  ///< that lie in it; none: scratch of the first node
  std::int64_t offset = 0, bytes = 0;
  std::int32_t first = 0, last = 0;
  bool is_ring = false;  ///< holds only some rows of its tensor at a time
};

/// A memory outside of the model object. Offsets of a plan count through the object's own bytes, then through these, so a thing that lies
/// `begin` + 8 lies 8 bytes from the start of this one.
struct OuterMemory {
  std::string name;  ///< a C identifier: "dtcm"
  std::int64_t begin = 0, bytes = 0;
};

/// Where every byte of an inference lives. Offsets are in the arena.
struct MemoryPlan {
  static constexpr std::int64_t kNowhere = -1;  ///< constants, and tensors that no node touches
  static constexpr std::int64_t kOnStack = -2;  ///< scratch that is a local array of Model::run()

  std::int64_t arena_bytes = 0;
  /// No placement of these buffers can be smaller: the most bytes that live at once.
  std::int64_t lower_bound_bytes = 0;
  std::vector<std::int64_t> tensor_offsets;   ///< by tensor id; of rings, of where their rows pass through
  std::vector<std::int64_t> scratch_offsets;  ///< by node
  std::vector<bool> is_view;                  ///< by node: outputs are views, nothing runs
  std::vector<std::int64_t> live_bytes;       ///< by node: bytes that live while it runs
  std::int32_t peak_node = 0;
  std::vector<PlacedBuffer> buffers;          ///< in the order of their first nodes
  std::vector<OuterMemory> outer = {};        ///< none: all of the arena lies in the model object

  /// What of the arena lies in the model object.
  std::int64_t own_bytes() const { return outer.empty() ? arena_bytes : outer[0].begin; }
};

/// Exact lifetimes in the order of the nodes, views and in-place results where they do not raise the peak, outputs close to their
/// inputs, and the smallest arena that a bounded branch and bound finds. State lives throughout; inputs die after their last reader,
/// row by row where a region reads them; outputs live to the end.
MemoryPlan plan_memory(const Graph& graph, std::vector<NodeMemory> nodes, const std::vector<RowRegion>& regions = {}, const MemoryOptions& options = {});

}  // namespace mote
