// MEAN over any set of axes.
// Source: TensorFlow Lite Micro MEAN: for integers, 1 / count is part of the multiplier.

#include <algorithm>
#include <bit>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/quantized_math.hpp"

namespace mote {

namespace {

/// A tensor as two kept and two reduced axes, outer ones first; each of an extent and the distance between neighbours.
struct ReducedAxes {
  struct Axis {
    std::int64_t extent = 1, step = 0;
  };
  Axis kept[2], reduced[2];

  std::int64_t count() const { return reduced[0].extent * reduced[1].extent; }
};

class Mean : public OperatorBase<Mean> {
 public:
  static constexpr std::string_view kName = "mean";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  bool keep_dims = false;

  template <typename V>
  void fields(V& v) {
    v.visit("keep_dims", keep_dims);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::ReducerOptions>(op)) keep_dims = given->keep_dims();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateReducerOptions(to.builder(), keep_dims));
  }

  static std::vector<bool> is_reduced(const NodeView& node) {
    const std::size_t rank = node.input(0).shape.size();
    std::vector<bool> result(rank, false);
    for (const std::int32_t axis : node.integers(1, "axes")) result[static_cast<std::size_t>(resolve_axis(axis, rank))] = true;
    return result;
  }

  // Neighbouring axes of one kind merge; axes of extent 1 are of either kind.
  static ReducedAxes axes(const NodeView& node) {
    const std::vector<bool> reduced = is_reduced(node);
    const Shape& shape = node.input(0).shape;
    ReducedAxes result;
    int next[2] = {1, 1};
    int previous = -1;
    std::int64_t step = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
      if (shape[i] == 1) continue;
      const int kind = reduced[i] ? 1 : 0;
      ReducedAxes::Axis* const group = kind == 1 ? result.reduced : result.kept;
      if (kind != previous) {
        if (next[kind] < 0) {
          throw Error(fmt::format("the axes of {} alternate too often between kept and averaged", to_string(shape)));
        }
        group[next[kind]--] = {shape[i], step};
      } else {
        group[next[kind] + 1].extent *= shape[i];
      }
      previous = kind;
      step *= shape[i];
    }
    return result;
  }

  /// From a sum to the output, 1 / count included.
  static Multiplier multiplier(const NodeView& node) {
    const Multiplier scaling =
        quantize_multiplier(static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()));
    const std::int64_t count = axes(node).count();
    const int bits = std::min({static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count))) - 1, 32, 31 + scaling.shift});
    return {static_cast<std::int32_t>((static_cast<std::int64_t>(scaling.multiplier) << bits) / count), scaling.shift - bits};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    require_same_type(in, node.output());
    require_elements(in);
    axes(node);
    if (!is_float(in.type)) {
      require_quantized(in);
      require_quantized(node.output());
      multiplier(node);
    }
    const std::vector<bool> reduced = is_reduced(node);
    Shape shape;
    for (std::size_t i = 0; i < reduced.size(); ++i) {
      if (!reduced[i]) {
        shape.push_back(in.shape[i]);
      } else if (keep_dims) {
        shape.push_back(1);
      }
    }
    return {{in.type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::measured({0}); }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) {
      const auto count = static_cast<float>(axes(e).count());
      return evaluate_sums<float>(e, [&](float sum) { return sum / count; });
    }
    if (e.input(0).type == DataType::kInt8) return evaluate_scaled<std::int8_t>(e);
    evaluate_scaled<std::int16_t>(e);
  }

 private:
  template <typename T>
  static void evaluate_scaled(const Evaluation& e) {
    const Multiplier scaling = multiplier(e);
    const auto [lowest, highest] = type_range(e.output().type);
    const std::int32_t zero_sum = wrap_multiply(e.input(0).zero_point(), static_cast<std::int32_t>(axes(e).count()));
    evaluate_sums<T>(e, [&, lowest = lowest, highest = highest](std::int32_t sum) {
      const std::int32_t scaled = requantize(wrap_subtract(sum, zero_sum), scaling);
      return static_cast<T>(std::clamp(wrap_add(scaled, e.output().zero_point()), lowest, highest));
    });
  }

  /// `finish(sum)` for the sum of each output's inputs, in float or wrapping int32.
  template <typename T, typename Finish>
  static void evaluate_sums(const Evaluation& e, Finish&& finish) {
    const ReducedAxes a = axes(e);
    const T* in = e.in<T>(0).data();
    T* out = e.out<T>().data();
    for (std::int64_t i = 0; i < a.kept[0].extent; ++i)
      for (std::int64_t j = 0; j < a.kept[1].extent; ++j) {
        const T* start = in + i * a.kept[0].step + j * a.kept[1].step;
        std::conditional_t<std::is_same_v<T, float>, float, std::int32_t> sum{};
        for (std::int64_t k = 0; k < a.reduced[0].extent; ++k)
          for (std::int64_t l = 0; l < a.reduced[1].extent; ++l) {
            const T value = start[k * a.reduced[0].step + l * a.reduced[1].step];
            if constexpr (std::is_same_v<T, float>) {
              sum += value;
            } else {
              sum = wrap_add(sum, value);
            }
          }
        *out++ = finish(sum);
      }
  }
};

KernelCall lower(const NodeView& node) {
  const Tensor& in = node.input(0);
  const ReducedAxes a = Mean::axes(node);
  KernelCall call("reduce", is_float(in.type) ? "mean_float" : "mean");
  call.type("Value", in.type);
  call.list("kept", {a.kept[0].extent, a.kept[1].extent}).list("kept_steps", {a.kept[0].step, a.kept[1].step});
  call.list("reduced", {a.reduced[0].extent, a.reduced[1].extent}).list("reduced_steps", {a.reduced[0].step, a.reduced[1].step});
  if (!is_float(in.type)) {
    const Multiplier scaling = Mean::multiplier(node);
    call.set("zero_sum", wrap_multiply(in.zero_point(), static_cast<std::int32_t>(a.count())));
    call.set("multiplier", scaling.multiplier).set("shift", scaling.shift);
    const auto [lowest, highest] = type_range(in.type);
    call.set("output_zero_point", node.output().zero_point()).set("clamp_min", lowest).set("clamp_max", highest);
  }
  return call.value(node, 0, "values").output();
}

double cycles(const NodeView& node) {
  return 5.0 * static_cast<double>(node.input(0).elements()) + 30.0 * static_cast<double>(node.output().elements());
}

/// Channels that stay and lie beside each other, under reduced axes that lie beside each other.
bool mve_applies(const NodeView& node) {
  const ReducedAxes a = Mean::axes(node);
  const std::int64_t channels = a.kept[1].extent;
  return node.input(0).type == DataType::kInt8 && Mean::multiplier(node).shift < 0 && Mean::multiplier(node).shift >= -31 &&
         channels >= 4 && a.count() < (1 << 22) && a.kept[1].step == 1 && a.reduced[1].step == channels &&
         (a.reduced[0].extent == 1 || a.reduced[0].step == channels * a.reduced[1].extent) &&
         (a.kept[0].extent == 1 || a.kept[0].step == channels * a.count());
}
double mve_cycles(const NodeView& node) {
  return static_cast<double>(node.input(0).elements()) + 4.0 * static_cast<double>(node.output().elements());
}
KernelCall lower_mve(const NodeView& node) {
  const Tensor& in = node.input(0);
  const ReducedAxes a = Mean::axes(node);
  const Multiplier scaling = Mean::multiplier(node);
  KernelCall call("pool_mve", "mean_mve");
  call.set("outer", a.kept[0].extent).set("count", a.count()).set("channels", a.kept[1].extent);
  call.set("zero_sum", wrap_multiply(in.zero_point(), static_cast<std::int32_t>(a.count())));
  call.set("multiplier", scaling.multiplier).set("shift", scaling.shift).set("output_zero_point", node.output().zero_point());
  return call.value(node, 0, "values").output();
}

const std::vector<Implementation> Mean::kRows = {
    {.name = "mean.mve", .isa = Isa::kMve, .applies = mve_applies, .cycles = mve_cycles, .lower = lower_mve},
    {.name = "mean.direct", .cycles = cycles, .lower = lower},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Mean, mean)

}  // namespace mote
