#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"
#include "memory/buffer.hpp"
#include "memory/timeline.hpp"

namespace mote {

/// By tensor: whether it takes memory while the graph runs, being computed, an input or state.
std::vector<bool> tensors_in_memory(const Graph& graph);

/// Which tensors lie in the same buffer, and where in it. At first each computed tensor has a buffer of its own; that of a tensor that
/// passes through a region of rows has its borders in it, or only some rows.
class Sharing {
 public:
  Sharing(const Graph& graph, const Timeline& timeline);

  bool in_memory(TensorId id) const { return root_[static_cast<std::size_t>(id)] >= 0; }
  bool same_buffer(TensorId a, TensorId b) const { return buffer_of(a) == buffer_of(b); }
  std::int32_t buffer_of(TensorId id) const { return root_[static_cast<std::size_t>(id)]; }
  std::int64_t offset_in_buffer(TensorId id) const { return offset_[static_cast<std::size_t>(id)]; }
  const Buffer& buffer(std::int32_t index) const { return buffers_[static_cast<std::size_t>(index)]; }
  /// Whether the buffer holds the tensor's bytes and no others.
  bool is_whole_buffer(TensorId id) const;

  /// Lays the buffer of `inner` into `outer`'s so that `inner` begins `offset_bytes` after `outer`. False when `inner`'s buffer
  /// holds more than `inner`, when it does not fit, or when they share a buffer already.
  bool merge(TensorId inner, TensorId outer, std::int64_t offset_bytes);

  /// The buffers that are in use, and for each index its place in that list (-1: merged away).
  std::vector<Buffer> live_buffers(std::vector<std::int32_t>* place = nullptr) const;

 private:
  std::vector<std::int32_t> root_;    // by tensor: its buffer
  std::vector<std::int64_t> offset_;  // by tensor: within the buffer
  std::vector<std::int64_t> bytes_;   // by tensor
  std::vector<Buffer> buffers_;
  std::vector<bool> merged_;
};

}  // namespace mote
