// The only module that knows LibTorch: a program becomes tensors, and autograd gives its gradient.

#include "train/loss_function.hpp"

#include <algorithm>
#include <stdexcept>

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include "train/torch/operators.hpp"

namespace mote {

namespace {

using at::Tensor;

std::vector<std::int64_t> sizes_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

/// A copy of the numbers as a tensor.
Tensor tensor_of(const std::vector<float>& numbers, const std::vector<std::int64_t>& sizes) {
  Tensor tensor = at::empty(sizes, at::kFloat);
  if (tensor.numel() != static_cast<std::int64_t>(numbers.size())) throw std::logic_error("numbers do not fill a tensor");
  std::copy(numbers.begin(), numbers.end(), tensor.data_ptr<float>());
  return tensor;
}

/// What `to` is, with the gradient as if it were `from`.
Tensor straight_through(const Tensor& from, const Tensor& to) { return from + (to - from).detach(); }

bool is_gapless(const std::vector<std::int8_t>& codes) {
  return codes.back() - codes.front() + 1 == static_cast<int>(codes.size());
}

/// The code nearest to each number of steps.
Tensor nearest_codes(const std::vector<std::int8_t>& codes, const Tensor& steps) {
  if (is_gapless(codes)) return at::round(steps);
  std::vector<float> values;
  std::vector<float> borders;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    values.push_back(codes[i]);
    if (i > 0) borders.push_back(static_cast<float>(codes[i - 1] + codes[i]) / 2);
  }
  const Tensor at = at::bucketize(steps.detach(), tensor_of(borders, {static_cast<std::int64_t>(borders.size())}));
  return tensor_of(values, {static_cast<std::int64_t>(values.size())}).index_select(0, at.reshape({-1})).reshape(at.sizes());
}

class Network {
 public:
  explicit Network(const Program& program) : program_(program) {
    for (const Program::Value& value : program_.values) {
      const bool numbers = value.is_constant && value.parameter < 0 && !value.numbers.empty();
      constants_.push_back(numbers ? tensor_of(value.numbers, sizes_of(value.shape)) : Tensor());
    }
  }

  /// Outputs for inputs, with `slots` as the numbers that move.
  std::vector<Tensor> run(const Batch& batch, const std::vector<Tensor>& slots) const {
    std::vector<Tensor> values(program_.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Program::Value& value = program_.values[i];
      if (value.parameter >= 0) values[i] = parameter(value, slots);
      else if (constants_[i].defined()) values[i] = on_grid(constants_[i], value.grid, slots);
    }
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const auto id = static_cast<std::size_t>(program_.inputs[i]);
      std::vector<std::int64_t> sizes = sizes_of(program_.values[id].shape);
      sizes[0] = static_cast<std::int64_t>(batch.count);
      values[id] = on_grid(tensor_of(batch.inputs[i], sizes), program_.values[id].grid, slots);
    }
    for (const Program::Step& step : program_.steps) {
      StepInputs inputs{program_, step, {}};
      for (const int id : step.inputs) inputs.tensors.push_back(id < 0 ? Tensor() : values[static_cast<std::size_t>(id)]);
      const auto out = static_cast<std::size_t>(step.output);
      values[out] = on_grid(torch_operators().at(step.op)(inputs), program_.values[out].grid, slots);
    }
    std::vector<Tensor> outputs;
    for (const int id : program_.outputs) outputs.push_back(values[static_cast<std::size_t>(id)]);
    return outputs;
  }

  const Program& program() const { return program_; }

 private:
  Tensor on_grid(const Tensor& x, int grid, const std::vector<Tensor>& slots) const {
    if (grid < 0) return x;
    const Program::Grid& g = program_.grids[static_cast<std::size_t>(grid)];
    const Tensor zero_point = at::full({1}, static_cast<double>(g.zero_point));
    if (!g.learned) {
      return at::fake_quantize_per_tensor_affine(x, static_cast<double>(g.scale), g.zero_point, g.lowest, g.highest);
    }
    const Tensor scale = slots[static_cast<std::size_t>(program_.grid_slot)].slice(0, grid, grid + 1).exp() * g.scale;
    return at::_fake_quantize_learnable_per_tensor_affine(x, scale, zero_point, g.lowest, g.highest, 1.0);
  }

  Tensor parameter(const Program::Value& value, const std::vector<Tensor>& slots) const {
    const Program::Parameter& p = program_.parameters[static_cast<std::size_t>(value.parameter)];
    Tensor weights = slots[static_cast<std::size_t>(p.slot)].reshape(sizes_of(value.shape));
    const Tensor mask = p.mask_slot < 0 ? Tensor() : slots[static_cast<std::size_t>(p.mask_slot)].detach().reshape(sizes_of(value.shape));
    if (mask.defined()) weights = weights * mask;
    if (p.codes) weights = coded(weights, *p.codes, slots);
    if (mask.defined()) weights = weights * mask;
    return weights;
  }

  /// Scales that stretch over the weights' other axes.
  static Tensor scales_of(const Tensor& weights, const Program::Codes& codes, const std::vector<Tensor>& slots) {
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(weights.dim()), 1);
    if (codes.scales.empty()) {
      const float last = codes.codes.back();
      if (!codes.per_channel) return (weights.detach().abs().amax() / last).clamp_min(1e-12);
      std::vector<std::int64_t> others;
      for (std::int64_t axis = 0; axis < weights.dim(); ++axis) {
        if (axis != codes.axis) others.push_back(axis);
      }
      return (weights.detach().abs().amax(others, true) / last).clamp_min(1e-12);
    }
    if (codes.scales.size() > 1) sizes[static_cast<std::size_t>(codes.axis)] = static_cast<std::int64_t>(codes.scales.size());
    const Tensor start = tensor_of(codes.scales, sizes);
    return codes.slot < 0 ? start : slots[static_cast<std::size_t>(codes.slot)].reshape(sizes).exp() * start;
  }

  static Tensor coded(const Tensor& weights, const Program::Codes& codes, const std::vector<Tensor>& slots) {
    const Tensor scales = scales_of(weights, codes, slots);
    const Tensor steps = at::clamp(weights / scales, codes.codes.front(), codes.codes.back());
    return straight_through(steps, nearest_codes(codes.codes, steps)) * scales;
  }

  Program program_;
  std::vector<Tensor> constants_;
};

/// Mean over samples of the divergence between two rows of scores at a temperature, in units that do not depend on it.
Tensor divergence(const Tensor& student, const Tensor& teacher, double temperature) {
  const Tensor wanted = at::log_softmax(teacher / temperature, -1);
  const Tensor got = at::log_softmax(student / temperature, -1);
  return (wanted.exp() * (wanted - got)).sum(-1).mean() * (temperature * temperature);
}

class TorchLoss : public LossFunction {
 public:
  TorchLoss(const Program& teacher, const Program& student, Objective objective)
      : teacher_(teacher), student_(student), objective_(std::move(objective)) {}

  double evaluate(const Batch& batch, const Slots& slots, Slots* gradient) override {
    const std::vector<Tensor> moving = tensors_of(slots, gradient != nullptr);
    std::vector<Tensor> wanted;
    {
      const at::NoGradGuard none;
      wanted = teacher_.run(batch, tensors_of(teacher_.program().slots, false));
    }
    if (gradient == nullptr) {
      const at::NoGradGuard none;
      return loss(student_.run(batch, moving), wanted, batch).item<double>();
    }
    const Tensor total = loss(student_.run(batch, moving), wanted, batch);
    const auto gradients = torch::autograd::grad({total}, moving, {}, false, false, true);
    gradient->resize(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
      std::vector<float>& to = (*gradient)[i];
      to.assign(slots[i].size(), 0.0F);
      if (!gradients[i].defined()) continue;
      const Tensor from = gradients[i].contiguous();
      std::copy_n(from.data_ptr<float>(), to.size(), to.begin());
    }
    return total.item<double>();
  }

  std::vector<std::vector<float>> outputs(const Batch& batch, const Slots& slots) override {
    const at::NoGradGuard none;
    std::vector<std::vector<float>> result;
    for (const Tensor& output : student_.run(batch, tensors_of(slots, false))) {
      const Tensor flat = output.contiguous();
      result.emplace_back(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    }
    return result;
  }

 private:
  static std::vector<Tensor> tensors_of(const Slots& slots, bool with_gradient) {
    std::vector<Tensor> result;
    for (const std::vector<float>& slot : slots) {
      result.push_back(tensor_of(slot, {static_cast<std::int64_t>(slot.size())}));
      if (with_gradient) result.back().requires_grad_(true);
    }
    return result;
  }

  Tensor loss(const std::vector<Tensor>& got, const std::vector<Tensor>& wanted, const Batch& batch) const {
    Tensor total = at::zeros({}, at::kFloat);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const Objective::Output& output = objective_.outputs[i];
      if (!output.is_scores) {
        total = total + at::mse_loss(got[i], wanted[i]) / output.spread;
        continue;
      }
      const Tensor apart = divergence(got[i], wanted[i], objective_.temperature);
      const bool labelled = i == 0 && objective_.label_share > 0 && !batch.labels.empty();
      total = total + (labelled ? (1 - objective_.label_share) * apart + objective_.label_share * surprise(got[i], batch) : apart);
    }
    return total;
  }

  /// Cross entropy of the samples whose class is known, per sample of the batch.
  static Tensor surprise(const Tensor& scores, const Batch& batch) {
    const std::vector<std::int64_t> labels(batch.labels.begin(), batch.labels.end());
    Tensor classes = at::empty({static_cast<std::int64_t>(labels.size())}, at::kLong);
    std::copy(labels.begin(), labels.end(), classes.data_ptr<std::int64_t>());
    const Tensor rows = at::log_softmax(scores.reshape({static_cast<std::int64_t>(labels.size()), -1}), -1);
    const Tensor known = classes.ge(0);
    const Tensor picked = rows.gather(1, classes.clamp_min(0).unsqueeze(1)).squeeze(1);
    return -(picked * known).sum() / static_cast<double>(labels.size());
  }

  Network teacher_, student_;
  Objective objective_;
};

void require_operators(const Program& program, std::vector<std::string>& missing) {
  for (const Program::Step& step : program.steps) {
    if (!torch_operators().contains(step.op)) missing.push_back(step.op + " '" + step.node + "'");
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int mote_loss_module_version() { return kLossModuleVersion; }

extern "C" __attribute__((visibility("default"))) LossFunction* mote_make_loss_function(const Program& teacher, const Program& student,
                                                                                        const Objective& objective) {
  std::vector<std::string> missing;
  require_operators(teacher, missing);
  require_operators(student, missing);
  if (!missing.empty()) {
    std::sort(missing.begin(), missing.end());
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    std::string names;
    for (const std::string& name : missing) names += (names.empty() ? "" : ", ") + name;
    throw std::invalid_argument("these operators cannot be trained: " + names);
  }
  // Sums over threads would depend on their number.
  at::set_num_threads(1);
  at::globalContext().setDeterministicAlgorithms(true, false);
  return new TorchLoss(teacher, student, objective);
}

}  // namespace mote
