#include "ops/recurrent.hpp"

#include <cmath>

#include "ops/sigmoid.hpp"

namespace mote {

namespace {

void require_extents(const Tensor& tensor, const Shape& shape, std::string_view meaning) {
  if (tensor.shape != shape) {
    throw Error(
        fmt::format("{} '{}' have the shape {}; {} is needed", meaning, tensor.name, to_string(tensor.shape), to_string(shape)));
  }
}

void check_attributes(const RecurrentAttributes& attributes, const RecurrentForm& form) {
  if (attributes.curves.size() != form.curves) {
    throw Error(fmt::format("lists {} curves, {} are needed", attributes.curves.size(), form.curves));
  }
  for (const std::int32_t curve : attributes.curves) {
    if (curve < 0 || curve > static_cast<std::int32_t>(Curve::kHardSigmoid))
      throw Error(fmt::format("curve {} is unknown", curve));
  }
  if (!(attributes.clip >= 0.0F) || !std::isfinite(attributes.clip))
    throw Error(fmt::format("clip {} is no limit", attributes.clip));
  if (!std::isfinite(attributes.alpha) || !std::isfinite(attributes.beta))
    throw Error("the hard sigmoid's numbers are not finite");
  if (!attributes.gives_sequence && !attributes.gives_last && !attributes.gives_cell) throw Error("gives no output");
  if (attributes.gives_cell && form.states < 2) throw Error("has no cell to give");
}

std::vector<float> values_unit_by_unit(const Tensor& tensor, int gates) {
  const auto values = tensor.values<float>();
  const auto units = static_cast<std::size_t>(tensor.shape[0] / gates);
  const std::size_t row = values.size() / (units * static_cast<std::size_t>(gates));
  std::vector<float> result;
  for (std::size_t u = 0; u < units; ++u) {
    for (std::size_t gate = 0; gate < static_cast<std::size_t>(gates); ++gate) {
      const auto from = values.subspan((gate * units + u) * row, row);
      result.insert(result.end(), from.begin(), from.end());
    }
  }
  return result;
}

}  // namespace

float RecurrentAttributes::curve(std::size_t i, float x) const {
  switch (static_cast<Curve>(curves[i])) {
    case Curve::kLogistic:
      return logistic_of_float(x);
    case Curve::kTanh:
      return std::tanh(x);
    case Curve::kRelu:
      return std::max(x, 0.0F);
    case Curve::kHardSigmoid:
      return std::clamp(alpha * x + beta, 0.0F, 1.0F);
  }
  return x;
}

RecurrentExtents recurrent_extents(const NodeView& node, const RecurrentAttributes& attributes) {
  const Shape& in = node.input(0).shape;
  const std::size_t time = attributes.batch_major ? 1 : 0;
  return {in[time], in[1 - time], in[2], node.input(kRecurrentRecurrentWeights).shape[1]};
}

std::vector<TensorType> infer_recurrent(const NodeView& node, const RecurrentAttributes& attributes, const RecurrentForm& form) {
  require_inputs(node, kRecurrentBias, kRecurrentInitial + form.states);
  check_attributes(attributes, form);
  const Tensor& in = node.input(0);
  require_type(in, {DataType::kFloat32});
  require_rank(in, 3, 3);
  require_elements(in);
  for (const int i : {kRecurrentWeights, kRecurrentRecurrentWeights}) {
    require_type(node.input(i), {DataType::kFloat32});
    require_constant(node.input(i), "weights");
    require_rank(node.input(i), 2, 2);
    require_elements(node.input(i));
  }
  const RecurrentExtents n = recurrent_extents(node, attributes);
  const auto units = static_cast<std::int32_t>(n.units);
  const auto batch = static_cast<std::int32_t>(n.batch);
  if (n.units * form.gates > INT32_MAX / 2) throw Error("has too many units");
  require_extents(node.input(kRecurrentWeights), {form.gates * units, in.shape[2]}, "weights");
  require_extents(node.input(kRecurrentRecurrentWeights), {form.gates * units, units}, "recurrent weights");
  if (node.has_input(kRecurrentBias)) {
    require_type(node.input(kRecurrentBias), {DataType::kFloat32});
    require_constant(node.input(kRecurrentBias), "biases");
    require_extents(node.input(kRecurrentBias), {2 * form.gates * units}, "biases");
  }
  for (int i = kRecurrentInitial; i < kRecurrentInitial + form.states; ++i) {
    if (!node.has_input(i)) continue;
    require_type(node.input(i), {DataType::kFloat32});
    require_extents(node.input(i), {batch, units}, "initial states");
  }
  std::vector<TensorType> outputs;
  if (attributes.gives_sequence) outputs.push_back({DataType::kFloat32, {in.shape[0], in.shape[1], units}});
  for (const bool given : {attributes.gives_last, attributes.gives_cell}) {
    if (given) outputs.push_back({DataType::kFloat32, {batch, units}});
  }
  return outputs;
}

std::int64_t recurrent_macs(const NodeView& node, const RecurrentAttributes& attributes, const RecurrentForm& form) {
  const RecurrentExtents n = recurrent_extents(node, attributes);
  return n.time * n.batch * form.gates * n.units * (n.width + n.units);
}

RecurrentGates::RecurrentGates(const Evaluation& e, const RecurrentExtents& n, int gates)
    : weights_(e.in<float>(kRecurrentWeights)),
      recurrent_weights_(e.in<float>(kRecurrentRecurrentWeights)),
      width_(static_cast<std::size_t>(n.width)),
      units_(static_cast<std::size_t>(n.units)),
      gates_(static_cast<std::size_t>(gates)) {
  if (e.has_input(kRecurrentBias)) bias_ = e.in<float>(kRecurrentBias);
}

float RecurrentGates::input_part(int gate, std::size_t unit, std::span<const float> x) const {
  const std::size_t row = static_cast<std::size_t>(gate) * units_ + unit;
  float sum = 0.0F;
  for (std::size_t i = 0; i < width_; ++i) sum += x[i] * weights_[row * width_ + i];
  return bias_.empty() ? sum : sum + bias_[row];
}

float RecurrentGates::recurrent_part(int gate, std::size_t unit, std::span<const float> values) const {
  const std::size_t row = static_cast<std::size_t>(gate) * units_ + unit;
  float sum = 0.0F;
  for (std::size_t i = 0; i < units_; ++i) sum += values[i] * recurrent_weights_[row * units_ + i];
  return bias_.empty() ? sum : sum + bias_[gates_ * units_ + row];
}

void evaluate_recurrent(const Evaluation& e, const RecurrentAttributes& attributes, const RecurrentForm& form,
                        const std::function<void(std::span<const float>, RecurrentStates&)>& step) {
  const RecurrentExtents n = recurrent_extents(e, attributes);
  const auto units = static_cast<std::size_t>(n.units);
  const auto width = static_cast<std::size_t>(n.width);
  const auto in = e.in<float>(0);
  for (std::size_t batch = 0; batch < static_cast<std::size_t>(n.batch); ++batch) {
    RecurrentStates states{std::vector<float>(units), std::vector<float>(units)};
    for (int i = 0; i < form.states; ++i) {
      if (!e.has_input(kRecurrentInitial + i)) continue;
      const auto row = e.in<float>(kRecurrentInitial + i).subspan(batch * units, units);
      states[static_cast<std::size_t>(i)].assign(row.begin(), row.end());
    }
    const auto time = static_cast<std::size_t>(n.time);
    for (std::size_t t = 0; t < time; ++t) {
      const std::size_t at = attributes.reverse ? time - 1 - t : t;
      const std::size_t row = attributes.batch_major ? batch * time + at : at * static_cast<std::size_t>(n.batch) + batch;
      step(in.subspan(row * width, width), states);
      if (attributes.gives_sequence) {
        std::copy(states[0].begin(), states[0].end(), e.out<float>().begin() + static_cast<std::ptrdiff_t>(row * units));
      }
    }
    int output = attributes.gives_sequence ? 1 : 0;
    const auto give = [&](const std::vector<float>& state) {
      std::copy(state.begin(), state.end(), e.out<float>(output++).begin() + static_cast<std::ptrdiff_t>(batch * units));
    };
    if (attributes.gives_last) give(states[0]);
    if (attributes.gives_cell) give(states[1]);
  }
}

KernelCall describe_recurrent(const NodeView& node, const RecurrentAttributes& attributes, const RecurrentForm& form,
                              std::string_view name, const std::vector<std::string_view>& curve_names,
                              const std::vector<float>& biases) {
  const RecurrentExtents n = recurrent_extents(node, attributes);
  KernelCall call(name, name);
  call.set("time", n.time).set("batch", n.batch).set("width", n.width).set("units", n.units);
  call.flag("time_major", !attributes.batch_major).flag("reverse", attributes.reverse);
  call.flag("gives_sequence", attributes.gives_sequence).flag("gives_last", attributes.gives_last).flag("keeps_state", false);
  for (std::size_t i = 0; i < curve_names.size(); ++i) call.set(curve_names[i], attributes.curves[i]);
  call.flag("clips", attributes.clip > 0.0F).real("clip", attributes.clip);
  call.real("alpha", attributes.alpha).real("beta", attributes.beta);
  call.input(0).constant("weights", values_unit_by_unit(node.input(kRecurrentWeights), form.gates)).constant("bias", biases);
  return call.constant("recurrent_weights", values_unit_by_unit(node.input(kRecurrentRecurrentWeights), form.gates));
}

void pass_recurrent_states(KernelCall& call, const NodeView& node, const RecurrentAttributes& attributes,
                           const RecurrentForm& form) {
  constexpr std::array<std::string_view, 2> kNames{"initial_output", "initial_cell"};
  for (int i = 0; i < form.states; ++i) {
    if (node.has_input(kRecurrentInitial + i)) {
      call.value(node, kRecurrentInitial + i, kNames[static_cast<std::size_t>(i)]);
    } else {
      call.null();
    }
  }
  int output = 0;
  const auto pass = [&](bool given) { given ? call.output(output++) : call.null(); };
  pass(attributes.gives_sequence);
  pass(attributes.gives_last);
  if (form.states == 2) pass(attributes.gives_cell);
}

KernelCall finish_recurrent(KernelCall call, const NodeView& node, const RecurrentAttributes& attributes, std::int64_t rows) {
  if (!attributes.gives_sequence) rows += 2;
  if (rows == 0) return call.null();
  return call.scratch(rows * recurrent_extents(node, attributes).units * static_cast<std::int64_t>(sizeof(float)));
}

RecurrentBiases recurrent_biases(const NodeView& node, std::int64_t count) {
  const auto half = static_cast<std::size_t>(count);
  if (!node.has_input(kRecurrentBias)) return {std::vector<float>(half), std::vector<float>(half)};
  const auto values = node.input(kRecurrentBias).values<float>();
  return {{values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half)},
          {values.begin() + static_cast<std::ptrdiff_t>(half), values.end()}};
}

double recurrent_cycles(const NodeView& node) { return 10.0 * static_cast<double>(node.node().op->macs(node)); }

}  // namespace mote
