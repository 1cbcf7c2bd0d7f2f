#pragma once

#include <initializer_list>

#include "graph/operator.hpp"

namespace mote {

// What operators ask of their tensors. Each throws an Error that names the tensor and what was found instead.

void require_type(const Tensor& tensor, std::initializer_list<DataType> allowed);
void require_rank(const Tensor& tensor, int lowest, int highest);
/// At least one element.
void require_elements(const Tensor& tensor);
/// One scale, and a zero point inside the type.
void require_scale(const Tensor& tensor);
/// As above, and the zero point is 0 for int16.
void require_quantized(const Tensor& tensor);
/// Quantized when integer; nothing is asked of float32.
void require_quantized_if_integer(const Tensor& tensor);
void require_same_type(const Tensor& a, const Tensor& b);
void require_same_quantization(const Tensor& a, const Tensor& b);
void require_inputs(const NodeView& node, int lowest, int highest);
void require_constant(const Tensor& tensor, std::string_view meaning);
/// The constant behind an input: the input itself, or what a DEQUANTIZE makes float32 of (passes take that away before code is
/// generated). Error when it is computed at run time.
const Tensor& require_known(const NodeView& node, int input, std::string_view meaning);

/// An axis that may count from the end, as 0..rank-1.
int resolve_axis(std::int32_t axis, std::size_t rank);

/// Type and shape of a tensor as they are.
inline TensorType type_and_shape(const Tensor& tensor) { return {tensor.type, tensor.shape}; }

/// The last extent, and the product of all before it: how operators on the innermost axis see a tensor.
struct RowsAndDepth {
  std::int64_t rows = 1, depth = 1;
};
RowsAndDepth rows_and_depth(const Shape& shape);

}  // namespace mote
