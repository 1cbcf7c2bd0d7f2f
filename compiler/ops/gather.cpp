// GATHER: slices of the input along one axis, chosen by an int32 or int64 tensor. The first `batch_dims` axes of both go
// together. Source: TensorFlow Lite GATHER. An index computed at run time that is out of range takes the nearest slice.

#include <algorithm>
#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class Gather : public OperatorBase<Gather> {
 public:
  static constexpr std::string_view kName = "gather";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;

  std::int32_t axis = 0, batch_dims = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("axis", axis);
    v.visit("batch_dims", batch_dims);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::GatherOptions>(op);
    if (given == nullptr) return;
    axis = given->axis();
    batch_dims = given->batch_dims();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateGatherOptions(to.builder(), axis, batch_dims));
    if (batch_dims != 0) to.require_version(5);
  }

  struct Axes {
    std::size_t axis = 0, batch_dims = 0;
  };
  Axes resolve(const NodeView& node) const {
    const std::size_t indices_rank = node.input(1).shape.size();
    const std::int32_t batch = batch_dims < 0 ? batch_dims + static_cast<std::int32_t>(indices_rank) : batch_dims;
    const int at = resolve_axis(axis, node.input(0).shape.size());
    if (batch < 0 || batch > at || static_cast<std::size_t>(batch) > indices_rank) {
      throw Error(
          fmt::format("{} batch dimensions do not fit axis {} and indices {}", batch_dims, axis, to_string(node.input(1).shape)));
    }
    return {static_cast<std::size_t>(at), static_cast<std::size_t>(batch)};
  }

  /// Element `i` of the indices.
  static std::int64_t place(const Tensor& indices, const std::uint8_t* bytes, std::int64_t i) {
    if (indices.type == DataType::kInt64) return reinterpret_cast<const std::int64_t*>(bytes)[i];
    return reinterpret_cast<const std::int32_t*>(bytes)[i];
  }

  /// The tensor as batch x outer x axis x inner, and the number of indices per batch.
  struct Extents {
    std::int64_t batch = 1, outer = 1, axis = 1, inner = 1, indices = 1;
  };
  Extents extents(const NodeView& node) const {
    const Axes at = resolve(node);
    const Shape& in = node.input(0).shape;
    const Shape& indices = node.input(1).shape;
    Extents result;
    for (std::size_t i = 0; i < in.size(); ++i) {
      (i < at.batch_dims ? result.batch : i < at.axis ? result.outer : i == at.axis ? result.axis : result.inner) *= in[i];
    }
    for (std::size_t i = at.batch_dims; i < indices.size(); ++i) result.indices *= indices[i];
    return result;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    const Tensor& indices = node.input(1);
    require_type(indices, {DataType::kInt32, DataType::kInt64});
    require_elements(in);
    const Axes at = resolve(node);
    for (std::size_t i = 0; i < at.batch_dims; ++i) {
      if (in.shape[i] != indices.shape[i]) {
        throw Error(fmt::format("input {} and indices {} differ in batch dimension {}", to_string(in.shape),
                                to_string(indices.shape), i));
      }
    }
    if (indices.is_constant()) {
      for (std::int64_t i = 0; i < indices.elements(); ++i) {
        const std::int64_t index = place(indices, indices.data->data(), i);
        if (index < 0 || index >= in.shape[at.axis]) {
          throw Error(fmt::format("index {} is outside axis {} of {}", index, at.axis, to_string(in.shape)));
        }
      }
    }
    Shape shape(in.shape.begin(), in.shape.begin() + static_cast<std::ptrdiff_t>(at.axis));
    shape.insert(shape.end(), indices.shape.begin() + static_cast<std::ptrdiff_t>(at.batch_dims), indices.shape.end());
    shape.insert(shape.end(), in.shape.begin() + static_cast<std::ptrdiff_t>(at.axis) + 1, in.shape.end());
    return {{in.type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::shared({0}) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    const Extents n = extents(e);
    const std::int64_t slice = n.inner * static_cast<std::int64_t>(type_bytes(e.input(0).type));
    const std::uint8_t* in = e.in_bytes(0);
    std::uint8_t* out = e.out_bytes();
    for (std::int64_t b = 0; b < n.batch; ++b)
      for (std::int64_t o = 0; o < n.outer; ++o, in += n.axis * slice)
        for (std::int64_t i = 0; i < n.indices; ++i, out += slice) {
          const std::int64_t index = std::clamp<std::int64_t>(place(e.input(1), e.in_bytes(1), b * n.indices + i), 0, n.axis - 1);
          std::memcpy(out, in + index * slice, static_cast<std::size_t>(slice));
        }
  }
};

KernelCall lower(const NodeView& node) {
  const Gather::Extents n = Gather::of(node).extents(node);
  KernelCall call("gather", "gather");
  call.type("Value", node.input(0).type).type("Index", node.input(1).type);
  call.set("batch", n.batch).set("outer", n.outer).set("axis", n.axis).set("inner", n.inner).set("indices", n.indices);
  return call.value(node, 0, "values").value(node, 1, "indices").output();
}

double cycles(const NodeView& node) { return 10.0 + 3.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Gather::kRows = {{.name = "gather.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Gather, gather)

}  // namespace mote
