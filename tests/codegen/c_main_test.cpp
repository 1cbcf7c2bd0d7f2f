#include <cstring>

#include <fmt/ranges.h>

#include "codegen/compile_library.hpp"
#include "common/random_graph.hpp"
#include "data/golden.hpp"

namespace mote::test {
namespace {

/// A C program that feeds each inference of `steps` and writes the bytes of all outputs.
std::string c_main(const Graph& graph, const std::string& name, const std::vector<GoldenStep>& steps) {
  std::string text = fmt::format("#include \"{0}.h\"\n#include <stdio.h>\n#include <string.h>\n\nstatic {0}_model model;\n\nint main(void) {{\n", name);
  for (const GoldenStep& step : steps) {
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      text += fmt::format("  {{\n    static const unsigned char input[] = {{{}}};\n    memcpy({}_input{}(&model), input, sizeof input);\n  }}\n",
                          fmt::join(step.inputs[i], ","), name, i);
    }
    text += fmt::format("  {}_run(&model);\n", name);
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      text += fmt::format("  fwrite({}_output{}(&model), 1, {}, stdout);\n", name, i, graph.tensor(graph.outputs[i]).bytes());
    }
  }
  return text + fmt::format("  {}_reset(&model);\n  return 0;\n}}\n", name);
}

/// Inferences in a row with the reference's answers.
Golden reference_of(const Graph& graph) {
  Random random(9);
  Evaluator evaluator(graph);
  Golden golden;
  for (int i = 0; i < 4; ++i) {
    GoldenStep step{"random", i == 0, random_inputs(graph, random), {}};
    if (is_float(graph.tensor(graph.inputs[0]).type)) {
      for (std::size_t at = 0; at < step.inputs[0].size(); at += 4) {
        const float real = 4 * random.fraction() - 2;
        std::memcpy(&step.inputs[0][at], &real, 4);
      }
    }
    step.outputs = evaluator.run(step.inputs);
    golden.steps.push_back(std::move(step));
  }
  return golden;
}

std::vector<std::vector<Bytes>> cut(const std::string& output, const Graph& graph, std::size_t steps) {
  std::vector<std::vector<Bytes>> result(steps);
  auto at = output.begin();
  for (auto& outputs : result) {
    for (const TensorId id : graph.outputs) {
      outputs.emplace_back(at, at + graph.tensor(id).bytes());
      at += graph.tensor(id).bytes();
    }
  }
  return result;
}

class CFirmware : public testing::TestWithParam<std::string> {};

TEST_P(CFirmware, CallsTheModelAndGetsTheReferencesAnswers) {
  MOTE_NEEDS("g++");
  const std::string& name = GetParam();
  const Graph graph = model_named(name);
  const Golden expected = reference_of(graph);
  const TemporaryDirectory directory;
  FileSet files = library_of(name);
  files["main.c"] = c_main(graph, name, expected.steps);
  write_files(directory.path(), files);
  ASSERT_EQ(run_in(directory.path(), concat({{"g++"}, kStrict, {"-O2", "-I.", "-c", name + ".cpp", "-o", "model.o"}})), "");
  ASSERT_EQ(run_in(directory.path(), {"gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "main.c", "-o", "main.o"}), "");
  ASSERT_EQ(run_in(directory.path(), {"gcc", "main.o", "model.o", "-lm", "-o", "program"}), "") << "without the C++ library";
  const ProcessResult result = run_process({(directory.path() / "program").string()});
  ASSERT_TRUE(result.succeeded()) << result.describe();
  std::size_t bytes = 0;
  for (const GoldenStep& step : expected.steps) {
    for (const Bytes& output : step.outputs) bytes += output.size();
  }
  ASSERT_EQ(result.output.size(), bytes);
  const Comparison comparison = compare(expected, cut(result.output, graph, expected.steps.size()), graph);
  EXPECT_EQ(comparison.mismatching_values, 0) << comparison.first_mismatch;
}

INSTANTIATE_TEST_SUITE_P(Models, CFirmware, testing::Values("activity", "classifier", "regression", "stream"), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mote::test
