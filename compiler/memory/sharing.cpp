#include "memory/sharing.hpp"

#include <algorithm>

namespace mote {

std::vector<bool> tensors_in_memory(const Graph& graph) {
  const auto made = producers(graph);
  std::vector<bool> result(graph.tensors.size(), false);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    result[i] = !tensor.is_constant() && (made[i] >= 0 || tensor.is_state);
  }
  for (const TensorId id : graph.inputs) result[static_cast<std::size_t>(id)] = !graph.tensor(id).is_constant();
  return result;
}

Sharing::Sharing(const Graph& graph, const Timeline& timeline)
    : root_(graph.tensors.size(), -1), offset_(graph.tensors.size(), 0), bytes_(graph.tensors.size(), 0) {
  const std::vector<bool> in_memory = tensors_in_memory(graph);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!in_memory[i]) continue;
    const auto id = static_cast<TensorId>(i);
    root_[i] = static_cast<std::int32_t>(buffers_.size());
    buffers_.push_back(timeline.life_of(id));
    bytes_[i] = graph.tensors[i].bytes();
    if (const RowTensor* rows = timeline.rows_of(id); rows != nullptr && rows->outer) offset_[i] = rows->above * rows->row_bytes;
  }
  merged_.assign(buffers_.size(), false);
}

bool Sharing::is_whole_buffer(TensorId id) const { return in_memory(id) && buffer(buffer_of(id)).bytes == bytes_[static_cast<std::size_t>(id)]; }

bool Sharing::merge(TensorId inner, TensorId outer, std::int64_t offset_bytes) {
  const std::int32_t from = buffer_of(inner);
  const std::int32_t to = buffer_of(outer);
  if (from == to) return false;
  Buffer& small = buffers_[static_cast<std::size_t>(from)];
  Buffer& large = buffers_[static_cast<std::size_t>(to)];
  // What lies beside `inner` in its buffer would come to lie over something else of the other buffer, whose life is another.
  if (!is_whole_buffer(inner)) return false;
  const std::int64_t at = offset_in_buffer(outer) + offset_bytes;
  if (at < 0 || at + small.bytes > large.bytes || at % small.alignment != 0) return false;
  for (std::size_t i = 0; i < root_.size(); ++i) {
    if (root_[i] != from) continue;
    root_[i] = to;
    offset_[i] += at;
  }
  large.live = joined_live(large, small, at);
  large.first = std::min(large.first, small.first);
  large.last = std::max(large.last, small.last);
  large.alignment = std::max(large.alignment, small.alignment);
  merged_[static_cast<std::size_t>(from)] = true;
  return true;
}

std::vector<Buffer> Sharing::live_buffers(std::vector<std::int32_t>* place) const {
  std::vector<Buffer> live;
  if (place != nullptr) place->assign(buffers_.size(), -1);
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    if (merged_[i]) continue;
    if (place != nullptr) (*place)[i] = static_cast<std::int32_t>(live.size());
    live.push_back(buffers_[i]);
  }
  return live;
}

}  // namespace mote
