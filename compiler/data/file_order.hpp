#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// The tensor's shape as the model's file has it (Tensor::file_axes); its own shape when the order is the same.
Shape file_shape(const Tensor& tensor);

/// Whether data of this shape is laid out as in the model's file and must be reordered to become the tensor's values. It is, unless
/// the order is the same, or the shape ends like the tensor's and not like the file's. Axes of extent 1 in front do not count, and
/// data without the shape of either (a row of numbers) is taken in the file's order, the one that the model's maker knows.
bool is_in_file_order(const std::vector<std::int64_t>& shape, const Tensor& tensor);

/// Whole multiples of the tensor's bytes, from the file's order of axes to the tensor's, and back.
Bytes from_file_order(const Bytes& bytes, const Tensor& tensor);
Bytes to_file_order(const Bytes& bytes, const Tensor& tensor);

}  // namespace mote
