// RESIZE_NEAREST_NEIGHBOR: each output pixel is the input pixel at its place.
// Source: TensorFlow Lite RESIZE_NEAREST_NEIGHBOR, whose places are computed in float.

#include <algorithm>
#include <cmath>

#include "ops/resize.hpp"

namespace mote {

namespace {

/// Place i is floor((i * step + offset) / divisor), at most the last one.
struct Ratio {
  std::int64_t step = 1, offset = 0, divisor = 1;
};

class ResizeNearestNeighbor : public ResizeOperator<ResizeNearestNeighbor, tflite::ResizeNearestNeighborOptions> {
 public:
  static constexpr std::string_view kName = "resize_nearest_neighbor";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;
  static constexpr auto kTypes = {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kUint8};

  /// The input's place for each place of the output.
  std::vector<std::int16_t> places(ResizeAxis axis) const {
    const float step = scale(axis);
    const float offset = half_pixel_centers ? 0.5F : 0.0F;
    std::vector<std::int16_t> result;
    for (std::int32_t i = 0; i < axis.out; ++i) {
      const float place = (static_cast<float>(i) + offset) * step;
      const float whole = align_corners ? std::round(place) : std::floor(place);
      result.push_back(static_cast<std::int16_t>(std::clamp<std::int32_t>(static_cast<std::int32_t>(whole), 0, axis.in - 1)));
    }
    return result;
  }

  Ratio ratio(ResizeAxis axis) const {
    const bool corners = align_corners && axis.out > 1;
    const std::int64_t in = corners ? axis.in - 1 : axis.in;
    const std::int64_t out = corners ? axis.out - 1 : axis.out;
    // All twice, for the half of a pixel's centre and the half that rounds.
    return {2 * in, (half_pixel_centers ? in : 0) + (align_corners ? out : 0), 2 * out};
  }
  bool is_exact(ResizeAxis axis) const {
    const Ratio by = ratio(axis);
    const std::vector<std::int16_t> exact = places(axis);
    for (std::int64_t i = 0; i < axis.out; ++i) {
      const std::int64_t scaled = i * by.step + by.offset;
      if (scaled > INT32_MAX) return false;
      if (std::min<std::int64_t>(scaled / by.divisor, axis.in - 1) != exact[static_cast<std::size_t>(i)]) return false;
    }
    return true;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override {
    const Shape& in = e.input(0).shape;
    const auto rows = places(vertical(e));
    const auto columns = places(horizontal(e));
    const std::int64_t pixel = in[3] * static_cast<std::int64_t>(type_bytes(e.input(0).type));
    std::uint8_t* out = e.out_bytes();
    for (std::int64_t b = 0; b < in[0]; ++b)
      for (const std::int16_t y : rows)
        for (const std::int16_t x : columns) {
          std::copy_n(e.in_bytes(0) + ((b * in[1] + y) * in[2] + x) * pixel, pixel, out);
          out += pixel;
        }
  }
};

bool ratio_is_exact(const NodeView& node) {
  const auto& op = ResizeNearestNeighbor::of(node);
  return op.is_exact(op.vertical(node)) && op.is_exact(op.horizontal(node));
}

KernelCall lower_ratio(const NodeView& node) {
  const auto& op = ResizeNearestNeighbor::of(node);
  const Ratio rows = op.ratio(op.vertical(node));
  const Ratio columns = op.ratio(op.horizontal(node));
  KernelCall call = describe_resize(node, "resize_nearest_neighbor");
  call.set("row_step", rows.step).set("row_offset", rows.offset).set("row_divisor", rows.divisor);
  call.set("column_step", columns.step).set("column_offset", columns.offset).set("column_divisor", columns.divisor);
  return finish_resize(std::move(call), node, op.places(op.vertical(node)), op.places(op.horizontal(node)), true);
}

KernelCall lower_table(const NodeView& node) {
  const auto& op = ResizeNearestNeighbor::of(node);
  KernelCall call = describe_resize(node, "resize_nearest_neighbor_table");
  const auto rows = op.places(op.vertical(node)), columns = op.places(op.horizontal(node));
  call.constant("rows", rows).constant("columns", columns);
  return finish_resize(std::move(call), node, rows, columns, true);
}

double cycles(const NodeView& node) { return 2.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> ResizeNearestNeighbor::kRows = {
    {.name = "resize_nearest_neighbor.ratio", .applies = ratio_is_exact, .cycles = cycles, .lower = lower_ratio},
    {.name = "resize_nearest_neighbor.table", .cycles = cycles, .lower = lower_table},
};

}  // namespace

MOTE_DEFINE_OPERATOR(ResizeNearestNeighbor, resize_nearest_neighbor)

}  // namespace mote
