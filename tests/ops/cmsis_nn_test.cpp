#include "ops/cmsis_nn.hpp"

#include <gtest/gtest.h>

#include "codegen/generate.hpp"
#include "common/graph_builder.hpp"
#include "select/plan.hpp"

namespace mote::test {
namespace {

struct Layer {
  std::string op = "conv_2d";
  Shape in{1, 8, 8, 4}, weights{6, 3, 3, 4};
  Attributes attributes = {};
  std::int32_t bias = 0;

  Plan plan(std::string_view target, KernelLibrary kernels = KernelLibrary::kCmsisNn) const {
    GraphBuilder builder;
    const TensorId x = builder.input(in, quantized(0.5F, 3));
    std::vector<std::int8_t> values(static_cast<std::size_t>(element_count(weights)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(i % 251 - 125);
    const TensorId w = builder.constant(weights, values, quantized(0.01F));
    const std::int32_t channels = op == "depthwise_conv_2d" ? weights[3] : weights[0];
    const TensorId b = builder.constant(Shape{channels}, std::vector<std::int32_t>(static_cast<std::size_t>(channels), bias));
    builder.output(builder.node(op, {x, w, b}, attributes, quantized(1.0F)));
    SelectionOptions options;
    options.kernels = kernels;
    return make_plan(builder.finish(), find_target(target), options);
  }
  Step step(std::string_view target) const { return plan(target).steps.at(0); }
};

const Attributes kSame{{"padding", Padding{Padding::Kind::kSame}}};

Attributes padded(std::int32_t top, std::int32_t bottom, std::int32_t left, std::int32_t right) {
  return {{"padding", Padding{Padding::Kind::kGiven, top, bottom, left, right}}};
}

TEST(CmsisNn, RunsOnlyWhenAskedFor) {
  EXPECT_EQ(Layer().plan("cortex-m4", KernelLibrary::kMote).steps[0].implementation.find("cmsis_nn"), std::string::npos);
  EXPECT_EQ(Layer().step("cortex-m4").implementation, "conv_2d.cmsis_nn");
}

TEST(CmsisNn, ScratchIsWhatTheCoresPathUses) {
  EXPECT_EQ(Layer().step("cortex-m4").call.scratch_bytes, 2 * 36 * 2);  // two columns of int16
  EXPECT_EQ(Layer().step("cortex-m0plus").call.scratch_bytes, 2 * 36 * 2);
  EXPECT_EQ(Layer().step("cortex-m55").call.scratch_bytes, 4 * 40);  // four columns of bytes, whole eights
  EXPECT_EQ((Layer{.weights = {6, 1, 1, 4}}).step("cortex-m4").call.scratch_bytes, 0);
  const Layer depthwise{.op = "depthwise_conv_2d", .weights = {1, 5, 5, 4}, .attributes = kSame};
  EXPECT_EQ(depthwise.step("cortex-m4").call.scratch_bytes, 5 * 5 * 4 * 2);
  EXPECT_EQ(depthwise.step("cortex-m55").call.scratch_bytes, 4 * 124 * 5 * 5);
  EXPECT_EQ(depthwise.step("cortex-m3").call.scratch_bytes, 0);
  EXPECT_EQ((Layer{.op = "depthwise_conv_2d", .weights = {1, 3, 3, 4}, .attributes = kSame}).step("cortex-m4").call.scratch_bytes,
            0);
}

TEST(CmsisNn, OneInputChannelIsAConvolution) {
  const Step step = (Layer{.op = "depthwise_conv_2d", .in = {1, 8, 8, 1}, .weights = {1, 2, 2, 3}}).step("cortex-m4");
  EXPECT_EQ(step.call.function, "cmsis_conv_2d_by_rows");
  // [tap][channel] counts up from -125; channel 1 has -124, -121, -118, -115.
  EXPECT_EQ(static_cast<std::int8_t>(step.call.constants[0].bytes[4]), -124);
  EXPECT_EQ(static_cast<std::int8_t>(step.call.constants[0].bytes[7]), -115);
}

TEST(CmsisNn, OnePixelIsLeftToTheLibraryWhole) {
  EXPECT_EQ((Layer{.in = {1, 3, 3, 4}}).step("cortex-m4").call.function, "cmsis_conv_2d");
  EXPECT_EQ((Layer{.in = {1, 3, 4, 4}}).step("cortex-m4").call.function, "cmsis_conv_2d_by_rows");
  EXPECT_EQ((Layer{.in = {1, 3, 4, 4}}).step("cortex-m55").call.function, "cmsis_conv_2d");
}

TEST(CmsisNn, WindowsWhollyInTheBorderKeepMotesKernel) {
  EXPECT_EQ((Layer{.attributes = padded(2, 2, 2, 2)}).step("cortex-m4").implementation, "conv_2d.cmsis_nn");
  EXPECT_EQ((Layer{.attributes = padded(3, 0, 0, 0)}).step("cortex-m4").implementation.find("cmsis_nn"), std::string::npos);
  EXPECT_EQ((Layer{.attributes = padded(0, 0, 0, 3)}).step("cortex-m55").implementation.find("cmsis_nn"), std::string::npos);
}

// Its 3x3 kernel takes for granted that the middle column lies inside.
TEST(CmsisNn, A3x3DepthwiseWindowThatHangsOverByTwoKeepsMotesKernel) {
  const auto layer = [](Attributes attributes) {
    return Layer{.op = "depthwise_conv_2d", .weights = {1, 3, 3, 4}, .attributes = std::move(attributes)};
  };
  EXPECT_EQ(layer(padded(1, 1, 1, 1)).step("cortex-m4").implementation, "depthwise_conv_2d.cmsis_nn");
  EXPECT_EQ(layer(padded(1, 1, 1, 2)).step("cortex-m4").implementation.find("cmsis_nn"), std::string::npos);
  EXPECT_EQ(layer(padded(1, 1, 1, 2)).step("cortex-m55").implementation, "depthwise_conv_2d.cmsis_nn");
}

TEST(CmsisNn, SumsThatMightOverflowKeepMotesKernel) {
  EXPECT_EQ((Layer{.bias = 1 << 29}).step("cortex-m4").implementation, "conv_2d.cmsis_nn");
  EXPECT_EQ((Layer{.bias = (1 << 30) - 1}).step("cortex-m4").implementation.find("cmsis_nn"), std::string::npos);
  EXPECT_EQ((Layer{.bias = INT32_MIN}).step("cortex-m4").implementation.find("cmsis_nn"), std::string::npos);
}

TEST(CmsisNn, TheGeneratedLibraryNamesTheFilesItNeeds) {
  const FileSet files = generate_library((Layer{.weights = {6, 1, 1, 4}}).plan("cortex-m4"), "pointwise");
  EXPECT_NE(files.at("pointwise.cpp").find("//   NNSupportFunctions/arm_nn_mat_mult_nt_t_s8.c"), std::string::npos);
  EXPECT_NE(files.at("CMakeLists.txt").find("${MOTE_CMSIS_NN_DIR}/Source/NNSupportFunctions/arm_nn_mat_mult_nt_t_s8.c"),
            std::string::npos);
  EXPECT_TRUE(files.contains("mote/cmsis_nn.hpp"));
  const FileSet own = generate_library(Layer().plan("cortex-m4", KernelLibrary::kMote), "own");
  EXPECT_EQ(own.at("own.cpp").find("CMSIS"), std::string::npos);
  EXPECT_EQ(own.at("CMakeLists.txt").find("CMSIS"), std::string::npos);
}

}  // namespace
}  // namespace mote::test
