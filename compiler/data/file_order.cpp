#include "data/file_order.hpp"

#include <cstring>

#include "support/error.hpp"

namespace mote {

namespace {

/// Without the axes of extent 1 in front.
std::vector<std::int64_t> core_of(const Shape& shape) {
  auto first = shape.begin();
  while (first != shape.end() && *first == 1) ++first;
  return {first, shape.end()};
}

bool ends_with(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& end) {
  return shape.size() >= end.size() && std::equal(end.rbegin(), end.rend(), shape.rbegin());
}

/// Where each element of the tensor stands in the file's order.
std::vector<std::size_t> file_positions(const Tensor& tensor) {
  const Shape shape = file_shape(tensor);
  const std::vector<std::int64_t> file_strides = strides_of(shape);
  std::vector<std::int64_t> strides(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) strides[static_cast<std::size_t>(tensor.file_axes[i])] = file_strides[i];
  std::vector<std::size_t> positions;
  std::vector<std::int32_t> index(shape.size(), 0);
  for (std::int64_t e = 0; e < tensor.elements(); ++e) {
    std::int64_t at = 0;
    for (std::size_t a = 0; a < index.size(); ++a) at += index[a] * strides[a];
    positions.push_back(static_cast<std::size_t>(at));
    for (std::size_t a = index.size(); a-- > 0;) {
      if (++index[a] < tensor.shape[a]) break;
      index[a] = 0;
    }
  }
  return positions;
}

/// `move(tensor_place, file_place)` for each element of each multiple, as byte offsets.
template <typename Move>
void for_each_place(std::size_t bytes, const Tensor& tensor, Move&& move) {
  const std::vector<std::size_t> positions = file_positions(tensor);
  const std::size_t item = type_bytes(tensor.type);
  const std::size_t size = positions.size() * item;
  MOTE_CHECK(size > 0 && bytes % size == 0);
  for (std::size_t start = 0; start < bytes; start += size) {
    for (std::size_t e = 0; e < positions.size(); ++e) move(start + e * item, start + positions[e] * item, item);
  }
}

}  // namespace

Shape file_shape(const Tensor& tensor) {
  if (tensor.file_axes.empty()) return tensor.shape;
  MOTE_CHECK(tensor.file_axes.size() == tensor.shape.size());
  Shape shape;
  for (const std::int32_t axis : tensor.file_axes) shape.push_back(tensor.shape.at(static_cast<std::size_t>(axis)));
  return shape;
}

bool is_in_file_order(const std::vector<std::int64_t>& shape, const Tensor& tensor) {
  if (tensor.file_axes.empty()) return false;
  return !ends_with(shape, core_of(tensor.shape)) || ends_with(shape, core_of(file_shape(tensor)));
}

Bytes from_file_order(const Bytes& bytes, const Tensor& tensor) {
  if (tensor.file_axes.empty()) return bytes;
  Bytes result(bytes.size());
  for_each_place(bytes.size(), tensor, [&](std::size_t here, std::size_t in_file, std::size_t item) {
    std::memcpy(&result[here], &bytes[in_file], item);
  });
  return result;
}

Bytes to_file_order(const Bytes& bytes, const Tensor& tensor) {
  if (tensor.file_axes.empty()) return bytes;
  Bytes result(bytes.size());
  for_each_place(bytes.size(), tensor, [&](std::size_t here, std::size_t in_file, std::size_t item) {
    std::memcpy(&result[in_file], &bytes[here], item);
  });
  return result;
}

}  // namespace mote
