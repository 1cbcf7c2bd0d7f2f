#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "import/model_builder.hpp"
#include "import/try_model.hpp"

namespace mote::test {
namespace {

constexpr auto kInt8 = tflite::TensorType_INT8;

/// in -> relu -> out, for tests that change one thing.
struct Relu {
  ModelBuilder builder;
  std::vector<std::int32_t> shape{1, 4};
  ModelBuilder::TensorOptions in;
  std::vector<std::int32_t> inputs{0}, outputs{1}, op_inputs{0}, op_outputs{1};

  std::string outcome() {
    builder.tensor(shape, kInt8, in);
    builder.tensor(shape);
    builder.op(tflite::BuiltinOperator_RELU, op_inputs, op_outputs);
    return try_model(builder.finish(inputs, outputs));
  }
};

TEST(RefusedModel, TheUnchangedOneIsTaken) { EXPECT_EQ(Relu().outcome(), ""); }

TEST(RefusedModel, OldSchema) {
  Relu model;
  model.builder.version = 2;
  EXPECT_EQ(model.outcome(), "schema version 2 is not supported, 3 is");
}

TEST(RefusedModel, WithoutSubgraph) {
  Relu model;
  model.builder.subgraph_count = 0;
  EXPECT_EQ(model.outcome(), "damaged: the model has no subgraph");
}

TEST(RefusedModel, WithoutOutputs) {
  Relu model;
  model.outputs = {};
  EXPECT_EQ(model.outcome(), "damaged: the model has no outputs");
}

TEST(RefusedModel, TensorIndices) {
  for (const std::int32_t bad : {2, -2, INT32_MAX, INT32_MIN}) {
    Relu inputs;
    inputs.op_inputs = {bad};
    EXPECT_EQ(inputs.outcome(), fmt::format("operator 0: damaged: inputs refer to tensor {}, the model has 2", bad));
    Relu outputs;
    outputs.op_outputs = {bad};
    EXPECT_EQ(outputs.outcome(), fmt::format("operator 0: damaged: outputs refer to tensor {}, the model has 2", bad));
    Relu model_inputs;
    model_inputs.inputs = {bad};
    EXPECT_EQ(model_inputs.outcome(), fmt::format("damaged: the model's inputs refer to tensor {}, the model has 2", bad));
  }
  Relu absent;
  absent.outputs = {-1};
  EXPECT_TRUE(contains(absent.outcome(), "the model's outputs refer to tensor -1"));
}

TEST(RefusedModel, AnInputThatIsListedTwice) {
  Relu model;
  model.inputs = {0, 0};
  EXPECT_EQ(model.outcome(), "damaged: input 't0' is listed twice");
}

TEST(RefusedModel, AnInputThatIsAVariable) {
  Relu model;
  model.in.variable = true;
  EXPECT_EQ(model.outcome(), "damaged: input 't0' is a variable");
}

TEST(RefusedModel, AnInputThatIsAConstant) {
  ModelBuilder builder;
  builder.constant({1, 4}, kInt8, {1, 2, 3, 4});
  builder.tensor({1, 4});
  builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_ADD, {0, 1}, {2});
  EXPECT_EQ(try_model(builder.finish({0, 1}, {2})), "input 't0' is a constant");
}

TEST(RefusedModel, AResultNobodyMakes) {
  Relu model;
  model.inputs = {};
  EXPECT_TRUE(contains(model.outcome(), "operator 0 (relu 'relu_0'): tensor 't0' is used before anything has made it"));
}

TEST(RefusedModel, AnOutputThatIsAConstant) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.constant({1, 4}, kInt8, {1, 2, 3, 4});
  EXPECT_EQ(try_model(builder.finish({0}, {1})), "output 't1' is a constant");
}

TEST(RefusedModel, UnknownExtents) {
  Relu model;
  model.shape = {1, -1, 4};
  EXPECT_EQ(model.outcome(), "input 't0' has the shape 1x-1x4; every extent must be known\n  export the model with a fixed input shape");
}

TEST(RefusedModel, NegativeExtents) {
  Relu model;
  model.shape = {1, -7};
  EXPECT_EQ(model.outcome(), "tensor 0 ('t0'): damaged: extent -7 along axis 1");
}

TEST(RefusedModel, TooManyElements) {
  Relu model;
  model.shape = {1 << 16, 1 << 16};
  EXPECT_EQ(model.outcome(), "tensor 0 ('t0'): shape 65536x65536 has too many elements");
}

TEST(RefusedModel, Scales) {
  for (const float bad : {0.0F, -1.0F, INFINITY, NAN}) {
    Relu model;
    model.in.quantization.scales = {bad};
    EXPECT_TRUE(contains(model.outcome(), "tensor 0 ('t0'): scale")) << bad;
  }
  Relu counts;
  counts.in.quantization = {{1, 2, 3, 4}, {0, 0}, 1};
  EXPECT_EQ(counts.outcome(), "tensor 0 ('t0'): 4 scales but 2 zero points");
  Relu axis;
  axis.in.quantization = {{1, 2}, {0, 0}, 1};
  EXPECT_EQ(axis.outcome(), "tensor 0 ('t0'): 2 scales along axis 1 of 1x4");
  Relu huge;
  huge.in.quantization = {{1}, {std::int64_t{1} << 40}, 0};
  EXPECT_EQ(huge.outcome(), "tensor 0 ('t0'): zero point 1099511627776 is out of range");
}

TEST(RefusedModel, ConstantsOfTheWrongLength) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.constant({1, 4}, kInt8, {1, 2, 3});
  builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_ADD, {0, 1}, {2});
  EXPECT_EQ(try_model(builder.finish({0}, {2})), "tensor 1 ('t1'): damaged: int8 1x4 with 3 bytes of data");
}

TEST(RefusedModel, AVariableWithData) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.tensor({1, 4}, kInt8, {.variable = true}, {1, 2, 3, 4});
  builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_ADD, {0, 1}, {2});
  EXPECT_EQ(try_model(builder.finish({0}, {2})), "tensor 1 ('t1'): damaged: both a variable and a constant");
}

TEST(AcceptedModel, ABatchLeftOpenIsOne) {
  ModelBuilder builder;
  builder.tensor({-1, 4}, kInt8, {.signature = {-1, 4}});
  builder.tensor({1, 4}, kInt8, {.signature = {-1, 4}});
  builder.op(tflite::BuiltinOperator_RELU, {0}, {1});
  const Graph graph = import_tflite(builder.finish({0}, {1}), "open");
  EXPECT_EQ(graph.tensor(graph.inputs[0]).shape, (Shape{1, 4}));
}

TEST(AcceptedModel, WithoutOperators) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.without_operators = true;
  EXPECT_EQ(try_model(builder.finish({0}, {0})), "");
}

TEST(AcceptedModel, WhatIsConstantIsFolded) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.constant({1, 4}, kInt8, {1, 2, 3, 4});
  builder.tensor({1, 4});
  builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_RELU, {1}, {2});
  builder.op(tflite::BuiltinOperator_ADD, {0, 2}, {3});
  const Graph graph = import_tflite(builder.finish({0}, {3}), "folded");
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes[0].op->name(), "add");
}

// An output has a place in the model's memory, so what makes it runs, even on constants.
TEST(AcceptedModel, AnOutputIsNotFolded) {
  ModelBuilder builder;
  builder.tensor({1, 4});
  builder.constant({1, 4}, kInt8, {1, 2, 3, 4});
  builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_RELU, {1}, {2});
  builder.tensor({2}, tflite::TensorType_INT32);
  builder.op(tflite::BuiltinOperator_SHAPE, {0}, {3});
  const Graph graph = import_tflite(builder.finish({0}, {2, 3}), "kept");
  EXPECT_EQ(graph.nodes.size(), 2U);
  const Plan plan = make_plan(graph, find_target("cortex-m4"));
  for (const TensorId id : graph.outputs) EXPECT_NE(plan.memory.tensor_offsets[static_cast<std::size_t>(id)], MemoryPlan::kNowhere);
}

}  // namespace
}  // namespace mote::test
