#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "import/import.hpp"
#include "import/onnx/converters.hpp"
#include "import/onnx/onnx_file.hpp"
#include "ops/define.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"

namespace mote::test {
namespace {

Graph import_file(const std::vector<std::uint8_t>& file, const ImportOptions& options = {}) { return import_model(file, "tested", ".onnx", options); }

/// What the file is refused with.
std::string refusal(const std::vector<std::uint8_t>& file, const ImportOptions& options = {}) {
  try {
    import_file(file, options);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<float> run(const Graph& graph, const std::vector<float>& input) {
  const Bytes bytes(reinterpret_cast<const std::uint8_t*>(input.data()), reinterpret_cast<const std::uint8_t*>(input.data() + input.size()));
  const Bytes out = Evaluator(graph).run({bytes})[0];
  std::vector<float> values(out.size() / 4);
  std::memcpy(values.data(), out.data(), out.size());
  return values;
}

GraphParts one_node(const Message& made, const std::vector<Dim>& dims = {1, 4}) { return {{made}, {}, {value("x", dims)}, {value("y", dims)}}; }

TEST(ImportOnnx, NodesMayStandInAnyOrder) {
  GraphParts parts = one_node(node("Relu", {"b"}, {"y"}));
  parts.nodes.push_back(node("Neg", {"x"}, {"b"}));
  if (make_operator("neg") == nullptr) GTEST_SKIP();
  EXPECT_EQ(run(import_file(onnx_file(parts)), {1, -2, 3, -4}), (std::vector<float>{0, 2, 0, 4}));
}

TEST(ImportOnnx, ValuesThatDependOnThemselvesAreRefused) {
  GraphParts parts = one_node(node("Relu", {"b"}, {"y"}));
  parts.nodes.push_back(node("Relu", {"y"}, {"b"}));
  EXPECT_TRUE(contains(refusal(onnx_file(parts)), "depends on its own result"));
}

TEST(ImportOnnx, ConstantsOfAllWidthsAreNumbers) {
  for (const auto& [type, bytes] : std::vector<std::pair<int, std::string>>{
           {kFloat, raw<float>({0.5F})}, {kDouble, raw<double>({0.5})}, {kFloat16, raw<std::uint16_t>({0x3800})}}) {
    GraphParts parts = one_node(node("Mul", {"x", "c"}, {"y"}));
    parts.constants = {tensor("c", type, {1}, bytes)};
    EXPECT_EQ(run(import_file(onnx_file(parts)), {1, 2, 3, 4}), (std::vector<float>{0.5, 1, 1.5, 2})) << type;
  }
}

TEST(ImportOnnx, AnOpenFirstAxisIsOneAndOthersAreNamed) {
  const auto file = onnx_file(one_node(node("Relu", {"x"}, {"y"}), {"batch", "time", 2}));
  EXPECT_TRUE(contains(refusal(file), "--dim time=N"));
  EXPECT_EQ(import_file(file, {{{"time", 3}}}).tensors[0].shape, (Shape{1, 3, 2}));
  EXPECT_EQ(import_file(file, {{{"time", 3}, {"batch", 5}}}).tensors[0].shape, (Shape{5, 3, 2}));
  EXPECT_EQ(import_file(file, {{{"x:1", 3}}}).tensors[0].shape, (Shape{1, 3, 2}));
  EXPECT_TRUE(contains(refusal(file, {{{"time", 3}, {"height", 5}}}), "--dim height: no input has an open axis of that name"));
}

TEST(ImportOnnx, EverythingThatIsNotSupportedIsReportedAtOnce) {
  GraphParts parts = one_node(node("Relu", {"c"}, {"y"}));
  parts.nodes.push_back(node("NoSuch", {"x"}, {"a"}));
  parts.nodes.push_back(node("Relu", {"a"}, {"b"}, {attribute("strange", 1)}));
  parts.nodes.push_back(node("Other", {"b"}, {"c"}, {}, "there"));
  const std::string text = refusal(onnx_file(parts));
  EXPECT_TRUE(contains(text, "operator NoSuch"));
  EXPECT_TRUE(contains(text, "operator there.Other"));
}

TEST(ImportOnnx, AttributesThatNobodyKnowsAreRefused) {
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("Relu", {"x"}, {"y"}, {attribute("strange", 1)})))), "the attribute 'strange' is not supported"));
}

Message doubling_function() {
  // y = x + x, then what the call's attribute says.
  return Message().bytes(1, "Twice").bytes(4, "x").bytes(5, "y").bytes(6, "slope")
      .message(7, node("Add", {"x", "x"}, {"sum"}))
      .message(7, node("LeakyRelu", {"sum"}, {"y"}, {reference("alpha", "slope", 1)}))
      .bytes(10, "local");
}

TEST(ImportOnnx, FunctionsOfTheModelAreInlined) {
  GraphParts parts = one_node(node("Twice", {"x"}, {"m"}, {Message().bytes(1, "slope").real(2, 0.5F).integer(20, 1)}, "local"));
  parts.nodes.push_back(node("Twice", {"m"}, {"y"}, {}, "local"));
  const auto values = run(import_file(onnx_file(parts, 17, {doubling_function()})), {1, -1, 2, -2});
  EXPECT_FLOAT_EQ(values[0], 4);
  EXPECT_FLOAT_EQ(values[1], -0.02F);  // -1 * 2 * 0.5, then twice with the default slope of 0.01
}

TEST(ImportOnnx, FunctionsThatCallThemselvesAreRefused) {
  const Message endless = Message().bytes(1, "Twice").bytes(4, "x").bytes(5, "y").message(7, node("Twice", {"x"}, {"y"}, {}, "local")).bytes(10, "local");
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("Twice", {"x"}, {"y"}, {}, "local")), 17, {endless})), "functions call each other without an end"));
}

TEST(ImportOnnx, FunctionsThatMultiplyAreRefused) {
  std::vector<Message> functions;
  for (int i = 0; i < 20; ++i) {
    Message function = Message().bytes(1, "F" + std::to_string(i)).bytes(4, "x").bytes(5, "y");
    std::string at = "x";
    for (int k = 0; k < 10; ++k) {
      const std::string next = k == 9 ? "y" : "v" + std::to_string(k);
      function.message(7, i == 0 ? node("Relu", {at}, {next}) : node("F" + std::to_string(i - 1), {at}, {next}, {}, "local"));
      at = next;
    }
    functions.push_back(function.bytes(10, "local"));
  }
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("F19", {"x"}, {"y"}, {}, "local")), 17, functions)), "expand to too many nodes"));
}

TEST(ImportOnnx, AnIfWithAConstantConditionIsDecided) {
  const auto branch = [](const std::string& op) { return graph({{node(op, {"x"}, {"r"})}, {}, {}, {value("r", {1, 4})}}); };
  for (const std::uint8_t condition : {0, 1}) {
    GraphParts parts = one_node(node("If", {"c"}, {"y"}, {attribute("then_branch", branch("Relu")), attribute("else_branch", branch("Identity"))}));
    parts.nodes[0] = node("If", {"c"}, {"m"}, {attribute("then_branch", branch("Relu")), attribute("else_branch", branch("Tanh"))});
    parts.nodes.push_back(node("Relu", {"m"}, {"y"}));
    parts.constants = {tensor("c", 9, {}, raw<std::uint8_t>({condition}))};
    EXPECT_EQ(run(import_file(onnx_file(parts)), {2, -2, 2, -2})[0] == 2, condition == 1);
  }
}

/// y: x times 1, 2, ... `steps`, added up in a loop.
std::vector<std::uint8_t> loop_of(int steps) {
  const Message body = graph({{node("Add", {"s", "x"}, {"next"}), node("Identity", {"goes_on"}, {"still"}), node("Identity", {"next"}, {"sum"})},
                              {},
                              {value("i", {}, kInt64Element), value("goes_on", {}, 9), value("s", {1, 4})},
                              {value("still", {}, 9), value("next", {1, 4}), value("sum", {1, 4})}});
  GraphParts parts{{node("Loop", {"steps", "", "zeros"}, {"last", "y"}, {attribute("body", body)})}, {}, {value("x", {1, 4})}, {value("y", {steps, 1, 4})}};
  parts.constants = {tensor("steps", kInt64Element, {}, raw<std::int64_t>({steps})), tensor("zeros", kFloat, {1, 4}, raw<float>({0, 0, 0, 0}))};
  return onnx_file(parts);
}

TEST(ImportOnnx, LoopsOfAHundredStepsAreUnrolled) {
  const std::vector<float> x{1, -2, 3, 0.5F};
  for (const int steps : {1, 64, 65, 128}) {
    const std::vector<float> sums = run(import_file(loop_of(steps)), x);
    ASSERT_EQ(sums.size(), static_cast<std::size_t>(4 * steps));
    for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(sums[i], static_cast<float>(i / 4 + 1) * x[i % 4]) << steps;
  }
  EXPECT_TRUE(contains(refusal(loop_of(129)), "a loop of more than 128 steps is not unrolled"));
}

/// x as uint8 with scale 0.5 and zero point 10, which `made` turns into y.
std::vector<std::uint8_t> on_bytes(const std::vector<Message>& made, const std::vector<Dim>& out = {1, 4}, int type = kFloat) {
  GraphParts parts{{node("QuantizeLinear", {"x", "scale", "zero"}, {"q"})}, {}, {value("x", {1, 4})}, {value("y", out, type)}};
  parts.constants = {tensor("scale", kFloat, {}, raw<float>({0.5F})), tensor("zero", kUint8Element, {}, raw<std::uint8_t>({10})),
                     tensor("pads", kInt64Element, {4}, raw<std::int64_t>({0, 1, 0, 0})), tensor("seven", kUint8Element, {}, raw<std::uint8_t>({7}))};
  parts.nodes.insert(parts.nodes.end(), made.begin(), made.end());
  return onnx_file(parts);
}

TEST(ImportOnnx, CastTakesQuantizedBytesAsTheFileHasThem) {
  const std::vector<float> x{-100, 0, 1, 100}, expected{0, 10, 12, 210};
  const Message turned = node("Transpose", {"q"}, {"t"}, {attribute("perm", std::vector<std::int64_t>{1, 0})});
  EXPECT_EQ(run(import_file(on_bytes({node("Cast", {"q"}, {"y"}, {attribute("to", 1)})})), x), expected);
  EXPECT_EQ(run(import_file(on_bytes({turned, node("Cast", {"t"}, {"y"}, {attribute("to", 1)})}, {4, 1})), x), expected);
  EXPECT_EQ(run(import_file(on_bytes({node("Cast", {"q"}, {"b"}, {attribute("to", 2)}), node("Cast", {"b"}, {"y"}, {attribute("to", 1)})})), x), expected);
}

TEST(ImportOnnx, PaddedBytesAreWhatTheFileSays) {
  const Message cast = node("Cast", {"p"}, {"y"}, {attribute("to", 1)});
  const std::vector<float> x{0, 1, 2, 3};
  EXPECT_EQ(run(import_file(on_bytes({node("Pad", {"q", "pads"}, {"p"}), cast}, {1, 5})), x), (std::vector<float>{0, 10, 12, 14, 16}));
  EXPECT_EQ(run(import_file(on_bytes({node("Pad", {"q", "pads", "zero"}, {"p"}), cast}, {1, 5})), x), (std::vector<float>{10, 10, 12, 14, 16}));
  EXPECT_EQ(run(import_file(on_bytes({node("Pad", {"q", "pads", "seven"}, {"p"}), cast}, {1, 5})), x), (std::vector<float>{7, 10, 12, 14, 16}));
}

TEST(ImportOnnx, IntegerArithmeticOnQuantizedBytesIsRefused) {
  EXPECT_TRUE(contains(refusal(on_bytes({node("Add", {"q", "q"}, {"y"})}, {1, 4}, kUint8Element)), "it computes with the integers of the quantized value 'q'"));
}

TEST(ImportOnnx, DamagedConstantsAreRefused) {
  const auto with = [](const Message& constant) {
    GraphParts parts = one_node(node("Add", {"x", "c"}, {"y"}));
    parts.constants = {constant};
    return refusal(onnx_file(parts));
  };
  EXPECT_TRUE(contains(with(tensor("c", kFloat, {3}, raw<float>({1}))), "damaged: 4 bytes for 3 float need 12"));
  EXPECT_TRUE(contains(with(tensor("c", kFloat, {-1}, "")), "damaged: extent -1"));
  EXPECT_TRUE(contains(with(tensor("c", kFloat, {1 << 20, 1 << 20}, "")), "too many elements"));
  EXPECT_TRUE(contains(with(tensor("c", 99, {1}, "")), "values of type type 99 are not supported"));
  EXPECT_TRUE(contains(with(tensor("c", kFloat, {1}, "").integer(14, 1)), "external data"));
}

TEST(ImportOnnx, DamagedGraphsAreRefused) {
  EXPECT_TRUE(contains(refusal({}), "not an ONNX model"));
  EXPECT_TRUE(contains(refusal({1, 2, 3, 4, 5, 6, 7, 8, 9}), "not an ONNX model"));
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("Relu", {"nothing"}, {"y"})))), "reads 'nothing', which nothing makes"));
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("Relu", {"x"}, {"other"})))), "nothing makes the value 'y'"));
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("Relu", {"x"}, {"y"})), 99)), "the operator set is version 99; 7 to 22 are supported"));
  EXPECT_TRUE(contains(refusal(onnx_file(one_node(node("Relu", {"x"}, {"y"}), {1 << 20, 1 << 20}))), "too large"));
  GraphParts twice = one_node(node("Relu", {"x"}, {"y"}));
  twice.nodes.push_back(node("Tanh", {"x"}, {"y"}));
  EXPECT_TRUE(contains(refusal(onnx_file(twice)), "two nodes make the value 'y'"));
}

TEST(ImportOnnx, SlicesAndReshapesOutsideOfTheirInputAreRefused) {
  GraphParts parts = one_node(node("Reshape", {"x", "c"}, {"y"}));
  parts.constants = {tensor("c", kInt64Element, {2}, raw<std::int64_t>({3, 5}))};
  EXPECT_TRUE(contains(refusal(onnx_file(parts)), "1x4 cannot become 3x5"));
  parts.nodes = {node("Transpose", {"x"}, {"y"}, {attribute("perm", std::vector<std::int64_t>{0, 7})})};
  EXPECT_TRUE(contains(refusal(onnx_file(parts)), "axis 7 does not exist"));
  parts.nodes = {node("Softmax", {"x"}, {"y"}, {attribute("axis", 5)})};
  EXPECT_TRUE(contains(refusal(onnx_file(parts)), "axis 5 does not exist"));
}

TEST(ImportOnnx, EveryRowNamesAnOperatorThatExists) {
  for (const Converter& row : all_converters()) {
    if (!row.argument.empty()) {
      EXPECT_TRUE(make_operator(row.argument) != nullptr || find_converter("", row.argument) != nullptr) << row.type;
    }
    EXPECT_EQ(find_converter(row.domain, row.type), &row) << row.type << " stands twice";
  }
}

}  // namespace
}  // namespace mote::test
