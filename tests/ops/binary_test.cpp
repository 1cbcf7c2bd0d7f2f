#include "ops/binary.hpp"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/library_check.hpp"
#include "common/random.hpp"
#include "common/values.hpp"
#include "ops/evaluate.hpp"

namespace mote {
namespace {

using test::bytes_of;
using test::GraphBuilder;
using test::quantized;

template <typename T>
std::vector<T> apply(std::string_view op, const std::vector<T>& a, const std::vector<T>& b) {
  GraphBuilder build;
  const auto count = static_cast<std::int32_t>(a.size());
  const TensorId x = build.input({count}, {}, type_of<T>());
  const TensorId y = build.input({count}, {}, type_of<T>());
  build.output(build.node(op, {x, y}, {}, {}, type_of<T>()));
  const Graph graph = build.finish();
  const Bytes out = Evaluator(graph).run({bytes_of(a), bytes_of(b)})[0];
  std::vector<T> result(a.size());
  std::memcpy(result.data(), out.data(), out.size());
  return result;
}

template <typename T>
void check_division() {
  constexpr T kLowest = std::numeric_limits<T>::min();
  const std::vector<T> a{7, -7, 7, -7, 6, -6, 5, 0, kLowest, kLowest};
  const std::vector<T> b{2, 2, -2, -2, 3, 3, 0, 9, -1, 1};
  EXPECT_EQ(apply<T>("div", a, b), (std::vector<T>{3, -3, -3, 3, 2, -2, 0, 0, kLowest, kLowest}));
  EXPECT_EQ(apply<T>("floor_div", a, b), (std::vector<T>{3, -4, -4, 3, 2, -2, 0, 0, kLowest, kLowest}));
  EXPECT_EQ(apply<T>("floor_mod", a, b), (std::vector<T>{1, 1, -1, -1, 0, 0, 0, 0, 0, 0}));
}

TEST(Binary, WholeNumbersDivideAsInPythonOrC) {
  check_division<std::int32_t>();
  check_division<std::int64_t>();
}

TEST(Binary, Int64Wraps) {
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::int64_t> a{kHighest, std::int64_t{1} << 40, 3};
  const std::vector<std::int64_t> b{1, std::int64_t{1} << 20, -5};
  EXPECT_EQ(apply<std::int64_t>("add", a, b),
            (std::vector<std::int64_t>{-kHighest - 1, (std::int64_t{1} << 40) + (1 << 20), -2}));
  EXPECT_EQ(apply<std::int64_t>("sub", a, b), (std::vector<std::int64_t>{kHighest - 1, (std::int64_t{1} << 40) - (1 << 20), 8}));
  EXPECT_EQ(apply<std::int64_t>("mul", a, b), (std::vector<std::int64_t>{kHighest, std::int64_t{1} << 60, -15}));
  EXPECT_EQ(apply<std::int64_t>("maximum", a, b), (std::vector<std::int64_t>{kHighest, std::int64_t{1} << 40, 3}));
  EXPECT_EQ(apply<std::int64_t>("squared_difference", {5, -3, 0}, {2, 4, 0}), (std::vector<std::int64_t>{9, 49, 0}));
}

TEST(Binary, PowIsThePower) {
  const auto result = apply<float>("pow", {2.0F, 9.0F, 5.0F, -2.0F}, {10.0F, 0.5F, 0.0F, 3.0F});
  EXPECT_EQ(result, (std::vector<float>{1024.0F, 3.0F, 1.0F, -8.0F}));
}

TEST(Binary, Int8DividedByZeroIsTheEndOfTheRange) {
  GraphBuilder build;
  const TensorId a = build.input({3}, quantized(0.1F, 2));
  const TensorId b = build.input({3}, quantized(0.1F, 5));
  build.output(build.node("div", {a, b}, {}, quantized(0.1F, 7)));
  const Graph graph = build.finish();
  const Bytes out = Evaluator(graph).run({bytes_of<std::int8_t>({3, 1, 2}), bytes_of<std::int8_t>({5, 5, 5})})[0];
  EXPECT_EQ(out, bytes_of<std::int8_t>({127, -128, 7}));
}

TEST(Binary, Int8DivisionIsWithinAStep) {
  GraphBuilder build;
  const TensorId a = build.input({256}, quantized(0.1F, 2));
  const TensorId b = build.input({256}, quantized(0.07F, -128));
  build.output(build.node("div", {a, b}, {}, quantized(0.02F, -3)));
  const Graph graph = build.finish();
  test::Random random(1);
  const std::vector<Bytes> inputs{random.bytes(256), random.bytes(256)};
  const Bytes out = Evaluator(graph).run(inputs)[0];
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double divisor = 0.07 * (static_cast<std::int8_t>(inputs[1][i]) + 128);
    if (divisor == 0.0) continue;
    const double exact = 0.1 * (static_cast<std::int8_t>(inputs[0][i]) - 2) / divisor / 0.02 - 3;
    EXPECT_NEAR(static_cast<std::int8_t>(out[i]), std::clamp(exact, -128.0, 127.0), 1.0);
  }
}

TEST(Binary, QuantizedNumbersAreComparedAsReals) {
  for (const DataType type : {DataType::kInt8, DataType::kInt16}) {
    GraphBuilder build;
    const bool is_int8 = type == DataType::kInt8;
    const TensorId a = build.input({3}, quantized(0.5F, is_int8 ? 10 : 0), type);
    const TensorId b = build.input({3}, quantized(0.25F), type);
    build.output(build.node("less", {a, b}, {}, {}, DataType::kBool));
    build.output(build.node("equal", {a, b}, {}, {}, DataType::kBool));
    const Graph graph = build.finish();
    const std::vector<Bytes> inputs =
        is_int8 ? std::vector<Bytes>{bytes_of<std::int8_t>({11, 12, 13}), bytes_of<std::int8_t>({4, 4, 4})}
                : std::vector<Bytes>{bytes_of<std::int16_t>({1, 2, 3}), bytes_of<std::int16_t>({4, 4, 4})};
    const std::vector<Bytes> out = Evaluator(graph).run(inputs);
    EXPECT_EQ(out[0], (Bytes{1, 0, 0}));
    EXPECT_EQ(out[1], (Bytes{0, 1, 0}));
  }
}

TEST(Binary, RefusesWhatHasNoMeaning) {
  const auto refusal = [](std::string_view op, DataType in, DataType out, float scale, float out_scale) {
    return test::error_of([&] {
      GraphBuilder build;
      const TensorId a = build.input({4}, quantized(scale), in);
      const TensorId b = build.input({4}, quantized(scale), in);
      build.output(build.node(op, {a, b}, {}, quantized(out_scale), out));
      build.finish();
    });
  };
  EXPECT_TRUE(test::contains(refusal("less", DataType::kInt8, DataType::kBool, 2.0F, 1.0F), "below 1"));
  EXPECT_TRUE(test::contains(refusal("less", DataType::kInt8, DataType::kInt8, 0.5F, 0.5F), "supported: bool"));
  EXPECT_TRUE(test::contains(refusal("div", DataType::kInt8, DataType::kInt8, 0.5F, 1e-9F), "do not fit"));
  EXPECT_TRUE(test::contains(refusal("logical_and", DataType::kInt8, DataType::kInt8, 0.5F, 0.5F), "supported: bool"));
  EXPECT_TRUE(test::contains(refusal("pow", DataType::kInt8, DataType::kInt8, 0.5F, 0.5F), "supported: float32"));
}

TEST(Binary, LibraryEqualsReference) {
  GraphBuilder build;
  const auto quantization = [](DataType type) {
    if (type == DataType::kInt8) return quantized(0.05F, -7);
    return type == DataType::kInt16 ? quantized(0.0003F) : Quantization{};
  };
  for (const DataType type :
       {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64, DataType::kBool}) {
    const Quantization q = quantization(type);
    const TensorId a = build.input({3, 4, 5}, q, type);
    const TensorId b = build.input({4, 1}, q, type);
    const TensorId condition = build.input({3, 1, 5}, {}, DataType::kBool);
    build.output(build.node("select_v2", {condition, a, b}, {}, q, type));
    for (const std::string_view op : {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}) {
      build.output(build.node(op, {a, b}, {}, {}, DataType::kBool));
    }
    if (type == DataType::kBool) {
      for (const std::string_view op : {"logical_and", "logical_or"}) build.output(build.node(op, {a, b}, {}, {}, type));
      build.output(build.node("logical_not", {a}, {}, {}, type));
      continue;
    }
    build.output(build.node("squared_difference", {a, b}, {}, q, type));
    if (type != DataType::kInt16) build.output(build.node("div", {a, b}, {}, q, type));
    if (type == DataType::kInt8 || type == DataType::kInt16) continue;
    for (const std::string_view op : {"add", "sub", "mul", "maximum", "minimum", "floor_div", "floor_mod"}) {
      build.output(build.node(op, {a, b}, {}, {}, type));
    }
    if (type == DataType::kFloat32) build.output(build.node("pow", {build.node("exp", {a}, {}, {}, type), b}, {}, {}, type));
  }
  const TensorId table = build.input({6, 3}, quantized(0.5F));
  build.output(build.node("gather", {table, build.input({4}, {}, DataType::kInt64)}));
  const Graph graph = build.finish();
  test::expect_library_equals_reference(graph, test::random_inputs(graph, 1, 3));
}

}  // namespace
}  // namespace mote
