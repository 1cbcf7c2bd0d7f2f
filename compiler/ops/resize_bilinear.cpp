// RESIZE_BILINEAR: each output pixel is made of the four input pixels around its place.
// Source: TensorFlow Lite RESIZE_BILINEAR; int8 with 10 fractional bits.

#include <algorithm>
#include <cmath>

#include "ops/quantized_math.hpp"
#include "ops/resize.hpp"

namespace mote {

namespace {

constexpr std::int32_t kOne = 1 << 10;

/// Two neighbouring pixels and the weight of the second, in 1/kOne for int8.
template <typename Weight>
struct Blend {
  std::int32_t lower = 0, upper = 0;
  Weight weight{};
};

class ResizeBilinear : public ResizeOperator<ResizeBilinear, tflite::ResizeBilinearOptions> {
 public:
  static constexpr std::string_view kName = "resize_bilinear";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;
  static constexpr auto kTypes = {DataType::kFloat32, DataType::kInt8};

  std::vector<TensorType> infer(const NodeView& node) const override {
    if (align_corners && half_pixel_centers) throw Error("align_corners and half_pixel_centers exclude each other");
    return ResizeOperator::infer(node);
  }

  /// The distance of samples in 1/kOne pixels, rounded.
  std::int32_t fixed_scale(ResizeAxis axis) const {
    if (align_corners && axis.out > 1) return (kOne * (axis.in - 1) + (axis.out - 1) / 2) / (axis.out - 1);
    return (kOne * axis.in + axis.out / 2) / axis.out;
  }
  /// The first of the input's pixels that each of the output's is made from.
  std::vector<std::int16_t> first_places(ResizeAxis axis, bool fixed) const {
    std::vector<std::int16_t> places;
    for (std::int32_t i = 0; i < axis.out; ++i)
      places.push_back(static_cast<std::int16_t>(fixed ? fixed_blend(axis, i).lower : float_blend(axis, i).lower));
    return places;
  }
  /// The place of the first sample in 1/kOne pixels.
  std::int32_t fixed_offset(ResizeAxis axis) const { return half_pixel_centers ? fixed_scale(axis) / 2 - kOne / 2 : 0; }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::shared({0}) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) return evaluate_float(e);
    evaluate_int8(e);
  }

 private:
  // Outside of the pixels' centres both neighbours are the outermost pixel, so that any weight gives its value.
  Blend<std::int32_t> fixed_blend(ResizeAxis axis, std::int32_t i) const {
    const std::int32_t place = std::clamp(i * fixed_scale(axis) + fixed_offset(axis), 0, kOne * (axis.in - 1));
    return {place / kOne, std::min(place / kOne + 1, axis.in - 1), place % kOne};
  }

  Blend<float> float_blend(ResizeAxis axis, std::int32_t i) const {
    const float position = static_cast<float>(i);
    const float place = half_pixel_centers ? (position + 0.5F) * scale(axis) - 0.5F : position * scale(axis);
    const auto lower = std::clamp(static_cast<std::int32_t>(std::floor(place)), 0, axis.in - 1);
    const auto upper = std::clamp(static_cast<std::int32_t>(std::ceil(place)), 0, axis.in - 1);
    return {lower, upper, place - static_cast<float>(lower)};
  }

  /// `mix(row, column, top_left, bottom_left, top_right, bottom_right)` for every output value.
  template <typename T, typename BlendOf, typename Mix>
  void for_each_value(const Evaluation& e, BlendOf&& blend_of, Mix&& mix) const {
    const Shape& shape = e.input(0).shape;
    const ResizeAxis height = vertical(e);
    const ResizeAxis width = horizontal(e);
    const T* in = e.in<T>(0).data();
    T* out = e.out<T>().data();
    const auto at = [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
      return in[((b * height.in + y) * width.in + x) * shape[3] + c];
    };
    for (std::int32_t b = 0; b < shape[0]; ++b)
      for (std::int32_t y = 0; y < height.out; ++y)
        for (std::int32_t x = 0; x < width.out; ++x) {
          const auto row = blend_of(height, y);
          const auto column = blend_of(width, x);
          for (std::int32_t c = 0; c < shape[3]; ++c) {
            *out++ = mix(row.weight, column.weight, at(b, row.lower, column.lower, c), at(b, row.upper, column.lower, c),
                         at(b, row.lower, column.upper, c), at(b, row.upper, column.upper, c));
          }
        }
  }

  void evaluate_int8(const Evaluation& e) const {
    for_each_value<std::int8_t>(
        e, [&](ResizeAxis axis, std::int32_t i) { return fixed_blend(axis, i); },
        [](std::int32_t down, std::int32_t right, std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d) {
          const std::int32_t sum =
              (kOne - down) * (kOne - right) * a + down * (kOne - right) * b + (kOne - down) * right * c + down * right * d;
          return static_cast<std::int8_t>(rounding_divide_by_power_of_two(sum, 20));
        });
  }

  void evaluate_float(const Evaluation& e) const {
    for_each_value<float>(
        e, [&](ResizeAxis axis, std::int32_t i) { return float_blend(axis, i); },
        [](float down, float right, float a, float b, float c, float d) {
          return a * (1.0F - down) * (1.0F - right) + b * down * (1.0F - right) + c * (1.0F - down) * right + d * down * right;
        });
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = ResizeBilinear::of(node);
  const ResizeAxis height = op.vertical(node);
  const ResizeAxis width = op.horizontal(node);
  const bool is_fixed = !is_float(node.input(0).type);
  const auto rows = op.first_places(height, is_fixed), columns = op.first_places(width, is_fixed);
  if (!is_fixed) {
    KernelCall call = describe_resize(node, "resize_bilinear_float");
    const float offset = op.half_pixel_centers ? 0.5F : 0.0F;
    call.real("row_scale", op.scale(height)).real("column_scale", op.scale(width)).real("offset", offset);
    return finish_resize(std::move(call), node, rows, columns, false);
  }
  KernelCall call = describe_resize(node, "resize_bilinear_int8");
  call.set("row_scale", op.fixed_scale(height)).set("row_offset", op.fixed_offset(height));
  call.set("column_scale", op.fixed_scale(width)).set("column_offset", op.fixed_offset(width));
  return finish_resize(std::move(call), node, rows, columns, false);
}

double cycles(const NodeView& node) { return 25.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> ResizeBilinear::kRows = {{.name = "resize_bilinear.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(ResizeBilinear, resize_bilinear)

}  // namespace mote
