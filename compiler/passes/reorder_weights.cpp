#include "passes/reorder_weights.hpp"

#include <cstring>

namespace mote {

std::vector<std::int32_t> moved_columns(const Shape& shape, const AxisOrder& order) {
  const Shape stored = permuted(shape, order);
  const auto strides = strides_of(shape);
  std::vector<std::int32_t> result;
  std::vector<std::int32_t> at(stored.size(), 0);
  const std::int64_t count = element_count(shape) / shape[0];
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t from = 0;
    for (std::size_t axis = 1; axis < stored.size(); ++axis) from += at[axis] * strides[static_cast<std::size_t>(order[axis])];
    result.push_back(static_cast<std::int32_t>(from));
    for (std::size_t axis = stored.size(); axis-- > 1 && ++at[axis] == stored[axis];) at[axis] = 0;
  }
  return result;
}

TensorId gathered(Graph& graph, TensorId id, int axis, const std::vector<std::int32_t>& places) {
  Tensor tensor = graph.tensor(id);
  const std::size_t inner = static_cast<std::size_t>(axis == 0 ? tensor.elements() / tensor.shape[0] : 1) * type_bytes(tensor.type);
  const std::size_t outer = tensor.data->size() / inner / places.size();
  std::vector<std::uint8_t> bytes(tensor.data->size());
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < places.size(); ++i)
      std::memcpy(&bytes[(o * places.size() + i) * inner], tensor.data->data() + (o * places.size() + static_cast<std::size_t>(places[i])) * inner, inner);
  }
  if (tensor.quantization.per_channel() && tensor.quantization.axis == axis) {
    const Quantization by = tensor.quantization;
    for (std::size_t i = 0; i < places.size(); ++i) {
      tensor.quantization.scales[i] = by.scales[static_cast<std::size_t>(places[i])];
      tensor.quantization.zero_points[i] = by.zero_points[static_cast<std::size_t>(places[i])];
    }
  }
  tensor.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return graph.add_tensor(std::move(tensor));
}

}  // namespace mote
