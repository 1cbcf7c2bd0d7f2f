#include "ops/curve.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/library_check.hpp"
#include "common/random.hpp"
#include "ops/evaluate.hpp"

namespace mote {
namespace {

using test::GraphBuilder;
using test::quantized;

struct Curve {
  std::string name;
  Attributes attributes;
  std::function<double(double)> real;
  double first = -1e9;  ///< where the function begins to have values
};

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

std::vector<Curve> curves() {
  return {
      {"exp", {}, [](double x) { return std::exp(x); }},
      {"log", {}, [](double x) { return std::log(x); }, 0.0},
      {"sqrt", {}, [](double x) { return std::sqrt(x); }, 0.0},
      {"square", {}, [](double x) { return x * x; }},
      {"sin", {}, [](double x) { return std::sin(x); }},
      {"cos", {}, [](double x) { return std::cos(x); }},
      {"neg", {}, [](double x) { return -x; }},
      {"elu", {}, [](double x) { return x < 0 ? std::expm1(x) : x; }},
      {"relu_n1_to_1", {}, [](double x) { return std::min(std::max(x, -1.0), 1.0); }},
      {"gelu", {}, [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); }},
      {"gelu",
       {{"approximate", true}},
       [](double x) { return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }},
      {"erf", {}, [](double x) { return std::erf(x); }},
      {"softplus", {}, softplus},
      {"softsign", {}, [](double x) { return x / (1 + std::abs(x)); }},
      {"mish", {}, [](double x) { return x * std::tanh(softplus(x)); }},
      {"hard_sigmoid", {{"alpha", 0.25F}, {"beta", 0.4F}}, [](double x) { return std::min(std::max(0.25 * x + 0.4, 0.0), 1.0); }},
      {"selu", {{"alpha", 0.75F}, {"gamma", 1.5F}}, [](double x) { return 1.5 * (x > 0 ? x : 0.75 * std::expm1(x)); }},
  };
}

/// Jumps: an input that rounds to the other side is off by more than a step.
std::vector<Curve> steps() {
  return {{"floor", {}, [](double x) { return std::floor(x); }},
          {"ceil", {}, [](double x) { return std::ceil(x); }},
          {"round", {}, [](double x) { return std::nearbyint(x); }},
          {"sign", {}, [](double x) { return static_cast<double>((x > 0) - (x < 0)); }}};
}

template <typename T>
std::vector<T> run(const Graph& graph, const std::vector<T>& values) {
  Bytes in(values.size() * sizeof(T));
  std::memcpy(in.data(), values.data(), in.size());
  const Bytes out = Evaluator(graph).run({in})[0];
  std::vector<T> result(out.size() / sizeof(T));
  std::memcpy(result.data(), out.data(), out.size());
  return result;
}

Graph graph_of(const Curve& curve, std::int32_t count, const Quantization& in, const Quantization& out, DataType type) {
  GraphBuilder build;
  const TensorId x = build.input({count}, in, type);
  build.output(build.node(curve.name, {x}, curve.attributes, out, type));
  return build.finish();
}

TEST(Curve, Float32IsTheFunction) {
  std::vector<Curve> all = curves();
  for (const Curve& step : steps()) all.push_back(step);
  std::vector<float> values;
  for (int i = -160; i <= 160; ++i) values.push_back(static_cast<float>(i) / 16.0F);
  for (const Curve& curve : all) {
    const auto results = run(graph_of(curve, static_cast<std::int32_t>(values.size()), {}, {}, DataType::kFloat32), values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto x = static_cast<double>(values[i]);
      if (x <= curve.first) continue;
      const double exact = curve.real(x);
      ASSERT_NEAR(results[i], exact, 1e-6 * std::max(1.0, std::abs(exact))) << curve.name << " of " << x;
    }
  }
}

TEST(Curve, Int8IsTheNearestStep) {
  test::Random random(1);
  for (const Curve& curve : curves()) {
    for (int trial = 0; trial < 40; ++trial) {
      const Quantization in = quantized(0.005F + 0.05F * random.fraction(), random.between(-128, 127));
      const Quantization out = quantized(0.005F + 0.05F * random.fraction(), random.between(-128, 127));
      std::vector<std::int8_t> values;
      for (int q = -128; q <= 127; ++q) values.push_back(static_cast<std::int8_t>(q));
      const auto results = run(graph_of(curve, 256, in, out, DataType::kInt8), values);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = std::max<double>(in.scale() * static_cast<double>(values[i] - in.zero_point()), curve.first);
        const double exact = curve.real(x) / out.scale() + out.zero_point();
        ASSERT_NEAR(results[i], std::clamp(exact, -128.0, 127.0), 0.502) << curve.name << " of " << x;
      }
    }
  }
}

TEST(Curve, Int16IsWithinEightStepsOfSixtyFourThousand) {
  for (const Curve& curve : curves()) {
    if (curve.first == 0.0) continue;  // infinitely steep at 0
    const Quantization in = quantized(4.0F / 32768.0F);
    const Quantization out = quantized(64.0F / 32768.0F);
    std::vector<std::int16_t> values;
    for (int q = -32768; q <= 32767; q += 13) values.push_back(static_cast<std::int16_t>(q));
    const auto results = run(graph_of(curve, static_cast<std::int32_t>(values.size()), in, out, DataType::kInt16), values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double exact = curve.real(in.scale() * static_cast<double>(values[i])) / out.scale();
      ASSERT_NEAR(results[i], exact, 8.0) << curve.name << " of " << values[i];
    }
  }
}

TEST(Curve, IntegersBelowTheDomainTakeItsEdge) {
  const std::vector<std::int8_t> values{-100, -1, 0, 1};
  const auto roots = run(graph_of({"sqrt", {}, {}}, 4, quantized(1.0F), quantized(0.1F, 5), DataType::kInt8), values);
  EXPECT_EQ(roots, (std::vector<std::int8_t>{5, 5, 5, 15}));
  const auto logarithms = run(graph_of({"log", {}, {}}, 4, quantized(1.0F), quantized(0.1F, 5), DataType::kInt8), values);
  EXPECT_EQ(logarithms, (std::vector<std::int8_t>{-128, -128, -128, 5}));
}

TEST(Curve, LibraryEqualsReference) {
  GraphBuilder build;
  std::map<DataType, TensorId> inputs;
  for (const DataType type : {DataType::kFloat32, DataType::kInt8, DataType::kInt16}) {
    const float scale = type == DataType::kInt8 ? 0.03F : 0.0002F;
    const Quantization in = type == DataType::kFloat32 ? Quantization{} : quantized(scale, type == DataType::kInt8 ? 11 : 0);
    const Quantization out = type == DataType::kFloat32 ? Quantization{} : quantized(scale * 1.5F);
    const TensorId x = build.input({301}, in, type);
    std::vector<Curve> all = curves();
    for (const Curve& step : steps()) all.push_back(step);
    all.push_back({"abs", {}, {}});
    all.push_back({"rsqrt", {}, {}});
    for (const Curve& curve : all) build.output(build.node(curve.name, {x}, curve.attributes, out, type));
  }
  for (const DataType type : {DataType::kInt32, DataType::kInt64}) {
    build.output(build.node("neg", {build.input({9}, {}, type)}, {}, {}, type));
  }
  const Graph graph = build.finish();
  test::expect_library_equals_reference(graph, test::random_inputs(graph, 1, 3));
}

}  // namespace
}  // namespace mote
