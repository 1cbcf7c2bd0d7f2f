// GATHER_ND: slices of the input, each found by the first axes' places that a row of int32 or int64 indices gives.
// Source: TensorFlow Lite GATHER_ND. A place computed at run time that is out of range is taken as the nearest one.

#include <algorithm>
#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class GatherNd : public OperatorBase<GatherNd> {
 public:
  static constexpr std::string_view kName = "gather_nd";
  static const std::vector<Implementation> kRows;
  static constexpr std::int32_t kMostPlaces = 5;

  /// How many axes a row of indices names.
  static std::int32_t places(const NodeView& node) { return node.input(1).shape.back(); }
  static std::int64_t slice(const NodeView& node) { return elements_from(node.input(0).shape, places(node)); }
  static std::int64_t rows(const NodeView& node) { return node.input(1).elements() / places(node); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(1), {DataType::kInt32, DataType::kInt64});
    require_rank(node.input(1), 1, 8);
    require_elements(node.input(0));
    require_elements(node.input(1));
    const Shape& in = node.input(0).shape;
    const Shape& indices = node.input(1).shape;
    const std::int32_t named = places(node);
    if (named > kMostPlaces || static_cast<std::size_t>(named) > in.size()) {
      throw Error(fmt::format("indices {} do not fit {}", to_string(indices), to_string(in)));
    }
    Shape shape(indices.begin(), indices.end() - 1);
    shape.insert(shape.end(), in.begin() + named, in.end());
    return {{node.input(0).type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override {
    if (e.input(1).type == DataType::kInt64) return gather<std::int64_t>(e);
    gather<std::int32_t>(e);
  }

 private:
  template <typename Index>
  static void gather(const Evaluation& e) {
    const Shape& in = e.input(0).shape;
    const auto strides = strides_of(in);
    const auto indices = e.in<Index>(1);
    const auto named = static_cast<std::size_t>(places(e));
    const std::size_t size = type_bytes(e.output().type);
    const std::size_t bytes = static_cast<std::size_t>(slice(e)) * size;
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows(e)); ++row) {
      std::int64_t from = 0;
      for (std::size_t i = 0; i < named; ++i) {
        from += std::clamp<std::int64_t>(indices[row * named + i], 0, in[i] - 1) * strides[i];
      }
      std::memcpy(e.out_bytes() + row * bytes, e.in_bytes(0) + static_cast<std::size_t>(from) * size, bytes);
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto strides = strides_of(node.input(0).shape);
  const auto named = static_cast<std::ptrdiff_t>(GatherNd::places(node));
  KernelCall call("gather", "gather_nd");
  call.type("Value", node.input(0).type).type("Index", node.input(1).type);
  call.set("rows", GatherNd::rows(node)).set("places", named).set("slice", GatherNd::slice(node));
  call.list("extents", {node.input(0).shape.begin(), node.input(0).shape.begin() + named});
  call.list("steps", {strides.begin(), strides.begin() + named});
  return call.value(node, 0, "values").value(node, 1, "indices").output();
}

double cycles(const NodeView& node) { return 10.0 + 3.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> GatherNd::kRows = {{.name = "gather_nd.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(GatherNd, gather_nd)

}  // namespace mote
