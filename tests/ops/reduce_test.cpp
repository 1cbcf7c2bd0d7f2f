#include "ops/reduce.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/library_check.hpp"
#include "common/values.hpp"
#include "ops/evaluate.hpp"

namespace mote {
namespace {

using test::bytes_of;
using test::GraphBuilder;
using test::quantized;
using test::values_of;

/// The operator on a 2x3 tensor along the last axis.
template <typename T, typename Out = T>
std::vector<Out> along_rows(std::string_view op, const std::vector<T>& values, const Attributes& attributes = {}) {
  GraphBuilder build;
  const TensorId x = build.input({2, 3}, {}, type_of<T>());
  build.output(build.node(op, {x, build.integers({-1})}, attributes, {}, type_of<Out>()));
  return values_of<Out>(Evaluator(build.finish()).run({bytes_of(values)})[0]);
}

template <typename T>
void check_reductions() {
  const std::vector<T> values{3, 1, 2, -4, 5, -6};
  EXPECT_EQ(along_rows<T>("sum", values), (std::vector<T>{6, -5}));
  EXPECT_EQ(along_rows<T>("reduce_max", values), (std::vector<T>{3, 5}));
  EXPECT_EQ(along_rows<T>("reduce_min", values), (std::vector<T>{1, -6}));
  EXPECT_EQ(along_rows<T>("reduce_prod", values), (std::vector<T>{6, 120}));
  EXPECT_EQ(along_rows<T>("cumsum", values), (std::vector<T>{3, 4, 6, -4, 1, -5}));
  EXPECT_EQ(along_rows<T>("cumsum", values, {{"exclusive", true}}), (std::vector<T>{0, 3, 4, 0, -4, 1}));
  EXPECT_EQ(along_rows<T>("cumsum", values, {{"reverse", true}}), (std::vector<T>{6, 3, 2, -5, -1, -6}));
  EXPECT_EQ((along_rows<T, std::int64_t>("arg_max", values)), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ((along_rows<T, std::int32_t>("arg_min", values)), (std::vector<std::int32_t>{1, 2}));
}

TEST(Reduce, NumbersOfEveryTypeMeetAlongAnAxis) {
  check_reductions<float>();
  check_reductions<std::int32_t>();
  check_reductions<std::int64_t>();
}

TEST(Reduce, OfEqualValuesTheFirstIsTheLargest) {
  EXPECT_EQ((along_rows<std::int32_t, std::int32_t>("arg_max", {5, 5, 1, 1, 5, 5})), (std::vector<std::int32_t>{0, 1}));
}

TEST(Reduce, LargestKeepsItsQuantization) {
  EXPECT_TRUE(test::contains(test::error_of([] {
                               GraphBuilder build;
                               const TensorId x = build.input({2, 3}, quantized(0.5F));
                               build.output(build.node("reduce_max", {x, build.integers({1})}, {}, quantized(0.25F)));
                               build.finish();
                             }),
                             "differ in scale"));
}

TEST(Reduce, LibraryEqualsReference) {
  GraphBuilder build;
  for (const DataType type : {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64}) {
    const bool scaled = type == DataType::kInt8 || type == DataType::kInt16;
    const Quantization q = scaled ? quantized(0.05F, type == DataType::kInt8 ? 9 : 0) : Quantization{};
    const TensorId x = build.input({2, 3, 4, 5}, q, type);
    for (const std::vector<std::int32_t>& axes : {std::vector<std::int32_t>{3}, {0, 2}, {1, 2}, {0, 1, 2, 3}}) {
      const TensorId list = build.integers(axes);
      for (const std::string_view op : {"sum", "reduce_max", "reduce_min"}) build.output(build.node(op, {x, list}, {}, q, type));
      if (!scaled) build.output(build.node("reduce_prod", {x, list}, {}, q, type));
      if (scaled || type == DataType::kFloat32) build.output(build.node("mean", {x, list}, {}, q, type));
    }
    for (const std::int32_t axis : {0, 2, 3}) {
      const TensorId at = build.integers({axis});
      build.output(build.node("arg_max", {x, at}, {}, {}, DataType::kInt64));
      build.output(build.node("arg_min", {x, at}, {}, {}, DataType::kInt32));
      if (scaled) continue;
      build.output(build.node("cumsum", {x, at}, {}, q, type));
      build.output(build.node("cumsum", {x, at}, {{"exclusive", true}, {"reverse", true}}, q, type));
    }
  }
  const Graph graph = build.finish();
  test::expect_library_equals_reference(graph, test::random_inputs(graph, 1, 2));
}

}  // namespace
}  // namespace mote
