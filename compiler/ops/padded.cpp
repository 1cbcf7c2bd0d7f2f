#include "ops/padded.hpp"

#include <cstring>

#include "ops/overlap.hpp"

#include "support/checked.hpp"

namespace mote {

namespace {
constexpr std::size_t kKernelRank = 5;
}

Paddings paddings_of(const NodeView& node) {
  const auto values = node.integers(1, "paddings");
  const std::size_t rank = node.input(0).shape.size();
  if (values.size() != 2 * rank) throw Error(fmt::format("{} paddings for {} dimensions", values.size(), rank));
  Paddings result;
  for (std::size_t i = 0; i < rank; ++i) {
    if (values[2 * i] < 0 || values[2 * i + 1] < 0) throw Error(fmt::format("negative padding along axis {}", i));
    result.before.push_back(values[2 * i]);
    result.after.push_back(values[2 * i + 1]);
  }
  return result;
}

std::vector<TensorType> infer_padded(const NodeView& node) {
  const Tensor& in = node.input(0);
  require_rank(in, 1, static_cast<int>(kKernelRank));
  require_same_type(in, node.output());
  const Paddings pads = paddings_of(node);
  Shape shape;
  std::int64_t elements = 1;
  for (std::size_t i = 0; i < in.shape.size(); ++i) {
    const std::int64_t extent = static_cast<std::int64_t>(in.shape[i]) + pads.before[i] + pads.after[i];
    elements = checked_multiply(elements, extent).value_or(INT64_MAX);
    if (extent > INT32_MAX || elements > INT32_MAX) throw Error("the padded tensor is too large");
    shape.push_back(static_cast<std::int32_t>(extent));
  }
  return {{in.type, shape}};
}

void evaluate_padded(const Evaluation& e, const std::uint8_t* value) {
  const std::size_t size = type_bytes(e.output().type);
  const Shape& in = e.input(0).shape;
  const Shape& out = e.output().shape;
  const Paddings pads = paddings_of(e);
  const auto strides = strides_of(in);
  std::vector<std::int32_t> index(out.size(), 0);
  for (std::int64_t i = 0; i < e.output().elements(); ++i) {
    std::int64_t from = 0;
    bool inside = true;
    for (std::size_t axis = 0; axis < out.size(); ++axis) {
      const std::int32_t at = index[axis] - pads.before[axis];
      inside = inside && at >= 0 && at < in[axis];
      from += at * strides[axis];
    }
    std::memcpy(e.out_bytes() + static_cast<std::size_t>(i) * size,
                inside ? e.in_bytes(0) + static_cast<std::size_t>(from) * size : value, size);
    for (std::size_t axis = out.size(); axis-- > 0;) {
      if (++index[axis] < out[axis]) break;
      index[axis] = 0;
    }
  }
}

KernelCall lower_padded(const NodeView& node, const std::uint8_t* value) {
  const Paddings pads = paddings_of(node);
  const Shape& in = node.input(0).shape;
  const std::size_t missing = kKernelRank - in.size();
  std::vector<std::int64_t> extents(kKernelRank, 1);
  std::vector<std::int64_t> before(kKernelRank, 0);
  std::vector<std::int64_t> after(kKernelRank, 0);
  for (std::size_t i = 0; i < in.size(); ++i) {
    extents[missing + i] = in[i];
    before[missing + i] = pads.before[i];
    after[missing + i] = pads.after[i];
  }
  KernelCall call("pad", "pad");
  call.type("Value", node.output().type).list("extents", extents).list("before", before).list("after", after);
  switch (node.output().type) {
    case DataType::kFloat32: {
      float real = 0;
      std::memcpy(&real, value, sizeof real);
      call.real("value", real);
      break;
    }
    case DataType::kInt8:
      call.set("value", static_cast<std::int8_t>(*value));
      break;
    case DataType::kInt16: {
      std::int16_t stored = 0;
      std::memcpy(&stored, value, sizeof stored);
      call.set("value", stored);
      break;
    }
    case DataType::kInt32: {
      std::int32_t stored = 0;
      std::memcpy(&stored, value, sizeof stored);
      call.set("value", stored);
      break;
    }
    default:
      call.set("value", *value);
      break;
  }
  // Values are moved in order, and none less far than the one before.
  const auto strides = strides_of(node.output().shape);
  std::int64_t last = 0;
  for (std::size_t i = 0; i < in.size(); ++i) last += (pads.before[i] + in[i] - 1) * strides[i];
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.output().type));
  AccessOrder access(node.input(0).elements() * value_bytes);
  access.write(last * value_bytes);
  access.read((node.input(0).elements() - 1) * value_bytes);
  return call.value(node, 0, "values").output().overlapping(0, access.overlap());
}

}  // namespace mote
