// SVDF: each filter's response to the input enters a memory of past responses; a unit sums the weighted memories of its filters.
// Inputs: activations [batch][in], feature weights [filters][in], time weights [filters][memory], bias [units] or none, and the
// state [batch][filters * memory], oldest response first. filters = units * rank.
// Source: TensorFlow Lite Micro SVDF. For int8 the fused activation has no effect: the output's range is the clamp.

#include <algorithm>
#include <cmath>

#include "ops/define.hpp"
#include "ops/weighted.hpp"

namespace mote {

namespace {

class Svdf : public OperatorBase<Svdf> {
 public:
  static constexpr std::string_view kName = "svdf";
  static constexpr VersionsByType kTfliteVersions{.int8 = 3, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::int32_t rank = 1;
  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("rank", rank);
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::SVDFOptions>(op);
    if (given == nullptr) return;
    if (given->asymmetric_quantize_inputs()) throw Error("is a hybrid operator, which is not supported");
    rank = given->rank();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateSVDFOptions(to.builder(), rank, write_activation(activation)));
  }

  struct Extents {
    std::int32_t batch = 1, width = 1, filters = 1, memory = 1, units = 1;
  };
  Extents extents(const NodeView& node) const {
    for (int i = 0; i < 3; ++i) require_rank(node.input(i), 2, 2);
    for (int i = 0; i < 3; ++i) require_elements(node.input(i));
    const Shape& in = node.input(0).shape;
    const Shape& time = node.input(2).shape;
    if (rank <= 0 || time[0] % rank != 0) throw Error(fmt::format("{} filters cannot be cut into groups of {}", time[0], rank));
    return {in[0], in[1], time[0], time[1], time[0] / rank};
  }

  /// int8: from the feature sum to the state, and from the time sum to the output.
  struct Scaling {
    Multiplier state, output;
  };
  static Scaling scaling(const NodeView& node) {
    const auto scale = [&](int i) { return static_cast<double>(node.input(i).scale()); };
    return {quantize_multiplier(scale(0) * scale(1) / scale(4)),
            quantize_multiplier(scale(4) * scale(2) / static_cast<double>(node.output().scale()))};
  }

  /// float32: the clamp, wide open for tanh.
  std::pair<float, float> clamp_range() const {
    return activation_range(activation == Activation::kTanh ? Activation::kNone : activation);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 5, 5);
    const Extents n = extents(node);
    const Tensor& in = node.input(0);
    const Tensor& state = node.input(4);
    require_type(in, {DataType::kFloat32, DataType::kInt8});
    require_same_type(in, node.output());
    require_same_type(in, node.input(1));
    require_same_type(node.input(2), state);
    require_constant(node.input(1), "feature weights");
    require_constant(node.input(2), "time weights");
    if (!state.is_state) throw Error(fmt::format("tensor '{}' is not a variable, so it cannot hold the state", state.name));
    if (node.input(1).shape != Shape{n.filters, n.width} || state.elements() != std::int64_t{n.batch} * n.filters * n.memory) {
      throw Error(fmt::format("feature weights {} or state {} do not fit input {} and time weights {}",
                              to_string(node.input(1).shape), to_string(state.shape), to_string(in.shape),
                              to_string(node.input(2).shape)));
    }
    if (node.has_input(3)) {
      const Tensor& bias = node.input(3);
      require_constant(bias, "biases");
      require_type(bias, {is_float(in.type) ? DataType::kFloat32 : DataType::kInt32});
      if (bias.elements() != n.units) {
        throw Error(fmt::format("bias '{}' has {} values for {} units", bias.name, bias.elements(), n.units));
      }
    }
    if (is_float(in.type)) {
      require_type(state, {DataType::kFloat32});
      clamp_range();
    } else {
      require_type(state, {DataType::kInt8, DataType::kInt16});
      for (const int i : {0, 1, 2, 4}) require_quantized(node.input(i));
      require_quantized(node.output());
      check_bias_scale(node);
      for (const int i : {1, 2}) {
        if (node.input(i).zero_point() != 0) {
          throw Error(fmt::format("weights '{}' have a zero point; only 0 is supported", node.input(i).name));
        }
      }
      scaling(node);
    }
    return {{in.type, {n.batch, n.units}}};
  }

  std::int64_t macs(const NodeView& node) const override {
    const Extents n = extents(node);
    return std::int64_t{n.batch} * n.filters * (std::int64_t{n.width} + n.memory);
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) return evaluate_float(e);
    if (e.input(4).type == DataType::kInt8) return evaluate_int8<std::int8_t>(e);
    evaluate_int8<std::int16_t>(e);
  }

 private:
  static void check_bias_scale(const NodeView& node) {
    if (!node.has_input(3)) return;
    const float expected = node.input(4).scale() * node.input(2).scale();
    if (!(std::abs(static_cast<double>(node.input(3).scale()) - static_cast<double>(expected)) < 1e-5)) {
      throw Error(fmt::format("bias '{}' has scale {}; state and time weights make {}", node.input(3).name, node.input(3).scale(),
                              expected));
    }
  }

  /// Drops the oldest response of every filter and puts `respond(batch, filter)` behind the others.
  template <typename State, typename Respond>
  static void remember(std::span<State> state, const Extents& n, Respond&& respond) {
    std::rotate(state.begin(), state.begin() + 1, state.end());
    std::size_t newest = static_cast<std::size_t>(n.memory) - 1;
    for (std::int32_t b = 0; b < n.batch; ++b)
      for (std::int32_t f = 0; f < n.filters; ++f, newest += static_cast<std::size_t>(n.memory)) {
        state[newest] = respond(static_cast<std::size_t>(b), static_cast<std::size_t>(f));
      }
  }

  void evaluate_float(const Evaluation& e) const {
    const Extents n = extents(e);
    const auto in = e.in<float>(0);
    const auto features = e.in<float>(1);
    const auto times = e.in<float>(2);
    const auto out = e.out<float>();
    const auto state = e.state<float>(4);
    const auto width = static_cast<std::size_t>(n.width);
    const auto memory = static_cast<std::size_t>(n.memory);
    remember(state, n, [&](std::size_t b, std::size_t f) {
      float sum = 0.0F;
      for (std::size_t i = 0; i < width; ++i) sum += features[f * width + i] * in[b * width + i];
      return sum;
    });
    const auto [lowest, highest] = clamp_range();
    for (std::size_t i = 0; i < out.size(); ++i) {
      float sum = bias_or_zero<float>(e, 3, i % static_cast<std::size_t>(n.units));
      for (std::size_t r = 0; r < static_cast<std::size_t>(rank); ++r) {
        const std::size_t row = i * static_cast<std::size_t>(rank) + r;
        const std::size_t filter = row % static_cast<std::size_t>(n.filters);
        float response = 0.0F;
        for (std::size_t j = 0; j < memory; ++j) response += times[filter * memory + j] * state[row * memory + j];
        sum += response;
      }
      out[i] = activation == Activation::kTanh ? std::tanh(sum) : std::clamp(sum, lowest, highest);
    }
  }

  template <typename State>
  void evaluate_int8(const Evaluation& e) const {
    const Extents n = extents(e);
    const Scaling by = scaling(e);
    const auto in = e.in<std::int8_t>(0);
    const auto features = e.in<std::int8_t>(1);
    const auto times = e.in<State>(2);
    const auto out = e.out<std::int8_t>();
    const auto state = e.state<State>(4);
    const auto width = static_cast<std::size_t>(n.width);
    const auto memory = static_cast<std::size_t>(n.memory);
    const std::int32_t state_zero = e.input(4).zero_point();
    remember(state, n, [&](std::size_t b, std::size_t f) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < width; ++i) {
        sum = multiply_add(sum, in[b * width + i] - e.input(0).zero_point(), std::int32_t{features[f * width + i]});
      }
      // The clamp comes before the zero point, whose sum wraps.
      const auto [lowest, highest] = type_range(e.input(4).type);
      return static_cast<State>(std::clamp(requantize(sum, by.state), lowest, highest) + state_zero);
    });
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::int32_t sum = bias_or_zero<std::int32_t>(e, 3, i % static_cast<std::size_t>(n.units));
      for (std::size_t r = 0; r < static_cast<std::size_t>(rank); ++r) {
        const std::size_t row = i * static_cast<std::size_t>(rank) + r;
        const std::size_t filter = row % static_cast<std::size_t>(n.filters);
        for (std::size_t j = 0; j < memory; ++j) {
          sum = multiply_add(sum, state[row * memory + j] - state_zero, std::int32_t{times[filter * memory + j]});
        }
      }
      out[i] = static_cast<std::int8_t>(std::clamp(wrap_add(requantize(sum, by.output), e.output().zero_point()), -128, 127));
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = Svdf::of(node);
  const Svdf::Extents n = op.extents(node);
  const bool is_float_input = is_float(node.input(0).type);
  KernelCall call("svdf", is_float_input ? "svdf_float" : "svdf");
  call.set("batch", n.batch).set("width", n.width).set("units", n.units).set("rank", op.rank).set("memory", n.memory);
  if (is_float_input) {
    const auto [lowest, highest] = op.clamp_range();
    call.flag("tanh", op.activation == Activation::kTanh).real("clamp_min", lowest).real("clamp_max", highest);
  } else {
    const Svdf::Scaling by = Svdf::scaling(node);
    call.type("State", node.input(4).type);
    call.set("input_zero_point", node.input(0).zero_point()).set("state_zero_point", node.input(4).zero_point());
    call.set("state_multiplier", by.state.multiplier).set("state_shift", by.state.shift);
    const auto [lowest, highest] = type_range(node.input(4).type);
    call.set("state_min", lowest).set("state_max", highest);
    call.set("output_zero_point", node.output().zero_point());
    call.set("output_multiplier", by.output.multiplier).set("output_shift", by.output.shift);
  }
  call.input(0).constant("features", node.input(1)).constant("times", node.input(2));
  pass_bias(call, node, 3);
  return call.input(4).output();
}

double cycles(const NodeView& node) { return 6.0 * static_cast<double>(Svdf::of(node).macs(node)); }

const std::vector<Implementation> Svdf::kRows = {{.name = "svdf.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Svdf, svdf)

}  // namespace mote
