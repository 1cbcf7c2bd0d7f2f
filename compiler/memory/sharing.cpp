#include "memory/sharing.hpp"

#include <algorithm>

namespace mote {

Sharing::Sharing(const Graph& graph)
    : root_(graph.tensors.size(), -1), offset_(graph.tensors.size(), 0), bytes_(graph.tensors.size(), 0) {
  const auto end = static_cast<std::int32_t>(graph.nodes.size());
  const auto made = producers(graph);
  const auto read = consumers(graph);
  std::vector<bool> is_input(graph.tensors.size(), false);
  std::vector<bool> is_output(graph.tensors.size(), false);
  for (const TensorId id : graph.inputs) is_input[static_cast<std::size_t>(id)] = true;
  for (const TensorId id : graph.outputs) is_output[static_cast<std::size_t>(id)] = true;
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    if (tensor.is_constant() || (made[i] < 0 && !is_input[i] && !tensor.is_state)) continue;
    Buffer buffer{tensor.bytes(), std::max<std::int64_t>(4, static_cast<std::int64_t>(type_bytes(tensor.type))),
                  std::max(made[i], 0), std::max(made[i], 0)};
    if (!read[i].empty()) buffer.last = std::max(buffer.last, read[i].back());
    if (is_output[i] || tensor.is_state) buffer.last = end;
    if (tensor.is_state) buffer.first = 0;
    root_[i] = static_cast<std::int32_t>(buffers_.size());
    buffers_.push_back(buffer);
    bytes_[i] = buffer.bytes;
  }
  merged_.assign(buffers_.size(), false);
}

bool Sharing::merge(TensorId inner, TensorId outer, std::int64_t offset_bytes) {
  const std::int32_t from = buffer_of(inner);
  const std::int32_t to = buffer_of(outer);
  if (from == to) return false;
  Buffer& small = buffers_[static_cast<std::size_t>(from)];
  Buffer& large = buffers_[static_cast<std::size_t>(to)];
  // What lies beside `inner` in its buffer would come to lie over something else of the other buffer, whose life is another.
  if (small.bytes != bytes_[static_cast<std::size_t>(inner)]) return false;
  const std::int64_t at = offset_in_buffer(outer) + offset_bytes;
  if (at < 0 || at + small.bytes > large.bytes || at % small.alignment != 0) return false;
  for (std::size_t i = 0; i < root_.size(); ++i) {
    if (root_[i] != from) continue;
    root_[i] = to;
    offset_[i] += at;
  }
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
