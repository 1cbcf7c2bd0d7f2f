// Custom operators with FlexBuffers, and variables: what is damaged or not supported is refused with its reason.

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"
#include "export/tflite.hpp"
#include "graph/print.hpp"
#include "import/model_builder.hpp"
#include "import/try_model.hpp"
#include "ops/flex_map.hpp"

namespace mote::test {
namespace {

std::vector<std::uint8_t> transform(const std::vector<std::uint8_t>& options, std::int32_t length = 16) {
  ModelBuilder builder;
  ModelBuilder::TensorOptions plain;
  plain.quantization = {{}, {}, 0};
  builder.tensor({length}, tflite::TensorType_INT16, plain);
  builder.tensor({length + 2}, tflite::TensorType_INT16, plain);
  builder.custom_op("SignalRfft", {0}, {1}, options);
  return builder.finish({0}, {1});
}

std::vector<std::uint8_t> length_option(std::int64_t length) {
  return write_flex_map({{"T", std::int64_t{tflite::TensorType_INT16}}, {"fft_length", length}});
}

TEST(CustomOptions, AreReadByName) {
  EXPECT_EQ(try_model(transform(length_option(16))), "");
  const Graph graph = import_tflite(transform(length_option(16)), "g");
  EXPECT_NE(print_graph(graph).find("fft_length=16"), std::string::npos);
  EXPECT_EQ(print_graph(import_tflite(write_tflite(graph), "g")), print_graph(graph));
}

TEST(CustomOptions, AreRefusedWithTheirName) {
  EXPECT_TRUE(contains(try_model(transform({})), "the options of the custom operator are missing"));
  EXPECT_TRUE(contains(try_model(transform({1, 2, 3, 4, 5})), "its options are no FlexBuffers map"));
  EXPECT_TRUE(contains(try_model(transform(write_flex_map({{"T", std::int64_t{7}}}))), "the option 'fft_length' is missing, or no number"));
  EXPECT_TRUE(contains(try_model(transform(write_flex_map({{"fft_length", 16.0}}))), "'fft_length' is not an integer of 32 bits"));
  EXPECT_TRUE(contains(try_model(transform(length_option(14), 14)), "a transform of length 14 is not supported"));
}

TEST(CustomOptions, DamagedAnywhereTheyAreRefusedOrStillSound) {
  const std::vector<std::uint8_t> sound = length_option(16);
  Random random(5);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint8_t> damaged = sound;
    for (std::uint32_t i = 0; i < 1 + random.below(3); ++i)
      damaged[random.below(static_cast<std::uint32_t>(damaged.size()))] = static_cast<std::uint8_t>(random.bits());
    ASSERT_NO_THROW(try_model(transform(damaged))) << round;
  }
}

/// A variable of 4 values that an input is added to.
struct WithVariable {
  std::int32_t initialization = 1;
  bool handle = true, once = true;

  std::vector<std::uint8_t> bytes() const {
    ModelBuilder builder;
    builder.tensor({1, 4});
    builder.tensor({}, tflite::TensorType_RESOURCE);
    builder.tensor({1, 4});
    builder.tensor({1, 4});
    auto& flat = builder.flat();
    if (once)
      builder.op(tflite::BuiltinOperator_CALL_ONCE, {}, {}, tflite::BuiltinOptions_CallOnceOptions, tflite::CreateCallOnceOptions(flat, initialization).Union());
    if (handle)
      builder.op(tflite::BuiltinOperator_VAR_HANDLE, {}, {1}, tflite::BuiltinOptions_VarHandleOptions,
                 tflite::CreateVarHandleOptionsDirect(flat, "", "sum").Union());
    builder.op(tflite::BuiltinOperator_READ_VARIABLE, {1}, {2});
    builder.op(tflite::BuiltinOperator_ADD, {2, 0}, {3});
    builder.op(tflite::BuiltinOperator_ASSIGN_VARIABLE, {1, 3}, {});
    return builder.finish({0}, {3});
  }
};

TEST(Variables, KeepTheirValueFromRunToRun) {
  const Graph graph = import_tflite(WithVariable{.once = false}.bytes(), "g");
  Evaluator evaluator(graph);
  const std::vector<Bytes> ones{{1, 1, 1, 1}};
  EXPECT_EQ(evaluator.run(ones)[0], (Bytes{1, 1, 1, 1}));
  EXPECT_EQ(evaluator.run(ones)[0], (Bytes{2, 2, 2, 2}));
  evaluator.reset();
  EXPECT_EQ(evaluator.run(ones)[0], (Bytes{1, 1, 1, 1}));
}

TEST(Variables, AreWrittenAsTheyWereRead) {
  const Graph graph = import_tflite(WithVariable{.once = false}.bytes(), "g");
  EXPECT_EQ(print_graph(import_tflite(write_tflite(graph), "g")), print_graph(graph));
}

TEST(Variables, AreRefusedWhenDamaged) {
  EXPECT_TRUE(contains(try_model(WithVariable{.initialization = 7}.bytes()), "CALL_ONCE runs subgraph 7, the model has 1"));
  EXPECT_TRUE(contains(try_model(WithVariable{.handle = false, .once = false}.bytes()), "a variable is used that no VAR_HANDLE before it names"));
}

}  // namespace
}  // namespace mote::test
