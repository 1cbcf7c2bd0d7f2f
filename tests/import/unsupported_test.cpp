#include <gtest/gtest.h>

#include "import/model_builder.hpp"
#include "import/tflite.hpp"

namespace mote::test {
namespace {

UnsupportedModel refusal(const std::vector<std::uint8_t>& bytes) {
  try {
    import_tflite(bytes, "test");
  } catch (const UnsupportedModel& error) {
    return error;
  }
  ADD_FAILURE() << "the model was taken";
  return {{}, {}};
}

using Reasons = std::vector<std::string>;

TEST(UnsupportedModel, EveryOperatorIsNamedAtOnceWithItsCount) {
  ModelBuilder builder;
  for (int i = 0; i < 6; ++i) builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_WHILE, {0}, {1});
  builder.op(tflite::BuiltinOperator_RELU, {1}, {2});
  builder.op(tflite::BuiltinOperator_STABLEHLO_SCATTER, {2}, {3});
  builder.custom_op("ethos-u", {3}, {4});
  builder.op(tflite::BuiltinOperator_WHILE, {4}, {5});
  const UnsupportedModel error = refusal(builder.finish({0}, {5}));
  EXPECT_EQ(error.reasons(), (Reasons{"operator WHILE (2 times)", "operator STABLEHLO_SCATTER", "operator CUSTOM 'ethos-u'"}));
  EXPECT_STREQ(error.what(),
               "not supported:\n  - operator WHILE (2 times)\n  - operator STABLEHLO_SCATTER\n  - operator CUSTOM 'ethos-u'\n"
               "  `mote operators` lists what is supported");
}

TEST(UnsupportedModel, TheFilesOperatorsAreListed) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.tensor({1, 4});
  builder.tensor({2, 2}, tflite::TensorType_FLOAT32);
  builder.op(tflite::BuiltinOperator_RELU, {0}, {1});
  builder.op(tflite::BuiltinOperator_WHILE, {1}, {2});
  const UnsupportedModel error = refusal(builder.finish({0}, {2}));
  ASSERT_EQ(error.operators().size(), 2U);
  EXPECT_EQ(error.operators()[0].name, "RELU");
  EXPECT_EQ(error.operators()[1].name, "WHILE");
  EXPECT_EQ(error.operators()[1].type, "FLOAT32");
  EXPECT_EQ(error.operators()[1].shape, (Shape{2, 2}));
}

TEST(UnsupportedModel, OperatorsAndTypesTogether) {
  ModelBuilder builder;
  builder.tensor({1, 4}, tflite::TensorType_FLOAT16);
  builder.tensor({1, 4}, tflite::TensorType_STRING);
  builder.op(tflite::BuiltinOperator_WHILE, {0}, {1});
  EXPECT_EQ(refusal(builder.finish({0}, {1})).reasons(), (Reasons{"type FLOAT16, as in tensor 't0'", "type STRING, as in tensor 't1'", "operator WHILE"}));
}

TEST(UnsupportedModel, EveryNodeThatItsOperatorRefuses) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.tensor({1, 4}, tflite::TensorType_INT32);
  builder.tensor({1, 4});
  builder.tensor({1, 5});
  builder.op(tflite::BuiltinOperator_RELU, {1}, {2});
  builder.op(tflite::BuiltinOperator_ADD, {0, 3}, {3});
  const Reasons reasons = refusal(builder.finish({0, 1}, {2, 3})).reasons();
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_TRUE(reasons[0].starts_with("relu ('relu_0'): tensor 't1' is int32; supported:")) << reasons[0];
  EXPECT_TRUE(reasons[1].starts_with("add ('add_1'): shapes 1x4 and 1x5 cannot be broadcast together")) << reasons[1];
}

TEST(UnsupportedModel, OptionsThatAreNotUnderstood) {
  ModelBuilder builder;
  builder.tensor({1, 4, 4, 1});
  builder.tensor({1, 4, 4, 1});
  const auto options = tflite::CreatePool2DOptions(builder.flat(), static_cast<tflite::Padding>(9), 1, 1, 1, 1).Union();
  builder.op(tflite::BuiltinOperator_MAX_POOL_2D, {0}, {1}, tflite::BuiltinOptions_Pool2DOptions, options);
  EXPECT_EQ(refusal(builder.finish({0}, {1})).reasons(), (Reasons{"MAX_POOL_2D ('max_pool_2d_0'): padding 9 is unknown"}));
}

TEST(UnsupportedModel, ManyReasonsAreCut) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  for (int i = 0; i < 25; ++i) {
    builder.tensor({1, 4});
    builder.custom_op("op" + std::to_string(i), {i}, {i + 1});
  }
  const UnsupportedModel error = refusal(builder.finish({0}, {25}));
  EXPECT_EQ(error.reasons().size(), 25U);
  EXPECT_NE(std::string(error.what()).find("\n  - and 5 more\n"), std::string::npos);
}

// The list of operators is absent from the file, which is not the same as empty.
TEST(UnsupportedModel, WithoutOperators) {
  ModelBuilder builder;
  builder.tensor({1, 4}, tflite::TensorType_FLOAT16);
  builder.without_operators = true;
  EXPECT_EQ(refusal(builder.finish({0}, {0})).reasons(), (Reasons{"type FLOAT16, as in tensor 't0'"}));
}

}  // namespace
}  // namespace mote::test
