#include "passes/fold_padding.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "graph/print.hpp"

namespace mote::test {
namespace {

TEST(FoldPadding, APaddedConvolutionPadsItself) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 int8 1x4x4x1 "in" scale=[0.5] zero_point=[3]
tensor %1 int32 4x2 "paddings" constant=0000000000000000010000000200000003000000040000000000000000000000
tensor %2 int8 1x7x11x1 "padded" scale=[0.5] zero_point=[3]
tensor %3 int8 1x3x3x1 "weights" scale=[0.1] zero_point=[0] constant=010203040506070809
tensor %4 int8 1x5x9x1 "out" scale=[1] zero_point=[0]
inputs (%0)
node pad "pad" (%0 %1) -> (%2)
node conv_2d "conv" (%2 %3 -) -> (%4) padding=valid stride_h=1 stride_w=1 dilation_h=1 dilation_w=1 activation=none
outputs (%4)
)");
  EXPECT_TRUE(fold_padding(graph));
  prune(graph);
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 int8 1x4x4x1 "in" scale=[0.5] zero_point=[3]
tensor %1 int8 1x3x3x1 "weights" scale=[0.1] zero_point=[0] constant=010203040506070809
tensor %2 int8 1x5x9x1 "out" scale=[1] zero_point=[0]
inputs (%0)
node conv_2d "conv" (%0 %1 -) -> (%2) padding=1,3,2,4 stride_h=1 stride_w=1 dilation_h=1 dilation_w=1 activation=none
outputs (%2)
)");
  EXPECT_NO_THROW(verify(graph));
}

/// in 1x4x4x2 -> pad by `amounts` -> `op` -> out; `change` may add to it.
struct Padded {
  std::vector<std::int32_t> amounts{0, 0, 1, 1, 1, 1, 0, 0};
  Padding padding = {};
  Quantization quantization = quantized(0.5F);
  bool padded_is_output = false;
  bool read_twice = false;
  std::string op = "conv_2d";

  Graph graph() const {
    GraphBuilder builder;
    const TensorId in = builder.input({1, 4, 4, 2}, quantized(0.5F));
    const TensorId padded = builder.node("pad", {in, builder.constant<std::int32_t>({4, 2}, amounts)}, {}, quantization);
    const std::int32_t channels = builder.tensor(padded).shape[3];
    const auto count = static_cast<std::size_t>(9 * channels);
    const TensorId weights = builder.constant<std::int8_t>({1, 3, 3, channels}, std::vector<std::int8_t>(count, 1), quantized(0.1F));
    builder.output(builder.node(op, {padded, weights, kNoTensor}, {{"padding", padding}}));
    if (padded_is_output) builder.output(padded);
    if (read_twice) builder.output(builder.node("relu", {padded}, {}, quantization));
    return builder.finish();
  }
};

bool folds(const Padded& padded) {
  Graph graph = padded.graph();
  const bool changed = fold_padding(graph);
  prune(graph);
  verify(graph);
  return changed;
}

TEST(FoldPadding, ConvolutionsOfBothKinds) {
  EXPECT_TRUE(folds({}));
  EXPECT_TRUE(folds({.op = "depthwise_conv_2d"}));
}

TEST(FoldPadding, NotOfChannels) { EXPECT_FALSE(folds({.amounts = {0, 0, 1, 1, 1, 1, 0, 1}})); }
TEST(FoldPadding, NotOfTheBatch) { EXPECT_FALSE(folds({.amounts = {0, 1, 1, 1, 1, 1, 0, 0}})); }
TEST(FoldPadding, NotWhenTheConvolutionPadsToo) { EXPECT_FALSE(folds({.padding = {Padding::Kind::kSame}})); }
TEST(FoldPadding, NotWhenThePadRescales) { EXPECT_FALSE(folds({.quantization = quantized(0.25F)})); }
TEST(FoldPadding, NotWhenThePaddedTensorIsAnOutput) { EXPECT_FALSE(folds({.padded_is_output = true})); }
TEST(FoldPadding, NotWhenSomethingElseReadsThePaddedTensor) { EXPECT_FALSE(folds({.read_twice = true})); }

}  // namespace
}  // namespace mote::test
