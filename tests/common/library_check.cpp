#include "common/library_check.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "common/random.hpp"
#include "select/plan.hpp"
#include "targets/target.hpp"

namespace mote::test {

namespace {

std::vector<float> floats_of(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

void expect_close(const std::vector<float>& actual, const std::vector<float>& expected, const std::string& name) {
  float largest = 0.0F;
  for (const float value : expected) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(expected[i]) ? std::isnan(actual[i]) : actual[i] == expected[i]) continue;
    ASSERT_NEAR(actual[i], expected[i], 1e-5F * largest) << name << ", value " << i;
  }
}

}  // namespace

std::vector<std::vector<Bytes>> random_inputs(const Graph& graph, std::uint32_t seed, std::size_t count, float spread) {
  Random random(seed);
  std::vector<std::vector<Bytes>> inferences(count);
  for (auto& inputs : inferences) {
    for (const TensorId id : graph.inputs) {
      const Tensor& tensor = graph.tensor(id);
      Bytes bytes = random.bytes(static_cast<std::size_t>(tensor.bytes()));
      if (tensor.type == DataType::kFloat32) {
        for (std::size_t i = 0; i < bytes.size(); i += sizeof(float)) {
          const float value = spread * (random.fraction() + random.fraction() + random.fraction() - 1.5F);
          std::memcpy(&bytes[i], &value, sizeof value);
        }
      } else if (tensor.type == DataType::kBool) {
        for (std::uint8_t& byte : bytes) byte &= 1;
      }
      inputs.push_back(std::move(bytes));
    }
  }
  return inferences;
}

void expect_library_equals_reference(const Graph& graph, const std::vector<std::vector<Bytes>>& inputs, const BuildOptions& build) {
  const Plan plan = make_plan(graph, find_target("host"));
  std::vector<Inference> inferences;
  for (const auto& each : inputs) inferences.push_back({.inputs = each, .reset_before = inferences.empty()});
  const RunResult result = run_model(plan, inferences, false, {}, build);
  Evaluator reference(graph);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    const std::vector<Bytes> expected = reference.run(inputs[n]);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Tensor& tensor = graph.tensor(graph.outputs[i]);
      const std::string name = "output " + std::to_string(i) + " (" + tensor.name + ")";
      if (tensor.type == DataType::kFloat32) {
        expect_close(floats_of(result.outputs[n][i]), floats_of(expected[i]), name);
      } else {
        EXPECT_EQ(result.outputs[n][i], expected[i]) << name;
      }
    }
  }
}

}  // namespace mote::test
