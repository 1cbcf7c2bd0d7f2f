#pragma once

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/whole_numbers.hpp"

namespace mote {

// What MEAN, SUM, REDUCE_MAX and their like share: input 1 lists the axes that go.

/// A tensor as two kept and two reduced axes, outer ones first; each of an extent and the distance between neighbours.
struct ReducedAxes {
  struct Axis {
    std::int64_t extent = 1, step = 0;
  };
  Axis kept[2], reduced[2];

  /// Neighbouring axes of one kind merge; axes of extent 1 are of either kind. Error when they alternate too often.
  explicit ReducedAxes(const NodeView& node);
  std::int64_t count() const { return reduced[0].extent * reduced[1].extent; }
};

Shape reduced_shape(const NodeView& node, bool keep_dims);

/// From a sum to the output; for a mean 1 / count is part of it.
/// Source: TensorFlow Lite Micro MEAN and SUM.
Multiplier sum_multiplier(const NodeView& node);
Multiplier mean_multiplier(const NodeView& node);

/// A call of `function` in mote/reduce.hpp with types and axes; the caller adds what it needs besides, then input and output.
KernelCall describe_reduction(const NodeView& node, std::string_view function);
/// MEAN and SUM of int8 and int16.
KernelCall lower_scaled_reduction(const NodeView& node, Multiplier scaling);
/// Any kernel without numbers of its own.
KernelCall lower_reduction(const NodeView& node, std::string_view function);

double reduction_cycles(const NodeView& node);

/// `finish(combined)` for each output, `combined` being `combine(... combine(convert(first), second) ..., last)` over its inputs.
template <typename T, typename Convert, typename Combine, typename Finish>
void evaluate_reduction(const Evaluation& e, Convert&& convert, Combine&& combine, Finish&& finish) {
  const ReducedAxes a(e);
  const T* in = e.in<T>(0).data();
  T* out = e.out<T>().data();
  for (std::int64_t i = 0; i < a.kept[0].extent; ++i)
    for (std::int64_t j = 0; j < a.kept[1].extent; ++j) {
      const T* start = in + i * a.kept[0].step + j * a.kept[1].step;
      auto combined = convert(*start);
      for (std::int64_t n = 1; n < a.count(); ++n) {
        const std::int64_t k = n / a.reduced[1].extent;
        const std::int64_t l = n % a.reduced[1].extent;
        combined = combine(combined, start[k * a.reduced[0].step + l * a.reduced[1].step]);
      }
      *out++ = finish(combined);
    }
}

/// MEAN and SUM of int8 and int16.
template <typename T>
void evaluate_scaled_reduction(const Evaluation& e, Multiplier scaling) {
  const auto [lowest, highest] = type_range(e.output().type);
  const std::int32_t zero_sum = wrap_multiply(e.input(0).zero_point(), static_cast<std::int32_t>(ReducedAxes(e).count()));
  evaluate_reduction<T>(
      e, [](T x) { return std::int32_t{x}; }, [](std::int32_t sum, T x) { return wrap_add(sum, std::int32_t{x}); },
      [&, lowest = lowest, highest = highest](std::int32_t sum) {
        const std::int32_t scaled = requantize(wrap_subtract(sum, zero_sum), scaling);
        return static_cast<T>(std::clamp(wrap_add(scaled, e.output().zero_point()), lowest, highest));
      });
}

/// `body(T{})` with the type of the input's elements: float32, int8, int16, int32 or int64.
template <typename Body>
void with_number(DataType type, Body&& body) {
  switch (type) {
    case DataType::kFloat32:
      return body(float{});
    case DataType::kInt8:
      return body(std::int8_t{});
    case DataType::kInt16:
      return body(std::int16_t{});
    case DataType::kInt32:
      return body(std::int32_t{});
    default:
      return body(std::int64_t{});
  }
}

/// Base of the reductions: their one attribute, and what they ask of their tensors.
template <typename Derived>
class ReduceOperator : public OperatorBase<Derived> {
 public:
  bool keep_dims = false;

  template <typename V>
  void fields(V& v) {
    v.visit("keep_dims", keep_dims);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::ReducerOptions>(op)) keep_dims = given->keep_dims();
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateReducerOptions(to.builder(), keep_dims)); }

  ChannelFlow channel_flow(const NodeView& node) const override {
    const auto last = static_cast<std::int32_t>(node.input(0).shape.size()) - 1;
    const std::vector<std::int32_t> axes = node.integers(1, "axes");
    const bool reduced = std::any_of(axes.begin(), axes.end(), [&](std::int32_t axis) { return axis == last || axis == -1; });
    return reduced || last < 0 ? ChannelFlow::kOpaque : ChannelFlow::kTied;
  }
  void keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>&) const override {}

 protected:
  /// int8 and int16 must be quantized.
  std::vector<TensorType> infer_reduction(const NodeView& node, std::initializer_list<DataType> allowed) const {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    require_type(in, allowed);
    require_same_type(in, node.output());
    require_elements(in);
    ReducedAxes{node};
    if (in.type == DataType::kInt8 || in.type == DataType::kInt16) {
      require_quantized(in);
      require_quantized(node.output());
    }
    return {{in.type, reduced_shape(node, keep_dims)}};
  }
};

/// Base of the reductions whose result is one of the inputs' values or their product: `Derived::combine(a, b)` for any number
/// type, and the kernel of its name in mote/reduce.hpp. int8 and int16 keep their quantization.
template <typename Derived>
class PlainReduceOperator : public ReduceOperator<Derived> {
 public:
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static constexpr Implementation kRows[1] = {{.name = "reduce", .cycles = reduction_cycles, .lower = [](const NodeView& node) {
                                                 return lower_reduction(node, Derived::kName);
                                               }}};

  std::vector<TensorType> infer(const NodeView& node) const override {
    auto result = this->infer_reduction(node, Derived::kTypes);
    if (result[0].type == DataType::kInt8 || result[0].type == DataType::kInt16) {
      require_same_quantization(node.input(0), node.output());
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return std::find(Derived::kTypes.begin(), Derived::kTypes.end(), DataType::kInt8) == Derived::kTypes.end()
               ? QuantizationRule{}
               : QuantizationRule::shared({0});
  }

  void evaluate(const Evaluation& e) const override {
    with_number(e.input(0).type, [&](auto example) {
      using T = decltype(example);
      const auto same = [](T x) { return x; };
      evaluate_reduction<T>(
          e, same, [](T a, T b) { return Derived::combine(a, b); }, same);
    });
  }
};

}  // namespace mote
