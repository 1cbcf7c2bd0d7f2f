#include "ops/checks.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "ops/quantized_math.hpp"

namespace mote {

void require_type(const Tensor& tensor, std::initializer_list<DataType> allowed) {
  if (std::find(allowed.begin(), allowed.end(), tensor.type) != allowed.end()) return;
  std::vector<std::string_view> names;
  for (const DataType type : allowed) names.push_back(type_name(type));
  throw Error(fmt::format("tensor '{}' is {}; supported: {}", tensor.name, type_name(tensor.type), fmt::join(names, ", ")));
}

void require_rank(const Tensor& tensor, int lowest, int highest) {
  const int rank = static_cast<int>(tensor.shape.size());
  if (rank >= lowest && rank <= highest) return;
  throw Error(fmt::format("tensor '{}' has {} dimensions ({}); supported: {}", tensor.name, rank, to_string(tensor.shape),
                          lowest == highest ? fmt::to_string(lowest) : fmt::format("{} to {}", lowest, highest)));
}

void require_elements(const Tensor& tensor) {
  if (tensor.elements() <= 0) throw Error(fmt::format("tensor '{}' is empty ({})", tensor.name, to_string(tensor.shape)));
}

void require_scale(const Tensor& tensor) {
  if (tensor.quantization.empty()) {
    throw Error(fmt::format("tensor '{}' is {} without scale and zero point", tensor.name, type_name(tensor.type)),
                "quantize the model with full integer quantization");
  }
  if (tensor.quantization.per_channel()) {
    throw Error(fmt::format("tensor '{}' has {} scales; one is supported here", tensor.name, tensor.quantization.scales.size()));
  }
  const auto [lowest, highest] = type_range(tensor.type);
  const std::int32_t zero_point = tensor.zero_point();
  if (zero_point < lowest || zero_point > highest) {
    throw Error(fmt::format("tensor '{}' is {} with zero point {}", tensor.name, type_name(tensor.type), zero_point));
  }
}

void require_quantized(const Tensor& tensor) {
  require_scale(tensor);
  if (tensor.type == DataType::kInt16 && tensor.zero_point() != 0) {
    throw Error(
        fmt::format("tensor '{}' is int16 with zero point {}; only 0 is supported here", tensor.name, tensor.zero_point()));
  }
}

void require_quantized_if_integer(const Tensor& tensor) {
  if (!is_float(tensor.type)) require_quantized(tensor);
}

void require_same_type(const Tensor& a, const Tensor& b) {
  if (a.type == b.type) return;
  throw Error(
      fmt::format("tensors '{}' and '{}' differ in type: {} and {}", a.name, b.name, type_name(a.type), type_name(b.type)));
}

void require_same_quantization(const Tensor& a, const Tensor& b) {
  if (a.scale() == b.scale() && a.zero_point() == b.zero_point()) return;
  throw Error(fmt::format("tensors '{}' and '{}' differ in scale or zero point: {} {} and {} {}", a.name, b.name, a.scale(),
                          a.zero_point(), b.scale(), b.zero_point()));
}

void require_inputs(const NodeView& node, int lowest, int highest) {
  if (node.input_count() >= lowest && node.input_count() <= highest) return;
  throw Error(fmt::format("has {} inputs; {} are needed", node.input_count(),
                          lowest == highest ? fmt::to_string(lowest) : fmt::format("{} to {}", lowest, highest)));
}

void require_constant(const Tensor& tensor, std::string_view meaning) {
  if (tensor.is_constant()) return;
  throw Error(fmt::format("the {} ('{}') are computed at run time; only constant ones are supported", meaning, tensor.name));
}

const Tensor& require_known(const NodeView& node, int input, std::string_view meaning) {
  const Tensor& tensor = node.input(input);
  if (tensor.is_constant()) return tensor;
  for (const Node& each : node.graph().nodes) {
    if (each.outputs.empty() || each.inputs.empty() || each.op->name() != "dequantize") continue;
    if (each.outputs[0] != node.node().inputs[static_cast<std::size_t>(input)] || each.inputs[0] == kNoTensor) continue;
    const Tensor& stored = node.graph().tensor(each.inputs[0]);
    if (stored.is_constant()) return stored;
  }
  require_constant(tensor, meaning);
  return tensor;
}

int resolve_axis(std::int32_t axis, std::size_t rank) {
  const auto dimensions = static_cast<std::int32_t>(rank);
  const std::int32_t resolved = axis < 0 ? axis + dimensions : axis;
  if (resolved < 0 || resolved >= dimensions) throw Error(fmt::format("axis {} does not exist in {} dimensions", axis, rank));
  return resolved;
}

RowsAndDepth rows_and_depth(const Shape& shape) {
  RowsAndDepth result;
  if (shape.empty()) return result;
  result.depth = shape.back();
  result.rows = element_count(shape) / result.depth;
  return result;
}

}  // namespace mote
