// Operators that move values, and those that normalize them: what TensorFlow Lite Micro lacks by closed forms, all of them on the
// library.

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

std::vector<float> run(const GraphBuilder& build, const std::vector<float>& in) {
  return values_of<float>(Evaluator(build.finish()).run({bytes_of(in)})[0]);
}

TEST(Moving, TileRepeatsAlongEachAxis) {
  GraphBuilder build;
  const TensorId x = build.input({2, 2}, {}, DataType::kFloat32);
  build.output(build.node("tile", {x, build.integers({2, 3})}, {}, {}, DataType::kFloat32));
  EXPECT_EQ(run(build, {1, 2, 3, 4}),
            (std::vector<float>{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}));
}

TEST(Moving, OneHotPointsNowhereWhenOutOfRange) {
  for (const std::int32_t axis : {-1, 0}) {
    GraphBuilder build;
    const TensorId x = build.input({3}, {}, DataType::kInt64);
    const TensorId on = build.constant<float>({}, {5.0F});
    const TensorId off = build.constant<float>({}, {1.0F});
    build.output(build.node("one_hot", {x, build.integers({2}), on, off}, {{"axis", axis}}, {}, DataType::kFloat32));
    const Bytes out = Evaluator(build.finish()).run({bytes_of<std::int64_t>({1, 0, -1})})[0];
    EXPECT_EQ(values_of<float>(out), axis == 0 ? (std::vector<float>{1, 5, 1, 5, 1, 1}) : (std::vector<float>{1, 5, 5, 1, 1, 1}));
  }
}

TEST(Moving, RangeCountsInSteps) {
  GraphBuilder build;
  const auto number = [&](float value) { return build.constant<float>({}, {value}); };
  build.output(build.node("range", {number(2.0F), number(-1.5F), number(-1.0F)}, {}, {}, DataType::kFloat32));
  EXPECT_EQ(values_of<float>(Evaluator(build.finish()).run({})[0]), (std::vector<float>{2, 1, 0, -1}));
}

TEST(Moving, LayerNormalizationHasMeanAndVarianceOfItsParameters) {
  GraphBuilder build;
  const TensorId x = build.input({2, 4}, {}, DataType::kFloat32);
  const TensorId scale = build.constant<float>({4}, {1, 1, 1, 2});
  const TensorId bias = build.constant<float>({4}, {0, 0, 0, 10});
  build.output(build.node("layer_normalization", {x, scale, bias}, {{"epsilon", 0.0F}}, {}, DataType::kFloat32));
  const auto out = run(build, {1, 3, 1, 3, 5, 5, 9, 1});
  const float wide = std::sqrt(8.0F);
  const std::vector<float> expected{-1, 1, -1, 12, 0, 0, 4 / wide, 10 - 8 / wide};
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], expected[i], 1e-5) << i;
}

TEST(Moving, InstanceNormalizationGoesByChannel) {
  GraphBuilder build;
  const TensorId x = build.input({1, 1, 2, 2}, {}, DataType::kFloat32);
  const TensorId scale = build.constant<float>({2}, {1, 3});
  build.output(build.node("instance_normalization", {x, scale, kNoTensor}, {{"epsilon", 0.0F}}, {}, DataType::kFloat32));
  const auto out = run(build, {1, 10, 3, 30});
  const std::vector<float> expected{-1, -3, 1, 3};
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], expected[i], 1e-5) << i;
}

TEST(Moving, BordersOfBlocksAreRealZero) {
  GraphBuilder build;
  const TensorId x = build.input({1, 1, 2, 1}, quantized(0.5F, 7));
  const TensorId borders = build.constant<std::int32_t>({2, 2}, {0, 0, 1, 1});
  build.output(build.node("space_to_batch_nd", {x, build.integers({1, 2}), borders}, {}, quantized(0.5F, 7)));
  EXPECT_EQ(Evaluator(build.finish()).run({bytes_of<std::int8_t>({1, 2})})[0], bytes_of<std::int8_t>({7, 2, 1, 7}));
}

TEST(Moving, WhatDoesNotFitIsRefused) {
  const auto refusal = [](std::string_view op, Shape shape, std::vector<std::vector<std::int32_t>> lists,
                          const Attributes& attributes = {}) {
    return test::error_of([&] {
      GraphBuilder build;
      std::vector<TensorId> inputs{build.input(std::move(shape))};
      for (const auto& list : lists) {
        inputs.push_back(list.size() == 4 ? build.constant<std::int32_t>({2, 2}, list) : build.integers(list));
      }
      build.output(build.node(op, inputs, attributes));
      build.finish();
    });
  };
  EXPECT_TRUE(test::contains(refusal("tile", {2, 2}, {{2}}), "1 repeats for 2 dimensions"));
  EXPECT_TRUE(test::contains(refusal("tile", {2, 2}, {{2, 0}}), "0 repeats"));
  EXPECT_TRUE(test::contains(refusal("broadcast_to", {2, 3}, {{2, 4}}), "broadcast"));
  EXPECT_TRUE(test::contains(refusal("reverse_v2", {2, 3}, {{0, 0}}), "listed twice"));
  EXPECT_TRUE(test::contains(refusal("space_to_depth", {1, 3, 4, 1}, {}, {{"block_size", 2}}), "cannot be cut"));
  EXPECT_TRUE(test::contains(refusal("depth_to_space", {1, 3, 4, 3}, {}, {{"block_size", 2}}), "do not fill"));
  EXPECT_TRUE(test::contains(refusal("space_to_batch_nd", {1, 3, 4, 3}, {{2, 2}, {0, 0, 0, 0}}), "do not fit"));
  EXPECT_TRUE(test::contains(refusal("batch_to_space_nd", {3, 3, 4, 3}, {{2, 2}, {0, 0, 0, 0}}), "does not hold"));
  EXPECT_TRUE(test::contains(refusal("mirror_pad", {2, 3}, {{1, 0, 0, 3}}), "larger than the 2 values"));
}

TEST(Moving, LibraryEqualsReference) {
  GraphBuilder build;
  for (const DataType type : {DataType::kFloat32, DataType::kInt8, DataType::kInt16}) {
    const bool scaled = type != DataType::kFloat32;
    const Quantization q = scaled ? quantized(0.05F, type == DataType::kInt8 ? 9 : 0) : Quantization{};
    const auto add = [&](std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {}) {
      build.output(build.node(op, std::move(inputs), attributes, q, type));
    };
    const TensorId x = build.input({2, 4, 6, 4}, q, type);
    const TensorId slopes = build.input({4}, q, type);
    const TensorId indices = build.input({3, 2}, {}, DataType::kInt64);
    const auto borders = [&] { return build.constant<std::int32_t>({2, 2}, {1, 1, 0, 2}); };
    add("tile", {x, build.integers({1, 2, 1, 1})});
    add("broadcast_to", {slopes, build.integers({3, 2, 4})});
    add("reverse_v2", {x, build.integers({1, 3})});
    add("space_to_depth", {x}, {{"block_size", 2}});
    add("depth_to_space", {x}, {{"block_size", 2}});
    add("space_to_batch_nd", {x, build.integers({2, 2}), borders()});
    add("mirror_pad", {x, build.constant<std::int32_t>({4, 2}, {0, 0, 2, 1, 1, 2, 0, 0})});
    add("mirror_pad", {x, build.constant<std::int32_t>({4, 2}, {0, 0, 2, 1, 1, 2, 0, 0})}, {{"symmetric", true}});
    add("gather_nd", {x, indices});
    add("zeros_like", {x});
    add("prelu", {x, slopes});
    if (type != DataType::kInt16) {
      build.output(build.node("l2_normalization", {x}, {}, scaled ? quantized(1.0F / 128.0F) : q, type));
    }
    const TensorId y = build.input({4, 5}, q, type);
    add("batch_matmul", {x, y});
    add("batch_matmul", {build.input({3, 5, 2}, q, type), build.input({1, 6, 5}, q, type)}, {{"adj_x", true}, {"adj_y", true}});
    const TensorId blocks = build.input({8, 3, 2, 3}, q, type);
    add("batch_to_space_nd", {blocks, build.integers({2, 2}), borders()});
    if (type == DataType::kFloat32) {
      const TensorId scale = build.input({4}, q, type);
      add("layer_normalization", {x, scale, slopes});
      add("layer_normalization", {x, build.input({6, 4}, q, type), kNoTensor}, {{"axis", 2}});
      add("instance_normalization", {x, scale, slopes});
      add("one_hot", {indices, build.integers({3}), build.constant<float>({}, {2.0F}), build.constant<float>({}, {-1.0F})},
          {{"axis", 1}});
      add("fill", {build.integers({2, 3}), build.input({}, q, type)});
    }
  }
  const Graph graph = build.finish();
  test::expect_library_equals_reference(graph, test::random_inputs(graph, 1, 2));
}

}  // namespace
}  // namespace mote
