#include "emulate/tune.hpp"

#include <cstring>
#include <set>

#include <fmt/ranges.h>

namespace mote {

namespace {

/// A fixed input that has every byte value in it: byte i is (37 i + 11) mod 256 - 128; floats run from -1 to 1.
Inference fixed_input(const Graph& graph) {
  Inference inference;
  for (const TensorId id : graph.inputs) {
    const Tensor& tensor = graph.tensor(id);
    Bytes bytes(static_cast<std::size_t>(tensor.bytes()));
    if (tensor.type == DataType::kFloat32) {
      for (std::size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
        const float value = static_cast<float>((37 * (i / sizeof(float)) + 11) % 256) / 128.0F - 1.0F;
        std::memcpy(&bytes[i], &value, sizeof value);
      }
    } else {
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>((37 * i + 11) % 256 - 128);
    }
    inference.inputs.push_back(std::move(bytes));
  }
  return inference;
}

}  // namespace

TuneResult tune_model(const Graph& graph, const Target& target, Tuning& tuning, const Progress& progress) {
  if (target.machine.empty())
    throw Error(fmt::format("{} is not emulated, so nothing can be measured there", target.name), "`mote targets` lists boards");
  TuneResult result;
  result.unit = target.timing.empty() ? "instructions" : "cycles (est.)";
  std::set<std::string> measured;
  const std::vector<Plan> plans = make_plans_of_every_rank(graph, target);
  const std::size_t runs = plans.size();
  for (std::size_t rank = 0; rank < runs; ++rank) {
    const Plan& plan = plans[rank];
    const auto tell = [&](std::string_view stage, double fraction) {
      if (progress) progress(stage, (static_cast<double>(rank) + fraction) / static_cast<double>(runs));
    };
    RunResult run;
    try {
      run = run_model(plan, {fixed_input(graph)}, true, tell);
    } catch (const ToolMissing&) {
      throw;
    } catch (const Error& error) {
      result.notes.push_back(fmt::format("run {} of {} left out: {}", rank + 1, runs, error.what()));
      continue;
    }
    if (run.measured.layers.size() != plan.steps.size()) {
      result.notes.insert(result.notes.end(), run.measured.notes.begin(), run.measured.notes.end());
      throw Error("the layers cannot be measured one by one on this machine", fmt::format("{}", fmt::join(result.notes, "; ")));
    }
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      const LayerProfile& layer = run.measured.layers[i];
      const KernelCall& call = plan.steps[i].call;
      tuning.set(target, call, static_cast<double>(layer.cycles_estimate.value_or(layer.instructions)));
      measured.insert(fmt::format("{} {}", plan.steps[i].node, plan.steps[i].implementation));
    }
  }
  result.measured = measured.size();
  return result;
}

}  // namespace mote
