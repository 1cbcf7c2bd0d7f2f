#include "codegen/compile_library.hpp"
#include "common/random_graph.hpp"

namespace mote::test {
namespace {

/// A C program that feeds each inference of `inputs` and prints the bytes of all outputs in hexadecimal.
std::string c_main(const Graph& graph, const std::string& name, const std::vector<std::vector<Bytes>>& inputs) {
  std::string text = fmt::format("#include \"{0}.h\"\n#include <stdio.h>\n#include <string.h>\n\nstatic {0}_model model;\n\n", name);
  text += "static void print(const void* data, size_t bytes) {\n  size_t i;\n  for (i = 0; i < bytes; ++i) printf(\"%02x\", ((const unsigned char*)data)[i]);\n}\n\n";
  text += "int main(void) {\n";
  for (const auto& each : inputs) {
    for (std::size_t i = 0; i < each.size(); ++i) {
      text += fmt::format("  {{\n    static const unsigned char input[] = {{{}}};\n    memcpy({}_input{}(&model), input, sizeof input);\n  }}\n", fmt::join(each[i], ","), name, i);
    }
    text += fmt::format("  {}_run(&model);\n", name);
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) text += fmt::format("  print({}_output{}(&model), {});\n", name, i, graph.tensor(graph.outputs[i]).bytes());
  }
  return text + fmt::format("  {}_reset(&model);\n  return 0;\n}}\n", name);
}

class CFirmware : public testing::TestWithParam<std::string> {};

TEST_P(CFirmware, CallsTheModelAndGetsTheReferencesAnswers) {
  MOTE_NEEDS("g++");
  const std::string& name = GetParam();
  const Graph graph = model_named(name);
  Random random(9);
  Evaluator evaluator(graph);
  std::vector<std::vector<Bytes>> inputs;
  std::string expected;
  for (int i = 0; i < 4; ++i) {
    inputs.push_back(random_inputs(graph, random));
    if (is_float(graph.tensor(graph.inputs[0]).type)) {
      const float reals[3] = {0.5F, -1.25F, 2.0F};  // random bits are seldom sensible floats
      std::memcpy(inputs.back()[0].data(), reals, sizeof reals);
    }
    for (const Bytes& output : evaluator.run(inputs.back())) expected += fmt::format("{:02x}", fmt::join(output, ""));
  }
  const TemporaryDirectory directory;
  FileSet files = library_of(name);
  files["main.c"] = c_main(graph, name, inputs);
  write_files(directory.path(), files);
  ASSERT_EQ(run_in(directory.path(), concat({{"g++"}, kStrict, {"-O2", "-I.", "-c", name + ".cpp", "-o", "model.o"}})), "");
  ASSERT_EQ(run_in(directory.path(), {"gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "main.c", "-o", "main.o"}), "");
  ASSERT_EQ(run_in(directory.path(), {"gcc", "main.o", "model.o", "-lm", "-o", "program"}), "") << "without the C++ library";
  const ProcessResult result = run_process({(directory.path() / "program").string()});
  EXPECT_TRUE(result.succeeded()) << result.describe();
  EXPECT_EQ(result.output, expected);
}

INSTANTIATE_TEST_SUITE_P(Models, CFirmware, testing::Values("activity", "classifier", "regression", "stream"), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mote::test
